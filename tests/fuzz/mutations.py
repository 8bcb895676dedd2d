"""Damage: pieces of text cut and pasted, values of another kind or size, keys where others belong."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

import yaml

from simulator.scenario import json_schema
from tests.trace.damage import ODD

PIECES = [
    *"{}[]()<>:,-=+*/.#&!|%@'\"\\\n\t 0129~^",
    *("null", "true", "1e9", "1e-9", "-1", "1e400", "nan", ".inf", "9" * 400, "[" * 300, "(" * 60, "a." * 300),
    *(
        "\x00",
        "\x1b[2J",
        "\x9b",
        "\u202e",
        "\u200b",
        "\u2028",
        "\ud800",
        "\udcff",
        "\ufeff",
        "한글",
        "👩\u200d💻",
        "e\u0301",
    ),
    *("{a: b}", "[1]", '{"a": 1}', "x" * 5000, "*", "**", "..", "0x10", "1_0", "10/m", "1/0", "%s{n}{0}"),
]
"""Text to put anywhere."""


def cut_up(random: Random, text: str) -> str:
    """Cut, copy, and paste pieces of a text, a few times."""
    for _ in range(random.choice([1, 1, 2, 3, 6])):
        place, length = random.randint(0, len(text)), random.choice([0, 0, 1, 1, 3, 10, 40])
        end = min(place + length, len(text))
        match random.randrange(4):
            case 0:
                new = random.choice(PIECES)
            case 1:
                new = ""
            case 2:
                start = random.randint(0, len(text))
                new = text[start : start + random.choice([1, 3, 10, 40])]
            case _:
                new = chr(random.choice([random.randrange(128), random.randrange(0x3000), random.randrange(0x11000)]))
        text = text[:place] + new + text[end:]
    return text


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Return each (container, key) inside of a value."""
    found, open_ones = [], [value]
    while open_ones:
        one = open_ones.pop()
        if isinstance(one, dict | list):
            keys = list(one) if isinstance(one, dict) else range(len(one))
            found += [(one, key) for key in keys]
            open_ones += [one[key] for key in keys]
    return found


def damaged_value(random: Random, value: Any, times: int) -> Any:
    """Give a few places in a value another one: odd, taken from elsewhere, or gone."""
    for _ in range(times):
        places = places_in(value)
        if not places:
            return deepcopy(random.choice(ODD))
        inside, key = random.choice(places)
        match random.randrange(5):
            case 0:
                del inside[key]
            case 1:
                other, taken = random.choice(places)
                inside[key] = _copied(other[taken])
            case 2 if isinstance(inside, dict):
                inside[str(deepcopy(random.choice(ODD)))] = inside[key]
            case 3 if isinstance(inside[key], int | float):
                inside[key] = random.choice(NUMBERS)
            case _:
                inside[key] = deepcopy(random.choice(ODD))
    return value


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


NUMBERS = [
    *(0, -1, 1, 2, 10**6, 10**9, 10**18, 10**400, 2**31, 2**63, 1e-9, 4e-7, 1e-6, 1e-3, 0.1, 1e9, 1e15, 1e300),
    *(float("inf"), -float("inf"), float("nan"), -0.0, "1", "1e3", "0x1", True, None),
]
"""Numbers of every size, and what is almost one."""


@cache
def _keys() -> tuple[str, ...]:
    """Every key that some section of a scenario has."""
    found: set[str] = set()
    open_ones: list[Any] = [json_schema()]
    while open_ones:
        one = open_ones.pop()
        if isinstance(one, dict):
            found |= set(one.get("properties", {}))
            open_ones += one.values()
        elif isinstance(one, list):
            open_ones += one
    return tuple(sorted(found))


def misfit(random: Random, text: str) -> str:
    """Give a scenario, here and there, a number of another size, a key of another section, an odd value."""
    data = parsed(text)
    for _ in range(random.choice([1, 1, 2, 4])):
        places = places_in(data)
        if not places:
            break
        numbers = [(one, key) for one, key in places if type(one[key]) in (int, float)]
        sections = [one for one, _ in places if isinstance(one, dict)]
        match random.randrange(4):
            case 0 if numbers:
                inside, key = random.choice(numbers)
                inside[key] = random.choice(NUMBERS)
            case 1 if sections:
                random.choice(sections)[random.choice(_keys())] = random.choice(NUMBERS)
            case 2 if sections:
                inside, key = random.choice(places)
                random.choice(sections)[random.choice(_keys())] = _copied(inside[key])
            case _:
                data = damaged_value(random, data, 1)
    return dumped(data)


@cache
def _read(text: str) -> str:
    return json.dumps(yaml.safe_load(text), default=str)


def parsed(text: str) -> Any:
    return json.loads(_read(text))


def dumped(value: Any) -> str:
    """Write a value as JSON, which is YAML too; what JSON has no words for is written all the same."""
    return json.dumps(value, ensure_ascii=False, default=str)
