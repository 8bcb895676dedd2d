"""A canvas of terminal cells: wide characters take two cells, and everything is clipped at the edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len, get_character_cell_size

from simulator.story.texts import wrap
from simulator.tui.controls.commands import Command
from simulator.visible import visible

__all__ = ["Canvas", "Zone", "cut", "shorten", "wrap"]


@dataclass(frozen=True, slots=True)
class Zone:
    """A rectangle of cells that can be clicked."""

    x: int
    y: int
    width: int
    height: int
    command: Command
    """The command of a click."""

    def holds(self, x: int, y: int) -> bool:
        """Return whether a cell lies in it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


class Canvas:
    """`width` x `height` cells, each with a character and the name of a style.

    The second cell of a wide character holds an empty text, so that each row is exactly `width` cells wide.
    """

    def __init__(self, width: int, height: int, style: str = "text") -> None:
        """Start blank."""
        self.width = width
        self.height = height
        self.cells = [[" "] * width for _ in range(height)]
        self.styles = [[style] * width for _ in range(height)]
        self.zones: list[Zone] = []
        self.pointer: tuple[int, int] | None = None
        """Position of the terminal's cursor, for screen readers and input methods."""

    def put(self, x: int, y: int, text: str, style: str = "text", width: int | None = None) -> int:
        """Write text from a cell, clipped to the canvas and to `width` cells; return the x after the text."""
        if not 0 <= y < self.height or x >= self.width:
            return x
        text = visible(text)
        room = self.width - x if width is None else min(width, self.width - x)
        if not text.isascii() and any(get_character_cell_size(char) != 1 for char in set(text)):
            return self._put_wide(x, y, text, style, room)
        if x < 0:
            text, room, x = text[-x:], room + x, 0
        text = text[: max(0, room)]
        end = x + len(text)
        if text:
            self._mend(x, end, y)
            self.cells[y][x:end] = text
            self.styles[y][x:end] = [style] * len(text)
        return end

    def sign(self, x: int, y: int, char: str, style: str) -> None:
        """Write one narrow character of ours: charts do so hundreds of times a frame."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return
        cells = self.cells[y]
        if cells[x] == "" or (x + 1 < self.width and cells[x + 1] == ""):
            self._mend(x, x + 1, y)
        cells[x], self.styles[y][x] = char, style

    def put_within(self, left: int, right: int, x: int, y: int, text: str, style: str = "text") -> None:
        """Write text, but only the part that lies wholly between the columns `left` and `right` (excluded)."""
        for char in text:
            width = cell_len(char)
            if left <= x and x + width <= right:
                self.put(x, y, char, style)
            x += width

    def _put_wide(self, x: int, y: int, text: str, style: str, room: int) -> int:
        cells, styles = self.cells[y], self.styles[y]
        end = x + room
        for char in text:
            size = get_character_cell_size(char)
            if size == 0:
                continue
            if x + size > end:
                break
            if x >= 0:
                self._mend(x, x + size, y)
                cells[x], styles[x] = char, style
                if size == 2:
                    cells[x + 1], styles[x + 1] = "", style
            x += size
        return x

    def _mend(self, start: int, end: int, y: int) -> None:
        """Blank the remaining half of wide characters about to be overwritten."""
        cells = self.cells[y]
        if cells[start] == "" and start:
            cells[start - 1] = cells[start] = " "
        if end < self.width and cells[end] == "":
            cells[end] = " "

    def fill(self, x: int, y: int, width: int, height: int, char: str = " ", style: str = "text") -> None:
        """Fill a rectangle with one narrow character."""
        for row in range(y, y + height):
            self.put(x, row, char * max(0, width), style)

    def restyle(self, x: int, y: int, width: int, style: str) -> None:
        """Restyle cells of a row."""
        if 0 <= y < self.height:
            start, end = max(0, x), max(0, min(x + width, self.width))
            self.styles[y][start:end] = [style] * max(0, end - start)

    def right(self, x: int, y: int, text: str, style: str = "text") -> int:
        """Write right-aligned text that ends before a cell; return the x of its start."""
        start = x - cell_len(text)
        self.put(start, y, text, style)
        return start

    def centre(self, x: int, y: int, width: int, text: str, style: str = "text") -> None:
        """Write text centred in `width` cells."""
        text = cut(text, width)
        self.put(x + (width - cell_len(text)) // 2, y, text, style)

    def zone(self, x: int, y: int, width: int, height: int, command: Command) -> None:
        """Make a rectangle clickable; later ones are on top."""
        self.zones.append(Zone(x, y, width, height, command))

    def hit(self, x: int, y: int) -> Zone | None:
        """Return the topmost clickable rectangle at a cell; None if there is none."""
        return next((zone for zone in reversed(self.zones) if zone.holds(x, y)), None)

    def runs(self, y: int) -> Iterator[tuple[str, str]]:
        """Return a row as (text, style) runs."""
        cells, styles = self.cells[y], self.styles[y]
        start = 0
        for x in range(1, self.width + 1):
            if x == self.width or styles[x] != styles[start]:
                yield "".join(cells[start:x]), styles[start]
                start = x

    def lines(self) -> list[str]:
        """Return the text of all rows."""
        return ["".join(row) for row in self.cells]

    def same_row(self, other: Canvas, y: int) -> bool:
        """Return whether a row equals that of another canvas of the same size."""
        return self.cells[y] == other.cells[y] and self.styles[y] == other.styles[y]


def cut(text: str, width: int, mark: str = "…") -> str:
    """Truncate text to `width` cells, with a mark where it is cut.

    >>> cut("generate_invoice", 9), cut("작업 세 개", 6)
    ('generate…', '작업 …')
    """
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    kept, used = "", 0
    for char in text:
        used += get_character_cell_size(char)
        if used > width - 1:
            break
        kept += char
    return kept + mark


def shorten(text: str, width: int, mark: str = "…") -> str:
    """Shorten a text that ends with a number: the number distinguishes it, so it stays if possible.

    >>> shorten("generate_invoice_17", 13), shorten("generate_invoice", 9), shorten("fetch_page_8", 4)
    ('generate_…_17', 'generate…', 'fet…')
    """
    head = text.rstrip("0123456789")
    tail = head[len(head.rstrip("_ ")) :] + text[len(head) :]
    room = width - cell_len(tail)
    if head == text or room < 4 or cell_len(text) <= width:
        return cut(text, width, mark)
    return cut(text[: -len(tail)], room, mark) + tail
