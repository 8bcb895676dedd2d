"""A run in numbers: per task type, per worker, per queue, and Little's law over the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simulator.measure.facts import Facts, TaskFacts, facts_of
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
    wait: Spread
    """Sent to first started."""
    response: Spread
    """Sent to its end."""


@dataclass(frozen=True, slots=True)
class WorkerSummary:
    """One worker; `busy` in slot-seconds, `utilisation` of the slots while it was online (0 to 1)."""

    hostname: str
    concurrency: int
    executions: int
    busy: float
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
        return asdict(self)


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
        workers=_workers(trace, facts),
        queues=_queues(trace),
        little=_little(trace, facts),
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
        self.running: dict[int, int] = {}

    def begin(self, event: ev.WorkerOnline) -> None:
        self.concurrency, self.since = event.concurrency, event.t

    def end(self, t: int) -> None:
        if self.since is not None:
            self.online += (t - self.since) * self.concurrency
            self.since = None
        for started in self.running.values():
            self.busy += t - started
        self.running.clear()


def _workers(trace: Trace, facts: Facts) -> list[WorkerSummary]:
    times: dict[str, _WorkerTime] = {}
    for event in trace.events:
        match event:
            case ev.WorkerOnline():
                times.setdefault(event.hostname, _WorkerTime()).begin(event)
            case ev.WorkerLost() | ev.WorkerOffline():
                times[event.hostname].end(event.t)
            case ev.TaskStarted():
                times[event.hostname].running[event.slot] = event.t
                times[event.hostname].executions += 1
            case ev.TaskSucceeded() | ev.TaskFailed() | ev.TaskRetried() if event.slot:
                worker = times[event.hostname]
                worker.busy += event.t - worker.running.pop(event.slot, event.t)
            case _:
                pass
    for worker in times.values():
        worker.end(trace.end)
    return [_worker(name, worker, facts) for name, worker in times.items()]


def _worker(name: str, worker: _WorkerTime, facts: Facts) -> WorkerSummary:
    polls = facts.polls[name] + facts.silent_polls(name)
    return WorkerSummary(
        hostname=name,
        concurrency=worker.concurrency,
        executions=worker.executions,
        busy=as_seconds(worker.busy),
        utilisation=worker.busy / worker.online if worker.online else 0.0,
        polls=polls,
        empty_polls=polls - facts.found[name],
        deaths=facts.deaths[name],
    )


class _Level:
    """A number that changes over time, and its integral."""

    def __init__(self) -> None:
        self.value = self.highest = self.area = self.since = self.puts = 0

    def change(self, t: int, by: int) -> None:
        self.area += self.value * (t - self.since)
        self.since = t
        self.value += by
        self.highest = max(self.highest, self.value)
        self.puts += by > 0


def _queues(trace: Trace) -> list[QueueSummary]:
    levels: dict[str, _Level] = {}
    for event in trace.events:
        match event:
            case ev.QueueDeclared():
                levels[event.queue] = _Level()
            case ev.MessageQueued() | ev.MessageRequeued():
                levels[event.queue].change(event.t, 1)
            case ev.MessageDeadLettered():
                levels[event.queue].change(event.t, 1)
                if event.source and not event.delivery_tag:
                    levels[event.source].change(event.t, -1)
            case ev.MessageDelivered():
                levels[event.queue].change(event.t, -1)
            case ev.MessageDropped() if not event.delivery_tag:
                levels[event.queue].change(event.t, -1)
            case _:
                pass
    found = []
    for name, level in levels.items():
        level.change(trace.end, 0)
        mean = level.area / trace.end if trace.end else 0.0
        found.append(QueueSummary(name, level.puts, level.highest, mean, level.value))
    return found


def _little(trace: Trace, facts: Facts) -> Little | None:
    """Over the window of the whole run: a task that has not ended counts with the time it has been there."""
    if not trace.end or not facts.tasks:
        return None
    level = _Level()
    changes = []
    for task in facts.tasks.values():
        changes.append((task.sent_at, 1))
        if task.finished_at is not None:
            changes.append((task.finished_at, -1))
    for t, by in sorted(changes):
        level.change(t, by)
    level.change(trace.end, 0)
    stays = sum((task.finished_at or trace.end) - task.sent_at for task in facts.tasks.values())
    return Little(
        L=level.area / trace.end,
        arrival_rate=len(facts.tasks) / as_seconds(trace.end),
        W=as_seconds(stays) / len(facts.tasks),
    )
