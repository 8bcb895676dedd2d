"""Events that a step stops at: all but declarations, heartbeats and repeated empty polls."""

from __future__ import annotations

from itertools import islice
from typing import Any

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.passes import Pass, pass_over

DECLARED = frozenset({ev.QueueDeclared, ev.WorkerOnline, ev.ChildStarted})
"""Events at the start that only declare queues, workers and children."""


def is_meaningful(trace: Trace, index: int) -> bool:
    """Return True if stepping stops at an event; see `Meaning`."""
    return bool(meaningful(trace)[index])


def meaningful(trace: Trace) -> bytearray:
    """One flag an event: 1 if stepping stops there, else 0."""
    return meaning_of(trace).marks


def meaning_of(trace: Trace) -> Meaning:
    """The stops of a trace, computed once and kept with it."""
    return pass_over(trace, Meaning)


class Meaning(Pass):
    """The events at which stepping stops.

    It skips queues, workers and children that exist from the start, heartbeats, and empty polls except a worker's first
    since it last received something or came online.
    """

    def __init__(self, trace: Trace) -> None:
        """No event yet."""
        super().__init__(trace)
        self.marks = bytearray()
        """One flag an event, 1 if stepping stops there."""
        self.places: list[tuple[int, int]] = []
        """(cursor right after, time) of each stop after the opening."""
        self.times: list[int] = []
        """Their times."""
        self._opened: int | None = None
        self._declaring = True
        self._empty_pollers: set[str] = set()
        """Workers whose last poll was empty."""

    @property
    def opening(self) -> int:
        """Number of events at the start that only declare things."""
        return self.count if self._opened is None else self._opened

    def extend(self, trace: Trace) -> None:
        """Process the new events."""
        self.trace, start = trace, self.count
        self.count = len(trace.events)
        self.marks += b"\x01" * (self.count - start)
        handler_of, marks = _SPECIAL.get, self.marks
        for index, event in enumerate(islice(trace.events, start, None), start):
            kind = type(event)
            if self._opened is None and (event.t > 0 or kind not in DECLARED):
                self._opened = index
            handler = handler_of(kind)
            if handler is None:
                self._declaring = False
            elif not handler(self, event):
                marks[index] = 0
                continue
            if self._opened is not None:
                self.places.append((index + 1, event.t))
                self.times.append(event.t)

    def _never(self, event: Any) -> bool:
        return False

    def _polled(self, event: ev.Poll) -> bool:
        self._declaring = False
        if event.found:
            self._empty_pollers.discard(event.hostname)
            return True
        if event.hostname in self._empty_pollers:
            return False
        self._empty_pollers.add(event.hostname)
        return True

    def _online(self, event: ev.WorkerOnline) -> bool:
        self._empty_pollers.discard(event.hostname)
        return not self._declaring

    def _child(self, event: ev.ChildStarted) -> bool:
        return not self._declaring

    def _started(self, event: ev.TaskStarted) -> bool:
        self._declaring = False
        self._empty_pollers.discard(event.hostname)  # perhaps one it had held for its ETA
        return True


_SPECIAL = {
    ev.QueueDeclared: Meaning._never,
    ev.WorkerHeartbeat: Meaning._never,
    ev.WorkerOnline: Meaning._online,
    ev.ChildStarted: Meaning._child,
    ev.Poll: Meaning._polled,
    ev.TaskStarted: Meaning._started,
}
