"""A small sweep of one setting, while somebody looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.engine import LimitReached
from simulator.scenario import Edit, Scenario, ScenarioError
from simulator.scenario.conditions.goals import parse_goal
from simulator.study.jobs import as_number
from simulator.study.light import measure_run

SEEDS = 20
"""Runs of each value."""

VALUES = 5
"""Values at most: those nearest to the current one."""

MEASURE = "mean(wait)"


class KnobStudy:
    """Runs of a scenario with each value of a setting, all with the same seeds; they may be read as `work` goes on."""

    def __init__(self, scenario: Scenario, path: str, values: Sequence[Any], current: Any) -> None:
        """Prepare the runs with the values around the current one."""
        self.path = path
        self.values = nearest_values(values, current)
        self.found: list[list[float]] = [[] for _ in self.values]
        """By value, the measure in each run that has one."""
        self.done = 0
        self.total = SEEDS * len(self.values)
        self.cancelled = False
        self._scenario = scenario

    def work(self) -> None:
        """Play all runs, seed by seed, until it is cancelled. A value that the scenario does not take has none."""
        scenarios = [self._with(value) for value in self.values]
        measure, first = parse_goal(MEASURE), self._scenario.model.seed
        for seed in range(first, first + SEEDS):
            for scenario, found in zip(scenarios, self.found, strict=True):
                if self.cancelled:
                    return
                number = self._measured(scenario.seeded(seed), measure) if scenario is not None else None
                if number is not None:
                    found.append(number)
                self.done += 1

    def _with(self, value: Any) -> Scenario | None:
        try:
            return self._scenario.edited(Edit(self.path, value))
        except ScenarioError:
            return None

    def _measured(self, scenario: Scenario, measure: Any) -> float | None:
        try:
            (value,) = measure_run(scenario, [measure])
        except LimitReached:
            return None
        return as_number(value)


def nearest_values(values: Sequence[Any], current: Any) -> list[Any]:
    """Return at most `VALUES` values in their order, the current one in the middle if it can be.

    >>> nearest_values([1, 2, 3, 4, 5, 6, 7], 6), nearest_values([1, 2], 2)
    ([3, 4, 5, 6, 7], [1, 2])
    """
    place = list(values).index(current) if current in values else 0
    first = max(0, min(place - VALUES // 2, len(values) - VALUES))
    return list(values[first : first + VALUES])
