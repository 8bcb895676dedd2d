"""The comparison of two runs."""

from __future__ import annotations

from simulator.play.pair import Pair
from simulator.scene.compare import build_compare
from simulator.tui.commands import COMPARE
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.compare import draw_compare
from simulator.tui.hints import screen_hints
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board

GOING = {
    "step": Pair.step,
    "back": Pair.back,
    "raw_step": Pair.raw_step,
    "raw_back": Pair.raw_back,
    "next_mark": Pair.next_mark,
    "previous_mark": Pair.previous_mark,
}
"""Commands that move both runs."""


class CompareScreen(BoardScreen, inherit_bindings=False):
    """Two runs at one moment; the session stays where it is."""

    KIND = COMPARE
    BINDINGS = bindings_of(COMPARE)

    def __init__(self, session: Session, pair: Pair) -> None:
        """Begin with a pair; words in the session's language."""
        super().__init__()
        self.session = session
        self.pair = pair
        self.offset_rows = 0

    def paint(self, width: int, height: int) -> Canvas:
        """Both runs now."""
        lang = self.session.lang
        scene = build_compare(self.pair, lang)
        return draw_compare(scene, width, height, screen_hints(COMPARE, lang), self.offset_rows)

    def command(self, name: str, argument: str = "") -> None:
        """Move both, scroll the measures, go back; the rest goes up."""
        pair = self.pair
        match name:
            case _ if name in GOING:
                self.pair = GOING[name](pair)
            case "home":
                self.pair = pair.go(0)
            case "end":
                self.pair = pair.go(pair.end)
            case "parting" if pair.parted is not None:
                self.pair = pair.go(pair.parted)
            case "seek":
                column, columns = map(int, argument.split("/"))
                self.pair = pair.go(column * pair.end // columns)
            case "up" | "down":
                self.offset_rows = max(0, min(self.offset_rows + (1 if name == "down" else -1), 20))
            case "escape":
                self.dismiss(None)
                return
            case _:
                super().command(name, argument)
                return
        self.redraw()

    def pressed(self, event: Board.Pressed) -> None:
        """Seek where a timeline was pressed, else do what stands there."""
        zone = event.zone
        if zone.action == "seek":
            self.command("seek", f"{event.column}/{max(1, zone.width - 1)}")
        else:
            self.command(zone.action, zone.argument)

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel steps."""
        self.command("step" if event.by > 0 else "back")
