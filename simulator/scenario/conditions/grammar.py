"""Grammar of every condition in a file, checked on raw data, so that errors appear beside those of other kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.scenario.conditions.goals import GoalSyntaxError, parse_goal
from simulator.scenario.source import Path


def check_tests(data: Any) -> Iterator[tuple[Path, GoalSyntaxError]]:
    """Errors in the grammar of goals and answers, found in raw data, each with its path."""
    for path, text in _raw_tests(data):
        try:
            parse_goal(text)
        except GoalSyntaxError as error:
            yield path, error


def _raw_tests(data: Any) -> Iterator[tuple[Path, str]]:
    yield from _raw_goals(("goals",), data.get("goals"))
    variants = data.get("variants")
    for name, variant in variants.items() if isinstance(variants, dict) else ():
        if isinstance(variant, dict):
            yield from _raw_goals(("variants", name, "goals"), variant.get("goals"))
    scales = data.get("scale")
    for index, scale in enumerate(scales if isinstance(scales, list) else ()):
        if isinstance(scale, dict) and isinstance(scale.get("by"), str):
            yield ("scale", index, "by"), scale["by"]
    exercise = data.get("exercise")
    if isinstance(exercise, dict):
        yield from _raw_goals(("exercise", "goals"), exercise.get("goals"))
    asks = data.get("ask")
    for index, ask in enumerate(asks if isinstance(asks, list) else ()):
        answer = ask.get("answer") if isinstance(ask, dict) else None
        if isinstance(answer, str):
            yield ("ask", index, "answer"), answer
        for key, test in answer.items() if isinstance(answer, dict) else ():
            if isinstance(test, str) and test != "else":
                yield ("ask", index, "answer", key), test


def _raw_goals(path: Path, goals: Any) -> Iterator[tuple[Path, str]]:
    for index, goal in enumerate(goals if isinstance(goals, list) else ()):
        if isinstance(goal, str):
            yield (*path, index), goal
        elif isinstance(goal, dict) and isinstance(goal.get("test"), str):
            yield (*path, index, "test"), goal["test"]
