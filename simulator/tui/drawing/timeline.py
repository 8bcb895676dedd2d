"""The timeline: what waited, who ran what, where we are; and the scale below it."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.story import labels
from simulator.story.history import Levels
from simulator.trace.time import MICROS
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.scene.language import say
from simulator.tui.scene.model import Chart, Scene

STEPS = (1, 2, 5)


def timeline_rows(chart: Chart, most: int) -> int:
    """How many rows it fills, without its scale: with a row for all slots together where `most` are too few."""
    queues = max(1, len(chart.queues))
    slots = sum(slots for _, slots in chart.workers)
    return queues + slots if queues + slots <= most else min(queues, 3) + 1


def label_width(chart: Chart, width: int) -> int:
    """How many cells the names beside a chart want, on a screen of `width`."""
    names = [name for name, _ in chart.workers[:20]]
    # A single queue needs no name.
    names += list(chart.queues)[:20] if len(chart.queues) > 1 else []
    return min(max([cell_len(name) for name in [*names, "Worker"]]) + 1, width // 5)


def draw_timeline(canvas: Canvas, scene: Scene, box: Box, roomy: bool, label: int | None = None) -> tuple[int, int]:
    """Draw rows for queues and workers and a scale; names take `label` cells, or as many as they need.

    Returns:
        The first column of what stands for time, and how many there are.
    """
    if box.height < 3:
        return box.x, 0
    chart = scene.chart
    if label is None:
        label = label_width(chart, box.width)
    x = box.x + label + 2
    width = box.right - x - 2
    view = Box(x, box.y, width, box.height)
    rows = box.height - 1
    slots = [(name, slot) for name, count in chart.workers for slot in range(1, count + 1)]
    each = 2 if roomy and 2 * (1 + len(slots)) <= rows + 1 else 1
    now = _column(chart.time, chart, width)
    y = box.y
    for name, levels in _queue_rows(chart, rows - min(len(slots), rows - 1) if slots else rows):
        canvas.put(box.x + 1, y, cut(name or say(labels.QUEUE, scene.lang), label, GLYPHS.ellipsis), "dim")
        _draw_levels(canvas, levels, view, y, chart, now, "waiting", 2)
        y += each
    left = (box.bottom - 1 - y + each - 1) // each
    if len(slots) <= left:
        for name, slot in slots:
            text = name if slot == 1 else f"{GLYPHS.dot} {slot}"
            canvas.put(box.x + 1, y, cut(text, label, GLYPHS.ellipsis), "dim")
            _draw_slot(canvas, name, slot, view, y, chart, now)
            y += each
    elif left > 0:
        canvas.put(box.x + 1, y, cut(say(labels.BUSY, scene.lang), label, GLYPHS.ellipsis), "dim")
        _draw_levels(canvas, chart.history.busy, view, y, chart, now, "running", len(slots))
        y += 1
    _draw_now(canvas, view, y - box.y, now)
    _draw_scale(canvas, view, y, chart, now)
    canvas.zone(x, box.y, width + 1, y - box.y + 1, "seek")
    return x, width


def _column(time: int, chart: Chart, width: int) -> int:
    return min(width - 1, time * width // chart.end) if chart.end else 0


def _queue_rows(chart: Chart, most: int) -> list[tuple[str, Levels]]:
    """The queues that get a row; the first ones where not all do."""
    known = [(name, chart.history.queues[name]) for name in chart.queues if name in chart.history.queues]
    if len(known) == 1:
        return [("", known[0][1])]
    return known[: max(1, most)]


def _draw_levels(
    canvas: Canvas, levels: Levels, view: Box, y: int, chart: Chart, now: int, style: str, least: int
) -> None:
    """A number over time, as blocks of its height; the largest value so far fills a cell."""
    columns = levels.columns(view.width, chart.end) if chart.end else [0] * view.width
    values = [*columns[:now], levels.at(chart.cursor)]
    shown = columns if chart.future else values
    top = max([*shown, least])
    for column, value in enumerate(shown):
        if value:
            height = -(-value * 8 // top)
            later = column > now
            canvas.put(view.x + column, y, GLYPHS.levels[height], "ghost" if later else style)


def _draw_slot(canvas: Canvas, name: str, slot: int, view: Box, y: int, chart: Chart, now: int) -> None:
    """What a slot ran, up to now, and the planned rest of what it runs."""
    runs = chart.history.slots.get((name, slot), [])
    columns = chart.history.columns(name, slot, view.width, chart.end) if chart.end else []
    start = 0
    for column in range(1, len(columns) + 1):
        if column < len(columns) and columns[column] == columns[start]:
            continue
        place = columns[start]
        if place >= 0 and (runs[place].start_index < chart.cursor or chart.future):
            run = runs[place]
            ended = run.end_index < chart.cursor
            begun = run.start_index < chart.cursor
            until = column if ended else min(column, now) if begun else start
            style = "lost" if ended and run.outcome in ("lost", "revoked") else "bar" if ended else "bar.running"
            length = max(until - start, 1 if begun else 0)
            label = chart.short(run.uuid)
            text = f"{label} " if cell_len(label) + 1 < length else GLYPHS.start
            canvas.put(view.x + start, y, GLYPHS.heavy * length, style)
            canvas.put(view.x + start, y, text, style, length)
            if chart.future and not ended:
                canvas.put(view.x + start + length, y, GLYPHS.plan * max(0, column - start - length), "ghost")
            elif not ended:
                planned = chart.history.plan(run)
                last = _column(planned, chart, view.width) if planned is not None else 0
                canvas.put(
                    view.x + start + length,
                    y,
                    GLYPHS.plan * max(0, last - start - length),
                    "plan",
                    view.width - start - length,
                )
        start = column
    for index, time in chart.history.deaths.get(name, []):
        if index < chart.cursor:
            canvas.put(view.x + _column(time, chart, view.width), y, GLYPHS.lost, "lost")


def _draw_now(canvas: Canvas, view: Box, rows: int, now: int) -> None:
    for y in range(view.y, view.y + rows):
        canvas.put(view.x + now, y, GLYPHS.now, "now")


def _draw_scale(canvas: Canvas, view: Box, y: int, chart: Chart, now: int) -> None:
    if not chart.end:
        return
    step = tick_step(chart.end, view.width)
    for time in range(0, chart.end + 1, step):
        text = f"{time / MICROS:g} s"
        x = min(_column(time, chart, view.width), view.width - len(text))
        if not x - 1 <= now <= x + len(text):
            canvas.put(view.x + x, y, text, "dim")
    canvas.put(view.x + now, y, GLYPHS.here, "now")


def tick_step(end: int, width: int) -> int:
    """Microseconds between two numbers of a scale: 1, 2 or 5 times a power of ten, at least ten cells apart.

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
