"""Who waits for a message of a queue: lines of workers, sorted by when they asked.

A worker of a few queues stands in the line of each. All workers of one and the same long list of queues stand in one
line that these queues share, so that to stand there costs the same however many queues there are.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from simulator.engine.state import Queue

FEW = 8
"""So many queues are few."""


class Asker(Protocol):
    """Somebody who stands in lines."""

    phase: int
    """When it asked, modulo the interval at which questions are repeated."""

    @property
    def index(self) -> int:
        """Of its worker, in order of declaration: of two with the same phase, the lower goes first."""


A = TypeVar("A", bound=Asker)


class Line(Generic[A]):
    """Askers, sorted by phase, then by declaration."""

    __slots__ = ("entries", "ready")

    def __init__(self, ready: set[Queue] | None = None) -> None:
        """Nobody is in it; `ready`: those of its queues that have a message, where there are many."""
        self.ready = ready
        self.entries: list[tuple[int, int, A]] = []
        """(phase, index, asker), sorted."""

    def join(self, asker: A) -> None:
        """Stand in it."""
        entries = self.entries
        if entries:
            insort(entries, (asker.phase, asker.index, asker))
        else:
            entries.append((asker.phase, asker.index, asker))

    def leave(self, asker: A) -> None:
        """Stand in it no more."""
        entries = self.entries
        if len(entries) == 1:
            entries.clear()
        else:
            del entries[bisect_left(entries, (asker.phase, asker.index))]

    def at_or_after(self, phase: int, index: int) -> A:
        """The first whose place is not before that one; around the end of the interval, the very first."""
        entries = self.entries
        place = bisect_left(entries, (phase, index))
        return entries[place if place < len(entries) else 0][2]

    def after(self, phase: int) -> list[A]:
        """All of them, from the first with a later phase on, around the end of the interval."""
        entries = self.entries
        place = bisect_left(entries, (phase + 1, -1))
        return [asker for _, _, asker in (*entries[place:], *entries[:place])]


class Lines(Generic[A]):
    """The lines of all queues."""

    def __init__(self) -> None:
        """There are none."""
        self._own: dict[Queue, Line[A]] = {}
        self._shared: dict[frozenset[Queue], Line[A]] = {}
        self._of: dict[Queue, list[Line[A]]] = {}

    def of(self, queue: Queue) -> Sequence[Line[A]]:
        """All lines in which somebody may wait for a message of that queue."""
        return self._of.get(queue, ())

    def join_for(self, queues: list[Queue]) -> list[Line[A]]:
        """The lines to stand in for these queues."""
        if len(queues) > FEW:
            key = frozenset(queues)
            line = self._shared.get(key)
            if line is None:
                ready = {queue for queue in queues if queue.size}
                line = self._shared[key] = Line(ready)
                for queue in queues:
                    queue.watchers.append(ready)
                    self._of.setdefault(queue, []).append(line)
            return [line]
        return [self._line_of(queue) for queue in queues]

    def _line_of(self, queue: Queue) -> Line[A]:
        line = self._own.get(queue)
        if line is None:
            line = self._own[queue] = Line()
            self._of.setdefault(queue, []).append(line)
        return line
