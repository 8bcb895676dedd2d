"""The draws as they fell: what the real thing leaves to chance is no difference, if any outcome of it agrees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.engine import Simulation
from simulator.engine.chances import Drawn
from simulator.measure.agreement import Comparison
from simulator.scenario import Scenario
from simulator.trace import Trace, as_seconds

MOST = 400
"""Runs that are spent on finding out how the draws fell."""
REACH = 6
"""Draws before the first difference that may have led to it."""
LATER = 0.001
"""Seconds that the first difference must move by to be another one."""
REACTION = 0.2
"""Seconds that a draw may be told after the first difference: the recording has it too early."""


@dataclass(frozen=True)
class Fallen:
    """The prediction that comes closest, with the draws that led to it."""

    trace: Trace
    comparison: Comparison
    told: Mapping[str, int]
    """By name, the draws that fell otherwise than is usual."""
    drawn: int
    """How many draws there were."""


def as_it_fell(scenario: Scenario, hold: Callable[[Trace], Comparison]) -> Fallen:
    """Predict with each draw as the recording has it, one after the other from the first difference back.

    A draw that is wrong shows: the run that has it right differs later, or not at all.
    """
    best, drawn = _play(scenario, {}, hold)
    left = MOST
    while best.comparison.differences and left > 0:
        latest = best.comparison.since + REACTION
        suspects = [draw for draw in drawn if as_seconds(draw.t) <= latest][::-1][:REACH]
        tried = [
            _play(scenario, {**best.told, draw.name: option}, hold)
            for draw in suspects
            for option in range(draw.options)
            if option != draw.fell
        ]
        left -= len(tried)
        better = max(tried, key=lambda one: one[0].comparison.since, default=None)
        if better is None or better[0].comparison.since <= best.comparison.since + LATER:
            break
        best, drawn = better
    return best


def _play(
    scenario: Scenario, told: Mapping[str, int], hold: Callable[[Trace], Comparison]
) -> tuple[Fallen, list[Drawn]]:
    simulation = Simulation(scenario, told=told)
    trace = simulation.run()
    drawn = simulation.context.chances.drawn
    return Fallen(trace, hold(trace), told, len(drawn)), drawn
