"""Shared parts of all screens: keys from the table, a board with the bottom line, commands as messages."""

from __future__ import annotations

from typing import Protocol, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from simulator.scene.view import View
from simulator.tui.controls.commands import Command, Move
from simulator.tui.controls.hints import Hint, screen_hints
from simulator.tui.controls.keys import BY_NAME, shortcuts_of
from simulator.tui.drawing.bars import draw_keys
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import MIN_HEIGHT, MIN_WIDTH
from simulator.tui.drawing.main import draw_too_small
from simulator.tui.drawing.view import draw_view
from simulator.tui.widgets.board import Board


class Commanded(Message):
    """A command sent up to the parents of a widget."""

    def __init__(self, command: Command) -> None:
        """Wrap a command."""
        super().__init__()
        self.command = command


class ScreenHost(Protocol):
    """The application's interface for screens."""

    lang: str
    aside: str
    """A notice over the last row, until the next command."""

    def in_signs(self, text: str) -> str:
        """A text in symbols that the terminal can show."""


def bindings_of(screen: str) -> list[BindingType]:
    """The key bindings of a screen: every key of its commands, jamo included."""
    return [
        Binding(
            ",".join(shortcut.all_keys),
            f"press({shortcut.name!r})",
            shortcut.words.en,
            show=False,
            id=f"{screen}.{shortcut.name}",
        )
        for shortcut in shortcuts_of(screen)
    ]


class BoardScreen(Screen[Command | None], inherit_bindings=False):
    """A screen of one board; dismissed with a command to carry out next."""

    KIND = ""
    """The screen's name in the table of shortcuts."""
    HAS_NOTICE = False
    """True if the screen shows notices itself; on others they cover the last row."""
    SMALLEST = (MIN_WIDTH, MIN_HEIGHT)
    """Least columns and rows."""

    offset_rows = 0
    """Rows by which it is scrolled."""

    def compose(self) -> ComposeResult:
        """Show the board."""
        yield Board(self._paint)

    @property
    def host(self) -> ScreenHost:
        """The application."""
        return cast(ScreenHost, self.app)

    @property
    def lang(self) -> str:
        """`ko`, `en` or `both`."""
        return self.host.lang

    def hints(self) -> list[Hint]:
        """The bottom line now."""
        return screen_hints(self.KIND, self.lang)

    def _paint(self, width: int, height: int) -> Canvas:
        if width < self.SMALLEST[0] or height < self.SMALLEST[1]:
            return draw_too_small(self.lang, width, height)
        canvas = self.paint(width, height)
        draw_keys(canvas, height - 1, self.hints())
        aside = self.host.aside
        if aside and not self.HAS_NOTICE and self.is_current:
            canvas.fill(0, height - 1, width, 1)
            canvas.put(1, height - 1, cut(aside, width - 2, GLYPHS.ellipsis), "notice")
        return canvas

    def copied(self) -> str:
        """Return the text for `y` to copy: a name, an id or a sentence; empty if there is none."""
        return ""

    def paint(self, width: int, height: int) -> Canvas:
        """Draw the whole screen except its bottom line."""
        return draw_view(self.view(width, height), width, height, self.offset_rows)

    def view(self, width: int, height: int) -> View:
        """Return the view of a screen of this size; not called if `paint` is overridden."""
        raise NotImplementedError

    @property
    def board(self) -> Board:
        """The board."""
        return self.query_one(Board)

    def redraw(self) -> None:
        """Redraw the screen."""
        # A screen that comes or goes has no board for a moment.
        for board in self.query(Board):
            board.redraw()

    def on_screen_resume(self) -> None:
        """Redraw: the screen above may have changed anything."""
        self.redraw()

    def action_press(self, name: str) -> None:
        """Carry out the command of a key in the table."""
        self.obey(BY_NAME[name].command)

    def on_board_pressed(self, event: Board.Pressed) -> None:
        """Carry out the command of a zone on the board."""
        self.obey(event.command)

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """Carry out the command of the mouse wheel."""
        # Textual calls the handlers of all base classes, so what differs between screens is in `wheel`.
        self.do(self.wheel(event.by, event.over))

    def wheel(self, by: int, over: Command | None) -> Command:
        """Return the command for the wheel, turned down (1) or up (-1) over a zone."""
        return Move(by)

    def obey(self, command: Command) -> None:
        """Carry out a command, and drop the notice over the last row."""
        if self.host.aside:
            self.host.aside = ""
            self.redraw()
        self.do(command)

    def do(self, command: Command) -> None:
        """Carry out a command of this screen; send others up."""
        self.post_message(Commanded(command))
