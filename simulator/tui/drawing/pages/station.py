"""A station of a class: its words in the middle of the screen, and its table."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.pages.station import StationCard
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.style.plain import PLAIN


def draw_station(card: StationCard, width: int, height: int) -> Canvas:
    """Draw the card over the whole screen except its bottom line."""
    canvas = Canvas(width, height)
    start = canvas.right(width - 1, 0, card.about, "dim")
    canvas.put(1, 0, cut(card.title, start - 3, GLYPHS.ellipsis), "title")
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
    if card.code:
        _draw_room(canvas, card)
        return canvas
    margin = 4 if width < 90 else 10
    texts = [wrap(text, width - 2 * margin) for text in card.texts]
    table = card.table
    rows = sum(map(len, texts)) + len(texts) - 1
    air = height - 3 - rows - 2 * len(table)
    y = 2 + max(0, air // 2)
    for place, lines in enumerate(texts):
        for line in lines:
            canvas.put(margin, y, line, "question" if place == 0 else "note")
            y += 1
        y += 1
    _draw_table(canvas, table, margin, y, spaced=air >= 0)
    return canvas


def draw_clock(canvas: Canvas, clock: str) -> None:
    """Write how much of the class's time is gone into the rule below a title; nothing without a clock."""
    if clock:
        canvas.right(canvas.width - 2, 1, f" {clock} ", "dim")


def _draw_room(canvas: Canvas, card: StationCard) -> None:
    """Draw the QR code, two rows of it in one of cells, with the address beside it, or the address alone."""
    rows = [*card.code, *([" " * len(card.code[0])] * (len(card.code) % 2))]
    fits = len(rows) // 2 + 3 <= canvas.height and len(rows[0]) + 30 <= canvas.width and not PLAIN.get()
    x = len(rows[0]) + 6 if fits else 4
    top = 2 + max(0, (canvas.height - 3 - len(rows) // 2) // 2)
    if fits:
        for y, (upper, lower) in enumerate(zip(rows[::2], rows[1::2], strict=True), start=top):
            halves = {"##": "█", "# ": "▀", " #": "▄", "  ": " "}
            canvas.put(3, y, "".join(halves[a + b] for a, b in zip(upper, lower, strict=True)), "code")
    lines = [part for text in card.texts for part in wrap(text, canvas.width - x - 2)]
    y = max(3, (canvas.height - len(lines) - 4) // 2)
    for line in lines:
        canvas.put(x, y, line, "strong")
        y += 1
    y += 1
    for part in wrap(card.address.removeprefix("http://"), canvas.width - x - 2):
        canvas.put(x, y, part, "question")
        y += 1


def _draw_table(canvas: Canvas, table: list[list[str]], x: int, y: int, *, spaced: bool) -> None:
    if not table:
        return
    room = canvas.width - 2 * x
    widths = [max(cell_len(row[column]) for row in table) + 3 for column in range(len(table[0]))]
    widths[0] = max(8, min(widths[0], room - sum(widths[1:])))
    for number, row in enumerate(table):
        at = x
        for text, width in zip(row, widths, strict=True):
            canvas.put(at, y, cut(text, width - 1, GLYPHS.ellipsis), "dim" if number == 0 else "strong")
            at += width
        if number == 0:
            canvas.put(x, y + 1, GLYPHS.rule * min(room, sum(widths)), "faint")
        y += 2 if spaced or number == 0 else 1
