"""Leased deliveries: a message not acknowledged in time is restored."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, dropwhile, islice, takewhile

from simulator.engine.results import Copies
from simulator.engine.state import Delivery, Message


class Leases:
    """The latest delivery of each unacknowledged message (Redis' `unacked`, SQS), oldest first.

    An acknowledgement through any delivery of a message ends its lease.
    """

    def __init__(self, copies: Copies) -> None:
        """Start empty."""
        self._copies = copies
        self._running: dict[int, Delivery] = {}
        self._overdue: dict[int, Delivery] = {}
        """Those that some sweep has found to be up and not restored; all are older than those that run."""
        self._hidden: dict[int, Delivery] = {}
        """Those of messages that were returned and become visible at a time of their own."""
        self.visible_at: dict[int, int] = {}
        """By message, that time in microseconds."""

    def __len__(self) -> int:
        return len(self._running) + len(self._overdue) + len(self._hidden)

    def __iter__(self) -> Iterator[Delivery]:
        yield from self._overdue.values()
        yield from self._running.values()
        yield from self._hidden.values()

    def begin(self, delivery: Delivery) -> None:
        """Start the lease of a delivered message."""
        delivery.is_leased = True
        self._running[delivery.message.id] = delivery

    def end(self, message: Message) -> bool:
        """End the lease of a settled or requeued message; return whether it had one."""
        delivery = self._running.pop(message.id, None)
        if delivery is None:
            delivery = self._overdue.pop(message.id, None) or self._hidden.pop(message.id, None)
            if delivery is None:
                return False
            self.visible_at.pop(message.id, None)
        delivery.is_leased = False
        if not (delivery.is_held or delivery.is_running):
            self._copies.remove(message.uuid)
        return True

    def hide(self, message: Message, until: int) -> bool:
        """Keep a returned message from expiring `until` it becomes visible again; return whether it had a lease."""
        delivery = self._running.pop(message.id, None) or self._overdue.pop(message.id, None)
        if delivery is None:
            return False
        self._hidden[message.id] = delivery
        self.visible_at[message.id] = until
        return True

    def oldest(self) -> Delivery | None:
        """Return the lease that expires first; a hidden message does not wait for its lease."""
        return next(chain(self._overdue.values(), self._running.values()), None)

    def newest_up(self, now: int, timeout: int, count: int) -> list[Delivery]:
        """Return at most `count` leases that are `timeout` microseconds old at `now`, newest first.

        Each worker looks with a timeout of its own, so what one has found to be up need not be up for the next.
        """
        latest = now - timeout
        up = list(takewhile(lambda delivery: delivery.at <= latest, self._running.values()))
        for delivery in up:
            del self._running[delivery.message.id]
            self._overdue[delivery.message.id] = delivery
        found = dropwhile(lambda delivery: delivery.at > latest, reversed(self._overdue.values()))
        return list(islice(found, count))
