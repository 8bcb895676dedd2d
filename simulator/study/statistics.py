"""Intervals: how sure one may be of a number that was found in some runs. Statistics are scipy's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

Vector = np.ndarray[Any, np.dtype[np.float64]]
Numbers = Sequence[float] | Vector

FEWEST = 4
"""Values that an interval of a mean takes."""

BATCHES = 20
"""Batches of one long run: enough for Student's t, and as long as they can be."""


@dataclass(frozen=True, slots=True)
class ConfidenceInterval:
    """A number with its confidence interval; the ends are `nan` where too little is known."""

    value: float
    low: float
    high: float
    count: int
    """Values it was found from."""

    @property
    def half(self) -> float:
        """Half its width."""
        return (self.high - self.low) / 2

    @property
    def relative(self) -> float:
        """Half its width as a share of the number."""
        return self.half / abs(self.value) if self.value else (0.0 if self.half == 0 else math.inf)

    def excludes(self, value: float) -> bool:
        """Return whether a value lies outside."""
        return value < self.low or value > self.high


def mean_of(values: Numbers, confidence: float) -> ConfidenceInterval:
    """Return the mean of independent runs, by Student's t.

    Source: Law, Simulation Modeling and Analysis (2015), 4.5: approximate where runs are few and skewed.
    """
    found = np.asarray(values, dtype=float)
    count = len(found)
    if not count:
        return ConfidenceInterval(math.nan, math.nan, math.nan, 0)
    mean = float(found.mean())
    if count < FEWEST:
        return ConfidenceInterval(mean, math.nan, math.nan, count)
    spread = float(found.std(ddof=1))
    half = float(stats.t.ppf((1 + confidence) / 2, count - 1)) * spread / math.sqrt(count)
    return ConfidenceInterval(mean, mean - half, mean + half, count)


def difference_of(values: Numbers, base: Numbers, confidence: float) -> ConfidenceInterval:
    """Return the mean difference of runs that share their draws, by Student's t on the pairs.

    Source: Law (2015), 10.2.1 and 11.2: common random numbers make the pairs alike, and the interval narrow.
    """
    return mean_of(np.asarray(values, dtype=float) - np.asarray(base, dtype=float), confidence)


def share_of(count: int, total: int, confidence: float) -> ConfidenceInterval:
    """Return the share of runs in which something holds; `low` is the exact one-sided bound, `high` the other one.

    Each bound alone has the confidence asked for: "in at least 99 % of days" takes 459 days without a miss at 99 %.

    Source: Clopper, Pearson: Biometrika 26 (1934).
    """
    if not total:
        return ConfidenceInterval(math.nan, 0.0, 1.0, 0)
    test = stats.binomtest(count, total)
    both = test.proportion_ci(confidence_level=2 * confidence - 1, method="exact")
    return ConfidenceInterval(count / total, float(both.low), float(both.high), total)


def quantile_of(values: Numbers, share: float, confidence: float) -> ConfidenceInterval:
    """Return a quantile over runs between two order statistics, whatever the distribution.

    An end is infinite where there are too few runs to have one.

    Source: David, Nagaraja: Order Statistics (2003), 7.1: each tail of the binomial holds half of the rest.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    count = len(ordered)
    if not count:
        return ConfidenceInterval(math.nan, math.nan, math.nan, 0)
    tail = (1 - confidence) / 2
    first = int(stats.binom.ppf(tail, count, share))
    last = int(stats.binom.ppf(1 - tail, count, share)) + 1
    low = float(ordered[first - 1]) if first >= 1 else -math.inf
    high = float(ordered[last - 1]) if last <= count else math.inf
    return ConfidenceInterval(float(ordered[max(1, math.ceil(share * count)) - 1]), low, high, count)


def is_precise(interval: ConfidenceInterval, precision: float) -> bool:
    """Return whether a mean is known to a share `precision` of itself.

    The half width found must not exceed precision / (1 + precision) of the mean found, so that the mean is within
    `precision` of the true one. Looking again and again, and stopping when it looks good, covers slightly less often
    than the confidence says (0.90 asked, 0.86 to 0.91 found in the source); looking seldom keeps that small.

    Source: Law (2015), 9.4.1.
    """
    return interval.count >= FEWEST and interval.relative <= precision / (1 + precision)


def warm_up_of(series: Numbers, batch: int = 5) -> int:
    """Return how many values at the start to leave out: those before the cut with the smallest standard error (MSER-5).

    At most half of the series is left out; a cut there says that it is too short.

    Source: White, Cobb, Spratt: A comparison of five steady-state truncation heuristics, WSC 2000.
    """
    found = np.asarray(series, dtype=float)
    blocks = len(found) // batch
    if blocks < 4:
        return 0
    means = found[: blocks * batch].reshape(blocks, batch).mean(axis=1)
    left = np.arange(blocks, 0, -1)
    total, squares = (np.cumsum(x[::-1])[::-1] for x in (means, means**2))
    errors = (squares - total**2 / left) / left**2
    return int(np.argmin(errors[: blocks // 2 + 1])) * batch


def batches_of(series: Numbers, statistic: str, confidence: float, batches: int = BATCHES) -> ConfidenceInterval:
    """Return a statistic of one long run (`mean`, `p50`, `p95`, `max`), from the statistics of its batches.

    The batches are taken to be independent, which they are if each is many times as long as waits stay alike.

    Source: Law (2015), 9.5.3: batch means.
    """
    found = np.asarray(series, dtype=float)
    length = len(found) // batches
    if length < 1:
        return mean_of([], confidence)
    parts = found[len(found) - batches * length :].reshape(batches, length)
    shares = {"p50": 0.5, "p95": 0.95}
    if statistic == "mean":
        return mean_of(parts.mean(axis=1), confidence)
    if statistic == "max":
        return mean_of(parts.max(axis=1), confidence)
    return mean_of(np.quantile(parts, shares[statistic], axis=1, method="inverted_cdf"), confidence)
