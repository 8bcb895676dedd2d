"""Leased deliveries: a message not acknowledged in time is restored."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.engine.results import Copies
from simulator.engine.state import Delivery, Message


class Leases:
    """The latest delivery of each unacknowledged message (Redis' `unacked`, SQS), oldest first.

    An acknowledgement through any delivery of a message ends its lease.
    """

    def __init__(self, copies: Copies, timeout: int) -> None:
        """Start empty; a lease expires after `timeout` microseconds."""
        self.timeout = timeout
        self._copies = copies
        self._running: dict[int, Delivery] = {}
        self._overdue: dict[int, Delivery] = {}
        """Those that a sweep has found to be up and not restored yet; all are older than those that run."""

    def __len__(self) -> int:
        return len(self._running) + len(self._overdue)

    def __iter__(self) -> Iterator[Delivery]:
        yield from self._overdue.values()
        yield from self._running.values()

    def begin(self, delivery: Delivery) -> None:
        """Start the lease of a delivered message."""
        delivery.is_leased = True
        self._running[delivery.message.id] = delivery

    def end(self, message: Message) -> bool:
        """End the lease of a settled or requeued message; return whether it had one."""
        delivery = self._running.pop(message.id, None)
        if delivery is None:
            delivery = self._overdue.pop(message.id, None)
            if delivery is None:
                return False
        delivery.is_leased = False
        if not (delivery.is_held or delivery.is_running):
            self._copies.remove(message.uuid)
        return True

    def oldest(self) -> Delivery | None:
        """Return the lease that expires first."""
        return next(iter(self), None)

    def newest_up(self, now: int, count: int) -> list[Delivery]:
        """Return at most `count` leases expired by `now` (microseconds), newest first."""
        up = []
        for delivery in self._running.values():
            if now - delivery.at < self.timeout:
                break
            up.append(delivery)
        for delivery in up:
            del self._running[delivery.message.id]
            self._overdue[delivery.message.id] = delivery
        return [delivery for _, delivery in zip(range(count), reversed(self._overdue.values()), strict=False)]
