"""What the codes say that a rule of the format or of the goal language raises."""

from __future__ import annotations

from simulator.story.catalog import Words

RULES = {
    "send.needs_every": Words("from, until에는 every가 필요합니다: {where}", "{where}: from and until need every"),
    "send.at_or_every": Words("at과 every 중 하나만 쓰세요: {where}", "{where}: give at, or from and every, not both"),
    "send.countdown_or_eta": Words(
        "countdown과 eta 중 하나만 쓰세요: {where}", "{where}: give countdown or eta, not both"
    ),
    "send.task_or_each": Words(
        "task, each, chain, group, chord 중 하나만 쓰세요: {where}",
        "{where}: give one of task, each, chain, group and chord",
    ),
    "gets.id": Words(
        "gets에 쓴 Task의 id는 자동으로 정해집니다. id를 지우세요: {where}",
        "{where}: what a body sends gets its id by itself; leave id out",
    ),
    "canvas.one_kind": Words(
        "canvas의 한 부분에는 task, chain, group, chord 중 하나만 쓰세요: {where}",
        "{where}: a part of a canvas is one of task, chain, group and chord",
    ),
    "canvas.has_options": Words(
        "chain, group, chord 안의 Task마다 쓰세요: {keys} ({where})",
        "{where}: with chain, group or chord, write {keys} at the tasks inside",
    ),
    "canvas.immutable": Words(
        "immutable은 chain, group, chord 안에서만 쓸 수 있습니다: {where}",
        "{where}: immutable is for the parts of a chain, a group or a chord",
    ),
    "canvas.rpc": Words(
        "result_backend rpc://에서는 chord를 쓸 수 없습니다 (뒤에 Task가 오는 group도 chord입니다)",
        "the result backend rpc:// has no chords (a group that something follows is a chord too)",
    ),
    "beat.until": Words(
        "beat만으로는 끝나는 때가 없습니다. until을 쓰세요", "beat alone never comes to an end: give until, in seconds"
    ),
    "beat.place": Words(
        "beat_schedule은 시나리오의 맨 위 단계에 쓰세요: {where}",
        "beat_schedule stands at the top level of a scenario, not in {where}",
    ),
    "beat.schedule": Words(
        "schedule은 초 단위 숫자이거나 crontab이어야 합니다: {where}",
        "{where}: a schedule is a number of seconds, or crontab: {{minute, hour, ...}}",
    ),
    "beat.crontab": Words(
        'crontab에 쓸 수 없는 값입니다: "{value}" ({field}; 예: 0, "*/15", "9-17", "mon,fri")',
        '"{value}" is no crontab value for {field} (as in 0, "*/15", "9-17", "mon,fri")',
    ),
    "beat.name": Words(
        "beat는 별도 프로세스의 이름입니다. Worker 이름을 바꾸세요",
        "beat is the name of the process that sends beat_schedule; give the worker another name",
    ),
    "beat.nothing": Words(
        "beat_schedule이 없어서 beat가 보낼 것이 없습니다",
        "there is no beat_schedule, so this beat has nothing to send",
    ),
    "send.each_has_options": Words(
        "each 안의 항목마다 쓰세요: {keys} ({where})", "{where}: with each, write {keys} in its items"
    ),
    "send.every_zero": Words("every는 0보다 커야 합니다: {where}", "{where}: every must be more than 0"),
    "send.until": Words("until은 from보다 뒤여야 합니다", "until must be later than from"),
    "send.id_twice": Words('이미 쓴 id입니다: "{id}"', 'the id "{id}" is taken by an earlier entry'),
    "send.unregistered": Words(
        'tasks에 없는 Task 이름입니다: "{name}". Worker에서 NotRegistered 오류가 납니다',
        'no task "{name}" under tasks: a worker will answer with NotRegistered',
    ),
    "worker.unknown": Words('그런 Worker가 없습니다: "{name}"', 'there is no worker "{name}"'),
    "fault.one_action": Words(
        "장애 한 줄에는 동작 하나만 쓰세요: {where}",
        "{where}: a fault is one action",
    ),
    "fault.belongs": Words(
        '이 동작에만 쓸 수 있는 키: "{key}" ({action}; {where})', '{where}: "{key}" goes only with {action}'
    ),
    "set.not_running": Words(
        '실행 중에는 바꿀 수 없습니다: "{path}". 처음부터 바꾸려면 그 자리에 쓰세요',
        '"{path}" cannot change while a run goes on; to change it from the start, write it at its own place',
    ),
    "set.unknown": Words('없는 이름입니다: "{name}" ({room})', 'there is no "{name}" under {room}'),
    "fault.down": Words(
        '중단할 수 없습니다: "{name}"', '"{name}" cannot be down; it is the broker, or a service under services'
    ),
    "fault.no_connection": Words(
        "이 Broker의 Worker는 연결을 유지하지 않으므로 끊을 수 없습니다: {where}",
        "{where}: on this broker workers keep no connection that could break",
    ),
    "fault.for_or_until": Words("for와 until 중 하나만 쓰세요: {where}", "{where}: give for or until, not both"),
    "fault.until": Words("until은 at보다 뒤여야 합니다: {where}", "{where}: until must be later than at"),
    "worker.autoscale": Words(
        "[최대, 최소] 순서로 쓰세요. 최대는 1 이상이고 최소보다 작을 수 없습니다: {where} (예: [10, 3])",
        "{where}: give [max, min], max at least 1 and not less than min, as in [10, 3]",
    ),
    "control.one_command": Words(
        "명령 한 줄에는 명령 하나만 쓰세요: {where} (가능: {known})", "{where}: a line is one command of {known}"
    ),
    "control.belongs": Words(
        '이 명령에는 쓸 수 없는 키: "{key}" ({command}; {where})', '{where}: "{key}" does not go with {command}'
    ),
    "control.needs": Words('이 명령에 필요한 키: "{key}" ({command}; {where})', '{where}: {command} needs "{key}"'),
    "task.unknown": Words('tasks에 없는 Task 이름입니다: "{name}"', 'there is no task "{name}" under tasks'),
    "service.unknown": Words('services에 없는 이름입니다: "{name}"', 'there is no service "{name}" under services'),
    "route.pattern": Words(
        '올바르지 않은 정규식입니다: "{value}" ({column}번째 글자; {where})',
        '{where}: "{value}" is not a valid regular expression (at character {column})',
    ),
    "route.dead_letter_queue": Words(
        "task_routes의 dead_letter_queue는 Celery에 없는 옵션이라 profile guide에서만 동작합니다. tasks의 dead_letter_queue를 쓰세요",
        "Celery has no dead_letter_queue in task_routes: it works in the profile guide only; write it under tasks.<name>",
    ),
    "knob.range_or_values": Words(
        "range와 values 중 하나만 쓰세요: {where}", "{where}: give range or values, one of them"
    ),
    "moment.one": Words(
        "event, kill, stop, start 중 하나만 쓰세요: {where}",
        "{where}: name one event, or one fault (kill, stop, start)",
    ),
    "stop.one_moment": Words(
        "at, before, after 중 하나만 쓰세요: {where}", "{where}: give one of at, before and after"
    ),
    "stop.no_words": Words("표시할 말이 없습니다: {where} (ko: 또는 en:)", "{where} has no words (ko: or en:)"),
    "exception.loop": Words(
        '자기 자신의 조상이 되는 예외입니다: "{name}"', 'the exception "{name}" is its own ancestor'
    ),
    "say.look": Words(
        '가리킬 수 없는 이름입니다: "{name}"', 'nothing here is called "{name}" that a caption could point at'
    ),
    "exercise.too_wide": Words(
        '실행 시간, 도착, 장애까지 바꿀 수 있어 배우지 않고도 풀 수 있습니다: "{path}". 더 좁게 쓰세요',
        '"{path}" lets a learner change durations, arrivals or faults, and so win without learning; name less',
    ),
    "event.unknown": Words('그런 이벤트가 없습니다: "{name}"', 'there is no event "{name}"'),
    "ask.no_such_choice": Words('choices에 없는 답입니다: "{key}"', 'the answer "{key}" is none of the choices'),
    "ask.answer": Words(
        "식 하나, 또는 choice마다 식을 쓰세요: {where} (예: worker_of(Task1), {{a: lost == 0, b: else}})",
        "{where}: give a measure, or a test for each choice: worker_of(Task1), {{a: lost == 0, b: else}}",
    ),
    "task.retry_backoff": Words(
        'true, false 또는 초 단위 숫자여야 합니다: {where} ("{value}")',
        '{where} must be true, false or a number of seconds, not "{value}"',
    ),
    "ask.two_else": Words("else는 한 번만 쓸 수 있습니다", "only one choice can be the else"),
    "variant.too_much": Words(
        "variant가 너무 많거나 파일이 너무 큽니다 (variant 수 x 값의 수가 최대 {limit})",
        "too many variants of too large a file (variants times values may be {limit})",
    ),
    "variant.empty": Words('바뀌는 것이 없는 variant입니다: "{name}"', 'the variant "{name}" changes nothing'),
    "goal.too_long": Words("식이 너무 깁니다 (최대 {limit}자)", "the test is too long (at most {limit} characters)"),
    "goal.brackets": Words(
        '괄호가 닫히지 않았습니다: "{text}". [ ]나 {{ }} 안에서는 쉼표가 항목을 나눕니다. 식마다 "- "로 시작하는 줄에 쓰세요',
        '"{text}" has an unclosed bracket: inside [ ] or {{ }} a comma ends the item; write each test on its own line after "- "',
    ),
    "goal.syntax": Words('식을 읽을 수 없습니다: "{text}"', '"{text}" cannot be read as a test'),
    "goal.not_allowed": Words(
        'goals에서 쓸 수 없는 식입니다: "{text}" (비교, and or not, + - * /, 측정값만 가능)',
        '"{text}" is not part of the goal language (comparisons, and or not, + - * /, measures)',
    ),
    "goal.unknown_measure": Words('그런 측정값이 없습니다: "{name}"', 'there is no measure "{name}"'),
    "goal.arguments": Words(
        "인자 개수가 다릅니다: {name} (최소 {fewest}, 최대 {most}, 현재 {given})",
        "wrong number of arguments for {name} (at least {fewest}, at most {most}, given {given})",
    ),
    "goal.subject": Words(
        "측정할 대상이 아닙니다: {name} (예: mean(wait))", "{name} cannot be taken of this (as in mean(wait))"
    ),
    "goal.argument_name": Words(
        "인자는 이름이어야 합니다: {name} (Task, id, Worker, Queue 또는 따옴표로 감싼 이름)",
        "an argument of {name} must be a name (a task, id, worker or queue; in quotes where it is none in Python)",
    ),
    "goal.argument_number": Words("인자는 숫자여야 합니다: {name}", "an argument of {name} must be a number"),
    "goal.unknown_name": Words(
        '이 시나리오에 없는 이름입니다: "{name}"',
        '"{name}" names nothing in this scenario (no task, id, worker, queue or state)',
    ),
    "goal.unknown_id": Words('그런 id의 Task가 없습니다: "{name}"', 'no task has the id "{name}"'),
    "goal.unknown_task": Words(
        'Task 이름도 id도 Queue도 아닙니다: "{name}"', '"{name}" is no task type, no id of a task and no queue'
    ),
    "goal.unknown_worker": Words('그런 Worker가 없습니다: "{name}"', 'there is no worker "{name}"'),
    "goal.unknown_queue": Words('그런 Queue가 없습니다: "{name}"', 'there is no queue "{name}"'),
    "goal.unknown_service": Words('services에 없는 이름입니다: "{name}"', 'there is no service "{name}"'),
    "ask.never": Words(
        "{question}번 질문: 이 실행에서는 나오지 않습니다", "question {question}: this run never comes to it"
    ),
    "ask.reason_inherited": Words(
        '{question}번 질문: 변형 "{variant}"에서는 답이 바뀌는데 이유(why)는 원래 것 그대로입니다. '
        "답이 다른 실행에는 이 이유를 보여 주지 않으니 ask.{place}.why도 함께 바꾸세요",
        'question {question}: the variant "{variant}" changes the answer but has no reason of its own; '
        "the inherited one is not shown there. Set ask.{place}.why too",
    ),
    "text.untranslated": Words("번역이 없습니다 ({missing}): {where}", "{where} has no words in {missing}"),
}
"""By code."""
