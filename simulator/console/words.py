"""What the console says besides Celery's own answers, in Korean and English side by side."""

from __future__ import annotations

from simulator.story.catalog import Words

# What cannot be understood
UNKNOWN = Words('모르는 명령입니다: "{what}".{meant}', 'No such command: "{what}".{meant}')
UNKNOWN_IN = Words(
    'celery {of}, 없는 명령: "{what}".{meant} 가능한 것: {known}.',
    'celery {of} has no "{what}".{meant} There is: {known}.',
)
UNKNOWN_OPTION = Words(
    '모르는 옵션입니다: "{what}".{meant} 가능한 것: {known}.', 'No such option: "{what}".{meant} There is: {known}.'
)
MEANT = Words(' 혹시 "{meant}"?', ' Did you mean "{meant}"?')
NEEDS_VALUE = Words("옵션에 값이 필요합니다: {option}", "This option needs a value: {option}")
NOT_SECONDS = Words('초 단위의 수가 아닙니다: "{value}"', 'Not a number of seconds: "{value}"')
NOT_JSON = Words('{option}: JSON이 아닙니다: "{value}"', '{option}: this is not JSON: "{value}"')
NOT_COUNT = Words('1에서 1000까지의 정수가 아닙니다: "{value}"', 'Not a whole number from 1 to 1000: "{value}"')
NOT_SIGNAL = Words('"{value}": 쓸 수 없는 signal입니다. 가능한 것: {known}', '"{value}": the signals are {known}.')
QUOTES = Words("따옴표가 닫히지 않았습니다.", "A quotation mark is not closed.")
USAGE = Words("쓰는 법: celery -A app {usage}", "It is written: celery -A app {usage}")
NO_WORKER = Words('그런 Worker가 없습니다: "{what}".{meant}', 'There is no Worker "{what}".{meant}')
NO_TASK = Words('등록된 Task가 아닙니다: "{what}".{meant}', 'No Task of that name is registered: "{what}".{meant}')
NO_ID = Words(
    "지금까지 보낸 Task 가운데 그런 id가 없습니다: {what}.{meant}",
    "No Task with that id has been sent yet: {what}.{meant}",
)
ASK_FIRST = Words("먼저 질문에 답해 주세요 (esc로 콘솔 닫기).", "Answer the question first (esc closes the console).")
HANGUL = Words('한글 입력 상태입니다. 혹시 "{meant}"?', 'The keyboard is in Hangul mode. Did you mean "{meant}"?')

# Notes below an answer
BROKER_DOWN = Words(
    "Broker가 중단되어 있어, 원격 명령이 어떤 Worker에게도 가지 않습니다. 화면에서는 i, z 키로 들여다볼 수 있습니다.",
    "The Broker is down, so no remote command reaches a Worker. The keys i and z still look inside.",
)
SILENT = Words(
    "죽었거나 종료한 Worker는 대답하지 않습니다: {names}.", "A Worker that is dead or offline does not answer: {names}."
)
SOLO = Words(
    "solo pool은 Task를 실행하는 동안 대답하지 못합니다. 실제로는 끝난 뒤에야 답이 옵니다: {names}.",
    "A solo pool cannot answer while it runs a Task; a real one would reply only after it: {names}.",
)
SHUTDOWN = Words("종료하는 Worker는 답을 보내지 않습니다.", "A Worker that shuts down sends no reply.")
NEW_QUEUE = Words("처음 나오는 Queue입니다: {queue}. 만들어집니다.", "A new Queue: {queue}. It is created.")
FROM_HERE = Words(
    "만약에: 지금 보이는 순간 바로 뒤에 이 명령을 보낸 실행입니다. undo: 되돌리기",
    "What if: the run in which this command is sent right after the moment shown. Type undo to take it back.",
)
NO_RESULT = Words(
    "결과가 아직 없습니다 (상태 {state}). 실제 명령은 결과가 올 때까지 기다립니다.",
    "There is no result yet (state {state}); the real command would wait for it.",
)
EVENTS_SO_FAR = Words(
    "이 순간까지의 이벤트 {count}개입니다. 실제 명령은 새 이벤트를 계속 기다립니다.",
    "The {count} events up to this moment; the real command goes on listening.",
)
EARLIER = Words("… 앞의 이벤트 {count}개 생략", "… {count} earlier events left out")
SCREEN_IS_THE_MONITOR = Words(
    "실제로는 curses 화면이 열립니다. 여기서는 뒤에 있는 화면이 그 자리입니다.",
    "The real command opens a curses screen; here the screen behind the console takes its place.",
)

# Commands of Celery's that have another place here
FLOWER = Words(
    "Flower(웹 모니터링) 자리에는 이 화면이 있습니다. Worker와 Task는 i, 확대는 z, 시간에 따른 변화는 아래 타임라인에서 봅니다. "
    "진짜 Flower에는 ackademy emit으로 이 실행을 보낼 수 있습니다.",
    "In place of Flower (monitoring in the browser) there is this screen: i for Workers and Tasks, z to zoom, the "
    "timeline for what changes. ackademy emit plays this run to a real Flower.",
)
WORKER = Words(
    "Worker는 시나리오의 workers: 에 적습니다 (e: 편집기). 죽은 Worker는 x 메뉴에서 다시 시작합니다.",
    "Workers stand under workers: in the scenario (e opens the editor). A dead one starts again from the x menu.",
)
WORKERS_NOW = Words("지금: {names}", "Now: {names}")
BEAT = Words(
    "celery beat 자리에는 시나리오의 beat_schedule: 이 있습니다.",
    "In place of celery beat, the scenario has beat_schedule:.",
)
PURGE = Words(
    "purge는 시뮬레이션하지 않습니다. 지금 Queue에 있는 메시지: {queues}.",
    "purge is not simulated. Messages in the Queues now: {queues}.",
)
LIST = Words(
    "list bindings는 시뮬레이션하지 않습니다. Queue는 celery -A app inspect active_queues로 봅니다.",
    "list bindings is not simulated; celery -A app inspect active_queues shows the Queues.",
)
MULTI = Words(
    "celery multi 자리에는 시나리오의 workers: 가 있습니다: 모두 처음부터 떠 있거나 starts_at에 시작합니다.",
    "In place of celery multi there is workers: in the scenario; each is there from the start or from starts_at.",
)
NOT_SIMULATED = Words(
    "celery {command}: Celery에는 있지만 시뮬레이션하지 않습니다. 여기서 되는 것: {known}.",
    "celery {command}: Celery has it, but it is not simulated. What works here: {known}.",
)
NO_SCENARIO = Words(
    "시나리오 없이 기록만 있는 실행이라, 물어볼 수만 있고 바꿀 수는 없습니다.",
    "There is only a record of this run and no scenario: it can be asked, but not changed.",
)

# Help
HELP = Words("Celery의 명령을 그대로 입력합니다.", "Type Celery's commands as they are.")
HELP_ASK = Words("보이는 순간에 대해 묻기", "asking about the moment shown")
HELP_CHANGE = Words("만약에: 명령을 보낸 새 실행", "what if: a new run in which it was sent")
HELP_SHORT = Words(
    '앞의 "celery -A app"은 생략해도 됩니다. -d worker1: 그 Worker만, --json: JSON으로.',
    'You may leave out "celery -A app". -d worker1: only that Worker; --json: as JSON.',
)
HELP_MORE = Words("help: 모두 보기 · tab: 완성 · esc: 닫기", "help: all of it · tab completes · esc closes")
EXAMPLES = (
    "celery -A app inspect active",
    "celery -A app inspect stats",
    "celery -A app inspect registered",
    "celery -A app control revoke {id}",
)
"""What the empty console suggests."""

# The screen
TITLE = Words("Celery 콘솔", "Celery console")
CONSOLE = Words("Celery 콘솔: 명령 입력", "Celery console: type a command")
CONSOLE_SHORT = Words("콘솔", "console")
RUN_LINE = Words("실행", "run")
COMPLETE = Words("낱말 완성", "complete the word")
COMPLETE_SHORT = Words("완성", "complete")
OLDER = Words("앞에 입력한 명령", "what was typed before")
OLDER_SHORT = Words("이전 명령", "history")
NEWER = Words("뒤에 입력한 명령", "what was typed after it")
STEP_SHORT = Words("한 단계 (빈 줄)", "step (empty line)")
PLACE = Words("이벤트 {event}/{events}", "event {event}/{events}")
PLACE_SO_FAR = Words("이벤트 {event}", "event {event}")
REFUSED = Words("시뮬레이션할 수 없습니다: {reason}", "This cannot be simulated: {reason}")
