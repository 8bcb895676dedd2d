"""The search for events."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input

from simulator.scene.build import EVENT_STYLES, describe_event
from simulator.scene.words import labels
from simulator.story import sentence
from simulator.story.language import first_language, say
from simulator.trace.time import MICROS
from simulator.tui.commands import FIND
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.sheet import Choice, Choices, draw_choices
from simulator.tui.hints import screen_hints
from simulator.tui.screens.base import bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board

if TYPE_CHECKING:
    from simulator.tui.looks import Looks


class FindScreen(Screen[str | None], inherit_bindings=False):
    """A line to type in, and the events that fit; dismissed with the cursor to go to."""

    BINDINGS = bindings_of(FIND)
    DEFAULT_CSS = """
    FindScreen { layers: below above; }
    FindScreen Board { layer: below; }
    FindScreen Input {
        layer: above; margin: 2 1 0 3; height: 1; border: none; padding: 0; background: $panel;
    }
    FindScreen Input:focus { border: none; }
    """

    def __init__(self, session: Session, text: str = "") -> None:
        """Search in a session."""
        super().__init__()
        self.session = session
        self.text = text
        self.chosen = 0
        self.hidden = 0

    def compose(self) -> ComposeResult:
        """The line and the list."""
        yield Board(self.paint)
        yield Input(
            self.text,
            placeholder=cast("Looks", self.app).in_signs(say(labels.FIND_HINT, self.session.lang)),
            select_on_focus=True,
            compact=True,
        )

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()
        self._search(self.text)

    def paint(self, width: int, height: int) -> Canvas:
        """What was found."""
        session = self.session
        lang, short = session.lang, session.run.names.short
        lines = [
            Choice(
                f"{found.time / MICROS:8.2f}  {short(describe_event(session.run.trace.events[found.index]))}",
                style=EVENT_STYLES.get(type(session.run.trace.events[found.index]), "text"),
            )
            for found in session.found
        ]
        about = say(labels.FOUND_COUNT, lang, count=len(lines)) if self.text else ""
        if self.hidden:
            about += " · " + say(labels.FUTURE_COUNT, lang, count=self.hidden)
        title = say(labels.FIND, lang)
        empty = say(labels.NOT_FOUND, lang) if self.text.strip() else ""
        choices = Choices(title, about, lines, self.chosen, screen_hints(FIND, lang), empty)
        canvas = draw_choices(choices, lang, width, height, top=2)
        if lines and height > 10:
            index = session.found[self.chosen].index
            told = sentence(session.run.timeline, index, first_language(lang))
            canvas.fill(0, height - 2, width, 1)
            canvas.put(3, height - 2, short(told.splitlines()[0]), "dim", width - 4)
        canvas.put(1, 2, "/", "key")
        return canvas

    def redraw(self) -> None:
        """Show how things stand now."""
        for board in self.query(Board):
            board.redraw()

    def _search(self, text: str) -> None:
        self.text = text
        self.session.search(text)
        self.hidden = self.session.hidden(text)
        self.chosen = 0
        self.redraw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while typing."""
        self._search(event.value)

    def on_input_submitted(self) -> None:
        """Go to what is chosen."""
        self._pick()

    def _pick(self) -> None:
        found = self.session.found
        self.dismiss(str(found[self.chosen].index + 1) if found else None)

    def action_command(self, name: str, argument: str = "") -> None:
        """A key of the table, or a part of the board."""
        match name:
            case "up" | "down":
                most = max(0, len(self.session.found) - 1)
                self.chosen = max(0, min(self.chosen + (1 if name == "down" else -1), most))
                self.redraw()
            case "escape":
                self.dismiss(None)
            case "pick":
                self.chosen = int(argument)
                self._pick()
            case "enter":
                self._pick()
            case _:
                pass

    def on_board_pressed(self, event: Board.Pressed) -> None:
        """A line was pressed."""
        self.action_command(event.zone.action, event.zone.argument)

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel chooses."""
        self.action_command("down" if event.by > 0 else "up")
