"""The words of the zooms: the inside of a worker, a message and its life; and of what the stage shows besides."""

from __future__ import annotations

from simulator.story.catalog import Words

# The consumer
CONSUMER = Words("Consumer", "Consumer")
CONNECTED = Words("연결됨", "connected")
NOT_CONNECTED = Words("연결 끊김", "not connected")
RECONNECTING = Words("다시 연결하는 중", "reconnecting")
GONE = Words("프로세스 없음", "no process")
TAKES_NOTHING = Words("새로 받지 않음", "takes no more")
ASKS = Words("{seconds}초마다 물음", "polls every {seconds} s")
LISTENS = Words("대기 (BRPOP)", "blocked (BRPOP)")
IS_SENT = Words("Broker가 push", "Broker pushes")
LONG_POLL = Words("long poll", "long polling")
ASKED = Words("물음 {time}초: {found}", "poll {time} s: {found}")

# The prefetch window
WINDOW = Words("Prefetch {held}/{limit}", "Prefetch {held}/{limit}")
WINDOW_OPEN = Words("Prefetch {held}, 한도 없음", "Prefetch {held}, no limit")
ROOM = Words("여유 {count}", "room for {count}")
FULL = Words("가득 참", "full")
IN_WINDOW = {
    "transit": Words("오는 중", "in transit"),
    "reserved": Words("미리 받음", "reserved"),
    "active": Words("실행 중", "running"),
    "stored": Words("곧 ACK", "ACK next"),
}
RATE_LIMIT = Words("Rate limit", "Rate limit")
HELD_BY_RATE = Words("{count}개 대기", "{count} held back")

# The ETA timer
TIMER = Words("ETA timer {count}", "ETA timer {count}")
DUE_IN = Words("{eta}초 ({left}초 뒤)", "{eta} s (in {left} s)")
DUE = Words("+{left}초", "+{left} s")
NOTHING_HELD = Words("없음", "none")

# The pool
POOL_GONE = Words("pool {kind}", "Pool {kind}")
POOL = Words("pool {kind} {busy}/{size}", "Pool {kind} {busy}/{size}")
FREE = Words("비어 있음", "free")
NO_CHILD = Words("자식 없음", "no child")
TASKS_OF_MOST = Words("Task {done}/{most}", "{done}/{most} tasks")
MEMORY = Words("{used} MB", "{used} MB")
MEMORY_OF_MOST = Words("{used}/{most} MB", "{used}/{most} MB")
RUNNING_COUNT = Words("실행 중 {count}", "{count} running")
FREE_COUNT = Words("빈자리 {count}", "{count} free")
NO_CHILD_COUNT = Words("자식 없음 {count}", "{count} without a child")
ACKED = Words("ACK", "ACKed")
UNACKED_MARK = Words("ACK 안 함", "unacked")

# What comes out
RESULTS = Words("결과 처리", "Result handler")
NO_RESULTS = Words("아직 없음", "none yet")
BEAT = Words("Beat (-B)", "Beat (-B)")
EVERY = Words("{seconds}초마다", "every {seconds} s")
AT_TIMES = Words("crontab", "crontab")
NEXT_AT = Words("다음 {time}초", "next {time} s")
LAST_AT = Words("지난번 {time}초", "last {time} s")

# After a worker was killed
KILLED_AT = Words("{time}초에 강제 종료", "killed at {time} s")
COMES_BACK = Words("ACK 전: 되돌아감", "goes back")
IS_BACK = Words("Queue로 되돌아감", "back in the queue")
IS_LOST = Words("ACK 뒤: 유실", "ACKed: lost")

# A message
ENVELOPE = Words("header와 properties", "Headers, properties")
LETTER = Words("body: args, kwargs, embed", "Body: args, kwargs, embed")
MORE_BEFORE = Words("이전 {count}줄", "{count} earlier")
STAGES = {
    "sent": Words("전송", "sent"),
    "queued": Words("Queue", "queued"),
    "delivered": Words("전달", "delivered"),
    "received": Words("받음", "received"),
    "eta": Words("ETA", "ETA"),
    "started": Words("시작", "started"),
    "stored": Words("결과", "result"),
    "acked": Words("ACK", "ACK"),
    "ended": Words("끝", "end"),
}
OUTCOMES = {
    "succeeded": Words("완료", "done"),
    "failed": Words("실패", "failed"),
    "retried": Words("재시도", "retry"),
    "rejected": Words("거절", "rejected"),
    "cancelled": Words("중단", "cancelled"),
    "ignored": Words("무시", "ignored"),
    "result-lost": Words("결과 유실", "result lost"),
    "revoked": Words("취소", "revoked"),
    "requeued": Words("되돌림", "requeued"),
    "dropped": Words("버려짐", "dropped"),
    "dead-lettered": Words("dead", "dead"),
    "lost": Words("유실", "lost"),
    "died": Words("강제 종료", "killed"),
}
SPENT = {
    "sending": Words("전송 {time}초", "sending {time} s"),
    "queued": Words("Queue {time}초", "in the queue {time} s"),
    "held": Words("Worker 안에서 대기 {time}초", "inside a worker {time} s"),
    "scheduled": Words("ETA 대기 {time}초", "waiting for its ETA {time} s"),
    "running": Words("실행 {time}초", "running {time} s"),
}

# The stage
LONGEST = Words("최대 {count}", "max {count}")
RESULT_STORE = Words("Result Backend", "Result backend")
STORED_COUNT = Words("결과 {count}", "results {count}")
WORKERS_SHORT = Words("실행 중 {busy}/{total}", "Workers {busy}/{total}")
