"""Deliveries that are only leased: not acknowledged in time, a message is restored."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.engine.results import Copies
from simulator.engine.state import Delivery, Message


class Leases:
    """By message, the last delivery of what is not acknowledged (Redis' `unacked`, SQS), oldest first.

    Who acknowledges by any delivery of a message ends its lease.
    """

    def __init__(self, copies: Copies, timeout: int) -> None:
        """Nothing is leased; a lease is up after `timeout` microseconds."""
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
        """A message is handed over."""
        delivery.is_leased = True
        self._running[delivery.message.id] = delivery

    def end(self, message: Message) -> bool:
        """A message is settled, or back in its queue; whether it was leased."""
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
        """The lease that is up first."""
        return next(iter(self), None)

    def newest_up(self, now: int, count: int) -> list[Delivery]:
        """At most `count` of the leases that are up, the newest first."""
        up = []
        for delivery in self._running.values():
            if now - delivery.at < self.timeout:
                break
            up.append(delivery)
        for delivery in up:
            del self._running[delivery.message.id]
            self._overdue[delivery.message.id] = delivery
        return [delivery for _, delivery in zip(range(count), reversed(self._overdue.values()), strict=False)]
