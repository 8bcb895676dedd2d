"""The stage: producers, queues and workers from left to right, with messages moving between them."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.model import EventLine, Flight, Flow, ProducerBox, Scene, Spot, WorkerBox
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.trace.time import MICROS
from simulator.tui.controls.commands import GoTo
from simulator.tui.drawing.canvas import Canvas, cut, shorten
from simulator.tui.drawing.frame import draw_frame, frame_style
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box, Layout
from simulator.tui.drawing.stage.queues import Anchors, draw_queues
from simulator.tui.drawing.stage.roads import Point, along, draw_arrow, draw_dissolving, draw_road, ease
from simulator.tui.drawing.stage.services import draw_services, place_services
from simulator.tui.drawing.stage.workers import draw_workers

MAX_ROADS = 6
"""Number of stacked workers above which one arrow stands for all."""

STRAIGHT = 2
"""Number of points of a straight road."""

SPARE = 4
"""Columns of the gap available to tallies."""

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
"""Symbol (and style), counter and word; if there is little room, the last ones are left out first."""


def draw_stage(canvas: Canvas, scene: Scene, layout: Layout) -> None:
    """Draw the whole stage."""
    anchors: Anchors = {}
    if layout.producers.width:
        _draw_producers(canvas, scene, layout.producers, anchors)
    draw_queues(canvas, scene, layout.queues, anchors)
    workers, events, services = place_services(scene, layout)
    draw_workers(canvas, scene, workers, anchors)
    if events.width:
        _draw_events(canvas, scene.events, events, scene.lang)
    if services is not None:
        draw_services(canvas, scene, services)
    _draw_roads(canvas, scene, layout, anchors)
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
    """Draw the outcomes of tasks; those that never occurred only if there is room, and rare ones never."""
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


def _draw_roads(canvas: Canvas, scene: Scene, layout: Layout, anchors: Anchors) -> None:
    """Draw faint arrows along the paths of messages."""
    if layout.producers.width:
        for (kind, _), box in anchors.items():
            if kind == "producer":
                draw_arrow(canvas, box.right, layout.queues.x, box.y + 1, "faint")
    named = {worker.name: worker for worker in scene.workers if worker.queues}
    there = [(kind, name, 1) for kind, name in anchors if kind == "worker" and name in named]
    rows = {_row(spot, anchors): named[spot[1]] for spot in there}
    start, end = layout.queues.right, layout.workers.x
    if len(rows) > MAX_ROADS:
        draw_arrow(canvas, start, end, [*rows][len(rows) // 2] or 0, "faint")
        return
    roads = [
        points
        for y, worker in rows.items()
        for name in worker.queues
        if (points := _road(("queue", name, 0), ("worker", worker.name, 1), layout, anchors))
        and (len(points) == STRAIGHT or not _is_beside(y or 0, worker, anchors))
    ]
    # Straight ones first: others branch off them, or join them.
    for points in sorted(roads, key=lambda points: (len(points), points[1][0])):
        draw_road(canvas, points, "faint")


def _is_beside(y: int, worker: WorkerBox, anchors: Anchors) -> bool:
    """Return True if a queue that the worker consumes is right beside it, so that one arrow is enough."""
    boxes = [anchors.get(("queue", name)) for name in worker.queues]
    return any(box is not None and box.y < y < box.bottom - 1 for box in boxes)


def _road(queue: Spot, worker: Spot, layout: Layout, anchors: Anchors) -> list[Point]:
    """The corners of the road from a queue to a worker in the gap: straight if they are side by side."""
    box, y = anchors.get(queue[:2]), _row(worker, anchors)
    if box is None or y is None:
        return []
    start, end = layout.queues.right, layout.workers.x
    if box.y < y < box.bottom - 1:
        return [(start, y), (end, y)]
    # Where queues are rows, a box of two ends with its own.
    row = max(box.y + 1, min(y, box.bottom - 2))
    turn = start + 2 + list(anchors).index(queue[:2]) % max(1, end - start - 5)
    return [(start, row), (turn, row), (turn, y), (end, y)]


def _row(place: Spot, anchors: Anchors) -> int | None:
    """The row at which moves to or from a place begin and end."""
    kind, name, position = place
    box = anchors.get((kind, name))
    if box is None:
        return None
    if kind == "queue":
        return max(box.y + 1, min(box.y + 1 + position, box.bottom - 2))
    return box.y + (1 if kind in ("producer", "store") else min(2, box.height // 2))


def way(flight: Flight, layout: Layout, anchors: Anchors) -> list[Point]:
    """The corners of a flight's path from edge to edge in a gap; empty if it is not visible."""
    start, end = _row(flight.source, anchors), _row(flight.target, anchors)
    gap, there = layout.queues.right, layout.workers.x
    if flight.source[0] == "producer":
        if end is None:
            return []
        here, row = layout.producers.right if layout.producers.width else 0, end if start is None else start
        turn = (here + layout.queues.x) // 2
        return [(here, row), (turn, row), (turn, end), (layout.queues.x, end)]
    if flight.kind == "result":
        if start is None or end is None:
            return []
        turn = gap + (there - gap) // 2
        return [(there, start), (turn, start), (turn, end), (gap, end)]
    if flight.source[0] == "queue":
        return _road(flight.source, flight.target, layout, anchors)
    road = _road(flight.target, flight.source, layout, anchors)
    if not road and start is not None:
        road = [(gap, start), (there, start)]
    below = 1 if flight.kind == "ack" and _has_row_for_acks(flight.source, anchors) else 0
    return [(x, y + (below if y == road[-1][1] else 0)) for x, y in reversed(road)]


def _has_row_for_acks(worker: Spot, anchors: Anchors) -> bool:
    """Return True if ACKs have their own road, below that of the tasks."""
    box = anchors.get(worker[:2])
    return box is not None and box.height >= 4


def _draw_flight(canvas: Canvas, flight: Flight, layout: Layout, anchors: Anchors) -> None:
    """Draw a moving label: it leaves one edge and enters the other, and covers neither."""
    if flight.kind == "drop":
        _draw_drop(canvas, flight, anchors)
        return
    points = way(flight, layout, anchors)
    if not points or flight.progress >= 1:
        return
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    text = f" {flight.label} "
    width = cell_len(text)
    # Its end that leads touches the edge it comes from at first, and at last its other end the edge it goes to.
    back = points[0][0] > points[-1][0]
    (first, y1), (last, y2) = points[0], points[-1]
    shift = width if not back else 0
    ends = [(first - shift, y1), *points[1:-1], (last - (0 if not back else width), y2)]
    x, y = along(ends, ease(flight.progress))
    canvas.put_within(left, right, x, y, text, f"flight.{'ack' if flight.kind == 'result' else flight.kind}")


def _draw_drop(canvas: Canvas, flight: Flight, anchors: Anchors) -> None:
    """Draw a killed worker's task dissolving."""
    box = anchors.get(flight.source[:2])
    if box is None or box.height < 4:
        return
    y = min(box.y + 2 + flight.source[2], box.bottom - 2)
    style = "lost" if flight.target[0] == "worker" else "waiting"
    if flight.progress < 1:
        canvas.fill(box.x + 2, y, box.width - 4, 1)
    draw_dissolving(canvas, (box.x + 4, y), cut(flight.label, box.width - 6, ""), flight.progress, style)


def _draw_trail(canvas: Canvas, flight: Flight, layout: Layout, anchors: Anchors) -> None:
    """Draw the path of the last event in the gap."""
    points = way(flight, layout, anchors)
    if not points:
        return
    style = {"task": "waiting", "ack": "done", "result": "done"}.get(flight.kind, "ask")
    if flight.source[0] == "producer":
        if layout.producers.width:
            y = _row(flight.source, anchors) or points[0][1]
            draw_arrow(canvas, layout.producers.right, layout.queues.x, y, style)
        return
    start, end = layout.queues.right, layout.workers.x
    if flight.kind == "result":
        draw_arrow(canvas, start, end, points[-1][1], style, back=True)
        return
    draw_road(canvas, points, style)
    if flight.kind in ("ack", "ask"):
        label = "?" if flight.kind == "ask" else flight.label
        y = points[0][1] if len(points) == STRAIGHT or points[0][0] > points[-1][0] else points[-1][1]
        canvas.centre(start + 2, y, end - start - 3, label, style)


def _draw_flow(canvas: Canvas, flow: Flow, layout: Layout) -> None:
    """Draw many moves at once: their number and target."""
    y = layout.queues.y + layout.queues.height // 2
    gaps = [(flow.coming, layout.producers.right, layout.queues.x), (flow.going, layout.queues.right, layout.workers.x)]
    for count, start, end in gaps:
        if count and end - start > 4 and start > 0:
            canvas.put(start + 1, y, GLYPHS.right * (end - start - 2), "waiting")
            canvas.centre(start, y - 1, end - start, str(count), "waiting")
