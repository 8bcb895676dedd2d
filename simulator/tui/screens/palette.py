"""The palette: every command of the screen below, and the settings of appearance, by name."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from simulator.scene.words import labels, look_words
from simulator.story.language import say
from simulator.tui.controls.commands import Command, Enter, Escape, Move
from simulator.tui.controls.hints import Hint
from simulator.tui.screens.search import Match, SearchScreen
from simulator.tui.style.plain import PLAIN, write_keys
from simulator.tui.widgets.board import ASCII_ONLY


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """A command with its name and keys."""

    name: str
    keys: str
    command: Command


class PaletteScreen(SearchScreen):
    """Commands that contain every word typed; dismissed with one of them.

    Textual's own palette ends the program on a terminal of few columns, and draws symbols that ASCII terminals lack.
    """

    SIGN = ":"

    def __init__(self, entries: list[PaletteEntry]) -> None:
        """Offer these entries."""
        super().__init__()
        self.entries = entries

    @property
    def placeholder(self) -> str:
        """The hint in an empty line."""
        return say(labels.PALETTE_HINT, self.lang)

    def hints(self) -> list[Hint]:
        """The keys for choosing."""
        return [
            Hint("↑ ↓", say(labels.CHOOSE_LINE, self.lang), Move(1)),
            Hint("enter", say(look_words.DO_IT, self.lang), Enter()),
            Hint("esc", say(look_words.BACK, self.lang), Escape()),
        ]

    def search(self, text: str) -> list[Match]:
        """Find entries with every word; first those whose name begins with the words."""
        sought = text.casefold()
        names = [(f"{entry.name} {entry.keys}".casefold(), entry) for entry in self.entries]
        fits = [(name, entry) for name, entry in names if all(word in name for word in sought.split())]
        found = [entry for _, entry in sorted(fits, key=lambda fit: not fit[0].startswith(sought))]
        token = PLAIN.set(self.app.has_class(ASCII_ONLY))
        keys = [write_keys(entry.keys) for entry in found]
        PLAIN.reset(token)
        margin = max(map(cell_len, keys), default=0) + 2
        return [
            Match(key + " " * (margin - cell_len(key)) + entry.name, entry.command)
            for key, entry in zip(keys, found, strict=True)
        ]

    def heading(self) -> tuple[str, str, str]:
        """The number of matches."""
        about = f"{len(self.fits)}/{len(self.entries)}"
        return say(look_words.COMMANDS, self.lang), about, say(labels.NOT_FOUND, self.lang)
