"""Trials: runs with faults of which only one thing is asked, whether the goals hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from simulator.engine import LimitReached, simulate
from simulator.scenario import Scenario, parse_scenario
from simulator.scenario.conditions.goals import Expression, parse_goal
from simulator.study.injections import Injection, injections_of
from simulator.study.jobs import ForeignVersion, fingerprint
from simulator.study.light import measure_run


@dataclass(frozen=True, slots=True)
class TrialSetup:
    """All that the trials of one search share."""

    version: str
    scenario: str
    """The scenario as JSON."""
    goals: tuple[str, ...]
    kinds: tuple[str, ...]
    """Faults that may be drawn."""
    lasts: tuple[float, ...]
    max_events: int
    """Events after which a trial is given up undecided."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A run: its seed and its faults; besides, `draws` faults at random moments, drawn by the seed."""

    seed: int
    faults: tuple[Injection, ...] = ()
    draws: int = 0


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The end of a trial: whether all goals hold (None: undecided, it made too many events), and the faults it had."""

    seed: int
    faults: tuple[Injection, ...]
    holds: bool | None


def run_trials(setup: TrialSetup, trials: Sequence[Trial]) -> list[TrialResult]:
    """Play trials; equal ones end equally, wherever they run. Raises `ForeignVersion` in another ackademy."""
    if setup.version != fingerprint():
        raise ForeignVersion(fingerprint(), setup.version)
    scenario, goals = _prepared(setup)
    return [_run(setup, scenario, goals, trial) for trial in trials]


@lru_cache(maxsize=64)
def _prepared(setup: TrialSetup) -> tuple[Scenario, list[Expression]]:
    return parse_scenario(setup.scenario), [parse_goal(goal) for goal in setup.goals]


def _run(setup: TrialSetup, scenario: Scenario, goals: list[Expression], trial: Trial) -> TrialResult:
    faults = trial.faults
    try:
        draw = Random(trial.seed)
        for _ in range(trial.draws):
            # Each at a moment that the run with the faults before it has.
            trace = simulate(staged(scenario, trial.seed, faults), setup.max_events)
            since = max((one.at for one in faults), default=0)
            possible = injections_of(trace, scenario, setup.kinds, setup.lasts, since)
            faults += (draw.choice(possible),) if possible else ()
        found = measure_run(staged(scenario, trial.seed, faults), goals, max_events=setup.max_events)
    except LimitReached:
        return TrialResult(trial.seed, faults, None)
    return TrialResult(trial.seed, faults, all(value is True for value in found))


def staged(scenario: Scenario, seed: int, faults: Sequence[Injection]) -> Scenario:
    """Return a scenario with a seed and more faults."""
    lines: list[dict[str, Any]] = [line for one in faults for line in one.lines]
    return scenario.seeded(seed).with_faults(lines)
