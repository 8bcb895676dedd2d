"""The queues: as boxes with name, length and history, or as rows; and the result backend below them."""

from __future__ import annotations

from itertools import pairwise

from rich.cells import cell_len

from simulator.scene.model import QueueBox, Scene, StoreBox
from simulator.scene.words import labels
from simulator.scene.words import zoom_words as words
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.tui.controls.commands import Choose
from simulator.tui.drawing.canvas import Canvas, cut, shorten
from simulator.tui.drawing.frame import draw_edge, draw_frame, frame_style, task_label
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box

Anchors = dict[tuple[str, str], Box]
"""Boxes of producers, queues and workers, by kind and name."""

STORE_FROM = 14
"""Rows of the lane from which the result backend is drawn."""

STORE_ROWS = 3

HISTORY_FROM = 9
"""Rows of a box from which a long queue shows its history."""

RESULTS = {"SUCCESS": ("done", "done"), "FAILURE": ("failed", "failed"), "RETRY": ("again", "waiting")}
"""Symbol and style by state of a result."""


def place_queues(scene: Scene, lane: Box) -> tuple[Box | None, list[Box]]:
    """The boxes of the result backend and of the queues; none if the queues do not fit."""
    store = None
    if scene.store is not None and lane.height >= STORE_FROM:
        store = Box(lane.x, lane.bottom - STORE_ROWS, lane.width, STORE_ROWS)
        lane = Box(lane.x, lane.y, lane.width, lane.height - STORE_ROWS)
    count = len(scene.queues)
    shown = max(1, min(count, lane.height // 4))
    if shown < count or not count:
        return store, []
    height = lane.height // shown
    tops = [lane.y + place * height for place in range(count)]
    return store, [Box(lane.x, y, lane.width, below - y) for y, below in pairwise([*tops, lane.bottom])]


def room_of_queues(scene: Scene, lane: Box) -> tuple[int, int]:
    """The number of messages that fit in a queue's box at most, and the columns of its history."""
    items = levels = 0
    for queue, box in zip(scene.queues, place_queues(scene, lane)[1], strict=False):
        history = _history_rows(queue, box)
        items = max(items, _items_in(queue, box.height - 2 - history)[1])
        levels = max(levels, box.width - 4 if history else 0)
    return items, levels


def draw_queues(canvas: Canvas, scene: Scene, lane: Box, anchors: Anchors) -> None:
    """Draw all queues and the result backend."""
    store, boxes = place_queues(scene, lane)
    if store is not None and scene.store is not None:
        anchors["store", ""] = store
        _draw_store(canvas, scene, scene.store, store)
        lane = Box(lane.x, lane.y, lane.width, lane.height - STORE_ROWS)
    if scene.queues and not boxes:
        _draw_queue_rows(canvas, scene, lane, anchors)
    for queue, box in zip(scene.queues, boxes, strict=False):
        anchors["queue", queue.name] = box
        _draw_queue(canvas, queue, box, scene)


def _draw_store(canvas: Canvas, scene: Scene, store: StoreBox, box: Box) -> None:
    lang = scene.lang
    draw_frame(canvas, box)
    draw_edge(canvas, box, box.y, say(words.RESULT_STORE, lang), "dim")
    text = say(words.STORED_COUNT, lang, count=f"{store.count:,}")
    x = canvas.put(box.x + 2, box.y + 1, cut(text, box.width - 4, GLYPHS.ellipsis), "dim")
    if store.uuid:
        sign, style = RESULTS.get(store.state, ("offline", "dim"))
        last = f"{getattr(GLYPHS, sign)} {scene.short(store.uuid)}"
        room = box.right - 2 - x - 2
        if room > 6:
            canvas.right(box.right - 2, box.y + 1, shorten(last, room, GLYPHS.ellipsis), style)


def _foot(queue: QueueBox, room: int, lang: str) -> str:
    """Text of a box's lower edge: an outage of the broker, waiting messages and, if they fit, unacknowledged ones."""
    counted = labels.DEAD_COUNT if queue.dead else labels.WAITING_COUNT
    parts = [say(counted, lang, count=f"{queue.count:,}") if queue.count else say(labels.EMPTY, lang)]
    if queue.consumed is False and queue.count and not queue.dead:
        parts.append(say(labels.NO_CONSUMER, lang))
    if queue.unacked:
        parts.append(say(labels.UNACKED_COUNT, lang, count=f"{queue.unacked:,}"))
    if not queue.broker_up:
        parts.insert(0, say(labels.BROKER_DOWN, lang))
    dot = f" {GLYPHS.dot} "
    while len(parts) > 1 and cell_len(dot.join(parts)) > room:
        parts.pop()
    return dot.join(parts)


def _draw_queue(canvas: Canvas, queue: QueueBox, box: Box, scene: Scene) -> None:
    lang = scene.lang
    style = frame_style(scene, "queues", queue.name) if queue.broker_up else "failed"
    draw_frame(canvas, box, style, dashed=queue.consumed is False)
    draw_edge(canvas, box, box.y, f"{say(labels.QUEUE, lang)} {queue.name}", "strong")
    foot = _foot(queue, box.width - 6, lang)
    draw_edge(canvas, box, box.bottom - 1, foot, "dim" if queue.broker_up else "lost")
    history = _history_rows(queue, box)
    rows = box.height - 2 - history
    each, fits = _items_in(queue, rows)
    items = queue.items[:fits]
    width = box.width - 4
    for item in items:
        y = box.y + 1 + item.position * each
        chosen = scene.selection.key == item.uuid
        style = "lost" if queue.dead else "waiting"
        sign = GLYPHS.pointer if chosen else " "
        text = f"{sign}{item.position + 1} {task_label(scene.short(item.uuid), item.name)}"
        canvas.put(box.x + 1, y, shorten(text, width + 1, GLYPHS.ellipsis), "selected" if chosen else style)
        if each == 2 and not queue.dead:
            time = say(labels.WAITS, lang, time=clock_text(item.waited))
            canvas.put(box.x + 4, y + 1, cut(time, width - 2, GLYPHS.ellipsis), "dim")
        canvas.zone(box.x, y, box.width, each, Choose("task", item.uuid))
    if len(items) < queue.count:
        more = say(labels.MORE, lang, count=f"{queue.count - len(items):,}")
        canvas.put(box.x + 4, box.y + rows, more, "dim", width)
    if history:
        draw_history(canvas, queue, Box(box.x + 2, box.bottom - 1 - history, width, history), lang)


def _items_in(queue: QueueBox, rows: int) -> tuple[int, int]:
    """Rows of each message, and the number of messages that fit."""
    each = 2 if queue.count * 2 <= rows else 1
    fits = rows if queue.count <= rows else rows - 1
    return each, fits // each


def _history_rows(queue: QueueBox, box: Box) -> int:
    """Rows of the history: none in a small box, unless the queue does not fit into it anyway."""
    rows = box.height - 2
    if not queue.longest:
        return 0
    if rows >= 13:
        return min(9, rows // 3)
    return 2 if box.height >= HISTORY_FROM and queue.count > rows else 0


def draw_history(canvas: Canvas, queue: QueueBox, box: Box, lang: str) -> None:
    """Draw the queue's length over time: a heading, and a column for each part of the run that has begun."""
    most = say(words.LONGEST, lang, count=f"{queue.longest:,}")
    height = box.height - 1
    canvas.put(box.x, box.y, GLYPHS.plan * box.width, "faint")
    canvas.right(box.right, box.y, f" {most}", "dim")
    levels = queue.levels
    scale = max(1, queue.longest)
    steps = len(GLYPHS.levels) - 1
    for x, level in enumerate(levels, start=box.x):
        eighths = int(-(-min(level, scale) * steps * height // scale))
        for row in range(height):
            part = max(0, min(steps, eighths - row * steps))
            if part:
                canvas.sign(x, box.bottom - 1 - row, GLYPHS.levels[part], "waiting")
    ahead = box.width - len(levels)
    canvas.put(box.x + len(levels), box.bottom - 1, GLYPHS.dot * ahead, "faint")


def _draw_queue_rows(canvas: Canvas, scene: Scene, lane: Box, anchors: Anchors) -> None:
    """Draw one row a queue, if there are too many for boxes."""
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
