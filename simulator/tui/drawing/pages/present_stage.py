"""The presenter's stage: queues, and workers or the one in the spotlight, with messages moving between them."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.model import Flight, QueueBox, Scene, SlotBox, WorkerBox
from simulator.scene.room import Room
from simulator.scene.words import labels, present_words
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.trace.time import MICROS
from simulator.tui.controls.commands import Choose
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.figures import draw_figures, figures_width
from simulator.tui.drawing.frame import draw_edge, draw_frame, frame_style, task_label
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.stage.roads import draw_arrow, ease
from simulator.tui.drawing.stage.services import draw_services, split_line
from simulator.tui.drawing.stage.workers import draw_workers, workers_detailed
from simulator.tui.drawing.stage.working import draw_bar, full_cells, state_words

MAX_FLIGHTS = 3
"""Most flights drawn; more would hide the picture below."""

Anchors = dict[tuple[str, str], Box]


def _lanes(scene: Scene, box: Box) -> tuple[Box, Box, Box | None]:
    """The boxes of the queues and of the workers, and the row of the services."""
    gap = 6 if box.width < 90 else 10
    queues = Box(box.x, box.y, max(18, (box.width - gap) * 2 // 5), box.height)
    return queues, *split_line(scene, Box(queues.right + gap, box.y, box.right - queues.right - gap, box.height))


def room_of_present_stage(scene: Scene, box: Box) -> Room:
    """The room for messages and workers on this stage."""
    queues, workers, _ = _lanes(scene, box)
    items = [_items_in(queue, max(0, place.height - 2))[1] for queue, place in _place_queues(scene, queues)]
    told = 0 if _in_the_spotlight(scene) is not None else workers_detailed(scene, workers)
    return Room(items=max([0, *items]), workers=told)


def draw_present_stage(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Draw queues on the left, workers on the right, and moving messages; or the worker in the spotlight."""
    queues, workers, services = _lanes(scene, box)
    if services is not None:
        draw_services(canvas, scene, services)
    anchors: Anchors = {}
    _draw_queues(canvas, scene, queues, anchors)
    chosen = _in_the_spotlight(scene)
    if chosen is not None:
        for y in range(box.y, box.bottom):
            canvas.restyle(queues.x, y, queues.width, "faint" if y in (box.y, box.bottom - 1) else "dim")
        _draw_spotlight(canvas, scene, chosen, workers)
        anchors["worker", chosen.name] = workers
    elif scene.workers:
        draw_workers(canvas, scene, workers, anchors)
    else:
        canvas.centre(workers.x, box.y + box.height // 2, workers.width, say(present_words.NOBODY, scene.lang), "dim")
    rows: set[int] = set()
    for flight in [*scene.flights[:MAX_FLIGHTS], *([scene.trail] if scene.trail is not None else [])]:
        _draw_flight(canvas, flight, queues.right, workers.x, anchors, rows)


def _in_the_spotlight(scene: Scene) -> WorkerBox | None:
    """The worker that the user has selected."""
    if scene.selection.panel != "workers":
        return None
    return next((worker for worker in scene.workers if worker.name == scene.selection.key), None)


def _place_queues(scene: Scene, lane: Box) -> list[tuple[QueueBox, Box]]:
    """The queues that fit, each with its box."""
    shown = scene.queues[: max(1, lane.height // 3)]
    found, y = [], lane.y
    for place, queue in enumerate(shown):
        height = (lane.bottom - y) // (len(shown) - place)
        found.append((queue, Box(lane.x, y, lane.width, height)))
        y += height
    return found


def _items_in(queue: QueueBox, rows: int) -> tuple[int, int]:
    """Rows of each message, and the number of messages that fit."""
    each = 2 if queue.count * 2 <= rows + 1 else 1
    return each, (rows + each - 1) // each if queue.count * each <= rows + each - 1 else rows - 1


def _draw_queues(canvas: Canvas, scene: Scene, lane: Box, anchors: Anchors) -> None:
    shown = _place_queues(scene, lane)
    for queue, box in shown:
        anchors["queue", queue.name] = box
        _draw_queue(canvas, scene, queue, box)
    if len(shown) < len(scene.queues):
        more = say(labels.MORE, scene.lang, count=len(scene.queues) - len(shown))
        draw_edge(canvas, lane, lane.bottom - 1, more)


def _draw_queue(canvas: Canvas, scene: Scene, queue: QueueBox, box: Box) -> None:
    style = frame_style(scene, "queues", queue.name) if queue.broker_up else "failed"
    draw_frame(canvas, box, style)
    draw_edge(canvas, box, box.y, f"{say(labels.QUEUE, scene.lang)} {queue.name}", "strong")
    if not queue.broker_up:
        draw_edge(canvas, box, box.bottom - 1, say(labels.BROKER_DOWN, scene.lang), "lost")
    rows = max(0, box.height - 2)
    if not queue.count:
        canvas.put(box.x + 3, box.y + 1, say(present_words.NOTHING_WAITS, scene.lang) if rows else "", "dim")
    each, fits = _items_in(queue, rows)
    for item in queue.items[: max(0, fits)]:
        y = box.y + 1 + item.position * each
        style = "selected" if scene.selection.key == item.uuid else "lost" if queue.dead else "waiting"
        text = f" {item.position + 1} {task_label(scene.short(item.uuid), item.name)} "
        if cell_len(text) > box.width - 4:
            text = f" {item.position + 1} {scene.short(item.uuid)} "
        canvas.put(box.x + 2, y, cut(text, box.width - 4, GLYPHS.ellipsis), style)
        canvas.zone(box.x, y, box.width, 1, Choose("task", item.uuid))
    if queue.count > fits and rows:
        more = say(labels.MORE, scene.lang, count=f"{queue.count - max(0, fits):,}")
        canvas.put(box.x + 3, box.bottom - 2, more, "dim", box.width - 4)


def _draw_spotlight(canvas: Canvas, scene: Scene, worker: WorkerBox, box: Box) -> None:
    """Draw one worker over the whole lane, and the others in a row below it."""
    others = [other for other in scene.workers if other is not worker]
    below = 1 if others and box.height >= 6 else 0
    card = Box(box.x, box.y, box.width, box.height - below)
    state, style = state_words(worker, scene.lang)
    draw_frame(canvas, card, "selected.frame")
    x = draw_edge(canvas, card, card.y, worker.name, "selected")
    canvas.put(x, card.y, f"{state} ", style, card.right - 2 - x)
    draw_edge(canvas, card, card.bottom - 1, say(labels.RAN_COUNT, scene.lang, count=f"{worker.done:,}"))
    canvas.zone(card.x, card.y, card.width, card.height, Choose("worker", worker.name))
    _draw_inside(canvas, scene, worker, Box(card.x + 2, card.y + 1, card.width - 4, card.height - 2))
    if below:
        told = f" {GLYPHS.dot} ".join(f"{other.name} {state_words(other, scene.lang)[0]}" for other in others[:20])
        canvas.put(box.x + 1, box.bottom - 1, cut(told, box.width - 2, GLYPHS.ellipsis), "dim")


def _draw_inside(canvas: Canvas, scene: Scene, worker: WorkerBox, box: Box) -> None:
    """Draw the worker's tasks, each with a bar, and the messages that wait in it."""
    y = box.y
    if len(worker.slots) == 1 and box.height >= 6:
        y = _draw_large(canvas, scene, worker.slots[0], box)
    else:
        rows = 3 if box.height >= 3 * max(1, len(worker.slots)) else 2
        for slot in worker.slots[: max(1, box.height // rows)]:
            canvas.put(
                box.x, y, cut(task_label(scene.short(slot.uuid), slot.name), box.width, GLYPHS.ellipsis), "strong"
            )
            draw_bar(canvas, box.x, y + 1, box.width, slot, scene.lang)
            if rows == 3:
                words, style = (labels.ACKED, "done") if slot.acked else (labels.NOT_ACKED, "dim")
                canvas.put(box.x, y + 2, say(words, scene.lang), style, box.width)
            y += rows
    if not worker.slots:
        told, style = say(present_words.FREE, scene.lang), "dim"
        if worker.state == "killed":
            told, style = say(labels.SINCE, scene.lang, time=clock_text(worker.since)), "lost"
        canvas.put(box.x, y, cut(told, box.width, GLYPHS.ellipsis), style)
        y += 1
    held = [scene.short(uuid) for uuid in [*worker.reserved, *(uuid for uuid, _ in worker.scheduled)]]
    if held and y < box.bottom:
        count = worker.reserved_count + worker.scheduled_count
        told = f"{say(labels.RESERVED_COUNT, scene.lang, count=count)}: {', '.join(held[:20])}"
        canvas.put(box.x, y, cut(told, box.width, GLYPHS.ellipsis), "waiting")


def _draw_large(canvas: Canvas, scene: Scene, slot: SlotBox, box: Box) -> int:
    """Draw the only task of a worker: seconds in large digits, its bar three rows high; returns the row below."""
    elapsed = f"{slot.elapsed / MICROS:.1f}"
    figures = figures_width(elapsed)
    y = box.y + (box.height >= 8)
    canvas.put(box.x, y, cut(task_label(scene.short(slot.uuid), slot.name), box.width, GLYPHS.ellipsis), "strong")
    y += 1 + (box.height >= 8)
    draw_figures(canvas, box.x, y, elapsed, "running")
    x, width = box.x + figures + 2, box.width - figures - 2
    if slot.planned:
        full = full_cells(slot, width)
        for row in range(y, y + 3):
            canvas.put(x, row, GLYPHS.full * full + GLYPHS.rest * (width - full), "running")
            canvas.restyle(x + full, row, width - full, "faint")
        canvas.right(box.right, y + 3, clock_text(slot.planned, scene.lang), "dim")
    words, style = (labels.ACKED, "done") if slot.acked else (labels.NOT_ACKED, "dim")
    canvas.put(box.x, y + 3, say(words, scene.lang), style, box.width - 10)
    return y + 4


def _draw_flight(canvas: Canvas, flight: Flight, start: int, end: int, anchors: Anchors, rows: set[int]) -> None:
    """Something in the gap between queue and worker, on its way or at rest the way it went: one on each of `rows`."""
    back = flight.source[0] == "worker"
    box = anchors.get((flight.source if back else flight.target)[:2])
    if box is None or (flight.source if back else flight.target)[0] != "worker" or flight.kind == "drop":
        return
    # What goes back has a road of its own below the one on which tasks come.
    y = min(box.y + 1 + (back and box.height >= 4), box.bottom - 1)
    if y in rows:
        return
    rows.add(y)
    style = {"task": "waiting", "ack": "done", "result": "done"}.get(flight.kind, "ask")
    if flight.progress >= 1:
        draw_arrow(canvas, start, end, y, style, back=back)
        return
    text = f" {flight.label} "
    here, there = start - cell_len(text), end
    if back:
        here, there = there, here
    x = round(here + (there - here) * ease(flight.progress))
    canvas.put_within(start, end, x, y, text, f"flight.{'ack' if flight.kind == 'result' else flight.kind}")
