"""Queues and workers at a moment, as others see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from simulator.trace import events as ev
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
    """When it started, in microseconds."""
    acked: bool
    """Whether its message is acknowledged already."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that a worker has and has not settled."""

    uuid: str
    message: int
    delivery_tag: int
    queue: str
    hostname: str
    place: str
    """`transit`, `reserved`, `scheduled` or `active`; `stored` where its run has ended and the settling is to come."""


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

    @property
    def consumers(self) -> list[str]:
        """The workers that are online and consume it."""
        workers = self._world.workers.values()
        return [worker.hostname for worker in workers if worker.life == "online" and self.name in worker.info.queues]

    def deliveries(self) -> list[Delivery]:
        """Its messages that are delivered and not settled, the first delivered first."""
        return [
            Delivery(self._world.uuid(message), message, tag, self.name, hostname, _place(self._world, hostname, tag))
            for message, (tag, hostname) in sorted(self._state.unacked.items(), key=lambda item: item[1])
        ]

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
    def queues(self) -> tuple[str, ...]:
        """What it consumes from by now: remote control may have changed it."""
        changed = self._world._state.settings.get((self.hostname, "queues"))
        return self._state.info.queues if changed is None else tuple(changed)

    @property
    def life(self) -> str:
        """`online`, `offline` or `lost`."""
        return self._state.life

    @property
    def connected(self) -> bool:
        """Whether it has a connection to the broker."""
        return self._state.connected

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
            for queue in self._world._state.queues.values()
            for _, hostname in queue.unacked.values()
        )

    @property
    def window(self) -> int | None:
        """How many unacknowledged deliveries the broker lets it hold; None without a limit.

        What it holds for an ETA does not count: each such task widens the window by one.
        Source: celery.worker.strategy: default, where a task has an ETA (`consumer.qos.increment_eventually`).
        """
        prefetch = self._state.info.prefetch_count
        return prefetch + len(self._state.scheduled) if prefetch else None

    def deliveries(self) -> list[Delivery]:
        """What it holds unacknowledged, the first delivered first."""
        found = (one for queue in self._world.queues.values() for one in queue.deliveries())
        return sorted((one for one in found if one.hostname == self.hostname), key=lambda one: one.delivery_tag)

    def active(self) -> list[Running]:
        """What its slots run, by slot."""
        events, states = self._world.trace.events, self._world._state.queues
        unacked = [states[name].unacked for name in self._state.info.queues if name in states]
        found = []
        for slot, (tag, message, index) in sorted(self._state.active.items()):
            sent = self._world.publish(message)
            acked = all(held.get(message, (0, ""))[0] != tag for held in unacked)
            found.append(Running(slot, sent.uuid, sent.name, message, tag, index, events[index].t, acked))
        return found

    def reserved(self) -> list[str]:
        """Ids of the tasks it has received and not started, first received first, then those whose ETA has come."""
        now = self._world.t
        due = [message for message, eta in self._state.scheduled.values() if eta <= now]
        return [self._world.uuid(message) for message in [*self._state.reserved.values(), *due]]

    @property
    def reserved_count(self) -> int:
        """How many tasks it has received and not started: of `reserved`, without looking them up."""
        state = self._state
        due = sum(eta <= self._world.t for _, eta in state.scheduled.values()) if state.scheduled else 0
        return len(state.reserved) + due

    @property
    def transit_count(self) -> int:
        """How many tasks are on their way to it."""
        return len(self._state.transit)

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

    def revoked(self) -> list[str]:
        """Ids of the tasks that it was told not to run, in this life; looks through the events."""
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
        """Ids of the tasks on their way to it."""
        return [self._world.uuid(message) for message in self._state.transit.values()]


class Views(Mapping[str, View], Generic[View, Of]):
    """Views by name, each made when it is asked for: kept ones would be a circle with their world."""

    def __init__(self, states: Mapping[str, Of], make: Callable[[Of], View]) -> None:
        """`make` views one of the `states`."""
        self._states = states
        self._make = make

    def versions(self) -> Mapping[str, object]:
        """What each view stands on, by name: the same object for as long as nothing about it changes."""
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
    """Where in a worker a delivery is."""
    worker = world._state.workers[hostname]
    for place, tags in (("transit", worker.transit), ("reserved", worker.reserved), ("scheduled", worker.scheduled)):
        if tag in tags:
            return place
    return "active" if any(running == tag for running, _, _ in worker.active.values()) else "stored"
