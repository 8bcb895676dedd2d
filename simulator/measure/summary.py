"""A run in numbers: per task type, per worker, per queue, and Little's law over the whole."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simulator.measure.facts import Facts, TaskFacts, facts_of
from simulator.measure.levels import EVERYTHING, Level, levels_of
from simulator.trace import events as ev
from simulator.trace.time import as_seconds
from simulator.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class Spread:
    """Of some durations: how many, and in seconds mean, median, 95th percentile, largest (None of none)."""

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
    """Times the side effect happened."""
    duplicates: int
    """Tasks for which it happened more than once."""
    wait: Spread
    """Sent to first started."""
    response: Spread
    """Sent to its end."""


@dataclass(frozen=True, slots=True)
class WorkerSummary:
    """One worker; `busy` and `online` in slot-seconds, `utilisation` is their quotient (0 to 1).

    `concurrency` is the number of slots it had last.
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
    """One queue: messages put into it, the most and the mean number ready, how many are ready at the end."""

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
        """Lambda x W, which must be L."""
        return self.arrival_rate * self.W

    @property
    def holds(self) -> bool:
        """Whether it is, as far as arithmetic goes."""
        return math.isclose(self.L, self.product, rel_tol=1e-6, abs_tol=1e-9)


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
    """None where no time passed or nothing was sent."""

    def as_data(self) -> dict[str, Any]:
        """The same as plain data, times in seconds."""
        data = asdict(self)
        if self.little is not None:
            data["little"] |= {"product": self.little.product, "holds": self.little.holds}
        return data


def spread(values: Iterable[float]) -> Spread:
    """Describe durations in seconds; percentiles are the smallest value that so many do not exceed."""
    ordered = sorted(values)
    if not ordered:
        return Spread(0)

    def rank(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return Spread(len(ordered), math.fsum(ordered) / len(ordered), rank(0.5), rank(0.95), ordered[-1])


def summary(trace: Trace) -> Summary:
    """Take the measures of a run."""
    facts = facts_of(trace)
    header = trace.header
    return Summary(
        scenario=header.scenario,
        profile=header.profile,
        seed=header.seed,
        hash=trace.hash,
        end=as_seconds(header.end),
        stopped=header.stopped,
        events=len(trace),
        types=_types(facts),
        workers=workers_of(trace),
        queues=_queues(trace),
        little=little_of(trace),
    )


def _types(facts: Facts) -> list[TypeSummary]:
    by_name: dict[str, list[TaskFacts]] = {}
    for task in facts.tasks.values():
        by_name.setdefault(task.name, []).append(task)
    for _, name, _ in facts.refused:
        by_name.setdefault(name, [])
    return [_type(name, tasks, facts) for name, tasks in by_name.items()]


def _type(name: str, tasks: Sequence[TaskFacts], facts: Facts) -> TypeSummary:
    outcomes = [task.outcome for task in tasks]
    return TypeSummary(
        name=name,
        sent=len(tasks),
        succeeded=outcomes.count("succeeded"),
        failed=outcomes.count("failed"),
        revoked=outcomes.count("revoked"),
        dropped=outcomes.count("dropped"),
        retried=sum(task.retries for task in tasks),
        dead_lettered=sum(task.dead_letters > 0 for task in tasks),
        publish_failed=sum(refused == name for _, refused, _ in facts.refused),
        lost=outcomes.count("lost"),
        alive=outcomes.count("alive"),
        runs=sum(len(task.starts) for task in tasks),
        served=sum(task.is_served for task in tasks),
        effects=sum(len(task.effects) for task in tasks),
        duplicates=sum(len(task.effects) > 1 for task in tasks),
        wait=spread(as_seconds(task.wait) for task in tasks if task.wait is not None),
        response=spread(as_seconds(task.response) for task in tasks if task.response is not None),
    )


class _WorkerTime:
    """A worker's slot time while the events go by; microseconds."""

    def __init__(self) -> None:
        self.concurrency = 0
        self.since: int | None = None
        self.online = 0
        self.busy = 0
        self.executions = 0
        self.running: dict[int, tuple[int, int]] = {}
        """(delivery tag, start) by slot."""

    def resize(self, t: int, concurrency: int) -> None:
        """From now on, online with so many slots."""
        if self.since is not None:
            self.online += (t - self.since) * self.concurrency
        self.concurrency, self.since = concurrency, t

    def start(self, event: ev.TaskStarted) -> None:
        self.running[event.slot] = (event.delivery_tag, event.t)
        self.executions += 1

    def finish(self, slot: int, tag: int | None, t: int) -> None:
        """An execution ended: this one, or (None) whatever ran there."""
        running = self.running.get(slot)
        if running is not None and tag in (None, running[0]):
            self.busy += t - running[1]
            del self.running[slot]

    def end(self, t: int) -> None:
        if self.since is not None:
            self.online += (t - self.since) * self.concurrency
            self.since = None
        for slot in list(self.running):
            self.finish(slot, None, t)


def workers_of(trace: Trace) -> list[WorkerSummary]:
    """What each worker did, in the order in which they first came online."""
    times: dict[str, _WorkerTime] = {}
    for event in trace.events:
        match event:
            case ev.WorkerOnline():
                times.setdefault(event.hostname, _WorkerTime()).resize(event.t, event.concurrency)
            case ev.PoolResized():
                times[event.hostname].resize(event.t, event.size)
            case ev.WorkerLost() | ev.WorkerOffline():
                times[event.hostname].end(event.t)
            case ev.TaskStarted():
                times[event.hostname].start(event)
            case (
                ev.TaskSucceeded()
                | ev.TaskFailed()
                | ev.TaskRetried()
                | ev.TaskRejected()
                | ev.TaskCancelled()
                | ev.TaskIgnored()
            ):
                times[event.hostname].finish(event.slot, event.delivery_tag, event.t)
            case ev.TaskRevoked(terminated=True):
                for slot in list(times[event.hostname].running):
                    times[event.hostname].finish(slot, event.delivery_tag, event.t)
            case ev.ChildExited():
                times[event.hostname].finish(event.slot, None, event.t)
            case _:
                pass
    for worker in times.values():
        worker.end(trace.end)
    facts = facts_of(trace)
    return [_worker(name, worker, facts) for name, worker in times.items()]


def _worker(name: str, worker: _WorkerTime, facts: Facts) -> WorkerSummary:
    polls = facts.polls[name] + facts.silent_polls(name)
    return WorkerSummary(
        hostname=name,
        concurrency=worker.concurrency,
        executions=worker.executions,
        busy=as_seconds(worker.busy),
        online=as_seconds(worker.online),
        utilisation=worker.busy / worker.online if worker.online else 0.0,
        polls=polls,
        empty_polls=polls - facts.found[name],
        deaths=facts.deaths[name],
    )


def _queues(trace: Trace) -> list[QueueSummary]:
    levels = levels_of(trace).queues
    puts = Counter(
        event.queue
        for event in trace.events
        if isinstance(event, ev.MessageQueued | ev.MessageRequeued | ev.MessageDeadLettered)
    )
    return [
        QueueSummary(
            name=name,
            messages=puts[name],
            longest=int(level.highest()),
            mean=level.area(trace.end) / trace.end if trace.end else 0.0,
            left=int(level.now),
        )
        for name, level in levels.items()
        if name != EVERYTHING
    ]


def little_of(trace: Trace) -> Little | None:
    """Over the window of the whole run: a task that has not ended counts with the time it has been there.

    L is the area under the number of tasks in the system, W the mean of their stays: two ways to measure.
    """
    tasks = facts_of(trace).tasks.values()
    if not trace.end or not tasks:
        return None
    present = Level()
    changes = [(task.sent_at, 1) for task in tasks]
    changes += [(task.finished_at, -1) for task in tasks if task.finished_at is not None]
    for t, by in sorted(changes):
        present.change(t, by)
    stays = sum((trace.end if task.finished_at is None else task.finished_at) - task.sent_at for task in tasks)
    return Little(
        L=present.area(trace.end) / trace.end,
        arrival_rate=len(tasks) / as_seconds(trace.end),
        W=as_seconds(stays) / len(tasks),
    )
