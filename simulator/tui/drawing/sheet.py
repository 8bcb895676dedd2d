"""Sheets and lists on full screens: zoom, help, picker, what-if menu, results of a search."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from simulator.scene.sheet import Section, Sheet
from simulator.tui.commands import Command, Pick
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.plain import write_keys

SMALLEST = (40, 8)
"""Width and height below which a sheet or list asks for more room."""

TWO_COLUMNS = 76
"""The narrowest width for two columns."""

Line = tuple[str, str, str, str]
"""A name and its style, a text and its style."""


def draw_sheet(sheet: Sheet, width: int, height: int, offset: int = 0) -> Canvas:
    """Draw a page, scrolled down by `offset` rows (as far as there is something)."""
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
    """Draw a page's sections, in two columns where there is room; returns which rows are shown if not all are."""
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


def _lines(sections: list[Section], width: int) -> list[Line]:
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


@dataclass(frozen=True)
class Choice:
    """A line that can be chosen, and a smaller one about it."""

    text: str
    about: str = ""
    style: str = "text"
    command: Command | None = None
    """What taking it asks for."""


@dataclass(frozen=True)
class Choices:
    """A list to choose from."""

    title: str
    about: str
    lines: list[Choice]
    chosen: int
    empty: str = ""


def draw_choices(choices: Choices, width: int, height: int, top: int = 0) -> Canvas:
    """Draw a list over a whole screen, below `top` empty rows."""
    canvas = Canvas(width, height)
    x = canvas.put(1, 0, cut(choices.title, width - 2, GLYPHS.ellipsis), "title")
    canvas.right(width - 1, 0, cut(choices.about, width - x - 3, GLYPHS.ellipsis), "dim")
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
    told = _told(choices, width - 4, height)
    _draw_list(canvas, choices, Box(1, 2 + top, width - 2, height - 3 - top - len(told) - bool(told)))
    if told:
        canvas.put(0, height - 2 - len(told), GLYPHS.rule * width, "faint")
    for y, line in enumerate(told, start=height - 1 - len(told)):
        canvas.put(3, y, line, "note")
    return canvas


def _told(choices: Choices, width: int, height: int) -> list[str]:
    """What is said about the chosen line, below the list; always as many rows as the longest one of all needs."""
    wrapped = [wrap(line.about, width) if line.about else [] for line in choices.lines]
    rows = min(max(map(len, wrapped), default=0), height // 3)
    if not rows:
        return []
    shown = wrapped[choices.chosen][:rows]
    return shown + [""] * (rows - len(shown))


def _draw_list(canvas: Canvas, choices: Choices, box: Box) -> None:
    if not choices.lines:
        canvas.put(box.x, box.y, cut(choices.empty, box.width, GLYPHS.ellipsis), "dim")
        return
    fits = max(1, box.height)
    first = max(0, min(choices.chosen - fits // 2, len(choices.lines) - fits))
    for place, line in enumerate(choices.lines[first : first + fits], start=first):
        y = box.y + place - first
        chosen = place == choices.chosen
        sign = GLYPHS.pointer if chosen else " "
        text = cut(f"{sign} {line.text}", box.width, GLYPHS.ellipsis)
        canvas.put(box.x, y, text, "selected" if chosen else line.style)
        if chosen:
            canvas.restyle(box.x, y, box.width, "selected")
        canvas.zone(box.x, y, box.width, 1, Pick(place))
