"""The workers as cards; where there is no room for cards, as a crowd."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from simulator.scene.model import Scene, SlotBox, WorkerBox
from simulator.scene.words import labels, zoom_words
from simulator.story.language import say
from simulator.trace.time import MICROS
from simulator.tui.commands import Choose
from simulator.tui.drawing.canvas import Canvas, cut, shorten
from simulator.tui.drawing.crowd import draw_crowd, has_signs_only
from simulator.tui.drawing.frame import draw_edge, draw_frame, frame_style, task_label
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.working import draw_bar, state_words

SHORTEST_BAR = 7
"""Cells of the shortest bar with its seconds."""


def has_cards(scene: Scene, lane: Box) -> bool:
    """Whether there is room for a card for each worker."""
    count = len(scene.workers)
    rows = max((min(worker.concurrency, 3) for worker in scene.workers[:50]), default=1)
    tall = 3 + rows if rows > 1 else 5
    return (count * 4 <= lane.height and rows == 1) or count * tall <= lane.height


def workers_told(scene: Scene, lane: Box) -> int:
    """Of how many workers it is shown what they hold: of all, or where there is room for signs only, of none."""
    count = len(scene.workers)
    return count if has_cards(scene, lane) or not has_signs_only(scene, lane) else 0


def draw_workers(canvas: Canvas, scene: Scene, lane: Box, anchors: dict[tuple[str, str], Box]) -> None:
    """Draw all workers and say where each stands."""
    if not scene.workers:
        return
    if has_cards(scene, lane):
        _draw_cards(canvas, scene, lane, anchors)
    else:
        draw_crowd(canvas, scene, lane, anchors)


# -- cards ------------------------------------------------------------------------------------------------------


def _draw_cards(canvas: Canvas, scene: Scene, lane: Box, anchors: dict[tuple[str, str], Box]) -> None:
    count = len(scene.workers)
    height = min(lane.height // count, 7)
    gap = 1 if lane.height >= count * (height + 1) - 1 and height < 7 else 0
    if height == 7:
        gap = min(1, (lane.height - count * height) // max(1, count - 1)) if count > 1 else 0
    for place, worker in enumerate(scene.workers):
        box = Box(lane.x, lane.y + place * (height + gap), lane.width, height)
        anchors["worker", worker.name] = box
        _draw_card(canvas, worker, box, scene)


def _draw_card(canvas: Canvas, worker: WorkerBox, box: Box, scene: Scene) -> None:
    chosen = scene.selection.key == worker.name
    state, style = state_words(worker, scene.lang)
    draw_frame(canvas, box, frame_style(scene, "workers", worker.name))
    name = cut(worker.name, max(box.width - cell_len(state) - 7, box.width // 3), GLYPHS.ellipsis)
    x = draw_edge(canvas, box, box.y, name, "selected" if chosen else "strong")
    canvas.put(x, box.y, f"{state} ", style, box.right - 2 - x)
    foot = say(labels.DONE_COUNT, scene.lang, count=f"{worker.done:,}")
    if worker.busy and worker.reserved_count:
        foot += f" {GLYPHS.dot} " + say(labels.RESERVED_COUNT, scene.lang, count=worker.reserved_count)
    rows = box.height - 2
    used = _rows_used(worker, rows)
    if worker.scheduled_count > rows - used:
        foot += f" {GLYPHS.dot} " + say(labels.HELD_COUNT, scene.lang, count=worker.scheduled_count)
    draw_edge(canvas, box, box.bottom - 1, foot)
    canvas.zone(box.x, box.y, box.width, box.height, Choose("worker", worker.name))
    if worker.state == "killed":
        _draw_killed(canvas, worker, Box(box.x + 2, box.y + 1, box.width - 4, rows), scene)
        return
    _draw_held(canvas, worker, Box(box.x + 2, box.y + 1 + used, box.width - 4, rows - used), scene)
    if not worker.busy:
        _draw_waiting(canvas, worker, box, scene)
        return
    if worker.concurrency == 1 or worker.busy == 1:
        for slot in worker.slots:
            _draw_slot(canvas, slot, box, rows, scene)
        return
    _draw_slot_rows(canvas, worker.slots[:rows], Box(box.x + 2, box.y + 1, box.width - 4, rows), scene)
    if worker.busy > rows:
        more = say(labels.MORE, scene.lang, count=worker.busy - rows + 1)
        canvas.fill(box.x + 2, box.bottom - 2, box.width - 4, 1)
        canvas.put(box.x + 2, box.bottom - 2, more, "dim", box.width - 4)


def _draw_killed(canvas: Canvas, worker: WorkerBox, box: Box, scene: Scene) -> None:
    """Since when it is gone, and what it let go of: what comes back, and what is lost."""
    lang = scene.lang
    since = say(labels.SINCE, lang, time=f"{worker.since / MICROS:.2f}")
    canvas.put(box.x, box.y, since, "lost", box.width)
    for row, (uuid, returns) in enumerate(worker.dropped[: box.height - 1], start=1):
        sign, style = (GLYPHS.waiting, "waiting") if returns else (GLYPHS.lost, "lost")
        words = zoom_words.COMES_BACK if returns else zoom_words.IS_LOST
        text = f"{sign} {scene.short(uuid)} {GLYPHS.dot} {say(words, lang)}"
        if cell_len(text) > box.width:
            text = f"{sign} {scene.short(uuid)}"
        canvas.put(box.x, box.y + row, cut(text, box.width, GLYPHS.ellipsis), style)


def _rows_used(worker: WorkerBox, rows: int) -> int:
    """How many rows of a card are taken by what its worker runs, or is about to start."""
    if not worker.busy:
        return 2 if worker.reserved or worker.coming else 0
    return min(rows, 3 if worker.busy == 1 else worker.busy)


def _draw_held(canvas: Canvas, worker: WorkerBox, box: Box, scene: Scene) -> None:
    """Tasks that wait in the worker for their ETA, as many as there is room for."""
    for row, (uuid, eta) in enumerate(worker.scheduled[: max(0, box.height)]):
        chosen = scene.selection.key == uuid
        task, time = scene.short(uuid), f"{eta / MICROS:.2f}"
        rest = cell_len(say(labels.HELD, scene.lang, task="", time=time))
        text = say(labels.HELD, scene.lang, task=shorten(task, max(4, box.width - rest), GLYPHS.ellipsis), time=time)
        style = "selected" if chosen else "ghost" if uuid in scene.flying else "waiting"
        canvas.put(box.x, box.y + row, cut(text, box.width, GLYPHS.ellipsis), style)


def _draw_waiting(canvas: Canvas, worker: WorkerBox, box: Box, scene: Scene) -> None:
    """What an idle worker is about to start."""
    held = [(uuid, labels.RECEIVED) for uuid in worker.reserved] + [(uuid, labels.COMING) for uuid in worker.coming]
    for uuid, words in held[:1]:
        style = "selected" if scene.selection.key == uuid else "ghost" if uuid in scene.flying else "waiting"
        canvas.put(box.x + 2, box.y + 1, cut(scene.short(uuid), box.width - 4, GLYPHS.ellipsis), style)
        canvas.put(box.x + 2, box.y + 2, say(words, scene.lang), "dim", box.width - 4)


def _draw_slot(canvas: Canvas, slot: SlotBox, box: Box, rows: int, scene: Scene) -> None:
    """A card's only running task: what, how far, and whether it is acknowledged."""
    width = box.width - 4
    chosen = scene.selection.key == slot.uuid
    label = shorten(task_label(scene.short(slot.uuid), slot.name), width, GLYPHS.ellipsis)
    style = "selected" if chosen else "ghost" if slot.uuid in scene.flying else "text"
    canvas.put(box.x + 2, box.y + 1, label, style)
    draw_bar(canvas, box.x + 2, box.y + 2, width, slot)
    if rows >= 3:
        words, style = (labels.ACKED, "done") if slot.acked else (labels.NOT_ACKED, "dim")
        canvas.put(box.x + 2, box.y + 3, say(words, scene.lang), style, width)


def _draw_slot_rows(canvas: Canvas, slots: Sequence[SlotBox], box: Box, scene: Scene) -> None:
    """Tasks of a worker with several slots, a row each; their bars begin in one column."""
    texts = [f"{slot.slot} {scene.short(slot.uuid)}" for slot in slots]
    bar = max(SHORTEST_BAR, min(box.width // 2, box.width - max(map(cell_len, texts), default=0) - 1))
    for y, (slot, text) in enumerate(zip(slots, texts, strict=True), start=box.y):
        canvas.put(box.x, y, shorten(text, box.width - bar - 1, GLYPHS.ellipsis), "text")
        draw_bar(canvas, box.right - bar, y, bar, slot, thin=True)
