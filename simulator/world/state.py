"""The fold: one handler per event type, in one table. It has no policy: events carry outcomes.

A `State` is mutable while it is folded. Copies share their queues and workers until one of them writes (`_queue`,
`_worker`), so that copying is cheap however long the queues are.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable
from typing import Any

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.groups import Groups
from simulator.world.index import Index, index_of
from simulator.world.intake import Intake
from simulator.world.lifecycle import OUTCOMES, RUN_ENDS, end_of
from simulator.world.processes import first_processes, processes_after


class QueueState:
    """State of a queue in the broker."""

    __slots__ = ("arguments", "longest", "name", "owner", "ready", "unacked")

    def __init__(self, name: str, arguments: dict[str, Any], owner: object) -> None:
        self.name = name
        self.arguments = arguments
        self.owner = owner
        self.ready: deque[int] = deque()
        """Messages that are ready, next one first; an array while nobody writes (see `State.pack`)."""
        self.unacked: dict[int, tuple[int, str]] = {}
        """Messages not settled yet, with their last delivery: (delivery tag, hostname)."""
        self.longest = 0
        """The most messages that were ready at once so far."""

    def copy(self, owner: object) -> QueueState:
        """Return an independent copy."""
        other = QueueState(self.name, self.arguments, owner)
        other.ready = deque(self.ready)
        other.unacked = self.unacked.copy()
        other.longest = self.longest
        return other


class WorkerState:
    """State of a worker."""

    __slots__ = (
        "active",
        "children",
        "connected",
        "done",
        "info",
        "intake",
        "last_poll",
        "life",
        "owner",
        "reserved",
        "scheduled",
        "since",
        "size",
        "transit",
    )

    def __init__(self, info: ev.WorkerOnline, owner: object, intake: Intake) -> None:
        self.info = info
        self.owner = owner
        self.intake = intake
        """Its limits: window, rates, drain."""
        self.life = "online"
        """`online`, `offline` (said goodbye) or `lost` (killed)."""
        self.since = info.t
        """Time at which it entered that state."""
        self.connected = True
        """True if it has a connection to the broker."""
        self.transit: dict[int, int] = {}
        """Messages on their way to it, by delivery tag."""
        self.scheduled: dict[int, tuple[int, int]] = {}
        """(message, eta) of the tasks held for their ETA, by delivery tag."""
        self.reserved: dict[int, int] = {}
        """Messages received that wait for a slot, by delivery tag, first received first."""
        self.active: dict[int, tuple[int, int, int]] = {}
        """(delivery tag, message, index of task-started) by slot."""
        self.last_poll = -1
        """Index of its last poll."""
        self.done = 0
        """Executions that ended here."""
        self.size = info.concurrency
        """Slots of its pool."""
        self.children: dict[int, float] = dict.fromkeys(*first_processes(info))
        """Megabytes of each process that runs tasks, by slot; slot 0 is the worker itself, where it has no children."""

    def tags(self) -> set[int]:
        """Tags of the deliveries that it runs, holds or is about to get."""
        return {*self.transit, *self.reserved, *self.scheduled, *(tag for tag, _, _ in self.active.values())}

    def copy(self, owner: object) -> WorkerState:
        """Return an independent copy."""
        other = WorkerState(self.info, owner, self.intake.copy())
        other.life, other.since, other.last_poll, other.done = (
            self.life,
            self.since,
            self.last_poll,
            self.done,
        )
        other.size, other.connected = self.size, self.connected
        other.children = self.children.copy()
        other.transit = self.transit.copy()
        other.reserved = self.reserved.copy()
        other.scheduled = self.scheduled.copy()
        other.active = self.active.copy()
        return other


COUNTERS = (
    *"published started retried rejected cancelled deaths polls empty_polls requeued acked publish_failed".split(),
    *("sent", "dead_lettered", *OUTCOMES),
)
"""Names of counters: occurrences, then distinct tasks (sent, dead-lettered, and by outcome)."""


class State:
    """The state that a prefix of a trace leads to."""

    __slots__ = (
        "broker_up",
        "counts",
        "groups",
        "index",
        "owner",
        "producers",
        "queues",
        "settings",
        "touched",
        "transit",
        "workers",
    )

    def __init__(self, trace: Trace) -> None:
        self.index = index_of(trace)
        self.owner = object()
        """Marker of its own queues and workers: not the state itself, which would make a reference cycle."""
        self.queues: dict[str, QueueState] = {}
        self.workers: dict[str, WorkerState] = {}
        self.transit: dict[int, str] = {}
        """Messages on their way to the broker, with their queue."""
        self.broker_up = True
        self.settings: dict[tuple[str, str], Any] = {}
        """Settings changed during the run, by (worker or service, setting)."""
        self.producers: dict[str, int] = {}
        """Number of messages sent, by publisher."""
        self.counts: dict[str, int] = dict.fromkeys(COUNTERS, 0)
        self.groups = Groups()
        """Facts about the workers (see `Crew`), but for those touched."""
        self.touched: set[str] = set()
        """Workers of which that may have changed: their own state, or what is unacknowledged of theirs."""

    def copy(self, index: Index | None = None) -> State:
        """Return a copy to fold on; with `index`, in another trace that begins with the same events.

        Queues and workers are copied on write.
        """
        other = State.__new__(State)
        other.index = index or self.index
        other.owner = object()
        other.queues = self.queues.copy()
        other.workers = self.workers.copy()
        other.transit = self.transit.copy()
        other.producers = self.producers.copy()
        other.broker_up = self.broker_up
        other.settings = self.settings.copy()
        other.counts = self.counts.copy()
        other.touched = self.touched.copy()  # before the groups (see `Crew`)
        other.groups = self.groups
        return other

    def pack(self) -> State:
        """Compact this state for keeping: backlogs become arrays, which the garbage collector skips."""
        for queue in self.queues.values():
            if queue.owner is self.owner:
                queue.ready = array("q", queue.ready)  # type: ignore[assignment]
        return self

    def fold(self, start: int, end: int) -> None:
        """Apply the events from `start` up to, not including, `end`."""
        events = self.index.events
        handlers = HANDLERS
        for index in range(start, end):
            event = events[index]
            handlers[type(event)](self, event, index)


def _queue(state: State, name: str) -> QueueState:
    queue = state.queues[name]
    if queue.owner is not state.owner:
        queue = state.queues[name] = queue.copy(state.owner)
    return queue


def _worker(state: State, hostname: str) -> WorkerState:
    state.touched.add(hostname)
    worker = state.workers[hostname]
    if worker.owner is not state.owner:
        worker = state.workers[hostname] = worker.copy(state.owner)
    return worker


def _release(state: State, queue: QueueState, message: int) -> None:
    """A message is not unacknowledged any more, whoever has it."""
    lease = queue.unacked.pop(message, None)
    if lease is not None:
        state.touched.add(lease[1])


def _queue_declared(state: State, event: ev.QueueDeclared, index: int) -> None:
    state.queues[event.queue] = QueueState(event.queue, event.arguments, state.owner)


def _worker_online(state: State, event: ev.WorkerOnline, index: int) -> None:
    state.settings.pop((event.hostname, "shutdown"), None)
    state.touched.add(event.hostname)
    tasks = state.index.trace.header.tasks
    worker = state.workers[event.hostname] = WorkerState(event, state.owner, Intake(event, index, tasks))
    worker.connected = state.broker_up


def _worker_gone(state: State, event: ev.WorkerOffline | ev.WorkerLost, index: int) -> None:
    worker = _worker(state, event.hostname)
    worker.life = "lost" if isinstance(event, ev.WorkerLost) else "offline"
    worker.since = event.t
    worker.transit.clear()
    worker.reserved.clear()
    worker.scheduled.clear()
    worker.children.clear()
    if isinstance(event, ev.WorkerLost):
        worker.active.clear()  # one that says goodbye finishes what it runs
        state.counts["deaths"] += 1


def _child_started(state: State, event: ev.ChildStarted, index: int) -> None:
    _worker(state, event.hostname).children[event.slot] = event.memory


def _child_exited(state: State, event: ev.ChildExited, index: int) -> None:
    worker = _worker(state, event.hostname)
    worker.children.pop(event.slot, None)
    if worker.active.pop(event.slot, None) is not None:
        worker.done += 1
    if event.why == "killed":
        state.counts["deaths"] += 1


def _pool_resized(state: State, event: ev.PoolResized, index: int) -> None:
    worker = _worker(state, event.hostname)
    worker.size = event.size
    worker.children = processes_after(event, worker.children)


def _task_sent(state: State, event: ev.TaskSent, index: int) -> None:
    state.transit[event.message] = event.queue
    state.producers[event.hostname] = state.producers.get(event.hostname, 0) + 1
    state.counts["published"] += 1
    if not state.index.has_before(index, ev.TaskSent):
        state.counts["sent"] += 1


def _message_queued(state: State, event: ev.MessageQueued, index: int) -> None:
    del state.transit[event.message]
    _insert(_queue(state, event.queue), event.position, event.message)


def _insert(queue: QueueState, position: int, message: int) -> None:
    ready = queue.ready
    if position == len(ready):
        ready.append(message)
    else:
        ready.insert(position, message)
    if len(ready) > queue.longest:
        queue.longest = len(ready)


def _poll(state: State, event: ev.Poll, index: int) -> None:
    _worker(state, event.hostname).last_poll = index
    state.counts["polls"] += 1
    if not event.found:
        state.counts["empty_polls"] += 1


def _message_delivered(state: State, event: ev.MessageDelivered, index: int) -> None:
    queue = _queue(state, event.queue)
    ready, message = queue.ready, event.message
    if ready[0] == message:
        ready.popleft()
    else:
        ready.remove(message)
    queue.unacked[message] = (event.delivery_tag, event.hostname)
    _worker(state, event.hostname).transit[event.delivery_tag] = message


def _message_acked(state: State, event: ev.MessageAcked, index: int) -> None:
    # By any delivery: acknowledging a message that is meanwhile leased to another worker settles it too.
    _release(state, _queue(state, event.queue), event.message)
    state.counts["acked"] += 1


def _message_requeued(state: State, event: ev.MessageRequeued, index: int) -> None:
    queue = _queue(state, event.queue)
    _release(state, queue, event.message)
    if event.hostname:
        worker = _worker(state, event.hostname)
        if worker.connected or worker.life == "offline":  # else what is left waits inside the pool
            _forget(worker, event.delivery_tag)
        _gone_with_process(worker, event.delivery_tag)
    _insert(queue, event.position, event.message)
    state.counts["requeued"] += 1


def _message_dropped(state: State, event: ev.MessageDropped, index: int) -> None:
    queue = _queue(state, event.queue)
    if event.delivery_tag:
        _release(state, queue, event.message)
        _forget(_worker(state, event.hostname), event.delivery_tag)
        return
    queue.ready.remove(event.message)
    _count_end(state, event, index)


def _gone_with_process(worker: WorkerState, tag: int) -> None:
    """Remove an execution whose message is given back, or lost, by a process that has said goodbye: it has ended."""
    if worker.life == "offline":
        for slot in [slot for slot, running in worker.active.items() if running[0] == tag]:
            del worker.active[slot]


def _task_lost(state: State, event: ev.TaskLost, index: int) -> None:
    if event.hostname:
        _gone_with_process(_worker(state, event.hostname), event.delivery_tag)
    _count_end(state, event, index)


def _forget(worker: WorkerState, tag: int) -> None:
    """Remove a delivery that no slot runs from a worker."""
    worker.transit.pop(tag, None)
    worker.reserved.pop(tag, None)
    worker.scheduled.pop(tag, None)


def _task_received(state: State, event: ev.TaskReceived, index: int) -> None:
    worker = _worker(state, event.hostname)
    tag, intake = event.delivery_tag, worker.intake
    worker.transit.pop(tag, None)
    worker.reserved[tag] = event.message
    if intake.drains:
        intake.drain(event.t, state.index.ready_since(index))
    if event.eta is not None and event.eta <= event.t and intake.times_overdue:
        settle(state, worker, event.t)
        intake.schedule(tag, event.message, event.eta, event.t)
    elif event.name in intake.rates and not (event.eta and event.eta > event.t):
        settle(state, worker, event.t)
        intake.limit(event.name, tag, event.t)


def settle(state: State, worker: WorkerState, now: int) -> None:
    """Let a worker's limits do what they do by themselves until `now`; the loop of one that runs solo stands still."""
    if not (worker.intake.solo and worker.active):
        worker.intake.settle(now, state.index.name_of)


def _leave(state: State, worker: WorkerState, tag: int, now: int) -> None:
    """A request is started or given up: a solo worker's has left its bucket by that alone."""
    if worker.intake.green and (worker.intake.pending or worker.intake.due):
        settle(state, worker, now)
        worker.intake.start(tag)
    if not worker.intake.solo:
        return
    if tag in worker.scheduled:
        settle(state, worker, worker.scheduled[tag][1])
    worker.intake.leave(tag, now)


def _task_started(state: State, event: ev.TaskStarted, index: int) -> None:
    worker = _worker(state, event.hostname)
    _leave(state, worker, event.delivery_tag, event.t)
    worker.reserved.pop(event.delivery_tag, None)
    worker.scheduled.pop(event.delivery_tag, None)
    worker.active[event.slot] = (event.delivery_tag, event.message, index)
    if event.memory:
        worker.children[0 if 0 in worker.children else event.slot] = event.memory
    state.counts["started"] += 1


def _task_scheduled(state: State, event: ev.TaskScheduled, index: int) -> None:
    worker = _worker(state, event.hostname)
    worker.reserved.pop(event.delivery_tag, None)
    worker.scheduled[event.delivery_tag] = (event.message, event.eta)
    settle(state, worker, event.t)
    worker.intake.schedule(event.delivery_tag, event.message, event.eta, event.t)


def _execution_ended(worker: WorkerState, slot: int, tag: int) -> None:
    """Free a slot, unless its child has died and the slot already runs another execution."""
    running = worker.active.get(slot)
    if running is not None and running[0] == tag:
        del worker.active[slot]
        worker.done += 1


def _task_revoked(state: State, event: ev.TaskRevoked, index: int) -> None:
    worker = _worker(state, event.hostname)
    _leave(state, worker, event.delivery_tag, event.t)
    _forget(worker, event.delivery_tag)
    if event.terminated:  # while it ran
        for slot, running in list(worker.active.items()):
            if running[0] == event.delivery_tag:
                _execution_ended(worker, slot, event.delivery_tag)
    _count_end(state, event, index)


def _message_dead_lettered(state: State, event: ev.MessageDeadLettered, index: int) -> None:
    if event.source:
        queue = _queue(state, event.source)
        if event.delivery_tag:
            _release(state, queue, event.message)
            _forget(_worker(state, event.hostname), event.delivery_tag)
        else:
            queue.ready.remove(event.message)
    else:
        del state.transit[event.message]
    _insert(_queue(state, event.queue), event.position, event.message)
    if not state.index.has_before(index, ev.MessageDeadLettered):
        state.counts["dead_lettered"] += 1


def _publish_failed(state: State, event: ev.PublishFailed, index: int) -> None:
    state.counts["publish_failed"] += 1


def _nothing(state: State, event: ev.Event, index: int) -> None:
    """Do nothing: no queue or worker changes."""


def _broker_down(state: State, event: ev.BrokerDown, index: int) -> None:
    state.broker_up = False
    for hostname in state.workers:
        _disconnected(state, _worker(state, hostname), event.t)


def _disconnected(state: State, worker: WorkerState, now: int) -> None:
    """Drop what a worker held in memory; running executions go on."""
    worker.connected = False
    worker.transit.clear()
    worker.scheduled.clear()
    settle(state, worker, now - 1)  # faults come before timers of the same instant
    if worker.intake.has_pool_queue:  # which goes on
        worker.reserved = {tag: message for tag, message in worker.reserved.items() if worker.intake.keeps(tag)}
    else:
        worker.reserved.clear()
    worker.intake.forget()


def _broker_up(state: State, event: ev.BrokerUp, index: int) -> None:
    state.broker_up = True


def _setting_changed(state: State, event: ev.SettingChanged, index: int) -> None:
    if event.setting == "connection":
        worker = _worker(state, event.hostname)
        if event.value == "lost":
            _disconnected(state, worker, event.t)
        else:
            worker.connected = True
            worker.intake.connect(event.t)
    else:
        state.settings[event.hostname, event.setting] = event.value
        if event.hostname in state.workers:
            worker = _worker(state, event.hostname)
            settle(state, worker, event.t)
            worker.intake.change(event, worker.size)


def _run_ended(state: State, event: Any, index: int) -> None:
    _execution_ended(_worker(state, event.hostname), event.slot, event.delivery_tag)
    outcome = RUN_ENDS[type(event)]
    if outcome in OUTCOMES:
        _count_end(state, event, index)
    else:
        state.counts[outcome] += 1


def _count_end(state: State, event: ev.Event, index: int) -> None:
    """Count a task's first end; later ones do not count."""
    if state.index.is_end(index):
        state.counts[end_of(event)] += 1


HANDLERS: dict[type[ev.Event], Callable[[State, Any, int], None]] = {
    ev.QueueDeclared: _queue_declared,
    ev.WorkerOnline: _worker_online,
    ev.WorkerOffline: _worker_gone,
    ev.WorkerLost: _worker_gone,
    ev.WorkerHeartbeat: _nothing,
    ev.ChildStarted: _child_started,
    ev.ChildExited: _child_exited,
    ev.PoolResized: _pool_resized,
    ev.TaskSent: _task_sent,
    ev.MessageQueued: _message_queued,
    ev.Poll: _poll,
    ev.MessageDelivered: _message_delivered,
    ev.MessageAcked: _message_acked,
    ev.MessageRequeued: _message_requeued,
    ev.MessageDropped: _message_dropped,
    ev.TaskReceived: _task_received,
    ev.TaskStarted: _task_started,
    ev.Effect: _nothing,
    ev.ResultStored: _count_end,
    ev.TaskLost: _task_lost,
    ev.TaskScheduled: _task_scheduled,
    ev.TaskRevoked: _task_revoked,
    ev.MessageDeadLettered: _message_dead_lettered,
    ev.PublishFailed: _publish_failed,
    ev.BrokerDown: _broker_down,
    ev.BrokerUp: _broker_up,
    ev.SettingChanged: _setting_changed,
    ev.CommandUnheard: _nothing,
    **dict.fromkeys(RUN_ENDS, _run_ended),
}
"""Handlers by event type."""
