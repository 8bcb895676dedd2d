"""A run as people look at it: scenario (if any), trace, and the captions and questions it stops for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from simulator.scenario import Edit, Problem, Scenario, ScenarioError, load_scenario
from simulator.scenario.schema import Ask
from simulator.story.chapters import Chapter, find_chapters
from simulator.story.names import ShortNames, names_of
from simulator.story.reasons import reasons_of
from simulator.story.stops import Stop, find_stops
from simulator.trace import Trace, read_trace_file
from simulator.world import Timeline, World, timeline_of

Simulate = Callable[[Scenario], Trace]
"""The engine's `simulate`, handed in by a caller."""


@dataclass(frozen=True)
class Run:
    """A run. Immutable; a what-if makes another (`edited`)."""

    trace: Trace
    scenario: Scenario | None = None
    """None for a trace that was read from a file."""
    parent: Run | None = None
    """The run that it branched from."""
    reasons: Mapping[int, str] = field(default_factory=dict)
    """The answer that each question's reasons were written for, by number, if that was in another run."""
    edited_from: Run | None = None
    """The run shown when its file was first edited in the program."""
    model: Callable[[int], Scenario] | None = None
    """Makes the model of a recording in which nothing fails from a time (microseconds) on; may raise `ScenarioError`."""

    @property
    def origin(self) -> Run:
        """The run before all what-ifs; itself if there were none."""
        run = self
        while run.parent is not None:
            run = run.parent
        return run

    @property
    def start(self) -> Run:
        """The run before all changes, by what-ifs or in an editor; itself if there were none."""
        return self.origin.edited_from or self.origin

    @property
    def is_changed(self) -> bool:
        """True if something differs from the initial run, so that it may solve that run's exercise."""
        return self.parent is not None or self.edited_from is not None

    @cached_property
    def timeline(self) -> Timeline:
        """The timeline of the trace: the world at every cursor."""
        return timeline_of(self.trace)

    @cached_property
    def stops(self) -> list[Stop]:
        """Captions and questions in the order of the run."""
        return find_stops(self.scenario, self.trace) if self.scenario is not None else []

    @cached_property
    def chapters(self) -> list[Chapter]:
        """The chapters in order; empty if the scenario declares none."""
        return find_chapters(self.scenario, self.trace) if self.scenario is not None else []

    @property
    def title(self) -> dict[str, str]:
        """By language."""
        return self.trace.header.title or dict.fromkeys(("ko", "en"), self.trace.header.scenario)

    @property
    def names(self) -> ShortNames:
        """Displayed names of its tasks."""
        return names_of(self.trace)

    def has_reason(self, stop: Stop, right: int | None) -> bool:
        """Return True if the author's reason holds, given that the answer is choice `right`."""
        if right is None or not isinstance(stop.item, Ask):
            return False
        return self.reasons.get(stop.number, stop.item.choices[right].key) == stop.item.choices[right].key

    def world(self, cursor: int) -> World:
        """The world after the first `cursor` events."""
        return self.timeline.at(cursor)

    def edited(self, edits: Sequence[Edit], simulate: Simulate) -> Run:
        """The run of the scenario with these changes on top; raises `ScenarioError`."""
        if self.scenario is None:
            raise ScenarioError([Problem("trace.no_scenario")])
        scenario = self.scenario.edited(*edits)
        return Run(simulate(scenario), scenario, self, self.reasons)


def open_run(
    what: str,
    simulate: Simulate,
    *,
    profile: str | None = None,
    variant: str | None = None,
    seed: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
    trust: bool = False,
) -> Run:
    """Open a lesson, a scenario file or a trace file (`.jsonl`); `trust` reads a trace whose hash is wrong.

    Raises:
        ScenarioError: the scenario is wrong, or a trace was given with options that need a scenario.
        TraceFileError: the trace file is wrong.
    """
    if what.endswith(".jsonl"):
        if profile or variant or seed is not None or until is not None or overrides:
            raise ScenarioError([Problem("trace.no_options", {"file": what})])
        return Run(read_run(what, trust=trust))
    scenario = load_scenario(what, profile=profile, variant=variant, seed=seed, until=until, overrides=overrides)
    return play_scenario(scenario, simulate)


def play_scenario(scenario: Scenario, simulate: Simulate) -> Run:
    """Run a scenario and determine which of its reasons hold in that run."""
    return Run(simulate(scenario), scenario, reasons=reasons_of(scenario, simulate))


def read_run(file: str, *, trust: bool = False) -> Trace:
    """Read a trace file; raises `ScenarioError` if there is none, `TraceFileError` if it is invalid."""
    path = Path(file)
    try:
        return read_trace_file(path, trust=trust)
    except FileNotFoundError:
        raise ScenarioError([Problem("file.missing", {"file": str(path)})]) from None
    except OSError as error:
        problem = Problem("file.unreadable", {"file": str(path), "reason": error.strerror})
        raise ScenarioError([problem]) from error
