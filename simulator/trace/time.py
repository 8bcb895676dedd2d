"""Simulated time: integer microseconds internally, seconds at every boundary.

All conversions happen here.
"""

from __future__ import annotations

from typing import Final

MICROS: Final = 1_000_000
"""Microseconds in a second."""

NEVER: Final = 4611686018427387904
"""A time in microseconds beyond the end of any run: 2**62."""


def to_micros(seconds: float) -> int:
    """Convert seconds to whole microseconds, rounding.

    >>> to_micros(0.1), to_micros(2)
    (100000, 2000000)
    """
    return round(seconds * MICROS)


def as_seconds(micros: int) -> float:
    """Convert microseconds to seconds, exact to the sixth decimal.

    >>> as_seconds(500_000)
    0.5
    """
    return micros / MICROS


def format_seconds(micros: int, decimals: int = 2) -> str:
    """Format microseconds as seconds for display: at least `decimals` decimals, more only if significant.

    >>> format_seconds(500_000), format_seconds(1_234_567), format_seconds(3)
    ('0.50', '1.234567', '0.000003')
    """
    sign = "-" if micros < 0 else ""
    whole, rest = divmod(abs(micros), MICROS)
    digits = f"{rest:06d}"
    kept = digits.rstrip("0")
    return f"{sign}{whole}.{kept:0<{decimals}}" if decimals or kept else f"{sign}{whole}"
