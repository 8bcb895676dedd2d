"""Who waits for a message of a queue: lines of workers, sorted by when they asked.

A worker of a few queues stands in the line of each. All workers of one and the same long list of queues stand in one
line that these queues share, so that to stand there costs the same however many queues there are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
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

    def __init__(self) -> None:
        """Nobody is in it."""
        self._keys: list[tuple[int, int]] = []
        self._askers: dict[tuple[int, int], A] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def join(self, asker: A) -> None:
        """Stand in it."""
        key = asker.phase, asker.index
        if self._keys:
            insort(self._keys, key)
        else:
            self._keys.append(key)
        self._askers[key] = asker

    def leave(self, asker: A) -> None:
        """Stand in it no more."""
        key = asker.phase, asker.index
        keys = self._keys
        if len(keys) == 1:
            keys.clear()
        else:
            del keys[bisect_left(keys, key)]
        del self._askers[key]

    def only(self) -> A | None:
        """The asker, where there is just one."""
        return self._askers[self._keys[0]] if len(self._keys) == 1 else None

    def at_or_after(self, phase: int, index: int) -> A:
        """The first whose place is not before that one; around the end of the interval, the very first."""
        keys = self._keys
        place = bisect_left(keys, (phase, index))
        return self._askers[keys[place if place < len(keys) else 0]]

    def after(self, phase: int) -> list[A]:
        """All of them, from the first with a later phase on, around the end of the interval."""
        keys = self._keys
        place = bisect_right(keys, (phase, 1 << 62))
        return [self._askers[key] for key in (*keys[place:], *keys[:place])]


class Lines(Generic[A]):
    """The lines of all queues."""

    def __init__(self) -> None:
        """There are none."""
        self._own: dict[Queue, Line[A]] = {}
        self._shared: dict[tuple[Queue, ...], Line[A]] = {}
        self._of: dict[Queue, list[Line[A]]] = {}

    def of(self, queue: Queue) -> list[Line[A]]:
        """All lines in which somebody may wait for a message of that queue."""
        return self._of.get(queue, [])

    def join_for(self, queues: list[Queue]) -> list[Line[A]]:
        """The lines to stand in for these queues."""
        if len(queues) > FEW:
            key = tuple(sorted(queues, key=lambda queue: queue.on_delivery))
            line = self._shared.get(key)
            if line is None:
                line = self._shared[key] = Line()
                for queue in queues:
                    self._of.setdefault(queue, []).append(line)
            return [line]
        return [self._line_of(queue) for queue in queues]

    def _line_of(self, queue: Queue) -> Line[A]:
        line = self._own.get(queue)
        if line is None:
            line = self._own[queue] = Line()
            self._of.setdefault(queue, []).append(line)
        return line
