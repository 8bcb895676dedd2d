"""The application below its screens: a session, the clock, and simulations in the background."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from textual import work
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.worker import get_current_worker

from simulator.scenario import Problem
from simulator.scene.words import labels
from simulator.story.language import first_language
from simulator.story.problems.errors import message
from simulator.story.run import Run
from simulator.trace import Trace
from simulator.tui.background import Background, Simulator
from simulator.tui.controls.commands import Command
from simulator.tui.following import Following
from simulator.tui.looks import Looks
from simulator.tui.screens.base import BoardScreen
from simulator.tui.screens.console import ConsoleScreen
from simulator.tui.session import Session
from simulator.tui.settings import SettingsFile, UserSettings

FRAME = 1 / 30
"""Seconds a frame while something moves."""

PROGRESS = 1 / 2
"""Seconds between checks of a simulation's progress: each check slows it, and most are done by the first."""

T = TypeVar("T")

Failed = Callable[[list[Problem]], None]
"""Receives all problems of a scenario."""


class Host(Looks, inherit_bindings=False):
    """A session on screens. Subclasses carry out commands and store progress."""

    def __init__(
        self,
        simulate: Simulator,
        lang: str,
        *,
        motion: bool | None,
        following: Following | None,
        settings: UserSettings,
        kept: SettingsFile | None,
    ) -> None:
        """Open no run yet; for the arguments see `AckademyApp`."""
        super().__init__(settings, kept)
        self.simulate = simulate
        self.lang = lang
        if motion is None:
            motion = settings.motion
        self.motion = self.animation_level != "none" if motion is None else motion
        self.session: Session | None = None
        self._following = following
        self._clock: Timer | None = None
        self._progress: Timer | None = None
        self._last = 0.0

    def set_up(self) -> None:
        """Apply the theme and start the clocks."""
        self.apply_settings()
        self._clock = self.set_interval(FRAME, self._tick, pause=True)
        self._progress = self.set_interval(PROGRESS, self._show_progress, pause=True)

    def do(self, command: Command) -> None:
        """Carry out a command."""
        raise NotImplementedError

    def play(self, run: Run) -> None:
        """Show a run from its start."""
        raise NotImplementedError

    def moved(self, session: Session) -> None:
        """React to the passing of time in a session."""

    # -- screens ------------------------------------------------------------------------------------------------

    def open(self, screen: Screen[Command | None]) -> None:
        """Open a screen, and carry out the command it is dismissed with."""
        self.push_screen(screen, self._carry_out)

    def _carry_out(self, command: Command | None) -> None:
        if command is not None:
            self.do(command)
        else:
            self.redraw()

    def redraw(self) -> None:
        """Redraw everything visible: a menu lies over the main screen."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, BoardScreen | ConsoleScreen):
                screen.redraw()
            if not isinstance(screen, ModalScreen):
                break

    # -- time ---------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        session = self.session
        now = monotonic()
        seconds, self._last = min(now - self._last, 0.25), now
        if session is not None and session.advance(seconds):
            self.moved(session)
            self.redraw()
        if (session is None or not session.player.is_moving) and self._clock is not None:
            self._clock.pause()

    def start_clock(self) -> None:
        """Start the clock if something moves."""
        if self.session is not None and self.session.player.is_moving and self._clock is not None:
            self._last = monotonic()
            self._clock.resume()

    # -- a run that goes on -------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Follow a live run as it grows."""
        if self._following is not None and self.session is not None:
            self.session.go_live()
            self.start_clock()
            self.redraw()
            self.set_timer(self._following.pause, self._grow)

    @work(thread=True)
    def _grow(self) -> None:
        """Get the longer run in a thread, then show it."""
        following, worker = self._following, get_current_worker()
        trace = following.look() if following is not None else None
        if not worker.is_cancelled:
            self.call_from_thread(self._grown, trace)

    def _grown(self, trace: Trace | None) -> None:
        if self.session is None or self._following is None:
            return
        if trace is None:
            self.session.stop_growing()
        else:
            before = self._following.playback
            playback = self._following.take(trace)
            self.set_timer(self._following.pause, self._grow)
            if playback is before:
                return  # nothing is new
            self.session.grow(playback)
            self.start_clock()
        self.redraw()

    # -- simulating behind the screen ---------------------------------------------------------------------------

    def run_behind(
        self, session: Session, job: Background[T], then: Callable[[T], None], failed: Failed | None = None
    ) -> None:
        """Work in a thread, then call `then` with the result, or `failed` with the problems."""
        session.cancel_background()
        session.background = job
        if self._progress is not None:
            self._progress.reset()
        self._work(session, job, then, failed)
        self.redraw()

    @work(thread=True)
    def _work(self, session: Session, job: Background[T], then: Callable[[T], None], failed: Failed | None) -> None:
        job.work(self.simulate)
        if not job.cancelled:
            self.call_from_thread(self._finished, session, job, then, failed)

    def _finished(self, session: Session, job: Background[T], then: Callable[[T], None], failed: Failed | None) -> None:
        if session.background is not job:
            return
        session.background = None
        if job.result is not None:
            then(job.result)
        elif job.problem is not None and failed is not None:
            failed(job.problems)
        elif job.problem is not None:
            session.say(labels.CANNOT_SIMULATE, reason=message(job.problem, first_language(self.lang)))
        if session.background is None:
            session.console.settle()
        self.redraw()

    def _show_progress(self) -> None:
        if self.session is not None and self.session.background is not None:
            self.redraw()
        elif self._progress is not None:
            self._progress.pause()

    def on_unmount(self) -> None:
        """Cancel the simulations in the background."""
        if self.session is not None:
            self.session.cancel_background()
