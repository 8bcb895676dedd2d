"""The zoom into a worker: its parts as boxes, and the roads of messages and ACKs between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from simulator.scene.model import Flight
from simulator.scene.stage.inside import Anatomy
from simulator.scene.stage.stage import is_crowded
from simulator.scene.words import labels
from simulator.scene.words import zoom_words as words
from simulator.story.language import say
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.frame import draw_edge, draw_frame
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.stage import inside_parts as parts
from simulator.tui.drawing.stage.pool import Anchor, draw_pool
from simulator.tui.drawing.stage.roads import Point, along, draw_arrow, draw_dissolving, draw_label, ease

BROKER = "Broker"
EDGE = 5
"""Columns of the broker at the left edge."""

NARROW, LOW = 78, 13
"""Below this width or height there are no boxes, only lines."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """Boxes of a worker's parts. A box without height is left out."""

    body: Box
    consumer: Box
    window: Box
    pool: Box
    timer: Box
    bucket: Box
    beat: Box
    results: Box
    road: int
    """Row of the road back to the broker."""
    entry: int
    """Row on which messages enter."""


def arrange(body: Box, inside: Anatomy) -> Rooms:
    """Divide a body that is wide and high enough: three columns, each with two floors, and a road below."""
    gap = 4 if body.width < 110 else 7
    room = body.width - EDGE - 2 * gap - 1
    left = min(34, max(19, room * 24 // 100))
    middle = min(46, max(20, room * 30 // 100))
    foot = min(8, max(4, (body.height - 2) * 3 // 10))
    # Not higher than what can ever be in it: the size of the window and of the pool stays, what fills them does not.
    top = min(body.height - foot - 2, max(11, inside.limit + 5, 4 * len(inside.slots) + 2))
    body = Box(body.x, body.y + (body.height - foot - 2 - top) // 2, body.width, foot + 2 + top)
    first = body.x + EDGE
    second, third = first + left + gap, first + left + gap + middle + gap
    below = body.y + top + 1
    right = body.right - 1 - third
    consumer = Box(first, body.y, left, top)
    bucket = beat = Box(first, below, left, 0)
    if inside.buckets and inside.beat:
        half = top // 2 if top < 14 else 7
        consumer = Box(first, body.y, left, top - half)
        bucket = Box(first, consumer.bottom, left, half)
        beat = Box(first, below, left, foot)
    elif inside.buckets:
        bucket = Box(first, below, left, foot)
    elif inside.beat:
        beat = Box(first, below, left, foot)
    return Rooms(
        body,
        consumer,
        Box(second, body.y, middle, top),
        Box(third, body.y, right, top),
        Box(second, below, middle, foot),
        bucket,
        beat,
        Box(third, below, right, foot),
        body.bottom - 1,
        body.y + 1,
    )


def draw_inside(canvas: Canvas, inside: Anatomy, body: Box, lang: str) -> None:
    """Draw a worker's inside into a box."""
    if body.width < NARROW or body.height < LOW:
        parts.draw_lines(canvas, inside, body, lang)
        return
    rooms = arrange(body, inside)
    _draw_broker(canvas, inside, rooms)
    for box, title, style in _frames(inside, rooms, lang):
        draw_frame(canvas, box, style)
        draw_edge(canvas, box, box.y, title, "strong" if style == "faint" else style)
    parts.draw_consumer(canvas, inside, _inner(rooms.consumer), lang)
    cells = parts.draw_window(canvas, inside, rooms.window, lang)
    parts.draw_timer(canvas, inside, _inner(rooms.timer), lang)
    parts.draw_buckets(canvas, inside, _inner(rooms.bucket), lang)
    parts.draw_beat(canvas, inside, _inner(rooms.beat), lang)
    slots = draw_pool(canvas, inside, _inner(rooms.pool), lang)
    if inside.state in ("killed", "offline"):
        parts.draw_gone(canvas, inside, _inner(rooms.pool), lang)
    parts.draw_results(canvas, inside, _inner(rooms.results), lang)
    _draw_roads(canvas, inside, rooms, lang)
    if is_crowded(inside.flights):
        _draw_flow(canvas, inside.flights, rooms)
        return
    for flight in reversed(inside.flights):
        if flight.kind == "drop":
            if inside.state == "killed":  # of a child that was killed, its slot tells
                _draw_drop(canvas, flight, _inner(rooms.pool))
            continue
        points = way(flight, rooms, inside, cells, slots)
        if flight.progress < 1 and len(points) > 1:
            kind = "ack" if flight.kind == "result" else flight.kind
            draw_label(canvas, along(points, ease(flight.progress)), flight.label, f"flight.{kind}", body.right)


def _draw_drop(canvas: Canvas, flight: Flight, box: Box) -> None:
    """A killed worker's task dissolves; then its row shows the outcome."""
    y = box.y + 1 + flight.source[2]
    if flight.progress < 1 and y < box.bottom:
        canvas.fill(box.x, y, box.width, 1)
        style = "lost" if flight.target[0] == "worker" else "waiting"
        draw_dissolving(canvas, (box.x + 2, y), cut(flight.label, box.width - 2, ""), flight.progress, style)


def _inner(box: Box) -> Box:
    """The area inside a frame."""
    return Box(box.x + 2, box.y + 1, max(0, box.width - 4), max(0, box.height - 2))


def _frames(inside: Anatomy, rooms: Rooms, lang: str) -> list[tuple[Box, str, str]]:
    """Each box with its title and style; the part that the last event affected is highlighted."""
    here = inside.trail.target[0] if inside.trail is not None else ""
    held, limit = len(inside.window), inside.limit
    window = words.WINDOW if limit else words.WINDOW_OPEN
    busy = sum(slot.state == "running" for slot in inside.slots)
    dead = inside.state in ("killed", "offline")
    pool = words.POOL_GONE if dead else words.POOL
    frames = [
        ("consumer", rooms.consumer, say(words.CONSUMER, lang)),
        ("window", rooms.window, say(window, lang, held=held, limit=limit)),
        ("slot", rooms.pool, say(pool, lang, kind=inside.kind, busy=busy, size=len(inside.slots))),
        ("timer", rooms.timer, say(words.TIMER, lang, count=len(inside.timer))),
        ("bucket", rooms.bucket, say(words.RATE_LIMIT, lang)),
        ("beat", rooms.beat, say(words.BEAT, lang)),
        ("results", rooms.results, say(words.RESULTS, lang)),
    ]
    style = "failed" if inside.state == "killed" else "faint"
    return [
        (box, title, style if dead else "look" if kind == here else "faint")
        for kind, box, title in frames
        if box.height > 1
    ]


def _draw_broker(canvas: Canvas, inside: Anatomy, rooms: Rooms) -> None:
    """The broker as a wall at the left, its name above it."""
    body = rooms.body
    style = "failed" if inside.connection == "down" else "faint"
    for y in range(body.y, body.bottom):
        canvas.put(body.x + 2, y, GLYPHS.side, style)
    canvas.put(body.x + 1, body.y - 1, f" {BROKER} ", "dim" if style == "faint" else style)


def _draw_roads(canvas: Canvas, inside: Anatomy, rooms: Rooms, lang: str) -> None:
    """Faint arrows along the roads; the one of the last event is highlighted."""
    trail = inside.trail
    went = (trail.source[0], trail.target[0]) if trail is not None else ("", "")
    style = {"ack": "done", "ask": "ask", "answer": "ask", "result": "done"}.get(trail.kind if trail else "", "waiting")

    def look(*ways: tuple[str, str]) -> str:
        return style if went in ways else "faint"

    wall = rooms.body.x + 2
    asks = went == ("consumer", "broker")
    draw_arrow(canvas, wall, rooms.consumer.x + 1, rooms.entry, look(("broker", "consumer")))
    if asks:
        draw_arrow(canvas, wall, rooms.consumer.x + 1, rooms.entry, style, back=True)
    draw_arrow(canvas, rooms.consumer.right - 1, rooms.window.x, rooms.entry, look(("consumer", "window")))
    draw_arrow(canvas, rooms.window.right - 1, rooms.pool.x, rooms.entry, look(("window", "slot"), ("timer", "slot")))
    middle = rooms.window.x + rooms.window.width // 2
    canvas.put(middle, rooms.window.bottom, GLYPHS.down, look(("window", "timer")))
    canvas.put(middle + 2, rooms.window.bottom, GLYPHS.up, look(("timer", "slot")))
    centre = rooms.results.x + 2
    canvas.put(centre, rooms.pool.bottom, GLYPHS.down, look(("slot", "results"), ("window", "results")))
    back = look(("slot", "broker"), ("window", "broker"))
    canvas.put(wall + 1, rooms.road, GLYPHS.left + GLYPHS.rule * (centre - wall - 2) + GLYPHS.turn, back)
    words_on = [say(labels.ACK, lang)] if back == "faint" or trail is None else [trail.label]
    for text in words_on:
        canvas.centre(rooms.consumer.x, rooms.road, rooms.consumer.width, f" {cut(text, 20, GLYPHS.ellipsis)} ", back)


def _draw_flow(canvas: Canvas, flights: list[Flight], rooms: Rooms) -> None:
    """Many moves at once: each road in use, with the number of moves."""
    used = Counter((flight.source[0], flight.target[0]) for flight in flights if flight.progress < 1)
    wall = rooms.body.x + 2
    gaps = [
        (used["broker", "consumer"], wall, rooms.consumer.x + 1),
        (used["consumer", "window"], rooms.consumer.right - 1, rooms.window.x),
        (used["window", "slot"] + used["timer", "slot"], rooms.window.right - 1, rooms.pool.x),
    ]
    for count, start, end in gaps:
        if count:
            canvas.put(start + 1, rooms.entry, GLYPHS.right * (end - start - 1), "waiting")
            canvas.centre(start + 1, rooms.entry + 1, end - start - 1, str(count), "waiting")
    stored = used["slot", "results"] + used["window", "results"]
    if stored:
        canvas.put(rooms.results.x + 2, rooms.pool.bottom, f"{GLYPHS.down} {stored}", "done")
    back = used["slot", "broker"] + used["window", "broker"]
    if back:
        canvas.put(wall + 1, rooms.road, GLYPHS.left * 3, "done")
        canvas.centre(rooms.consumer.x, rooms.road, rooms.consumer.width, f" {back} ", "done")


def way(flight: Flight, rooms: Rooms, inside: Anatomy, cells: dict[str, int], slots: dict[int, Anchor]) -> list[Point]:
    """The corners of a flight's path; empty if it leads nowhere in this picture."""
    start, end = (_stop(place, rooms, cells, slots) for place in (flight.source, flight.target))
    kinds = flight.source[0], flight.target[0]
    wall = rooms.body.x + 3
    if kinds == ("broker", "consumer"):
        return [(wall, rooms.entry), (rooms.consumer.x + 2, rooms.entry)]
    if kinds == ("consumer", "broker"):
        return [(rooms.consumer.x + 2, rooms.entry), (wall, rooms.entry)]
    if kinds[1] == "broker":
        return [start, (start[0], rooms.road), (wall, rooms.road)]
    if kinds[1] == "results":
        return [start, (rooms.results.x + 2, start[1]), end]
    gap = rooms.pool.x - 2 if kinds[1] == "slot" else rooms.window.x - 2
    if kinds[1] == "timer":
        return [start, (start[0], end[1])]
    return [start, (gap, start[1]), (gap, end[1]), end]


def _stop(place: tuple[str, str, int], rooms: Rooms, cells: dict[str, int], slots: dict[int, Anchor]) -> Point:
    """The position of a flight's end."""
    kind, uuid, number = place
    box = {
        "consumer": rooms.consumer,
        "window": rooms.window,
        "timer": rooms.timer,
        "slot": rooms.pool,
        "results": rooms.results,
    }.get(kind, rooms.consumer)
    if kind == "window":
        return box.x + 2, cells.get(uuid, box.y + 2)
    if kind == "slot":
        return slots.get(number, (box.x + 2, box.y + 1))
    return box.x + 2, box.y + 1
