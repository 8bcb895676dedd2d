"""Damaged traces: a trace's lines with a few of them cut, moved, doubled or given other values."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

Lines = list[str]

ODD: list[Any] = [
    *(None, True, -1, 0, 1, 2, 3, 10**9, 10**18, 10**30, 10**400, -(10**30), 0.5, -0.0, 1e9, 1e300, 1e-300),
    *(float("nan"), float("inf"), -float("inf"), "", "?", "worker1", "celery", "x" * 2000, "1e400", "5/m"),
    *([], [[]], [1, None], {}, {"a": {}}, {"ko": 1}, "\x1b[2J", "\u202e", "\ud800", "\x00"),
]
"""Values in places where something else belongs."""

NESTED = "[" * 5000 + "]" * 5000
"""A value nested more deeply than a parser goes."""


def _cut(random: Random, lines: Lines) -> Lines:
    """Truncate the file, perhaps in the middle of a line."""
    end = random.randint(1, len(lines))
    return [*lines[: end - 1], lines[end - 1][: random.randint(0, len(lines[end - 1]))]]


def _left_out(random: Random, lines: Lines) -> Lines:
    place = random.randint(0, len(lines) - 1)
    return [*lines[:place], *lines[place + 1 :]]


def _moved(random: Random, lines: Lines) -> Lines:
    """Exchange two lines, and perhaps their times, so that those stay in order."""
    one, other = random.randint(1, len(lines) - 1), random.randint(1, len(lines) - 1)
    rows = [json.loads(lines[one]), json.loads(lines[other])]
    if random.random() < 0.5:
        rows[0]["t"], rows[1]["t"] = rows[1].get("t"), rows[0].get("t")
    found = [*lines]
    found[one], found[other] = json.dumps(rows[1]), json.dumps(rows[0])
    return found


def _doubled(random: Random, lines: Lines) -> Lines:
    place = random.randint(1, len(lines) - 1)
    return [*lines[: place + 1], lines[place], *lines[place + 1 :]]


def _swapped(random: Random, lines: Lines) -> Lines:
    """Give a field the value that it has in another line."""
    place = random.randint(1, len(lines) - 1)
    row = json.loads(lines[place])
    name = random.choice(sorted(row))
    others = [other[name] for other in map(json.loads, lines[1:]) if name in other]
    return _with(lines, place, {**row, name: random.choice(others)})


def _wrong(random: Random, lines: Lines) -> Lines:
    """Give a field, perhaps inside of another, a value of another kind."""
    place = random.randint(0, len(lines) - 1)
    row = json.loads(lines[place])
    inside = row
    while True:
        name = random.choice(sorted(inside))
        if not (isinstance(inside[name], dict) and inside[name] and random.random() < 0.5):
            break
        inside = inside[name]
    inside[name] = random.choice(ODD)
    return _with(lines, place, row)


def _without(random: Random, lines: Lines) -> Lines:
    """Leave a field out."""
    place = random.randint(0, len(lines) - 1)
    row = json.loads(lines[place])
    gone = random.choice(sorted(row))
    return _with(lines, place, {key: row[key] for key in row if key != gone})


def _nested(random: Random, lines: Lines) -> Lines:
    place = random.randint(0, len(lines) - 1)
    return [*lines[:place], lines[place].rstrip("}") + ', "args": ' + NESTED + "}", *lines[place + 1 :]]


def _renamed(random: Random, lines: Lines) -> Lines:
    """Give every line another name where it had one."""
    names = sorted({row[key] for row in map(json.loads, lines[1:]) for key in NAMES if isinstance(row.get(key), str)})
    if not names:
        return lines
    old = random.choice(names)
    new = random.choice([value for value in [*ODD, *names] if isinstance(value, str)])
    return [line.replace(json.dumps(old), json.dumps(new)) for line in lines]


NAMES = ("hostname", "uuid", "name", "queue", "pool", "exception", "setting")

DAMAGES: list[Callable[[Random, Lines], Lines]] = [
    *(_cut, _left_out, _moved, _doubled, _swapped, _swapped, _wrong, _wrong, _without, _nested, _renamed),
]


def _with(lines: Lines, place: int, row: Any) -> Lines:
    return [*lines[:place], json.dumps(row), *lines[place + 1 :]]


def damaged(lines: Lines, random: Random) -> Lines:
    """Return a trace's lines with one or two kinds of damage."""
    for _ in range(random.randint(1, 2)):
        try:
            lines = random.choice(DAMAGES)(random, lines)
        except (ValueError, IndexError, TypeError, RecursionError):  # a broken line cannot be damaged further
            break
    return lines
