"""Goals and answers, evaluated on a trace. Times are seconds, rounded to a millisecond."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from simulator.measure.measures import MEASURED, Value
from simulator.scenario.goals import Expression, Items, Measure, Number, Operation, Word, parse_goal
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


MeasureOf = Callable[[str, list[Value]], Value]
"""The value of a measure, by its name and its arguments."""


def work_out(expression: Expression, ask: MeasureOf) -> Value:
    """Evaluate a parsed expression whose measures `ask` knows."""
    match expression:
        case Number(value=number):
            return number
        case Word(value=word):
            return word
        case Items(items=items):
            return [work_out(item, ask) for item in items]
        case Measure(name=name, arguments=arguments):
            return ask(name, [work_out(argument, ask) for argument in arguments])
        case Operation(operators=("and",), operands=operands):
            return all(work_out(operand, ask) for operand in operands)
        case Operation(operators=("or",), operands=operands):
            return any(work_out(operand, ask) for operand in operands)
        case Operation(operators=("not",), operands=(operand,)):
            return not work_out(operand, ask)
        case Operation(operators=signs, operands=operands):
            return _operate(signs, [work_out(operand, ask) for operand in operands])


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_COMPARISON: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _operate(signs: tuple[str, ...], values: list[Value]) -> Value:
    if signs[0] in _ARITHMETIC:
        left, right = values
        if not _is_number(left) or not _is_number(right) or (signs[0] == "/" and right == 0):
            return None
        result: float = _ARITHMETIC[signs[0]](left, right)
        return result
    return all(_compare(sign, a, b) for sign, a, b in zip(signs, values, values[1:], strict=False))


def _compare(sign: str, left: Value, right: Value) -> bool:
    if sign in ("==", "!="):
        return (left == right) == (sign == "==")
    if sign in ("in", "not in"):
        return (isinstance(right, list) and left in right) == (sign == "in")
    return _is_number(left) and _is_number(right) and _COMPARISON[sign](left, right)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
