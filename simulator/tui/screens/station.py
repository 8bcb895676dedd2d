"""The card of a station of a class, and the presenter's screen between two of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from msgspec import structs

from simulator.course.stations import ClassStation
from simulator.scene.build import Fit
from simulator.scene.model import Scene
from simulator.scene.pages.station import build_station
from simulator.scene.view import View
from simulator.scene.words import class_words
from simulator.story.language import say
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import Hint
from simulator.tui.controls.shortcuts import PRESENT, STATION
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.pages.station import draw_clock
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.screens.present import PresentScreen
from simulator.tui.session import Session

Told = Callable[[], str]
"""Says something that may change while it is shown: the clock."""


class StationScreen(BoardScreen, inherit_bindings=False):
    """A station: its words, then the values of its table; dismissed with the way on."""

    KIND = STATION
    BINDINGS = bindings_of(STATION)

    def __init__(self, station: ClassStation, title: Told, clock: Told) -> None:
        """Show a station before it is played."""
        super().__init__()
        self.station = station
        self.title_now, self.clock = title, clock
        self.revealed = False

    def on_mount(self) -> None:
        """Keep the clock going."""
        self.set_interval(20, self.redraw)

    def hints(self) -> list[Hint]:
        """The keys, with what comes next."""
        onward = class_words.BEGIN if self.station.run is not None else class_words.NEXT
        if self._hides:
            onward = class_words.SHOW_VALUES
        said = {c.Reveal(): onward, c.GoToMark(-1): class_words.PREVIOUS}
        return [
            replace(hint, label=say(said[hint.command], self.lang)) if hint.command in said else hint
            for hint in super().hints()
            if hint.command != c.Escape()
        ]

    @property
    def _hides(self) -> bool:
        return self.station.table is not None and not self.revealed

    def view(self, width: int, height: int) -> View:
        """The card."""
        return build_station(self.station, self.title_now(), self.clock(), self.lang, revealed=self.revealed)

    def do(self, command: c.Command) -> None:
        """Reveal, go on, go back; send other commands up."""
        match command:
            case c.Reveal() if self._hides:
                self.revealed = True
                self.redraw()
            case c.Reveal():
                self.dismiss(c.Present() if self.station.run is not None else c.GoToStation(1))
            case c.GoToMark(-1) if self.revealed:
                self.revealed = False
                self.redraw()
            case c.GoToMark(-1):
                self.dismiss(c.GoToStation(-1))
            case _:
                super().do(command)


class ClassStage(PresentScreen, inherit_bindings=False):
    """The presenter's screen in a class: its questions are voted on, and behind its end comes the next station."""

    BINDINGS = bindings_of(PRESENT)

    def __init__(self, session: Session, clock: Told, has_counts: Callable[[int], bool]) -> None:
        """Present a session; `has_counts` says whether a question, by its number, was voted on."""
        super().__init__(session)
        self.clock = clock
        self._has_counts = has_counts

    def paint(self, width: int, height: int) -> Canvas:
        """The stage, with the clock in the rule below the title."""
        canvas = super().paint(width, height)
        if not self.black:
            draw_clock(canvas, self.clock())
        return canvas

    def _scene(self, fit: Fit) -> Scene:
        scene = super()._scene(fit)
        question = scene.question
        return scene if question is None else structs.replace(scene, question=structs.replace(question, by_class=True))

    def hints(self) -> list[Hint]:
        """The presenter's, where the way on is a vote or the next station."""
        hints = super().hints()
        if not hints:
            return hints
        player = self.session.player
        if player.open_question is not None:
            return [Hint("page down", say(class_words.VOTE, self.lang), c.OpenVote()), *hints[1:]]
        if player.at_end and not self._hides():
            return [Hint("page down", say(class_words.NEXT, self.lang), c.GoToStation(1)), *hints[1:]]
        if self._counted:
            return [hints[0], Hint("enter", say(class_words.COUNTS, self.lang), c.OpenVote()), *hints[1:]]
        return hints

    @property
    def _counted(self) -> bool:
        """True if the question of this moment, or the one that it answers, was voted on."""
        stop = self.session.player.verdict or self.session.player.question
        return stop is not None and self._has_counts(stop.number)

    def do(self, command: c.Command) -> None:
        """Vote, or go to another station; the rest as a presenter."""
        player = self.session.player
        if self.black or player.is_moving:
            super().do(command)
            return
        match command:
            case c.GoToMark(1) | c.Reveal() if player.open_question is not None or self._hides():
                self._send(c.OpenVote())
            case c.Reveal() if self._counted:
                self._send(c.OpenVote())
            case c.AnswerQuestion() if player.open_question is not None:
                self._send(c.OpenVote())  # the class answers, not the one at the keys
            case c.GoToMark(1) if player.at_end:
                self._send(c.GoToStation(1))
            case c.GoToMark(-1) if player.place <= player.playback.rests[0]:
                self._send(c.GoToStation(0))
            case _:
                super().do(command)

    def _send(self, command: c.Command) -> None:
        BoardScreen.do(self, command)
