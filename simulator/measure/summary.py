"""A run in numbers: per task type, per worker, per queue, and Little's law over the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from simulator.trace.events import TaskSent
from simulator.trace.time import MICROS, NEVER, as_seconds
from simulator.trace.trace import Trace
from simulator.world.level import EVERYTHING
from simulator.world.lives import Lives, TaskLife, WorkerLife, lives_of
from simulator.world.ready import ready_of


@dataclass(frozen=True, slots=True)
class Spread:
    """Statistics of durations in seconds: count, mean, median, 95th percentile, maximum (None if there are none)."""

    count: int
    mean: float | None = None
    p50: float | None = None
    p95: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class TypeSummary:
    """One task type."""

    name: str
    sent: int
    succeeded: int
    failed: int
    revoked: int
    ignored: int
    dropped: int
    lost: int
    alive: int
    retried: int
    dead_lettered: int
    publish_failed: int
    runs: int
    served: int
    """Succeeded, or failed after a run."""
    effects: int
    """Number of side effects."""
    duplicates: int
    """Tasks whose side effect happened more than once."""
    wait: Spread
    """Sent to first started."""
    response: Spread
    """Sent to its end."""


@dataclass(frozen=True, slots=True)
class WorkerSummary:
    """One worker; `busy` and `online` in slot-seconds, `utilisation` is their ratio (0 to 1).

    `concurrency` is its final number of slots.
    """

    hostname: str
    concurrency: int
    executions: int
    busy: float
    online: float
    utilisation: float
    polls: int
    empty_polls: int
    deaths: int


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """One queue: messages put into it, maximum and mean length, and length at the end."""

    name: str
    messages: int
    longest: int
    mean: float
    left: int


@dataclass(frozen=True, slots=True)
class Little:
    """Little's law over the run: L tasks in the system on average, lambda arriving a second, W seconds each."""

    L: float
    arrival_rate: float
    W: float

    @property
    def product(self) -> float:
        """Lambda x W, which must equal L."""
        return self.arrival_rate * self.W

    @property
    def holds(self) -> bool:
        """True if it does, up to floating-point error."""
        return math.isclose(self.L, self.product, rel_tol=1e-6, abs_tol=1e-9)


Since = Literal["sent", "received"]
"""`received` in a recording whose producers did not report what they sent: waits in the broker are not in it."""

UNREPORTED = 0.05
"""Share of tasks whose sending was not reported, from which waits are those after their receipt."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole run."""

    scenario: str
    profile: str
    seed: int
    hash: str
    end: float
    stopped: str
    events: int
    types: list[TypeSummary]
    workers: list[WorkerSummary]
    queues: list[QueueSummary]
    little: Little | None
    """None if no time passed or nothing was sent."""
    since: Since = "sent"
    """The begin of waits and responses."""

    def as_data(self) -> dict[str, Any]:
        """Return the summary as plain data, times in seconds."""
        data = asdict(self)
        if self.little is not None:
            data["little"] |= {"product": self.little.product, "holds": self.little.holds}
        return data


def spread(values: Iterable[float]) -> Spread:
    """Describe durations in seconds; a percentile is the smallest value that enough values do not exceed."""
    ordered = sorted(values)
    if not ordered:
        return Spread(0)

    def rank(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return Spread(len(ordered), math.fsum(ordered) / len(ordered), rank(0.5), rank(0.95), ordered[-1])


def summary(trace: Trace) -> Summary:
    """Summarise a run."""
    lives = lives_of(trace)
    header = trace.header
    return Summary(
        scenario=header.scenario,
        profile=header.profile,
        seed=header.seed,
        hash=trace.hash,
        end=as_seconds(header.end),
        stopped=header.stopped,
        events=len(trace),
        types=_types(lives),
        workers=workers_of(trace),
        queues=_queues(trace),
        little=little_of(trace),
        since=since_of(trace),
    )


def since_of(trace: Trace) -> Since:
    """Return whether the waits of a trace begin when a task was sent, or when it was received."""
    if not trace.header.recorded:
        return "sent"
    sent = [event.inferred for event in trace if isinstance(event, TaskSent)]
    return "received" if sum(sent) > UNREPORTED * len(sent) else "sent"


def _types(lives: Lives) -> list[TypeSummary]:
    by_name: dict[str, list[TaskLife]] = {}
    for task in lives.tasks.values():
        by_name.setdefault(task.name, []).append(task)
    for _, name, _ in lives.refused:
        by_name.setdefault(name, [])
    return [_type(name, tasks, lives) for name, tasks in by_name.items()]


def _type(name: str, tasks: Sequence[TaskLife], lives: Lives) -> TypeSummary:
    outcomes = [task.outcome for task in tasks]
    return TypeSummary(
        name=name,
        sent=len(tasks),
        succeeded=outcomes.count("succeeded"),
        failed=outcomes.count("failed"),
        revoked=outcomes.count("revoked"),
        ignored=outcomes.count("ignored"),
        dropped=outcomes.count("dropped"),
        retried=sum(task.retries for task in tasks),
        dead_lettered=sum(task.dead_letter_index != NEVER for task in tasks),
        publish_failed=sum(refused == name for _, refused, _ in lives.refused),
        lost=outcomes.count("lost"),
        alive=outcomes.count("alive"),
        runs=sum(len(task.runs) for task in tasks),
        served=sum(task.is_served for task in tasks),
        effects=sum(len(task.effects) for task in tasks),
        duplicates=sum(len(task.effects) > 1 for task in tasks),
        wait=spread(as_seconds(task.wait) for task in tasks if task.wait is not None),
        response=spread(as_seconds(task.response) for task in tasks if task.response is not None),
    )


def workers_of(trace: Trace) -> list[WorkerSummary]:
    """Summarise each worker, in the order in which they first came online."""
    lives = lives_of(trace)
    return [_worker(worker, trace.end, lives.silent_polls(name)) for name, worker in lives.workers.items()]


def _worker(worker: WorkerLife, end: int, silent: int) -> WorkerSummary:
    busy, online = worker.busy(end), worker.slots.area(end)
    return WorkerSummary(
        hostname=worker.hostname,
        concurrency=int(worker.pool.now),
        executions=len(worker.runs),
        busy=as_seconds(busy),
        online=online / MICROS,
        utilisation=busy / online if online else 0.0,
        polls=worker.polls + silent,
        empty_polls=worker.polls + silent - worker.found,
        deaths=worker.deaths,
    )


def _queues(trace: Trace) -> list[QueueSummary]:
    ready = ready_of(trace)
    return [
        QueueSummary(
            name=name,
            messages=ready.puts(name),
            longest=int(level.highest()),
            mean=level.area(trace.end) / trace.end if trace.end else 0.0,
            left=int(level.now),
        )
        for name, level in ready.queues.items()
        if name != EVERYTHING
    ]


def little_of(trace: Trace) -> Little | None:
    """Compute Little's law over the whole run; a task that has not ended counts with its time so far.

    L comes from the area under the number of tasks in the system, W from the mean stay: two independent ways.
    """
    lives = lives_of(trace)
    tasks = lives.tasks.values()
    if not trace.end or not tasks:
        return None
    stays = sum((trace.end if task.finished_at is None else task.finished_at) - task.sent_at for task in tasks)
    return Little(
        L=_present(lives, trace.end) / trace.end,
        arrival_rate=len(tasks) / as_seconds(trace.end),
        W=as_seconds(stays) / len(tasks),
    )


def _present(lives: Lives, end: int) -> int:
    """Return the area under the number of tasks in the system from 0 to `end`, in task-microseconds."""
    area = count = last = place = 0
    ends = [task.finished_at or 0 for task in lives.ended]
    for task in lives.tasks.values():
        while place < len(ends) and ends[place] < task.sent_at:
            area += count * (ends[place] - last)
            last, count, place = ends[place], count - 1, place + 1
        area += count * (task.sent_at - last)
        last, count = task.sent_at, count + 1
    for time in ends[place:]:
        area += count * (time - last)
        last, count = time, count - 1
    return area + count * (end - last)
