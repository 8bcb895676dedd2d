"""The terminal application: opens screens, carries commands to the session, lets time pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.worker import get_current_worker

from simulator.course.progress import Book
from simulator.course.review import Item
from simulator.play.score import Score
from simulator.scenario import Problem
from simulator.scene.inspect import Target
from simulator.scene.words import labels
from simulator.story.language import LANGUAGE_ORDER, first_language, say
from simulator.story.problems.errors import message
from simulator.story.run import Run
from simulator.trace.time import to_micros
from simulator.tui.author import Author
from simulator.tui.authoring import POLL
from simulator.tui.branches import Branches
from simulator.tui.commands import commands_of
from simulator.tui.drawing.console import Log
from simulator.tui.following import Following, Grow
from simulator.tui.lessons import Lessons
from simulator.tui.looks import LOOKS, Looks
from simulator.tui.rerun import Rerun, Simulator
from simulator.tui.screens.base import BoardScreen, Commanded
from simulator.tui.screens.console import ConsoleScreen
from simulator.tui.screens.find import FindScreen
from simulator.tui.screens.help import HelpScreen
from simulator.tui.screens.inspect import InspectScreen
from simulator.tui.screens.main import MainScreen
from simulator.tui.screens.palette import Entry, PaletteScreen
from simulator.tui.screens.present import PresentScreen
from simulator.tui.screens.zoom import ZoomScreen
from simulator.tui.session import Session
from simulator.tui.settings import Settings, SettingsFile, own_settings

FRAME = 1 / 30
"""Seconds between two frames while something moves."""

PROGRESS = 1 / 8
"""Seconds between two looks at how far a simulation is."""


Failed = Callable[[list[Problem]], None]
"""Hears everything that is wrong with a scenario."""


class AckademyApp(Looks, inherit_bindings=False):
    """A session on screens, or first a picker."""

    TITLE = "Ackademy"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "interrupt", show=False, priority=True)]

    def __init__(
        self,
        simulate: Simulator,
        lang: str,
        run: Run | None = None,
        *,
        motion: bool | None = None,
        following: Following | None = None,
        book: Book | None = None,
        at: int | None = None,
        watch: bool = False,
        review: tuple[Iterator[Item], int] | None = None,
        settings: Settings | None = None,
        kept: SettingsFile | None = None,
    ) -> None:
        """Play a run, or pick a lesson first where there is none.

        Args:
            simulate: the engine.
            lang: `ko`, `en` or `both`.
            run: what to play.
            motion: whether steps are seen as movement; None asks the settings, then TEXTUAL_ANIMATIONS.
            following: in place of a run, one that goes on while it is played.
            book: where what is learned is kept; with one, a run is played as a lesson.
            at: the time (microseconds) at which to begin.
            watch: whether the run's scenario is read again whenever its file changes.
            review: in place of a run, questions to ask again, and how many there are.
            settings: how it is to look; None: as the kept ones say.
            kept: where choices are kept.
        """
        super().__init__(settings or (kept.settings if kept is not None else Settings()), kept)
        self.simulate = simulate
        self.lang = lang
        if motion is None:
            motion = self.settings.motion
        self.motion = self.animation_level != "none" if motion is None else motion
        self.session: Session | None = None
        self._run = following.score.run if following is not None else run
        self._following = following
        self._at = at
        self._learns = book is not None or self._run is None
        self._reviews = review is not None
        self.lessons = Lessons(self, book or Book(), review)
        self._clock: Timer | None = None
        self._progress: Timer | None = None
        self._last = 0.0
        self._find_text = ""
        self._console = Log()
        self.author = Author(self, self.simulate_behind)
        self.branches = Branches(self)
        self._watch = watch

    def on_mount(self) -> None:
        """Show the first screen."""
        self.put_on()
        self._clock = self.set_interval(FRAME, self._tick, pause=True)
        self._progress = self.set_interval(PROGRESS, self._show_progress, pause=True)
        if self._learns:
            self.lessons.open_list()
        if self._reviews:
            self.lessons.ask_next()
        if self._run is not None:
            self.play(self._run)
            if self._at is not None and self.session is not None:
                self.session.start_at(self._at)
            self._follow()
            if self._watch and self.session is not None:
                self.author.watch(self.session)
                self.set_interval(POLL, self._look_at_files)
        self.tell_problems()

    def play(self, run: Run) -> None:
        """Show a run from its start."""
        self.session = Session(run, self.lang, motion=self.motion, lesson=self._learns)
        self._console = Log()
        self.session.player = replace(self.session.player, speed=self.settings.speed)
        self.push_screen(MainScreen(self.session))

    def _look_at_files(self) -> None:
        if self.session is not None:
            self.author.look(self.session)

    def speak(self, lang: str) -> None:
        """Go on in a language."""
        self.lang = lang
        if self.session is not None:
            self.session.speak(lang)
        self.redraw()

    def action_interrupt(self) -> None:
        """Ctrl+C."""
        self.exit(130)

    # -- time ---------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        session = self.session
        now = monotonic()
        seconds, self._last = min(now - self._last, 0.25), now
        if session is not None and session.advance(seconds):
            self.lessons.keep(session)
            self.redraw()
        if (session is None or not session.player.is_moving) and self._clock is not None:
            self._clock.pause()

    def _start_clock(self) -> None:
        if self.session is not None and self.session.player.is_moving and self._clock is not None:
            self._last = monotonic()
            self._clock.resume()

    def redraw(self) -> None:
        """Everything that can be seen: a menu lies over the main screen."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, BoardScreen | FindScreen | ConsoleScreen | PaletteScreen):
                screen.redraw()
            if not isinstance(screen, ModalScreen):
                break

    # -- a run that goes on -------------------------------------------------------------------------------------

    def _follow(self) -> None:
        if self._following is not None and self.session is not None:
            self.session.go_live()
            self._start_clock()
            self.redraw()
            self.set_timer(self._following.pause, self._grow)

    @work(thread=True)
    def _grow(self) -> None:
        """Get the longer run and prepare it, in a thread; then show it."""
        following, worker = self._following, get_current_worker()
        score = following.grow() if following is not None else None
        if not worker.is_cancelled:
            self.call_from_thread(self._grown, score)

    def _grown(self, score: Score | None) -> None:
        if self.session is None or self._following is None:
            return
        if score is None:
            self.session.stop_growing()
        else:
            self.set_timer(self._following.pause, self._grow)
            if score is self.session.player.score:
                return  # nothing is new
            self.session.grow(score)
            self._start_clock()
        self.redraw()

    # -- commands -----------------------------------------------------------------------------------------------

    def on_commanded(self, event: Commanded) -> None:
        """A screen was told to do something that is not its own affair."""
        self.carry_out(event.name, event.argument)

    def carry_out(self, name: str, argument: str = "") -> None:
        """Do a command by its name."""
        match name:
            case "quit":
                self.exit(0)
            case "help":
                self._open(HelpScreen(self._kind(), lambda: self.lang))
            case "palette":
                self._open_palette()
            case "open":
                self.lessons.pick(argument)
            case "language":
                place = LANGUAGE_ORDER.index(self.lang)
                self.speak(LANGUAGE_ORDER[(place + 1) % len(LANGUAGE_ORDER)])
                self.keep("lang", self.lang)
            case _ if name in LOOKS:
                self.hand_over(name)
            case "escape":
                self._leave()
            case _:
                if self.session is not None:
                    self._carry_out(self.session, name, argument)
                    self.lessons.keep(self.session)
        self.redraw()

    def _carry_out(self, session: Session, name: str, argument: str) -> None:
        match name:
            case "find":
                self._open(FindScreen(session, self._find_text))
            case "edit":
                self.author.edit(session)
            case "console":
                self._open(ConsoleScreen(session, self._console))
            case "zoom" | "enter":
                self._look_inside(session, name)
            case "look_inside":
                self._zoom_into(session, *argument.split(":", 1))
            case "inspect":
                self._open(InspectScreen(session, self._inspected(session)))
            case "present":
                self._open(PresentScreen(session))
            case "what_if":
                self.branches.ask_what_if(session)
            case "knobs":
                self.branches.open_knobs(session)
            case "compare":
                self.branches.ask_what_to_compare(session)
            case "closing":
                self.lessons.close(session)
            case "step" | "raw_step" | "next_mark" if session.lesson and _stands_at_end(session):
                self.lessons.close(session)
            case "check":
                self.lessons.check(session)
            case "undo" if session.give_up():
                session.say(labels.CANCELLED)
            case "skip" | "undo" if not session.can(name):
                return
            case _:
                session.do(name, argument)
                if session.player.speed != self.settings.speed:
                    self.keep("speed", session.player.speed)
        self._start_clock()

    def on_console_screen_ordered(self, event: ConsoleScreen.Ordered) -> None:
        """A command was typed that makes a what-if."""
        if self.session is not None:
            self.branches.obey(self.session, event.order, event.entry)

    def _kind(self) -> str:
        return getattr(self.screen, "KIND", "main")

    def _open(self, screen: Screen[str | None]) -> None:
        if type(self.screen) is type(screen):
            return
        self.push_screen(screen, partial(self._after_screen, screen))

    def _after_screen(self, screen: Screen[str | None], result: str | None) -> None:
        if isinstance(screen, FindScreen):
            self._find_text = screen.text
            if result is not None:
                self.carry_out("go", result)
        elif isinstance(screen, ConsoleScreen) and result is not None:
            self.carry_out(result)
        self.redraw()

    def _leave(self) -> None:
        """From the main screen: give up what is simulated, let go of what is chosen, then back to the picker."""
        if self.session is not None and self.session.give_up():
            self.session.say(labels.CANCELLED)
            return
        if self.session is not None and self.session.clear():
            return
        if len(self.screen_stack) > 2 and isinstance(self.screen, MainScreen):
            if self.session is not None:
                self.lessons.keep(self.session)
            self.session = None
            self.pop_screen()
            self.lessons.back()

    def _look_inside(self, session: Session, name: str) -> None:
        if name == "enter" and not session.look.selection.key:
            session.do("skip")
            return
        target = session.zoom_target()
        if name == "zoom" and target is not None and target[0] == "message" and not session.look.selection.key:
            world = session.run.world(session.player.cursor)
            hostname = world.task(target[1]).hostname or next(iter(world.workers), "")
            target = ("worker", hostname) if hostname else target
        if target is not None and (name == "zoom" or session.look.selection.key):
            self._open(ZoomScreen(session, *target))

    def _zoom_into(self, session: Session, kind: str, key: str) -> None:
        """From the inspection; of a queue its next message has a page."""
        world = session.run.world(session.player.cursor)
        if kind == "queue":
            kind, key = "task", next(iter(world.queues[key].uuids(1)), "") if key in world.queues else ""
        if key in world or key in world.workers:
            self._open(ZoomScreen(session, "worker" if kind == "worker" else "message", key))

    def _inspected(self, session: Session) -> Target:
        """What `i` is about: what a zoom shows, the chosen thing, or what the last event was about."""
        screen = self.screen
        found = (screen.kind, screen.key) if isinstance(screen, ZoomScreen) else session.zoom_target()
        kind, key = found or ("", "")
        return ("task" if kind == "message" else kind), key

    # -- simulating behind the screen ---------------------------------------------------------------------------

    def simulate_behind(
        self, session: Session, rerun: Rerun, then: Callable[[Score], None], failed: Failed | None = None
    ) -> None:
        """Simulate in a thread of its own, and `then` go on with what came of it; `failed` hears why nothing did."""
        session.give_up()
        session.rerun = rerun
        if self._progress is not None:
            self._progress.resume()
        self._work(session, rerun, then, failed)
        self.redraw()

    @work(thread=True)
    def _work(self, session: Session, rerun: Rerun, then: Callable[[Score], None], failed: Failed | None) -> None:
        rerun.work(self.simulate)
        if not rerun.cancelled:
            self.call_from_thread(self._finished, session, rerun, then, failed)

    def _finished(self, session: Session, rerun: Rerun, then: Callable[[Score], None], failed: Failed | None) -> None:
        if session.rerun is not rerun:
            return
        session.rerun = None
        if rerun.score is not None:
            then(rerun.score)
        elif rerun.problem is not None and failed is not None:
            failed(rerun.problems)
        elif rerun.problem is not None:
            session.say(labels.CANNOT_SIMULATE, reason=message(rerun.problem, first_language(self.lang)))
        if session.rerun is None:
            self._console.settle()
        self.redraw()

    def _show_progress(self) -> None:
        if self.session is not None and self.session.rerun is not None:
            self.redraw()
        elif self._progress is not None:
            self._progress.pause()

    def on_unmount(self) -> None:
        """Nobody waits any more."""
        if self.session is not None:
            self.session.give_up()

    # -- picker and palette -------------------------------------------------------------------------------------

    def _open_palette(self) -> None:
        entries = self.palette_entries()

        def picked(place: str | None) -> None:
            self.redraw()
            if place is not None:
                entries[int(place)][2]()

        self.push_screen(PaletteScreen(entries, self.lang), picked)

    def palette_entries(self) -> list[Entry]:
        """Commands of the screen, and looks."""
        kind = self._kind()
        entries: list[Entry] = [
            (
                say(command.words, self.lang),
                command.shown,
                partial(self._from_palette, command.action, command.argument),
            )
            for command in commands_of(kind)
            if command.name not in ("palette", "up", "down", "escape")
            and (self.session is None or self.session.can(command.name))
        ]
        return [*entries, *self.look_entries()]

    def _from_palette(self, name: str, argument: str) -> None:
        screen = self.screen
        if isinstance(screen, BoardScreen):
            screen.command(name, argument)


def _stands_at_end(session: Session) -> bool:
    return session.player.at_end and not session.player.is_moving and session.player.open_question is None


Kept = SettingsFile | None
"""The settings of who sits here; None: read them."""


def play_run(
    run: Run, *, lang: str, simulate: Simulator, at: float | None = None, watch: bool = False, kept: Kept = None
) -> int:
    """Play a run in this terminal, from `at` (seconds) on, and again when its file changes; returns the exit status."""
    begin = to_micros(at) if at is not None else None
    return _start(AckademyApp(simulate, lang, run, at=begin, watch=watch, kept=kept or own_settings()))


def play_live(grow: Grow, *, lang: str, simulate: Simulator, kept: Kept = None) -> int:
    """Play a run that goes on, from a source that gives it as it is by now; returns the exit status."""
    return _start(AckademyApp(simulate, lang, following=Following(grow), kept=kept or own_settings()))


def learn_run(run: Run | None, *, lang: str, simulate: Simulator, book: Book, kept: Kept = None) -> int:
    """Play a run as a lesson, or let one be picked first, and keep what was learned; returns the exit status."""
    return _start(AckademyApp(simulate, lang, run, book=book, kept=kept or own_settings()))


def review_runs(
    items: Iterator[Item], count: int, *, lang: str, simulate: Simulator, book: Book, kept: Kept = None
) -> int:
    """Ask questions of other runs, one after the other, and keep what was answered; returns the exit status."""
    return _start(AckademyApp(simulate, lang, book=book, review=(items, count), kept=kept or own_settings()))


def _start(app: AckademyApp) -> int:
    status = app.run()
    return status if status is not None else app.return_code or 0


__all__ = ["AckademyApp", "learn_run", "play_live", "play_run", "review_runs"]
