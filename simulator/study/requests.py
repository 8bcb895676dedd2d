"""Measures and goals as they are asked for on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.measure import can_tally
from simulator.scenario import Problem, ScenarioError
from simulator.scenario.conditions.goals import Expression, GoalSyntaxError, Measure, Operation, Word, parse_goal

MORE_IS_BETTER = frozenset({"succeeded", "served", "throughput"})
"""Measures of which one wants much; of all others, little."""


def more_is_better(measure: str) -> bool:
    """Return whether one wants a measure to be large."""
    match parse_goal(measure):
        case Measure(name=name):
            return name in MORE_IS_BETTER
        case _:
            return False


def check_expressions(measures: Sequence[str], goals: Sequence[str], *, tallied: bool) -> None:
    """Check the text of measures and goals.

    Args:
        measures: what to measure.
        goals: what to meet.
        tallied: whether it must be possible without a trace (with a warm-up).

    Raises:
        ScenarioError: one cannot be parsed, is no number or no condition, or needs a trace.
    """
    problems = []
    for text, is_goal in [*((text, False) for text in measures), *((text, True) for text in goals)]:
        try:
            found = parse_goal(text)
        except GoalSyntaxError as error:
            problems.append(Problem(error.code, error.params, file="--goal" if is_goal else "--measure"))
            continue
        if is_goal != is_condition(found) or isinstance(found, Word):
            problems.append(Problem("study.not_a_condition" if is_goal else "study.not_a_number", {"text": text}))
        elif tallied and not can_tally(found):
            problems.append(Problem("study.needs_trace", {"test": text}))
    if problems:
        raise ScenarioError(problems)


def is_condition(expression: Expression) -> bool:
    """Return whether an expression is met or not, rather than a number."""
    match expression:
        case Operation(operators=(sign, *_)):
            return sign not in ("+", "-", "*", "/")
        case Measure(name=name):
            return name == "order"
        case _:
            return False
