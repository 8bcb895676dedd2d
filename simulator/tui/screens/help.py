"""The help for the screen it was called from."""

from __future__ import annotations

from collections.abc import Callable

from simulator.tui.commands import HELP
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.sheet import draw_sheet
from simulator.tui.help import help_sheet
from simulator.tui.hints import screen_hints
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.widgets.board import Board


class HelpScreen(BoardScreen, inherit_bindings=False):
    """All keys and signs."""

    KIND = HELP
    BINDINGS = bindings_of(HELP)

    def __init__(self, about: str, lang: Callable[[], str]) -> None:
        """Help with the screen `about`, in the language of the moment."""
        super().__init__()
        self.about = about
        self.lang = lang
        self.offset_rows = 0

    def paint(self, width: int, height: int) -> Canvas:
        """Its sheet."""
        sheet = help_sheet(self.about, self.lang())
        return draw_sheet(sheet, self.lang(), width, height, screen_hints(HELP, self.lang()), self.offset_rows)

    def command(self, name: str, argument: str = "") -> None:
        """Scroll and close; the rest goes up."""
        match name:
            case "up" | "down":
                self.offset_rows = max(0, self.offset_rows + (1 if name == "down" else -1))
                self.redraw()
            case "help" | "escape":
                self.dismiss(None)
            case _:
                super().command(name, argument)

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel scrolls."""
        self.command("down" if event.by > 0 else "up")
