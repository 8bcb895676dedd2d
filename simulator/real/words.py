"""Messages of `verify` in Korean and English: before it starts, its limits, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from simulator.measure.agreement import GROUPS, TOLERANCE, Happening
from simulator.story.catalog import BOTH, LANGUAGES, Line, Words, line
from simulator.story.report.agreement_words import VERBS, difference_line
from simulator.story.report.summary import Table, plain_table
from simulator.trace import Trace, as_seconds

if TYPE_CHECKING:
    from simulator.real.performing.ensemble import StageError
    from simulator.real.performing.limits import Limit
    from simulator.real.performing.prepared import Prepared
    from simulator.real.performing.verdict import Verdict

LIMITS = {
    "broker": Words(
        "쓸 수 없는 Broker입니다: {url} (쓸 수 있는 것: redis://, amqp://, memory://)",
        "this broker cannot be used: {url} (available: redis://, amqp://, memory://)",
    ),
    "elsewhere": Words(
        "다른 컴퓨터의 Broker입니다: {url}. 그래도 쓰려면 --yes-this-broker를 붙이세요",
        "this broker is not on this machine: {url}; to use it anyway, add --yes-this-broker",
    ),
    "speed": Words("--speed 값은 0보다 커야 합니다", "--speed must be greater than 0"),
    "scale": Words("--scale 값은 0보다 커야 합니다", "--scale must be greater than 0"),
    "unreachable": Words(
        "Broker가 응답하지 않습니다: {url} ({reason})", "the broker does not answer: {url} ({reason})"
    ),
    "trace": Words("trace는 실행할 수 없습니다. 시나리오를 지정하세요", "a trace cannot be run; give a scenario"),
    "endless": Words(
        "끝나지 않는 시나리오입니다. --until로 끝을 정하세요", "the scenario never ends; set an end with --until"
    ),
    "native_delay": Words(
        "RabbitMQ가 ETA를 직접 미루려면 모든 앱이 함께 쓰는 exchange(celery_delayed_*)가 필요하므로 실제로 실행하지 않습니다",
        "for RabbitMQ to delay an ETA itself it needs exchanges that all applications share (celery_delayed_*)",
    ),
    "crontab": Words(
        "crontab은 실제 시계를 따르므로 비교할 수 없습니다", "a crontab follows the real clock and cannot be compared"
    ),
    "chord": Words(
        "chord에는 Result Backend가 필요합니다: --result-backend redis://...",
        "a chord needs a result backend: --result-backend redis://...",
    ),
    "pool": Words('설치되어 있지 않은 pool입니다: "{pool}"', 'the pool "{pool}" is not installed'),
    "disconnect": Words(
        "Worker 하나의 연결만 끊는 것은 실제 Broker에서 할 수 없습니다",
        "a single worker's connection cannot be cut on a real broker",
    ),
    "lock": Words(
        "{task}: send가 잡는 잠금은 실제로 실행하지 않습니다. 실행할 때 잡는 잠금(by: body)은 실행합니다",
        "{task}: locks that a send takes are not performed for real, those that a body takes (by: body) are",
    ),
    "controller": Words(
        "scale의 컨트롤러는 실제로 실행하지 못합니다",
        "a controller (scale) cannot be performed for real",
    ),
    "during": Words(
        "Worker가 점검하는 순간에 맞춰 죽이는 것은 실제로 할 수 없습니다",
        "a worker cannot be killed exactly inside its sweep",
    ),
    "broker_down": Words(
        "실제 Broker를 멈출 수는 없습니다 (down: broker)", "a broker that others may use is not stopped (down: broker)"
    ),
    "service": Words(
        '서비스의 한도와 장애는 실제로 만들 수 없습니다: "{service}"',
        'a service\'s limits and outages cannot be done for real: "{service}"',
    ),
    "beat_fault": Words("beat는 멈추거나 다시 시작할 수 없습니다", "beat cannot be stopped or started"),
    "cores": Words(
        '코어 수는 실제로 정할 수 없습니다: "{worker}"', 'the number of cores cannot be set for real: "{worker}"'
    ),
    "payload": Words(
        "메시지의 크기와 Broker의 메모리는 실제로 만들 수 없습니다",
        "the size of messages and the broker's memory cannot be made for real",
    ),
    "transactions": Words(
        "보내는 쪽의 트랜잭션과 outbox는 실제로 만들 수 없습니다",
        "the senders' transactions and an outbox cannot be made for real",
    ),
    "tasks": Words(
        'Worker마다 다른 코드는 실제로 실행할 수 없습니다: "{worker}"',
        'workers cannot run different code for real: "{worker}"',
    ),
    "memory": Words(
        '메모리 한도는 실제로 정할 수 없습니다: "{worker}"', 'memory limits cannot be set for real: "{worker}"'
    ),
    "gets": Words(
        '다른 Task의 결과를 기다리는 Task는 실제로 실행할 수 없습니다: "{task}"',
        'a task that waits for other tasks\' results cannot be run for real: "{task}"',
    ),
    "kills_worker": Words(
        'Worker를 죽이는 Task는 실제로 실행할 수 없습니다: "{task}"',
        'a task that kills its worker cannot be run for real: "{task}"',
    ),
    "one_process": Words(
        "memory://에서는 faults와 beat 없이 Worker 하나만 실행할 수 있습니다",
        "memory:// supports one worker, without faults or beat",
    ),
    "guide": Words(
        "guide의 polling은 Celery에 없으므로 이 Broker에 맞는 profile로 예측합니다",
        "Celery does not poll the way the guide does: the prediction uses this broker's profile",
    ),
    "ideal": Words(
        "실제로는 ideal로 할 수 없는 설정입니다: {settings}", "these settings cannot be ideal in reality: {settings}"
    ),
    "backoff": Words(
        "retry_backoff는 초 단위 정수라 --scale로 줄지 않습니다: {tasks}",
        "retry_backoff counts whole seconds, which --scale does not change: {tasks}",
    ),
    "backend": Words("결과를 {asked} 대신 {used}에 저장합니다", "results are stored in {used} instead of {asked}"),
    "no_backend": Words("결과는 저장하지 않습니다 ({asked} 없음)", "results are not stored: there is no {asked} here"),
    "sleeps": Words(
        "Task는 계산하거나 메모리를 쓰지 않고 sleep만 합니다", "tasks just sleep; they neither compute nor use memory"
    ),
}
"""Limits, by code of a `Limit`."""
ERRORS = {
    "real.folder": Words(
        "작업 폴더를 만들 수 없습니다: {folder} ({reason})", "no folder to work in can be made: {folder} ({reason})"
    ),
    "real.lost": Words("Broker와 연결이 끊겼습니다: {reason}", "the connection to the broker was lost: {reason}"),
    "real.deaf": Words("이벤트를 받을 수 없습니다: {reason}", "events cannot be received: {reason}"),
    "real.worker_ended": Words(
        'Worker "{worker}": 시작하자마자 종료했습니다. {reason}', 'worker "{worker}" exited right away: {reason}'
    ),
    "real.worker_silent": Words(
        'Worker "{worker}": 시작했지만 온라인이 되지 않았습니다. {reason}',
        'worker "{worker}" did not come online: {reason}',
    ),
}
"""Errors, by code of a `StageError`."""

_BEFORE = Words(
    "실제 Celery에서 실행합니다: {name}, {url}. 약 {seconds}초 걸립니다.",
    "Runs {name} on a real Celery at {url}. This takes about {seconds} s.",
)
_TOUCHES = Words(
    "{prefix}로 시작하는 Queue와 key, 직접 시작한 프로세스만 건드리고, 끝나면 지웁니다.",
    "It only touches its own processes and queues and keys that begin with {prefix}, and removes them afterwards.",
)
_DEVIATION = Words("달라지는 점: {what}", "Difference: {what}")
_SWEPT = Words("지난번 실행에서 남은 것을 지웠습니다: {runs}", "Removed what an earlier run had left behind: {runs}")
_REFUSED = Words("실제로 실행할 수 없습니다: {what}", "This cannot be run for real: {what}")
_REFUSED_AT = Words("{where}: 실제로 실행할 수 없습니다: {what}", "{where}: this cannot be run for real: {what}")
_INSTEAD = Words(
    "Broker 없이 이 컴퓨터에서 실제로 실행할 수 있는 레슨: {lessons}. 예: ackademy verify {first}",
    "Lessons that run for real without a broker: {lessons}. Try: ackademy verify {first}",
)
_TASKS = Words("Task별", "Task by task")
_WORKERS = Words("Worker별", "Worker by worker")
_COLUMNS = (
    Words("Task", "task"),
    Words("이벤트", "event"),
    Words("예측", "predicted"),
    Words("실제", "recorded"),
    Words("차이", "difference"),
)
_WORKER_COLUMNS = (
    Words("Worker", "worker"),
    Words("무엇", "what"),
    Words("예측", "predicted"),
    Words("실제", "recorded"),
)
_ALIKE = Words(
    "똑같은 Worker는 서로 바꿔서 비교했습니다: {names}",
    "Identical workers are interchangeable; swapped: {names}",
)
_AGREES = Words(
    "예측과 같습니다. 가장 큰 시간 차이는 {worst}초입니다(허용 {allowed}초).",
    "Prediction and reality agree. Largest time difference {worst} s (allowed {allowed} s).",
)
_AGREES_LOOSELY = Words(
    "예측과 같습니다. 실행할 때마다 순서가 다를 수 있어, 언제나 성립하는 것만 비교했습니다.",
    "They agree in what holds for every run; the order may differ from run to run.",
)
_BY_CHANCE = Words(
    "실제로도 우연이 정하는 일: {what}. 예측은 이번 실행에서 나온 대로 따랐습니다.",
    "Left to chance: {what}. The prediction follows what happened in this run.",
)
CHANCES = {
    "next_queue": Words("빈자리에 어느 Queue의 메시지가 올지", "which queue fills a free place"),
    "child_death": Words("자식의 죽음을 부모가 바로 알아채는지", "whether a child's death is noticed at once"),
    "last_result": Words(
        "종료 신호 뒤 첫 결과를 언제 읽는지", "when the first result after the signal to shut down is read"
    ),
    "result_order": Words("종료하며 어느 자식의 결과부터 읽는지", "whose result is read first during a shutdown"),
    "warm_return": Words("종료할 때 언제 메시지를 되돌리는지", "when messages are requeued during a shutdown"),
    "cold_return": Words("종료할 때 언제 메시지를 되돌리는지", "when messages are requeued during a shutdown"),
    "oom_victim": Words(
        "메모리가 모자랄 때 커널이 어느 자식을 죽이는지", "which child the kernel kills when memory runs out"
    ),
}
"""By what is drawn: what Celery and its broker leave to chance."""
_DIFFERS = Words(
    "예측과 다릅니다. 처음으로 다른 곳: {first}", "Prediction and reality differ. First difference: {first}"
)
_RACE = Words(
    "거의 동시에 보낸 Task가 있어 경쟁이 생깁니다. 쉬고 있는 Worker 중 누가 먼저 받을지는 몇 밀리초에 갈립니다. 다시 해 보세요.",
    "Some tasks were sent almost at once. Idle workers race for them within milliseconds. Try again.",
)
_KEPT = Words("기록을 저장했습니다: {file}", "Recording saved: {file}")
_EMITTING = Words(
    "Celery 이벤트로 보냅니다: {name}, {url}. {seconds}초 걸립니다. 멈추려면 Ctrl+C",
    "Publishes {name} as Celery events at {url} for {seconds} s. Ctrl+C stops it.",
)
_EMITTED = Words("이벤트 {count}개를 보냈습니다.", "Published {count} events.")
_NOTHING = "-"
MAX_DIFFERENCES = 10


def limit(found: Limit) -> Line:
    """A limit in words."""
    return Line(LIMITS[found.code], found.params)


def refusal(limits: Iterable[Limit]) -> list[Line]:
    """Reasons for refusing a scenario."""
    return [
        line(_REFUSED_AT, where=one.where, what=limit(one)) if one.where else line(_REFUSED, what=limit(one))
        for one in limits
    ]


def instead(lessons: list[tuple[str, float]]) -> list[Line]:
    """Lessons that can be verified in place of a refused scenario; empty if there are none."""
    if not lessons:
        return []
    told = ", ".join(f"{name} ({seconds:.0f} s)" for name, seconds in lessons)
    return [line(_INSTEAD, lessons=told, first=lessons[0][0])]


def failure(error: StageError) -> Line:
    """Reason why a stage could not play."""
    return Line(ERRORS[error.code], error.params)


def before(prepared: Prepared, url: str) -> list[Line]:
    """Announcement of a performance; `url` without a password."""
    plan = prepared.plan
    lines = [line(_BEFORE, name=prepared.scenario.name, url=url, seconds=f"{prepared.seconds:.0f}")]
    lines.append(line(_TOUCHES, prefix=plan.run))
    return [*lines, *(line(_DEVIATION, what=limit(one)) for one in prepared.deviations)]


def swept(runs: list[str]) -> list[Line]:
    """Notice of earlier runs' remains that were removed."""
    return [line(_SWEPT, runs=", ".join(runs))] if runs else []


def kept(file: str) -> Line:
    """Notice of the recording's file."""
    return line(_KEPT, file=file)


def emitting(trace: Trace, url: str, speed: float) -> Line:
    """Announcement of a run's publication; `url` without a password."""
    seconds = as_seconds(trace.end) / speed
    return line(_EMITTING, name=trace.header.scenario, url=url, seconds=f"{seconds:.1f}")


def emitted(count: int) -> Line:
    """Notice of the number of published events."""
    return line(_EMITTED, count=count)


def verdict_lines(verdict: Verdict, lang: str) -> Iterator[str]:
    """Prediction and reality side by side, and the verdict at the end."""
    if lang == BOTH:
        for one in LANGUAGES:
            yield from verdict_lines(verdict, one)
        return
    yield from plain_table(Table(_TASKS.text(lang), [c.text(lang) for c in _COLUMNS], _task_rows(verdict), names=4))
    columns = [c.text(lang) for c in _WORKER_COLUMNS]
    yield from plain_table(Table(_WORKERS.text(lang), columns, _worker_rows(verdict, lang), names=4))
    if verdict.exchanged and verdict.held == "order":
        names = ", ".join(f"{name} = {other}" for name, other in sorted(verdict.exchanged.items()))
        yield _ALIKE.text(lang, names=names)
    by_chance = dict.fromkeys(CHANCES[draw.name.partition("/")[0]].text(lang) for draw in verdict.drawn)
    if by_chance and verdict.held == "order":
        yield _BY_CHANCE.text(lang, what="; ".join(by_chance))
    if not verdict.agrees:
        yield line(_DIFFERS, first=difference_line(verdict.differences[0])).text(lang)
        more = verdict.differences[1:MAX_DIFFERENCES]
        yield from (f"  {difference_line(other).text(lang)}" for other in more)
        if verdict.is_race:
            yield _RACE.text(lang)
    elif verdict.worst is None:
        yield _AGREES_LOOSELY.text(lang)
    else:
        yield _AGREES.text(lang, worst=f"{verdict.worst:.3f}", allowed=f"{TOLERANCE:g}")


def _told(happening: Happening | None) -> str:
    if happening is None:
        return _NOTHING
    became = f" {happening.outcome}" if happening.outcome else ""
    return f"{happening.hostname} {happening.t:.3f}{became}"


def _pairs(mine: list[Happening], real: list[Happening]) -> list[tuple[Happening | None, Happening | None]]:
    """Both sides of a task, event by event."""
    longest = max(len(mine), len(real))
    return [(mine[n] if n < len(mine) else None, real[n] if n < len(real) else None) for n in range(longest)]


def _task_rows(verdict: Verdict) -> list[list[str]]:
    rows = []
    for uuid, mine, real in verdict.tasks():
        for n, (ours, theirs) in enumerate(_pairs(mine, real)):
            kinds = dict.fromkeys(h.type for h in (ours, theirs) if h is not None)
            same = ours is not None and theirs is not None and ours.type == theirs.type
            error = f"{theirs.t - ours.t:+.3f}" if same and ours is not None and theirs is not None else "≠"
            rows.append(["" if n else uuid, " / ".join(kinds), _told(ours), _told(theirs), error])
    return rows


def _worker_rows(verdict: Verdict, lang: str) -> list[list[str]]:
    ours, theirs = verdict.sides
    rows = []
    for worker in sorted({h.hostname for h in [*ours, *theirs]}):
        for n, (verb, types) in enumerate(GROUPS.items()):
            said = [
                " ".join(h.uuid for h in side if h.hostname == worker and h.type in types) for side in verdict.sides
            ]
            rows.append(["" if n else worker, VERBS[verb].text(lang), said[0] or _NOTHING, said[1] or _NOTHING])
    return rows


def as_data(verdict: Verdict) -> dict[str, Any]:
    """The verdict, ready for JSON; times in seconds after the first task-received."""
    return {
        "scenario": verdict.prepared.scenario.name,
        "profile": verdict.prepared.scenario.model.profile,
        "agrees": verdict.agrees,
        "held": verdict.held,
        "tolerance": TOLERANCE,
        "worst": verdict.worst,
        "chances": [{"draw": draw.name, "fell": draw.outcome} for draw in verdict.drawn],
        "differences": [difference_line(difference).text("en") for difference in verdict.differences],
        "exchanged": verdict.exchanged,
        "tasks": {
            uuid: {"predicted": [_row(h) for h in mine], "recorded": [_row(h) for h in real]}
            for uuid, mine, real in verdict.tasks()
        },
    }


def _row(happening: Happening) -> dict[str, Any]:
    row = {"t": round(happening.t, 6), "type": happening.type, "hostname": happening.hostname}
    return {**row, "outcome": happening.outcome} if happening.outcome else row
