"""The console: its log above the input line; and the panel of a broken scenario."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len, get_character_cell_size

from simulator.console import words
from simulator.console.answers import Output
from simulator.scene.words import labels
from simulator.story.catalog import line
from simulator.story.language import languages, say
from simulator.tui.controls.commands import Type
from simulator.tui.controls.hints import Hint
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.frame import draw_edge, draw_frame
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box

PROMPT = "$ "

Row = list[tuple[str, str]]
"""A row as (text, style), from left to right."""

MAX_CHOICE_ROWS = 3
MAX_ENTRIES = 200

QUOTED = re.compile(r"( *\d* \| )(.*)")
"""A line of a file as an error quotes it, or the caret below it."""

BEHIND = 12
"""Cells of a quoted line kept visible after its caret."""


@dataclass
class Exchange:
    """A typed line, with its answer once there is one."""

    when: str
    """The clock at the moment it was entered."""
    text: str
    answer: Output | None = None
    _rows: dict[tuple[object, ...], list[Row]] = field(default_factory=dict, repr=False)
    """Cached rows: an answer may be long, and a run may be playing above it."""

    def rows(self, lang: str, width: int, progress: str) -> list[Row]:
        """The rows in a language, cut to a width."""
        key = (lang, width, self.answer is not None, "" if self.answer is not None else progress)
        if key not in self._rows:
            self._rows = {key: list(_entry_rows(self, lang, width, progress))}
        return self._rows[key]


@dataclass
class Transcript:
    """State of a session's console."""

    entries: list[Exchange] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    """Typed lines, oldest first."""

    def add(self, entry: Exchange) -> None:
        """Add an exchange, dropping the oldest if there are too many."""
        self.entries.append(entry)
        del self.entries[:-MAX_ENTRIES]

    def settle(self) -> None:
        """Mark exchanges without an answer as cancelled: no simulation is running any more."""
        for entry in self.entries:
            if entry.answer is None:
                entry.answer = Output(notes=(line(labels.CANCELLED),), failed=True)


@dataclass(frozen=True)
class ConsoleView:
    """The current content of the console."""

    lang: str
    clock: str
    place: str
    """The current event's number, and the number of events."""
    entries: Sequence[Exchange]
    choices: Sequence[str]
    """Possible completions of the word."""
    example: str = "ID"
    """The id of an existing task."""
    notice: str = ""
    """A note on the last command."""
    progress: str = ""
    """Progress of the simulation."""
    top: int | None = None
    """The first visible row of the log; None: scrolled to its end."""


def draw_console(view: ConsoleView, width: int, height: int) -> tuple[Canvas, int, int]:
    """Draw it; returns the first row of the log that is shown, and the number of rows."""
    canvas = Canvas(max(1, width), max(1, height))
    canvas.put(0, 0, GLYPHS.heavy * width, "faint")
    x = canvas.put(2, 0, f" {say(words.TITLE, view.lang)} ", "title")
    canvas.put(x, 0, f"{GLYPHS.dot} {view.clock} {GLYPHS.dot} {view.place} ", "now")
    choices = _choice_rows(view.choices, width - 4) or ([view.notice] if view.notice else [])
    room = max(0, height - 3 - len(choices))
    rows = log_rows(view, width - 2)
    last = max(0, len(rows) - room)
    top = last if view.top is None else max(0, min(view.top, last))
    shown = rows[top : top + room]
    for y, row in enumerate(shown, start=1 + room - len(shown) if len(rows) < room else 1):
        x = 1
        for text, style in row:
            x = canvas.put(x, y, text, style, width - 1 - x)
        if not view.entries and row[0][1] == "dim":
            canvas.zone(1, y, width - 2, 1, Type(row[0][0].strip()))
    if len(rows) > room:
        canvas.right(width - 1, 0, f" {top + 1}-{top + len(shown)}/{len(rows)} ", "dim")
    for y, text in enumerate(choices, start=1 + room):
        canvas.put(3, y, text, "note")
    canvas.put(1, height - 2, PROMPT, "key")
    return canvas, top, len(rows)


def entry_row(view: ConsoleView, width: int) -> int:
    """Return the row of the log in which the last entry begins."""
    return sum(len(entry.rows(view.lang, width, view.progress)) + 1 for entry in view.entries[:-1])


def log_rows(view: ConsoleView, width: int) -> list[Row]:
    """All rows of the log, with an empty one between entries; an introduction if nothing was typed yet."""
    if not view.entries:
        return [[(text, style)] for text, style in _welcome(view, width)]
    rows: list[Row] = []
    for entry in view.entries:
        rows += [[]] if rows else []
        rows += entry.rows(view.lang, width, view.progress)
    return rows


def _welcome(view: ConsoleView, width: int) -> Iterator[tuple[str, str]]:
    lang = view.lang
    for one in languages(lang):
        for part in wrap(words.HELP.text(one), width):
            yield part, "note"
    for text in words.EXAMPLES:
        yield f"  {text.format(id=view.example)}", "dim"
    for one in languages(lang):
        for part in wrap(words.HELP_MORE.text(one), width):
            yield part, "note"


def _entry_rows(entry: Exchange, lang: str, width: int, progress: str) -> Iterator[Row]:
    head = f"{entry.when}  "
    first, *more = fold(entry.text, width - cell_len(head) - len(PROMPT)) or [""]
    yield [(head, "dim"), (PROMPT, "key"), (first, "strong")]
    for part in more:
        yield [(" " * (cell_len(head) + len(PROMPT)) + part, "strong")]
    if entry.answer is None:
        yield [(f"  {progress or GLYPHS.ellipsis}", "dim")]
        return
    for text in entry.answer.lines:
        yield from _printed(text, width)
    for note in entry.answer.notes:
        for one in languages(lang):
            said = note.text(one)
            indent = " " * (len(said) - len(said.lstrip()))
            for part in wrap(said, width - 2 - len(indent)):
                yield [("  " + indent + part, "waiting" if entry.answer.failed else "note")]


def _printed(text: str, width: int) -> Iterator[Row]:
    """A line of Celery's output; the first line of a reply shows by its colour whether it succeeded."""
    for sign, style in (("OK", "done"), ("ERROR", "failed")):
        if text.startswith("->") and text.endswith(f": {sign}"):
            yield [("->", "dim"), (text[2 : -len(sign)], "strong"), (sign, style)]
            return
    style = "failed" if text.startswith("Error: ") else "text"
    for part in fold(text, width):
        yield [(part, style)]


def fold(text: str, width: int) -> list[str]:
    """Break a line into rows of at most `width` cells, each further row indented two cells deeper than the first.

    Broken behind a space where there is one; no space is lost or added but the indent.

    >>> fold("  * {'id': 1, 'name': 'pay'}", 16)
    ["  * {'id': 1, ", "      'name': ", "      'pay'}"]
    """
    bare = text.lstrip(" ")
    indent = " " * min(len(text) - len(bare) + (4 if bare.startswith("* ") else 2), max(0, width // 2))
    rows: list[str] = []
    while cell_len(text) > width > 0:
        room, place = width, 0
        while place < len(text) and get_character_cell_size(text[place]) <= room:
            room -= get_character_cell_size(text[place])
            place += 1
        space = text.rfind(" ", width // 3, place)
        # At least one character more than the indent, however narrow it is.
        place = space + 1 if space > len(indent) else max(len(indent) * bool(rows) + 1, place)
        rows.append(text[:place])
        text = indent + text[place:]
    return [*rows, text]


def _choice_rows(choices: Sequence[str], width: int) -> list[str]:
    """The completions one after the other, in a few rows."""
    rows: list[str] = []
    for place, choice in enumerate(choices):
        if rows and cell_len(rows[-1]) + 2 + cell_len(choice) <= width:
            rows[-1] += f"  {choice}"
        elif len(rows) < MAX_CHOICE_ROWS:
            rows.append(cut(choice, width, GLYPHS.ellipsis))
        else:
            rows[-1] = f"{cut(rows[-1], width - 8, '')}  {GLYPHS.ellipsis} +{len(choices) - place}"
            break
    return rows


def draw_problems(
    title: str, about: str, text: str, hints: list[Hint], width: int, height: int, offset: int = 0
) -> tuple[Canvas, int]:
    """Draw errors in a frame, scrolled down as far as there is more; returns the number of rows scrolled."""
    canvas = Canvas(max(1, width), max(1, height))
    box = Box(0, 0, width, height)
    draw_frame(canvas, box, "failed")
    draw_edge(canvas, box, 0, title, "lost")
    rows = problem_rows(text, width - 4)
    told = wrap(about, width - 4)
    room = max(1, height - 4 - len(told))
    offset = max(0, min(offset, len(rows) - room))
    for y, (part, style) in enumerate(rows[offset : offset + room], start=1):
        canvas.put(2, y, part, style, width - 4)
    if len(rows) > room:
        draw_edge(canvas, box, height - 1, f"{offset + 1}-{min(offset + room, len(rows))}/{len(rows)} ↑ ↓")
    for y, part in enumerate(told, start=height - 2 - len(told)):
        canvas.put(2, y, part, "note", width - 4)
    x = 2
    for hint in hints:
        start = x
        x = canvas.put(x, height - 2, hint.key, "key", width - 2 - x)
        x = canvas.put(x + 1, height - 2, hint.label, "dim", width - 3 - x)
        if hint.command is not None:
            canvas.zone(start, height - 2, x - start, 1, hint.command)
        x += 3
    return canvas, offset


def problem_size(text: str, about: str, width: int) -> tuple[int, int]:
    """The size in cells of a panel that shows everything, within a width."""
    lines = text.split("\n")
    wanted = min(width, max([cell_len(part) for part in [*lines, about]] + [40]) + 4)
    return wanted, len(problem_rows(text, wanted - 4)) + len(wrap(about, wanted - 4)) + 4


def problem_rows(text: str, width: int) -> list[tuple[str, str]]:
    """Errors as (text, style) rows: a sentence is wrapped, a quoted line shifted so that its caret is visible."""
    rows: list[tuple[str, str]] = []
    lines = text.split("\n")
    moved = 0
    for quote, below in zip(lines, [*lines[1:], ""], strict=True):
        quoted = QUOTED.fullmatch(quote)
        if quoted is None:
            rows += [("", "text")] if rows else []
            rows += [(part, "strong") for part in wrap(quote, width)]
            continue
        head, body = quoted.groups()
        if head.strip("| "):
            moved = max(0, cell_len(below) - width + BEHIND) if below.endswith("^") else 0
        style = "failed" if body.strip() == "^" else "text"
        rows.append((cut(head + _without(body, moved), width, GLYPHS.ellipsis), style))
    return rows


def _without(text: str, cells: int) -> str:
    """Text without a number of cells at its start; half of a wide character leaves a space."""
    place = 0
    while cells > 0 and place < len(text):
        cells -= get_character_cell_size(text[place])
        place += 1
    return " " * -cells + text[place:]
