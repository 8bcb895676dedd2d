"""A menu over a screen: what-ifs, runs to compare with."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList

from simulator.tui.controls.commands import AnswerQuestion, Command, Enter, Escape, Move
from simulator.tui.controls.shortcuts import MENU
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.widgets.lines import LineList
from simulator.visible import visible


class MenuScreen(BoardScreen, ModalScreen[Command | None], inherit_bindings=False):
    """A small list over the main screen; dismissed with the command of the chosen line."""

    KIND = MENU
    BINDINGS = bindings_of(MENU)
    DEFAULT_CSS = """
    MenuScreen { align: center middle; background: $background 50%; }
    MenuScreen LineList {
        width: auto; min-width: 30; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
        border: round $accent; border-title-color: $foreground;
        &:focus { border: round $accent; }
    }
    """

    def __init__(self, title: str, entries: Sequence[tuple[str, Command]]) -> None:
        """Offer commands under a title, each in words; the first nine can be chosen by number."""
        super().__init__()
        self.heading = title
        self.entries = entries

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield LineList(self.host.in_signs(GLYPHS.pointer))

    def on_mount(self) -> None:
        """Fill the list."""
        numbered = [f"{n if n < 10 else ' '} {text}" for n, (text, _) in enumerate(self.entries, start=1)]
        self.lines.border_title = Content(visible(self.host.in_signs(self.heading)))
        self.lines.offer((self.host.in_signs(text), Style()) for text in numbered)

    @property
    def lines(self) -> LineList:
        """The list."""
        return self.query_one(LineList)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the line that was clicked."""
        self.dismiss(self.entries[event.option_index][1])

    def do(self, command: Command) -> None:
        """Select, choose and close; send other commands up."""
        match command:
            case Escape():
                self.dismiss(None)
            case Move(by):
                self.lines.move(by)
            case AnswerQuestion(place):
                if place < len(self.entries):
                    self.dismiss(self.entries[place][1])
            case Enter():
                self.lines.action_select()
            case _:
                super().do(command)
