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
PAIRS = 120
"""Runs that are spent on two draws at once."""
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
    drawn: tuple[Drawn, ...]
    """All draws there were."""


def as_it_fell(scenario: Scenario, hold: Callable[[Trace], Comparison]) -> Fallen:
    """Predict with each draw as the recording has it, one after the other from the first difference back.

    A draw that is wrong shows: the run that has it right differs later, or not at all. Two may show at the same time.
    """
    best = _play(scenario, {}, hold)
    left = MOST
    while best.comparison.differences and left > 0:
        singles = [_play(scenario, told, hold) for told in _others(best, best.comparison.since)]
        left -= len(singles)
        better = _best(singles)
        if better is None or not _is_later(better, best):
            pairs = [told for one in singles for told in _others(one, best.comparison.since)][:PAIRS]
            left -= len(pairs)
            better = _best([_play(scenario, told, hold) for told in pairs])
        if better is None or not _is_later(better, best):
            break
        best = better
    return best


def _others(run: Fallen, since: float) -> list[Mapping[str, int]]:
    """What to try instead: each draw that may have led to a difference, otherwise."""
    suspects = [one for one in run.drawn if as_seconds(one.t) <= since + REACTION and one.name not in run.told]
    return [
        {**run.told, draw.name: option}
        for draw in suspects[::-1][:REACH]
        for option in range(draw.options)
        if option != draw.fell
    ]


def _best(runs: list[Fallen]) -> Fallen | None:
    return max(runs, key=lambda run: run.comparison.since, default=None)


def _is_later(run: Fallen, other: Fallen) -> bool:
    return run.comparison.since > other.comparison.since + LATER


def _play(scenario: Scenario, told: Mapping[str, int], hold: Callable[[Trace], Comparison]) -> Fallen:
    simulation = Simulation(scenario, told=told)
    trace = simulation.run()
    return Fallen(trace, hold(trace), told, tuple(simulation.context.chances.drawn))
