"""Knobs of an exercise: the settings it lets one change, each with values to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from simulator.scenario import Scenario
from simulator.scenario.values.kinds import BOOLEAN, INTEGER, NUMBER, fields_at, kind_at
from simulator.scenario.values.paths import join_path, parse_path
from simulator.story.catalog import Words

MAX_KNOBS = 12
"""Most knobs that an exercise offers; for more, editing a file is better."""

COUNTS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 50, 100)
TIMES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600)

ALLOWED = Words("연습 문제에서 바꿀 수 있는 설정입니다.", "The exercise allows you to change this.")
"""Description of a setting that has no other one."""

NOT_ALLOWED = Words("(연습 문제에서는 바꿀 수 없는 설정입니다.)", "(The exercise does not allow you to change this.)")
"""Note on a knob of the lesson that the exercise forbids."""

ROOMS = ("tasks", "workers", "queues", "services")
"""Sections whose entries have names."""

Parts = tuple[str, ...]


def exercise_paths(scenario: Scenario) -> list[str]:
    """Single settings that the exercise lets one change and that have values to choose from.

    A path to a whole section stands for its own settings; `config` and wildcard paths are too many to list.
    """
    exercise = scenario.model.exercise
    found = [] if exercise is None else [one for text in exercise.may_change for one in _leaves(scenario, text)]
    return list(dict.fromkeys(found))[:MAX_KNOBS]


def _leaves(scenario: Scenario, text: str) -> Iterator[str]:
    for parts in _named(scenario, parse_path(text)):
        if len(parts) == 1:
            continue  # a whole room, or what decides the run as a whole
        if kind_at(parts) is not None:
            yield join_path(parts)
        elif len(parts) == 2 and parts[0] in ROOMS:
            inside = ((*parts, key) for key in fields_at(parts))
            yield from (join_path(leaf) for leaf in inside if kind_at(leaf) is not None)


def _named(scenario: Scenario, parts: Parts) -> Iterator[Parts]:
    """The path, once for each entry that a `*` matches."""
    if "*" not in parts:
        yield parts
    elif len(parts) > 1 and parts[0] in ROOMS and parts[1] == "*" and "*" not in parts[2:]:
        yield from ((parts[0], name, *parts[2:]) for name in getattr(scenario.model, parts[0]))


def values_at(path: str, accepts: Callable[[Any], bool]) -> tuple[Any, ...]:
    """Values to try at a path, out of those that `accepts` approves."""
    kind = kind_at(parse_path(path))
    values: tuple[Any, ...] = kind if isinstance(kind, tuple) else ()
    if kind == BOOLEAN:
        values = (False, True)
    elif kind == INTEGER:
        values = COUNTS
    elif kind == NUMBER:
        values = TIMES
    return tuple(value for value in values if accepts(value))
