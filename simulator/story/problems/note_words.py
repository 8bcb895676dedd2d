"""What is said of a scenario that was made from a configuration or a recording: assumed, left out, how near."""

from __future__ import annotations

from simulator.story.catalog import Words

_CONF = {
    "conf.origin": Words(
        "celery inspect conf의 출력으로 만든 시나리오입니다.", "Made from the output of celery inspect conf."
    ),
    "conf.not": Words(
        'celery inspect conf의 출력이 아닙니다: "{file}" (celery inspect conf --json)',
        '"{file}" is not what celery inspect conf prints (use celery inspect conf --json)',
    ),
    "conf.assumed": Words(
        "설정에는 실행 시간과 도착 시각이 없습니다. 각 Task가 {duration}초 걸리고 평균 {gap}초마다 도착한다고 가정했으니 고쳐 쓰세요.",
        "A configuration tells neither durations nor arrivals. Assumed: each task takes {duration} s and comes every "
        "{gap} s on average; put in your own.",
    ),
    "conf.transport": Words(
        "시뮬레이션하지 않는 broker_url이라 celery-rabbitmq로 대신합니다: {value}",
        "The transport of broker_url is not simulated, celery-rabbitmq stands in: {value}",
    ),
    "conf.near": Words(
        "가장 가까운 transport로 대신합니다: {value} → {taken}", "The nearest transport stands in: {value} -> {taken}"
    ),
    "conf.value": Words(
        "쓸 수 없는 값이라 뺐습니다: {setting} = {value}", "Left out, this value cannot be used: {setting} = {value}"
    ),
    "conf.not_simulated": Words(
        "시뮬레이션하지 않는 설정입니다: {setting} = {value}", "Not simulated: {setting} = {value}"
    ),
    "conf.quiet": Words(
        "시뮬레이션 결과에 영향이 없는 설정: {settings}", "Settings that change nothing that is simulated: {settings}"
    ),
    "conf.quiet_count": Words(
        "시뮬레이션 결과에 영향이 없는 설정: {count}개", "{count} settings change nothing that is simulated."
    ),
    "conf.unknown": Words("알 수 없는 설정: {settings}", "Not understood, no settings of Celery's: {settings}"),
    "conf.router": Words(
        "코드로 된 router는 읽을 수 없습니다: {value}", "A router that is code cannot be read: {value}"
    ),
    "conf.routing_key": Words(
        "exchange나 routing_key로 정해지는 Queue는 따라가지 않아 기본 Queue로 보냅니다: {name}",
        "Routes by exchange or routing_key are not followed; sent to the default queue: {name}",
    ),
    "conf.stand_in": Words(
        "패턴에 맞는 Task 이름을 몰라 하나를 세웠습니다: {pattern} → {name}",
        "No task is known that fits {pattern}; {name} stands for them.",
    ),
    "conf.no_stand_in": Words(
        "이 정규식에 맞는 Task 이름을 알 수 없어 route를 쓰지 않았습니다: {pattern}",
        "No task is known that matches the regular expression {pattern}; its route is left out.",
    ),
    "conf.no_task": Words(
        "설정에 Task 이름이 없어 하나를 세웠습니다: {name}",
        "The settings name no task; {name} stands for yours.",
    ),
    "conf.beat": Words(
        "읽을 수 없는 beat_schedule 항목입니다: {name} = {value}",
        "This entry of beat_schedule cannot be read: {name} = {value}",
    ),
    "conf.beat_later": Words(
        "beat_schedule 항목 {name}: 처음 {until}초 안에 오지 않을 수 있습니다. until을 늘리세요 (시각 0은 월요일 0시).",
        "beat_schedule {name} may not come in the first {until} s; lengthen until (time 0 is a Monday, 00:00).",
    ),
    "conf.retry": Words(
        "Task가 언제 실패하는지 알 수 없어 재시도 설정은 뺐습니다: {setting}",
        "Left out, since nobody says when the task fails: {setting}",
    ),
    "conf.consumes": Words(
        "명령줄 옵션 -Q는 설정에 없습니다. 모든 Worker가 모든 Queue를 소비한다고 가정했습니다: {queues}",
        "The option -Q is not in a configuration. Assumed: every worker consumes from every queue: {queues}",
    ),
    "conf.concurrency": Words(
        "worker_concurrency가 없습니다. Celery는 CPU 수를 쓰거나 명령줄의 -c를 따르지만 여기서는 1입니다.",
        "No worker_concurrency is set: Celery takes the number of CPUs, or -c of the command line; here it is 1.",
    ),
    "conf.differs": Words(
        "Worker마다 값이 다릅니다. 첫 Worker의 값을 썼습니다: {setting}",
        "Workers differ in this setting; the first one's value was taken: {setting}",
    ),
}

_RECORDING = {
    "recording.origin": Words("기록에서 만든 시나리오입니다.", "Made from a recording."),
    "recording.profile": Words(
        "기록에 Broker의 종류가 없어 celery-rabbitmq로 정했습니다.",
        "The recording does not say which broker it was; celery-rabbitmq was taken.",
    ),
    "recording.durations": Words(
        "실행 시간 ({name}): 분포 {kind}, 값 {count}개, 분포 함수의 최대 차이 {distance}",
        "Durations of {name}: {kind}, from {count} values; the distribution functions differ by at most {distance}",
    ),
    "recording.arrivals": Words(
        "도착 간격 ({name}): 분포 {kind}, 값 {count}개, 분포 함수의 최대 차이 {distance}. 몰림이나 하루의 리듬은 남지 않습니다.",
        "Gaps between arrivals of {name}: {kind}, from {count} values; the distribution functions differ by at most "
        "{distance}. Bursts and the rhythm of a day are not kept.",
    ),
    "recording.never_ended": Words(
        "끝난 실행이 없어 실행 시간을 모릅니다 (0초로 씀): {name}",
        "No run came to its end, so the duration is unknown (written as 0): {name}",
    ),
    "recording.max_retries": Words(
        "{name}: 재시도를 다 쓴 Task가 없어 max_retries를 알 수 없습니다 (가장 많은 재시도 {most}번).",
        "{name}: no task ran out of retries, so max_retries is unknown (the most seen: {most}).",
    ),
    "recording.no_delay": Words(
        "{name}: 재시도까지의 시간이 기록에 없습니다.", "{name}: the recording does not say how long retries waited."
    ),
    "recording.delays": Words(
        "{name}: 재시도까지의 시간이 {low}초에서 {high}초까지 달라 평균을 썼습니다.",
        "{name}: retries waited {low} to {high} s; their mean was taken.",
    ),
    "recording.concurrency": Words(
        "기록에 concurrency가 없어 동시에 실행된 최대 Task 수를 썼습니다: {worker}, {seen}개",
        "The recording does not say the concurrency of {worker}; taken: the most it ran at once, {seen}.",
    ),
    "recording.no_worker": Words(
        "기록에 Worker가 없어 기본값인 두 개를 씁니다.", "The recording shows no worker; there will be the default two."
    ),
    "recording.not_sent": Words(
        "발송 시각이 기록되지 않은 Task {count}개: 받은 시각을 도착 시각으로 썼으니 그 전의 대기는 알 수 없습니다.",
        "{count} tasks have no recorded time of sending: they arrive when they were received, and any wait before is "
        "unknown.",
    ),
    "recording.children": Words(
        "다른 Task가 보낸 Task {count}개: 기록된 시각에 도착하며, 보낸 Task를 기다리지 않습니다.",
        "{count} tasks were sent by other tasks: they come at the recorded times and do not wait for their senders.",
    ),
    "recording.left_out": Words(
        "시나리오로 옮기지 않은 일: {events}", "Happened and not put into the scenario: {events}"
    ),
}

_REAL = {
    "real.missing": Words(
        "실제 Celery가 필요합니다 (없는 모듈: {module}). pip install 'ackademy[real]'",
        "this needs a real Celery (no module {module}): pip install 'ackademy[real]'",
    ),
    "real.broker": Words("Broker가 응답하지 않습니다: {reason}", "no broker answers: {reason}"),
}

NOTES: dict[str, Words] = {**_CONF, **_RECORDING, **_REAL}
"""By code."""
