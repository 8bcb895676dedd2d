"""The timeline: queue lengths, executions, the current moment, and the scale below."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter

from rich.cells import cell_len

from simulator.scene.chart import BEFORE, Bar, Chart, Curve, HeldBar, SlotLane, TimeChart
from simulator.scene.model import Scene
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.trace.time import MICROS
from simulator.tui.controls.commands import SeekTime
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.scale import draw_folds, draw_now, draw_scale

AGAIN = {"failed": "failed", "rejected": "failed", "retried": "again"}
"""Symbol at the end of an execution, by its outcome."""

CUT_OFF = ("lost", "revoked", "cancelled")
"""Outcomes of executions that were cut short."""

FULLEST = 7
"""Eighths of a cell in a full bar: whole cells would merge with the row above."""


def timeline_rows(chart: Chart, most: int) -> int:
    """Number of rows it fills, without its scale: if `most` is too small, one row for all slots together."""
    queues = max(1, len(chart.queues))
    slots = sum(map(itemgetter(1), chart.workers))
    return queues + slots if queues + slots <= most else min(queues, 3) + 1


def label_width(chart: Chart, width: int) -> int:
    """Width in cells that the names beside a chart need, on a screen of `width`."""
    names = [name for name, _ in chart.workers[:20]]
    # A single queue needs no name.
    names += list(chart.queues)[:20] if len(chart.queues) > 1 else []
    return min(max([cell_len(name) for name in [*names, "Worker"]]) + 1, width // 5)


def timeline_view(chart: Chart, box: Box, label: int | None = None) -> Box:
    """The part of a box with the time axis; names take `label` cells, or as many as they need."""
    label = label_width(chart, box.width) if label is None else label
    x = box.x + label + 2
    return Box(x, box.y, box.right - x - 2, box.height)


def draw_timeline(canvas: Canvas, scene: Scene, box: Box, roomy: bool, label: int | None = None) -> tuple[int, int]:
    """Draw rows for queues and workers and a scale; names take `label` cells, or as many as they need.

    Returns:
        The first column of what stands for time, and how many there are.
    """
    chart, timeline = scene.chart, scene.chart.timeline
    if box.height < 3 or timeline is None:
        return box.x, 0
    view, scale = timeline_view(chart, box, label), timeline.scale
    if scale.width != view.width:
        return box.x, 0  # built for another size: its columns are not ours
    y = _draw_rows(canvas, scene, timeline, box, view, _plan(timeline, box.height - 1, roomy))
    draw_folds(canvas, view, y - box.y, scale)
    draw_now(canvas, view, y - box.y, scale)
    draw_scale(canvas, view, y, chart, scale, scene.lang)
    canvas.zone(view.x, box.y, view.width + 1, y - box.y + 1, SeekTime(tuple(scale.times)))
    return view.x, view.width


def _draw_rows(canvas: Canvas, scene: Scene, timeline: TimeChart, box: Box, view: Box, plan: _Plan) -> int:
    """Queues, then slots, what waits in a worker below its last one; returns the row of the scale, close below them."""
    y, last, room = box.y, box.y - 1, view.x - box.x - 2

    def name(text: str, row: int) -> None:
        canvas.put(box.x + 1, row, cut(text, room, GLYPHS.ellipsis), "dim")

    for curve in plan.queues:
        name(_queue_name(curve, scene), y)
        draw_curve(canvas, curve, view, y, timeline.scale.now, "lost" if curve.dead else "waiting")
        last, y = y, y + plan.each
    for lane in timeline.lanes:
        if y >= box.bottom - 1:
            break
        name(lane.worker if lane.slot == 1 else f"{GLYPHS.dot} {lane.slot}", y)
        waits = bool(lane.held or lane.held_ahead)
        apart = waits and (plan.each == 2 or lane.worker in plan.holders) and y + 1 < box.bottom - 1
        _draw_held(canvas, lane, view, y + apart, timeline.scale.now, scene)
        if apart:
            name(f"{GLYPHS.dot} {say(labels.HELD_ROW, scene.lang)}", y + 1)
        _draw_lane(canvas, lane, view, y, scene)
        last, y = y + apart, y + max(plan.each, 1 + apart)
    if timeline.busy is not None and y < box.bottom - 1:
        name(say(labels.BUSY, scene.lang), y)
        draw_curve(canvas, timeline.busy, view, y, timeline.scale.now, "running")
        last = y
    if timeline.held is not None and last + 1 < box.bottom - 1:
        last += 1
        name(f"{GLYPHS.dot} {say(labels.HELD_ROW, scene.lang)}", last)
        draw_curve(canvas, timeline.held, view, last, timeline.scale.now, "waiting")
    return min(last + 1, box.bottom - 1)


def _queue_name(curve: Curve, scene: Scene) -> str:
    """A curve's queue; the only one there is needs no name."""
    if not curve.what:
        return say(labels.ALL_QUEUES, scene.lang)
    return curve.what if len(scene.queues) > 1 else say(labels.QUEUE, scene.lang)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Division of the timeline into rows."""

    queues: list[Curve]
    each: int
    """Rows from one to the next."""
    holders: set[str]
    """Workers that have a row of their own for what waits in them; where there is air, it is there."""


def _plan(timeline: TimeChart, rows: int, roomy: bool) -> _Plan:
    """Plan the rows: a queue in which nothing waits gives its own to what waits in a worker."""
    queues, lanes = timeline.queues, timeline.lanes
    if roomy and timeline.busy is None and 2 * (len(queues) + len(lanes)) <= rows + 1:
        return _Plan(queues, 2, set())
    holders = [lane.worker for lane in lanes if lane.held or lane.held_ahead]
    if len(holders) > rows - len(queues) - len(lanes):
        queues = [curve for curve in queues if any(curve.values)]
    return _Plan(queues, 1, set(holders[: max(0, rows - len(queues) - len(lanes))]))


def draw_curve(canvas: Canvas, curve: Curve, view: Box, y: int, now: int, style: str) -> None:
    """Draw a number over time as blocks; the largest so far fills a cell, except for the gap above it."""
    top = max([*curve.values, curve.least])
    for column, value in enumerate(curve.values):
        if value:
            level = GLYPHS.levels[int(-(-value * FULLEST // top))]
            canvas.sign(view.x + column, y, level, "ghost" if column > now else style)


def _draw_lane(canvas: Canvas, lane: SlotLane, view: Box, y: int, scene: Scene) -> None:
    """Draw the executions of a slot up to now, and the planned rest of the current one."""
    for bar in lane.bars:
        _draw_bar(canvas, bar, view, y, scene)
    for column in lane.deaths:
        canvas.put(view.x + column, y, GLYPHS.lost, "lost")


def _draw_held(canvas: Canvas, lane: SlotLane, view: Box, y: int, now: int, scene: Scene) -> None:
    """Draw the tasks that wait in a worker, hatched, up to the time at which the first of them can start."""
    for held in lane.held:
        x, style = view.x + held.start, "ghost" if held.is_future else "waiting"
        canvas.put(x, y, GLYPHS.rest * held.length, style)
        text = next((f" {name} " for name in _held_names(held, scene) if cell_len(name) + 4 <= held.length), "")
        canvas.put(x + 1, y, text, style)
    if lane.held_ahead:
        canvas.put(view.x + now + 1, y, GLYPHS.plan * (lane.held_ahead - 1), "plan")


def _held_names(held: HeldBar, scene: Scene) -> list[str]:
    """Labels of waiting tasks, longest first: the task and its ETA, or the number of others."""
    name = scene.short(held.uuid)
    if held.count > 1:
        return [f"{name} +{held.count - 1}", str(held.count)]
    if held.eta is None:
        return [name]
    return [say(labels.HELD, scene.lang, task=name, time=f"{held.eta / MICROS:g}"), name]


def _draw_bar(canvas: Canvas, bar: Bar, view: Box, y: int, scene: Scene) -> None:
    """Draw an execution."""
    length, early = bar.length, bar.acked == BEFORE
    style = "lost" if bar.outcome in CUT_OFF else "bar" if bar.ended else "bar.running"
    x = view.x + bar.start
    canvas.put(x, y, GLYPHS.heavy * length, style)
    texts = _names(bar, scene.short(bar.uuid), early)
    canvas.put(x, y, next((text for text in texts if cell_len(text) < length), texts[-1]), style, length)
    if early and length > 1:
        _draw_ack(canvas, x, y)
    sign = AGAIN.get(bar.outcome, "") if length > 1 else ""
    if sign:
        canvas.put(x + length - 1, y, getattr(GLYPHS, sign), "bar.failed")
    canvas.put(x + length, y, GLYPHS.plan * bar.ahead, "ghost")
    canvas.put(x + length, y, GLYPHS.plan * bar.planned, "plan", view.right - x - length)
    if bar.acked is not None and not early and length > 1:
        # The sign of a failure keeps the last cell.
        column = max(bar.start, min(bar.acked, bar.start + length - 1 - bool(sign)))
        _draw_ack(canvas, view.x + column, y)


def _names(bar: Bar, name: str, early: bool) -> list[str]:
    """Labels of an execution with its task and attempt, longest first; `early`: preceded by an early ACK."""
    ack = GLYPHS.ack if early else ""
    again = f"{GLYPHS.again}{bar.attempt} " if bar.attempt > 1 else ""
    start = GLYPHS.again if again else GLYPHS.start
    return [f"{ack}{again}{name} ", *([f"{ack}{again}"] if again else []), ack or start, start]


def _draw_ack(canvas: Canvas, x: int, y: int) -> None:
    style = canvas.styles[y][x]
    canvas.put(x, y, GLYPHS.ack, f"{style}.ack" if style in ("bar", "bar.running") else "done")
