"""Durations collected on the way: all of them while they are few, else how many lie in each narrow range."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from simulator.measure.summary import Spread
from simulator.trace.time import as_seconds

EXACT_UP_TO: Final = 1 << 17
"""Number of durations that are kept one by one."""

RELATIVE_ERROR: Final = 0.001
"""Of a percentile of more durations than that."""

_STEP = math.log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR))


class Sample:
    """A growing sample of durations in microseconds: append them to `latest`, and `fold` from time to time.

    Beyond `EXACT_UP_TO` durations, it keeps counts in ranges of equal ratio: count, mean and maximum stay exact, and a
    percentile has the relative error `RELATIVE_ERROR`, whatever the order in which they come.

    Source: Masson, Rim, Lee: DDSketch, PVLDB 12 (2019). The libraries' sketches draw at random (KLL) or depend on the
    order (t-digest), and equal runs must give equal numbers.
    """

    __slots__ = ("_count", "_highest", "_ranges", "_total", "latest")

    def __init__(self) -> None:
        """Start empty."""
        self.latest = array("q")
        """Durations that are kept one by one."""
        self._count = 0
        self._total = 0
        self._highest = 0
        self._ranges: Counter[int] = Counter()
        """The others: how many are in each range."""

    def fold(self, beyond: int = EXACT_UP_TO) -> None:
        """Count durations in their ranges if more than `beyond` are kept one by one, or some were counted before."""
        if len(self.latest) > (0 if self._ranges else beyond):
            self._count, self._total, self._highest = len(self), self.total, self.highest
            self._ranges.update(map(_range_of, self.latest))
            del self.latest[:]

    def __len__(self) -> int:
        return self._count + len(self.latest)

    @property
    def total(self) -> int:
        """The sum in microseconds."""
        return self._total + sum(self.latest)

    @property
    def highest(self) -> int:
        """The longest in microseconds; 0 if there is none."""
        return max(self._highest, max(self.latest, default=0))

    def spread(self) -> Spread:
        """Describe the durations in seconds; a percentile is the smallest that enough of them do not exceed."""
        count = len(self)
        if not count:
            return Spread(0)
        middle, high = self._ranks([max(1, math.ceil(share * count)) for share in (0.5, 0.95)])
        return Spread(count, self.total / count / 1e6, middle, high, as_seconds(self.highest))

    def _ranks(self, places: Sequence[int]) -> list[float]:
        """Return the durations, in seconds, at these places from 1, in the order of their lengths."""
        if not self._ranges:
            ordered = sorted(self.latest)
            return [as_seconds(ordered[place - 1]) for place in places]
        found = sorted((self._ranges + Counter(map(_range_of, self.latest))).items())
        passed = list(accumulate(count for _, count in found))
        return [_middle(next(r for (r, _), most in zip(found, passed, strict=True) if most >= p)) for p in places]

    def merge(self, other: Sample) -> None:
        """Add all durations of another sample."""
        self._count, self._highest = self._count + other._count, max(self._highest, other._highest)
        self._total += other._total
        self._ranges.update(other._ranges)
        self.latest.extend(other.latest)
        self.fold()


def _range_of(micros: int) -> int:
    return math.ceil(math.log(micros) / _STEP) if micros > 0 else -1


def _middle(number: int) -> float:
    """Return the duration, in seconds, that is off by `RELATIVE_ERROR` at most from any in a range."""
    return 0.0 if number < 0 else 2 * math.exp(number * _STEP) / (math.exp(_STEP) + 1) / 1e6
