"""The world as others see it: read-only, with queries. What no fold keeps is looked up in the task's own events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.state import QueueState, State, WorkerState

View = TypeVar("View")
Of = TypeVar("Of")


@dataclass(frozen=True, slots=True)
class Running:
    """An execution in a slot."""

    slot: int
    uuid: str
    name: str
    message: int
    delivery_tag: int
    started: int
    """Index of its task-started."""
    started_at: int
    """When it started, in microseconds."""
    acked: bool
    """Whether its message is acknowledged already."""


@dataclass(slots=True)
class Attempt:
    """One delivery of a task and what became of it; times in microseconds, None where it did not come to that."""

    message: int
    delivery_tag: int
    hostname: str
    delivered_at: int | None = None
    received_at: int | None = None
    started_at: int | None = None
    stored_at: int | None = None
    acked_at: int | None = None
    ended_at: int | None = None
    slot: int = 0
    redelivered: bool = False
    """Whether the message had been delivered before."""
    outcome: str = ""
    """`succeeded`, `failed`, `retried`, `rejected`, `cancelled`, `revoked`, `requeued`, `dropped`, `dead-lettered`,
    `lost`; empty before."""
    effect_at: int | None = None
    """When it had its side effect, where its task declares one."""
    why: str = ""


@dataclass(slots=True)
class TaskView:
    """A task at a moment."""

    uuid: str
    name: str = ""
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    queue: str = ""
    producer: str = ""
    retries: int = 0
    priority: int | None = None
    sent_at: int = 0
    message: int = 0
    """Its latest message."""
    state: str = "PENDING"
    """Celery's state, as its events tell it."""
    place: str = "sent"
    """`sent` (on its way), `queued`, `delivered`, `reserved`, `active`, `stored` (result there, not reported), `done`,
    `scheduled` (held for its ETA), `dead` (in a dead-letter queue), `dropped`, `lost`."""
    hostname: str = ""
    """The worker that has it, or had it last."""
    result: Any = None
    exception: str | None = None
    eta: int | None = None
    """Until when a worker holds it, or held it last."""
    finished_at: int | None = None
    attempts: list[Attempt] = field(default_factory=list)
    history: list[int] = field(default_factory=list)
    """Indices of its events so far."""

    @property
    def runs(self) -> int:
        """How often it was started."""
        return sum(attempt.started_at is not None for attempt in self.attempts)

    @property
    def first_started_at(self) -> int | None:
        """When it was first started."""
        return next((a.started_at for a in self.attempts if a.started_at is not None), None)


class QueueView:
    """A queue at a moment."""

    def __init__(self, world: World, state: QueueState) -> None:
        """View a queue's state."""
        self._world = world
        self._state = state

    def __len__(self) -> int:
        return len(self._state.ready)

    @property
    def name(self) -> str:
        """Its name."""
        return self._state.name

    @property
    def arguments(self) -> dict[str, Any]:
        """Its limits and AMQP arguments."""
        return self._state.arguments

    @property
    def longest(self) -> int:
        """The most that were ready at once so far."""
        return self._state.longest

    @property
    def unacked(self) -> int:
        """How many of its messages are delivered and not settled."""
        return len(self._state.unacked)

    def head(self, count: int) -> list[TaskView]:
        """The next `count` ready tasks."""
        return [self._world.task(uuid) for uuid in self.uuids(count)]

    def uuids(self, count: int | None = None) -> list[str]:
        """The ids of the next `count` ready tasks (of all without a count)."""
        return [self._world.uuid(message) for message in islice(self._state.ready, count)]

    def messages(self) -> list[int]:
        """The ready messages, next one first."""
        return list(self._state.ready)


class WorkerView:
    """A worker at a moment."""

    def __init__(self, world: World, state: WorkerState) -> None:
        """View a worker's state."""
        self._world = world
        self._state = state

    @property
    def hostname(self) -> str:
        """Its name."""
        return self._state.info.hostname

    @property
    def info(self) -> ev.WorkerOnline:
        """What it said of itself when it came online."""
        return self._state.info

    @property
    def life(self) -> str:
        """`online`, `offline` or `lost`."""
        return self._state.life

    @property
    def since(self) -> int:
        """When it came into that state, in microseconds."""
        return self._state.since

    @property
    def concurrency(self) -> int:
        """How many slots its pool has now."""
        return self._state.size

    @property
    def children(self) -> dict[int, float]:
        """Megabytes of each process that runs its tasks, by slot; slot 0 is the worker itself, without children."""
        return dict(self._state.children)

    @property
    def memory(self) -> float:
        """Megabytes of all these processes together."""
        return sum(self._state.children.values())

    @property
    def last_heartbeat(self) -> ev.WorkerHeartbeat | None:
        """What it said last of being alive."""
        index = self._state.heartbeat
        return self._world.trace.events[index] if index >= 0 else None  # type: ignore[return-value]

    @property
    def busy(self) -> int:
        """How many slots are running something."""
        return len(self._state.active)

    @property
    def done(self) -> int:
        """How many executions ended here."""
        return self._state.done

    @property
    def last_poll(self) -> ev.Poll | None:
        """Its last question to the broker that is an event."""
        index = self._state.last_poll
        return self._world.trace.events[index] if index >= 0 else None  # type: ignore[return-value]

    @property
    def unacked(self) -> int:
        """How many deliveries it holds unacknowledged."""
        return sum(
            hostname == self.hostname
            for name in self._state.info.queues
            for _, hostname in self._world._state.queues[name].unacked.values()
        )

    def active(self) -> list[Running]:
        """What its slots run, by slot."""
        events, unacked = self._world.trace.events, self._world.unacked_tags(self._state.info.queues)
        found = []
        for slot, (tag, message, index) in sorted(self._state.active.items()):
            sent = self._world.publish(message)
            found.append(Running(slot, sent.uuid, sent.name, message, tag, index, events[index].t, tag not in unacked))
        return found

    def reserved(self) -> list[str]:
        """Ids of the tasks it has received and not started, first received first, then those whose ETA has come."""
        now = self._world.t
        due = [message for message, eta in self._state.scheduled.values() if eta <= now]
        return [self._world.uuid(message) for message in [*self._state.reserved.values(), *due]]

    def scheduled(self) -> list[tuple[str, int]]:
        """(id, eta in microseconds) of the tasks it holds for an ETA that is to come, the next one first."""
        held = sorted(self._state.scheduled.values(), key=lambda entry: entry[1])
        return [(self._world.uuid(message), eta) for message, eta in held if eta > self._world.t]

    def accepted(self) -> dict[str, int]:
        """How many executions its pool has accepted in this life, by task name; looks through the events."""
        since, name = self._state.info.t, self.hostname
        found: Counter[str] = Counter()
        for event in self._world.trace.events[: self._world.cursor]:
            if isinstance(event, ev.TaskStarted) and event.hostname == name and event.t >= since:
                found[self._world.publish(event.message).name] += 1
        return dict(found)

    def transit(self) -> list[str]:
        """Ids of the tasks on their way to it."""
        return [self._world.uuid(message) for message in self._state.transit.values()]


class Views(Mapping[str, View], Generic[View, Of]):
    """Views by name, each made when it is asked for: kept ones would be a circle with their world."""

    def __init__(self, states: Mapping[str, Of], make: Callable[[Of], View]) -> None:
        """`make` views one of the `states`."""
        self._states = states
        self._make = make

    def __getitem__(self, name: str) -> View:
        return self._make(self._states[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)

    def __contains__(self, name: object) -> bool:
        return name in self._states


class World:
    """How things stand after the first `cursor` events of a trace. Read-only."""

    def __init__(self, trace: Trace, cursor: int, state: State) -> None:
        """View a folded state, which nobody may fold on."""
        self.trace = trace
        self.cursor = cursor
        self._state = state

    @property
    def event(self) -> ev.Event | None:
        """The last event that happened."""
        return self.trace.events[self.cursor - 1] if self.cursor else None

    @property
    def t(self) -> int:
        """The time of the last event, in microseconds (0 before the first)."""
        return self.trace.events[self.cursor - 1].t if self.cursor else 0

    @property
    def counts(self) -> dict[str, int]:
        """Counters: `published`, `started`, `sent`, `succeeded`, `failed`, `lost`, `polls`, ..."""
        return dict(self._state.counts)

    @property
    def alive(self) -> int:
        """Tasks sent that have not ended."""
        counts = self._state.counts
        ended = ("succeeded", "failed", "revoked", "dropped", "lost")
        return counts["sent"] - sum(counts[outcome] for outcome in ended)

    @property
    def broker_up(self) -> bool:
        """Whether the broker is there."""
        return self._state.broker_up

    @property
    def settings(self) -> dict[tuple[str, str], Any]:
        """What was changed during the run, by (worker or service, setting)."""
        return dict(self._state.settings)

    @property
    def producers(self) -> dict[str, int]:
        """How many messages each publisher has sent."""
        return dict(self._state.producers)

    @property
    def queues(self) -> Mapping[str, QueueView]:
        """Queues by name, in order of declaration."""
        return Views(self._state.queues, partial(QueueView, self))

    @property
    def workers(self) -> Mapping[str, WorkerView]:
        """Workers by name, in the order in which they first came online."""
        return Views(self._state.workers, partial(WorkerView, self))

    def publish(self, message: int) -> ev.TaskSent:
        """The task-sent of a message."""
        found = self._state.index.publish(message)
        if found is None:
            raise KeyError(message)
        return found

    def uuid(self, message: int) -> str:
        """The task a message belongs to."""
        return self.publish(message).uuid

    def sending(self) -> list[str]:
        """Ids of the tasks on their way to the broker."""
        return [self.uuid(message) for message in self._state.transit]

    def unacked_tags(self, queues: tuple[str, ...]) -> set[int]:
        """Tags of the deliveries from these queues that are not settled."""
        return {tag for name in queues if name in self._state.queues for tag in self._state.queues[name].unacked}

    def places(self) -> Iterator[tuple[int, str]]:
        """Every message the system still has, with its place: `transit`, `ready:<queue>` or `unacked:<queue>`."""
        for message in self._state.transit:
            yield message, "transit"
        for name, queue in self._state.queues.items():
            for message in queue.ready:
                yield message, f"ready:{name}"
            for message, _ in queue.unacked.values():
                yield message, f"unacked:{name}"

    def __contains__(self, uuid: object) -> bool:
        """Whether a task of that id has been sent."""
        return isinstance(uuid, str) and bool(self._state.index.history(uuid, self.cursor))

    def task(self, uuid: str) -> TaskView:
        """A task by its id; raises KeyError where it has not been sent."""
        history = self._state.index.history(uuid, self.cursor)
        if not history:
            raise KeyError(uuid)
        task = TaskView(uuid, history=history)
        attempts: dict[int, Attempt] = {}
        for index in history:
            _tell(task, attempts, self.trace.events[index])
        task.attempts = list(attempts.values())
        return task

    def tasks(self) -> list[str]:
        """Ids of all tasks sent so far, in the order they were first sent."""
        seen: dict[str, None] = {}
        for index in self._state.index.sent.values():
            if index < self.cursor:
                seen.setdefault(self.trace.events[index].uuid)  # type: ignore[attr-defined]
        return list(seen)


def _tell(task: TaskView, attempts: dict[int, Attempt], event: ev.Event) -> None:
    """Apply one of a task's own events to its view."""
    match event:
        case ev.TaskSent():
            if not task.name:
                task.sent_at = event.t
                task.producer = event.hostname
            task.name, task.args, task.kwargs = event.name, event.args, event.kwargs
            task.queue, task.retries, task.message = event.queue, event.retries, event.message
            task.priority = event.priority
            task.place = "sent"
        case ev.MessageQueued():
            task.place = "queued"
        case ev.MessageDeadLettered(delivery_tag=0):
            task.place = "dead"
        case ev.MessageDropped(delivery_tag=0):
            task.place = "dropped"
        case ev.PublishFailed():
            pass
        case ev.MessageDelivered():
            attempt = Attempt(event.message, event.delivery_tag, event.hostname, delivered_at=event.t)
            attempt.redelivered = event.redelivered
            attempts[event.delivery_tag] = attempt
            task.place, task.hostname = "delivered", event.hostname
        case _:
            _tell_attempt(task, attempts, event)


def _tell_attempt(task: TaskView, attempts: dict[int, Attempt], event: Any) -> None:
    """Apply an event of one delivery."""
    attempt = attempts.setdefault(
        event.delivery_tag, Attempt(event.message, event.delivery_tag, getattr(event, "hostname", ""))
    )
    match event:
        case ev.TaskReceived():
            attempt.received_at = event.t
            task.state, task.place = "RECEIVED", "reserved"
        case ev.TaskScheduled():
            task.place, task.eta = "scheduled", event.eta
        case ev.TaskRetried():
            attempt.ended_at, attempt.outcome = event.t, "retried"
            task.exception = event.exception
            if task.message == event.message:
                task.state = "RETRY"
        case ev.TaskRevoked():
            attempt.ended_at, attempt.outcome = event.t, "revoked"
            task.state, task.place, task.finished_at = "REVOKED", "done", event.t
        case ev.MessageDeadLettered():
            attempt.outcome, attempt.why, attempt.ended_at = "dead-lettered", event.why, event.t
            task.place = "dead"
        case ev.TaskStarted():
            attempt.started_at, attempt.slot = event.t, event.slot
            task.state, task.place = "STARTED", "active"
        case ev.Effect():
            attempt.effect_at = event.t
        case ev.TaskRejected() | ev.TaskCancelled():
            # Where the message went stands in an event before or after this one, which says more.
            attempt.outcome = attempt.outcome or event.type.removeprefix("task-")
            attempt.ended_at = event.t
            if isinstance(event, ev.TaskRejected) and not event.requeue:
                task.state = "REJECTED"
        case ev.ResultStored():
            attempt.stored_at = event.t
            task.place = "stored"
        case ev.MessageAcked():
            attempt.acked_at = event.t
        case ev.TaskSucceeded() | ev.TaskFailed():
            succeeded = isinstance(event, ev.TaskSucceeded)
            attempt.ended_at, attempt.outcome = event.t, "succeeded" if succeeded else "failed"
            task.state = "SUCCESS" if succeeded else "FAILURE"
            task.place = "dead" if task.place == "dead" else "done"
            task.finished_at = event.t
            task.result = event.result if isinstance(event, ev.TaskSucceeded) else None
            task.exception = event.exception if isinstance(event, ev.TaskFailed) else None
        case ev.MessageRequeued():
            attempt.outcome, attempt.why, attempt.ended_at = "requeued", event.why, event.t
            task.state, task.place = "PENDING", "queued"
        case ev.MessageDropped():
            attempt.outcome, attempt.why, attempt.ended_at = "dropped", event.why, event.t
            task.place = "dropped"
        case ev.TaskLost():
            attempt.outcome, attempt.why, attempt.ended_at = "lost", event.why, event.t
            task.place = "lost"
        case _:
            raise TypeError(type(event))
