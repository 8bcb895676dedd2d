"""The presenter's screen: for a projector and a remote clicker."""

from __future__ import annotations

from msgspec import structs

from simulator.scene.build import Fit
from simulator.scene.model import Scene
from simulator.scene.view import Presented, View
from simulator.scene.words import present_words
from simulator.story.catalog import Words
from simulator.story.language import say
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import Hint
from simulator.tui.controls.shortcuts import PRESENT
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.pages.present import draw_black, room_of_present
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session


class PresentScreen(BoardScreen, inherit_bindings=False):
    """A session for an audience: page keys lead through questions and answers, which show only on request."""

    KIND = PRESENT
    HAS_NOTICE = True
    BINDINGS = bindings_of(PRESENT)

    def __init__(self, session: Session) -> None:
        """Present a session from its current place."""
        super().__init__()
        self.session = session
        self.black = False
        self.revealed: set[int] = set()
        """Numbers of the questions whose answers were revealed."""

    def paint(self, width: int, height: int) -> Canvas:
        """The session's scene, or nothing."""
        return draw_black(width, height) if self.black else super().paint(width, height)

    def view(self, width: int, height: int) -> View:
        """The session's scene."""
        revealed = not self._hides()
        scene = self._scene(lambda draft: room_of_present(draft, width, height, revealed=revealed))
        return Presented(scene, revealed)

    def _scene(self, fit: Fit) -> Scene:
        scene = self.session.scene(fit)
        answered = scene.question is not None and scene.question.answered and not scene.question.verdict
        # The main screen tells here which key goes on; a room has another one, and the caption tells it.
        return structs.replace(scene, notice="") if answered else scene

    def _hides(self) -> bool:
        """Return True if the run has shown an answer here that has not been revealed yet."""
        verdict = self.session.player.verdict
        return verdict is not None and self.session.player.open_question is None and verdict.number not in self.revealed

    def hints(self) -> list[Hint]:
        """The clicker's next action, and a few keys."""
        if self.black:
            return []
        lang = self.session.lang

        def hint(key: str, words: Words, command: c.Command) -> Hint:
            return Hint(key, say(words, lang), command)

        if self.session.player.open_question is not None:
            forward = hint("page down", present_words.LET_IT_RUN, c.GoToMark(1))
        elif self._hides():
            forward = hint("enter", present_words.ANSWER, c.Reveal())
        else:
            forward = hint("page down", present_words.NEXT, c.GoToMark(1))
        return [
            forward,
            hint("page up", present_words.BACK, c.GoToMark(-1)),
            hint("P", present_words.LEAVE, c.Present()),
            hint("b", present_words.BLACK, c.Blacken()),
            hint("tab", present_words.SPOTLIGHT, c.NextPanel(1)),
            hint("?", present_words.HELP, c.OpenHelp()),
        ]

    def copied(self) -> str:
        """The same text as on the main screen."""
        return self.session.copied()

    def do(self, command: c.Command) -> None:
        """Carry out the clicker's keys; send other commands up."""
        session = self.session
        if self.black:
            self.black = False
            self.redraw()
            return
        match command:
            case c.Blacken():
                session.rest()
                self.black = True
            case c.GoToMark(1) | c.Reveal() if session.player.open_question is not None:
                super().do(c.Skip())
                super().do(c.GoToMark(1))
            case c.GoToMark(1) | c.Reveal() if self._hides():
                self.revealed |= {stop.number for stop in [session.player.verdict] if stop is not None}
            case c.Reveal():
                if session.look.selection.key:
                    super().do(c.Enter())
            case c.Move(by):
                session.move(by)
            case c.NextPanel(by):
                self._light(by)
            case c.Choose(key=key):
                session.do(command if key != session.look.selection.key else c.Choose())
            case c.Escape() if session.look.selection.panel:
                session.clear()
            case c.Present() | c.Escape():
                self.dismiss(None)
            case _:
                super().do(command)
        self.redraw()

    def _light(self, by: int) -> None:
        """Put the next worker into the spotlight; after the last one, none."""
        session = self.session
        names = ["", *session.run.world(session.player.cursor).workers]
        chosen = session.look.selection.key
        name = names[((names.index(chosen) if chosen in names else 0) + by) % len(names)]
        session.do(c.Choose("worker", name) if name else c.Choose())

    def wheel(self, by: int, over: c.Command | None) -> c.Command:
        """Step."""
        return c.Step(by)
