"""A menu over a screen: what can be made to happen, what there is to compare with."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from simulator.tui.commands import Answer, Command, Enter, Escape, Move
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.keys import MENU
from simulator.tui.screens.base import BoardScreen, bindings_of


class Lines(OptionList, inherit_bindings=False):
    """A list whose keys are those of the table, and whose chosen line has a sign too, not only another colour."""

    def __init__(self, texts: Sequence[str], pointer: str) -> None:
        """Offer these lines, the first of them chosen."""
        self.texts = [Content(text) for text in texts]
        self.pointer = pointer
        super().__init__(*(Option(self._prompt(place, 0)) for place in range(len(texts))))

    def _prompt(self, place: int, chosen: int | None) -> Content:
        return Content(f"{self.pointer if place == chosen else ' '} ") + self.texts[place]

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Move the sign too."""
        for place in range(len(self.texts)):
            self.replace_option_prompt_at_index(place, self._prompt(place, highlighted))
        super().watch_highlighted(highlighted)


class MenuScreen(BoardScreen, ModalScreen[Command | None], inherit_bindings=False):
    """A small list over the main screen; dismissed with the command of the line that was taken."""

    KIND = MENU
    BINDINGS = bindings_of(MENU)
    DEFAULT_CSS = """
    MenuScreen { align: center middle; background: $background 50%; }
    MenuScreen Lines {
        width: auto; min-width: 30; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size: 0 0;
        color: $foreground; background: $background; border: round $accent; border-title-color: $foreground;
        &:focus { border: round $accent; background: $background; background-tint: $background 0%; }
        & > .option-list--option { padding: 0; }
        & > .option-list--option-highlighted { color: $chosen-text; background: $chosen; text-style: bold; }
        &:nocolor > .option-list--option-highlighted { text-style: bold reverse; }
    }
    """

    def __init__(self, title: str, entries: Sequence[tuple[str, Command]]) -> None:
        """Offer commands under a title, each in words; the first nine can be taken by their number."""
        super().__init__()
        self.heading = title
        self.entries = entries

    def compose(self) -> ComposeResult:
        """Only the list."""
        numbered = [f"{n} {text}" if n < 10 else text for n, (text, _) in enumerate(self.entries, start=1)]
        lines = Lines([self.host.in_signs(text) for text in numbered], self.host.in_signs(GLYPHS.pointer))
        lines.border_title = Content(self.host.in_signs(self.heading))
        yield lines

    @property
    def lines(self) -> Lines:
        """The list."""
        return self.query_one(Lines)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the line that was clicked."""
        self.dismiss(self.entries[event.option_index][1])

    def do(self, command: Command) -> None:
        """Choose, take and close; the rest goes up."""
        match command:
            case Escape():
                self.dismiss(None)
            case Move(by):
                place = (self.lines.highlighted or 0) + by
                self.lines.highlighted = max(0, min(place, len(self.entries) - 1))
            case Answer(place):
                if place < len(self.entries):
                    self.dismiss(self.entries[place][1])
            case Enter():
                self.lines.action_select()
            case _:
                super().do(command)
