"""What can be looked up in a trace without folding it: a task's events, a message's publish."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from simulator.trace.events import (
    Event,
    MessageDropped,
    ResultStored,
    TaskFailed,
    TaskIgnored,
    TaskLost,
    TaskRevoked,
    TaskSent,
    TaskSucceeded,
)
from simulator.trace.trace import Trace

FINAL_STATES = frozenset({"SUCCESS", "FAILURE", "REVOKED"})
"""States that the result backend keeps for good."""


def is_final(event: Event) -> bool:
    """Whether an event ends its task: its result is stored, its worker reports it, or it is ignored, lost or dropped.

    A worker can die between storing and reporting; the task has ended all the same.
    """
    if type(event) is ResultStored:
        # A canvas stores FAILURE for what it will never send: no message, and nothing that could end.
        return event.state in FINAL_STATES and event.message > 0
    if type(event) is MessageDropped:
        return not event.delivery_tag
    return isinstance(event, TaskSucceeded | TaskFailed | TaskRevoked | TaskIgnored | TaskLost)


class Index:
    """Links between the events of a trace: for each event the one before it of the same task."""

    def __init__(self, trace: Trace) -> None:
        """One pass over the events."""
        self.events = trace.events
        self.before = array("i", bytes(4 * len(trace.events)))
        """By event, the index of the previous event of the same task, or -1."""
        self.last: dict[str, int] = {}
        """By task, the index of its last event."""
        self.sent: dict[int, int] = {}
        """By message, the index of its task-sent."""
        last, before = self.last, self.before
        for index, event in enumerate(self.events):
            uuid = getattr(event, "uuid", None)
            if uuid is None:
                before[index] = -1
                continue
            before[index] = last.get(uuid, -1)
            last[uuid] = index
            if type(event) is TaskSent:
                self.sent[event.message] = index

    def history(self, uuid: str, cursor: int) -> list[int]:
        """Indices of a task's events among the first `cursor`, in order."""
        found = [index for index in self._back(self.last.get(uuid, -1)) if index < cursor]
        found.reverse()
        return found

    def is_final_before(self, index: int) -> bool:
        """Whether the task of the event at `index` had ended before it."""
        return any(is_final(self.events[i]) for i in self._back(self.before[index]))

    def was_sent_before(self, index: int) -> bool:
        """Whether the task of the event at `index` had been sent before it."""
        return any(type(self.events[i]) is TaskSent for i in self._back(self.before[index]))

    def publish(self, message: int) -> TaskSent | None:
        """The task-sent of a message."""
        index = self.sent.get(message)
        return None if index is None else self.events[index]  # type: ignore[return-value]

    def _back(self, index: int) -> Iterator[int]:
        while index >= 0:
            yield index
            index = self.before[index]
