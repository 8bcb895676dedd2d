"""Numbers as a report writes them: with as many digits as are known."""

from __future__ import annotations

import math

from simulator.study.statistics import ConfidenceInterval

UNKNOWN = "-"


def said(interval: ConfidenceInterval, mark: bool = False) -> str:
    """Return a number with half the width of its interval; `mark` writes its sign.

    >>> said(ConfidenceInterval(13.3192, 10.981, 15.657, 20)), said(ConfidenceInterval(-0.5, -0.9, -0.1, 20), mark=True)
    ('13.3 ± 2.3', '-0.50 ± 0.40')
    """
    if math.isnan(interval.value):
        return UNKNOWN
    if math.isnan(interval.low):
        return plain(interval.value)
    places = places_of(interval.half)
    sign = "+" if mark else ""
    return f"{interval.value:{sign},.{places}f} ± {interval.half:,.{places}f}"


def places_of(half: float) -> int:
    """Return the decimals that show two digits of a half width."""
    if not half or not math.isfinite(half):
        return 0 if not half else 3
    return min(6, max(0, 1 - math.floor(math.log10(half))))


def plain(value: float) -> str:
    """Return a number by itself, to four digits."""
    return UNKNOWN if math.isnan(value) else f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def percent(share: float) -> str:
    """Return a share as a percentage, never rounded up to 100 %.

    >>> percent(0.95), percent(0.9912), percent(0.9999)
    ('95%', '99.1%', '99.9%')
    """
    return f"{math.floor(share * 1000 + 1e-9) / 10:g}%"
