"""Which distribution recorded times come from: a constant, a shape with few parameters, or their quantiles.

The shapes are those that a scenario can draw from. They are compared by Akaike's criterion on maximum-likelihood fits;
how near the best one lies is told by the Kolmogorov-Smirnov distance, and where it lies too far off, the quantiles of
what was recorded stand in for a shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, pstdev
from typing import Any

STEADY = 0.002
"""Seconds: what varies less than this (or by less than `STEADY_SHARE` of itself) counts as constant."""
STEADY_SHARE = 0.03

FEW = 20
"""Below so many values a shape would be guesswork."""

QUANTILES = 20
"""So many quantiles stand for a sample that no shape fits."""

FAR = 1.36
"""Times 1/sqrt(n): a larger distance is rejected (Kolmogorov-Smirnov, 5 %; fitted parameters make it lenient)."""

_P95 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True)
class Fit:
    """What a sample is taken for."""

    kind: str
    """`constant`, `exponential`, `lognormal`, `normal`, `quantiles`, or `listed` (too few to say)."""
    value: Any
    """As a scenario writes it: seconds, or a mapping that names a distribution."""
    count: int
    mean: float
    """Of the sample, in seconds."""
    distance: float
    """Kolmogorov-Smirnov: the largest difference of the two distribution functions, 0 to 1."""


def fit(sample: Sequence[float]) -> Fit:
    """The distribution of `sample`, seconds from 0 up, in the order of their occurrence.

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
    if distance > FAR / math.sqrt(count):
        return _quantiles(ordered, mean)
    return Fit(kind, value, count, mean, distance)


Shape = tuple[float, str, Any, Callable[[float], float]]
"""Akaike's criterion (less is better), name, as written, distribution function."""


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
    """Equal parts of the sample, each by its mean: the mean of the whole stays as it was."""
    count = len(ordered)
    weights: dict[float, float] = {}
    for part in range(QUANTILES):
        inside = ordered[part * count // QUANTILES : (part + 1) * count // QUANTILES]
        value = _rounded(fmean(inside))
        weights[value] = weights.get(value, 0) + len(inside)

    def cdf(x: float) -> float:
        return sum(weight for value, weight in weights.items() if value <= x) / count

    distance = max(abs(cdf(value) - (place + 1) / count) for place, value in enumerate(ordered))
    return Fit("quantiles", {"choice": weights}, count, mean, distance)


def _rounded(seconds: float) -> float:
    """To the millisecond, or to three digits where that is finer; never below what a scenario can say."""
    if seconds >= 0.1 or seconds <= 0:
        return round(max(seconds, 0.0), 3)
    return round(seconds, 6)
