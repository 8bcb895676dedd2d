"""What the search and the palette share: a line to type in, and a list of what fits."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input

from simulator.tui.commands import Command, Enter, Escape, Move, Pick
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.sheet import SMALLEST, Choices, draw_choices
from simulator.tui.keys import FIND
from simulator.tui.screens.base import BoardScreen, bindings_of


class SearchScreen(BoardScreen, inherit_bindings=False):
    """A line to type in, and what fits; dismissed with the command of the line that was taken."""

    KIND = FIND
    BINDINGS = bindings_of(FIND)
    SMALLEST = SMALLEST
    SIGN = "/"
    """Stands before the line."""
    DEFAULT_CSS = """
    SearchScreen { layers: below above; }
    SearchScreen Board { layer: below; }
    SearchScreen Input {
        layer: above; margin: 2 1 0 3; height: 1; border: none; padding: 0; background: $panel;
    }
    SearchScreen Input:focus { border: none; }
    """

    def __init__(self, text: str = "") -> None:
        """Begin with a text in the line."""
        super().__init__()
        self.text = text
        self.chosen = 0

    def compose(self) -> ComposeResult:
        """The list, and the line over it."""
        yield from super().compose()
        placeholder = self.host.in_signs(self.placeholder)
        yield Input(self.text, placeholder=placeholder, select_on_focus=True, compact=True)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()
        self._search(self.text)

    @property
    def placeholder(self) -> str:
        """What an empty line says."""
        raise NotImplementedError

    def search(self, text: str) -> None:
        """Find what fits."""
        raise NotImplementedError

    def choices(self) -> Choices:
        """What was found."""
        raise NotImplementedError

    def paint(self, width: int, height: int) -> Canvas:
        """The list below the line."""
        canvas = draw_choices(self.choices(), width, height, top=2)
        canvas.put(1, 2, self.SIGN, "key")
        return canvas

    def _search(self, text: str) -> None:
        self.text, self.chosen = text, 0
        self.search(text)
        self.redraw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while typing."""
        self._search(event.value)

    def on_input_submitted(self) -> None:
        """Take what is chosen."""
        self.do(Enter())

    def do(self, command: Command) -> None:
        """Choose, take, leave; nothing goes up: letters are text here."""
        match command:
            case Move(by):
                self.chosen = max(0, min(self.chosen + by, len(self.choices().lines) - 1))
                self.redraw()
            case Pick(int(place)):
                self.chosen = place
                self.do(Enter())
            case Enter():
                lines = self.choices().lines
                self.dismiss(lines[self.chosen].command if lines else None)
            case Escape():
                self.dismiss(None)
            case _:
                pass
