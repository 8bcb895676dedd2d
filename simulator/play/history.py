"""What a run did over time, for the timeline: executions by slot, queue lengths, lives of workers, idle gaps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from simulator.play.levels import Levels
from simulator.story.run import Run
from simulator.trace import events as ev
from simulator.trace.time import NEVER, to_micros

IDLE = (ev.Poll, ev.WorkerHeartbeat)
"""What goes on while nothing happens."""


@dataclass(slots=True)
class Execution:
    """One execution in a slot; times in microseconds, indices of events."""

    hostname: str
    slot: int
    uuid: str
    name: str
    start_index: int
    start: int
    end_index: int = NEVER
    end: int | None = None
    outcome: str = ""
    """`succeeded`, `failed`, `retried`, `rejected`, `cancelled`, `ignored`, `revoked`, `lost`; empty before."""
    attempt: int = 1
    """The how-manieth execution of its task this is."""
    ack_index: int = NEVER
    ack: int | None = None
    """When its message was acknowledged."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nothing runs and nothing happens, in microseconds; `index` is the event that ends it.

    That is the number of events where the run's end does.
    """

    begin: int
    end: int
    index: int


class History:
    """One pass over a run's events."""

    def __init__(self, run: Run) -> None:
        """Scan the events."""
        self.run = run
        self.slots: dict[tuple[str, int], list[Execution]] = {}
        """Executions by worker and slot, first one first."""
        self.pools: dict[str, Levels] = {}
        """Slots by worker."""
        self.queues: dict[str, Levels] = {}
        """Ready messages by queue."""
        self.ready = Levels()
        """Ready messages in all queues."""
        self.busy = Levels()
        """Executions going on in all workers."""
        self.deaths: dict[str, list[tuple[int, int]]] = {}
        """By worker, (index, time) of each time it was lost or went offline."""
        self.child_deaths: dict[tuple[str, int], list[tuple[int, int]]] = {}
        """By worker and slot, (index, time) of each time that the child in it was killed."""
        self.failures: tuple[list[int], list[int]] = [], []
        """(indices, times) of what went wrong: an execution failed, a task was lost, a worker died."""
        self.by_start: dict[int, Execution] = {}
        self._open: dict[tuple[str, int], Execution] = {}
        self.gaps: list[Gap] = []
        """When nothing ran and nothing happened."""
        _Scan(self).read(run)
        self._parent = History(run.parent) if run.parent is not None else None

    def plan(self, run: Execution) -> int | None:
        """When an execution would end if nothing came between, as far as that is known.

        A time limit comes between, and so do the results that a task waits for and the cores it shares: when it really
        ended was no plan then.
        """
        scenario = self.run.scenario
        task = scenario.model.tasks.get(run.name) if scenario is not None else None
        if task is not None and (task.gets is not None or task.cpu):
            return None
        if run.outcome in ("succeeded", "failed", "retried") and not self._met_limit(run):
            return run.end
        if self._parent is not None and run.start_index in self._parent.by_start:
            before = self._parent.by_start[run.start_index]
            if before.uuid == run.uuid and before.start == run.start:
                return self._parent.plan(before)
        if task is None or task.duration.kind != "constant":
            return None
        return run.start + to_micros(task.duration.numbers[0])

    def _met_limit(self, run: Execution) -> bool:
        """Whether an execution went on until a time limit of its task, or longer."""
        scenario = self.run.scenario
        task = scenario.model.tasks.get(run.name) if scenario is not None else None
        if scenario is None or task is None or run.end is None:
            return False
        config = scenario.model.config
        soft = config.task_soft_time_limit if task.soft_time_limit is None else task.soft_time_limit
        hard = config.task_time_limit if task.time_limit is None else task.time_limit
        return any(limit and run.end - run.start >= to_micros(limit) for limit in (soft, hard))


class _Scan:
    """One pass over a run's events, for a history."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.names: dict[str, str] = {}
        self.attempts: Counter[str] = Counter()
        self.acked: dict[int, tuple[int, int]] = {}
        """By delivery tag, (index, time) of an ACK that came before the execution."""
        self.running: dict[int, Execution] = {}
        """Executions whose message is not acknowledged yet, by delivery tag."""

    def read(self, run: Run) -> None:
        history, last = self.history, 0
        for index, event in enumerate(run.trace.events):
            if not isinstance(event, IDLE):
                if event.t > last and not history._open:
                    history.gaps.append(Gap(last, event.t, index))
                last = event.t
                self._scan(index, event)
        if run.trace.end > last and not history._open:
            history.gaps.append(Gap(last, run.trace.end, len(run.trace)))

    def _fail(self, index: int, event: ev.Event) -> None:
        indices, times = self.history.failures
        indices.append(index)
        times.append(event.t)

    def _scan(self, index: int, event: ev.Event) -> None:
        history = self.history
        match event:
            case ev.TaskSent():
                self.names.setdefault(event.uuid, event.name)
            case ev.MessageAcked():
                self._acked(index, event)
            case ev.TaskStarted():
                self._started(index, event)
            case ev.TaskSucceeded() | ev.TaskRejected() | ev.TaskCancelled() | ev.TaskIgnored():
                self._end((event.hostname, event.slot), index, event.t, event.type.removeprefix("task-"))
            case ev.TaskFailed() | ev.TaskRetried():
                self._end((event.hostname, event.slot), index, event.t, event.type.removeprefix("task-"))
                self._fail(index, event)
            case ev.TaskRevoked() if event.terminated:
                about = (event.hostname, event.uuid)
                for key in [key for key, run in history._open.items() if (key[0], run.uuid) == about]:
                    self._end(key, index, event.t, "revoked")
            case ev.TaskLost() | ev.PublishFailed():
                self._fail(index, event)
            case (
                ev.QueueDeclared()
                | ev.MessageQueued()
                | ev.MessageRequeued()
                | ev.MessageDelivered()
                | ev.MessageDropped()
                | ev.MessageDeadLettered()
            ):
                self._scan_queue(index, event)
            case _:
                self._scan_worker(index, event)

    def _scan_queue(self, index: int, event: ev.Event) -> None:
        match event:
            case ev.QueueDeclared():
                self.history.queues[event.queue] = Levels()
            case ev.MessageQueued() | ev.MessageRequeued():
                self._ready(event.queue, index, event, 1)
            case ev.MessageDelivered():
                self._ready(event.queue, index, event, -1)
            case ev.MessageDropped():
                self._fail(index, event)
                if not event.delivery_tag:
                    self._ready(event.queue, index, event, -1)
            case ev.MessageDeadLettered():
                self._fail(index, event)
                if event.source and not event.delivery_tag:
                    self._ready(event.source, index, event, -1)
                self._ready(event.queue, index, event, 1)
            case _:
                pass

    def _scan_worker(self, index: int, event: ev.Event) -> None:
        history = self.history
        match event:
            case ev.WorkerOnline():
                self._resized(index, event, event.hostname, event.concurrency)
            case ev.PoolResized():
                self._resized(index, event, event.hostname, event.size)
            case ev.ChildExited():
                if event.why == "killed":
                    history.child_deaths.setdefault((event.hostname, event.slot), []).append((index, event.t))
                    self._fail(index, event)
                self._end((event.hostname, event.slot), index, event.t, "lost")
            case ev.WorkerLost() | ev.WorkerOffline():
                history.deaths.setdefault(event.hostname, []).append((index, event.t))
                if isinstance(event, ev.WorkerLost):
                    self._fail(index, event)
                for key in [key for key in history._open if key[0] == event.hostname]:
                    self._end(key, index, event.t, "lost")
            case _:
                pass

    def _resized(self, index: int, event: ev.Event, hostname: str, size: int) -> None:
        self.history.pools.setdefault(hostname, Levels()).set(index, event.t, size)
        for slot in range(1, size + 1):
            self.history.slots.setdefault((hostname, slot), [])

    def _started(self, index: int, event: ev.TaskStarted) -> None:
        history, key = self.history, (event.hostname, event.slot)
        self.attempts[event.uuid] += 1
        name, attempt = self.names.get(event.uuid, ""), self.attempts[event.uuid]
        run = Execution(event.hostname, event.slot, event.uuid, name, index, event.t, attempt=attempt)
        if event.delivery_tag in self.acked:
            run.ack_index, run.ack = self.acked.pop(event.delivery_tag)
        else:
            self.running[event.delivery_tag] = run
        history.slots.setdefault(key, []).append(run)
        history._open[key] = history.by_start[index] = run
        history.busy.change(index, event.t, 1)

    def _acked(self, index: int, event: ev.MessageAcked) -> None:
        run = self.running.pop(event.delivery_tag, None)
        if run is None:
            self.acked[event.delivery_tag] = index, event.t
        else:
            run.ack_index, run.ack = index, event.t

    def _ready(self, queue: str, index: int, event: ev.Event, by: int) -> None:
        self.history.ready.change(index, event.t, by)
        self.history.queues.setdefault(queue, Levels()).change(index, event.t, by)

    def _end(self, key: tuple[str, int], index: int, time: int, outcome: str) -> None:
        run = self.history._open.pop(key, None)
        if run is not None:
            run.end_index, run.end, run.outcome = index, time, outcome
            self.history.busy.change(index, time, -1)
