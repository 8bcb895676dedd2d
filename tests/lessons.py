"""The packaged scenarios and their runs, each loaded and simulated once in a process."""

from __future__ import annotations

from functools import cache

from simulator.engine import simulate
from simulator.scenario import Scenario, load_scenario, scenario_names
from simulator.story.run import Run, open_run
from simulator.trace import Trace


@cache
def lesson(name: str, variant: str | None = None) -> Scenario:
    """A packaged scenario or one of its variants."""
    return load_scenario(name, variant=variant)


@cache
def played(name: str, variant: str | None = None) -> Trace:
    """The run of one."""
    return simulate(lesson(name, variant))


def simulated(scenario: Scenario) -> Trace:
    """The engine, which plays what is packaged once."""
    known = scenario.is_packaged and scenario.edits == lesson(scenario.name, scenario.variant).edits
    return played(scenario.name, scenario.variant) if known else simulate(scenario)


@cache
def opened(name: str, variant: str | None = None) -> Run:
    """The run of one as the player opens it."""
    return open_run(name, simulated, variant=variant)


def variants(name: str) -> list[str | None]:
    """The scenario itself, then its variants."""
    return [None, *lesson(name).model.variants]


PACKAGED: list[tuple[str, str | None]] = [(name, variant) for name in scenario_names() for variant in variants(name)]
"""Every scenario with each of its variants."""
