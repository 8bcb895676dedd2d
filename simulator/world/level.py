"""Levels: numbers that change with events, read at a cursor, at a time or over a span."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from itertools import islice, pairwise
from operator import lt

EVERYTHING = ""
"""The name of the level that is the sum of all others."""


class Level:
    """A non-negative step function, 0 before its first step; all steps of an instant are kept."""

    __slots__ = ("_highest", "_lasting", "_lasting_of", "indices", "times", "values")

    def __init__(self) -> None:
        """Start at zero."""
        self.indices: list[int] = [-1]
        self.times: list[int] = [0]
        """Microseconds."""
        self.values: list[float] = [0]
        self._highest: list[float] = []
        self._lasting: Level | None = None
        self._lasting_of = 1
        """Number of steps that are in it."""

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

    def lasting(self) -> Level:
        """Return the level with the last step of each instant only: what comes and goes at once is not in it.

        It grows with this one: only what is new is read.
        """
        found = self._lasting = self._lasting or Level()
        indices, times, values = found.indices, found.times, found.values
        last, self._lasting_of = self._lasting_of, len(self.times)
        steps = zip(
            islice(self.indices, last, None),
            islice(self.times, last, None),
            islice(self.values, last, None),
            strict=True,
        )
        for index, time, value in steps:
            if time == times[-1]:
                indices[-1], values[-1] = index, value
                del found._highest[len(values) - 1 :]
            else:
                indices.append(index)
                times.append(time)
                values.append(value)
        return found

    def rises(self) -> int:
        """Return how many steps went up."""
        return sum(map(lt, self.values, islice(self.values, 1, None)))

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


class LevelTimes(Level):
    """A level of which no step is kept, only for how long it had each value: it does not grow with its steps.

    It counts from `begin` on. What needs the steps (`at`, `peak`) is not there to ask.
    """

    __slots__ = ("_begin", "_most", "_now", "_rises", "_since", "_spent")

    def __init__(self, begin: int = 0) -> None:
        """Start at zero; `begin` in microseconds."""
        self._begin = self._since = begin
        self._now: float = 0
        self._most: float = 0
        self._rises = 0
        self._spent: defaultdict[float, int] = defaultdict(int)
        """Microseconds at each value."""

    def change(self, index: int, time: int, by: float) -> None:
        """Change by `by`; `time` in microseconds."""
        value = self._now + by
        self.set(index, time, value if value > 0 else 0)

    def set(self, index: int, time: int, value: float) -> None:
        """Set the value; `time` in microseconds."""
        now, since = self._now, self._since
        if time > since:
            self._spent[now] += time - since
            self._since = time
        if value > now:
            self._rises += 1
            if value > self._most:
                self._most = value
        if time < self._begin:
            self._most = value
            self._rises = 0
        self._now = value

    @property
    def now(self) -> float:
        """Return the value after the last step."""
        return self._now

    def highest(self, cursor: int | None = None) -> float:
        """Return the maximum."""
        return self._most

    def rises(self) -> int:
        """Return how many steps went up."""
        return self._rises

    def area(self, end: int) -> float:
        """Return the integral up to `end`, in microseconds times the level's unit."""
        return math.fsum(value * span for value, span in self._spans(end))

    def share(self, part: float, end: int) -> float:
        """Return the smallest value not exceeded for a share `part` (0 to 1) of the time up to `end`."""
        passed, spans = 0, self._spans(end)
        for value, span in spans:
            passed += span
            if span and passed >= part * (end - self._begin):
                return value
        return spans[-1][0]

    def _spans(self, end: int) -> list[tuple[float, int]]:
        """Return each value and the microseconds spent at it, lowest first."""
        spent = {**self._spent, self._now: self._spent.get(self._now, 0) + max(0, end - self._since)}
        return sorted(spent.items())
