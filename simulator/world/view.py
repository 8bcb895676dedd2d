"""The read-only world with its queries. What the fold does not keep is read from the task's own events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from functools import partial
from typing import Any

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.crew import Crew, Is
from simulator.world.lifecycle import OUTCOMES
from simulator.world.parts import OpenDelivery, QueueView, Views, WorkerView
from simulator.world.state import State, WorkerState
from simulator.world.tasks import TaskView, view_task


class World:
    """The state after the first `cursor` events of a trace. Read-only."""

    def __init__(self, trace: Trace, cursor: int, state: State) -> None:
        """Wrap a folded state, which must not be folded further."""
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
        """The number of tasks sent and not ended."""
        counts = self._state.counts
        return counts["sent"] - sum(counts[outcome] for outcome in OUTCOMES)

    @property
    def broker_up(self) -> bool:
        """True if the broker is up."""
        return self._state.broker_up

    @property
    def settings(self) -> dict[tuple[str, str], Any]:
        """Settings changed during the run, by (worker or service, setting)."""
        return dict(self._state.settings)

    @property
    def producers(self) -> dict[str, int]:
        """The number of messages sent by each publisher."""
        return dict(self._state.producers)

    @property
    def queues(self) -> Mapping[str, QueueView]:
        """Queues by name, in order of declaration."""
        return Views(self._state.queues, partial(QueueView, self))

    @property
    def workers(self) -> Views[WorkerView, WorkerState]:
        """Workers by name, in the order in which they first came online."""
        return Views(self._state.workers, partial(WorkerView, self))

    @property
    def crew(self) -> Crew:
        """All workers at once: who is free, has room, holds something."""
        return Crew(self._state)

    def viewed(self, names: Set[str]) -> list[WorkerView]:
        """Return workers in the order in which they first came online."""
        workers = self.workers
        return [workers[name] for name in self.crew.in_order(names)]

    def with_room(self, names: Set[str], queue: str) -> list[WorkerView]:
        """Return those workers that may be given a message of a queue, in the order in which they first came online."""
        crew = self.crew
        asked = names & (crew.having(Is.ROOMY) | crew.having(Is.VARYING))
        return [worker for worker in self.viewed(asked) if worker.has_room(queue)]

    def publish(self, message: int) -> ev.TaskSent:
        """Return the task-sent of a message; raises KeyError if unknown."""
        found = self._state.index.publish(message)
        if found is None:
            raise KeyError(message)
        return found

    def uuid(self, message: int) -> str:
        """Return the id of the task a message belongs to."""
        return self.publish(message).uuid

    def sending(self) -> list[ev.TaskSent]:
        """The messages on their way to the broker, each as it was sent."""
        return [self.publish(message) for message in self._state.transit]

    def leased(self) -> dict[str, list[str]]:
        """By worker, ids of the tasks that the broker takes to be with it, while it neither runs nor holds them.

        It has ended them and their settling is to come; or it was killed, or is another process by now.
        """
        known: dict[str, set[int]] = {}
        found: dict[str, list[str]] = {}
        for queue in self._state.queues.values():
            for message, (tag, hostname) in queue.unacked.items():
                if hostname not in known:
                    known[hostname] = self._state.workers[hostname].tags()
                if tag not in known[hostname]:
                    found.setdefault(hostname, []).append(self.uuid(message))
        return found

    def delivered(self, delivery: OpenDelivery) -> int:
        """Return the index of the message-delivered of an unsettled delivery."""
        for index in reversed(self._state.index.history(delivery.uuid, self.cursor)):
            event = self.trace.events[index]
            if isinstance(event, ev.MessageDelivered) and event.delivery_tag == delivery.delivery_tag:
                return index
        raise KeyError(delivery.delivery_tag)

    def callers(self, names: Set[str]) -> tuple[Counter[str], Counter[str]]:
        """By task, how many executions run and how many messages are held for an ETA, of the tasks `names`."""
        name_of = self._state.index.name_of
        running: Counter[str] = Counter()
        held: Counter[str] = Counter()
        for worker in self._state.workers.values():
            running.update(name_of(message) for _, message, _ in worker.active.values())
            held.update(name_of(message) for message, _ in worker.scheduled.values())
        first, second = (Counter({name: found[name] for name in names}) for found in (running, held))
        return first, second

    def unacked_tags(self, queues: tuple[str, ...]) -> set[int]:
        """Return the tags of unsettled deliveries from these queues."""
        states = self._state.queues
        return {tag for name in queues if name in states for tag, _ in states[name].unacked.values()}

    def places(self) -> Iterator[tuple[int, str]]:
        """Yield every message in the system with its place: `transit`, `ready:<queue>` or `unacked:<queue>`."""
        for message in self._state.transit:
            yield message, "transit"
        for name, queue in self._state.queues.items():
            for message in queue.ready:
                yield message, f"ready:{name}"
            for message in queue.unacked:
                yield message, f"unacked:{name}"

    def __contains__(self, uuid: object) -> bool:
        """Return whether a task with this id has been sent."""
        events = self.trace.events
        return isinstance(uuid, str) and any(
            type(events[index]) is ev.TaskSent for index in self._state.index.history(uuid, self.cursor)
        )

    def task(self, uuid: str) -> TaskView:
        """Return a task by id; raises KeyError if it has not been sent."""
        history = self._state.index.history(uuid, self.cursor)
        if uuid not in self:
            raise KeyError(uuid)
        return view_task(uuid, self.trace.events, history)

    def dead_letter(self, message: int) -> ev.MessageDeadLettered | None:
        """Return the event that dead-lettered a message; None if there is none."""
        events = (self.trace.events[index] for index in self._state.index.history(self.uuid(message), self.cursor))
        dead = (event for event in events if isinstance(event, ev.MessageDeadLettered))
        return next((event for event in dead if event.message == message), None)

    def tasks(self) -> list[str]:
        """Return the ids of all tasks sent so far, in order of first sending."""
        seen: dict[str, None] = {}
        for index in self._state.index.sent.values():
            if index < self.cursor:
                seen.setdefault(self.trace.events[index].uuid)  # type: ignore[attr-defined]
        return list(seen)
