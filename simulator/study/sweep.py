"""A sweep: every cell of a grid played with the same seeds, until its numbers are as sure as asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.scenario import Problem, Scenario, ScenarioError
from simulator.scenario.conditions.goals import Measure, Word, parse_goal
from simulator.study.executors import Workplace
from simulator.study.grid import Cell
from simulator.study.light import tally_run
from simulator.study.requests import more_is_better
from simulator.study.runs import Runs, RunsFile, play
from simulator.study.statistics import (
    BATCHES,
    ConfidenceInterval,
    Vector,
    batches_of,
    difference_of,
    is_precise,
    mean_of,
    quantile_of,
    share_of,
    warm_up_of,
)

FIRST_ROUND, GROWTH = 10, 1.5
"""Runs before a precision is looked at for the first time, and how many times as many before each next look."""

PILOTS = 5
"""Runs of each cell from whose mean course its warm-up is found."""


@dataclass(frozen=True)
class SweepRequest:
    """All that a sweep is asked."""

    cells: Sequence[Cell]
    measures: tuple[str, ...]
    """Expressions whose values are numbers."""
    goals: tuple[str, ...]
    """Conditions: each run meets one, or does not."""
    first_seed: int
    runs: int
    """Runs of each cell, at most."""
    precision: float | None = None
    """The share of each measure's mean by which it may be off; None: all runs are made."""
    confidence: float = 0.95
    warm_up: float | None = 0.0
    """Seconds of each run that do not count; None: found from pilot runs, for each cell."""

    @property
    def expressions(self) -> tuple[str, ...]:
        """Measures, then goals."""
        return (*self.measures, *self.goals)


@dataclass
class Sweep:
    """A sweep under way: what has been asked, and the runs so far."""

    question: SweepRequest
    runs: Runs = field(init=False)

    def __post_init__(self) -> None:
        """Find the warm-ups, by playing pilots if asked to."""
        asked = self.question
        if asked.warm_up is None:
            warm_ups = [find_warm_up(cell.scenario, asked.first_seed) for cell in asked.cells]
        else:
            warm_ups = [asked.warm_up] * len(asked.cells)
        self.runs = Runs([cell.scenario for cell in asked.cells], asked.expressions, asked.first_seed, warm_ups)

    def play(self, place: Workplace, file: RunsFile | None = None) -> Iterator[tuple[int, int]]:
        """Play the runs; yield (runs there are, runs there will be as far as is known) after each batch.

        Whether a cell gets more runs is decided after fixed numbers of runs, from all of them: the order in which they
        end changes nothing.
        """
        keep = file.keep if file is not None else lambda played: None
        counts = self._first_counts()
        while True:
            before = self.runs.played()
            for _ in play(self.runs, counts, place, keep):
                yield self.runs.played(), sum(counts)
            if before == self.runs.played() and self.runs.played() >= sum(counts):
                yield self.runs.played(), sum(counts)
            more = [self._next_count(cell, count) for cell, count in enumerate(counts)]
            if more == counts:
                return
            counts = more

    def _first_counts(self) -> list[int]:
        asked = self.question
        first = asked.runs if asked.precision is None else min(FIRST_ROUND, asked.runs)
        return [first] * len(asked.cells)

    def _next_count(self, cell: int, count: int) -> int:
        """Return how many runs a cell needs next: the same number if it is sure, or has all."""
        asked = self.question
        if asked.precision is None or count >= asked.runs:
            return count
        return count if self._is_sure(cell, count) else min(asked.runs, math.ceil(count * GROWTH))

    def _is_sure(self, cell: int, count: int) -> bool:
        precision, measures = self.question.precision, range(len(self.question.measures))
        return precision is None or all(is_precise(self.mean(cell, place, count), precision) for place in measures)

    def imprecise(self) -> list[int]:
        """Return the cells whose means are not known to the precision asked for."""
        return [cell for cell in range(len(self.runs)) if not self._is_sure(cell, self.runs.done(cell))]

    # -- what was found -----------------------------------------------------------------------------------------

    def values(self, cell: int, measure: int, count: int | None = None) -> Vector:
        """Return a measure's values in the runs of a cell that have one."""
        found: Vector = np.asarray(self.runs.of(cell, measure, count))
        return found[~np.isnan(found)]

    def mean(self, cell: int, measure: int, count: int | None = None) -> ConfidenceInterval:
        """Return a measure's mean over the runs of a cell."""
        return mean_of(self.values(cell, measure, count), self.question.confidence)

    def quantile(self, cell: int, measure: int, share: float) -> ConfidenceInterval:
        """Return a quantile of a measure over the runs of a cell."""
        return quantile_of(self.values(cell, measure), share, self.question.confidence)

    def share(self, cell: int, goal: int) -> ConfidenceInterval:
        """Return the share of the runs of a cell that meet a goal."""
        place = len(self.question.measures) + goal
        values = self.runs.of(cell, place)
        return share_of(sum(value == 1 for value in values), len(values), self.question.confidence)

    def difference(self, cell: int, measure: int) -> ConfidenceInterval:
        """Return by how much a measure differs from the first cell's, run by run.

        All differences of a measure hold together with the confidence asked for (Bonferroni: each alone with more).
        """
        others = max(1, len(self.question.cells) - 1)
        both = min(self.runs.done(0), self.runs.done(cell))
        mine, base = (np.asarray(self.runs.of(place, measure, both)) for place in (cell, 0))
        known = ~(np.isnan(mine) | np.isnan(base))
        return difference_of(mine[known], base[known], 1 - (1 - self.question.confidence) / others)

    def order(self) -> list[int]:
        """Return the cells, best first: by the shares of the goals, then by the first measure."""
        goals, measures = range(len(self.question.goals)), self.question.measures

        def rank(cell: int) -> tuple[float, float]:
            shares = [self.share(cell, goal).value for goal in goals]
            mean = self.mean(cell, 0).value if measures else 0.0
            worth = math.inf if math.isnan(mean) else -mean if more_is_better(measures[0]) else mean
            return -sum(0 if math.isnan(share) else share for share in shares), worth

        return sorted((cell for cell in range(len(self.runs)) if self.runs.done(cell)), key=rank)

    def telling_seed(self, cell: int) -> int:
        """Return the seed of a run worth looking at: one that misses a goal, else the worst in the first measure."""
        asked, count = self.question, self.runs.done(cell)
        for goal in range(len(asked.measures), len(asked.expressions)):
            missed = next((n for n, value in enumerate(self.runs.of(cell, goal)) if value != 1), None)
            if missed is not None:
                return asked.first_seed + missed
        if not asked.measures or not count:
            return asked.first_seed
        values = np.asarray(self.runs.of(cell, 0))
        if np.isnan(values).all():
            return asked.first_seed
        worst = np.nanargmin(values) if more_is_better(asked.measures[0]) else np.nanargmax(values)
        return asked.first_seed + int(worst)


def find_warm_up(scenario: Scenario, first_seed: int) -> float:
    """Return the seconds after which a scenario is in its steady state, by MSER-5 on the mean course of pilot runs.

    The waits of the n-th task to start are averaged over the runs; the cut is the mean time at which the first task
    that is kept was sent.
    """
    courses = []
    for seed in range(first_seed, first_seed + PILOTS):
        waits = tally_run(scenario.seeded(seed), (), series=True).waits
        assert waits is not None
        courses.append(np.asarray(waits, dtype=float).reshape(-1, 2))
    shortest = min(map(len, courses))
    if not shortest:
        return 0.0
    course = np.mean([one[:shortest] for one in courses], axis=0)
    cut = warm_up_of(course[:, 1])
    return round(float(course[cut, 0]) / 1e6, 3) if cut else 0.0


STATISTICS = ("mean", "p50", "p95", "max")


def one_long_run(
    scenario: Scenario, measures: Sequence[str], warm_up: float, confidence: float
) -> list[ConfidenceInterval]:
    """Return statistics of the waits in a single long run with their intervals, by batch means.

    Raises:
        ScenarioError: a measure is another than `mean`, `p50`, `p95` or `max` of `wait`.
    """
    wanted = []
    for text in measures:
        match parse_goal(text):
            case Measure(name=name, arguments=(Word(value="wait"),)) if name in STATISTICS:
                wanted.append(name)
            case _:
                raise ScenarioError([Problem("study.batches", {"text": text})])
    waits = tally_run(scenario, (), series=True).waits
    assert waits is not None
    kept = [wait / 1e6 for sent, wait in waits if sent >= warm_up * 1e6]
    return [batches_of(kept, name, confidence, BATCHES) for name in wanted]
