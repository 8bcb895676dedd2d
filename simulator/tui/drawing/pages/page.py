"""A full-screen page of headed rows, one of them selected, with its description below."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.pages.page import Page, PageRow
from simulator.tui.controls.commands import Pick
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box


def draw_page(page: Page, width: int, height: int) -> Canvas:
    """Draw a page, scrolled so that the selected row is visible."""
    canvas = Canvas(width, height)
    x = canvas.put(1, 0, cut(page.title, width - 2, GLYPHS.ellipsis), "title")
    canvas.right(width - 1, 0, cut(page.about, width - x - 3, GLYPHS.ellipsis), "dim")
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
    told = _told(page, width - 5, height)
    box = Box(1, 2, width - 2, height - 3 - len(told) - bool(told))
    _draw_rows(canvas, page, box)
    if told:
        canvas.put(0, height - 2 - len(told), GLYPHS.rule * width, "faint")
    for y, line in enumerate(told, start=height - 1 - len(told)):
        canvas.put(3, y, line, "note")
    return canvas


def _told(page: Page, width: int, height: int) -> list[str]:
    """The description of the selected row, padded to the lines of the longest one."""
    wrapped = [wrap(row.about, width) if row.about else [] for row in page.rows]
    most = min(max(map(len, wrapped), default=0), max(1, height // 4))
    if not most:
        return []
    lines = wrapped[page.chosen] if page.chosen >= 0 else []
    shown = lines[:most]
    if len(lines) > most:
        shown[-1] = cut(f"{shown[-1]} {GLYPHS.ellipsis}", width, GLYPHS.ellipsis)
    return shown + [""] * (most - len(shown))


def _draw_rows(canvas: Canvas, page: Page, box: Box) -> None:
    if not page.rows:
        canvas.put(box.x, box.y, cut(page.empty, box.width, GLYPHS.ellipsis), "dim")
        return
    lines = _lines(page, box.width - 5)
    at = next(y for y, (place, _, _) in enumerate(lines) if place == max(page.chosen, 0))
    first = max(0, min(at - box.height // 2, len(lines) - box.height))
    for y, (place, text, begins) in enumerate(lines[first : first + box.height], start=box.y):
        if place is not None:
            _draw_row(canvas, page.rows[place], text, box, y, chosen=place == page.chosen, begins=begins)


def _lines(page: Page, width: int) -> list[tuple[int | None, str, bool]]:
    """(index of the row, its text on this line, whether it begins here); no index for a heading."""
    lines: list[tuple[int | None, str, bool]] = []
    for place, row in enumerate(page.rows):
        lines += [(None, "", False)] if not row.name and lines else []
        parts = wrap(row.text, width) if row.wraps else [row.text]
        lines += [(place, part, number == 0) for number, part in enumerate(parts)]
    return lines


def _draw_row(canvas: Canvas, row: PageRow, text: str, box: Box, y: int, *, chosen: bool, begins: bool) -> None:
    if not row.name:
        end = canvas.put(box.x, y, cut(text, box.width, GLYPHS.ellipsis), row.tone)
        canvas.right(box.right, y, cut(row.right, box.right - end - 2, GLYPHS.ellipsis), "dim")
        return
    sign = getattr(GLYPHS, row.sign) if row.sign else " "
    room = box.width - 5 - (cell_len(row.right) + 2 if row.right else 0)
    canvas.put(box.x + 5, y, cut(text, room, GLYPHS.ellipsis), row.tone)
    if begins:
        canvas.put(box.x + 1, y, GLYPHS.pointer if chosen else " ", row.tone)
        canvas.put(box.x + 3, y, sign, row.tone)
        canvas.right(box.right, y, row.right, "dim")
    if chosen:
        canvas.restyle(box.x, y, box.width, "selected")
    canvas.zone(box.x, y, box.width, 1, Pick(row.name))
