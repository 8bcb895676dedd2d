"""Goals and answers, evaluated on a trace. Times are seconds, rounded to a millisecond."""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from simulator.measure.facts import TaskFacts, facts_of
from simulator.measure.summary import spread, summary
from simulator.scenario.goals import Expression, Items, Measure, Number, Operation, Word, parse_goal
from simulator.scenario.schema import Goal
from simulator.trace.events import Event
from simulator.trace.time import to_micros
from simulator.trace.trace import Trace
from simulator.world import world_at

Value = float | str | bool | list[Any] | None
"""A measure's value; None where there is nothing to measure (the start of a task that never started)."""

HALF_A_MILLISECOND = 500
"""In microseconds: `queue_at(t)` follows all events before t plus this."""


@dataclass(frozen=True, slots=True)
class GoalResult:
    """A goal, and whether the run meets it."""

    goal: Goal
    met: bool


def check_goals(goals: Iterable[Goal], trace: Trace) -> list[GoalResult]:
    """Hold a run against its goals."""
    return [GoalResult(goal, evaluate_text(goal.test, trace) is True) for goal in goals]


def evaluate_text(text: str, trace: Trace) -> Value:
    """The value of a test or measure in a run; raises `GoalSyntaxError` if it cannot be parsed."""
    return evaluate(parse_goal(text), trace)


def same_value(value: Value, key: str) -> bool:
    """Whether a value is what a choice's key says."""
    if isinstance(value, bool) or value is None:
        return str(value).lower() == key.lower()
    if isinstance(value, int | float):
        try:
            return float(key) == value
        except ValueError:
            return False
    return value == key if isinstance(value, str) else str(value) == key


def evaluate(expression: Expression, trace: Trace) -> Value:
    """The value of a parsed expression in a run."""
    match expression:
        case Number(value=number):
            return number
        case Word(value=word):
            return word
        case Items(items=items):
            return [evaluate(item, trace) for item in items]
        case Measure(name=name, arguments=arguments):
            return MEASURED[name](trace, *(evaluate(argument, trace) for argument in arguments))
        case Operation(operators=("and",), operands=operands):
            return all(evaluate(operand, trace) for operand in operands)
        case Operation(operators=("or",), operands=operands):
            return any(evaluate(operand, trace) for operand in operands)
        case Operation(operators=("not",), operands=(operand,)):
            return not evaluate(operand, trace)
        case Operation(operators=signs, operands=operands):
            return _operate(signs, [evaluate(operand, trace) for operand in operands])


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


def _seconds(micros: int | None) -> float | None:
    return None if micros is None else round(micros / 1000) / 1000


def _count(outcome: str | None) -> Callable[..., Value]:
    def count(trace: Trace, whom: str | None = None) -> int:
        facts = facts_of(trace)
        tasks = facts.tasks.values() if whom is None else facts.of(whom)
        return sum(outcome is None or task.outcome == outcome for task in tasks)

    return count


def _runs(trace: Trace, whom: str) -> int:
    return sum(len(task.starts) for task in facts_of(trace).of(whom))


def _tasks(trace: Trace, whom: str | None) -> list[TaskFacts]:
    facts = facts_of(trace)
    return list(facts.tasks.values() if whom is None else facts.of(whom))


def _retried(trace: Trace, whom: str | None = None) -> int:
    return sum(task.retries for task in _tasks(trace, whom))


def _dead_lettered(trace: Trace, whom: str | None = None) -> int:
    return sum(task.dead_letters > 0 for task in _tasks(trace, whom))


def _publish_failed(trace: Trace, whom: str | None = None) -> int:
    return sum(whom is None or whom in refused for refused in facts_of(trace).refused)


def _position(trace: Trace, uuid: str) -> int | None:
    """The place of a task among all in the order of their first starts, from 1."""
    starts = sorted(
        (task.starts[0][0], order, task.uuid)
        for order, task in enumerate(facts_of(trace).tasks.values())
        if task.starts
    )
    return next((place for place, (_, _, other) in enumerate(starts, start=1) if other == uuid), None)


def _statistic(name: str) -> Callable[..., Value]:
    def measure(trace: Trace, what: str, whom: str | None = None) -> float | None:
        values: list[float]
        if what == "queue":
            lengths = [
                view.longest for queue, view in world_at(trace, len(trace)).queues.items() if whom in (None, queue)
            ]
            return max(lengths, default=0) if name == "max" else None
        tasks = _tasks(trace, whom)
        if what == "finished":
            values = [task.finished_at / 1e6 for task in tasks if task.finished_at is not None]
        else:
            found = [task.wait if what == "wait" else task.response for task in tasks]
            values = [value / 1e6 for value in found if value is not None]
        value = getattr(spread(values), name)
        return None if value is None else round(value, 3)

    return measure


def _util(trace: Trace, worker: str) -> float | None:
    return next((w.utilisation for w in summary(trace).workers if w.hostname == worker), None)


def _deaths(trace: Trace, worker: str | None = None) -> int:
    """How often workers, or one, were killed."""
    deaths = facts_of(trace).deaths
    return deaths.total() if worker is None else deaths[worker]


def _polls_per_hour(trace: Trace) -> float | None:
    return round(_polls(trace) * 3600e6 / trace.end, 3) if trace.end else None


def _throughput(trace: Trace, start: float, end: float) -> float | None:
    """Tasks that succeeded a second, from `start` up to, not including, `end`."""
    if end <= start:
        return None
    first, last = to_micros(start), to_micros(end)
    tasks = facts_of(trace).tasks.values()
    done = sum(t.outcome == "succeeded" and first <= (t.finished_at or 0) < last for t in tasks)
    return round(done / (end - start), 3)


def _little(name: str) -> Callable[..., Value]:
    def measure(trace: Trace) -> float | None:
        little = summary(trace).little
        return None if little is None else round(getattr(little, name), 6)

    return measure


def _polls(trace: Trace, worker: str | None = None) -> int:
    facts = facts_of(trace)
    seen = facts.polls.total() if worker is None else facts.polls[worker]
    return seen + facts.silent_polls(worker)


def _empty_polls(trace: Trace, worker: str | None = None) -> int:
    found = facts_of(trace).found
    return _polls(trace, worker) - (found.total() if worker is None else found[worker])


def _worker_of(trace: Trace, uuid: str) -> str | None:
    task = facts_of(trace).tasks.get(uuid)
    if task is None or not (task.starts or task.receivers):
        return None
    return task.starts[-1][1] if task.starts else task.receivers[-1]


def _state(trace: Trace, uuid: str) -> str:
    task = facts_of(trace).tasks.get(uuid)
    return task.state if task is not None else "PENDING"


def _started_at(trace: Trace, uuid: str, nth: float = 1) -> float | None:
    task = facts_of(trace).tasks.get(uuid)
    number = int(nth)
    return _seconds(task.starts[number - 1][0]) if task and 1 <= number <= len(task.starts) else None


def _finished_at(trace: Trace, uuid: str) -> float | None:
    task = facts_of(trace).tasks.get(uuid)
    return _seconds(task.finished_at) if task else None


def _finished_by(trace: Trace) -> float | None:
    """When the last task came to its end; None while one is alive."""
    ends = [task.finished_at for task in facts_of(trace).tasks.values()]
    return None if None in ends else _seconds(max((end for end in ends if end is not None), default=0))


def _first(trace: Trace, kind: str, uuid: str) -> int | None:
    return next((i for i, e in enumerate(trace.events) if e.type == kind and _about(e) == uuid), None)


def _about(event: Event) -> str | None:
    return getattr(event, "uuid", None)


def _queue_after(trace: Trace, kind: str, uuid: str) -> list[str] | None:
    """What stands ready in the task's queue right after an event of that task."""
    index = _first(trace, kind, uuid)
    if index is None:
        return None
    world = world_at(trace, index + 1)
    return world.queues[world.task(uuid).queue].uuids()


def _queue_at(trace: Trace, time: float, queue: str | None = None) -> int:
    """How many messages are ready at a time, in a queue or in all."""
    moment = to_micros(time) + HALF_A_MILLISECOND
    world = world_at(trace, bisect_left(trace.events, moment, key=lambda event: event.t))
    return sum(len(view) for name, view in world.queues.items() if queue in (None, name))


def _order(trace: Trace, first: str, one: str, second: str, other: str) -> bool:
    before, after = _first(trace, first, one), _first(trace, second, other)
    return before is not None and after is not None and before < after


MEASURED: dict[str, Callable[..., Value]] = {
    "sent": _count(None),
    "succeeded": _count("succeeded"),
    "failed": _count("failed"),
    "revoked": _count("revoked"),
    "dropped": _count("dropped"),
    "lost": _count("lost"),
    "retried": _retried,
    "dead_lettered": _dead_lettered,
    "publish_failed": _publish_failed,
    "position": _position,
    "mean": _statistic("mean"),
    "p50": _statistic("p50"),
    "p95": _statistic("p95"),
    "max": _statistic("max"),
    "util": _util,
    "deaths": _deaths,
    "polls_per_hour": _polls_per_hour,
    "throughput": _throughput,
    "L": _little("L"),
    "arrival_rate": _little("arrival_rate"),
    "W": _little("W"),
    "runs": _runs,
    "polls": _polls,
    "empty_polls": _empty_polls,
    "worker_of": _worker_of,
    "state": _state,
    "started_at": _started_at,
    "finished_at": _finished_at,
    "finished_by": _finished_by,
    "queue_after": _queue_after,
    "queue_at": _queue_at,
    "order": _order,
}
"""How each measure of the goal language is taken."""
