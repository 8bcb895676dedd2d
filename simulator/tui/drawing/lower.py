"""The lower panel: the timeline (with meters below it if there is room), meters alone, or a log."""

from __future__ import annotations

from dataclasses import replace

from rich.cells import cell_len

from simulator.scene.build import Outline
from simulator.scene.look import LOG, METERS, TIMELINE
from simulator.scene.model import LogLine, Scene
from simulator.scene.room import Room
from simulator.scene.words import time_words as words
from simulator.story.language import say
from simulator.trace.time import format_seconds
from simulator.tui.controls.commands import NextView, ZoomTime
from simulator.tui.drawing.bars import motion_width, transport_numbers
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import STRIP, Box
from simulator.tui.drawing.meters import draw_meters, draw_strip, meters_view, strip_width
from simulator.tui.drawing.timeline import draw_timeline, label_width, timeline_rows, timeline_view

DATED = 11
"""Width of a log line's date, in characters."""

LONG_LINES = 120
"""Width from which a log line keeps its date."""

HINTED = 100
"""Width from which the heading names the keys of the axis."""

FINE = 8
"""Marks in the scene for each column of the scrubber."""

NAMES = {TIMELINE: words.TIMELINE, METERS: words.METERS, LOG: words.LOG}


def divide_lower(scene: Scene, box: Box, roomy: bool) -> tuple[Box | None, Box | None]:
    """The boxes of the timeline, and of a strip of meters below it; None for one that is missing."""
    if scene.lower.panel != TIMELINE:
        return None, None
    lanes = timeline_rows(scene.chart, box.height - 1)
    if not roomy or box.height - STRIP <= lanes:
        return box, None
    rows = 2 * lanes + 1 if 2 * lanes + 1 <= box.height - STRIP else min(lanes + 2, box.height - STRIP)
    return Box(box.x, box.y, box.width, rows), Box(box.x, box.y + rows, box.width, box.height - rows)


def room_of_lower(draft: Outline, room: Room, box: Box, roomy: bool) -> Room:
    """The scene's room with that of the panel added."""
    scene = draft.scene
    if scene.lower.panel == LOG:
        return replace(room, log=box.height)
    if scene.lower.panel == METERS:
        return replace(room, meters=meters_view(draft.reading, draft.meters, box, scene.lang).width)
    time, strip = divide_lower(scene, box, roomy)
    if time is not None and time.height >= 3:
        width = _view(scene, time).width
        # Where idle time is folded a column of the scrubber below it may span much less than its share of the run.
        room = replace(room, time=width, rows=time.height - 1, scrubber=FINE * width)
    return replace(room, meters=strip_width(draft.meters, strip.width)[1]) if strip is not None else room


def _label(scene: Scene, width: int) -> int:
    """Width of the names beside the timeline, in cells; at least that of the labels beside the scrubber below it."""
    return max(label_width(scene.chart, width), motion_width(scene) - 2)


def _view(scene: Scene, box: Box) -> Box:
    """The part of the timeline's box with the time axis."""
    return timeline_view(scene.chart, box, _label(scene, box.width))


def draw_lower(canvas: Canvas, scene: Scene, box: Box, roomy: bool) -> Box | None:
    """Draw the panel, with its name in the rule above it.

    Returns:
        The columns of the timeline, below which the scrubber is aligned; None without a timeline.
    """
    canvas.put(0, box.y - 1, GLYPHS.rule * canvas.width, "faint")
    time, strip = divide_lower(scene, box, roomy)
    axis = None
    if time is not None and draw_timeline(canvas, scene, time, roomy, _label(scene, time.width))[1]:
        axis = _view(scene, time)
    _draw_heading(canvas, scene, box, numbers=axis is not None)
    if scene.lower.panel == METERS:
        draw_meters(canvas, scene, box)
    elif scene.lower.panel == LOG:
        _draw_log(canvas, scene, box)
    if axis is not None and not scene.chart.shown.is_whole:
        _draw_chapters(canvas, scene, axis, box.y - 1)
    if strip is not None:
        draw_strip(canvas, scene, strip)
    return axis


def _draw_chapters(canvas: Canvas, scene: Scene, axis: Box, y: int) -> None:
    """Mark the beginnings of chapters in the rule above a zoomed timeline; the scrubber marks all of them."""
    timeline, rule = scene.chart.timeline, canvas.cells[y]
    columns = [timeline.scale.column(time) for time in scene.chart.chapters] if timeline is not None else []
    for x in (axis.x + column for column in columns):
        if axis.x <= x < axis.right and rule[x] == GLYPHS.rule:
            canvas.put(x, y, GLYPHS.chapter, "chapter")


def _draw_heading(canvas: Canvas, scene: Scene, box: Box, *, numbers: bool) -> None:
    """Draw the panel's name, the part of the time it shows, and the names of the other panels."""
    y, lower, lang = box.y - 1, scene.lower, scene.lang
    name = say(NAMES[lower.panel], lang)
    if lower.panel == LOG:
        name = say(words.LOG_OF, lang, worker=lower.whose) if lower.whose else say(words.LOG_OF_ALL, lang)
    x = canvas.put(1, y, f" {cut(name, canvas.width // 2, GLYPHS.ellipsis)} ", "strong")
    if numbers:
        time, event, speed = transport_numbers(scene)
        told = f" {GLYPHS.dot} ".join([time, say(words.EVENT_NUMBER, lang, number=event), speed])
        x = canvas.put(x + 1, y, f" {told} ", "text")
    shown = scene.chart.shown
    if not shown.is_whole and lower.panel != LOG:
        end = min(shown.end, scene.chart.end)
        span = say(words.SPAN, lang, begin=_short(shown.begin, shown.length), end=_short(end, shown.length))
        canvas.put(x + 1, y, f" {span} ", "now")
    others = [say(words_, lang) for panel, words_ in NAMES.items() if panel != lower.panel]
    text = f" {' · '.join(others)} "
    start = canvas.width - 1 - cell_len(text) - 3
    canvas.put(start, y, " v", "key")
    canvas.put(start + 2, y, text, "dim")
    canvas.zone(start, y, canvas.width - start - 1, 1, NextView())
    if canvas.width >= HINTED and lower.panel != LOG:
        text = f" {say(words.ZOOM, lang)} "
        start -= cell_len(text) + 6
        canvas.put(start, y, " + -", "key")
        canvas.put(start + 4, y, text, "dim")
        canvas.zone(start, y, 2, 1, ZoomTime(1))
        canvas.zone(start + 2, y, 2, 1, ZoomTime(-1))


def _short(micros: int, length: int) -> str:
    """A time with as many decimals as a span of this length needs."""
    decimals = max(0, min(6, 8 - len(str(length))))
    unit = 10 ** (6 - decimals)
    return format_seconds(micros // unit * unit, 0)


def _draw_log(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Draw the last lines that fit, the newest at the bottom."""
    entries = scene.lower.log
    if not entries:
        canvas.put(box.x + 1, box.y, say(words.NO_LOG, scene.lang), "dim")
        return
    several = not scene.lower.whose and len(scene.workers) > 1
    lines = [line for entry in entries for line in _lines(entry, several, box.width - 2)]
    for y, (head, text, style) in enumerate(lines[-box.height :], start=box.y):
        x = canvas.put(box.x + 1, y, head, "dim", box.width - 2)
        canvas.put(x, y, text, style, box.right - 1 - x)


def _lines(entry: LogLine, several: bool, width: int) -> list[tuple[str, str, str]]:
    """An entry as (stamp, text, style), wrapped; a narrow panel leaves out the date, which is made up."""
    name = f"{entry.hostname} | " if several else ""
    lines: list[tuple[str, str, str]] = []
    for part in entry.text.split("\n"):
        stamp, bracket, text = part.partition("] ")
        if bracket and stamp.startswith("["):
            stamp = f"[{stamp[1 + DATED :]}" if width < LONG_LINES else stamp
            head, style = f"{name}{stamp}] ", "failed" if "ERROR" in stamp or "CRITICAL" in stamp else "text"
        else:
            head, style, text = name, "text", part
        indent = " " * (cell_len(name) + 2)
        room = width - cell_len(head)
        first, *more = wrap(text, room) if room > 20 else ["", *wrap(text, width - len(indent))]
        if more:
            more = wrap(" ".join(more), width - len(indent))
        lines.append((head, first, style))
        lines += [(indent, rest, style) for rest in more]
    return lines
