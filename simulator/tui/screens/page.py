"""What the pages of the course share: a row is chosen with the arrows, the page keys and the mouse."""

from __future__ import annotations

from simulator.scene.page import Page
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.page import draw_page
from simulator.tui.hints import screen_hints
from simulator.tui.screens.base import BoardScreen
from simulator.tui.widgets.board import Board

PAGE = 10
"""Rows that a page key goes."""


class PageScreen(BoardScreen, inherit_bindings=False):
    """A page; what is picked is up to the screen."""

    chosen = ""
    """The name of the chosen row."""

    def page(self) -> Page:
        """The page now."""
        raise NotImplementedError

    def picked(self, name: str) -> None:
        """Do what a row is for."""
        raise NotImplementedError

    def words(self) -> str:
        """`ko`, `en` or `both`."""
        raise NotImplementedError

    def paint(self, width: int, height: int) -> Canvas:
        """The page over the whole screen."""
        return draw_page(self.page(), self.words(), width, height, screen_hints(self.KIND, self.words()))

    def command(self, name: str, argument: str = "") -> None:
        """Choose and pick; the rest goes up."""
        match name:
            case "up" | "down":
                self._move(1 if name == "down" else -1)
            case "page_up" | "page_down":
                self._move(PAGE if name == "page_down" else -PAGE)
            case "pick" if argument == self.chosen:
                self.picked(argument)
            case "pick":
                self.choose(argument)
            case "enter" if self.chosen:
                self.picked(self.chosen)
            case "enter":
                pass
            case _:
                super().command(name, argument)

    def choose(self, name: str) -> None:
        """Choose a row by its name."""
        self.chosen = name
        self.redraw()

    def _move(self, by: int) -> None:
        names = [row.name for row in self.page().rows if row.name]
        if names:
            place = names.index(self.chosen) + by if self.chosen in names else 0
            self.choose(names[max(0, min(place, len(names) - 1))])

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel chooses."""
        self.command("down" if event.by > 0 else "up")
