"""Screens with a list to choose from: the what-if menu and others like it."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual.screen import ModalScreen

from simulator.tui.commands import Answer, Command, Enter, Escape, Move, Pick
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.sheet import Choices, draw_menu
from simulator.tui.hints import Hint
from simulator.tui.keys import MENU
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.widgets.board import Board


class MenuScreen(BoardScreen, ModalScreen[Command | None], inherit_bindings=False):
    """A small list over the main screen; dismissed with the command of the line that was taken."""

    KIND = MENU
    BINDINGS = bindings_of(MENU)
    SMALLEST = (0, 0)
    DEFAULT_CSS = """
    MenuScreen { align: center middle; background: $background 50%; }
    """

    def __init__(self, make: Callable[[int], Choices]) -> None:
        """Show what `make` makes, given the place of the chosen line."""
        super().__init__()
        self.make = make
        self.chosen = 0

    def on_mount(self) -> None:
        """Take the size of the list, as far as there is room."""
        self._fit()

    def on_resize(self) -> None:
        """Fit another size."""
        self._fit()

    def redraw(self) -> None:
        """Fit too: another language may need another size."""
        self._fit()
        super().redraw()

    def _fit(self) -> None:
        choices = self.make(self.chosen)
        widest = max([cell_len(line.text) + 10 for line in choices.lines] + [cell_len(choices.title) + 8, 30])
        width, height = self.app.size
        for board in self.query(Board):
            board.styles.width = min(widest, width)
            board.styles.height = min(len(choices.lines) + 2, height)

    def hints(self) -> list[Hint]:
        """None: the frame says enough."""
        return []

    def paint(self, width: int, height: int) -> Canvas:
        """The list in a frame."""
        return draw_menu(self.make(self.chosen), width, height)

    def do(self, command: Command) -> None:
        """Choose, take and close; the rest goes up."""
        lines = self.make(self.chosen).lines
        match command:
            case Escape():
                self.dismiss(None)
            case Move(by):
                self.chosen = max(0, min(self.chosen + by, len(lines) - 1))
                self.redraw()
            case Pick(int(place)) | Answer(place):
                if place < len(lines):
                    self.dismiss(lines[place].command)
            case Enter():
                if lines:
                    self.dismiss(lines[self.chosen].command)
            case _:
                super().do(command)
