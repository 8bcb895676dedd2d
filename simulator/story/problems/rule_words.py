"""Messages for codes raised by a rule of the format or of the goal language."""

from __future__ import annotations

from simulator.story.catalog import Words

RULES = {
    "send.needs_every": Words("from, until에는 every가 필요합니다: {where}", "{where}: from and until require every"),
    "send.at_or_every": Words(
        "at과 every 중 하나만 쓰세요: {where}", "{where}: give either at, or from and every, not both"
    ),
    "send.recording_missing": Words(
        "기록을 읽을 수 없습니다: {file} ({reason}). 경로는 이 파일을 기준으로 적습니다",
        "the recording cannot be read: {file} ({reason}); its path is relative to this file",
    ),
    "send.recording_wrong": Words(
        "{file}의 {number}번째 줄이 잘못되어 기록으로 쓸 수 없습니다. 자세한 내용: ackademy run {file}",
        "{file} is no recording: line {number} is wrong; ackademy run {file} says why",
    ),
    "send.recording_none": Words(
        "기록 {file}에 도착한 Task가 없습니다: {task}", "nothing arrives in the recording {file}: {task}"
    ),
    "send.recording_alone": Words(
        "recording과 함께 쓸 수 있는 것은 task와 load뿐입니다: {key}",
        "beside recording, only task and load may be given: {key}",
    ),
    "send.countdown_or_eta": Words(
        "countdown과 eta 중 하나만 쓰세요: {where}", "{where}: give either countdown or eta, not both"
    ),
    "send.task_or_each": Words(
        "task, each, chain, group, chord 중 하나만 쓰세요: {where}",
        "{where}: give exactly one of task, each, chain, group and chord",
    ),
    "gets.id": Words(
        "gets로 보내는 Task의 id는 자동으로 정해집니다. id를 지우세요: {where}",
        "{where}: tasks sent by gets get their ids automatically; leave out id",
    ),
    "canvas.one_kind": Words(
        "canvas의 각 부분에는 task, chain, group, chord 중 하나만 쓰세요: {where}",
        "{where}: each part of a canvas must be one of task, chain, group and chord",
    ),
    "canvas.has_options": Words(
        "{keys}: chain, group, chord 안의 Task에 적으세요 ({where})",
        "{where}: with chain, group or chord, put {keys} on the tasks inside",
    ),
    "canvas.immutable": Words(
        "immutable은 chain, group, chord 안에서만 쓸 수 있습니다: {where}",
        "{where}: immutable is only for parts of a chain, group or chord",
    ),
    "queue.classic_limit": Words(
        "classic Queue에는 delivery_limit가 없습니다. RabbitMQ는 그 값을 무시합니다. queue_type: quorum을 쓰세요",
        "a classic queue has no delivery limit: RabbitMQ ignores it; use queue_type: quorum",
    ),
    "queue.quorum_priority": Words(
        "quorum Queue에는 우선순위가 없습니다. RabbitMQ 3.10은 max_priority를 거절합니다. queue_type: classic을 쓰세요",
        "a quorum queue has no priorities: RabbitMQ 3.10 refuses max_priority; use queue_type: classic",
    ),
    "canvas.rpc": Words(
        "result_backend가 rpc://이면 chord를 쓸 수 없습니다(뒤에 Task가 이어지는 group도 chord입니다)",
        "the result backend rpc:// does not support chords (a group followed by something is a chord, too)",
    ),
    "beat.until": Words(
        "beat만 있으면 실행이 끝나지 않습니다. until을 쓰세요",
        "with beat alone the run never ends: set until, in seconds",
    ),
    "beat.place": Words(
        "beat_schedule은 시나리오의 맨 위 단계에 쓰세요: {where}",
        "beat_schedule belongs at the top level of the scenario, not in {where}",
    ),
    "beat.schedule": Words(
        "schedule은 초 단위 숫자나 crontab이어야 합니다: {where}",
        "{where}: a schedule is a number of seconds, or crontab: {{minute, hour, ...}}",
    ),
    "beat.crontab": Words(
        'crontab에 쓸 수 없는 값입니다: "{value}" ({field}; 예: 0, "*/15", "9-17", "mon,fri")',
        '"{value}" is not a crontab value for {field} (e.g. 0, "*/15", "9-17", "mon,fri")',
    ),
    "beat.name": Words(
        "beat는 beat_schedule을 보내는 프로세스의 이름입니다. Worker 이름을 바꾸세요",
        "beat is the name of the process that sends beat_schedule; give the worker another name",
    ),
    "beat.nothing": Words(
        "beat_schedule이 없어서 보낼 것이 없습니다",
        "there is no beat_schedule, so beat has nothing to send",
    ),
    "send.each_has_options": Words(
        "{keys}: each 안의 항목에 적으세요 ({where})", "{where}: with each, put {keys} on its items"
    ),
    "send.every_zero": Words("every는 0보다 커야 합니다: {where}", "{where}: every must be greater than 0"),
    "send.commits_or_outbox": Words(
        "commits와 outbox는 함께 쓸 수 없습니다. outbox는 커밋된 것만 보냅니다: {where}",
        "{where}: commits does not go with outbox, which sends only what is committed",
    ),
    "send.commits_canvas": Words(
        "commits는 task나 each에만 쓸 수 있습니다: {where}",
        "{where}: commits goes with task or each, not with a canvas",
    ),
    "send.until": Words("until은 from보다 뒤여야 합니다", "until must be later than from"),
    "send.id_twice": Words('이미 쓴 id입니다: "{id}"', 'the id "{id}" is already used'),
    "worker.task": Words('tasks에 없는 Task입니다: "{name}"', 'there is no task "{name}" under tasks'),
    "send.unregistered": Words(
        'tasks에 없는 Task 이름입니다: "{name}". Worker에서 NotRegistered 오류가 납니다',
        'there is no task "{name}" under tasks: workers will answer with NotRegistered',
    ),
    "worker.unknown": Words('그런 Worker가 없습니다: "{name}"', 'there is no worker "{name}"'),
    "fault.rolling_every": Words(
        "rolling에는 every가 필요합니다: {where} (예: {{at: 60, rolling: [worker1, worker2], every: 20}})",
        "{where}: rolling needs every: {{at: 60, rolling: [worker1, worker2], every: 20}}",
    ),
    "fault.still_stopping": Words(
        "{name}: {time}초에는 아직 종료 중이라 시작할 수 없습니다. 더 늦게 시작하거나 restart를 쓰세요",
        "{name} is still shutting down at {time} s and cannot be started; start it later, or use restart",
    ),
    "fault.one_action": Words(
        "장애 한 줄에는 동작 하나만 쓰세요: {where}",
        "{where}: a fault has exactly one action",
    ),
    "fault.belongs": Words(
        '{action}에는 쓸 수 없는 키: "{key}" ({where})',
        '{where}: "{key}" cannot be used with this action; it belongs to {action}',
    ),
    "set.not_running": Words(
        '실행 중에는 바꿀 수 없습니다: "{path}". 처음부터 바꾸려면 원래 위치에 쓰세요',
        '"{path}" cannot change during a run; to change it from the start, set it in its own place',
    ),
    "set.unknown": Words('없는 이름입니다: "{name}" ({room})', 'there is no "{name}" under {room}'),
    "fault.down": Words(
        '중단할 수 있는 것은 broker와 services의 서비스뿐입니다: "{name}"',
        '"{name}" cannot go down; only the broker and the services under services can',
    ),
    "fault.no_sweep": Words(
        "여기서는 Worker가 점검하지 않습니다. redis://이고 visibility_sweep이 real이어야 합니다",
        "no worker sweeps here: that takes redis:// and visibility_sweep: real",
    ),
    "fault.no_connection": Words(
        "이 Broker의 Worker는 연결을 유지하지 않으므로 끊을 수 없습니다: {where}",
        "{where}: with this broker, workers keep no connection that could break",
    ),
    "fault.for_or_until": Words("for와 until 중 하나만 쓰세요: {where}", "{where}: give either for or until, not both"),
    "fault.until": Words("until은 at보다 뒤여야 합니다: {where}", "{where}: until must be later than at"),
    "worker.memory_limit": Words(
        "memory_limit {limit} MB로는 쉬는 프로세스도 다 들어가지 못합니다 ({rest} MB)",
        "A memory_limit of {limit} MB does not hold even the idle processes ({rest} MB)",
    ),
    "worker.autoscale": Words(
        "[최대, 최소] 순서로 쓰세요. 최대는 1 이상이고 최소보다 작을 수 없습니다: {where} (예: [10, 3])",
        "{where}: give [max, min], with max at least 1 and not less than min, e.g. [10, 3]",
    ),
    "control.one_command": Words(
        "명령 한 줄에는 명령 하나만 쓰세요: {where} (가능: {known})", "{where}: give exactly one command: {known}"
    ),
    "control.belongs": Words(
        '이 명령에는 쓸 수 없는 키: "{key}" ({command}; {where})', '{where}: "{key}" cannot be used with {command}'
    ),
    "control.needs": Words('이 명령에 필요한 키: "{key}" ({command}; {where})', '{where}: {command} requires "{key}"'),
    "task.unknown": Words('tasks에 없는 Task 이름입니다: "{name}"', 'there is no task "{name}" under tasks'),
    "service.unknown": Words('services에 없는 이름입니다: "{name}"', 'there is no service "{name}" under services'),
    "route.pattern": Words(
        '올바르지 않은 정규식입니다: "{value}" ({column}번째 글자; {where})',
        '{where}: "{value}" is not a valid regular expression (at character {column})',
    ),
    "route.dead_letter_queue": Words(
        "task_routes의 dead_letter_queue는 Celery에 없는 옵션이라 profile guide에서만 동작합니다. tasks의 dead_letter_queue를 쓰세요",
        "Celery has no dead_letter_queue in task_routes: it works only in the profile guide; set it under tasks.<name>",
    ),
    "knob.range_or_values": Words("range와 values 중 하나만 쓰세요: {where}", "{where}: give either range or values"),
    "moment.one": Words(
        "event, kill, stop, start 중 하나만 쓰세요: {where}",
        "{where}: give one event, or one fault (kill, stop, start)",
    ),
    "stop.one_moment": Words(
        "at, before, after 중 하나만 쓰세요: {where}", "{where}: give exactly one of at, before and after"
    ),
    "stop.no_words": Words("표시할 글이 없습니다: {where} (ko: 또는 en:)", "{where} has no text (ko: or en:)"),
    "exception.loop": Words(
        '자기 자신의 조상이 되는 예외입니다: "{name}"', 'the exception "{name}" is its own ancestor'
    ),
    "say.look": Words(
        '설명이 가리킬 수 없는 이름입니다: "{name}"', 'there is no "{name}" that a caption could point at'
    ),
    "exercise.too_wide": Words(
        '실행 시간, 도착, 장애나 설정 전체까지 바꿀 수 있어 배우지 않고도 풀 수 있습니다: "{path}". 하나씩 적으세요',
        '"{path}" opens durations, arrivals, faults or every setting, so one can pass without learning; list what is meant',
    ),
    "exercise.misconception": Words(
        '연습 문제에서 바꿀 수 없는 설정을 바꾸는 오해입니다: "{path}". may_change에도 적으세요',
        'a misconception changes "{path}", which the exercise forbids; list it under may_change too',
    ),
    "misconception.passes": Words(
        "이 오해대로 바꾸면 연습 문제가 풀립니다. 오해가 아니거나, 목표가 이를 가려내지 못합니다",
        "what this misconception changes solves the exercise: it is none, or the goals do not tell it from a solution",
    ),
    "misconception.misses": Words(
        "이 오해가 놓치는 목표는 [{found}]입니다. misses에는 [{said}]라고 적혀 있습니다 (1부터, 예산은 0)",
        "this misconception misses the goals [{found}], but misses says [{said}] (from 1; 0 is the budget)",
    ),
    "event.unknown": Words('그런 이벤트가 없습니다: "{name}"', 'there is no event "{name}"'),
    "ask.no_such_choice": Words('choices에 없는 답입니다: "{key}"', 'the answer "{key}" is not one of the choices'),
    "ask.answer": Words(
        "측정값 하나, 또는 선택지마다 조건을 쓰세요: {where} (예: worker_of(Task1), {{a: lost == 0, b: else}})",
        "{where}: give a measure, or a test for each choice: worker_of(Task1), {{a: lost == 0, b: else}}",
    ),
    "task.retry_backoff": Words(
        'true, false 또는 초 단위 숫자여야 합니다: {where} ("{value}")',
        '{where} must be true, false or a number of seconds, not "{value}"',
    ),
    "task.soft_above_hard": Words(
        'soft_time_limit({soft}초)이 time_limit({hard}초)보다 길면 Celery의 apply_async가 ValueError를 내고, Task는 전송되지 않습니다: "{name}"',
        'soft_time_limit ({soft} s) exceeds time_limit ({hard} s): Celery\'s apply_async raises ValueError, and "{name}" is never sent',
    ),
    "ask.two_else": Words("else인 선택지는 하나뿐이어야 합니다", "only one choice can be else"),
    "variant.too_much": Words(
        "변형(variant)이 너무 많거나 파일이 너무 큽니다 (변형 수 x 값의 개수가 최대 {limit})",
        "too many variants for a file this large (variants times values must not exceed {limit})",
    ),
    "variant.empty": Words('바뀌는 것이 없는 변형(variant)입니다: "{name}"', 'the variant "{name}" changes nothing'),
    "break.measure": Words(
        "{name}: 실행이 끝나야, 또는 시간 구간을 정해야 알 수 있는 값이라 멈출 조건이 될 수 없습니다",
        "{name} is known only of a whole run or of a time in it, so nothing can stop at it",
    ),
    "break.name": Words('이 실행에 없는 이름입니다: "{name}"', 'this run has no task, type, queue or worker "{name}"'),
    "scale.bounds": Words(
        "min, replicas, max는 이 순서로 커져야 합니다: {where} (현재 {least}, {first}, {most})",
        "{where}: min, replicas and max must not decrease in this order ({least}, {first}, {most})",
    ),
    "scale.too_few": Words(
        '"{workers}" 이름의 Worker는 workers에 {count}개뿐입니다. workers에 더 적거나 scale의 max를 줄이세요',
        'scale asks for more workers than there are: {count} are named "{workers}" under workers',
    ),
    "scale.twice": Words(
        'Worker 하나를 두 컨트롤러가 조절할 수는 없습니다: "{name}"', 'two controllers would scale the worker "{name}"'
    ),
    "scale.starts_at": Words(
        'scale이 조절하는 Worker에는 starts_at을 쓸 수 없습니다: "{name}"',
        '"{name}" is started by the controller under scale, so it takes no starts_at',
    ),
    "scale.signal": Words(
        "by는 컨트롤러가 읽을 수 있는 값의 사칙연산이어야 합니다 (예: queue_length(celery) / 20)",
        "by must be made of what a controller can read, with + - * /: queue_length(celery) / 20",
    ),
    "goal.too_long": Words("식이 너무 깁니다 (최대 {limit}자)", "the test is too long (at most {limit} characters)"),
    "goal.brackets": Words(
        '괄호가 닫히지 않았습니다: "{text}". [ ]나 {{ }} 안에서는 쉼표가 항목을 나누므로, 식마다 "- "로 시작하는 줄에 따로 쓰세요',
        '"{text}" has an unclosed bracket: inside [ ] or {{ }} a comma ends the item; write each test on its own line after "- "',
    ),
    "goal.syntax": Words('식을 읽을 수 없습니다: "{text}"', '"{text}" cannot be parsed as a test'),
    "goal.not_allowed": Words(
        'goals에서 쓸 수 없는 식입니다: "{text}" (비교, and or not, + - * /, 측정값만 가능)',
        '"{text}" is not allowed in a goal (only comparisons, and or not, + - * /, measures)',
    ),
    "goal.unknown_measure": Words('그런 측정값이 없습니다: "{name}"', 'there is no measure "{name}"'),
    "goal.arguments": Words(
        "인자 개수가 다릅니다: {name} (최소 {fewest}, 최대 {most}, 현재 {given})",
        "wrong number of arguments for {name}: {given} given, at least {fewest} and at most {most} allowed",
    ),
    "goal.subject": Words(
        "{name}: 이런 대상은 측정할 수 없습니다 (예: mean(wait))", "{name} cannot be applied to this (e.g. mean(wait))"
    ),
    "goal.argument_name": Words(
        "인자는 이름이어야 합니다: {name} (Task, id, Worker, Queue 또는 따옴표로 감싼 이름)",
        "arguments of {name} must be names (a task, id, worker or queue; in quotes if it is not a Python name)",
    ),
    "goal.argument_number": Words("인자는 숫자여야 합니다: {name}", "arguments of {name} must be numbers"),
    "goal.unknown_name": Words(
        '이 시나리오에 없는 이름입니다: "{name}"',
        '"{name}" does not exist in this scenario (as a task, id, worker, queue or state)',
    ),
    "goal.unknown_id": Words('그런 id의 Task가 없습니다: "{name}"', 'no task has the id "{name}"'),
    "goal.unknown_task": Words(
        'Task의 종류도, id도, Queue도 아닙니다: "{name}"', '"{name}" is not a task type, a task id or a queue'
    ),
    "goal.unknown_worker": Words('그런 Worker가 없습니다: "{name}"', 'there is no worker "{name}"'),
    "goal.unknown_queue": Words('그런 Queue가 없습니다: "{name}"', 'there is no queue "{name}"'),
    "goal.unknown_service": Words('services에 없는 이름입니다: "{name}"', 'there is no service "{name}"'),
    "ask.never": Words(
        "{question}번 질문: 이 실행에서는 나타나지 않습니다", "question {question} is never reached in this run"
    ),
    "ask.reason_inherited": Words(
        '{question}번 질문: 변형 "{variant}"에서는 답이 바뀌는데 이유(why)는 원래 그대로입니다. 답이 다른 실행에는 이 이유를 보여 주지 않으니 ask.{place}.why도 바꾸세요',
        'question {question}: the variant "{variant}" changes the answer but has no explanation of its own; the inherited one is not shown there. Set ask.{place}.why too',
    ),
    "ask.reason_untrue": Words(
        '{question}번 질문의 이유(why)가 변형 "{variant}"에서는 맞지 않을 수 있습니다. 거기에 없는 것을 말합니다: {facts}. ask.{place}.why를 바꾸세요',
        'question {question}: its explanation may be untrue in the variant "{variant}", which lacks what it names: {facts}. Set ask.{place}.why',
    ),
    "text.untranslated": Words("번역이 없습니다 ({missing}): {where}", "{where} has no text in {missing}"),
}
"""By code."""
