"""The terminal application: opens screens, and carries commands to them, to the session and to the lessons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from simulator.course.progress import Book
from simulator.course.review import Item
from simulator.scene.pages.inspect import Target
from simulator.scene.words import labels, look_words
from simulator.story.language import LANGUAGE_ORDER, say
from simulator.story.run import Run
from simulator.trace.time import to_micros
from simulator.tui.author import Author
from simulator.tui.authoring import POLL
from simulator.tui.background import Simulator
from simulator.tui.branches import Branches
from simulator.tui.controls import commands as c
from simulator.tui.controls.keys import shortcuts_of
from simulator.tui.following import Following, Grow, Model
from simulator.tui.host import Host
from simulator.tui.lessons import Lessons
from simulator.tui.screens.base import BoardScreen, Commanded
from simulator.tui.screens.breakpoint import BreakpointScreen
from simulator.tui.screens.console import ConsoleScreen, ObeyOrder
from simulator.tui.screens.find import FindScreen
from simulator.tui.screens.help import HelpScreen
from simulator.tui.screens.inspect import InspectScreen
from simulator.tui.screens.main import MainScreen
from simulator.tui.screens.palette import PaletteEntry, PaletteScreen
from simulator.tui.screens.present import PresentScreen
from simulator.tui.screens.zoom import ZoomScreen
from simulator.tui.session import Session
from simulator.tui.settings import SettingsFile, UserSettings, own_settings


class AckademyApp(Host, inherit_bindings=False):
    """A session on screens, or first a picker."""

    TITLE = "Ackademy"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
    ]

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
        cursor: int | None = None,
        watch: bool = False,
        review: tuple[Iterator[Item], int] | None = None,
        folder: Path | None = None,
        settings: UserSettings | None = None,
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
            cursor: the number of events after which to begin.
            watch: whether the run's scenario is read again whenever its file changes.
            review: in place of a run, questions to ask again, and how many there are.
            folder: of the course, if it is not the packaged one.
            settings: how it is to look; None: as the kept ones say.
            kept: where choices are kept.
        """
        settings = settings or (kept.settings if kept is not None else UserSettings())
        super().__init__(simulate, lang, motion=motion, following=following, settings=settings, kept=kept)
        self._run = following.playback.run if following is not None else run
        self._at = at
        self._cursor = cursor
        self._learns = book is not None or self._run is None
        self._reviews = review is not None
        self.lessons = Lessons(self, book or Book(), review, folder)
        self.author = Author(self)
        self.branches = Branches(self)
        self._watch = watch

    def on_mount(self) -> None:
        """Show the first screen."""
        self.set_up()
        self.begin()
        self.show_problems()

    def begin(self) -> None:
        """Open the list of lessons, a question to review, or the run."""
        if self._learns:
            self.lessons.open_list()
        if self._reviews:
            self.lessons.ask_next()
        if self._run is not None:
            self.play(self._run)
            if self._at is not None and self.session is not None:
                self.session.start_at(self._at)
            if self._cursor is not None and self.session is not None:
                self.session.start_after(self._cursor)
            self.follow()
            if self._watch and self.session is not None:
                self.author.watch(self.session)
                self.set_interval(POLL, self._look_at_files)

    def play(self, run: Run) -> None:
        """Show a run from its start."""
        self.session = Session(run, self.lang, motion=self.motion, lesson=self._learns)
        self.session.player = replace(self.session.player, speed=self.settings.speed)
        self.session.played = self.lessons.learner.played(run)
        self.push_screen(MainScreen(self.session))

    def moved(self, session: Session) -> None:
        """Note that a session has changed, and store what was learned."""
        self.lessons.keep(session)

    def _look_at_files(self) -> None:
        if self.session is not None:
            self.author.look(self.session)

    def set_language(self, lang: str) -> None:
        """Switch to a language."""
        self.lang = lang
        if self.session is not None:
            self.session.set_language(lang)
        self.redraw()

    def action_interrupt(self) -> None:
        """End at Ctrl+C."""
        self.exit(130)

    # -- commands -----------------------------------------------------------------------------------------------

    def on_commanded(self, event: Commanded) -> None:
        """Carry out a command sent up by a screen."""
        self.do(event.command)

    def do(self, command: c.Command) -> None:
        """Carry out a command."""
        match command:
            case c.TakeScreenshot() | c.Save() | c.EditScenario() if self.is_web:
                self.say(look_words.NOT_HERE)
            case c.Quit():
                self.exit(0)
            case c.OpenHelp():
                self._open(HelpScreen(self._kind()))
            case c.OpenPalette():
                self._open(PaletteScreen(self.palette_entries()))
            case c.OpenLesson(name):
                self.lessons.pick(name)
            case c.PlayCase(name) if self.session is not None:
                self.lessons.play_case(self.session, name)
            case c.NextCase() if self.session is not None:
                self.lessons.play_next_case(self.session)
            case c.NextReview():
                self.lessons.ask_next()
            case c.NextLanguage():
                place = LANGUAGE_ORDER.index(self.lang)
                self.set_language(LANGUAGE_ORDER[(place + 1) % len(LANGUAGE_ORDER)])
                self.keep("lang", self.lang)
            case c.Escape():
                self._leave()
            case _ if self.change_looks(command):
                pass
            case _ if self.session is not None:
                self._do_in(self.session, command)
                self.lessons.keep(self.session)
        self.redraw()

    def _do_in(self, session: Session, command: c.Command) -> None:
        """Carry out a command about a run."""
        match command:
            case c.Find():
                self._open(FindScreen(session))
            case c.OpenBreakpoint():
                self._open(BreakpointScreen(session))
            case c.RunUntil(test):
                session.rest()
                asked = session.player
                self.run_behind(session, session.hunt(test), lambda found: session.arrive(test, found, asked))
            case c.OpenConsole():
                self._open(ConsoleScreen(session))
            case c.Zoom() | c.Enter():
                self._look_inside(session, command)
            case c.ZoomInto(kind, key):
                self._zoom_into(session, kind, key)
            case c.Inspect():
                self._open(InspectScreen(session, self._inspected(session)))
            case c.Present():
                self._open(PresentScreen(session))
            case c.EditScenario():
                self.author.edit(session)
            case c.AskWhatIf():
                self.branches.ask_what_if(session)
            case c.OpenKnobs():
                self.branches.open_knobs(session)
            case c.EnterModel():
                self.branches.enter_model(session)
            case c.Calibrate():
                self.branches.calibrate(session)
            case c.MakeHappen(change, more):
                self.branches.change(session, change, *more)
            case ObeyOrder(order, exchange):
                self.branches.obey(session, order, exchange)
            case c.Compare():
                self.branches.ask_what_to_compare(session)
            case c.CompareWith(other):
                self.branches.compare(session, other)
            case c.CheckSolution():
                self.lessons.check(session)
            case c.OpenSummary():
                self.lessons.close(session)
            case c.Step(1) | c.GoToMark(1) if session.lesson and _is_at_end(session):
                self.lessons.close(session)
            case c.Undo() if session.cancel_background():
                session.say(labels.CANCELLED)
            case c.Undo() if not session.can(command):
                return
            case _:
                session.do(command)
                if session.player.speed != self.settings.speed:
                    self.keep("speed", session.player.speed)
        self.start_clock()

    def _kind(self) -> str:
        return getattr(self.screen, "KIND", "main")

    def _open(self, screen: BoardScreen | ConsoleScreen) -> None:
        if type(self.screen) is not type(screen):
            self.open(screen)

    def _leave(self) -> None:
        """Go one step back on the main screen: cancel the simulation, clear the selection, or return to the picker."""
        if self.session is not None and self.session.cancel_background():
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

    def _look_inside(self, session: Session, command: c.Zoom | c.Enter) -> None:
        chosen = session.look.selection.key
        if isinstance(command, c.Enter) and not chosen:
            session.do(c.Skip())
            return
        target = session.zoom_target()
        if target is not None and target[0] == "message" and not chosen:
            world = session.run.world(session.player.cursor)
            hostname = world.task(target[1]).hostname or next(iter(world.workers), "")
            target = ("worker", hostname) if hostname else target
        if target is not None:
            self._open(ZoomScreen(session, *target))

    def _zoom_into(self, session: Session, kind: str, key: str) -> None:
        """Zoom from the inspection; for a queue, into its next message."""
        world = session.run.world(session.player.cursor)
        if kind == "queue":
            kind, key = "task", next(iter(world.queues[key].uuids(1)), "") if key in world.queues else ""
        if key in world or key in world.workers:
            self._open(ZoomScreen(session, "worker" if kind == "worker" else "message", key))

    def _inspected(self, session: Session) -> Target:
        """The subject of `i`: what a zoom shows, the selection, or the subject of the last event."""
        screen = self.screen
        found = (screen.kind, screen.key) if isinstance(screen, ZoomScreen) else session.zoom_target()
        kind, key = found or ("", "")
        return ("task" if kind == "message" else kind), key

    def palette_entries(self) -> list[PaletteEntry]:
        """Commands of the screen, and settings of the appearance."""
        hidden = (c.OpenPalette(), c.Move(1), c.Move(-1), c.Escape())
        return [
            *(
                PaletteEntry(say(one.words, self.lang), one.shown, one.command)
                for one in shortcuts_of(self._kind())
                if one.command not in hidden and (self.session is None or self.session.can(one.command))
            ),
            *self.look_entries(),
        ]


def _is_at_end(session: Session) -> bool:
    return session.player.at_end and not session.player.is_moving and session.player.open_question is None


Kept = SettingsFile | None
"""The current user's settings; None: read them."""


def play_run(
    run: Run,
    *,
    lang: str,
    simulate: Simulator,
    at: float | None = None,
    cursor: int | None = None,
    watch: bool = False,
    kept: Kept = None,
) -> int:
    """Play a run in this terminal, and again when its file changes; returns the exit status.

    It begins at `at` (seconds), or after `cursor` events.
    """
    begin = to_micros(at) if at is not None else None
    return _start(AckademyApp(simulate, lang, run, at=begin, cursor=cursor, watch=watch, kept=kept or own_settings()))


def play_live(grow: Grow, model: Model, *, lang: str, simulate: Simulator, kept: Kept = None) -> int:
    """Play a live run, from a source that returns its latest trace; returns the exit status.

    `model` makes the model of what has been recorded so far, for what-ifs.
    """
    return _start(AckademyApp(simulate, lang, following=Following(grow, model), kept=kept or own_settings()))


def learn_run(
    run: Run | None, *, lang: str, simulate: Simulator, book: Book, kept: Kept = None, folder: Path | None = None
) -> int:
    """Play a run as a lesson, or let the user pick one first, and store progress; returns the exit status."""
    return _start(AckademyApp(simulate, lang, run, book=book, kept=kept or own_settings(), folder=folder))


def review_runs(
    items: Iterator[Item], count: int, *, lang: str, simulate: Simulator, book: Book, kept: Kept = None
) -> int:
    """Ask review questions, one after the other, and store the answers; returns the exit status."""
    return _start(AckademyApp(simulate, lang, book=book, review=(items, count), kept=kept or own_settings()))


def _start(app: AckademyApp) -> int:
    status = app.run()
    return status if status is not None else app.return_code or 0


__all__ = ["AckademyApp", "learn_run", "play_live", "play_run", "review_runs"]
