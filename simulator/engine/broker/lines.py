"""Waiting lines: the workers waiting on each queue, sorted by when they asked.

A worker on few queues joins the line of each. Workers on one and the same long list of queues share one
line, so joining costs the same however many queues there are.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from simulator.engine.state import Queue

FEW = 8
"""Up to this many queues, a worker joins one line per queue."""


class LineMember(Protocol):
    """A subscription that waits in lines."""

    phase: int
    """Time of its request modulo the polling interval, in microseconds."""

    @property
    def index(self) -> int:
        """Declaration index of its worker: the tie-breaker between equal phases, lower first."""


A = TypeVar("A", bound=LineMember)


class WaitingLine(Generic[A]):
    """Askers, sorted by phase, then by declaration."""

    __slots__ = ("entries", "ready")

    def __init__(self, ready: set[Queue] | None = None) -> None:
        """Start empty; `ready`: its queues that have a message, tracked if it has many queues."""
        self.ready = ready
        self.entries: list[tuple[int, int, A]] = []
        """(phase, index, asker), sorted."""

    def join(self, asker: A) -> None:
        """Insert an asker at its place."""
        entries = self.entries
        if entries:
            insort(entries, (asker.phase, asker.index, asker))
        else:
            entries.append((asker.phase, asker.index, asker))

    def leave(self, asker: A) -> None:
        """Remove an asker."""
        entries = self.entries
        if len(entries) == 1:
            entries.clear()
        else:
            del entries[bisect_left(entries, (asker.phase, asker.index))]

    def at_or_after(self, phase: int, index: int) -> A:
        """Return the first asker at or after (`phase`, `index`), wrapping around to the first."""
        entries = self.entries
        place = bisect_left(entries, (phase, index))
        return entries[place if place < len(entries) else 0][2]

    def after(self, phase: int) -> list[A]:
        """Return all askers, starting from the first with a later phase and wrapping around."""
        entries = self.entries
        place = bisect_left(entries, (phase + 1, -1))
        return [asker for _, _, asker in (*entries[place:], *entries[:place])]


class WaitingLines(Generic[A]):
    """The lines of all queues."""

    def __init__(self) -> None:
        """Start with no lines."""
        self._own: dict[Queue, WaitingLine[A]] = {}
        self._shared: dict[frozenset[Queue], WaitingLine[A]] = {}
        self._of: dict[Queue, list[WaitingLine[A]]] = {}

    def of(self, queue: Queue) -> Sequence[WaitingLine[A]]:
        """Return every line that may hold askers for a queue."""
        return self._of.get(queue, ())

    def join_for(self, queues: list[Queue]) -> list[WaitingLine[A]]:
        """Return the lines to join in order to wait on these queues."""
        if len(queues) > FEW:
            key = frozenset(queues)
            line = self._shared.get(key)
            if line is None:
                ready = {queue for queue in queues if queue.size}
                line = self._shared[key] = WaitingLine(ready)
                for queue in queues:
                    queue.watchers.append(ready)
                    self._of.setdefault(queue, []).append(line)
            return [line]
        return [self._line_of(queue) for queue in queues]

    def _line_of(self, queue: Queue) -> WaitingLine[A]:
        line = self._own.get(queue)
        if line is None:
            line = self._own[queue] = WaitingLine()
            self._of.setdefault(queue, []).append(line)
        return line
