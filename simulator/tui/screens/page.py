"""Shared parts of the course's pages: a row is selected with the arrows, the page keys and the mouse."""

from __future__ import annotations

from simulator.scene.pages.page import Page
from simulator.scene.view import View
from simulator.tui.controls.commands import Command, Enter, Move, Pick, ScrollPage
from simulator.tui.drawing.pages.sheet import SMALLEST
from simulator.tui.screens.base import BoardScreen

PAGE = 10
"""Rows moved by a page key."""


class PageScreen(BoardScreen, inherit_bindings=False):
    """A page; subclasses define its rows and what choosing one does."""

    SMALLEST = SMALLEST
    chosen = ""
    """The name of the selected row."""

    def page(self) -> Page:
        """The page now."""
        raise NotImplementedError

    def take(self, name: str) -> None:
        """Carry out the command of a row."""
        raise NotImplementedError

    def view(self, width: int, height: int) -> View:
        """The page over the whole screen."""
        return self.page()

    def do(self, command: Command) -> None:
        """Select and choose; send other commands up."""
        match command:
            case Move(by):
                self._move(by)
            case ScrollPage(by):
                self._move(by * PAGE)
            case Pick(str(name)) if name != self.chosen:
                self.choose(name)
            case Pick() | Enter():
                if self.chosen:
                    self.take(self.chosen)
            case _:
                super().do(command)

    def choose(self, name: str) -> None:
        """Select a row by its name."""
        self.chosen = name
        self.redraw()

    def _move(self, by: int) -> None:
        names = [row.name for row in self.page().rows if row.name]
        if names:
            place = names.index(self.chosen) + by if self.chosen in names else 0
            self.choose(names[max(0, min(place, len(names) - 1))])
