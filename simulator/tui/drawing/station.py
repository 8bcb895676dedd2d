"""A station of a class: its words in the middle of the screen, and its table."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.station import StationCard
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS


def draw_station(card: StationCard, width: int, height: int) -> Canvas:
    """Draw the card over the whole screen except its bottom line."""
    canvas = Canvas(width, height)
    start = canvas.right(width - 1, 0, card.about, "dim")
    canvas.put(1, 0, cut(card.title, start - 3, GLYPHS.ellipsis), "title")
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
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
