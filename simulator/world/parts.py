"""Read-only views of queues and workers at a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from simulator.trace import events as ev
from simulator.world.crew import has_room
from simulator.world.intake import Intake
from simulator.world.state import QueueState, WorkerState
from simulator.world.tasks import TaskView

if TYPE_CHECKING:
    from simulator.world.view import World

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
    """Time of its start, in microseconds."""
    acked: bool
    """True if its message is already acknowledged."""


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """A message held by a worker and not settled."""

    uuid: str
    message: int
    delivery_tag: int
    queue: str
    hostname: str
    place: str
    """`transit`, `reserved`, `scheduled` or `active`; `stored` if its run has ended but it is not settled yet."""


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
        """The maximum length so far."""
        return self._state.longest

    @property
    def unacked(self) -> int:
        """The number of its messages delivered and not settled."""
        return len(self._state.unacked)

    @property
    def consumers(self) -> list[str]:
        """Return the online workers that consume it."""
        workers = self._world.workers.values()
        return [worker.hostname for worker in workers if worker.life == "online" and self.name in worker.info.queues]

    def deliveries(self) -> list[OpenDelivery]:
        """Return its deliveries that are not settled, in order of delivery."""
        return [
            OpenDelivery(
                self._world.uuid(message), message, tag, self.name, hostname, _place(self._world, hostname, tag)
            )
            for message, (tag, hostname) in sorted(self._state.unacked.items(), key=lambda item: item[1])
        ]

    def head(self, count: int) -> list[TaskView]:
        """Return the next `count` ready tasks."""
        return [self._world.task(uuid) for uuid in self.uuids(count)]

    def uuids(self, count: int | None = None) -> list[str]:
        """Return the ids of the next `count` ready tasks (all if None)."""
        return [self._world.uuid(message) for message in islice(self._state.ready, count)]

    def messages(self) -> list[int]:
        """Return the ready messages, next one first."""
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
        """Its worker-online event."""
        return self._state.info

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues it consumes now; remote control may have changed them."""
        changed = self._world._state.settings.get((self.hostname, "queues"))
        return self._state.info.queues if changed is None else tuple(changed)

    @property
    def life(self) -> str:
        """`online`, `offline` or `lost`."""
        return self._state.life

    @property
    def connected(self) -> bool:
        """True if it has a connection to the broker."""
        return self._state.connected

    @property
    def since(self) -> int:
        """Time at which it entered that state, in microseconds."""
        return self._state.since

    @property
    def concurrency(self) -> int:
        """The current number of slots in its pool."""
        return self._state.size

    @property
    def children(self) -> dict[int, float]:
        """Megabytes of each task-running process by slot; slot 0 is the worker itself if it has no children."""
        return dict(self._state.children)

    @property
    def memory(self) -> float:
        """Total megabytes of these processes."""
        return sum(self._state.children.values())

    @property
    def busy(self) -> int:
        """The number of busy slots."""
        return len(self._state.active)

    @property
    def done(self) -> int:
        """The number of executions that ended here."""
        return self._state.done

    @property
    def last_poll(self) -> ev.Poll | None:
        """Its last poll that is an event, if any."""
        index = self._state.last_poll
        return self._world.trace.events[index] if index >= 0 else None  # type: ignore[return-value]

    @property
    def unacked(self) -> int:
        """The number of unacknowledged deliveries it holds."""
        return sum(
            hostname == self.hostname
            for queue in self._world._state.queues.values()
            for _, hostname in queue.unacked.values()
        )

    @property
    def _intake(self) -> Intake:
        """Its limits at this time: what came about since its last event, too."""
        intake = self._state.intake
        if (self._state.active and intake.solo) or not (intake.pending or intake.buckets):
            return intake
        settled = intake.copy()
        settled.settle(self._world.t, self._world._state.index.name_of)
        return settled

    @property
    def window(self) -> int | None:
        """Number of unacknowledged deliveries that the broker lets it hold now; None without a limit."""
        window = self._intake.window
        return window.limit if window.size else None

    def has_room(self, queue: str | None = None) -> bool:
        """True if it may be given another message: by its window, its pool, or its loop if that runs the task.

        `queue`: the one the message is in, which matters where each queue has a window of its own.
        """
        return has_room(self._world._state, self._state, self._intake, queue)

    def late(self) -> dict[str, int]:
        """Tasks whose ETA has passed while the thread that fires timers sleeps: when it wakes, by id."""
        intake = self._intake
        if intake.thread is None:
            return {}
        overdue = sorted(entry for entry in intake.pending if entry[1] <= self._world.t)
        return {self._world.uuid(message): fires for fires, _, _, message in overdue}

    def rate_limited(self) -> dict[str, tuple[int, list[str]]]:
        """Tasks held back by rate limits, by type: (time of the next start, ids in order of receipt)."""
        held = dict(self._state.reserved) | {tag: message for tag, (message, _) in self._state.scheduled.items()}
        intake = self._intake
        return {
            name: (intake.next_start(bucket), [self._world.uuid(held[tag]) for tag in bucket.waiting if tag in held])
            for name, bucket in intake.buckets.items()
            if bucket.waiting
        }

    @property
    def drains_until(self) -> int | None:
        """Until when it looks for more messages before it starts the first one, fresh as it is; else None."""
        until = self._state.intake.drain_until
        return until if until > self._world.t else None

    def deliveries(self) -> list[OpenDelivery]:
        """Return its unacknowledged deliveries, in order of delivery."""
        found = (one for queue in self._world.queues.values() for one in queue.deliveries())
        return sorted((one for one in found if one.hostname == self.hostname), key=lambda one: one.delivery_tag)

    def active(self) -> list[Running]:
        """Return its running executions, by slot."""
        events, states = self._world.trace.events, self._world._state.queues
        unacked = [states[name].unacked for name in self._state.info.queues if name in states]
        found = []
        for slot, (tag, message, index) in sorted(self._state.active.items()):
            sent = self._world.publish(message)
            acked = all(held.get(message, (0, ""))[0] != tag for held in unacked)
            found.append(Running(slot, sent.uuid, sent.name, message, tag, index, events[index].t, acked))
        return found

    def reserved(self) -> list[str]:
        """Return ids of the tasks received and not started, in order received, then those whose ETA has come."""
        now = self._world.t
        due = [message for message, eta in self._state.scheduled.values() if eta <= now]
        return [self._world.uuid(message) for message in [*self._state.reserved.values(), *due]]

    @property
    def reserved_count(self) -> int:
        """Return the length of `reserved` without building it."""
        state = self._state
        due = sum(eta <= self._world.t for _, eta in state.scheduled.values()) if state.scheduled else 0
        return len(state.reserved) + due

    @property
    def transit_count(self) -> int:
        """Return the number of tasks in transit to it."""
        return len(self._state.transit)

    def scheduled(self) -> list[tuple[str, int]]:
        """Return (id, ETA in microseconds) of the tasks held for a future ETA, next one first."""
        held = sorted(self._state.scheduled.values(), key=lambda entry: entry[1])
        return [(self._world.uuid(message), eta) for message, eta in held if eta > self._world.t]

    def accepted(self) -> dict[str, int]:
        """Return the executions its pool has accepted since it came online, by task name; scans the events."""
        since, name = self._state.info.t, self.hostname
        found: Counter[str] = Counter()
        for event in self._world.trace.events[: self._world.cursor]:
            if isinstance(event, ev.TaskStarted) and event.hostname == name and event.t >= since:
                found[self._world.publish(event.message).name] += 1
        return dict(found)

    def revoked(self) -> list[str]:
        """Return the ids of tasks revoked since it came online; scans the events."""
        if (self.hostname, "revoke") not in self._world._state.settings:
            return []
        found: dict[str, None] = {}
        for event in self._world.trace.events[: self._world.cursor]:
            if not isinstance(event, ev.SettingChanged) or event.t < self._state.info.t:
                continue
            if (event.hostname, event.setting) == (self.hostname, "revoke"):
                found |= dict.fromkeys([event.value] if isinstance(event.value, str) else event.value)
        return list(found)

    def leased(self) -> list[str]:
        """Ids of the tasks that the broker takes to be with it, while it neither runs nor holds them."""
        return self._world.leased().get(self.hostname, [])

    def transit(self) -> list[str]:
        """Return ids of the tasks in transit to it."""
        return [self._world.uuid(message) for message in self._state.transit.values()]


class Views(Mapping[str, View], Generic[View, Of]):
    """Views by name, created on access: cached ones would form a reference cycle with their world."""

    def __init__(self, states: Mapping[str, Of], make: Callable[[Of], View]) -> None:
        """Wrap `states`; `make` creates the view of one."""
        self._states = states
        self._make = make

    def versions(self) -> Mapping[str, object]:
        """Return the state behind each view by name: the same object as long as it is unchanged."""
        return self._states

    def __getitem__(self, name: str) -> View:
        return self._make(self._states[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)

    def __contains__(self, name: object) -> bool:
        return name in self._states


def _place(world: World, hostname: str, tag: int) -> str:
    """Return a delivery's place within its worker."""
    worker = world._state.workers[hostname]
    for place, tags in (("transit", worker.transit), ("reserved", worker.reserved), ("scheduled", worker.scheduled)):
        if tag in tags:
            return place
    return "active" if any(running == tag for running, _, _ in worker.active.values()) else "stored"
