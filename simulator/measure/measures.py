"""The measures of the goal language, evaluated on a trace. Times are seconds, rounded to a millisecond.

`story.measures` explains each measure to users; `scenario.goals` says what each may be asked about.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from simulator.measure.calls import calls_of
from simulator.measure.load import load_of
from simulator.measure.summary import little_of, spread
from simulator.scenario.conditions.evaluation import Value
from simulator.scenario.conditions.goals import LOAD_VERDICTS
from simulator.trace.events import EVENT_TYPES, ResultStored
from simulator.trace.time import NEVER, as_seconds, to_micros
from simulator.trace.trace import Trace
from simulator.world import world_at
from simulator.world.index import index_of
from simulator.world.level import EVERYTHING, Level
from simulator.world.lives import TaskLife, WorkerLife, lives_of
from simulator.world.processes import processes_of
from simulator.world.ready import ready_of

HALF_A_MILLISECOND = 500
"""In microseconds: `queue_at(t)` includes all events before t plus this."""


def _seconds(micros: int | None) -> float | None:
    return None if micros is None else round(micros / 1000) / 1000


def _tasks(trace: Trace, subject: str | None) -> list[TaskLife]:
    """Return the tasks that a name selects: a task id, else a task type, else a queue; all for None."""
    tasks = lives_of(trace).tasks
    if subject is None:
        return [*tasks.values()]
    if subject in tasks:
        return [tasks[subject]]
    by_name = [task for task in tasks.values() if task.name == subject]
    return by_name or [task for task in tasks.values() if task.queue == subject]


def _workers(trace: Trace, worker: str | None) -> list[WorkerLife]:
    return [life for name, life in lives_of(trace).workers.items() if worker in (None, name)]


def _total(count: Callable[[TaskLife], int]) -> Callable[..., Value]:
    """Create a measure that sums `count` over the tasks that a name selects."""

    def measure(trace: Trace, subject: str | None = None) -> int:
        return sum(count(task) for task in _tasks(trace, subject))

    return measure


def _ended(outcome: str) -> Callable[[TaskLife], int]:
    return lambda task: task.outcome == outcome


COUNTS: dict[str, Callable[[TaskLife], int]] = {
    "sent": lambda task: 1,
    "succeeded": _ended("succeeded"),
    "failed": _ended("failed"),
    "revoked": _ended("revoked"),
    "ignored": _ended("ignored"),
    "dropped": _ended("dropped"),
    "lost": _ended("lost"),
    "served": lambda task: task.is_served,
    "retried": lambda task: task.retries,
    "dead_lettered": lambda task: task.dead_letter_index != NEVER,
    "runs": lambda task: len(task.runs),
    "effects": lambda task: len(task.effects),
    "duplicates": lambda task: len(task.effects) > 1,
}
"""Measures that are a sum over tasks, each with the part of a task."""

TIMES: dict[str, Callable[[TaskLife], int | None]] = {
    "wait": lambda task: task.wait,
    "response": lambda task: task.response,
    "finished": lambda task: task.finished_at,
}
"""Subjects of statistics that each task has one of, in microseconds."""


def _publish_failed(trace: Trace, subject: str | None = None) -> int:
    return sum(subject is None or subject in refused for refused in lives_of(trace).refused)


def _finished_by(trace: Trace, subject: str | None = None) -> float | None:
    """Return when the last task ended; None while one is alive."""
    ends = [task.finished_at for task in _tasks(trace, subject)]
    return None if None in ends else _seconds(max((end for end in ends if end is not None), default=0))


def _position(trace: Trace, uuid: str) -> int | None:
    """Return a task's rank by first start, from 1."""
    starts = sorted(
        (task.runs[0].start, order, task.uuid) for order, task in enumerate(lives_of(trace).tasks.values()) if task.runs
    )
    return next((place for place, (_, _, other) in enumerate(starts, start=1) if other == uuid), None)


def _worker_of(trace: Trace, uuid: str) -> str | None:
    task = lives_of(trace).tasks.get(uuid)
    if task is None:
        return None
    return task.runs[-1].hostname if task.runs else task.receiver or None


def _state(trace: Trace, uuid: str) -> str:
    lives = lives_of(trace)
    task = lives.tasks.get(uuid)
    return task.state if task is not None else lives.never_sent.get(uuid, "PENDING")


def _result_state(trace: Trace, uuid: str, time: float | None = None) -> str:
    """Return AsyncResult(id).state at a time in seconds: the state stored last, if it is still kept, else PENDING."""
    limit = trace.end if time is None else to_micros(time) + HALF_A_MILLISECOND
    events = (trace.events[index] for index in reversed(index_of(trace).history(uuid, len(trace))))
    last = next((e for e in events if isinstance(e, ResultStored) and e.t <= limit), None)
    return last.state if last is not None and last.t > _forgotten(trace, limit) else "PENDING"


def _forgotten(trace: Trace, now: int) -> int:
    """Return the time up to which stored results are gone at `now`, in microseconds."""
    kept = trace.header.result_expires
    return now - to_micros(kept) if kept else -1


def _late(trace: Trace, time: float, subject: str | None = None) -> int:
    """Return the number of tasks that were not done `time` seconds after they were sent."""
    longest = to_micros(time)

    def done(task: TaskLife) -> int:
        """Return when its first run that succeeded ended, or the end of the run; later than anything without one."""
        if task.outcome == "succeeded" and task.finished_at is not None:
            return task.finished_at
        return NEVER

    return sum(min(done(task), trace.end) - task.sent_at > longest for task in _tasks(trace, subject))


def _results_at(trace: Trace, time: float) -> int:
    """Return the number of tasks whose result the backend holds at a time."""
    limit = to_micros(time) + HALF_A_MILLISECOND
    stored = {event.uuid: event.t for event in trace.events if isinstance(event, ResultStored) and event.t < limit}
    return sum(t > _forgotten(trace, limit) for t in stored.values())


def _started_at(trace: Trace, uuid: str, nth: float = 1) -> float | None:
    task = lives_of(trace).tasks.get(uuid)
    number = int(nth)
    return _seconds(task.runs[number - 1].start) if task and 1 <= number <= len(task.runs) else None


def _finished_at(trace: Trace, uuid: str) -> float | None:
    task = lives_of(trace).tasks.get(uuid)
    return _seconds(task.finished_at) if task else None


# -- statistics and peaks -----------------------------------------------------------------------------------------


def _level(trace: Trace, what: str, subject: str | None) -> Level | None:
    """Return a level of one queue or worker, or of all; None if `what` is not a level."""
    if what == "queue":
        levels = ready_of(trace).queues
    elif what == "processes":
        levels = processes_of(trace).running
    elif what == "memory":
        levels = processes_of(trace).memory
    else:
        return None
    return levels.get(subject or EVERYTHING) or Level()


def _statistic(name: str) -> Callable[..., Value]:
    def measure(trace: Trace, what: str, subject: str | None = None) -> float | None:
        level = _level(trace, what, subject)
        value = (
            _of_level(name, level, trace.end) if level is not None else _of_tasks(name, what, _tasks(trace, subject))
        )
        return None if value is None else round(value, 3)

    return measure


def _of_level(name: str, level: Level, end: int) -> float | None:
    if name == "max":
        return level.highest()
    if not end:
        return None
    return level.area(end) / end if name == "mean" else level.share({"p50": 0.5, "p95": 0.95}[name], end)


def _of_tasks(name: str, what: str, tasks: list[TaskLife]) -> float | None:
    found = [TIMES[what](task) for task in tasks]
    value: float | None = getattr(spread(as_seconds(time) for time in found if time is not None), name)
    return value


def _peak(trace: Trace, what: str, *rest: str | float) -> float:
    """Return the maximum in [start, end), where the end of the run itself is included."""
    subject = next((word for word in rest if isinstance(word, str)), None)
    start, end = [time for time in rest if not isinstance(time, str)] or [0, as_seconds(trace.end)]
    first, last = to_micros(start), _until(trace, end)
    if what == "calls":
        return calls_of(trace).most_in_a_second(subject or EVERYTHING, first, last)
    level = _level(trace, what, subject)
    return round(level.peak(first, last), 3) if level is not None else 0


def _until(trace: Trace, end: float) -> int:
    """Convert an end time to microseconds, so that the last instant of the run is included."""
    return trace.end + 1 if to_micros(end) >= trace.end else to_micros(end)


def _process_seconds(trace: Trace, worker: str | None = None) -> float:
    level = processes_of(trace).running.get(worker or EVERYTHING) or Level()
    return round(level.area(trace.end) / 1e6, 3)


def _throughput(trace: Trace, start: float, end: float, subject: str | None = None) -> float | None:
    """Return tasks succeeded per second in [`start`, `end`), where the run's last instant is included."""
    if end <= start:
        return None
    first, last = to_micros(start), _until(trace, end)
    done = sum(t.outcome == "succeeded" and first <= (t.finished_at or 0) < last for t in _tasks(trace, subject))
    return round(done / (end - start), 3)


# -- workers and queues -------------------------------------------------------------------------------------------


def _util(trace: Trace, worker: str | None = None) -> float | None:
    """Return the busy share of slot time, of one worker or of all."""
    found = _workers(trace, worker)
    online = sum(one.slots.area(trace.end) for one in found)
    return sum(one.busy(trace.end) for one in found) / online if online else None


def _deaths(trace: Trace, worker: str | None = None) -> int:
    """Return how often workers and their children were killed, for one worker or all."""
    return sum(one.deaths for one in _workers(trace, worker))


def _polls(trace: Trace, worker: str | None = None) -> int:
    return sum(one.polls for one in _workers(trace, worker)) + lives_of(trace).silent_polls(worker)


def _empty_polls(trace: Trace, worker: str | None = None) -> int:
    return _polls(trace, worker) - sum(one.found for one in _workers(trace, worker))


def _polls_per_hour(trace: Trace, worker: str | None = None) -> float | None:
    return round(_polls(trace, worker) * 3600e6 / trace.end, 3) if trace.end else None


def _first(trace: Trace, kind: str, uuid: str) -> int | None:
    wanted, events = EVENT_TYPES.get(kind), trace.events
    return next((i for i in index_of(trace).history(uuid, len(events)) if type(events[i]) is wanted), None)


def _queue_after(trace: Trace, kind: str, uuid: str) -> list[str] | None:
    """Return the ready tasks in the task's queue right after an event of that task."""
    index = _first(trace, kind, uuid)
    if index is None:
        return None
    world = world_at(trace, index + 1)
    return world.queues[world.task(uuid).queue].uuids()


def _queue_at(trace: Trace, time: float, queue: str | None = None) -> int:
    """Return the number of messages ready at a time, in one queue or in all."""
    moment = to_micros(time) + HALF_A_MILLISECOND
    world = world_at(trace, bisect_left(trace.events, moment, key=lambda event: event.t))
    return sum(len(view) for name, view in world.queues.items() if queue in (None, name))


def _queue_length(trace: Trace, queue: str | None = None) -> int:
    level = ready_of(trace).queues.get(queue or EVERYTHING)
    return int(level.now) if level is not None else 0


def _unacked(trace: Trace, queue: str | None = None) -> int:
    """Return the number of messages that are with a worker and not acknowledged, of one queue or of all."""
    views = world_at(trace, len(trace)).queues
    return sum(view.unacked for name, view in views.items() if queue in (None, name))


def _running(trace: Trace, worker: str | None = None) -> int:
    """Return the number of executions going on, in one worker or in all."""
    workers = world_at(trace, len(trace)).workers
    return sum(len(view.active()) for name, view in workers.items() if worker in (None, name))


def _load(trace: Trace, queue: str | None = None) -> float | None:
    """Return the work offered for each slot-second there is, of the group of a queue or of the busiest group."""
    return max((load.offered for load in load_of(trace) if queue is None or queue in load.queues), default=None)


def _load_verdict(trace: Trace, queue: str | None = None) -> str | None:
    """Return the verdict on the load of a queue, or the worst of all; None if it has no workers or no runs."""
    if trace.header.stopped == "done":
        return LOAD_VERDICTS[0]
    found = [load.verdict for load in load_of(trace) if queue is None or queue in load.queues]
    return max(found, key=LOAD_VERDICTS.index, default=None)


def _age_at(trace: Trace, time: float, subject: str | None = None) -> float:
    """Return how long the oldest task has waited that has neither started nor ended at a time; 0 if none waits."""
    now = to_micros(time)
    moment = now + HALF_A_MILLISECOND

    def waits(task: TaskLife) -> bool:
        over = task.waited_index
        return task.sent_at < moment and (over == NEVER or trace.events[over].t >= moment)

    oldest = min((task.sent_at for task in _tasks(trace, subject) if waits(task)), default=now)
    return _seconds(max(0, now - oldest)) or 0.0


def _order(trace: Trace, first: str, one: str, second: str, other: str) -> bool:
    before, after = _first(trace, first, one), _first(trace, second, other)
    return before is not None and after is not None and before < after


def _little(name: str) -> Callable[..., Value]:
    def measure(trace: Trace) -> float | None:
        little = little_of(trace)
        return None if little is None else round(getattr(little, name), 6)

    return measure


MEASURED: dict[str, Callable[..., Value]] = {
    **{name: _total(count) for name, count in COUNTS.items()},
    "publish_failed": _publish_failed,
    "finished_by": _finished_by,
    "state": _state,
    "result_state": _result_state,
    "results_at": _results_at,
    "late": _late,
    "worker_of": _worker_of,
    "position": _position,
    "started_at": _started_at,
    "finished_at": _finished_at,
    "mean": _statistic("mean"),
    "p50": _statistic("p50"),
    "p95": _statistic("p95"),
    "max": _statistic("max"),
    "peak": _peak,
    "throughput": _throughput,
    "util": _util,
    "process_seconds": _process_seconds,
    "deaths": _deaths,
    "polls": _polls,
    "empty_polls": _empty_polls,
    "polls_per_hour": _polls_per_hour,
    "queue_length": _queue_length,
    "unacked": _unacked,
    "running": _running,
    "load": _load,
    "load_verdict": _load_verdict,
    "queue_at": _queue_at,
    "age_at": _age_at,
    "queue_after": _queue_after,
    "order": _order,
    "L": _little("L"),
    "arrival_rate": _little("arrival_rate"),
    "W": _little("W"),
    "end": lambda trace: _seconds(trace.end),
}
"""Functions of all measures by name."""
