"""The packaged scenarios and their runs, each simulated once in a process (and loaded once, by the program itself)."""

from __future__ import annotations

from functools import cache

from simulator.engine import simulate
from simulator.scenario import Scenario, load_scenario, scenario_names
from simulator.story.run import Run, open_run
from simulator.trace import Trace


def lesson(name: str, variant: str | None = None) -> Scenario:
    """A packaged scenario or one of its variants."""
    return load_scenario(name, variant=variant)


def played(name: str, variant: str | None = None) -> Trace:
    """The run of one."""
    return _played(name, variant)


@cache
def _played(name: str, variant: str | None) -> Trace:
    return simulate(lesson(name, variant))


def simulated(scenario: Scenario) -> Trace:
    """The engine, which plays what is packaged once."""
    known = scenario.is_packaged and scenario.edits == lesson(scenario.name, scenario.variant).edits
    return played(scenario.name, scenario.variant) if known else simulate(scenario)


def opened(name: str, variant: str | None = None) -> Run:
    """The run of one as the player opens it."""
    return _opened(name, variant)


@cache
def _opened(name: str, variant: str | None) -> Run:
    return open_run(name, simulated, variant=variant)


def variants(name: str) -> list[str | None]:
    """The scenario itself, then its variants."""
    return [None, *lesson(name).model.variants]


PACKAGED: list[tuple[str, str | None]] = [(name, variant) for name in scenario_names() for variant in variants(name)]
"""Every scenario with each of its variants."""
