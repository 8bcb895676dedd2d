"""Messages of the console besides Celery's own output, in Korean and English."""

from __future__ import annotations

from simulator.story.catalog import Words

# What cannot be understood
UNKNOWN = Words('알 수 없는 명령입니다: "{what}".{meant}', 'No such command: "{what}".{meant}')
UNKNOWN_IN = Words(
    'celery {of}: 없는 명령입니다: "{what}".{meant} 쓸 수 있는 것: {known}.',
    'celery {of} has no "{what}".{meant} Available: {known}.',
)
UNKNOWN_OPTION = Words(
    '알 수 없는 옵션입니다: "{what}".{meant} 쓸 수 있는 것: {known}.',
    'No such option: "{what}".{meant} Available: {known}.',
)
MEANT = Words(' 혹시 "{meant}"?', ' Did you mean "{meant}"?')
NEEDS_VALUE = Words("옵션에 값이 필요합니다: {option}", "This option needs a value: {option}")
NOT_SECONDS = Words('초 단위 숫자가 아닙니다: "{value}"', 'Not a number of seconds: "{value}"')
NOT_JSON = Words('{option}: JSON이 아닙니다: "{value}"', '{option}: not valid JSON: "{value}"')
NOT_COUNT = Words('1에서 1000까지의 정수가 아닙니다: "{value}"', 'Not a whole number from 1 to 1000: "{value}"')
NOT_SIGNAL = Words(
    '쓸 수 없는 시그널입니다: "{value}". 쓸 수 있는 것: {known}', '"{value}" is not a signal. Available: {known}.'
)
QUOTES = Words("따옴표가 닫히지 않았습니다.", "Missing closing quotation mark.")
USAGE = Words("사용법: celery -A app {usage}", "Usage: celery -A app {usage}")
NO_WORKER = Words('그런 Worker가 없습니다: "{what}".{meant}', 'There is no worker "{what}".{meant}')
NO_TASK = Words('등록된 Task가 아닙니다: "{what}".{meant}', 'There is no registered task "{what}".{meant}')
NO_ID = Words(
    "지금까지 보낸 Task 중에 그런 id가 없습니다: {what}.{meant}",
    "No task with that id has been sent so far: {what}.{meant}",
)
ASK_FIRST = Words("먼저 질문에 답해 주세요 (esc로 콘솔 닫기).", "Answer the question first (esc closes the console).")
HANGUL = Words('한글 입력 상태입니다. 혹시 "{meant}"?', 'The keyboard is in Hangul mode. Did you mean "{meant}"?')

# Notes below an answer
BROKER_DOWN = Words(
    "Broker가 중단되어 원격 명령이 어느 Worker에도 전달되지 않습니다. i와 z 키로는 들여다볼 수 있습니다.",
    "The broker is down, so no remote command reaches a worker. You can still look inside with i and z.",
)
SILENT = Words(
    "죽었거나 종료한 Worker는 응답하지 않습니다: {names}.", "Workers that are dead or offline do not answer: {names}."
)
SOLO = Words(
    "solo pool은 Task를 실행하는 동안 응답하지 못합니다. 실제로는 끝난 뒤에야 응답이 옵니다: {names}.",
    "A solo pool cannot answer while it runs a task; a real one would reply only afterwards: {names}.",
)
SHUTDOWN = Words("종료하는 Worker는 응답하지 않습니다.", "A worker that is shutting down sends no reply.")
NEW_QUEUE = Words("없던 Queue입니다. 새로 만듭니다: {queue}.", "New queue: {queue}. It is created.")
FROM_HERE = Words(
    "만약에: 지금 화면에 보이는 순간 바로 뒤에 이 명령을 보낸 실행입니다. undo를 입력하면 되돌립니다.",
    "What if: a run in which this command is sent right after the moment on screen. Type undo to take it back.",
)
NO_RESULT = Words(
    "아직 결과가 없습니다(상태 {state}). 실제 명령은 결과가 올 때까지 기다립니다.",
    "There is no result yet (state {state}); the real command would wait for it.",
)
EVENTS_SO_FAR = Words(
    "이 순간까지의 이벤트 {count}개입니다. 실제 명령은 새 이벤트를 계속 기다립니다.",
    "These are the {count} events up to this moment; the real command keeps listening.",
)
EARLIER = Words("… 앞의 이벤트 {count}개 생략", "… {count} earlier events omitted")
SCREEN_IS_THE_MONITOR = Words(
    "실제로는 curses 화면이 열립니다. 여기서는 콘솔 뒤의 화면이 그 역할을 합니다.",
    "The real command opens a curses screen; here, the screen behind the console takes its place.",
)

# Commands of Celery's that have another place here
FLOWER = Words(
    "Flower(웹 모니터링) 대신 이 화면을 쓰세요. Worker와 Task는 i, 확대는 z, 시간에 따른 변화는 아래 타임라인에서 봅니다. 실제 Flower에는 ackademy emit으로 이 실행을 보낼 수 있습니다.",
    "Instead of Flower (monitoring in the browser), use this screen: i for workers and tasks, z to zoom, the timeline for changes over time. ackademy emit sends this run to a real Flower.",
)
WORKER = Words(
    "Worker는 시나리오의 workers:에 적습니다(e: 편집기). 죽은 Worker는 x 메뉴에서 다시 시작합니다.",
    "Workers are defined under workers: in the scenario (e opens the editor). Restart a dead one from the x menu.",
)
WORKERS_NOW = Words("지금: {names}", "Now: {names}")
BEAT = Words(
    "celery beat 대신 시나리오의 beat_schedule:을 쓰세요.",
    "Instead of celery beat, use beat_schedule: in the scenario.",
)
PURGE = Words(
    "purge는 시뮬레이션하지 않습니다. 지금 Queue에 있는 메시지: {queues}.",
    "purge is not simulated. Messages in the queues now: {queues}.",
)
LIST = Words(
    "list bindings는 시뮬레이션하지 않습니다. Queue는 celery -A app inspect active_queues로 보세요.",
    "list bindings is not simulated; celery -A app inspect active_queues shows the queues.",
)
MULTI = Words(
    "celery multi 대신 시나리오의 workers:를 쓰세요. 모두 처음부터 실행되거나 starts_at에 시작합니다.",
    "Instead of celery multi, use workers: in the scenario; each runs from the start, or from starts_at.",
)
NOT_SIMULATED = Words(
    "celery {command}: Celery에는 있지만 시뮬레이션하지 않습니다. 여기서 쓸 수 있는 것: {known}.",
    "celery {command} exists in Celery but is not simulated. Available here: {known}.",
)
NO_SCENARIO = Words(
    "시나리오 없이 기록만 있는 실행이라 조회만 할 수 있고 바꿀 수는 없습니다.",
    "This run is a recording without a scenario: you can inspect it, but not change it.",
)

# Help
HELP = Words("Celery의 명령을 그대로 입력하세요.", "Type Celery's commands as they are.")
HELP_ASK = Words("지금 보이는 순간을 조회", "look at the moment on screen")
HELP_CHANGE = Words("만약에: 명령을 보낸 새 실행", "what if: a new run in which it is sent")
HELP_SHORT = Words(
    '앞의 "celery -A app"은 생략할 수 있습니다. -d worker1: 그 Worker만, --json: JSON으로.',
    'You can leave out "celery -A app". -d worker1: only that worker; --json: as JSON.',
)
HELP_MORE = Words("help: 모두 보기 · tab: 완성 · esc: 닫기", "help: show all · tab: complete · esc: close")
EXAMPLES = (
    "celery -A app inspect active",
    "celery -A app inspect stats",
    "celery -A app inspect registered",
    "celery -A app control revoke {id}",
)
"""Suggestions of the empty console."""

# The screen
TITLE = Words("Celery 콘솔", "Celery console")
CONSOLE = Words("Celery 콘솔: 명령 입력", "Celery console: type a command")
CONSOLE_SHORT = Words("콘솔", "console")
RUN_LINE = Words("실행", "run")
COMPLETE = Words("자동 완성", "complete the word")
COMPLETE_SHORT = Words("완성", "complete")
OLDER = Words("이전 명령", "previous command")
OLDER_SHORT = Words("명령 기록", "history")
NEWER = Words("다음 명령", "next command")
STEP_SHORT = Words("한 단계 (빈 줄)", "step (empty line)")
PLACE = Words("이벤트 {event}/{events}", "event {event}/{events}")
PLACE_SO_FAR = Words("이벤트 {event}", "event {event}")
REFUSED = Words("시뮬레이션할 수 없습니다: {reason}", "This cannot be simulated: {reason}")
