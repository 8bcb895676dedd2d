"""The timelines of a run: of each task, each execution in a slot, and each worker."""

from __future__ import annotations

from typing import Any, ClassVar

from simulator.trace import events as ev
from simulator.trace.time import NEVER
from simulator.trace.trace import Trace
from simulator.world.level import Level
from simulator.world.lifecycle import ALIVE, RUN_ENDS, STATES, STORED, end_of
from simulator.world.passes import Handlers, Pass, pass_over

SlotKey = tuple[str, int]
"""(hostname, slot)."""


class ExecutionLife:
    """One execution in a slot; times in microseconds, events by index (`NEVER` if it has not happened)."""

    __slots__ = (
        "ack",
        "ack_index",
        "attempt",
        "delivery_tag",
        "end",
        "end_index",
        "hostname",
        "name",
        "outcome",
        "slot",
        "start",
        "start_index",
        "uuid",
    )

    def __init__(self, event: ev.TaskStarted, index: int, name: str, attempt: int) -> None:
        """Start the execution with its task-started."""
        self.hostname = event.hostname
        self.slot = event.slot
        self.uuid = event.uuid
        self.delivery_tag = event.delivery_tag
        self.name = name
        self.start_index = index
        self.start = event.t
        self.end_index: int = NEVER
        self.end: int | None = None
        self.outcome = ""
        """`succeeded`, `failed`, `retried`, `rejected`, `cancelled`, `ignored`, `revoked`, `lost`; empty before."""
        self.attempt = attempt
        """Its number among the executions of its task, from 1."""
        self.ack_index: int = NEVER
        self.ack: int | None = None
        """Time at which its message was acknowledged."""


class TaskLife:
    """One task over the whole run; times in microseconds, events by index (`NEVER` if it has not happened)."""

    __slots__ = (
        "dead_letter_index",
        "effects",
        "end_index",
        "finished_at",
        "name",
        "outcome",
        "queue",
        "receiver",
        "retries",
        "runs",
        "sent_at",
        "sent_index",
        "state",
        "uuid",
        "waited_index",
    )

    def __init__(self, event: ev.TaskSent, index: int) -> None:
        """Start the life with the first task-sent."""
        self.uuid = event.uuid
        self.name = event.name
        self.queue = event.queue
        self.sent_at = event.t
        self.sent_index = index
        self.runs: list[ExecutionLife] = []
        """Its executions, first one first."""
        self.receiver = ""
        """The worker that received it last."""
        self.state = "PENDING"
        """Celery's state at the end, as its events tell it."""
        self.retries = 0
        """Number of retries."""
        self.dead_letter_index: int = NEVER
        """Index of the event that first put it into a dead-letter queue."""
        self.effects: tuple[int, ...] = ()
        """Delivery tags of the executions that had their side effect.

        A task type that declares `idempotent` or `effect_at` has an `effect` event for each; of any other the effect
        is taken to be the last thing that the body does, so that an execution had it when it succeeded.
        """
        self.outcome = ALIVE
        """The first end it came to, one of `OUTCOMES`; `alive` without one."""
        self.finished_at: int | None = None
        """Time of its first end."""
        self.end_index: int = NEVER
        self.waited_index: int = NEVER
        """With which event its first wait was over: it was started, or ended without that."""

    @property
    def is_served(self) -> bool:
        """True if it was executed to an end: it succeeded, or failed after a run."""
        return self.outcome == "succeeded" or (self.outcome == "failed" and bool(self.runs))

    @property
    def wait(self) -> int | None:
        """Return microseconds from sent to first started; None if it never started (see `open_wait`)."""
        return self.runs[0].start - self.sent_at if self.runs else None

    def open_wait(self, now: int) -> int | None:
        """Return microseconds from sent to `now` if it has neither started nor ended, else None."""
        return now - self.sent_at if self.waited_index == NEVER else None

    @property
    def response(self) -> int | None:
        """Return microseconds from sent to its end; None if it was lost or has not ended."""
        if self.finished_at is None or self.outcome == "lost":
            return None
        return self.finished_at - self.sent_at


class WorkerLife:
    """One worker over the whole run."""

    __slots__ = ("child_deaths", "deaths", "found", "gone", "hostname", "polls", "pool", "runs", "slots")

    def __init__(self, hostname: str) -> None:
        """Start with no activity."""
        self.hostname = hostname
        self.pool = Level()
        """Slots of its pool, as it said last."""
        self.slots = Level()
        """The same, and 0 while it is not online."""
        self.runs: list[ExecutionLife] = []
        """Its executions in the order of their starts."""
        self.gone: list[tuple[int, int]] = []
        """(index, time) of each time it was lost or went offline."""
        self.child_deaths: dict[int, list[tuple[int, int]]] = {}
        """By slot, (index, time) of each time that the child in it was killed."""
        self.deaths = 0
        """Number of times that it or a child of it was killed."""
        self.polls = 0
        """Questions to the broker that are events."""
        self.found = 0
        """Those of them that found something."""

    def busy(self, end: int) -> int:
        """Return the busy slot time up to `end`, in microseconds."""
        return sum((end if run.end is None else run.end) - run.start for run in self.runs)


class Lives(Pass):
    """The lives of all tasks, executions and workers of a run."""

    def __init__(self, trace: Trace) -> None:
        """Start with no tasks or workers."""
        super().__init__(trace)
        self.tasks: dict[str, TaskLife] = {}
        """By id, in the order in which they were first sent."""
        self.started: list[TaskLife] = []
        """Tasks in the order of their first starts."""
        self.waited: list[TaskLife] = []
        """Tasks in the order in which their first waits were over."""
        self.ended: list[TaskLife] = []
        """Tasks in the order of their ends."""
        self.workers: dict[str, WorkerLife] = {}
        """By name, in the order in which they first came online."""
        self.slots: dict[SlotKey, list[ExecutionLife]] = {}
        """Executions by worker and slot, first one first."""
        self.by_start: dict[int, ExecutionLife] = {}
        """Executions by the index of their task-started."""
        self.busy = Level()
        """Executions going on in all workers."""
        self.online = Level()
        """Slots of all workers that are online."""
        self.failures: tuple[list[int], list[int]] = [], []
        """(indices, times) of what went wrong: an execution failed, a task was lost, a worker died."""
        self.refused: list[tuple[str, str, str]] = []
        """(id, task type, queue) of what could not be published."""
        self.never_sent: dict[str, str] = {}
        """State by id of what a canvas gave up before it was sent."""
        self._open: dict[SlotKey, ExecutionLife] = {}
        self._closing: set[str] = set()
        """Workers that have said goodbye and may still run something."""
        self._acked: dict[int, tuple[int, int]] = {}
        """By delivery tag, (index, time) of an ACK that came before the execution."""
        self._unacked: dict[int, ExecutionLife] = {}
        """Executions whose message is not acknowledged yet, by delivery tag."""
        self._declared = {
            name for name, task in trace.header.tasks.items() if "idempotent" in task or "effect_at" in task
        }

    def silent_polls(self, worker: str | None = None) -> int:
        """Return the number of empty polls without an event, of one worker or of all."""
        silent = self.trace.header.silent_polls
        return silent.get(worker, 0) if worker is not None else sum(silent.values())

    # -- tasks --------------------------------------------------------------------------------------------------

    def _sent(self, event: ev.TaskSent, index: int) -> None:
        if event.uuid not in self.tasks:
            self.tasks[event.uuid] = TaskLife(event, index)

    def _received(self, event: ev.TaskReceived, index: int) -> None:
        task = self.tasks[event.uuid]
        task.receiver = event.hostname
        task.state = "RECEIVED"

    def _started(self, event: ev.TaskStarted, index: int) -> None:
        task, tag = self.tasks[event.uuid], event.delivery_tag
        task.state = "STARTED"
        runs = task.runs
        run = self.by_start[index] = ExecutionLife(event, index, task.name, len(runs) + 1)
        if not runs:
            self.started.append(task)
            if task.waited_index == NEVER:
                task.waited_index = index
                self.waited.append(task)
        runs.append(run)
        if tag in self._acked:
            run.ack_index, run.ack = self._acked.pop(tag)
        else:
            self._unacked[tag] = run
        key = event.hostname, event.slot
        self.workers[event.hostname].runs.append(run)
        slot = self.slots.get(key)
        if slot is None:
            slot = self.slots[key] = []
        slot.append(run)
        self._open[key] = run
        self.busy.change(index, event.t, 1)

    def _acknowledged(self, event: ev.MessageAcked, index: int) -> None:
        run = self._unacked.pop(event.delivery_tag, None)
        if run is None:
            self._acked[event.delivery_tag] = index, event.t
        else:
            run.ack_index, run.ack = index, event.t

    def _effect(self, event: ev.Effect, index: int) -> None:
        self.tasks[event.uuid].effects += (event.delivery_tag,)

    def _stored(self, event: ev.ResultStored, index: int) -> None:
        if not event.message:
            self.never_sent[event.uuid] = event.state
            return
        outcome = STORED.get(event.state)
        if outcome is not None:
            task = self.tasks[event.uuid]
            self._end(task, index, event.t, outcome)
            if outcome == "succeeded":
                self._returned(task, event.delivery_tag)

    def _succeeded(self, event: ev.TaskSucceeded, index: int) -> None:
        task = self.tasks[event.uuid]
        self._end(task, index, event.t, "succeeded")
        self._returned(task, event.delivery_tag)
        self._end_run(event, index)

    def _failed(self, event: ev.TaskFailed, index: int) -> None:
        self._end(self.tasks[event.uuid], index, event.t, "failed")
        self._end_run(event, index)
        self._fail(event, index)

    def _retried(self, event: ev.TaskRetried, index: int) -> None:
        task = self.tasks[event.uuid]
        task.retries += 1
        task.state = "RETRY"
        self._end_run(event, index)
        self._fail(event, index)

    def _rejected(self, event: ev.TaskRejected, index: int) -> None:
        if not event.requeue:
            self.tasks[event.uuid].state = "REJECTED"
        self._end_run(event, index)

    def _ignored(self, event: ev.TaskIgnored | ev.ResultLost, index: int) -> None:
        outcome = end_of(event)
        if outcome:
            self._end(self.tasks[event.uuid], index, event.t, outcome)
        self._end_run(event, index)

    def _revoked(self, event: ev.TaskRevoked, index: int) -> None:
        self._end(self.tasks[event.uuid], index, event.t, "revoked")
        if event.terminated:  # while it ran
            tag = event.delivery_tag
            for key in [key for key, run in self._open.items() if key[0] == event.hostname and run.delivery_tag == tag]:
                self._close(key, index, event.t, "revoked")

    def _lost(self, event: ev.TaskLost, index: int) -> None:
        self._end(self.tasks[event.uuid], index, event.t, "lost")
        self._given_back(event, index)
        self._fail(event, index)

    def _dropped(self, event: ev.MessageDropped, index: int) -> None:
        if not event.delivery_tag:
            self._end(self.tasks[event.uuid], index, event.t, "dropped")
        self._fail(event, index)

    def _dead_lettered(self, event: ev.MessageDeadLettered, index: int) -> None:
        task = self.tasks[event.uuid]
        task.dead_letter_index = min(task.dead_letter_index, index)
        self._fail(event, index)

    def _publish_failed(self, event: ev.PublishFailed, index: int) -> None:
        self.refused.append((event.uuid, event.name, event.queue))
        self._fail(event, index)

    def _returned(self, task: TaskLife, tag: int) -> None:
        """Count a successful execution once, whether by its result or its event."""
        if tag not in task.effects and task.name not in self._declared:
            task.effects += (tag,)

    def _end(self, task: TaskLife, index: int, t: int, outcome: str) -> None:
        task.state = STATES.get(outcome, task.state)
        if task.finished_at is None:
            task.outcome, task.finished_at, task.end_index = outcome, t, index
            self.ended.append(task)
            if task.waited_index == NEVER:
                task.waited_index = index
                self.waited.append(task)

    def _fail(self, event: ev.Event, index: int) -> None:
        indices, times = self.failures
        indices.append(index)
        times.append(event.t)

    # -- executions ---------------------------------------------------------------------------------------------

    def _end_run(self, event: Any, index: int) -> None:
        """End the execution in a slot, unless its child has died and the slot already runs another."""
        key = event.hostname, event.slot
        run = self._open.get(key)
        if run is not None and run.delivery_tag == event.delivery_tag:
            self._close(key, index, event.t, RUN_ENDS[type(event)])

    def _cancelled(self, event: ev.TaskCancelled, index: int) -> None:
        self._end_run(event, index)

    def _close(self, key: SlotKey, index: int, t: int, outcome: str) -> None:
        run = self._open.pop(key)
        run.end_index, run.end, run.outcome = index, t, outcome
        self.busy.change(index, t, -1)
        if key[0] in self._closing:
            self._set_slots(self.workers[key[0]], index, t, self.running(key[0]))

    # -- workers ------------------------------------------------------------------------------------------------

    def _came_online(self, event: ev.WorkerOnline, index: int) -> None:
        worker = self.workers.get(event.hostname)
        if worker is None:
            worker = self.workers[event.hostname] = WorkerLife(event.hostname)
        self._close_all(event.hostname, index, event.t)
        self._resize(worker, index, event.t, event.concurrency)

    def _resized(self, event: ev.PoolResized, index: int) -> None:
        self._resize(self.workers[event.hostname], index, event.t, event.size)

    def _resize(self, worker: WorkerLife, index: int, t: int, size: int) -> None:
        worker.pool.set(index, t, size)
        self._set_slots(worker, index, t, size)
        for slot in range(1, size + 1):
            self.slots.setdefault((worker.hostname, slot), [])

    def _set_slots(self, worker: WorkerLife, index: int, t: int, size: int) -> None:
        if size != worker.slots.now:
            self.online.change(index, t, size - worker.slots.now)
            worker.slots.set(index, t, size)

    def _child_exited(self, event: ev.ChildExited, index: int) -> None:
        if event.why == "killed":
            worker = self.workers[event.hostname]
            worker.deaths += 1
            worker.child_deaths.setdefault(event.slot, []).append((index, event.t))
            self._fail(event, index)
        key = event.hostname, event.slot
        if key in self._open:
            self._close(key, index, event.t, "lost")

    def _gone(self, event: ev.WorkerLost | ev.WorkerOffline, index: int) -> None:
        worker = self.workers[event.hostname]
        worker.gone.append((index, event.t))
        if type(event) is ev.WorkerLost:
            worker.deaths += 1
            self._fail(event, index)
            self._close_all(event.hostname, index, event.t)
            self._set_slots(worker, index, event.t, 0)
        else:
            self._closing.add(event.hostname)
            self._set_slots(worker, index, event.t, self.running(event.hostname))

    def _close_all(self, hostname: str, index: int, t: int) -> None:
        """End all executions with their process."""
        for key in [key for key in self._open if key[0] == hostname]:
            self._close(key, index, t, "lost")
        self._closing.discard(hostname)

    def running(self, hostname: str) -> int:
        """Return the number of executions going on in a worker, after the last event."""
        return sum(host == hostname for host, _ in self._open)

    def _given_back(self, event: ev.MessageRequeued | ev.TaskLost, index: int) -> None:
        """End an execution whose message is given back, or lost, by a process that has said goodbye: it has ended."""
        if event.hostname in self._closing:
            tag = event.delivery_tag
            for key in [key for key, run in self._open.items() if key[0] == event.hostname and run.delivery_tag == tag]:
                self._close(key, index, event.t, "lost")

    def _polled(self, event: ev.Poll, index: int) -> None:
        worker = self.workers[event.hostname]
        worker.polls += 1
        if event.found:
            worker.found += 1

    HANDLERS: ClassVar[Handlers] = {
        ev.TaskSent: _sent,
        ev.TaskReceived: _received,
        ev.TaskStarted: _started,
        ev.MessageAcked: _acknowledged,
        ev.Effect: _effect,
        ev.ResultStored: _stored,
        ev.TaskSucceeded: _succeeded,
        ev.TaskFailed: _failed,
        ev.TaskRetried: _retried,
        ev.TaskRejected: _rejected,
        ev.TaskIgnored: _ignored,
        ev.ResultLost: _ignored,
        ev.TaskCancelled: _cancelled,
        ev.TaskRevoked: _revoked,
        ev.TaskLost: _lost,
        ev.MessageRequeued: _given_back,
        ev.MessageDropped: _dropped,
        ev.MessageDeadLettered: _dead_lettered,
        ev.PublishFailed: _publish_failed,
        ev.WorkerOnline: _came_online,
        ev.PoolResized: _resized,
        ev.ChildExited: _child_exited,
        ev.WorkerLost: _gone,
        ev.WorkerOffline: _gone,
        ev.Poll: _polled,
    }


def lives_of(trace: Trace) -> Lives:
    """Return the lives of a trace, cached with it."""
    return pass_over(trace, Lives)
