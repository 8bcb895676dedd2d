"""Services that tasks call: with latency, rate limits, limited capacity and outages."""

from __future__ import annotations

from typing import Any

from simulator.scenario.schema import Service as ServiceSpec
from simulator.trace.time import MICROS, to_micros

OVERLOADED = "Overloaded"


class Service:
    """One external service."""

    def __init__(self, spec: ServiceSpec) -> None:
        self.latency = to_micros(spec.latency)
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
