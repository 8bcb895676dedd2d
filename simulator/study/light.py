"""One run of which only numbers are wanted: measured on the way where that is possible."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.engine import declared_traits, simulate, simulate_into
from simulator.engine.simulation import MAX_EVENTS, MAX_HANDED_ON
from simulator.measure import Tally, Value, can_tally, evaluate, evaluate_tally
from simulator.scenario import Scenario
from simulator.scenario.conditions.goals import Expression, Items, Measure, Operation, words
from simulator.trace.time import to_micros

TASKS_ALONE = frozenset({"wait", "response", "finished"})
"""Subjects of statistics that need no levels."""

LEVELS = frozenset({"process_seconds", "peak", "mean", "p50", "p95", "max"})
"""Measures of levels, unless they are of `TASKS_ALONE`."""


def tally_run(
    scenario: Scenario,
    expressions: Sequence[Expression] | None = None,
    *,
    warm_up: float = 0,
    series: bool = False,
    max_events: int = MAX_HANDED_ON,
) -> Tally:
    """Play a scenario without keeping its trace.

    Args:
        scenario: the scenario to play.
        expressions: all that will be asked of the tally; None: anything.
        warm_up: seconds at the start that do not count.
        series: keep each task's wait.
        max_events: the limit on events.

    Raises:
        LimitReached: the run made too many events.
    """
    asked = expressions or ()
    tally = Tally(
        declared_traits(scenario),
        {word.value for expression in asked for word in words(expression)},
        to_micros(warm_up),
        levels=expressions is None or any(map(_needs_levels, asked)),
        series=series,
    )
    tally.close(simulate_into(tally, scenario, max_events))
    return tally


def measure_run(
    scenario: Scenario, expressions: Sequence[Expression], *, warm_up: float = 0, max_events: int = MAX_EVENTS
) -> list[Value]:
    """Play a scenario and evaluate expressions on the run, without a trace if none of them needs it.

    More than `max_events` events are too many; if it is not given, many more are allowed without a trace.

    Raises:
        LimitReached: the run made too many events.
        ValueError: a warm-up was given, and an expression needs the trace, of which nothing can be left out.
    """
    if all(map(can_tally, expressions)):
        most = MAX_HANDED_ON if max_events == MAX_EVENTS else max_events
        tally = tally_run(scenario, expressions, warm_up=warm_up, max_events=most)
        return [evaluate_tally(expression, tally) for expression in expressions]
    if warm_up:
        raise ValueError(warm_up)
    trace = simulate(scenario, max_events)
    return [evaluate(expression, trace) for expression in expressions]


def _needs_levels(expression: Expression) -> bool:
    match expression:
        case Measure(name=name, arguments=arguments):
            of_tasks = any(word.value in TASKS_ALONE for word in words(Items(arguments[:1])))
            return name in LEVELS and not of_tasks
        case Operation(operands=parts) | Items(items=parts):
            return any(map(_needs_levels, parts))
        case _:
            return False
