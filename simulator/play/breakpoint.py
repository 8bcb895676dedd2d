"""Breakpoints: forwards to the first moment at which a condition in the language of goals holds."""

from __future__ import annotations

from simulator.measure.moments import KNOWN_NOW, OnsetSearch, not_of_a_moment, strange_names
from simulator.scenario.conditions.goals import Expression, GoalSyntaxError, parse_goal
from simulator.scenario.problems import Problem, ScenarioError
from simulator.trace.trace import Trace


def read_condition(text: str, trace: Trace) -> Expression:
    """Read a condition about a run; raises `ScenarioError` if it cannot be parsed, or asks for what is not there."""
    try:
        expression = parse_goal(text)
    except GoalSyntaxError as error:
        raise ScenarioError([Problem(error.code, error.params)]) from None
    measure = not_of_a_moment(expression)
    if measure is not None:
        raise ScenarioError([Problem("break.measure", {"name": measure, "known": list(KNOWN_NOW)})])
    strange = next(strange_names(expression, trace), None)
    if strange is not None:
        raise ScenarioError([Problem("break.name", {"name": strange.value})])
    return expression


def next_moment(trace: Trace, condition: Expression, start: int = 0, end: int | None = None) -> int | None:
    """Return the first cursor after `start`, up to `end`, at which a condition comes to hold; None if it does not."""
    return OnsetSearch(trace, condition, start, end).run().cursor
