"""Search for the outcomes of random draws: a difference counts only if no outcome of the draws explains it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from simulator.engine import Simulation
from simulator.engine.chances import Drawn
from simulator.measure.agreement import Agreement
from simulator.scenario import Edit, Scenario, ScenarioError
from simulator.trace import Trace, as_seconds

MAX_RUNS = 400
"""Limit on the runs spent on finding the outcomes of the draws."""
MAX_PAIR_RUNS = 120
"""Limit on the runs spent on two draws at once."""
REACH = 6
"""Number of draws before the first difference that may have led to it."""
LATER = 0.001
"""Seconds by which the first difference must move to count as another one."""
REACTION = 0.2
"""Seconds after the first difference in which a draw may still be noted: the recording has it too early."""


@dataclass(frozen=True)
class MatchedRun:
    """The closest prediction, with the draws that led to it."""

    trace: Trace
    comparison: Agreement
    forced: Mapping[str, int]
    """Unusual outcomes of draws, by name."""
    drawn: tuple[Drawn, ...]
    """All draws that were made."""


def match_draws(scenario: Scenario, judge: Callable[[Trace], Agreement]) -> MatchedRun:
    """Predict with the draws of the recording, which are found one by one from the first difference back.

    A wrong draw shows: the run that has it right differs later, or not at all. Two may show at the same time.
    A draw among names (the next queue) shows in the next receive, so it is tried first if that is wrong.
    """
    best = _play(scenario, {}, judge)
    left = MAX_RUNS
    while best.comparison.differences and left > 0:
        named = _replay_named_draw(scenario, best, judge)
        left -= len(named)
        right = max(named, key=_first_wrong_receive, default=None)
        if right is not None and _first_wrong_receive(right) > _first_wrong_receive(best) + LATER:
            best = right
            continue
        singles = [_play(scenario, forced, judge) for forced in _candidates(best, best.comparison.since)]
        left -= len(singles)
        better = _best(singles)
        if better is None or not _is_later(better, best):
            pairs = [forced for one in singles for forced in _candidates(one, best.comparison.since)][:MAX_PAIR_RUNS]
            left -= len(pairs)
            better = _best([_play(scenario, forced, judge) for forced in pairs])
        if better is None or not _is_later(better, best):
            break
        best = better
    return best


def _replay_named_draw(scenario: Scenario, best: MatchedRun, judge: Callable[[Trace], Agreement]) -> list[MatchedRun]:
    """Runs with another outcome of the draw among names that came right before the first wrong receive."""
    astray = best.comparison.astray
    if astray is None:
        return []
    named = [one for one in best.drawn if one.among and as_seconds(one.t) <= astray and one.name not in best.forced]
    return [_play(scenario, forced, judge) for forced in _alternatives(best, named[-1:])]


def _first_wrong_receive(run: MatchedRun) -> float:
    """Time at which the prediction first gives a worker another task than it received, in seconds."""
    return math.inf if run.comparison.astray is None else run.comparison.astray


def _candidates(run: MatchedRun, since: float) -> list[Mapping[str, int]]:
    """Draws to try next: each one that may have led to a difference, with another outcome."""
    suspects = [one for one in run.drawn if as_seconds(one.t) <= since + REACTION and one.name not in run.forced]
    return _alternatives(run, suspects[::-1][:REACH])


def _alternatives(run: MatchedRun, draws: Sequence[Drawn]) -> list[Mapping[str, int]]:
    """Forced outcomes of a run, each time with one more: every other option of each of these draws."""
    return [
        {**run.forced, draw.name: option} for draw in draws for option in range(draw.options) if option != draw.number
    ]


def _best(runs: list[MatchedRun]) -> MatchedRun | None:
    return max(runs, key=lambda run: run.comparison.since, default=None)


def _is_later(run: MatchedRun, other: MatchedRun) -> bool:
    return run.comparison.since > other.comparison.since + LATER


def _play(scenario: Scenario, forced: Mapping[str, int], judge: Callable[[Trace], Agreement]) -> MatchedRun:
    """Predict with these draws; a prediction in which a worker starts before its last process has ended ends there."""
    simulation = Simulation(scenario, forced=forced)
    try:
        trace = simulation.run()
    except ScenarioError as error:
        too_early = next((one for one in error.problems if one.code == "fault.still_stopping"), None)
        if too_early is None:
            raise
        until = max(float(str(too_early.params["time"])) - LATER, LATER)
        simulation = Simulation(scenario.edited(Edit("until", until)), forced=forced)
        trace = simulation.run()
    return MatchedRun(trace, judge(trace), forced, tuple(simulation.context.chances.drawn))
