"""Task bookkeeping beyond messages: final states, waiters for results, number of copies."""

from __future__ import annotations

from typing import Protocol

from simulator.trace.events import ResultLost


class Waiter(Protocol):
    """An observer that waits for results."""

    def stored(self, uuid: str, exception: str | None, index: int) -> None:
        """Handle a final result, stored by the event at `index`; `exception` is None for a success."""


class Copied(Protocol):
    """The part of a delivery that decides whether it counts as a copy."""

    is_held: bool
    is_running: bool
    is_leased: bool


class Results:
    """The final states of tasks, and the observers waiting for them."""

    def __init__(self, latency: int = 0) -> None:
        """Start with no results; `latency`: microseconds that storing one takes."""
        self.backend_down = False
        """True if no result can be stored now."""
        self.latency = latency
        """Microseconds that storing a result takes."""
        self.finished: set[str] = set()
        self.effects: set[str] = set()
        """Keys of the side effects that have happened, of tasks that declare one."""
        self.revoked = False
        """True if any worker was sent a revoke."""
        self.awaited: dict[str, Waiter] = {}
        """Observers to notify of a final state, by task."""

    def finish(self, uuid: str, exception: str | None, index: int) -> None:
        """Record a final state, stored by the event at `index`, and notify its waiters."""
        self.finished.add(uuid)
        if self.awaited:
            waiter = self.awaited.pop(uuid, None)
            if waiter is not None:
                waiter.stored(uuid, exception, index)

    def forget(self, copies: Copies) -> None:
        """Forget the final states of tasks without a copy: nobody will ask for them."""
        self.finished.intersection_update(copies.counts)

    def lose(self, lost: ResultLost) -> ResultLost:
        """Record that a result cannot be stored, and return the event of it; nobody will hear of the task again."""
        if lost.state != "RETRY":
            self.finished.add(lost.uuid)
        return lost


class Copies:
    """The number of copies of each task: ready in a queue, or delivered and not finished.

    A delivery is one copy while it is held, leased or running. A task without a copy and without a final state is lost.
    """

    def __init__(self) -> None:
        """Start with no copies."""
        self.counts: dict[str, int] = {}
        """Copies by task; absent means 0."""

    def add(self, uuid: str) -> None:
        """Count one more copy."""
        counts = self.counts
        counts[uuid] = counts.get(uuid, 0) + 1

    def remove(self, uuid: str) -> None:
        """Count one copy less."""
        counts = self.counts
        left = counts[uuid] - 1
        if left:
            counts[uuid] = left
        else:
            del counts[uuid]

    def check(self, delivery: Copied, uuid: str) -> None:
        """Drop the copy of a delivery that is no longer held, leased or running."""
        if not (delivery.is_running or delivery.is_held or delivery.is_leased):
            self.remove(uuid)

    def __contains__(self, uuid: str) -> bool:
        return uuid in self.counts
