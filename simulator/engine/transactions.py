"""Transactions of those who send, which may not have committed yet, and an outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from simulator.engine.clock import Clock

NO_ROW = "DoesNotExist"
"""Raised by a run that looks for a row before the transaction that writes it has committed (Django's exception)."""


class Transactions:
    """The transactions inside which tasks were sent."""

    def __init__(self, clock: Clock) -> None:
        """Start with none."""
        self._clock = clock
        self._commits: dict[str, int] = {}
        """Time of the commit, in microseconds, by task id."""

    def send(self, uuid: str, commits: int) -> None:
        """Note that a task is sent inside a transaction that commits at a time."""
        self._commits[uuid] = commits

    def lacks(self, uuid: str) -> bool:
        """Return True if the row that a task is about is not there yet."""
        return self._clock.now < self._commits.get(uuid, 0)


class Reachable(Protocol):
    """The broker, as far as the relay has to know it."""

    down: bool


class Sendable(Protocol):
    """A call that the relay makes."""

    def send(self, hostname: str, when: int) -> None:
        """Publish the next call."""


class Outbox:
    """A table into which calls are written with the data they are about; a relay sends them, whenever it looks.

    Source: the transactional outbox (C. Richardson, Microservices Patterns, 3.3.7).
    """

    def __init__(self, clock: Clock, broker: Reachable, producer: str, interval: int, when: int) -> None:
        """Start empty; the relay looks at each multiple of `interval` (microseconds), with priority `when`."""
        self._clock, self._broker = clock, broker
        self._producer, self._interval, self._when = producer, interval, when
        self._calls: list[Sendable] = []

    def write(self, calls: Sequence[Sendable]) -> None:
        """Add calls; the relay finds them when it looks next."""
        if not self._calls:
            self._look_later()
        self._calls += calls

    def _look_later(self) -> None:
        self._clock.at((self._clock.now // self._interval + 1) * self._interval, self._when, self._relay)

    def _relay(self, _: object) -> None:
        """Send all that is there, unless the broker is down: then it stays."""
        if self._broker.down:
            self._look_later()
            return
        calls, self._calls = self._calls, []
        for call in calls:
            call.send(self._producer, self._when)
