"""Crontab schedules, as Celery writes them: `{minute: "*/15", hour: "9-17", day_of_week: "mon,wed"}`.

Source: celery.schedules: crontab, crontab_parser. Every field that is given must match, also where both
`day_of_month` and `day_of_week` are.
"""

from __future__ import annotations

import re

FIELDS = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day_of_week": (0, 6),
    "day_of_month": (1, 31),
    "month_of_year": (1, 12),
}
"""Smallest and largest value of each field; a week begins with Sunday, 0."""

_NAMES = {
    "day_of_week": "sun mon tue wed thu fri sat".split(),
    "month_of_year": "jan feb mar apr may jun jul aug sep oct nov dec".split(),
}
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?")


def parse_field(field: str, value: int | str) -> frozenset[int]:
    """The numbers that a field matches.

    >>> sorted(parse_field("day_of_week", "fri-mon"))
    [0, 1, 5, 6]

    Raises:
        ValueError: it cannot be read, or a number is out of range.
    """
    if isinstance(value, int):
        return frozenset((_number(field, str(value)),))
    found: set[int] = set()
    for part in str(value).replace(" ", "").split(","):
        found.update(_part(field, part))
    return frozenset(found)


def _part(field: str, text: str) -> list[int]:
    match = _PART.fullmatch(text)
    if match is None:
        raise ValueError(text)
    star, first, last, step = match.groups()
    low, high = FIELDS[field]
    if star:
        numbers = list(range(low, high + 1))
    else:
        begin = _number(field, first)
        end = _number(field, last) if last else high if step else begin
        # A range may go past the end and begin anew: fri-mon.
        numbers = list(range(begin, end + 1)) if begin <= end else [*range(begin, high + 1), *range(low, end + 1)]
    stride = int(step) if step else 1
    if not stride:
        raise ValueError(text)
    return numbers[::stride]


def _number(field: str, text: str) -> int:
    names = _NAMES.get(field, [])
    low, high = FIELDS[field]
    short = text.lower()[:3]
    number = names.index(short) + low if short in names else int(text)
    if not low <= number <= high:
        raise ValueError(text)
    return number
