"""Services that tasks call: with latency, rate limits, limited capacity and outages."""

from __future__ import annotations

from typing import Any

from simulator.scenario.schema import Breaker as BreakerSpec
from simulator.scenario.schema import Service as ServiceSpec
from simulator.trace.time import MICROS, NEVER, to_micros

OVERLOADED = "Overloaded"

TIMEOUT = "Timeout"

CIRCUIT_OPEN = "CircuitBreakerError"
"""Raised at once, without a call, while the breaker is open."""


class Breaker:
    """A circuit breaker: closed; open after failures in a row; then one call at a time is let through, to try.

    Source: pybreaker: CircuitClosedState, CircuitOpenState, CircuitHalfOpenState.
    """

    def __init__(self, spec: BreakerSpec) -> None:
        """Start closed."""
        self._fail_max = spec.fail_max
        self._reset = to_micros(spec.reset_timeout)
        self._failures = 0
        self._until = 0
        """Time from which an open breaker lets a call through, in microseconds."""
        self._is_open = False
        self._tries = False
        """True while a call that was let through is in progress."""

    def admits(self, now: int) -> bool:
        """Return whether a call may be made."""
        if not self._is_open:
            return True
        if now < self._until or self._tries:
            return False
        self._tries = True
        return True

    def report(self, succeeded: bool, now: int) -> str | None:
        """Note the end of a call that it admitted; return its new state, `open` or `closed`, if that has changed."""
        tried, self._tries = self._tries, False
        if succeeded:
            self._failures = 0
            was_open, self._is_open = self._is_open, False
            return "closed" if was_open else None
        self._failures += 1
        if self._is_open and not tried:
            return None  # a call from before it opened
        if tried or self._failures >= self._fail_max:
            self._until = now + self._reset
            was_open, self._is_open = self._is_open, True
            return None if was_open else "open"
        return None


class Service:
    """One external service."""

    def __init__(self, name: str, spec: ServiceSpec) -> None:
        self.name = name
        self.latency = to_micros(spec.latency)
        self.timeout = to_micros(spec.timeout) if spec.timeout is not None else NEVER
        """Microseconds after which a caller gives up."""
        self.breaker = Breaker(spec.breaker) if spec.breaker is not None else None
        self._gap = round(MICROS / spec.rate_limit) if spec.rate_limit is not None else 0
        self._capacity = spec.capacity
        self._next = 0
        """Time at which the one-token bucket is full again, in microseconds."""
        self.calls = 0
        """Calls in progress."""
        self.raises: str | None = None
        """The exception of calls while it is down."""

    def change(self, setting: str, value: Any) -> None:
        """Change `latency`, `rate_limit` or `capacity`; calls in progress are unaffected."""
        if setting == "latency":
            self.latency = to_micros(value)
        elif setting == "capacity":
            self._capacity = value
        else:
            self._gap = round(MICROS / value) if value is not None else 0

    def call(self, now: int) -> str | None:
        """Begin a call; return the exception it is refused with, or None. An accepted call must be `finish`ed."""
        if self.breaker is not None and not self.breaker.admits(now):
            return CIRCUIT_OPEN
        if self.raises is not None:
            return self.raises
        if self._capacity is not None and self.calls >= self._capacity:
            return OVERLOADED
        if self._gap:
            if now < self._next:
                return OVERLOADED
            self._next = now + self._gap
        self.calls += 1
        return None

    def finish(self) -> None:
        """End an accepted call."""
        self.calls -= 1
