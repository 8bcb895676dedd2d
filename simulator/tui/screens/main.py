"""The main screen."""

from __future__ import annotations

from simulator.tui.commands import MAIN
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.main import draw_main
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board


class MainScreen(BoardScreen, inherit_bindings=False):
    """Stage, words, timeline and transport bar of a session."""

    KIND = MAIN
    HAS_NOTICE = True
    BINDINGS = bindings_of(MAIN)

    def __init__(self, session: Session) -> None:
        """Show a session."""
        super().__init__()
        self.session = session

    def paint(self, width: int, height: int) -> Canvas:
        """The session's scene."""
        return draw_main(self.session.scene(), width, height, self.session.hints(MAIN))

    def copied(self) -> str:
        """The chosen thing, else what is told of this moment."""
        return self.session.copied()

    def command(self, name: str, argument: str = "") -> None:
        """Choosing happens here; what moves the run goes up."""
        session = self.session
        match name:
            case "up" | "down":
                session.move(1 if name == "down" else -1)
            case "panel" | "previous_panel":
                session.panel(1 if name == "panel" else -1)
            case "choose" if argument.partition(":")[2] != session.look.selection.key:
                session.do("choose", argument)
            case "choose":
                super().command("enter")
                return
            case _:
                super().command(name, argument)
                return
        self.redraw()

    def pressed(self, event: Board.Pressed) -> None:
        """Seek where a scale was pressed, else do what stands there."""
        zone = event.zone
        if zone.action == "seek" and zone.argument:
            times = zone.argument.split()
            place = min(event.column, len(times) - 2)
            self.command("seek_span", f"{times[place]}/{times[place + 1]}/{times[0]}")
        elif zone.action == "seek":
            self.command("seek", f"{event.column}/{max(1, zone.width - 1)}")
        else:
            self.command(zone.action, zone.argument)

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel steps; over the timeline it looks from nearer or farther."""
        over_time = event.zone is not None and event.zone.action == "seek" and event.zone.argument
        if over_time:
            self.command("time_out" if event.by > 0 else "time_in")
        else:
            self.command("step" if event.by > 0 else "back")
