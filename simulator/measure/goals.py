"""Goals and answers, evaluated on a trace. Times are seconds, rounded to a millisecond."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.measure.measures import MEASURED
from simulator.scenario.conditions.evaluation import Value, work_out
from simulator.scenario.conditions.goals import Expression, parse_goal
from simulator.scenario.schema import Goal
from simulator.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class GoalResult:
    """A goal with its verdict."""

    goal: Goal
    met: bool


def check_goals(goals: Iterable[Goal], trace: Trace) -> list[GoalResult]:
    """Evaluate goals on a run."""
    return [GoalResult(goal, evaluate_text(goal.test, trace) is True) for goal in goals]


def evaluate_text(text: str, trace: Trace) -> Value:
    """Parse and evaluate a test or measure on a run; raises `GoalSyntaxError` if it cannot be parsed."""
    return evaluate(parse_goal(text), trace)


def same_value(value: Value, key: str) -> bool:
    """Return whether a value equals the key of a choice."""
    if isinstance(value, bool) or value is None:
        return str(value).lower() == key.lower()
    if isinstance(value, int | float):
        try:
            return float(key) == value
        except ValueError:
            return False
    return value == key if isinstance(value, str) else str(value) == key


def evaluate(expression: Expression, trace: Trace) -> Value:
    """Evaluate a parsed expression on a run."""
    return work_out(expression, lambda name, arguments: MEASURED[name](trace, *arguments))
