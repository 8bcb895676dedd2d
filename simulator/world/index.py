"""Lookups in a trace without folding it: a task's events, a message's publish."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import islice

from simulator.trace.events import (
    EVENT_TYPES,
    Event,
    MessageDeadLettered,
    MessageQueued,
    MessageRequeued,
    TaskReceived,
    TaskSent,
)
from simulator.trace.trace import Trace
from simulator.world.lifecycle import MAY_END, end_of
from simulator.world.passes import Pass, pass_over

MADE_READY = (MessageQueued, MessageRequeued, MessageDeadLettered)
ABOUT_A_TASK = frozenset(kind for kind in EVENT_TYPES.values() if "uuid" in kind.__struct_fields__)


class Index(Pass):
    """Links between the events of a trace: for each event the one before it of the same task."""

    def __init__(self, trace: Trace) -> None:
        """Start with no links."""
        super().__init__(trace)
        self.events: tuple[Event, ...] = ()
        self.before = array("i")
        """By event, the index of the previous event of the same task, or -1."""
        self.last: dict[str, int] = {}
        """By task, the index of its last event."""
        self.ended: dict[str, int] = {}
        """By task that has ended, the index of its first end."""
        self.sent: dict[int, int] = {}
        """By message, the index of its task-sent."""

    def extend(self, trace: Trace) -> None:
        """Link the new events."""
        self.trace, start = trace, self.count
        self.events, self.count = trace.events, len(trace.events)
        last, append, get = self.last, self.before.append, self.last.get
        for index, event in enumerate(islice(trace.events, start, None), start):
            kind = type(event)
            if kind not in ABOUT_A_TASK:
                append(-1)
                continue
            uuid: str = event.uuid  # type: ignore[attr-defined]
            append(get(uuid, -1))
            last[uuid] = index
            if kind in MAY_END and uuid not in self.ended and end_of(event):
                self.ended[uuid] = index
            if kind is TaskSent:
                self.sent[event.message] = index  # type: ignore[attr-defined]

    def history(self, uuid: str, cursor: int) -> list[int]:
        """Return the indices of a task's events among the first `cursor` events, in order."""
        found = [index for index in self._back(self.last.get(uuid, -1)) if index < cursor]
        found.reverse()
        return found

    def is_end(self, index: int) -> bool:
        """Return whether the event at `index` is the first end of its task."""
        return self.ended.get(self.events[index].uuid) == index  # type: ignore[attr-defined]

    def has_before(self, index: int, kind: type[Event]) -> bool:
        """Return whether the task of the event at `index` has an earlier event of type `kind`."""
        return any(type(self.events[i]) is kind for i in self._back(self.before[index]))

    def publish(self, message: int) -> TaskSent | None:
        """Return the task-sent of a message; None if unknown."""
        index = self.sent.get(message)
        return None if index is None else self.events[index]  # type: ignore[return-value]

    def name_of(self, message: int) -> str:
        """The task of a message; empty where nobody saw it sent."""
        sent = self.publish(message)
        return "" if sent is None else sent.name

    def ready_since(self, index: int) -> int:
        """The event since which the message was ready that the task-received at `index` is about."""
        received = self.events[index]
        assert isinstance(received, TaskReceived)
        for i in self._back(self.before[index]):
            event = self.events[i]
            if isinstance(event, MADE_READY) and event.message == received.message:
                return i
        return -1

    def _back(self, index: int) -> Iterator[int]:
        while index >= 0:
            yield index
            index = self.before[index]


def index_of(trace: Trace) -> Index:
    """Return the index of a trace, cached with it."""
    return pass_over(trace, Index)
