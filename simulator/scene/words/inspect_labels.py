"""The words of the inspection: everything about a task, a worker or a queue."""

from __future__ import annotations

from simulator.story.catalog import Words

EVERYTHING = Words("자세히", "Inspect")
TASKS = Words("Task", "Tasks")
WORKERS = Words("Worker", "Workers")
QUEUES = Words("Queue", "Queues")
AFTER_YOUR_ANSWER = Words("질문에 답한 뒤에 볼 수 있습니다.", "Shown once you have answered the question.")
NOTHING_YET = Words("아직 아무것도 없습니다.", "Nothing here yet.")

# A task
WHY_NOW = Words("현재 위치와 이유", "Now, and why")
CALL = Words("호출", "The call")
RESULT = Words("결과", "result")
MESSAGES = Words("메시지 (재시도마다 하나)", "Messages (one more per retry)")
DELIVERIES = Words("전달과 실행", "Deliveries and runs")
NOT_DELIVERED = Words("아직 어느 Worker에도 전달되지 않음", "not delivered to any worker yet")
SOME_HEADERS = Words("header (모두 보기: z)", "Headers (z shows all)")
TOOK = Words("{time}초 걸림", "took {time} s")
AGAIN = Words("다시 전달됨", "redelivered")

# A worker
WINDOW = Words("prefetch 한도 {held}/{window}", "Prefetch window {held}/{window}")
NO_WINDOW = Words("prefetch 한도 없음 ({held})", "No prefetch window ({held})")
ROOM = Words("{count}개 더 받을 수 있음", "room for {count} more")
FULL = Words("가득 참: ACK해야 다음 메시지가 옴", "full: an ACK makes room for the next message")
EARLY_ACK = Words("실행 중, ACK함: 한도에 들지 않음", "running, ACKed: takes no room")
SINCE = Words("{time}초부터", "since {time} s")
ETA_IN = Words("ETA {eta}초, {left}초 남음", "ETA {eta} s, in {left} s")
HELD_PLACES = {
    "transit": Words("오는 중", "on its way"),
    "reserved": Words("미리 받음", "reserved"),
    "scheduled": Words("ETA 대기", "waiting for its ETA"),
    "active": Words("실행 중", "running"),
    "stored": Words("ACK 직전", "ACK next"),
}

# A queue
CONSUMERS = Words("소비하는 Worker", "consumers")
READY = Words("대기 {count} (맨 앞부터)", "Ready {count} (oldest first)")
LONGEST = Words("최대 길이", "longest so far")
UNACKED = Words("전달됨, ACK 안 함 {count}", "Delivered, not ACKed {count}")
DEAD_LETTERS = Words("Dead Letter {count}", "Dead letters {count}")
FROM_QUEUE = Words("원래 Queue: {queue}", "from {queue}")
LIMITS = Words("한도와 설정", "Limits and arguments")
WAITED = Words("{time}초 대기", "waiting {time} s")
READY_ROW = Words("대기", "ready")
UNACKED_ROW = Words("ACK 안 함", "unacked")
BROKER = Words("Broker", "Broker")
UP = Words("정상", "up")
DOWN = Words("중단", "down")
MORE = Words("외 {count}개", "and {count} more")
NOBODY = Words("없음", "none")
