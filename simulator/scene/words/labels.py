"""Every word of the terminal, in Korean and English side by side.

Celery's and the guide's own words (Task, Worker, Queue, Broker, Producer, ACK, prefetch, event names) stay as they
are spelled. No Korean particle stands directly after a `{name}`.
"""

from __future__ import annotations

from simulator.story.catalog import Words

# Title bar
GUIDE_NOTE = Words(
    "guide: 가이드의 학습용 설정이며 Celery 기본값이 아닙니다",
    "guide: the guide's teaching profile, not Celery's defaults",
)
GUIDE_NOTE_SHORT = Words("guide: Celery 기본값 아님", "guide: not Celery's defaults")
SEED = Words("seed {seed}", "seed {seed}")
RECORDED = Words("실제 Celery의 기록", "recording of real Celery")
TRACE_HASH = Words("trace {hash}", "trace {hash}")
WHAT_IF = Words("만약에: {branch}", "what if: {branch}")
CHANGED_AT = {
    "kill": Words("{name} 강제 종료, {time}초", "{name} killed at {time} s"),
    "stop": Words("{name} 종료, {time}초", "{name} stopped at {time} s"),
    "start": Words("{name} 시작, {time}초", "{name} started at {time} s"),
    "restart": Words("{name} 재시작, {time}초", "{name} restarted at {time} s"),
    "rolling": Words("롤링 배포, {time}초부터", "rolling deploy from {time} s on"),
    "down": Words("{name} 중단, {time}초", "{name} down at {time} s"),
    "send": Words("{name} 전송, {time}초", "{name} sent at {time} s"),
    "set": Words("{name} = {value}, {time}초부터", "{name} = {value} from {time} s on"),
    "turn": Words("{name} = {value}", "{name} = {value}"),
    "control": Words("control {name}, {time}초", "control {name} at {time} s"),
}
SERVICES = Words("외부 서비스", "Services")
SERVICE_UP = Words("정상", "up")
SERVICE_DOWN = Words("중단", "down")
CALLS = Words("호출 {count}", "calls {count}")
CALLS_OF = Words("호출 {count}/{most}", "calls {count} of {most}")
WAIT_FOR_SERVICE = Words("재시도 대기 {count}", "{count} wait to retry")
SERVICES_DOWN = Words("중단: {names}", "down: {names}")

# Lanes
QUEUE = Words("Queue", "Queue")
QUEUES = Words("Queue {count}", "Queues {count}")
WORKERS_BUSY = Words("Worker {total}개 중 {busy}개 실행 중", "Workers: {busy} of {total} running")
EVENTS = Words("이벤트", "Events")
SENT = Words("전송 {count}", "sent {count}")
WAITING_COUNT = Words("대기 {count}", "{count} waiting")
UNACKED_COUNT = Words("ACK 대기 {count}", "{count} unacked")
DEAD_COUNT = Words("dead letter {count}", "dead letters: {count}")
NO_CONSUMER = Words("소비하는 Worker 없음", "no consumer")
MORE = Words("외 {count}개", "and {count} more")
EMPTY = Words("비어 있음", "empty")
WAITS = Words("{time}초째 대기", "waiting {time} s")
DONE = Words("완료", "done")
FAILED = Words("실패", "failed")
LOST = Words("유실", "lost")
RETRIED = Words("재시도", "retried")
REVOKED = Words("취소", "revoked")
IGNORED = Words("무시", "ignored")
DROPPED = Words("버려짐", "dropped")
DEAD_LETTERS = Words("dead", "dead")
BROKER_DOWN = Words("Broker 중단", "broker down")

# A worker's states
IDLE = Words("대기 중", "waiting")
RUNNING = Words("실행 중", "running")
KILLED = Words("강제 종료", "killed")
OFFLINE = Words("종료", "offline")
STOPPING = Words("종료하는 중", "shutting down")
NOT_ACKED = Words("ACK 안 함", "not ACKed yet")
ACKED = Words("ACK 보냄", "ACKed")
RAN_COUNT = Words("실행 {count}", "ran {count}")
"""Executions that have ended in a worker, however they did."""
RESERVED_TASK = Words("미리 받음", "reserved")
HELD_ROW = Words("대기", "waits")
ALL_QUEUES = Words("Queue 모두", "all queues")
COMING = Words("오는 중", "on its way")
COMING_COUNT = Words("오는 중 {count}", "on its way {count}")
SENDING = Words("보내는 중", "being sent")
SENDING_COUNT = Words("보내는 중 {count}", "being sent {count}")
UNSETTLED = Words("ACK 대기", "unacked")
HELD = Words("ETA {task} {time}초", "ETA {task} {time} s")
HELD_COUNT = Words("ETA {count}", "ETA {count}")
RESERVED_COUNT = Words("미리 받음 {count}", "reserved {count}")
SINCE = Words("{time}초부터", "since {time} s")
ANY_NEW = Words("새 작업?", "new task?")
NOT_YET = Words("아직 없음", "not yet")
ACK = Words("ACK", "ACK")

# Timeline and transport bar
BUSY = Words("실행", "running")
PAUSED = Words("멈춤", "paused")
PLAYING = Words("재생", "playing")
ENDED = Words("끝", "the end")
ASKING = Words("질문", "question")
OPENING = Words(
    "준비되었습니다. →: 한 단계씩, space: 재생, page down: 다음 설명이나 질문으로.",
    "Ready. Press → to step, space to play, page down for the next note or question.",
)

# Questions
QUESTION_FOLLOWS = Words("→: 이 순간에 대한 질문이 있습니다.", "→: a question about this moment follows.")
HOW_TO_ANSWER = Words("{keys} 답하기 · enter 모르겠음", "{keys} answer · enter not sure")
HOW_TO_ANSWER_FURTHER = Words(
    "적어 두었습니다. 하나 더: {keys} 답하기 · enter 모르겠음", "Noted. One more: {keys} answer · enter not sure"
)
RIGHT = Words("맞았습니다", "Correct")
WRONG = Words("아닙니다. 실행 결과", "Not quite. What happened")
DO_NOT_KNOW = Words("모르겠음", "not sure")
ANSWER = Words("답하기", "answer")
YOUR_ANSWER = Words("내 답", "your answer")
NOTED = Words("답을 적어 두었습니다. 맞았는지는 실행해 보면 압니다.", "Noted. The run will show whether you are right.")
NOT_KNOWN = Words("괜찮습니다. 답은 실행해 보면 압니다.", "No problem: the run will show the answer.")
IN_THE_CHANGED_RUN = Words("바뀐 실행에서는", "In the changed run")
IN_THE_RUN = Words("실행 결과", "What happened")
UNSETTLED_QUESTIONS = Words(
    "이 실행에서는 맞는 답이 하나로 정해지지 않습니다: {questions}",
    "In this run, no single choice is right: {questions}",
)
SEE_IT = Words("→ 키를 눌러 직접 확인하세요.", "Press → and see.")
ANSWER_FIRST = Words("먼저 답해 주세요: {keys}, 모르면 enter.", "Answer first: {keys}, or enter if you are not sure.")

# Notices
AT_END = Words(
    "끝입니다. space: 처음부터 다시 · ←: 한 단계 뒤로", "This is the end. space: play again · ←: one step back"
)
AT_END_OF_SCENARIO = Words(
    "끝입니다. r: 정리와 연습 · space: 처음부터 다시 · ←: 한 단계 뒤로",
    "This is the end. r: summary · space: play again · ←: one step back",
)
NO_SCENARIO = Words("파일에서 읽은 trace는 바꿀 수 없습니다.", "A trace loaded from a file cannot be changed.")
SIMULATING = Words("다시 시뮬레이션하는 중 … esc: 취소", "simulating again … esc: cancel")
SEARCHING = Words("찾는 중 … esc: 취소", "searching … esc: cancel")
SEARCHED_TO = Words("{time}초까지 찾았습니다 … esc: 취소", "searched up to {time} s … esc: cancel")
SIMULATED_TO = Words(
    "다시 시뮬레이션하는 중 … {time}초, 이벤트 {events}개 · esc: 취소",
    "simulating again … {time} s, {events} events · esc: cancel",
)
CANCELLED = Words("취소했습니다. 바뀐 것은 없습니다.", "Cancelled; nothing has changed.")
BRANCHED = {
    kind: Words(
        f"{words.ko}. 여기까지는 그대로이고 이후가 달라집니다. u: 되돌리기",
        f"{words.en}. All up to here is unchanged; what follows is new. u: undo",
    )
    for kind, words in {
        "kill": Words("{name} 강제 종료", "{name} is killed"),
        "stop": Words("{name} 종료", "{name} is stopped"),
        "start": Words("{name} 시작", "{name} starts"),
        "down": Words("{name} 중단", "{name} is down"),
        "send": Words("{name} 전송", "{name} is sent"),
        "set": Words("{name} = {value}", "{name} = {value}"),
        "control": Words("control {name}", "control {name} is sent"),
    }.items()
}
BRANCHED["turn"] = Words(
    "처음부터 {name} = {value}. 같은 시각에서 이어 가는 새 실행입니다. u: 취소",
    "{name} = {value} from the start: a new run, at the same time. u: undo",
)
BRANCHED["model"] = Words(
    "기록으로 만든 모델입니다. 지금부터는 아무것도 고장 나지 않습니다. c: 실제와 비교, x o: 바꾸기, u: 기록으로",
    "The model of the recording, in which nothing fails from here on. c: compare with what happened, x o: change, u: back",
)
ENTER_MODEL = Words(
    "기록으로 만든 모델에서 이어 가기 (지금부터 고장 없음)",
    "go on in the model made of this recording (nothing fails from here on)",
)
CALIBRATE = Words(
    "이 모델을 얼마나 믿어도 되는지 보기 ({runs}번 돌려 기록과 견줌)",
    "see how far this model may be trusted ({runs} runs, held against the recording)",
)
CALIBRATING = Words("모델을 기록과 견주는 중 … esc: 취소", "holding the model against the recording … esc: cancel")
CALIBRATED_TO = Words(
    "모델을 기록과 견주는 중 … {events}번 · esc: 취소",
    "holding the model against the recording … {events} runs · esc: cancel",
)
BRANCHED_MANY = Words(
    "설정 {count}개를 바꾼 새 실행입니다. 같은 시각에서 이어 갑니다. u: 취소",
    "{count} settings changed: a new run, at the same time. u: undo",
)
SAVED = Words("저장했습니다: {file}", "Saved: {file}")
NOTHING_TO_SAVE = Words(
    "저장할 것이 없습니다. 먼저 x로 만약에를 실행하세요.", "Nothing to save: try a what-if first (x)."
)
CANNOT_SAVE = Words("저장할 수 없습니다: {reason}", "Cannot save this: {reason}")
NOT_AS_EXTENSION = Words(
    "목록 안의 값을 바꾼 것은 extends로 저장할 수 없습니다.",
    "The change is inside a list, which `extends` cannot express.",
)
UNDONE = Words("취소했습니다. 원래 실행입니다.", "Undone: this is the original run.")
UNDONE_ONE = Words(
    "마지막 변경만 취소했습니다. 그 전의 변경은 그대로입니다.",
    "Undone: only the last change. The earlier ones still apply.",
)
CANNOT_SIMULATE = Words("시뮬레이션할 수 없습니다: {reason}", "Cannot simulate this: {reason}")
FUTURE_SHOWN = Words("미래를 보여 줍니다.", "The future is shown.")
FUTURE_VEILED = Words("질문에 모두 답해야 미래를 볼 수 있습니다.", "Answer every question to see the future.")
FUTURE_HIDDEN = Words("미래를 가립니다.", "The future is hidden.")
NOT_FOUND = Words("찾지 못했습니다.", "Nothing found.")

# Zoom
MESSAGE = Words("메시지", "Message")
WORKER = Words("Worker", "Worker")
HEADERS = Words("header (Celery protocol 2)", "Headers (Celery protocol 2)")
PROPERTIES = Words("properties", "Properties")
BODY = Words("body: args, kwargs, embed", "Body: args, kwargs, embed")
LIFE = Words("지나온 길", "Its life so far")
STATE = Words("상태", "State")
SETTINGS = Words("설정", "Settings")
SLOTS = Words("pool: 자리", "Pool: slots")
RESERVED = Words("미리 받음 (prefetch)", "Reserved (prefetch)")
SCHEDULED = Words("ETA 대기", "Waiting for their ETA")
NONE = Words("없음", "none")
FREE = Words("비어 있음", "free")
HISTORY = Words("실행한 Task", "Has run")
PLACES = {
    "sent": Words("Broker로 가는 중", "on its way to the broker"),
    "queued": Words("Queue에서 대기 중", "waiting in the queue"),
    "delivered": Words("Worker로 가는 중", "on its way to a worker"),
    "reserved": Words("Worker가 미리 받음", "reserved in a worker"),
    "active": Words("실행 중", "running"),
    "stored": Words("결과 저장됨", "result stored"),
    "done": Words("끝남", "finished"),
    "scheduled": Words("Worker에서 ETA 대기", "held by a worker until its ETA"),
    "dead": Words("Dead Letter Queue에 있음", "in a dead letter queue"),
    "dropped": Words("버려짐", "dropped"),
    "lost": Words("유실됨", "lost"),
}

NOT_THERE_YET = Words("이 시점에는 아직 없습니다", "does not exist yet at this moment")

# Find
FIND = Words("찾기", "Find")
FIND_HINT = Words("Task, Worker, 이벤트 이름, 또는 시각", "a task, a worker, an event name or a time")
FOUND_COUNT = Words("{count}개", "{count} found")
FUTURE_COUNT = Words("미래에 {count}개 더 (f: 미래 보기)", "{count} more in the future (f: show it)")
BREAK = Words("조건이 성립할 때까지", "Run until")
BREAK_HINT = Words(
    "queue_length(celery) > 10, running == 2, lost > 0", "queue_length(celery) > 10, running == 2, lost > 0"
)
BREAK_HELP = Words(
    "Enter: 지금부터 이 조건이 처음 성립하는 곳으로 갑니다. goals에 쓰는 식과 같습니다.",
    "Enter goes on to where this first comes to hold. It is written as a goal is.",
)
BREAK_AT = Words("{time}초부터 성립: {test}", "From {time} s on: {test}")
BREAK_NEVER = Words("이 실행에서는 성립하는 때가 없습니다: {test}", "It never holds in this run: {test}")
BREAK_NO_MORE = Words("이 뒤로는 성립하는 때가 없습니다: {test}", "From here on it does not come to hold: {test}")
BREAK_HOLDS = Words(
    "지금 성립하고, 이 뒤로 다시 성립하게 되는 때는 없습니다: {test}",
    "It holds now, and does not come to hold again: {test}",
)
BREAK_ASKED = Words(
    "질문이 먼저입니다. 그때까지는 성립하지 않습니다: {test}",
    "A question comes first. Until then it does not come to hold: {test}",
)
FOUND_AT = Words("찾음 {place}/{count}", "found {place} of {count}")

# What if
WHAT_IF_TITLE = Words("만약에 … ({time}초)", "What if … (at {time} s)")
CHANGES = {
    "kill": Words("{name} 강제 종료 (kill -9)", "kill {name} (kill -9)"),
    "stop": Words("{name} 종료 (warm)", "stop {name} (warm shutdown)"),
    "start": Words("{name} 시작", "start {name}"),
    "restart": Words("{name} 재시작 (배포)", "restart {name} (a deploy)"),
    "rolling": Words("모든 Worker를 20초 간격으로 재시작", "restart all workers, 20 s apart"),
    "down": Words("{name} {seconds}초 동안 중단", "take {name} down for {seconds} s"),
    "send": Words("{name} 하나 더 보내기", "send another {name}"),
    "set": Words("지금부터 {name} = {value}", "{name} = {value} from now on"),
    "turn": Words("처음부터 {name} = {value}", "{name} = {value} from the start"),
}
TURN_A_KNOB = Words("설정 바꾸기 … (o)", "change a setting … (o)")

# Knobs
KNOBS = Words("설정 바꾸기", "Settings")
FROM_START = Words("처음부터", "from the start")
FROM_NOW = Words("지금부터 ({time}초)", "from now on ({time} s)")
NOT_RUNNING = Words("실행 중에는 바꿀 수 없는 설정입니다", "cannot be changed during a run")
TURNED = Words("{before} → {after}", "{before} → {after}")
RUNS_ON = Words("이미 실행 중인 Task에는 적용되지 않습니다.", "Running tasks are unaffected.")
TURN_FIRST = Words("먼저 ← →로 값을 바꾸세요.", "Change it first: ← →.")
TURNED_COUNT = Words("바꾼 설정 {count}개 · enter: 모두 적용", "{count} settings changed · enter: apply all")
FORBIDDEN_KNOB = Words("연습에서 못 바꿈", "not in the exercise")
NO_KNOBS = Words("바꿀 수 있는 설정이 없습니다.", "There are no settings to change.")
ALLOWED = Words("쓸 수 있는 값: {values}", "Allowed values: {values}")

# Picker
OPEN = Words("열기", "open")
CHOOSE_LINE = Words("고르기", "choose")
GO_THERE = Words("이동", "go there")
TAGLINE = Words(
    "Ackademy = ACK + academy · Celery 비행 시뮬레이터", "Ackademy = ACK + academy · a flight simulator for Celery"
)
BROKEN = Words(
    "이 시나리오에 문제가 있습니다. 확인: ackademy check {name}",
    "This scenario has problems. See: ackademy check {name}",
)
NO_SCENARIOS = Words("시나리오가 없습니다.", "There are no scenarios.")

# Help
HELP = Words("도움말", "Help")
KEYS = Words("키", "Keys")
SIGNS = Words("기호", "Signs")
ANSWER_A_QUESTION = Words("질문에 답하기", "answer a question")
HELP_NOTE = Words(
    "소문자 키는 한글 입력 상태에서도 됩니다. 마우스도 쓸 수 있습니다.",
    "Lower-case keys work in Hangul mode too. So does the mouse.",
)
SIGN_WAITING = Words("Queue에서 대기 중", "waiting in the queue")
SIGN_RUNNING = Words("실행 중", "running")
SIGN_DONE = Words("성공", "succeeded")
SIGN_FAILED = Words("실패", "failed")
SIGN_LOST = Words("유실, Worker 강제 종료", "lost; worker killed")
SIGN_PLAN = Words("남은 실행 시간", "rest of a run")
SIGN_CHAPTER = Words("장의 시작", "start of a chapter")
SIGN_STOP = Words("설명이나 질문", "note or question")

# Palette
PALETTE_HINT = Words("명령 찾기 …", "Find a command …")
ASCII_SIGNS = Words("기호: ASCII만", "signs: ASCII only")
ALL_SIGNS = Words("기호: 모두", "signs: all of them")
THEME = Words("테마", "theme")

# Too small
BIGGER = Words("창을 조금 더 키워 주세요", "Please enlarge the window")
SIZE = Words("{width}x{height}, 필요 {needed}", "{width}x{height}, needs {needed}")

# Compare
COMPARE = Words("비교", "Compare")
ORIGINAL = Words("원래 실행", "original")
THE_RECORDING = Words("기록", "recording")
THE_MODEL = Words("모델", "model")
COMPARE_WITH = Words("무엇과 비교할까요?", "Compare with …")
COMPARE_PARENT = Words("만약에 이전의 실행", "the run before the what-if")
NOTHING_TO_COMPARE = Words(
    "비교할 실행이 없습니다. 먼저 x(만약에)나 o(설정)를 써 보세요",
    "Nothing to compare with: try x (what if) or o (settings) first.",
)
DIVERGED = Words("여기서 달라집니다: {time}초", "They diverge here: {time} s")
NOTHING_MORE = Words("더 일어나는 일이 없습니다", "Nothing more happens")
SAME_RUN = Words("두 실행은 모든 이벤트가 같습니다", "The two runs are identical, event by event")
SAME_WORDS = Words("이벤트의 세부만 다릅니다", "Only details of events differ")
MEASURE = Words("전체 실행", "Whole run")
