"""The language of goals and answers: a strict subset of Python's expressions, parsed here, never run by Python.

Comparisons of measures with values; `and or not`, `+ - * /`, numbers, names, quoted text, lists. A name is a measure
where it is one (`lost`, `succeeded`), else what it names: a task's id, a worker, a queue, a state. Names may have dots
(`shop.order`); what Python does not take for a name needs quotes (`"send-email"`, `"import.all"`).
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from simulator.scenario.problems import nearest

MEASURES: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("sent", "succeeded", "failed", "revoked", "ignored", "dropped", "lost", "served"), ("x", 0)),
    **dict.fromkeys(("retried", "dead_lettered", "publish_failed", "duplicates", "finished_by"), ("x", 0)),
    **dict.fromkeys(("runs", "effects"), ("x", 1)),
    **dict.fromkeys(("state", "worker_of", "position", "finished_at"), ("i", 1)),
    "started_at": ("in", 1),
    "result_state": ("un", 1),
    **dict.fromkeys(
        ("deaths", "polls", "empty_polls", "polls_per_hour", "util", "process_seconds", "running"), ("k", 0)
    ),
    **dict.fromkeys(("mean", "p50", "p95", "max"), ("sw", 1)),
    "peak": ("pwnn", 1),
    **dict.fromkeys(("queue_length", "unacked", "load", "load_verdict"), ("q", 0)),
    "queue_at": ("nq", 1),
    "age_at": ("nx", 1),
    "results_at": ("n", 1),
    "late": ("nx", 1),
    "queue_after": ("ei", 2),
    "order": ("eiei", 4),
    "throughput": ("nnx", 2),
    **dict.fromkeys(("L", "arrival_rate", "W", "end"), ("", 0)),
}
"""Measures by name: the kinds of their arguments, and how many are needed.

`x` a task's id, a task type or a queue; `i` a task's id, `u` any id, also one that was
never sent; `k` a worker; `q` a queue; `e` an event; `n` a number of
seconds or `end`; `s` what a statistic is of, `p` what a peak is of, and `w` whose, which depends on that (`SUBJECTS`).
The two times of a peak may stand without a `w`."""

SUBJECTS = {"wait": "x", "response": "x", "finished": "x", "queue": "q", "processes": "k", "memory": "k", "calls": "v"}
"""Subjects of statistics and peaks, with the kind of name that narrows each (`v`: a service)."""

STATISTICS = ("wait", "response", "finished", "queue", "processes", "memory")
PEAKS = ("queue", "processes", "memory", "calls")

SIGNALS = frozenset({"queue_length", "unacked", "running"})
"""Measures of a moment alone, which a controller can read while the run goes on."""

LOAD_VERDICTS = ("stable", "backlogged", "overloaded")
"""Values of `load_verdict`, the best first."""

STATES = frozenset({"PENDING", "RECEIVED", "STARTED", "SUCCESS", "FAILURE", "RETRY", "REVOKED", "REJECTED"})

MAX_LENGTH = 500

LARGEST = 1e15
"""Upper bound of numbers, as in a scenario."""


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
    kind: str = ""
    """The kind of name expected, if this is a measure's argument (see `MEASURES`)."""


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
    """A condition that cannot be parsed: `code` and `params`, and `column` in the text from 0."""

    def __init__(self, code: str, column: int = 0, **params: object) -> None:
        """Keep the code and parameters for the message."""
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


# Each goal of a file is parsed to check its grammar, its names, and again for each of its variants.
@lru_cache(maxsize=4096)
def parse_goal(text: str) -> Expression:
    """Parse a condition or an answer's expression; raises `GoalSyntaxError`.

    >>> parse_goal("lost == 0")
    Operation(operators=('==',), operands=(Measure(name='lost', arguments=()), Number(value=0)))
    """
    if len(text) > MAX_LENGTH:
        raise GoalSyntaxError("goal.too_long", limit=MAX_LENGTH)
    if text.count("(") != text.count(")") or text.count("[") != text.count("]"):
        raise GoalSyntaxError("goal.brackets", text=text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # `1and 2`: Python would say so on stderr
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise GoalSyntaxError("goal.syntax", (getattr(error, "offset", 1) or 1) - 1, text=text) from None
    return _convert(tree.body, text)


def _convert(node: ast.expr, text: str) -> Expression:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number) if number <= LARGEST:
            return Number(number)
        case ast.Constant(value=str() as quoted):
            return Word(quoted, _column(node, text), quoted=True)
        case ast.Name(id=name):
            least = MEASURES.get(name)
            return Measure(name) if least is not None and least[1] == 0 else Word(name, _column(node, text))
        case ast.Attribute() if (dotted := _dotted(node)) is not None:
            return Word(dotted, _column(node, text))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return Items(tuple(_convert(item, text) for item in items))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)) if number <= LARGEST:
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
    raise GoalSyntaxError(
        "goal.not_allowed", _column(node, text), text=(ast.get_source_segment(text.strip(), node) or text)[:60]
    )


def _measure(name: str, args: list[ast.expr], node: ast.expr, text: str) -> Measure:
    if name not in MEASURES:
        raise GoalSyntaxError("goal.unknown_measure", _column(node, text), name=name, meant=nearest(name, MEASURES))
    kinds, fewest = MEASURES[name]
    subject: Word | None = None
    arguments: list[Expression] = []
    if args and kinds[:1] in ("s", "p"):
        subject, owner = _subject(args[0], kinds[0], name, text)
        arguments = [subject, *owner]
        timed = len(args) > 1 and (owner or _is_time(args[1]))
        kinds = kinds[1:].removeprefix("w") if owner or timed else kinds[1:]
        kinds, args, fewest = kinds.replace("w", SUBJECTS[subject.value]), args[1:], 0
    # A peak has both of its times, or none.
    if not fewest <= len(args) <= len(kinds) or (subject and kinds.endswith("nn") and len(args) == len(kinds) - 1):
        most = len(MEASURES[name][0])
        given = len(args) + len(arguments)
        raise GoalSyntaxError(
            "goal.arguments", _column(node, text), name=name, fewest=MEASURES[name][1], most=most, given=given
        )
    arguments += [_argument(arg, kind, name, text) for arg, kind in zip(args, kinds, strict=False)]
    return Measure(name, tuple(arguments))


def _subject(node: ast.expr, kind: str, name: str, text: str) -> tuple[Word, list[Word]]:
    """The subject of a statistic or peak, and the name after its dot, if any: `calls.mail`."""
    known = STATISTICS if kind == "s" else PEAKS
    match node:
        case ast.Name(id=subject) if subject in known:
            return Word(subject, _column(node, text), quoted=True), []
        case ast.Attribute(value=ast.Name(id="calls"), attr=service) if "calls" in known:
            column = _column(node, text)
            return Word("calls", column, quoted=True), [Word(service, column + len("calls."), quoted=True, kind="v")]
        case _:
            raise GoalSyntaxError("goal.subject", _column(node, text), name=name, known=list(known))


def _dotted(node: ast.expr) -> str | None:
    """The name that a node is, with the dots in it; None if it is something else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=last):
            before = _dotted(value)
            return None if before is None else f"{before}.{last}"
        case _:
            return None


def _is_time(node: ast.expr) -> bool:
    name = _dotted(node)
    if name is not None:
        return name == "end"
    return not (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _argument(node: ast.expr, kind: str, name: str, text: str) -> Expression:
    """Parse an argument: a plain name (which may be a measure elsewhere), a plain number or `end`."""
    if kind == "n":
        number = _convert(node, text)
        if not isinstance(number, Number) and number != Measure("end"):
            raise GoalSyntaxError("goal.argument_number", _column(node, text), name=name)
        return number
    dotted = _dotted(node)
    if dotted is not None:
        return Word(dotted, _column(node, text), kind=kind)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return Word(node.value, _column(node, text), quoted=True, kind=kind)
    raise GoalSyntaxError("goal.argument_name", _column(node, text), name=name)


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


def reads_signals(expression: Expression) -> bool:
    """Return whether an expression is a number that is made of `SIGNALS` alone."""
    match expression:
        case Number():
            return True
        case Measure(name=name):
            return name in SIGNALS
        case Operation(operators=(sign,), operands=operands) if sign in ("+", "-", "*", "/"):
            return all(map(reads_signals, operands))
        case _:
            return False
