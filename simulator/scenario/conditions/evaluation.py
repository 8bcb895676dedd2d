"""The evaluation of expressions of the goal language, given the values of their measures."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from simulator.scenario.conditions.goals import Expression, Items, Measure, Number, Operation, Word

Value = float | str | bool | list[Any] | None
"""A measure's value; None if there is nothing to measure (the start of a task that never started)."""

MeasureOf = Callable[[str, list[Value]], Value]
"""The value of a measure, by its name and its arguments."""


Prepared = Callable[[], Value]
"""An expression whose measures are bound: it is called for its value."""


def work_out(expression: Expression, ask: MeasureOf) -> Value:
    """Evaluate a parsed expression whose measures `ask` knows."""

    def bind(measure: Measure) -> Prepared:
        return lambda: ask(measure.name, [work_out(argument, ask) for argument in measure.arguments])

    return prepare(expression, bind)()


def prepare(expression: Expression, bind: Callable[[Measure], Prepared]) -> Prepared:
    """Prepare an expression that is evaluated many times; `bind` finds what tells the value of a measure."""
    match expression:
        case Number(value=number):
            return lambda: number
        case Word(value=word):
            return lambda: word
        case Measure():
            return bind(expression)
        case Items(items=parts) | Operation(operands=parts):
            values = [prepare(part, bind) for part in parts]
    if isinstance(expression, Items):
        return lambda: [value() for value in values]
    signs = expression.operators
    match signs:
        case ("and",):
            return lambda: all(value() for value in values)
        case ("or",):
            return lambda: any(value() for value in values)
        case ("not",):
            return lambda: not values[0]()
        case _:
            return lambda: _operate(signs, [value() for value in values])


MOST = 1e300
"""Beyond it a result is infinite, so that whole numbers do not grow without end."""

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
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
    if signs[0] in ARITHMETIC:
        left, right = values
        if not is_number(left) or not is_number(right) or (signs[0] == "/" and right == 0):
            return None
        result: float = ARITHMETIC[signs[0]](left, right)
        if result > MOST or result < -MOST:
            return math.inf if result > 0 else -math.inf
        return None if math.isnan(result) else result
    return all(_compare(sign, a, b) for sign, a, b in zip(signs, values, values[1:], strict=False))


def _compare(sign: str, left: Value, right: Value) -> bool:
    if sign in ("==", "!="):
        return (left == right) == (sign == "==")
    if sign in ("in", "not in"):
        return (isinstance(right, list) and left in right) == (sign == "in")
    return is_number(left) and is_number(right) and _COMPARISON[sign](left, right)


def is_number(value: Value) -> bool:
    """Return whether a value can be reckoned with."""
    return isinstance(value, int | float) and not isinstance(value, bool)
