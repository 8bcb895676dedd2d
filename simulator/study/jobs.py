"""Jobs: text, seeds and expressions travel to the process that plays the runs, and a few numbers come back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from simulator.measure import Value
from simulator.scenario import Scenario, parse_scenario
from simulator.scenario.conditions.goals import Expression, parse_goal
from simulator.scenario.differences import DESCRIPTIVE
from simulator.study.light import measure_run

Number = float | None
"""A measure's value in one run; None where there is nothing to measure. A condition is 1 if it holds, else 0."""

ROOMS = ("trace", "scenario", "engine", "world", "measure", "study")
"""The rooms that a number depends on."""


class ForeignVersion(Exception):
    """A process plays runs with another ackademy than the one that asks; `theirs` and `ours` are fingerprints."""

    def __init__(self, theirs: str, ours: str) -> None:
        """Keep both."""
        super().__init__(theirs, ours)
        self.theirs, self.ours = theirs, ours


@cache
def fingerprint() -> str:
    """Return a text that is the same wherever runs give the same numbers: version and hash of the program."""
    package, digest = Path(__file__).parents[1], hashlib.sha256()
    for room in ROOMS:
        for file in sorted((package / room).rglob("*.py")):
            digest.update(file.read_bytes())
    return f"{version('ackademy')}+{digest.hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Job:
    """Some runs of one cell."""

    version: str
    cell: int
    scenario: str
    """The scenario as JSON."""
    measures: tuple[str, ...]
    """Expressions of the goal language."""
    warm_up: float
    """Seconds."""
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """One run's numbers."""

    cell: int
    seed: int
    values: tuple[Number, ...]


def portable(scenario: Scenario) -> str:
    """Return the text of a scenario that plays the same run: what only describes it is left out, goals too."""
    kept = {key: value for key, value in scenario.data.items() if key not in DESCRIPTIVE}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def run_job(job: Job) -> list[Played]:
    """Play the runs of a job. Equal jobs give equal results, wherever they run.

    Raises:
        ForeignVersion: this is another ackademy.
        LimitReached: a run made too many events.
    """
    if job.version != fingerprint():
        raise ForeignVersion(fingerprint(), job.version)
    scenario, measures = _scenario(job.scenario), _measures(job.measures)
    found = []
    for seed in job.seeds:
        values = measure_run(scenario.seeded(seed), measures, warm_up=job.warm_up)
        found.append(Played(job.cell, seed, tuple(map(as_number, values))))
    return found


@lru_cache(maxsize=256)
def _scenario(text: str) -> Scenario:
    return parse_scenario(text)


@lru_cache(maxsize=256)
def _measures(texts: Sequence[str]) -> list[Expression]:
    return [parse_goal(text) for text in texts]


def as_number(value: Value) -> Number:
    """Return a value as a number; None for what is none (the name of a worker)."""
    return float(value) if isinstance(value, int | float) else None
