"""A number that changes with events: read at a cursor, at a time, or over a span of time."""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import pairwise

EVERYTHING = ""
"""The name of the level that is the sum of all others."""


class Level:
    """A step function, 0 before its first step and never below; steps of one instant are all kept."""

    __slots__ = ("_highest", "indices", "times", "values")

    def __init__(self) -> None:
        """Zero, from the start on."""
        self.indices: list[int] = [-1]
        self.times: list[int] = [0]
        """Microseconds."""
        self.values: list[float] = [0]
        self._highest: list[float] = []

    def change(self, index: int, time: int, by: float) -> None:
        """Step up or down with an event."""
        self.indices.append(index)
        self.times.append(time)
        value = self.values[-1] + by
        self.values.append(value if value > 0 else 0)

    def set(self, index: int, time: int, value: float) -> None:
        """Have a value from an event on."""
        self.indices.append(index)
        self.times.append(time)
        self.values.append(value)

    @property
    def now(self) -> float:
        """The value after the last step."""
        return self.values[-1]

    def at(self, cursor: int) -> float:
        """The value after the first `cursor` events."""
        return self.values[bisect_left(self.indices, cursor) - 1]

    def highest(self, cursor: int | None = None) -> float:
        """The largest value up to a cursor, or ever."""
        if cursor is None:
            return max(self.values)
        known = self._highest
        for value in self.values[len(known) :]:
            known.append(max(known[-1], value) if known else value)
        return known[bisect_left(self.indices, cursor) - 1]

    def peak(self, start: int, end: int) -> float:
        """The largest value from a time up to, not including, another, be it for an instant."""
        first, last = bisect_left(self.times, start), bisect_left(self.times, end)
        before = self.values[first - 1] if first else 0
        return max(before, *self.values[first:last]) if last > first else before

    def area(self, end: int) -> float:
        """The integral from 0 to `end`, in microseconds times its unit."""
        times = self.times if self.times[-1] <= end else [min(t, end) for t in self.times]
        return math.fsum(value * (b - a) for value, (a, b) in zip(self.values, pairwise([*times, end]), strict=True))

    def share(self, part: float, end: int) -> float:
        """The smallest value that is not exceeded for this part of the time from 0 to `end`."""
        times = [*(min(t, end) for t in self.times), end]
        spans = sorted(zip(self.values, (b - a for a, b in pairwise(times)), strict=True))
        passed = 0
        for value, span in spans:
            passed += span
            if span and passed >= part * end:
                return value
        return spans[-1][0]
