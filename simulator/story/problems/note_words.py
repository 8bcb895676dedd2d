"""Notes on a scenario made from a configuration or a recording: assumptions, omissions, accuracy."""

from __future__ import annotations

from simulator.story.catalog import Words

_CONF = {
    "conf.origin": Words(
        "celery inspect conf의 출력으로 만든 시나리오입니다.", "Made from the output of celery inspect conf."
    ),
    "conf.not": Words(
        'celery inspect conf의 출력이 아닙니다: "{file}" (celery inspect conf --json을 쓰세요)',
        '"{file}" is not the output of celery inspect conf (use celery inspect conf --json)',
    ),
    "conf.assumed": Words(
        "설정에는 실행 시간과 도착 시각이 없습니다. Task마다 {duration}초가 걸리고 평균 {gap}초마다 도착한다고 가정했으니 알맞게 고치세요.",
        "A configuration contains no durations or arrivals. Assumed: each task takes {duration} s and arrives every {gap} s on average; put in your own.",
    ),
    "conf.transport": Words(
        "시뮬레이션하지 않는 broker_url이라 celery-rabbitmq로 대신합니다: {value}",
        "The transport of broker_url is not simulated; celery-rabbitmq is used instead: {value}",
    ),
    "conf.near": Words(
        "가장 가까운 transport로 대신합니다: {value} → {taken}",
        "The nearest transport is used instead: {value} -> {taken}",
    ),
    "conf.value": Words(
        "쓸 수 없는 값이라 뺐습니다: {setting} = {value}",
        "Left out, because this value cannot be used: {setting} = {value}",
    ),
    "conf.not_simulated": Words(
        "시뮬레이션하지 않는 설정입니다: {setting} = {value}", "Not simulated: {setting} = {value}"
    ),
    "conf.quiet": Words(
        "시뮬레이션 결과에 영향이 없는 설정: {settings}", "Settings that do not affect the simulation: {settings}"
    ),
    "conf.quiet_count": Words(
        "시뮬레이션 결과에 영향이 없는 설정: {count}개", "{count} settings do not affect the simulation."
    ),
    "conf.unknown": Words("알 수 없는 설정: {settings}", "Unknown settings, not Celery's: {settings}"),
    "conf.router": Words(
        "코드로 된 라우터는 읽을 수 없습니다: {value}", "A router written in code cannot be read: {value}"
    ),
    "conf.routing_key": Words(
        "exchange나 routing_key로 정하는 라우팅은 따르지 않고 기본 Queue로 보냅니다: {name}",
        "Routing by exchange or routing_key is not followed; sent to the default queue: {name}",
    ),
    "conf.stand_in": Words(
        "이 패턴에 맞는 Task 이름을 몰라 하나를 만들었습니다: {pattern} → {name}",
        "No known task matches {pattern}; {name} was made up for it.",
    ),
    "conf.no_stand_in": Words(
        "이 정규식에 맞는 Task 이름을 몰라 라우팅에서 뺐습니다: {pattern}",
        "No known task matches the regular expression {pattern}; its route is left out.",
    ),
    "conf.no_task": Words(
        "설정에 Task 이름이 없어 하나를 만들었습니다: {name}",
        "The settings name no task; {name} was made up.",
    ),
    "conf.beat": Words(
        "읽을 수 없는 beat_schedule 항목입니다: {name} = {value}",
        "This entry of beat_schedule cannot be read: {name} = {value}",
    ),
    "conf.beat_later": Words(
        "beat_schedule 항목 {name}: 처음 {until}초 안에 실행되지 않을 수 있습니다. until을 늘리세요(0초는 월요일 0시).",
        "beat_schedule {name} may not fire in the first {until} s; increase until (time 0 is Monday, 00:00).",
    ),
    "conf.retry": Words(
        "Task가 언제 실패하는지 알 수 없어 재시도 설정은 뺐습니다: {setting}",
        "Left out, because nothing says when the task fails: {setting}",
    ),
    "conf.consumes": Words(
        "명령줄 옵션 -Q는 설정에 없습니다. 모든 Worker가 모든 Queue를 소비한다고 가정했습니다: {queues}",
        "The option -Q is not part of a configuration. Assumed: every worker consumes every queue: {queues}",
    ),
    "conf.concurrency": Words(
        "worker_concurrency가 없습니다. Celery는 CPU 수나 명령줄의 -c를 쓰지만, 여기서는 1로 했습니다.",
        "worker_concurrency is not set: Celery takes the number of CPUs, or -c from the command line; here it is 1.",
    ),
    "conf.differs": Words(
        "Worker마다 값이 달라 첫 Worker의 값을 썼습니다: {setting}",
        "Workers differ in this setting; the first worker's value was used: {setting}",
    ),
}

_TABLE = {
    "table.origin": Words("실행 기록 표에서 만든 시나리오입니다.", "Made from a table of what ran."),
    "table.assumed": Words(
        "표에는 Worker와 Broker가 없습니다. celery-redis와 자리 {slots}개(바쁜 시간 {share})인 Worker 하나로 가정했으니 알맞게 고치세요. 재시도도 따로 세지 않습니다.",
        "The table tells nothing of workers and brokers: celery-redis and one worker of {slots} slots ({share} busy) were assumed; put in your own. Retries count as tasks of their own.",
    ),
    "table.empty": Words('행이 없습니다: "{file}"', '"{file}" has no rows'),
    "table.line": Words(
        "{file}:{line}: CSV나 JSON으로 읽을 수 없는 줄입니다",
        "{file}:{line}: this line is neither CSV nor a JSON object",
    ),
    "table.column": Words('{file}:{line}: 열이 없습니다: "{name}"', '{file}:{line}: there is no column "{name}"'),
    "table.task": Words(
        '{file}:{line}: {column} 열: Task 이름이 아닙니다: "{value}"',
        '{file}:{line}: {column}: "{value}" is no name of a task',
    ),
    "table.arrival": Words(
        '{file}:{line}: {column} 열: 시각이 아닙니다: "{value}" (초, 1970년부터의 시간, 2024-05-01T10:00:00Z 같은 형식)',
        '{file}:{line}: {column}: "{value}" is no time (seconds, a time since 1970, or as 2024-05-01T10:00:00Z)',
    ),
    "table.duration": Words(
        '{file}:{line}: {column} 열: 실행 시간이 아닙니다: "{value}" (0 이상의 수)',
        '{file}:{line}: {column}: "{value}" is no duration (a number, 0 or more)',
    ),
    "table.columns": Words(
        "--from-csv에는 --task, --arrival, --duration이 모두 필요하고, 이 옵션들은 --from-csv와 함께만 씁니다",
        "--from-csv needs --task, --arrival and --duration, which go with nothing else",
    ),
    "table.unit": Words('모르는 단위입니다: "{value}" (s, ms, us, ns)', '"{value}" is no unit (s, ms, us, ns)'),
}

_RECORDING = {
    "recording.origin": Words("기록에서 만든 시나리오입니다.", "Made from a recording."),
    "recording.profile": Words(
        "기록에 Broker의 종류가 없어 celery-rabbitmq를 썼습니다.",
        "The recording does not say which broker it was; celery-rabbitmq is used.",
    ),
    "recording.durations": Words(
        "실행 시간({name}): 분포 {kind}, 표본 {count}개, 분포 함수의 최대 차이 {distance}",
        "Durations of {name}: {kind}, from {count} samples; the distribution functions differ by at most {distance}",
    ),
    "recording.arrivals": Words(
        "도착 간격({name}): 분포 {kind}, 표본 {count}개, 분포 함수의 최대 차이 {distance}. 몰림이나 하루 중의 변화는 남지 않습니다.",
        "Gaps between arrivals of {name}: {kind}, from {count} samples; the distribution functions differ by at most {distance}. Bursts and daily patterns are not kept.",
    ),
    "recording.never_ended": Words(
        "끝까지 실행된 적이 없어 실행 시간을 알 수 없습니다(0초로 적음): {name}",
        "No run finished, so the duration is unknown (written as 0): {name}",
    ),
    "recording.max_retries": Words(
        "{name}: 재시도를 다 쓴 Task가 없어 max_retries를 알 수 없습니다(가장 많은 재시도 {most}번).",
        "{name}: no task ran out of retries, so max_retries is unknown (at most {most} were seen).",
    ),
    "recording.no_delay": Words(
        "{name}: 재시도까지의 시간이 기록에 없습니다.", "{name}: the recording does not say how long retries waited."
    ),
    "recording.delays": Words(
        "{name}: 재시도까지의 시간이 {low}초에서 {high}초까지여서 평균을 썼습니다.",
        "{name}: retries waited {low} to {high} s; the mean is used.",
    ),
    "recording.concurrency": Words(
        "기록에 concurrency가 없어 동시에 실행한 최대 개수를 썼습니다: {worker}, {seen}개",
        "The recording does not contain the concurrency of {worker}; the most it ran at once is used: {seen}.",
    ),
    "recording.no_worker": Words(
        "기록에 Worker가 없어 기본값인 2개로 했습니다.", "The recording shows no workers; the default of two is used."
    ),
    "recording.not_sent": Words(
        "보낸 시각이 기록되지 않은 Task {count}개: 받은 시각을 도착 시각으로 썼으므로 그 전의 대기 시간은 알 수 없습니다.",
        "{count} tasks have no recorded send time: they arrive when they were received, and any wait before that is unknown.",
    ),
    "recording.children": Words(
        "다른 Task가 보낸 Task {count}개: 기록된 시각에 도착하며, 보낸 Task를 기다리지 않습니다.",
        "{count} tasks were sent by other tasks: they arrive at the recorded times, whatever their senders do.",
    ),
    "recording.no_queue": Words(
        "{name}: 실행되었지만 어느 Queue로 왔는지 알 수 없어 이대로는 재생할 수 없습니다(Worker가 맡은 Queue: {queues}). 라우팅을 --from-conf로 주거나 task_send_sent_event를 켜고 다시 기록하세요.",
        "{name} ran, but nothing tells from which queue, so a model would not play (consumed: {queues}). Give the routes with --from-conf, or record again with task_send_sent_event on.",
    ),
    "recording.unconsumed": Words(
        "{name}: Queue {queue}에서 실행되었지만 이 Queue를 맡은 Worker가 모델에 없어 이대로는 재생할 수 없습니다. --from-conf로 설정을 주거나 Worker가 응답할 때 다시 기록하세요.",
        "{name} ran from the queue {queue}, which no worker of the model consumes, so it would not play. Give the settings with --from-conf, or record while the workers answer.",
    ),
    "recording.priorities": Words(
        "Celery의 이벤트에는 우선순위가 없어 모든 Task가 같은 우선순위로 도착합니다. 우선순위가 다른 호출이 있다면 send에 priority를 나누어 적으세요.",
        "Celery's events do not tell priorities: all tasks arrive with the same. If calls differ in it, split them under send and give each its priority.",
    ),
    "recording.seen_priorities": Words(
        "우선순위는 이벤트에 없어, Worker가 들고 있던 Task에서 본 비율대로 나누었습니다. 어느 호출이 어느 우선순위였는지는 알 수 없습니다.",
        "Celery's events do not tell priorities; calls have those of tasks that workers were seen to hold, in the same shares. Which call had which is unknown.",
    ),
    "recording.left_out": Words("시나리오로 옮기지 않은 것: {events}", "Not carried over into the scenario: {events}"),
}

_DRAFT = {
    "draft.names": Words(
        "시나리오에 쓸 수 없는 이름을 고쳤습니다: {names}", "Names that a scenario cannot have were changed: {names}"
    ),
}

_REAL = {
    "real.missing": Words(
        "실제 Celery가 필요합니다(모듈 {module} 없음): pip install 'ackademy[real]'",
        "this needs a real Celery (no module {module}): pip install 'ackademy[real]'",
    ),
    "real.broker": Words("Broker가 응답하지 않습니다: {reason}", "the broker does not answer: {reason}"),
}

NOTES: dict[str, Words] = {**_CONF, **_TABLE, **_RECORDING, **_DRAFT, **_REAL}
"""By code."""
