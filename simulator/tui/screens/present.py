"""The presenter's screen: for a projector and a remote clicker."""

from __future__ import annotations

from dataclasses import replace

from simulator.scene.model import Scene
from simulator.scene.words import present_words
from simulator.story.catalog import Words
from simulator.story.language import say
from simulator.tui.commands import PRESENT
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.present import draw_black, draw_present
from simulator.tui.hints import Hint
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board


class PresentScreen(BoardScreen, inherit_bindings=False):
    """A session for a room: page keys lead through questions and answers, nothing is told before it is asked for."""

    KIND = PRESENT
    HAS_NOTICE = True
    BINDINGS = bindings_of(PRESENT)

    def __init__(self, session: Session) -> None:
        """Present a session, from where it is."""
        super().__init__()
        self.session = session
        self.black = False
        self.revealed: set[int] = set()
        """The numbers of the questions whose answers were asked for."""

    def paint(self, width: int, height: int) -> Canvas:
        """The session's scene, or nothing."""
        if self.black:
            return draw_black(width, height)
        return draw_present(self._scene(), width, height, self._hints(), revealed=not self._hides())

    def _scene(self) -> Scene:
        scene = self.session.scene()
        answered = scene.question is not None and scene.question.answered and not scene.question.verdict
        # The main screen tells here which key goes on; a room has another one, and the caption tells it.
        return replace(scene, notice="") if answered else scene

    def _hides(self) -> bool:
        """Whether the run has shown an answer here that nobody has asked for yet."""
        verdict = self.session.player.verdict
        return verdict is not None and self.session.player.open_question is None and verdict.number not in self.revealed

    def _hints(self) -> list[Hint]:
        lang = self.session.lang

        def hint(key: str, words: Words, action: str) -> Hint:
            return Hint(key, say(words, lang), action, "", 0)

        if self.session.player.open_question is not None:
            forward = hint("page down", present_words.LET_IT_RUN, "next_mark")
        elif self._hides():
            forward = hint("enter", present_words.ANSWER, "reveal")
        else:
            forward = hint("page down", present_words.NEXT, "next_mark")
        return [
            forward,
            hint("page up", present_words.BACK, "previous_mark"),
            hint("P", present_words.LEAVE, "present"),
            hint("b", present_words.BLACK, "black"),
            hint("tab", present_words.SPOTLIGHT, "panel"),
            hint("?", present_words.HELP, "help"),
        ]

    def copied(self) -> str:
        """As on the main screen."""
        return self.session.copied()

    def command(self, name: str, argument: str = "") -> None:
        """What a clicker does first; the rest goes up."""
        session = self.session
        if self.black:
            self.black = False
            self.redraw()
            return
        match name:
            case "black":
                session.do("rest")
                self.black = True
            case "next_mark" | "reveal" if session.player.open_question is not None:
                super().command("skip")
                super().command("next_mark")
            case "next_mark" | "reveal" if self._hides():
                self.revealed |= {stop.number for stop in [session.player.verdict] if stop is not None}
            case "reveal" if session.look.selection.key:
                super().command("enter")
            case "reveal":
                pass
            case "up" | "down":
                session.move(1 if name == "down" else -1)
            case "panel" | "previous_panel":
                self._light(1 if name == "panel" else -1)
            case "choose":
                session.do("choose", argument if argument.partition(":")[2] != session.look.selection.key else ":")
            case "escape" if session.look.selection.panel:
                session.clear()
            case "present" | "escape":
                self.dismiss(None)
            case _:
                super().command(name, argument)
        self.redraw()

    def _light(self, by: int) -> None:
        """Put the next worker into the spotlight; after the last one none."""
        session = self.session
        names = ["", *session.run.world(session.player.cursor).workers]
        chosen = session.look.selection.key
        name = names[((names.index(chosen) if chosen in names else 0) + by) % len(names)]
        session.do("choose", f"workers:{name}" if name else ":")

    def pressed(self, event: Board.Pressed) -> None:
        """Seek where the line was pressed, else do what stands there."""
        zone = event.zone
        if zone.action == "seek":
            self.command("seek", f"{event.column}/{max(1, zone.width - 1)}")
        else:
            self.command(zone.action, zone.argument)

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel steps."""
        self.command("step" if event.by > 0 else "back")
