"""Rates as Celery writes them.

Source: celery.utils.time: rate.
"""

from __future__ import annotations

from typing import Any

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def parse_rate(value: Any) -> float:
    """Tasks a second; 0.0 is no limit.

    >>> parse_rate("90/m")
    1.5

    Raises:
        ValueError: it is not `<number>`, `<number>/s`, `/m` or `/h`.
    """
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(value)
    if isinstance(value, str):
        count, slash, unit = value.partition("/")
        if slash and unit not in _SECONDS:
            raise ValueError(value)
        found = float(count) / _SECONDS[unit or "s"]
    else:
        found = float(value)
    if not 0 <= found <= 1_000_000:
        raise ValueError(value)
    return found
