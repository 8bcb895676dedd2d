"""The stage: producers, queues and workers from left to right, and what moves between them."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.model import EventLine, Flight, Flow, ProducerBox, Scene, Spot
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.trace.time import MICROS
from simulator.tui.commands import GoTo
from simulator.tui.drawing.canvas import Canvas, cut, shorten
from simulator.tui.drawing.frame import draw_frame, frame_style
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box, Layout
from simulator.tui.drawing.queues import Anchors, draw_queues
from simulator.tui.drawing.roads import Point, along, draw_arrow, draw_dust, ease
from simulator.tui.drawing.workers import draw_workers

MOST_ROADS = 6
"""Above so many workers below each other one arrow stands for all."""

SPARE = 4
"""Columns of the gap that tallies may use."""

TALLIES = (
    ("done", "succeeded", labels.DONE),
    ("failed", "failed", labels.FAILED),
    ("lost", "lost", labels.LOST),
    ("waiting", "retried", labels.RETRIED),
    ("failed", "revoked", labels.REVOKED),
    ("done", "ignored", labels.IGNORED),
    ("lost", "dropped", labels.DROPPED),
    ("failed", "dead_lettered", labels.DEAD_LETTERS),
)
"""Sign (and style), counter and word; where there is little room, the last ones go first."""


def draw_stage(canvas: Canvas, scene: Scene, layout: Layout) -> None:
    """Draw the whole stage."""
    anchors: Anchors = {}
    if layout.producers.width:
        _draw_producers(canvas, scene, layout.producers, anchors)
    draw_queues(canvas, scene, layout.queues, anchors)
    draw_workers(canvas, scene, layout.workers, anchors)
    if layout.events.width:
        _draw_events(canvas, scene.events, layout.events, scene.lang)
    _draw_roads(canvas, layout, anchors)
    if scene.trail is not None:
        _draw_trail(canvas, scene.trail, layout, anchors)
    if scene.flow is not None:
        _draw_flow(canvas, scene.flow, layout)
    else:
        for flight in reversed(scene.flights):
            _draw_flight(canvas, flight, layout, anchors)


def _draw_producers(canvas: Canvas, scene: Scene, lane: Box, anchors: Anchors) -> None:
    y = lane.y
    most = max(1, (lane.height - 4) // 4)
    for producer in scene.producers[:most]:
        box = Box(lane.x, y, lane.width, 4)
        _draw_producer(canvas, producer, box, scene)
        anchors["producer", producer.name] = box
        y += 4
    if len(scene.producers) > most:
        canvas.put(lane.x + 1, y, say(labels.MORE, scene.lang, count=len(scene.producers) - most), "dim", lane.width)
        y += 1
    _draw_tallies(canvas, scene, Box(lane.x, y + 1, lane.width, max(0, lane.bottom - y - 1)), lane.height > 9)


def _draw_tallies(canvas: Canvas, scene: Scene, box: Box, roomy: bool) -> None:
    """What became of the tasks; what never happened only where there is room, and rare things never."""
    shown = [
        tally
        for tally in TALLIES
        if scene.counts[tally[1]] or tally[1] == "succeeded" or (roomy and tally[1] in ("failed", "lost"))
    ]
    # Long words and counts reach into the gap, which is free below the arrows.
    needed = max(cell_len(say(words, scene.lang)) + len(f"{scene.counts[key]:,}") + 4 for _, key, words in shown)
    right = max(box.right - 1, min(box.x + needed, box.right + SPARE))
    for row, (sign, key, words) in enumerate(shown[: box.height], start=box.y):
        count = scene.counts[key]
        style = ("waiting" if key == "retried" else sign) if count else "dim"
        room = right - box.x - 4 - len(f"{count:,}")
        word = cut(say(words, scene.lang), room, GLYPHS.ellipsis)
        canvas.put(box.x + 1, row, f"{getattr(GLYPHS, sign)} {word}", style)
        canvas.right(right, row, f"{count:,}", style)


def _draw_producer(canvas: Canvas, producer: ProducerBox, box: Box, scene: Scene) -> None:
    draw_frame(canvas, box, frame_style(scene, "producers", producer.name))
    canvas.put(box.x + 2, box.y + 1, cut(producer.name, box.width - 4, GLYPHS.ellipsis), "strong")
    if producer.sending:
        more = f" +{producer.sending_count - 1}" if producer.sending_count > 1 else ""
        text = cut(f"{GLYPHS.pointer} {scene.short(producer.sending[0])}", box.width - 4 - len(more), GLYPHS.ellipsis)
        canvas.put(box.x + 2, box.y + 2, text + more, "waiting")
    else:
        room, count = box.width - 4, f"{producer.sent:,}"
        text = say(labels.SENT, scene.lang, count=count)
        # A number that is cut is another number: its word goes first.
        canvas.put(box.x + 2, box.y + 2, text if cell_len(text) <= room else cut(count, room, GLYPHS.ellipsis), "dim")


def _draw_events(canvas: Canvas, lines: list[EventLine], box: Box, lang: str) -> None:
    canvas.put(box.x + 2, box.y, say(labels.EVENTS, lang), "dim")
    for row, line in enumerate(lines[-max(1, box.height - 1) :], start=box.y + 1):
        style = "ghost" if line.is_future else line.tone
        if line.is_now:
            canvas.put(box.x, row, GLYPHS.pointer, "strong")
        canvas.put(box.x + 1, row, f"{line.time / MICROS:7.2f}", "strong" if line.is_now else "dim")
        text, room = line.text, box.width - 11
        # Which task it is comes before who has it.
        if cell_len(text) > room and text.count(" ") > 1:
            text = text.rpartition(" ")[0]
        canvas.put(box.x + 10, row, shorten(text, room, GLYPHS.ellipsis), style)
        canvas.zone(box.x, row, box.width, 1, GoTo(line.index + 1))


# -- between the lanes ------------------------------------------------------------------------------------------


def _draw_roads(canvas: Canvas, layout: Layout, anchors: Anchors) -> None:
    """Faint arrows where messages go."""
    if layout.producers.width:
        for (kind, _), box in anchors.items():
            if kind == "producer":
                draw_arrow(canvas, box.right, layout.queues.x, box.y + 1, "faint")
    heads = [box.y + min(2, box.height // 2) for (kind, _), box in anchors.items() if kind == "worker"]
    rows = list(dict.fromkeys(heads))
    for y in rows if len(rows) <= MOST_ROADS else [rows[len(rows) // 2]]:
        draw_arrow(canvas, layout.queues.right, layout.workers.x, y, "faint")


def _row(place: Spot, anchors: Anchors) -> int | None:
    """The row on which something comes to or goes from a place."""
    kind, name, position = place
    box = anchors.get((kind, name))
    if box is None:
        return None
    if kind == "queue":
        return min(box.y + 1 + position, box.bottom - 2)
    return box.y + (1 if kind in ("producer", "store") else min(2, box.height // 2))


def way(flight: Flight, layout: Layout, anchors: Anchors) -> list[Point]:
    """The corners of the way of a flight's left end; nothing where it cannot be seen."""
    start, end = _row(flight.source, anchors), _row(flight.target, anchors)
    width = cell_len(flight.label) + 2
    gap = layout.queues.right
    if flight.source[0] == "producer":
        if end is None:
            return []
        x = layout.producers.right - width if layout.producers.width else -width
        return [(x, end), (layout.queues.x + 2, end)]
    if flight.kind == "result":
        if start is None or end is None:
            return []
        turn = max(gap + 1, layout.workers.x - width)
        return [(layout.workers.x, start), (turn, start), (turn, end), (gap - width - 1, end)]
    y = end if flight.source[0] == "queue" else start
    if y is None:
        return []
    if flight.source[0] == "queue":
        return [(gap - width, y), (layout.workers.x + 1, y)]
    return [(layout.workers.x, y), (gap - width - 1, y)]


def _draw_flight(canvas: Canvas, flight: Flight, layout: Layout, anchors: Anchors) -> None:
    if flight.kind == "drop":
        _draw_drop(canvas, flight, anchors)
        return
    points = way(flight, layout, anchors)
    if not points or flight.progress >= 1:
        return
    x, y = along(points, ease(flight.progress))
    if x >= 0:
        kind = "ack" if flight.kind == "result" else flight.kind
        canvas.put(x, y, f" {flight.label} ", f"flight.{kind}")


def _draw_drop(canvas: Canvas, flight: Flight, anchors: Anchors) -> None:
    """What a killed worker held falls to dust."""
    box = anchors.get(flight.source[:2])
    if box is None or box.height < 4:
        return
    y = min(box.y + 2 + flight.source[2], box.bottom - 2)
    style = "lost" if flight.target[0] == "worker" else "waiting"
    if flight.progress < 1:
        canvas.fill(box.x + 2, y, box.width - 4, 1)
    draw_dust(canvas, (box.x + 4, y), cut(flight.label, box.width - 6, ""), flight.progress, style)


def _draw_trail(canvas: Canvas, flight: Flight, layout: Layout, anchors: Anchors) -> None:
    """The way of the last event, in the gap."""
    points = way(flight, layout, anchors)
    if not points:
        return
    y = points[0][1]
    style = {"task": "waiting", "ack": "done", "result": "done"}.get(flight.kind, "ask")
    if flight.source[0] == "producer":
        if layout.producers.width:
            y = _row(flight.source, anchors) or y
            draw_arrow(canvas, layout.producers.right, layout.queues.x, y, style)
        return
    start, end = layout.queues.right, layout.workers.x
    if flight.kind == "result":
        y = points[-1][1]
    draw_arrow(canvas, start, end, y, style, back=flight.source[0] == "worker")
    if flight.kind in ("ack", "ask"):
        label = "?" if flight.kind == "ask" else flight.label
        canvas.centre(start + 2, y, end - start - 3, label, style)


def _draw_flow(canvas: Canvas, flow: Flow, layout: Layout) -> None:
    """Many at once: how many, and where to."""
    y = layout.queues.y + layout.queues.height // 2
    gaps = [(flow.coming, layout.producers.right, layout.queues.x), (flow.going, layout.queues.right, layout.workers.x)]
    for count, start, end in gaps:
        if count and end - start > 4 and start > 0:
            canvas.put(start + 1, y, GLYPHS.right * (end - start - 2), "waiting")
            canvas.centre(start, y - 1, end - start, str(count), "waiting")
