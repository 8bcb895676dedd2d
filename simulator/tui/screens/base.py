"""What all screens share: keys from the command table, a board, commands as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from simulator.tui.commands import commands_of
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.widgets.board import Board

if TYPE_CHECKING:
    from simulator.tui.looks import Looks


class Commanded(Message):
    """A command was given on a screen."""

    def __init__(self, name: str, argument: str = "") -> None:
        """Say which, and with what."""
        super().__init__()
        self.name = name
        self.argument = argument


def bindings_of(screen: str) -> list[BindingType]:
    """A screen's keys: every key of its commands, jamo twins included."""
    return [
        Binding(
            ",".join(command.all_keys),
            f"command({command.action!r}, {command.argument!r})",
            command.words.en,
            show=False,
            id=f"{screen}.{command.name}",
        )
        for command in commands_of(screen)
    ]


class BoardScreen(Screen[str | None], inherit_bindings=False):
    """A screen that is one board."""

    KIND = ""
    """Its name in the command table."""
    HAS_NOTICE = False
    """Whether it shows the session's notices; a word to the person lies over the last row of the others."""

    def compose(self) -> ComposeResult:
        """Only the board."""
        yield Board(self._paint)

    def _paint(self, width: int, height: int) -> Canvas:
        canvas = self.paint(width, height)
        aside = getattr(self.app, "aside", "")
        if aside and not self.HAS_NOTICE and self.is_current:
            canvas.fill(0, height - 1, width, 1)
            canvas.put(1, height - 1, cut(aside, width - 2, GLYPHS.ellipsis), "notice")
        return canvas

    def copied(self) -> str:
        """What is copied here: a name, an id or a sentence; empty where there is nothing."""
        return ""

    def paint(self, width: int, height: int) -> Canvas:
        """Draw the whole screen."""
        raise NotImplementedError

    @property
    def board(self) -> Board:
        """The board."""
        return self.query_one(Board)

    def redraw(self) -> None:
        """Show how things stand now."""
        # A screen that comes or goes has no board for a moment.
        for board in self.query(Board):
            board.redraw()

    def on_screen_resume(self) -> None:
        """What lay over it may have changed anything."""
        self.redraw()

    def action_command(self, name: str, argument: str = "") -> None:
        """A key of the table was pressed."""
        self._forget_aside()
        self.command(name, argument)

    def command(self, name: str, argument: str = "") -> None:
        """Carry out what this screen can; the rest goes up."""
        self.post_message(Commanded(name, argument))

    def on_board_pressed(self, event: Board.Pressed) -> None:
        """A part of the board was pressed."""
        # Textual calls the handlers of all base classes, so what differs between screens is in `pressed`.
        self._forget_aside()
        self.pressed(event)

    def _forget_aside(self) -> None:
        if getattr(self.app, "aside", ""):
            cast("Looks", self.app).aside = ""
            self.redraw()

    def pressed(self, event: Board.Pressed) -> None:
        """Do what stands where the board was pressed."""
        self.command(event.zone.action, event.zone.argument)
