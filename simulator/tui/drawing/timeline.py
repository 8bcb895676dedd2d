"""The timeline: what waited, who ran what, where we are; and the scale below it."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.play.axis import Axis
from simulator.play.history import Execution
from simulator.play.levels import Levels
from simulator.scene.model import Chart, Scene
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.tui.commands import SeekTime
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.scale import draw_folds, draw_now, draw_scale, make_axis

AGAIN = {"failed": "failed", "rejected": "failed", "retried": "again"}
"""By how an execution ended, the sign at its end."""

CUT_OFF = ("lost", "revoked", "cancelled")
"""Executions that did not come to their own end."""

FULLEST = 7
"""Of eight parts of a cell: a row of whole cells would grow together with the one above."""


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
    view = Box(x, box.y, box.right - x - 2, box.height)
    axis = make_axis(chart, view.width)
    rows = box.height - 1
    slots = [(name, slot) for name, count in chart.workers for slot in range(1, count + 1)]
    # All slots that do not fit share a row: the others are the queues'.
    shared = len(slots) + max(1, len(chart.queues)) > rows
    queues = _queue_rows(chart, rows - (1 if shared else len(slots)) if slots else rows)
    each = 2 if roomy and 2 * (len(queues) + len(slots)) <= box.height else 1
    y = box.y
    for name, levels in queues:
        canvas.put(box.x + 1, y, cut(name or say(labels.QUEUE, scene.lang), label, GLYPHS.ellipsis), "dim")
        draw_levels(canvas, levels, view, y, chart, axis, "waiting", 2)
        y += each
    left = (box.bottom - 1 - y + each - 1) // each
    if len(slots) <= left:
        for name, slot in slots:
            text = name if slot == 1 else f"{GLYPHS.dot} {slot}"
            canvas.put(box.x + 1, y, cut(text, label, GLYPHS.ellipsis), "dim")
            _draw_slot(canvas, name, slot, view, y, chart, axis)
            y += each
    elif left > 0:
        canvas.put(box.x + 1, y, cut(say(labels.BUSY, scene.lang), label, GLYPHS.ellipsis), "dim")
        draw_levels(canvas, chart.history.busy, view, y, chart, axis, "running", len(slots))
        y += 1
    # The scale stands close to the last lane: what lies below it has scales of its own.
    y = min(y - each + 1 if len(slots) <= left else y, box.bottom - 1)
    draw_folds(canvas, view, y - box.y, axis)
    draw_now(canvas, view, y - box.y, axis)
    draw_scale(canvas, view, y, chart, axis)
    canvas.zone(x, box.y, view.width + 1, y - box.y + 1, SeekTime(tuple(axis.times())))
    return x, view.width


def _queue_rows(chart: Chart, most: int) -> list[tuple[str, Levels]]:
    """The queues that get a row; the first ones where not all do."""
    known = [(name, chart.history.queues[name]) for name in chart.queues if name in chart.history.queues]
    if len(known) == 1:
        return [("", known[0][1])]
    return known[: max(1, most)]


def draw_levels(
    canvas: Canvas, levels: Levels, view: Box, y: int, chart: Chart, axis: Axis, style: str, least: float
) -> None:
    """A number over time, as blocks of its height; the largest so far fills a cell but for the air above it."""
    now = axis.now
    columns = chart.views.largest(levels, axis)
    shown = columns if chart.future else axis.until_now(columns, levels.at(chart.cursor))
    top = max([*shown, least])
    for column, value in enumerate(shown):
        if value:
            level = GLYPHS.levels[int(-(-value * FULLEST // top))]
            canvas.put(view.x + column, y, level, "ghost" if column > now else style)


def _draw_slot(canvas: Canvas, name: str, slot: int, view: Box, y: int, chart: Chart, axis: Axis) -> None:
    """What a slot ran, up to now, and the planned rest of what it runs."""
    history = chart.history
    runs = history.slots.get((name, slot), [])
    columns = chart.views.runs(name, slot, axis) if runs else []
    start = 0
    for column in range(1, len(columns) + 1):
        if column < len(columns) and columns[column] == columns[start]:
            continue
        place = columns[start]
        if place >= 0 and (runs[place].start_index < chart.cursor or chart.future):
            _draw_run(canvas, runs[place], view, y, chart, axis, (start, column))
        start = column
    for index, time in (*history.deaths.get(name, []), *history.child_deaths.get((name, slot), [])):
        if (index < chart.cursor or chart.future) and 0 <= axis.column(time) <= axis.width:
            canvas.put(view.x + axis.clamp(time), y, GLYPHS.lost, "lost")


def _draw_run(
    canvas: Canvas, run: Execution, view: Box, y: int, chart: Chart, axis: Axis, columns: tuple[int, int]
) -> None:
    """An execution, in the columns that are its own."""
    start, behind = columns
    ended, begun = run.end_index < chart.cursor, run.start_index < chart.cursor
    # The last cell before the line of now is the last one that can be seen.
    until = min(behind, axis.now) if begun else start
    length = max(until - start, 1 if begun else 0)
    style = "lost" if ended and run.outcome in CUT_OFF else "bar" if ended else "bar.running"
    x = view.x + start
    canvas.put(x, y, GLYPHS.heavy * length, style)
    early = _is_acked(run, chart) and (run.ack or 0) <= run.start
    texts = _names(run, chart.short(run.uuid), early)
    canvas.put(x, y, next((text for text in texts if cell_len(text) < length), texts[-1]), style, length)
    if early and length > 1:
        _draw_ack(canvas, x, y)
    sign = AGAIN.get(run.outcome, "") if ended and length > 1 else ""
    if sign:
        canvas.put(x + length - 1, y, getattr(GLYPHS, sign), "bar.failed")
    if chart.future and not ended:
        canvas.put(x + length, y, GLYPHS.plan * max(0, behind - start - length), "ghost")
    elif not ended:
        planned = chart.history.plan(run)
        last = axis.clamp(planned) if planned is not None else 0
        canvas.put(x + length, y, GLYPHS.plan * max(0, last - start - length), "plan", view.right - x - length)
    if _is_acked(run, chart) and (run.ack or 0) > run.start and length > 1:
        # The sign of a failure keeps the last cell.
        column = max(start, min(axis.column(run.ack or 0), start + length - 1 - bool(sign)))
        _draw_ack(canvas, view.x + column, y)


def _names(run: Execution, name: str, early: bool) -> list[str]:
    """Its task and the how-manieth try it is, the fullest first; `early`: before them the ACK that came first."""
    ack = GLYPHS.ack if early else ""
    again = f"{GLYPHS.again}{run.attempt} " if run.attempt > 1 else ""
    start = GLYPHS.again if again else GLYPHS.start
    return [f"{ack}{again}{name} ", *([f"{ack}{again}"] if again else []), ack or start, start]


def _is_acked(run: Execution, chart: Chart) -> bool:
    return run.ack is not None and (run.ack_index < chart.cursor or chart.future)


def _draw_ack(canvas: Canvas, x: int, y: int) -> None:
    style = canvas.styles[y][x]
    canvas.put(x, y, GLYPHS.ack, f"{style}.ack" if style in ("bar", "bar.running") else "done")
