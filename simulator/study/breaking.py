"""A search for the run that breaks a goal: seeds, one fault at every moment, then two; and what of it is needed."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from typing import Any

from simulator.engine import LimitReached, simulate
from simulator.scenario import Edit, Scenario, ScenarioError
from simulator.study.executors import Workplace
from simulator.study.injections import Injection, injections_of
from simulator.study.jobs import fingerprint, portable
from simulator.study.runs import AHEAD
from simulator.study.trials import Trial, TrialResult, TrialSetup, run_trials
from simulator.trace import Trace

SINGLES, SEEDS, RANDOM, PAIRS = "singles", "seeds", "random", "pairs"
"""Parts of the search: one fault at each moment of the scenario's own seed; other seeds without a fault; one fault at a
random moment of another seed; two of them."""

SHARES = {SEEDS: 0.1, RANDOM: 0.2, PAIRS: 0.2}
"""Of the budget; the single faults get the rest, and what they leave over goes to the random ones."""

MARGIN, SPARE_EVENTS = 20, 20_000
"""A trial is given up after so many times the events of the run without a fault, and some."""

SHRINKING = 400
"""Trials for making smaller what was found."""

MOST_TRIALS = 100
"""Trials in a batch at most."""


@dataclass
class Search:
    """A search under way, and what it has tried."""

    scenario: Scenario
    goals: tuple[str, ...]
    kinds: tuple[str, ...]
    lasts: tuple[float, ...]
    budget: int
    trace: Trace = field(init=False)
    """The run as it is."""
    possible: list[Injection] = field(init=False)
    """Every single fault at every moment of it."""
    setup: TrialSetup = field(init=False)
    found: TrialResult | None = None
    """The first trial, in the order of the search, that breaks a goal."""
    tried: dict[str, int] = field(default_factory=lambda: dict.fromkeys((SINGLES, *SHARES), 0))
    undecided: int = 0

    def __post_init__(self) -> None:
        """Play the scenario as it is; raises `LimitReached`."""
        self.trace = simulate(self.scenario)
        self.possible = injections_of(self.trace, self.scenario, self.kinds, self.lasts)
        self.setup = setup_of(self.scenario, self.goals, self.kinds, self.lasts, self.trace)

    def run(self, place: Workplace) -> Iterator[tuple[int, int]]:
        """Search; yield (trials made, trials of the budget) from time to time. Ends with the first broken goal.

        The order of the trials is fixed, and the first that breaks is found, wherever they run.
        """
        seed, budget = self.scenario.model.seed, self.budget
        begun = time.perf_counter()
        (as_it_is,) = run_trials(self.setup, [Trial(seed)])
        each = max(time.perf_counter() - begun, 1e-4)
        if as_it_is.holds is False:
            self.found = as_it_is
            return
        singles = sample_of(self.possible, max(1, round(budget * (1 - sum(SHARES.values())))))
        rest = (budget - len(singles)) / sum(SHARES.values())
        counts = {part: round(share * rest) for part, share in SHARES.items()}
        parts: list[tuple[str, Iterable[Trial]]] = [
            (SINGLES, (Trial(seed, (one,)) for one in singles)),
            (SEEDS, (Trial(seed + n) for n in range(1, counts[SEEDS] + 1))),
            (RANDOM, (Trial(seed + n, draws=1) for n in range(1, counts[RANDOM] + 1))),
            (PAIRS, (Trial(seed + n, draws=2) for n in range(counts[PAIRS]))),
        ]
        for part, trials in parts:
            for result in in_order(place, self.setup, trials, each):
                self.tried[part] += 1
                self.undecided += result.holds is None
                yield sum(self.tried.values()), budget
                if result.holds is False:
                    self.found = result
                    return

    def missed(self, broken: Broken) -> str:
        """Return the first goal that a run breaks."""
        trial = Trial(broken.seed, broken.faults)
        for goal in self.goals:
            setup = replace(self.setup, scenario=portable(broken.scenario), goals=(goal,))
            if run_trials(setup, [trial])[0].holds is False:
                return goal
        raise ValueError(broken)


def setup_of(
    scenario: Scenario, goals: tuple[str, ...], kinds: tuple[str, ...], lasts: tuple[float, ...], trace: Trace
) -> TrialSetup:
    """Return what the trials of a scenario share; `trace` is its run without a fault."""
    return TrialSetup(fingerprint(), portable(scenario), goals, kinds, lasts, MARGIN * len(trace) + SPARE_EVENTS)


def sample_of(items: Sequence[Injection], most: int) -> list[Injection]:
    """Return at most so many items, drawn from all of them and in their order: the same ones each time."""
    if len(items) <= most:
        return [*items]
    return [items[place] for place in sorted(Random(len(items)).sample(range(len(items)), most))]


def in_order(place: Workplace, setup: TrialSetup, trials: Iterable[Trial], each: float) -> Iterator[TrialResult]:
    """Play trials in batches and yield their results in their order; `each`: seconds that one takes, about."""
    rest, size = iter(trials), min(MOST_TRIALS, max(1, math.ceil(place.seconds / each)))
    going: deque[Future[list[TrialResult]]] = deque()
    try:
        while batch := tuple(islice(rest, size)):
            going.append(place.submit(run_trials, setup, batch))
            if len(going) >= AHEAD * place.slots:
                yield from going.popleft().result()
        while going:
            yield from going.popleft().result()
    finally:
        for future in going:
            future.cancel()


# -- shrinking ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """A run that breaks a goal: a scenario, a seed, and as few faults and calls as it takes."""

    scenario: Scenario
    seed: int
    faults: tuple[Injection, ...]

    @property
    def sent(self) -> int:
        """Number of tasks in it."""
        trace = simulate(
            self.scenario.seeded(self.seed).with_faults([line for one in self.faults for line in one.lines])
        )
        return len({event.uuid for event in trace if event.type == "task-sent"})  # type: ignore[attr-defined]


class Shrinking:
    """Makes what a search has found smaller, step by step, as long as it still breaks."""

    def __init__(self, search: Search, found: TrialResult) -> None:
        """Start with what was found."""
        self._search = search
        self._left = SHRINKING
        self.best = self.fewest = Broken(search.scenario, found.seed, found.faults)
        """The smallest so far, and what had the fewest faults before calls were taken away."""

    def run(self) -> Broken:
        """Take away faults, then calls, until nothing can be taken away or the trials are used up."""
        for fault in self.best.faults:
            fewer = tuple(one for one in self.best.faults if one is not fault)
            if self._breaks(self.best.scenario, fewer):
                self.best = replace(self.best, faults=fewer)
        self.fewest = self.best
        while (smaller := self._smaller()) is not None:
            self.best = smaller
        return self.best

    def _smaller(self) -> Broken | None:
        for lines in fewer_calls(self.best.scenario):
            if self._left <= 0:
                return None
            try:
                candidate = self.best.scenario.edited(Edit("send", lines))
            except ScenarioError:  # something in it needs what was taken away
                continue
            faults = self._faults_for(candidate)
            if faults is not None:
                return Broken(candidate, self.best.seed, faults)
        return None

    def _faults_for(self, candidate: Scenario) -> tuple[Injection, ...] | None:
        """Return faults like those found with which a smaller scenario breaks, but not without them."""
        faults = self.best.faults
        if faults and self._breaks(candidate, ()):
            return None
        if self._breaks(candidate, faults):
            return faults
        if len(faults) != 1:
            return None
        (fault,) = faults
        try:
            trace = simulate(candidate.seeded(self.best.seed), self._search.setup.max_events)
        except LimitReached:
            return None
        moments = injections_of(trace, candidate, (fault.kind,), (fault.lasts,))
        alike = [
            one
            for one in moments
            if (one.target, one.event, one.is_after) == (fault.target, fault.event, fault.is_after)
        ]
        return next(((one,) for one in alike[:20] if self._breaks(candidate, (one,))), None)

    def _breaks(self, scenario: Scenario, faults: tuple[Injection, ...]) -> bool:
        self._left -= 1
        setup = replace(self._search.setup, scenario=portable(scenario))
        (result,) = run_trials(setup, [Trial(self.best.seed, faults)])
        return result.holds is False


def fewer_calls(scenario: Scenario) -> Iterator[list[Any]]:
    """Yield the lines under `send` with a line or some of its calls taken away, boldest first."""
    lines: list[Any] = scenario.data.get("send") or []
    for place in range(len(lines)):
        if len(lines) > 1:
            yield [*lines[:place], *lines[place + 1 :]]
    for place, line in enumerate(lines):
        for key in ("count", "burst"):
            count = line.get(key, 1)
            for fewer in dict.fromkeys((1, count // 2, count - 1)):
                if 1 <= fewer < count:
                    yield [*lines[:place], {**line, key: fewer}, *lines[place + 1 :]]
