"""The main screen."""

from __future__ import annotations

from simulator.scene.view import Main, View
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import Hint, player_hints
from simulator.tui.controls.shortcuts import MAIN
from simulator.tui.drawing.main import room_of_main
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session


class MainScreen(BoardScreen, inherit_bindings=False):
    """Stage, words, timeline and transport bar of a session."""

    KIND = MAIN
    HAS_NOTICE = True
    BINDINGS = bindings_of(MAIN)

    def __init__(self, session: Session) -> None:
        """Show a session."""
        super().__init__()
        self.session = session

    def view(self, width: int, height: int) -> View:
        """The session's scene."""
        scene = self.session.scene(lambda draft: room_of_main(draft, width, height))
        return Main(scene)

    def hints(self) -> list[Hint]:
        """List the commands possible now."""
        return player_hints(self.session.player, self.session.look, MAIN)

    def copied(self) -> str:
        """The selected thing, or else the narration of this moment."""
        return self.session.copied()

    def do(self, command: c.Command) -> None:
        """Select here; send other commands up."""
        session = self.session
        match command:
            case c.Move(by):
                session.move(by)
            case c.NextPanel(by):
                session.panel(by)
            case c.Choose(key=key) if key != session.look.selection.key:
                session.do(command)
            case c.Choose():
                super().do(c.Enter())
                return
            case _:
                super().do(command)
                return
        self.redraw()

    def wheel(self, by: int, over: c.Command | None) -> c.Command:
        """Step; over the timeline, zoom in or out."""
        return c.ZoomTime(-by) if isinstance(over, c.SeekTime) else c.Step(by)
