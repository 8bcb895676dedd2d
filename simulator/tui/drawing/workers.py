"""The workers: as cards, as rows or as cells, whatever fits."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.story import labels
from simulator.trace.time import MICROS
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.frame import draw_edge, draw_frame, frame_style, task_label
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.scene.inside import Slot
from simulator.tui.scene.language import say
from simulator.tui.scene.model import Scene, SlotBox, WorkerBox

STATES = {
    "idle": ("dim", labels.IDLE, "waiting"),
    "running": ("running", labels.RUNNING, "running"),
    "stopping": ("ask", labels.STOPPING, "running"),
    "killed": ("lost", labels.KILLED, "lost"),
    "offline": ("dim", labels.OFFLINE, "offline"),
}
"""By state: style, word, sign."""

ROW_WIDTH = 26
"""The narrowest row that still says who does what."""


def draw_workers(canvas: Canvas, scene: Scene, lane: Box, anchors: dict[tuple[str, str], Box]) -> None:
    """Draw all workers and say where each stands."""
    count = len(scene.workers)
    if not count:
        return
    rows = max(min(worker.concurrency, 3) for worker in scene.workers[:50])
    tall = 3 + rows if rows > 1 else 5
    if (count * 4 <= lane.height and rows == 1) or count * tall <= lane.height:
        _draw_cards(canvas, scene, lane, anchors)
        return
    columns = max(1, min((lane.width + 1) // (ROW_WIDTH + 1), -(-count // max(1, lane.height))))
    if count <= columns * lane.height:
        _draw_rows(canvas, scene, lane, columns, anchors)
    else:
        _draw_cells(canvas, scene, lane, anchors)


def state_words(worker: WorkerBox, lang: str) -> tuple[str, str]:
    """A worker's state with its sign, and its style."""
    style, words, sign = STATES[worker.state]
    return f"{getattr(GLYPHS, sign)} {say(words, lang)}", style


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
    if worker.busy and worker.reserved:
        foot += f" {GLYPHS.dot} " + say(labels.RESERVED_COUNT, scene.lang, count=len(worker.reserved))
    rows = box.height - 2
    used = _rows_used(worker, rows)
    if len(worker.scheduled) > rows - used:
        foot += f" {GLYPHS.dot} " + say(labels.HELD_COUNT, scene.lang, count=len(worker.scheduled))
    draw_edge(canvas, box, box.bottom - 1, foot)
    canvas.zone(box.x, box.y, box.width, box.height, "choose", f"workers:{worker.name}")
    if worker.state == "killed":
        since = say(labels.SINCE, scene.lang, time=f"{worker.since / MICROS:.2f}")
        canvas.put(box.x + 2, box.y + 1, since, "lost", box.width - 4)
        return
    _draw_held(canvas, worker, Box(box.x + 2, box.y + 1 + used, box.width - 4, rows - used), scene)
    if not worker.busy:
        _draw_waiting(canvas, worker, box, scene)
        return
    if worker.concurrency == 1 or len(worker.slots) == 1:
        for slot in worker.slots:
            _draw_slot(canvas, slot, box, rows, scene)
        return
    for row, slot in enumerate(worker.slots[:rows]):
        _draw_slot_row(canvas, slot, box.x + 2, box.y + 1 + row, box.width - 4, scene)
    if len(worker.slots) > rows:
        more = say(labels.MORE, scene.lang, count=len(worker.slots) - rows + 1)
        canvas.fill(box.x + 2, box.bottom - 2, box.width - 4, 1)
        canvas.put(box.x + 2, box.bottom - 2, more, "dim", box.width - 4)


def _rows_used(worker: WorkerBox, rows: int) -> int:
    """How many rows of a card are taken by what its worker runs, or is about to start."""
    if not worker.busy:
        return 2 if worker.reserved or worker.coming else 0
    return min(rows, 3 if len(worker.slots) == 1 else len(worker.slots))


def _draw_held(canvas: Canvas, worker: WorkerBox, box: Box, scene: Scene) -> None:
    """Tasks that wait in the worker for their ETA, as many as there is room for."""
    for row, (uuid, eta) in enumerate(worker.scheduled[: max(0, box.height)]):
        chosen = scene.selection.key == uuid
        text = say(labels.HELD, scene.lang, task=scene.short(uuid), time=f"{eta / MICROS:.2f}")
        style = "selected" if chosen else "waiting"
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
    label = cut(task_label(scene.short(slot.uuid), slot.name), width, GLYPHS.ellipsis)
    style = "selected" if chosen else "ghost" if slot.uuid in scene.flying else "text"
    canvas.put(box.x + 2, box.y + 1, label, style)
    draw_bar(canvas, box.x + 2, box.y + 2, width, slot)
    if rows >= 3:
        words, style = (labels.ACKED, "done") if slot.acked else (labels.NOT_ACKED, "dim")
        canvas.put(box.x + 2, box.y + 3, say(words, scene.lang), style, width)


def _draw_slot_row(canvas: Canvas, slot: SlotBox, x: int, y: int, width: int, scene: Scene) -> None:
    """A task of a worker with several slots, in a row."""
    bar = min(14, width // 2)
    canvas.put(x, y, cut(f"{slot.slot} {scene.short(slot.uuid)}", width - bar - 1, GLYPHS.ellipsis), "text")
    draw_bar(canvas, x + width - bar, y, bar, slot)


def draw_bar(canvas: Canvas, x: int, y: int, width: int, slot: SlotBox | Slot) -> None:
    """How far an execution is, as a bar and in seconds."""
    if slot.planned is None:
        canvas.right(x + width, y, f"{slot.elapsed / MICROS:.2f} s", "running")
        return
    text = f" {slot.elapsed / MICROS:.2f}/{slot.planned / MICROS:.2f} s"
    if len(text) + 4 > width:
        text = f" {slot.elapsed / MICROS:.1f}"
    length = max(0, width - len(text))
    full = min(length, length * slot.elapsed // slot.planned) if slot.planned else length
    canvas.put(x, y, GLYPHS.full * full, "running")
    canvas.put(x + full, y, GLYPHS.rest * (length - full), "faint")
    canvas.put(x + length, y, text, "running")


# -- rows and cells ---------------------------------------------------------------------------------------------


def _draw_rows(canvas: Canvas, scene: Scene, lane: Box, columns: int, anchors: dict[tuple[str, str], Box]) -> None:
    width = (lane.width - columns + 1) // columns
    height = -(-len(scene.workers) // columns)
    for place, worker in enumerate(scene.workers):
        x = lane.x + (place // height) * (width + 1)
        y = lane.y + place % height
        anchors["worker", worker.name] = Box(x, y, width, 1)
        chosen = scene.selection.key == worker.name
        style, words, sign = STATES[worker.state]
        end = canvas.put(x, y, f"{getattr(GLYPHS, sign)} ", style)
        name_width = min(12, width // 3)
        canvas.put(end, y, cut(worker.name, name_width, GLYPHS.ellipsis), "selected" if chosen else "text")
        rest = end + name_width + 1
        if worker.state != "running":
            text = say(words, scene.lang)
            if worker.scheduled:
                text += f" {GLYPHS.dot} " + say(labels.HELD_COUNT, scene.lang, count=len(worker.scheduled))
            canvas.put(rest, y, text, style, x + width - rest)
        elif worker.concurrency == 1 and worker.slots:
            _draw_row_slot(canvas, scene, worker.slots[0], rest, y, x + width - rest)
        else:
            canvas.put(rest, y, f"{worker.busy}/{worker.concurrency}", "running", x + width - rest)
        canvas.zone(x, y, width, 1, "choose", f"workers:{worker.name}")


def _draw_row_slot(canvas: Canvas, scene: Scene, slot: SlotBox, x: int, y: int, width: int) -> None:
    """The task of a worker that has only a row: its name first, then what there is room for."""
    end = canvas.put(x, y, cut(scene.short(slot.uuid), width, GLYPHS.ellipsis), "text")
    left = x + width - end - 1
    if left >= 15:
        draw_bar(canvas, end + 1, y, left, slot)
    elif left >= 7:
        canvas.right(x + width, y, f"{slot.elapsed / MICROS:.2f} s", "running")


def _draw_cells(canvas: Canvas, scene: Scene, lane: Box, anchors: dict[tuple[str, str], Box]) -> None:
    """A cell for each worker, or for several: how many of them run something."""
    workers = scene.workers
    busy = sum(worker.busy > 0 for worker in workers)
    heading = say(labels.WORKERS_BUSY, scene.lang, busy=f"{busy:,}", total=f"{len(workers):,}")
    canvas.put(lane.x, lane.y, cut(heading, lane.width, GLYPHS.ellipsis), "strong")
    area = max(1, lane.width * (lane.height - 1))
    each = -(-len(workers) // area)
    for place in range(0, len(workers), each):
        cell = place // each
        x, y = lane.x + cell % lane.width, lane.y + 1 + cell // lane.width
        group = workers[place : place + each]
        _draw_cell(canvas, x, y, group, scene.selection.key)
        for worker in group:
            anchors["worker", worker.name] = Box(x, y, 1, 1)


def _draw_cell(canvas: Canvas, x: int, y: int, group: list[WorkerBox], chosen: str) -> None:
    states = [worker.state for worker in group]
    running = sum(worker.busy > 0 for worker in group)
    if running:
        sign = GLYPHS.levels[-(-running * 8 // len(group))] if len(group) > 1 else GLYPHS.full
        canvas.put(x, y, sign, "running")
    else:
        style, _, sign = STATES["killed" if "killed" in states else "idle" if "idle" in states else "offline"]
        canvas.put(x, y, GLYPHS.dot if style == "dim" else getattr(GLYPHS, sign), style)
    if any(worker.name == chosen for worker in group):
        canvas.restyle(x, y, 1, "selected")
    canvas.zone(x, y, 1, 1, "choose", f"workers:{group[0].name}")
