"""Screens with a list to choose from: the what-if menu and others like it."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual.screen import ModalScreen

from simulator.tui.commands import MENU
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.sheet import Choices, draw_menu
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.widgets.board import Board

MakeChoices = Callable[[int], Choices]
"""The list, when so many-th is chosen."""


class ChooseScreen(BoardScreen, inherit_bindings=False):
    """A list; says up which place was picked (`picked`, from 0)."""

    def __init__(self, make: MakeChoices) -> None:
        """Show what `make` makes."""
        super().__init__()
        self.make = make
        self.chosen = 0

    def command(self, name: str, argument: str = "") -> None:
        """Choose and pick; the rest goes up."""
        count = len(self.make(self.chosen).lines)
        match name:
            case "up" | "down":
                self.chosen = max(0, min(self.chosen + (1 if name == "down" else -1), count - 1))
                self.redraw()
            case "pick":
                self.chosen = int(argument)
                self.command("enter")
            case "answer" if int(argument) <= count:
                self.chosen = int(argument) - 1
                self.command("enter")
            case "enter" if count:
                self.picked(self.chosen)
            case "enter" | "answer":
                pass
            case _:
                super().command(name, argument)

    def picked(self, place: int) -> None:
        """What to do with what was picked."""
        self.dismiss(str(place))

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel chooses."""
        self.command("down" if event.by > 0 else "up")


class MenuScreen(ChooseScreen, ModalScreen[str | None], inherit_bindings=False):
    """A small list over the main screen."""

    KIND = MENU
    BINDINGS = bindings_of(MENU)
    DEFAULT_CSS = """
    MenuScreen { align: center middle; background: $background 50%; }
    """

    def on_mount(self) -> None:
        """As large as its list, as far as there is room."""
        self._fit()

    def on_resize(self) -> None:
        """Fit another size."""
        self._fit()

    def redraw(self) -> None:
        """Another language may need another size."""
        self._fit()
        super().redraw()

    def _fit(self) -> None:
        choices = self.make(self.chosen)
        widest = max([cell_len(line.text) + 10 for line in choices.lines] + [cell_len(choices.title) + 8, 30])
        width, height = self.app.size
        for board in self.query(Board):
            board.styles.width = min(widest, width)
            board.styles.height = min(len(choices.lines) + 2, height)

    def paint(self, width: int, height: int) -> Canvas:
        """The list in a frame."""
        return draw_menu(self.make(self.chosen), "en", width, height)

    def command(self, name: str, argument: str = "") -> None:
        """As a list; escape closes."""
        if name == "escape":
            self.dismiss(None)
        else:
            super().command(name, argument)
