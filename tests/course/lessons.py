"""The lessons 0 to 25 and their runs, each made once."""

from __future__ import annotations

from functools import cache

from simulator import load_scenario, simulate
from simulator.scenario import scenario_names
from simulator.scenario.library import find_scenario
from simulator.trace import Trace


def number_of(name: str) -> int:
    """The number in the name of a lesson's file."""
    return int(find_scenario(name).name.partition("-")[0])


LESSONS = [name for name in scenario_names() if number_of(name) <= 25]

PLAYED: list[tuple[str, str | None]] = [
    (name, variant) for name in LESSONS for variant in (None, *load_scenario(name).model.variants)
]
"""Each lesson and variant."""


@cache
def played(name: str, variant: str | None = None, seed: int | None = None) -> Trace:
    """The run of a lesson or variant."""
    return simulate(load_scenario(name, variant=variant, seed=seed))
