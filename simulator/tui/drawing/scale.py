"""Shared parts of charts over time: axis, line of now, folds, and the scale below."""

from __future__ import annotations

from itertools import chain

from rich.cells import cell_len

from simulator.scene.chart import Chart, Scale
from simulator.story.values import second_unit
from simulator.trace.time import format_seconds
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box

STEPS = (1, 2, 5)


def draw_now(canvas: Canvas, view: Box, rows: int, scale: Scale) -> None:
    """Draw the line of now through all rows."""
    for y in range(view.y, view.y + rows):
        canvas.put(view.x + scale.now, y, GLYPHS.now, "now")


def draw_folds(canvas: Canvas, view: Box, rows: int, scale: Scale, *, over: bool = False) -> None:
    """Draw strokes in the blank cells of each fold; `over`: in one of its columns also over other cells."""
    for fold in scale.folds:
        if over:
            for y in range(view.y, view.y + rows):
                canvas.put(view.x + fold.behind - 1, y, GLYPHS.fold, "faint")
        for y in range(view.y, view.y + rows):
            cells = canvas.cells[y]
            for x in range(view.x + fold.first, min(view.x + fold.behind, canvas.width)):
                if cells[x] == " ":
                    canvas.put(x, y, GLYPHS.fold, "faint")


def draw_scale(canvas: Canvas, view: Box, y: int, chart: Chart, scale: Scale, lang: str) -> None:
    """Draw a scale: the current moment, marks, length of each fold, and round times as far as they fit."""
    if not chart.end:
        return
    canvas.put(view.x + scale.now, y, GLYPHS.here, "now")
    taken = [(scale.now - 1, scale.now + 2)]

    def put(column: int, text: str, style: str) -> None:
        x = max(0, min(column, view.width - cell_len(text)))
        if all(x + cell_len(text) + 1 < begin or x > end + 1 for begin, end in taken):
            canvas.put(view.x + x, y, text, style)
            taken.append((x, x + cell_len(text)))

    for time in chart.bookmarks:
        if 0 <= scale.column(time) <= scale.width and scale.clamp(time) != scale.now:
            put(scale.clamp(time), GLYPHS.bookmark, "bookmark")
    for fold in scale.folds:
        text = f"{GLYPHS.fold}{format_seconds(_rounded(fold.end - fold.begin), 0)}{second_unit(lang)}{GLYPHS.fold}"
        put((fold.first + fold.behind - cell_len(text)) // 2, text, "faint")
    # The last one may have to stand before its column: rather one less than two that can be taken for one.
    ticks = _ticks(scale, view.width)
    for time in (*ticks[-1:], *ticks[:-1]):
        put(scale.column(time), format_seconds(time, 0) + second_unit(lang), "dim")


def _rounded(micros: int) -> int:
    """Round to three digits.

    >>> _rounded(58_123_456), _rounded(7)
    (58100000, 7)
    """
    step = int(10 ** max(0, len(str(micros)) - 3))
    return (micros + step // 2) // step * step


def _ticks(scale: Scale, width: int) -> list[int]:
    """Round times on the axis, outside of folds."""
    step = tick_step(scale.length, width)
    edges = [scale.begin, *chain.from_iterable((fold.begin, fold.end) for fold in scale.folds), scale.end]
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [time for begin, end in spans if end >= begin for time in range(-(-begin // step) * step, end + 1, step)]


def tick_step(end: int, width: int) -> int:
    """Microseconds between two ticks: 1, 2 or 5 times a power of ten, at least ten cells apart.

    >>> tick_step(4_000_000, 66), tick_step(3_600_000_000, 66)
    (1000000, 1000000000)
    """
    least = end * 10 // max(1, width)
    power = 1
    while True:
        for step in STEPS:
            if step * power >= max(least, 1):
                return step * power
        power *= 10
