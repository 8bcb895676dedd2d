"""Work in the background, a simulation or a search: its progress, result, and cancellation. Without Textual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, Protocol, TypeVar

from simulator.engine import LimitReached
from simulator.measure.calibration import Calibration
from simulator.measure.moments import Onset, OnsetSearch
from simulator.play.playback import Playback
from simulator.scenario import Problem, Scenario, ScenarioError
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.story.problems.errors import limit_problem
from simulator.story.reasons import answers_in, reasons_of
from simulator.story.run import Run
from simulator.study.calibrating import calibrate_model
from simulator.trace import Trace
from simulator.trace.time import MICROS, NEVER

T = TypeVar("T")

CALIBRATED_BY = 10
"""Runs of a model that a recording is held against, while somebody waits."""

Watch = Callable[[int, int], None]
"""Callback for the progress of a run: simulated microseconds, events."""


class Simulator(Protocol):
    """The engine's interface for the terminal."""

    def __call__(self, scenario: Scenario, *, watch: Watch | None = None) -> Trace:
        """Run a scenario; an exception raised by `watch` ends it."""


class Cancelled(Exception):
    """The run is no longer needed."""


class Background(Generic[T]):
    """One piece of work. `work` runs in a thread of its own; everything else may be read and called meanwhile.

    What passes between the threads are single attributes that one side writes and the other reads.
    """

    BEGUN, REACHED = labels.SIMULATING, labels.SIMULATED_TO
    """Words for its progress, before it is known and after."""

    def __init__(self) -> None:
        """Prepare it; `work` starts it."""
        self.time = 0
        """Simulated time reached, in microseconds."""
        self.events = 0
        self.cancelled = False
        self.result: T | None = None
        """The result, once it is there."""
        self.problems: list[Problem] = []
        """The errors, if it failed."""

    def work(self, simulate: Simulator) -> None:
        """Do it: sets the result or the problems, or neither if it is cancelled."""
        try:
            self.result = self._make(simulate)
        except ScenarioError as error:
            self.problems = error.problems
        except LimitReached as error:
            self.problems = [limit_problem(error, "")]
        except Cancelled:
            pass

    def _make(self, simulate: Simulator) -> T | None:
        """Return the result, None if there is none. May raise `ScenarioError`, `LimitReached` and `Cancelled`."""
        raise NotImplementedError

    @property
    def problem(self) -> Problem | None:
        """The first problem."""
        return self.problems[0] if self.problems else None

    def cancel(self) -> None:
        """Cancel it: it ends at its next progress report."""
        self.cancelled = True

    def progress(self, lang: str) -> str:
        """Its progress in words."""
        if not self.events:
            return say(self.BEGUN, lang)
        return say(self.REACHED, lang, time=f"{self.time / MICROS:,.1f}", events=f"{self.events:,}")

    def watch(self, time: int, events: int) -> None:
        """Note how far it has got; raise `Cancelled` if it is no longer needed."""
        self.time, self.events = time, events
        if self.cancelled:
            raise Cancelled


class Hunt(Background[Onset]):
    """A search for the moment at which a condition comes to hold."""

    BEGUN, REACHED = labels.SEARCHING, labels.SEARCHED_TO

    def __init__(self, search: OnsetSearch) -> None:
        """Prepare it."""
        super().__init__()
        self._search = search

    def _make(self, simulate: Simulator) -> Onset | None:
        return self._search.run(self.watch)


class Calibrating(Background[Calibration]):
    """The comparison of a recording with runs of its model."""

    BEGUN, REACHED = labels.CALIBRATING, labels.CALIBRATED_TO

    def __init__(self, recorded: Trace, model: Callable[[int], Scenario]) -> None:
        """Prepare it; `model` makes a model in which all that failed fails up to a time."""
        super().__init__()
        # What was computed of the recording belongs to the thread that draws.
        self._recorded = Trace(recorded.header, tuple(recorded.events))
        self._model = model

    def _make(self, simulate: Simulator) -> Calibration:
        scenario = self._model(NEVER)
        return calibrate_model(self._recorded, scenario, CALIBRATED_BY, lambda done: self.watch(0, done))


class Rerun(Background[Playback]):
    """One simulation."""

    def __init__(
        self,
        make: Callable[[], Scenario | Playback],
        parent: Run | None = None,
        then: Callable[[Playback], None] = lambda _: None,
        before: Run | None = None,
    ) -> None:
        """Prepare a simulation; `work` starts it.

        Args:
            make: the scenario, made in the thread too (may raise `ScenarioError`), or a run that is there already.
            parent: the run it branches from, if it does.
            then: what else is to be prepared in the thread.
            before: the run that this one takes the place of: where both ask the same, reasons were written for that.
        """
        super().__init__()
        self._source = make
        self._parent = parent
        self._then = then
        self._before = before

    def _make(self, simulate: Simulator) -> Playback:
        """Simulate, and prepare everything that would delay the screen."""
        made = self._source()
        playback = made if isinstance(made, Playback) else self._simulated(made, simulate)
        self._then(playback)
        return playback

    def _simulated(self, scenario: Scenario, simulate: Simulator) -> Playback:
        trace = simulate(scenario, watch=self.watch)
        before = self._before.start if self._before is not None else None
        playback = Playback(Run(trace, scenario, self._parent, self._reasons(scenario, simulate), before))
        _ = playback.meters
        if self._parent is not None:
            shared = trace.common_prefix(self._parent.trace)
            playback.run.timeline.share(self._parent.timeline, shared)
        return playback

    def _reasons(self, scenario: Scenario, simulate: Simulator) -> Mapping[int, str]:
        if self._parent is not None:
            return self._parent.reasons
        before = self._before
        if before is not None and before.scenario is not None and before.scenario.model.ask == scenario.model.ask:
            return {**answers_in(before.scenario, before.trace), **before.reasons}
        return reasons_of(scenario, simulate)
