"""The stage: producers, queues and workers from left to right, and what moves between them."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.story import labels
from simulator.trace.time import MICROS
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.frame import draw_edge, draw_frame, frame_style, task_label
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box, Layout
from simulator.tui.drawing.workers import draw_workers
from simulator.tui.scene.build import MOST_FLIGHTS
from simulator.tui.scene.language import say
from simulator.tui.scene.model import EventLine, Flight, Place, ProducerBox, QueueBox, Scene

Anchors = dict[tuple[str, str], Box]
"""Where producers, queues and workers stand: by kind and name."""


MOST_ROADS = 6
"""Above so many workers below each other one arrow stands for all."""


TALLIES = (
    ("done", "succeeded", labels.DONE),
    ("failed", "failed", labels.FAILED),
    ("lost", "lost", labels.LOST),
    ("waiting", "retried", labels.RETRIED),
    ("failed", "revoked", labels.REVOKED),
    ("lost", "dropped", labels.DROPPED),
    ("failed", "dead_lettered", labels.DEAD_LETTERS),
)
"""Sign (and style), counter and word; where there is little room, the last ones go first."""


def draw_stage(canvas: Canvas, scene: Scene, layout: Layout) -> None:
    """Draw the whole stage."""
    anchors: Anchors = {}
    if layout.producers.width:
        _draw_producers(canvas, scene, layout.producers, anchors)
    _draw_queues(canvas, scene, layout.queues, anchors)
    draw_workers(canvas, scene, layout.workers, anchors)
    if layout.events.width:
        _draw_events(canvas, scene.events(layout.events.height - 1), layout.events, scene.lang)
    _draw_roads(canvas, layout, anchors)
    if scene.trail is not None:
        _draw_trail(canvas, scene.trail, layout, anchors)
    if len(scene.flights) > MOST_FLIGHTS:
        _draw_flow(canvas, scene.flights, layout)
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
    # Long words take the column that stays free behind short ones.
    long = any(cell_len(say(words, scene.lang)) + 4 > box.width - 2 for _, _, words in shown)
    right = box.right if long else box.right - 1
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
        text = f"{GLYPHS.pointer} {scene.short(producer.sending)}"
        canvas.put(box.x + 2, box.y + 2, cut(text, box.width - 4, GLYPHS.ellipsis), "waiting")
    else:
        canvas.put(box.x + 2, box.y + 2, say(labels.SENT, scene.lang, count=f"{producer.sent:,}"), "dim", box.width - 4)


def _draw_queues(canvas: Canvas, scene: Scene, lane: Box, anchors: Anchors) -> None:
    queues = scene.queues
    if not queues:
        return
    shown = max(1, min(len(queues), lane.height // 4))
    if shown < len(queues):
        _draw_queue_rows(canvas, scene, lane, anchors)
        return
    height, y = lane.height // shown, lane.y
    for place, queue in enumerate(queues):
        box = Box(lane.x, y, lane.width, height if place < shown - 1 else lane.bottom - y)
        anchors["queue", queue.name] = box
        _draw_queue(canvas, queue, box, scene)
        y = box.bottom


def _draw_queue(canvas: Canvas, queue: QueueBox, box: Box, scene: Scene) -> None:
    lang = scene.lang
    foot = say(labels.WAITING_COUNT, lang, count=f"{queue.count:,}") if queue.count else say(labels.EMPTY, lang)
    if queue.unacked:
        foot += f" {GLYPHS.dot} " + say(labels.UNACKED_COUNT, lang, count=f"{queue.unacked:,}")
    if not queue.broker_up:
        down = say(labels.BROKER_DOWN, lang)
        more = f"{down} {GLYPHS.dot} {foot}"
        foot = more if cell_len(more) <= box.width - 6 else down
    draw_frame(canvas, box, frame_style(scene, "queues", queue.name) if queue.broker_up else "failed")
    draw_edge(canvas, box, box.y, f"{say(labels.QUEUE, lang)} {queue.name}", "strong")
    draw_edge(canvas, box, box.bottom - 1, foot, "dim" if queue.broker_up else "lost")
    rows = box.height - 2
    each = 2 if queue.count * 2 <= rows else 1
    fits = rows if queue.count <= rows else rows - 1
    items = queue.head(fits // each)
    width = box.width - 4
    for item in items:
        y = box.y + 1 + item.position * each
        chosen = scene.selection.key == item.uuid
        style = "ghost" if item.uuid in scene.flying else "waiting"
        sign = GLYPHS.pointer if chosen else " "
        text = f"{sign}{item.position + 1} {task_label(scene.short(item.uuid), item.name)}"
        canvas.put(box.x + 1, y, cut(text, width + 1, GLYPHS.ellipsis), "selected" if chosen else style)
        if each == 2:
            time = say(labels.WAITS, lang, time=f"{item.waited / MICROS:.2f}")
            canvas.put(box.x + 4, y + 1, cut(time, width - 2, GLYPHS.ellipsis), "dim")
        canvas.zone(box.x, y, box.width, each, "choose", f"queue:{item.uuid}")
    if len(items) < queue.count:
        more = say(labels.MORE, lang, count=f"{queue.count - len(items):,}")
        canvas.put(box.x + 4, box.bottom - 2, more, "dim", width)


def _draw_queue_rows(canvas: Canvas, scene: Scene, lane: Box, anchors: Anchors) -> None:
    """More queues than boxes fit: one row each."""
    draw_frame(canvas, lane)
    draw_edge(canvas, lane, lane.y, say(labels.QUEUES, scene.lang, count=len(scene.queues)), "strong")
    if not scene.queues[0].broker_up:
        draw_edge(canvas, lane, lane.bottom - 1, say(labels.BROKER_DOWN, scene.lang), "lost")
    rows = lane.height - 2
    fits = rows if len(scene.queues) <= rows else rows - 1
    for place, queue in enumerate(scene.queues):
        y = lane.y + 1 + min(place, rows - 1)
        anchors["queue", queue.name] = Box(lane.x, y - 1, lane.width, 2)
        if place < fits:
            canvas.put(lane.x + 2, y, cut(queue.name, lane.width - 12, GLYPHS.ellipsis), "text")
            canvas.right(lane.right - 2, y, f"{queue.count:,}", "waiting" if queue.count else "dim")
    if fits < len(scene.queues):
        more = say(labels.MORE, scene.lang, count=len(scene.queues) - fits)
        canvas.put(lane.x + 2, lane.bottom - 2, more, "dim", lane.width - 4)


def _draw_events(canvas: Canvas, lines: list[EventLine], box: Box, lang: str) -> None:
    canvas.put(box.x + 2, box.y, say(labels.EVENTS, lang), "dim")
    for row, line in enumerate(lines, start=box.y + 1):
        style = "ghost" if line.is_future else line.style
        if line.is_now:
            canvas.put(box.x, row, GLYPHS.pointer, "strong")
        canvas.put(box.x + 1, row, f"{line.time / MICROS:7.2f}", "strong" if line.is_now else "dim")
        canvas.put(box.x + 10, row, cut(line.text, box.width - 11, GLYPHS.ellipsis), style)
        canvas.zone(box.x, row, box.width, 1, "go", str(line.index + 1))


# -- between the lanes ------------------------------------------------------------------------------------------


def _draw_roads(canvas: Canvas, layout: Layout, anchors: Anchors) -> None:
    """Faint arrows where messages go."""
    if layout.producers.width:
        for (kind, _), box in anchors.items():
            if kind == "producer":
                _arrow(canvas, box.right, layout.queues.x, box.y + 1, "faint")
    heads = [box.y + min(2, box.height // 2) for (kind, _), box in anchors.items() if kind == "worker"]
    rows = list(dict.fromkeys(heads))
    for y in rows if len(rows) <= MOST_ROADS else [rows[len(rows) // 2]]:
        _arrow(canvas, layout.queues.right, layout.workers.x, y, "faint")


def _arrow(canvas: Canvas, start: int, end: int, y: int, style: str, *, back: bool = False) -> None:
    length = end - start - 2
    if length < 2:
        return
    text = GLYPHS.left + GLYPHS.rule * (length - 1) if back else GLYPHS.rule * (length - 1) + GLYPHS.right
    canvas.put(start + 1, y, text, style)


def _row(place: Place, anchors: Anchors) -> int | None:
    """The row on which something comes to or goes from a place."""
    kind, name, position = place
    box = anchors.get((kind, name))
    if box is None:
        return None
    if kind == "queue":
        return min(box.y + 1 + position, box.bottom - 2)
    return box.y + (1 if kind == "producer" else min(2, box.height // 2))


def _way(flight: Flight, layout: Layout, anchors: Anchors) -> tuple[int, int, int] | None:
    """A flight's row, and the columns from which and to which its left end goes."""
    by_worker = flight.source if flight.source[0] == "worker" else flight.target
    y = _row(by_worker if by_worker[0] == "worker" else flight.source, anchors)
    width = cell_len(flight.label) + 2
    if flight.source[0] == "producer":
        y = _row(flight.target, anchors)
        start = layout.producers.right - width if layout.producers.width else -width
        ways = (start, layout.queues.x + 2)
    elif flight.source[0] == "queue":
        ways = (layout.queues.right - width, layout.workers.x + 1)
    else:
        ways = (layout.workers.x, layout.queues.right - width - 1)
    return None if y is None else (y, *ways)


def _draw_flight(canvas: Canvas, flight: Flight, layout: Layout, anchors: Anchors) -> None:
    way = _way(flight, layout, anchors)
    if way is None or flight.progress >= 1:
        return
    y, start, end = way
    eased = flight.progress * flight.progress * (3 - 2 * flight.progress)
    x = round(start + (end - start) * eased)
    text = f" {flight.label} "
    if x < 0:
        return
    canvas.put(x, y, text, f"flight.{flight.kind}")


def _draw_trail(canvas: Canvas, flight: Flight, layout: Layout, anchors: Anchors) -> None:
    """The way of the last event, in the gap."""
    way = _way(flight, layout, anchors)
    if way is None:
        return
    y = way[0]
    style = {"task": "waiting", "ack": "done"}.get(flight.kind, "ask")
    if flight.source[0] == "producer":
        if layout.producers.width:
            y = _row(flight.source, anchors) or y
            _arrow(canvas, layout.producers.right, layout.queues.x, y, style)
        return
    start, end = layout.queues.right, layout.workers.x
    _arrow(canvas, start, end, y, style, back=flight.source[0] == "worker")
    if flight.kind in ("ack", "ask"):
        label = "?" if flight.kind == "ask" else flight.label
        canvas.centre(start + 2, y, end - start - 3, label, style)


def _draw_flow(canvas: Canvas, flights: list[Flight], layout: Layout) -> None:
    """Many at once: how many, and where to."""
    y = layout.queues.y + layout.queues.height // 2
    coming = sum(flight.source[0] == "producer" for flight in flights)
    going = sum(flight.source[0] == "queue" for flight in flights)
    gaps = [(coming, layout.producers.right, layout.queues.x), (going, layout.queues.right, layout.workers.x)]
    for count, start, end in gaps:
        if count and end - start > 4 and start > 0:
            canvas.put(start + 1, y, GLYPHS.right * (end - start - 2), "waiting")
            canvas.centre(start, y - 1, end - start, str(count), "waiting")
