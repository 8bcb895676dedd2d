"""Distribution fitting for recorded times: a constant, a parametric distribution, or quantiles.

The candidates are those a scenario can draw from, ranked by Akaike's criterion on maximum-likelihood fits. The
best one is checked by its Kolmogorov-Smirnov distance; if that is too large, the quantiles of the sample
are used instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, fmean, pstdev
from typing import Any

STEADY = 0.002
"""Seconds: a sample that varies less than this (or less than `STEADY_SHARE` of itself) counts as constant."""
STEADY_SHARE = 0.03

FEW = 20
"""Minimum sample size for fitting a distribution."""

EDGES = (*(part / 20 for part in range(20)), 0.975, 0.99, 1.0)
"""Edges of the parts of a sample that no distribution fits: narrow at the end, where the longest waits come from."""

FAR = {"normal": 1.035, "lognormal": 1.035, "exponential": 1.308}
"""Times 1/sqrt(n): a larger distance is rejected, at 1 %, with parameters that were fitted to the sample.

Source: Stephens, EDF statistics for goodness of fit, JASA 69 (1974), as corrected from Lilliefors (1967, 1969)."""

_P95 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True)
class Fit:
    """The distribution fitted to a sample."""

    kind: str
    """`constant`, `exponential`, `lognormal`, `normal`, `quantiles`, or `listed` (too few values)."""
    value: Any
    """The value in scenario form: seconds, or a mapping that names a distribution."""
    count: int
    mean: float
    """The sample mean, in seconds."""
    distance: float
    """Kolmogorov-Smirnov distance: the largest gap between the distribution functions, 0 to 1."""


def fit(sample: Sequence[float]) -> Fit:
    """Fit a distribution to `sample`: non-negative seconds, in order of occurrence.

    Raises:
        ValueError: the sample is empty.
    """
    if not sample:
        raise ValueError("an empty sample has no distribution")
    count, mean = len(sample), fmean(sample)
    middle = sorted(sample)[count // 2]
    if max(sample) - min(sample) <= max(STEADY, STEADY_SHARE * middle):
        return Fit("constant", _rounded(middle), count, mean, 0.0)
    if count < FEW:
        return Fit("listed", {"list": [_rounded(value) for value in sample]}, count, mean, 0.0)
    ordered = sorted(sample)
    kind, value, cdf = min(_shapes(ordered, mean), key=lambda shape: shape[0])[1:]
    distance = _distance(ordered, cdf)
    if distance > FAR[kind] / math.sqrt(count):
        return _quantiles(ordered, mean)
    return Fit(kind, value, count, mean, distance)


Shape = tuple[float, str, Any, Callable[[float], float]]
"""(Akaike's criterion, lower is better; name; scenario value; distribution function)."""


def _shapes(ordered: list[float], mean: float) -> list[Shape]:
    count = len(ordered)
    found: list[Shape] = []
    found.append(
        (2 + 2 * count * (1 + math.log(mean)), "exponential", {"exponential": _rounded(mean)}, _exponential(mean))
    )
    spread = pstdev(ordered, mean)
    normal = NormalDist(mean, spread)
    if normal.cdf(0) < 0.001:
        written = {"normal": [_rounded(mean), _rounded(spread)]}
        found.append((4 + count * (math.log(2 * math.pi * spread**2) + 1), "normal", written, normal.cdf))
    if ordered[0] > 0:
        logs = [math.log(value) for value in ordered]
        mu, sigma = fmean(logs), pstdev(logs)
        fitted = NormalDist(mu, sigma)
        criterion = 4 + 2 * sum(logs) + count * (math.log(2 * math.pi * sigma**2) + 1)
        written_log = {"median": _rounded(math.exp(mu)), "p95": _rounded(math.exp(mu + _P95 * sigma))}
        if written_log["median"] > 0:
            found.append((criterion, "lognormal", {"lognormal": written_log}, lambda x: fitted.cdf(math.log(x))))
    return found


def _exponential(mean: float) -> Callable[[float], float]:
    return lambda x: -math.expm1(-x / mean)


def _distance(ordered: Sequence[float], cdf: Callable[[float], float]) -> float:
    count = len(ordered)
    pairs = ((cdf(value), place) for place, value in enumerate(ordered))
    return max(max(share - place / count, (place + 1) / count - share) for share, place in pairs)


def _quantiles(ordered: list[float], mean: float) -> Fit:
    """Summarise parts of the sample by their means, which preserves the overall mean."""
    count = len(ordered)
    weights: dict[float, float] = {}
    for begin, end in pairwise(EDGES):
        inside = ordered[int(begin * count) : int(end * count)]
        if not inside:
            continue
        value = _rounded(fmean(inside))
        weights[value] = weights.get(value, 0) + len(inside)

    def cdf(x: float) -> float:
        return sum(weight for value, weight in weights.items() if value <= x) / count

    distance = max(abs(cdf(value) - (place + 1) / count) for place, value in enumerate(ordered))
    return Fit("quantiles", {"choice": weights}, count, mean, distance)


def _rounded(seconds: float) -> float:
    """Round to the millisecond, or to three digits if finer; never below what a scenario can express."""
    if seconds >= 0.1 or seconds <= 0:
        return round(max(seconds, 0.0), 3)
    return round(seconds, 6)
