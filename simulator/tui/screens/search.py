"""Shared parts of search and palette: an input line, and a list of matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.widgets import Input, OptionList

from simulator.tui.controls.commands import Command, Enter, Escape, Move
from simulator.tui.controls.shortcuts import FIND
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.pages.sheet import SMALLEST
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.style.themes import colourless_styles, styles_of
from simulator.tui.widgets.lines import LineList


@dataclass(frozen=True, slots=True)
class Match:
    """A match for what was typed."""

    text: str
    command: Command
    """The command to carry out if it is chosen."""
    style: str = "text"


class SearchScreen(BoardScreen, inherit_bindings=False):
    """An input line and its matches; dismissed with the command of the chosen line."""

    KIND = FIND
    BINDINGS = bindings_of(FIND)
    SMALLEST = SMALLEST
    SIGN = "/"
    """Symbol before the input."""
    DEFAULT_CSS = """
    SearchScreen { layers: below above; }
    SearchScreen Board { layer: below; }
    SearchScreen Input {
        layer: above; margin: 2 1 0 3; height: 1; border: none; padding: 0; background: $panel;
    }
    SearchScreen Input:focus { border: none; }
    SearchScreen LineList { layer: above; margin: 1 1 2 1; height: 1fr; }
    """

    def __init__(self, text: str = "") -> None:
        """Start with a text in the input."""
        super().__init__()
        self.text = text
        self.fits: Sequence[Match] = ()

    def compose(self) -> ComposeResult:
        """The line and the list, over a board with everything else."""
        yield from super().compose()
        placeholder = self.host.in_signs(self.placeholder)
        yield Input(self.text, placeholder=placeholder, select_on_focus=True, compact=True)
        lines = LineList(self.host.in_signs(GLYPHS.pointer))
        lines.can_focus = False  # one goes on typing
        yield lines

    def on_mount(self) -> None:
        """Focus the input."""
        self.query_one(Input).focus()
        self._search(self.text)

    @property
    def lines(self) -> LineList:
        """The list of matches."""
        return self.query_one(LineList)

    @property
    def chosen(self) -> Match | None:
        """The selected match; None if there is none."""
        place = self.lines.highlighted
        return self.fits[place] if place is not None and place < len(self.fits) else None

    @property
    def placeholder(self) -> str:
        """The text shown in an empty input."""
        raise NotImplementedError

    def search(self, text: str) -> Sequence[Match]:
        """Find the matches."""
        raise NotImplementedError

    def heading(self) -> tuple[str, str, str]:
        """The title, the line about the list, and the text for an empty list."""
        raise NotImplementedError

    def paint(self, width: int, height: int) -> Canvas:
        """Draw the title, and the text in place of an empty list."""
        canvas = Canvas(width, height)
        title, about, empty = self.heading()
        x = canvas.put(1, 0, cut(title, width - 2, GLYPHS.ellipsis), "title")
        canvas.right(width - 1, 0, cut(about, width - x - 3, GLYPHS.ellipsis), "dim")
        canvas.put(0, 1, GLYPHS.rule * width, "faint")
        canvas.put(1, 2, self.SIGN, "key")
        if not self.fits:
            canvas.put(1, 4, cut(empty, width - 2, GLYPHS.ellipsis), "dim")
        return canvas

    def _search(self, text: str) -> None:
        self.text = text
        self.fits = self.search(text)
        styles = colourless_styles() if self.app.no_color else styles_of(self.app.theme)
        self.lines.offer((self.host.in_signs(fit.text), styles[fit.style]) for fit in self.fits)
        self._fit()
        self.redraw()

    def on_resize(self) -> None:
        """Hide the list if there is no room for it."""
        self._fit()

    def _fit(self) -> None:
        width, height = self.app.size
        self.lines.display = bool(self.fits) and width >= self.SMALLEST[0] and height >= self.SMALLEST[1]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while typing."""
        self._search(event.value)

    def on_input_submitted(self) -> None:
        """Choose the selected match."""
        self.do(Enter())

    def on_option_list_option_highlighted(self) -> None:
        """Describe the newly selected line."""
        self.redraw()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the line that was clicked."""
        self.dismiss(self.fits[event.option_index].command)

    def do(self, command: Command) -> None:
        """Select, choose, leave; nothing goes up, since letters are text here."""
        match command:
            case Move(by):
                self.lines.move(by)
            case Enter():
                self.dismiss(self.chosen.command if self.chosen is not None else None)
            case Escape():
                self.dismiss(None)
            case _:
                pass
