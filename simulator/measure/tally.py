"""Measuring on the way: what is counted of a run whose events are not kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from simulator.measure.sample import Sample
from simulator.trace import events as ev
from simulator.trace.trace import Header, Trace
from simulator.world.level import LevelTimes
from simulator.world.lifecycle import ALIVE, OUTCOMES, RUN_ENDS, end_of
from simulator.world.passes import Handlers, Pass
from simulator.world.processes import Processes
from simulator.world.ready import Ready


class TaskRecord:
    """One task until it is counted; times in microseconds."""

    __slots__ = (
        *("dead_lettered", "effects", "finished_at", "name", "outcome", "queue", "retries", "runs", "sent_at"),
        *("started_at", "uuid"),
    )

    def __init__(self, event: ev.TaskSent) -> None:
        """Start with its first task-sent."""
        self.uuid = event.uuid
        self.name = event.name
        self.queue = event.queue
        self.sent_at = event.t
        self.started_at = -1
        self.finished_at = -1
        self.outcome = ALIVE
        self.runs = 0
        self.retries = 0
        self.effects: tuple[int, ...] = ()
        self.dead_lettered = False


class Totals:
    """Everything that is counted of some tasks: all, those of a type or a queue, or a single one."""

    __slots__ = (
        *("dead_lettered", "duplicates", "effects", "finished", "outcomes", "response", "retries", "runs"),
        *("sent", "served", "stays", "wait"),
    )

    def __init__(self) -> None:
        """Start with no tasks."""
        self.sent = 0
        self.outcomes: dict[str, int] = dict.fromkeys((*OUTCOMES, ALIVE), 0)
        self.served = 0
        self.retries = 0
        self.dead_lettered = 0
        self.runs = 0
        self.effects = 0
        self.duplicates = 0
        self.stays = 0
        """Microseconds in the system, of all together; those of a task that has not ended up to the end of the run."""
        self.wait = Sample()
        self.response = Sample()
        self.finished = Sample()

    def add(self, task: TaskRecord, end: int) -> None:
        """Count a task, of which nothing more will be heard before `end`."""
        outcome, finished_at = task.outcome, task.finished_at
        self.sent += 1
        self.outcomes[outcome] += 1
        self.served += outcome == "succeeded" or (outcome == "failed" and task.runs > 0)
        self.retries += task.retries
        self.dead_lettered += task.dead_lettered
        self.runs += task.runs
        self.effects += len(task.effects)
        self.duplicates += len(task.effects) > 1
        if task.started_at >= 0:
            self.wait.latest.append(task.started_at - task.sent_at)
        if finished_at < 0:
            self.stays += end - task.sent_at
            return
        self.stays += finished_at - task.sent_at
        self.finished.latest.append(finished_at)
        if outcome != "lost":
            self.response.latest.append(finished_at - task.sent_at)

    def merge(self, other: Totals) -> None:
        """Add the counts of other tasks."""
        for name, count in other.outcomes.items():
            self.outcomes[name] += count
        for name in ("sent", "served", "retries", "dead_lettered", "runs", "effects", "duplicates", "stays"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for sample, more in zip(self.samples, other.samples, strict=True):
            sample.merge(more)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """All of its durations."""
        return self.wait, self.response, self.finished


class WorkerTotals:
    """Everything that is counted of a worker."""

    def __init__(self, begin: int) -> None:
        """Start with no activity; `begin` in microseconds."""
        self.pool = 0
        """Slots of its pool, as it said last."""
        self.slots = LevelTimes(begin)
        """Slots while it is online."""
        self.busy = LevelTimes(begin)
        """Executions going on."""
        self.executions = 0
        self.deaths = 0
        self.polls = 0
        self.found = 0


SlotOf = tuple[str, int]
"""(hostname, slot)."""


class Tally(Pass):
    """The counts of a run, taken from its events as they come. Give it to the engine as its sink, then `close` it.

    Its memory grows with the tasks in the system, not with those that are over. The numbers are those of the passes
    over a trace (`world.lives`, `world.ready`, `world.processes`): a test holds them against each other.
    """

    def __init__(
        self,
        declared: Mapping[str, Mapping[str, Any]],
        names: Collection[str] = (),
        warm_up: int = 0,
        *,
        levels: bool = True,
        series: bool = False,
    ) -> None:
        """Start before the first event.

        Args:
            declared: the traits of the task types, as in `Header.tasks`.
            names: the tasks and queues that are asked for, among them names of anything else.
            warm_up: microseconds; tasks that are sent before are left out, and levels count from then on.
            levels: count messages in queues, processes and their memory.
            series: keep the wait of each task, in the order of their starts.
        """
        super().__init__(Trace(Header(), ()))
        level = partial(LevelTimes, warm_up)
        self.header = Header()
        """The run's header, once it is closed."""
        self.warm_up = warm_up
        self._levels = levels
        self.ready = Ready(self.trace, level)
        self.processes = Processes(self.trace, level)
        self.present = level()
        """Tasks in the system."""
        self.all = Totals()
        """Of all tasks, once it is closed."""
        self.by_name: dict[str, Totals] = {}
        self.by_queue: dict[str, Totals] = {}
        """Only of the `names`."""
        self.by_id: dict[str, Totals] = {}
        """Only of the `names`."""
        self.workers: dict[str, WorkerTotals] = {}
        self.refused: Counter[str] = Counter()
        """Failed publishes by id, type and queue; all under the empty name."""
        self.refused_types: Counter[str] = Counter()
        self.waits: list[tuple[int, int]] | None = [] if series else None
        """(sent, wait) of each task that started, in microseconds."""
        self._tasks: dict[str, TaskRecord] = {}
        self._open: dict[SlotOf, int] = {}
        """Delivery tags of the executions going on."""
        self._names = frozenset(names)
        self._own_effects = {name for name, task in declared.items() if "idempotent" in task or "effect_at" in task}

    def take(self, events: Sequence[ev.Event]) -> None:
        """Read the next events."""
        if self._levels:
            self.ready.read(events)
            self.processes.read(events)
        self.read(events)

    def forget(self, copies: Container[str]) -> None:
        """Count the tasks that are over, and let go of them."""
        over = [task for task in self._tasks.values() if task.finished_at >= 0 and task.uuid not in copies]
        for task in over:
            self._count(task, 0)
            del self._tasks[task.uuid]
        for totals in (*self.by_name.values(), *self.by_queue.values()):
            for sample in totals.samples:
                sample.fold()

    def close(self, header: Header) -> None:
        """Count what is left when the run has ended."""
        self.header = header
        for task in self._tasks.values():
            self._count(task, header.end)
        self._tasks.clear()
        for totals in self.by_name.values():
            self.all.merge(totals)

    @property
    def length(self) -> int:
        """Microseconds that were measured."""
        return max(0, self.header.end - self.warm_up)

    def _count(self, task: TaskRecord, end: int) -> None:
        if task.sent_at < self.warm_up:
            return
        _in(self.by_name, task.name).add(task, end)
        if self._names:
            for totals, name in ((self.by_queue, task.queue), (self.by_id, task.uuid)):
                if name in self._names:
                    _in(totals, name).add(task, end)

    # -- tasks --------------------------------------------------------------------------------------------------

    def _sent(self, event: ev.TaskSent, index: int) -> None:
        if event.uuid not in self._tasks:
            self._tasks[event.uuid] = TaskRecord(event)
            _in(self.by_name, event.name)  # in the order in which the types are first sent
            self.present.change(index, event.t, 1)

    def _started(self, event: ev.TaskStarted, index: int) -> None:
        worker = self.workers[event.hostname]
        worker.executions += 1
        worker.busy.change(index, event.t, 1)
        self._open[event.hostname, event.slot] = event.delivery_tag
        task = self._tasks.get(event.uuid)
        if task is not None:
            task.runs += 1
            if task.started_at < 0:
                task.started_at = event.t
                if self.waits is not None:
                    self.waits.append((task.sent_at, event.t - task.sent_at))

    def _effect(self, event: ev.Effect, index: int) -> None:
        task = self._tasks.get(event.uuid)
        if task is not None:
            task.effects += (event.delivery_tag,)

    def _ended(self, event: Any, index: int) -> None:
        """Handle what may end a task, an execution, or both."""
        task, outcome = self._tasks.get(event.uuid), end_of(event)
        if task is not None and outcome:
            if task.finished_at < 0:
                task.finished_at, task.outcome = event.t, outcome
                self.present.change(index, event.t, -1)
            if outcome == "succeeded" and task.name not in self._own_effects and event.delivery_tag not in task.effects:
                task.effects += (event.delivery_tag,)
        if type(event) in RUN_ENDS:
            key = event.hostname, event.slot
            if self._open.get(key) == event.delivery_tag:
                self._close(key, event.t)

    def _retried(self, event: ev.TaskRetried, index: int) -> None:
        task = self._tasks.get(event.uuid)
        if task is not None:
            task.retries += 1
        self._ended(event, index)

    def _revoked(self, event: ev.TaskRevoked, index: int) -> None:
        self._ended(event, index)
        if event.terminated:  # while it ran
            mine = [key for key, tag in self._open.items() if key[0] == event.hostname and tag == event.delivery_tag]
            for key in mine:
                self._close(key, event.t)

    def _dead_lettered(self, event: ev.MessageDeadLettered, index: int) -> None:
        task = self._tasks.get(event.uuid)
        if task is not None:
            task.dead_lettered = True

    def _publish_failed(self, event: ev.PublishFailed, index: int) -> None:
        self.refused.update({"", event.uuid, event.name, event.queue})
        self.refused_types[event.name] += 1

    def _close(self, key: SlotOf, t: int) -> None:
        del self._open[key]
        self.workers[key[0]].busy.change(0, t, -1)

    # -- workers ------------------------------------------------------------------------------------------------

    def _came_online(self, event: ev.WorkerOnline, index: int) -> None:
        if event.hostname not in self.workers:
            self.workers[event.hostname] = WorkerTotals(self.warm_up)
        self._resize(event.hostname, event.t, event.concurrency)

    def _resized(self, event: ev.PoolResized, index: int) -> None:
        self._resize(event.hostname, event.t, event.size)

    def _resize(self, hostname: str, t: int, size: int) -> None:
        worker = self.workers[hostname]
        worker.pool = size
        worker.slots.set(0, t, size)

    def _child_exited(self, event: ev.ChildExited, index: int) -> None:
        self.workers[event.hostname].deaths += event.why == "killed"
        key = event.hostname, event.slot
        if key in self._open:
            self._close(key, event.t)

    def _gone(self, event: ev.WorkerLost | ev.WorkerOffline, index: int) -> None:
        worker = self.workers[event.hostname]
        worker.deaths += type(event) is ev.WorkerLost
        worker.slots.set(0, event.t, 0)
        for key in [key for key in self._open if key[0] == event.hostname]:
            self._close(key, event.t)

    def _polled(self, event: ev.Poll, index: int) -> None:
        worker = self.workers[event.hostname]
        worker.polls += 1
        worker.found += bool(event.found)

    HANDLERS: ClassVar[Handlers] = {
        ev.TaskSent: _sent,
        ev.TaskStarted: _started,
        ev.Effect: _effect,
        **dict.fromkeys(RUN_ENDS, _ended),
        ev.ResultStored: _ended,
        ev.TaskLost: _ended,
        ev.MessageDropped: _ended,
        ev.TaskRetried: _retried,
        ev.TaskRevoked: _revoked,
        ev.MessageDeadLettered: _dead_lettered,
        ev.PublishFailed: _publish_failed,
        ev.WorkerOnline: _came_online,
        ev.PoolResized: _resized,
        ev.ChildExited: _child_exited,
        ev.WorkerLost: _gone,
        ev.WorkerOffline: _gone,
        ev.Poll: _polled,
    }


def _in(totals: dict[str, Totals], name: str) -> Totals:
    found = totals.get(name)
    if found is None:
        found = totals[name] = Totals()
    return found
