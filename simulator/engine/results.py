"""What is known of tasks beyond their messages: which are finished, who waits for one, how many copies there are."""

from __future__ import annotations

from typing import Protocol


class Waiter(Protocol):
    """Somebody who waits for results."""

    def stored(self, uuid: str, exception: str | None, index: int) -> None:
        """A task has a final result, stored by the event at `index`; `exception` is None for a success."""


class Copied(Protocol):
    """A delivery, as far as it counts as a copy."""

    is_held: bool
    is_running: bool
    is_leased: bool


class Results:
    """The final states of tasks, and who waits for them."""

    def __init__(self, latency: int = 0) -> None:
        """No task has one yet; `latency`: microseconds that storing one takes."""
        self.backend_down = False
        """Whether nothing can be stored now."""
        self.latency = latency
        """Microseconds that storing a result takes."""
        self.finished: set[str] = set()
        self.effects: set[str] = set()
        """Tasks whose side effect has happened, of those that declare it."""
        self.revoked = False
        """Whether any worker was told not to run something."""
        self.awaited: dict[str, Waiter] = {}
        """By task, who is told when it has a final state."""

    def finish(self, uuid: str, exception: str | None, index: int) -> None:
        """A task has a final state, stored by the event at `index`: whoever waits for it is told."""
        self.finished.add(uuid)
        if self.awaited:
            waiter = self.awaited.pop(uuid, None)
            if waiter is not None:
                waiter.stored(uuid, exception, index)


class Copies:
    """How many copies of each task there are: ready in a queue, or delivered and not over.

    A delivery is one copy while it is held, leased or running. A task without a copy and without a final state is lost.
    """

    def __init__(self) -> None:
        """There are none."""
        self.counts: dict[str, int] = {}
        """By task; none is 0."""

    def add(self, uuid: str) -> None:
        """One copy more."""
        counts = self.counts
        counts[uuid] = counts.get(uuid, 0) + 1

    def remove(self, uuid: str) -> None:
        """One copy less."""
        counts = self.counts
        left = counts[uuid] - 1
        if left:
            counts[uuid] = left
        else:
            del counts[uuid]

    def check(self, delivery: Copied, uuid: str) -> None:
        """A delivery is held, leased or running no longer: it may be no copy any more."""
        if not (delivery.is_running or delivery.is_held or delivery.is_leased):
            self.remove(uuid)

    def __contains__(self, uuid: str) -> bool:
        return uuid in self.counts
