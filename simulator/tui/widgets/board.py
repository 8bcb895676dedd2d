"""The one widget that draws: shows a canvas, and redraws only the rows that have changed."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from simulator.tui.controls.commands import SEEKING, Command
from simulator.tui.drawing.canvas import Canvas, Zone
from simulator.tui.drawing.glyphs import make_ascii
from simulator.tui.style.plain import plain
from simulator.tui.style.themes import colourless_styles, styles_of

Paint = Callable[[int, int], Canvas]
"""Draws for a width and a height in cells."""


ASCII_ONLY = "-ascii"
"""Class of the application while the terminal can show only ASCII."""


class Board(Widget):
    """Widget that shows the canvas of `paint`. It reports presses, drags and the wheel as messages."""

    # Selecting text more than doubles the cost of each line that is drawn.
    ALLOW_SELECT = False
    DEFAULT_CSS = "Board { width: 1fr; height: 1fr; }"

    class Pressed(Message):
        """A zone was pressed, or dragged over."""

        def __init__(self, command: Command) -> None:
            """Take the zone's command."""
            super().__init__()
            self.command = command

    class Wheeled(Message):
        """The wheel was turned: 1 down, -1 up."""

        def __init__(self, by: int, over: Command | None = None) -> None:
            """Take the direction, and the command of the zone below."""
            super().__init__()
            self.by = by
            self.over = over

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        """Draw with `paint`."""
        super().__init__(id=id)
        self.paint = paint
        self.canvas: Canvas | None = None
        self._theme = ""
        self._dragged: Zone | None = None

    def redraw(self) -> None:
        """Draw again and refresh the rows that differ."""
        width, height = self.size
        if not width or not height:
            return
        ascii_only = self.app.has_class(ASCII_ONLY)
        before = self.canvas
        with plain(ascii_only):
            self.canvas = self.paint(width, height)
        if ascii_only:
            make_ascii(self.canvas)
        theme = self.app.theme
        if before is None or (before.width, before.height) != (width, height) or theme != self._theme:
            self._theme = theme
            self.refresh()
            return
        dirty = [y for y in range(height) if not self.canvas.same_row(before, y)]
        if dirty:
            self.refresh(*(Region(0, y, width, 1) for y in dirty))
        if self.canvas.pointer is not None:
            self.app.cursor_position = self.region.offset + Offset(*self.canvas.pointer)

    def render_line(self, y: int) -> Strip:
        """A row as a strip of styled text."""
        styles = colourless_styles() if self.app.no_color else styles_of(self.app.theme)
        canvas = self.canvas
        width = self.size.width
        if canvas is None or y >= canvas.height or canvas.width != width:
            return Strip([Segment(" " * width, styles["text"])], width)
        plain = styles["text"]
        return Strip([Segment(text, styles.get(style, plain)) for text, style in canvas.runs(y)], width)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Use the whole width."""
        return container.width

    def on_resize(self) -> None:
        """Redraw for the new size."""
        self.redraw()

    # -- mouse --------------------------------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the zone there."""
        zone = self.canvas.hit(event.x, event.y) if self.canvas is not None else None
        if zone is None:
            return
        if isinstance(zone.command, SEEKING):
            self._dragged = zone
            self.capture_mouse()
        self._press(zone, event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag over the zone."""
        if self._dragged is not None:
            self._press(self._dragged, event.x)

    def on_mouse_up(self) -> None:
        """End a drag."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn the wheel."""
        event.stop()
        self.post_message(self.Wheeled(1, self._under(event)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn the wheel back."""
        event.stop()
        self.post_message(self.Wheeled(-1, self._under(event)))

    def _under(self, event: events.MouseEvent) -> Command | None:
        zone = self.canvas.hit(event.x, event.y) if self.canvas is not None else None
        return zone.command if zone is not None else None

    def _press(self, zone: Zone, x: int) -> None:
        column = max(0, min(x - zone.x, zone.width - 1))
        self.post_message(self.Pressed(zone.command.at(column, zone.width)))
