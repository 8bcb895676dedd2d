"""Levels: numbers that change with events, read at a cursor, at a time or over a span."""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import pairwise

EVERYTHING = ""
"""The name of the level that is the sum of all others."""


class Level:
    """A non-negative step function, 0 before its first step; all steps of an instant are kept."""

    __slots__ = ("_highest", "indices", "times", "values")

    def __init__(self) -> None:
        """Start at zero."""
        self.indices: list[int] = [-1]
        self.times: list[int] = [0]
        """Microseconds."""
        self.values: list[float] = [0]
        self._highest: list[float] = []

    def change(self, index: int, time: int, by: float) -> None:
        """Change by `by` at the event `index`; `time` in microseconds."""
        self.indices.append(index)
        self.times.append(time)
        value = self.values[-1] + by
        self.values.append(value if value > 0 else 0)

    def set(self, index: int, time: int, value: float) -> None:
        """Set the value from the event `index` on; `time` in microseconds."""
        self.indices.append(index)
        self.times.append(time)
        self.values.append(value)

    @property
    def now(self) -> float:
        """Return the value after the last step."""
        return self.values[-1]

    def at(self, cursor: int) -> float:
        """Return the value after the first `cursor` events."""
        return self.values[bisect_left(self.indices, cursor) - 1]

    def highest(self, cursor: int | None = None) -> float:
        """Return the maximum up to `cursor`, or of the whole run."""
        if cursor is None:
            return max(self.values)
        known = self._highest
        for value in self.values[len(known) :]:
            known.append(max(known[-1], value) if known else value)
        return known[bisect_left(self.indices, cursor) - 1]

    def peak(self, start: int, end: int) -> float:
        """Return the maximum in [`start`, `end`), however brief; microseconds."""
        first, last = bisect_left(self.times, start), bisect_left(self.times, end)
        before = self.values[first - 1] if first else 0
        return max(before, *self.values[first:last]) if last > first else before

    def area(self, end: int) -> float:
        """Return the integral from 0 to `end`, in microseconds times the level's unit."""
        times = self.times if self.times[-1] <= end else [min(t, end) for t in self.times]
        return math.fsum(value * (b - a) for value, (a, b) in zip(self.values, pairwise([*times, end]), strict=True))

    def share(self, part: float, end: int) -> float:
        """Return the smallest value not exceeded for a share `part` (0 to 1) of the time from 0 to `end`."""
        times = [*(min(t, end) for t in self.times), end]
        spans = sorted(zip(self.values, (b - a for a, b in pairwise(times)), strict=True))
        passed = 0
        for value, span in spans:
            passed += span
            if span and passed >= part * end:
                return value
        return spans[-1][0]
