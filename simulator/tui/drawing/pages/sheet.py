"""Full-screen sheets and lists: zoom, help, picker, what-if menu, search results."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.pages.sheet import Block, Sheet
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.style.plain import write_keys

SMALLEST = (40, 8)
"""Least width and height of a sheet or list."""

TWO_COLUMNS = 76
"""Least width for two columns."""

Line = tuple[str, str, str, str]
"""A name and its style, a text and its style."""


def draw_sheet(sheet: Sheet, width: int, height: int, offset: int = 0) -> Canvas:
    """Draw a page, scrolled down by `offset` rows (as far as there is more)."""
    canvas = Canvas(width, height)
    x = canvas.put(1, 0, cut(sheet.title, width - 2, GLYPHS.ellipsis), "title")
    canvas.right(width - 1, 0, cut(sheet.about, width - x - 3, GLYPHS.ellipsis), "dim")
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
    note = wrap(sheet.note, width - 3) if sheet.note else []
    rows = height - 3 - max(1, len(note))
    shown = draw_columns(canvas, sheet, Box(1, 2, width - 2, rows), offset)
    if shown:
        canvas.right(width - 1, height - 2, f"{shown} {write_keys('↑ ↓')}", "dim")
    for y, part in enumerate(note, start=height - 1 - len(note)):
        canvas.put(1, y, part, "dim", width - 2 - 12 * bool(shown))
    return canvas


def draw_columns(canvas: Canvas, sheet: Sheet, box: Box, offset: int) -> str:
    """Draw a page's sections, in two columns if they fit; returns the rows shown if that is not all."""
    width = box.width + 2
    if width >= TWO_COLUMNS:
        half = (width - 3) // 2 + (3 if sheet.note else -3)
        columns = [(0, half - 1, sheet.left), (half + 1, width - half - 3, sheet.right)]
    else:
        columns = [(0, box.width, [*sheet.left, *sheet.right])]
    filled = [(box.x + x, room, _lines(sections, room)) for x, room, sections in columns]
    longest = max(len(lines) for _, _, lines in filled)
    offset = max(0, min(offset, longest - box.height))
    for x, room, lines in filled:
        for y, line in enumerate(lines[offset : offset + box.height], start=box.y):
            _draw_line(canvas, x, y, room, line)
    return f"{offset + 1}-{min(offset + box.height, longest)}/{longest}" if longest > box.height else ""


def _lines(sections: list[Block], width: int) -> list[Line]:
    lines: list[Line] = []
    for section in sections:
        if section.heading:
            lines += [("", "", "", "")] if lines else []
            lines.append((section.heading, "strong", "", ""))
        elif lines or section.rows:
            lines.append(("", "", "", ""))
        names = [cell_len(row.name) for row in section.rows]
        margin = max((name + 2 for name in names if 0 < name <= width // 2), default=0)
        for row in section.rows:
            sign = f"{getattr(GLYPHS, row.sign)} " if row.sign else ""
            first, *more = wrap(sign + row.text, width - margin)
            name_style = "key" if row.tone == "text" and not row.name[:1].isdigit() else "dim"
            gap = max(2, margin - cell_len(row.name)) if row.name else margin
            lines.append((row.name + " " * gap, name_style, first, row.tone))
            lines += [(" " * margin, "dim", part, row.tone) for part in more]
    return lines


def _draw_line(canvas: Canvas, x: int, y: int, width: int, line: Line) -> None:
    name, name_style, text, style = line
    if not text:
        canvas.put(x, y, cut(name, width, GLYPHS.ellipsis), name_style or "text")
        return
    end = canvas.put(x, y, name, name_style, width)
    canvas.put(end, y, text, style, width - (end - x))
