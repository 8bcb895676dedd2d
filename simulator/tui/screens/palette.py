"""The palette: every command of the screen below, and the looks, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input

from simulator.scene.words import labels, look_words
from simulator.story.language import say
from simulator.tui.commands import FIND
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.sheet import Choice, Choices, draw_choices
from simulator.tui.hints import Hint
from simulator.tui.plain import write_keys
from simulator.tui.screens.base import bindings_of
from simulator.tui.widgets.board import Board

if TYPE_CHECKING:
    from simulator.tui.looks import Looks

Entry = tuple[str, str, Callable[[], object]]
"""What it is called, its keys, what it does."""


class PaletteScreen(Screen[str | None], inherit_bindings=False):
    """A line to type in, and what fits; dismissed with the place of what was picked.

    Textual's own palette ends the program on a terminal of few columns, and draws what ASCII terminals cannot show.
    """

    BINDINGS = bindings_of(FIND)
    DEFAULT_CSS = """
    PaletteScreen { layers: below above; }
    PaletteScreen Board { layer: below; }
    PaletteScreen Input {
        layer: above; margin: 2 1 0 3; height: 1; border: none; padding: 0; background: $panel;
    }
    PaletteScreen Input:focus { border: none; }
    """

    def __init__(self, entries: list[Entry], lang: str) -> None:
        """Offer these."""
        super().__init__()
        self.entries = entries
        self.lang = lang
        self.found = list(range(len(entries)))
        self.chosen = 0

    def compose(self) -> ComposeResult:
        """The line and the list."""
        yield Board(self.paint)
        hint = cast("Looks", self.app).in_signs(say(labels.PALETTE_HINT, self.lang))
        yield Input(placeholder=hint, compact=True)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    def paint(self, width: int, height: int) -> Canvas:
        """What fits."""
        shown = [(write_keys(keys), name) for name, keys, _ in (self.entries[place] for place in self.found)]
        margin = max((cell_len(keys) for keys, _ in shown), default=0) + 2
        lines = [Choice(keys + " " * (margin - cell_len(keys)) + name) for keys, name in shown]
        hints = [
            Hint("↑ ↓", say(labels.CHOOSE_LINE, self.lang), "down", "", 0),
            Hint("enter", say(look_words.DO_IT, self.lang), "enter", "", 0),
            Hint("esc", say(look_words.BACK, self.lang), "escape", "", 0),
        ]
        title, empty = say(look_words.COMMANDS, self.lang), say(labels.NOT_FOUND, self.lang)
        choices = Choices(title, f"{len(lines)}/{len(self.entries)}", lines, self.chosen, hints, empty)
        canvas = draw_choices(choices, self.lang, width, height, top=2)
        canvas.put(1, 2, ":", "key")
        return canvas

    def redraw(self) -> None:
        """Show how things stand now."""
        for board in self.query(Board):
            board.redraw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What has every word that was typed; where the name begins with them first."""
        text = event.value.casefold()
        names = [f"{name} {keys}".casefold() for name, keys, _ in self.entries]
        fits = [place for place, name in enumerate(names) if all(word in name for word in text.split())]
        self.found = sorted(fits, key=lambda place: not names[place].startswith(text))
        self.chosen = 0
        self.redraw()

    def on_input_submitted(self) -> None:
        """Do what is chosen."""
        self.action_command("enter")

    def action_command(self, name: str, argument: str = "") -> None:
        """A key of the table, or a part of the board."""
        match name:
            case "up" | "down":
                self.chosen = max(0, min(self.chosen + (1 if name == "down" else -1), len(self.found) - 1))
                self.redraw()
            case "pick":
                self.chosen = int(argument)
                self.action_command("enter")
            case "enter":
                self.dismiss(str(self.found[self.chosen]) if self.found else None)
            case "escape":
                self.dismiss(None)
            case _:
                pass

    def on_board_pressed(self, event: Board.Pressed) -> None:
        """A line was pressed."""
        self.action_command(event.zone.action, event.zone.argument)

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel chooses."""
        self.action_command("down" if event.by > 0 else "up")
