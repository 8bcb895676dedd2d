"""The language of goals and answers: a strict subset of Python's expressions, parsed here, never run by Python.

Comparisons of measures with values; `and or not`, `+ - * /`, numbers, names, quoted text, lists. A name is a measure
where it is one (`lost`, `succeeded`), else what it names: a task's id, a worker, a queue, a state.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.scenario.problems import nearest

MEASURES: dict[str, tuple[str, int]] = {
    "sent": ("w", 0),
    "succeeded": ("w", 0),
    "failed": ("w", 0),
    "revoked": ("w", 0),
    "dropped": ("w", 0),
    "lost": ("w", 0),
    "retried": ("w", 0),
    "dead_lettered": ("w", 0),
    "publish_failed": ("w", 0),
    "position": ("w", 1),
    "mean": ("sw", 1),
    "p50": ("sw", 1),
    "p95": ("sw", 1),
    "max": ("qw", 1),
    "util": ("w", 1),
    "deaths": ("w", 0),
    "polls_per_hour": ("", 0),
    "throughput": ("nn", 2),
    "L": ("", 0),
    "arrival_rate": ("", 0),
    "W": ("", 0),
    "runs": ("w", 1),
    "polls": ("w", 0),
    "empty_polls": ("w", 0),
    "worker_of": ("w", 1),
    "state": ("w", 1),
    "started_at": ("wn", 1),
    "finished_at": ("w", 1),
    "finished_by": ("", 0),
    "queue_after": ("ww", 2),
    "queue_at": ("nw", 1),
    "order": ("wwww", 4),
}
"""Measures by name: the kinds of their arguments, and how many are needed.

`w` a name, `n` a number, `s` one of `wait response finished`, `q` one of these or `queue`."""

SUBJECTS = {"s": ("wait", "response", "finished"), "q": ("wait", "response", "finished", "queue")}
"""What a statistic can be taken of."""

STATES = frozenset({"PENDING", "RECEIVED", "STARTED", "SUCCESS", "FAILURE", "RETRY", "REVOKED"})

MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Number:
    """A number; times are seconds."""

    value: float


@dataclass(frozen=True, slots=True)
class Word:
    """A name or quoted text: an id, a worker, a queue, an event, a state."""

    value: str
    column: int = 0
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list of expressions."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the run, with its arguments."""

    name: str
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its operands; comparisons chain as in Python (`a < b < c`)."""

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]


Expression = Number | Word | Items | Measure | Operation


class GoalSyntaxError(Exception):
    """A test that cannot be read: `code` and `params`, and `column` in the text from 0."""

    def __init__(self, code: str, column: int = 0, **params: object) -> None:
        """Keep what is needed to word it."""
        super().__init__(code, column, params)
        self.code = code
        self.column = column
        self.params = params


_BINARY: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE: dict[type, str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


def parse_goal(text: str) -> Expression:
    """Parse a test or an answer's expression; raises `GoalSyntaxError`.

    >>> parse_goal("lost == 0")
    Operation(operators=('==',), operands=(Measure(name='lost', arguments=()), Number(value=0)))
    """
    if len(text) > MAX_LENGTH:
        raise GoalSyntaxError("goal.too_long", limit=MAX_LENGTH)
    if text.count("(") != text.count(")") or text.count("[") != text.count("]"):
        raise GoalSyntaxError("goal.brackets", text=text)
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise GoalSyntaxError("goal.syntax", (getattr(error, "offset", 1) or 1) - 1, text=text) from None
    return _convert(tree.body, text)


def _convert(node: ast.expr, text: str) -> Expression:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            return Number(number)
        case ast.Constant(value=str() as quoted):
            return Word(quoted, _column(node, text), quoted=True)
        case ast.Name(id=name):
            least = MEASURES.get(name)
            return Measure(name) if least is not None and least[1] == 0 else Word(name, _column(node, text))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return Items(tuple(_convert(item, text) for item in items))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return Number(-number)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Operation(("not",), (_convert(operand, text),))
        case ast.BoolOp(op=op, values=values):
            sign = "and" if isinstance(op, ast.And) else "or"
            return Operation((sign,), tuple(_convert(value, text) for value in values))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Operation((_BINARY[type(op)],), (_convert(left, text), _convert(right, text)))
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(o) in _COMPARE for o in ops):
            operands = tuple(_convert(item, text) for item in (left, *others))
            return Operation(tuple(_COMPARE[type(o)] for o in ops), operands)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _measure(name, args, node, text)
        case _:
            pass
    raise GoalSyntaxError("goal.not_allowed", _column(node, text), text=ast.unparse(node)[:60])


def _measure(name: str, args: list[ast.expr], node: ast.expr, text: str) -> Measure:
    if name not in MEASURES:
        raise GoalSyntaxError("goal.unknown_measure", _column(node, text), name=name, meant=nearest(name, MEASURES))
    kinds, fewest = MEASURES[name]
    if not fewest <= len(args) <= len(kinds):
        raise GoalSyntaxError(
            "goal.arguments", _column(node, text), name=name, fewest=fewest, most=len(kinds), given=len(args)
        )
    return Measure(name, tuple(_argument(arg, kind, name, text) for arg, kind in zip(args, kinds, strict=False)))


def _argument(node: ast.expr, kind: str, name: str, text: str) -> Expression:
    """An argument is a plain name (also one that is a measure elsewhere) or a plain number."""
    if kind in SUBJECTS:
        if isinstance(node, ast.Name) and node.id in SUBJECTS[kind]:
            return Word(node.id, _column(node, text), quoted=True)
        raise GoalSyntaxError("goal.subject", _column(node, text), name=name, known=list(SUBJECTS[kind]))
    if kind == "w":
        if isinstance(node, ast.Name):
            return Word(node.id, _column(node, text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return Word(node.value, _column(node, text), quoted=True)
        raise GoalSyntaxError("goal.argument_name", _column(node, text), name=name)
    number = _convert(node, text)
    if not isinstance(number, Number):
        raise GoalSyntaxError("goal.argument_number", _column(node, text), name=name)
    return number


def _column(node: ast.expr, text: str) -> int:
    return node.col_offset + len(text) - len(text.lstrip())


def words(expression: Expression) -> Iterator[Word]:
    """All names and quoted texts in an expression."""
    match expression:
        case Word():
            yield expression
        case Items(items=parts) | Measure(arguments=parts) | Operation(operands=parts):
            for part in parts:
                yield from words(part)
        case Number():
            return
