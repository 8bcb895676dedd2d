"""The workers as cards, or as a crowd if cards do not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len

from simulator.scene.model import Scene, SlotBox, WorkerBox
from simulator.scene.words import labels
from simulator.story.catalog import Words
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.tui.controls.commands import Choose
from simulator.tui.drawing.canvas import Canvas, cut, shorten
from simulator.tui.drawing.frame import draw_edge, draw_frame, frame_style, task_label
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.stage.crowd import draw_crowd, has_signs_only
from simulator.tui.drawing.stage.working import FATES, draw_bar, state_words

HELD_COUNTS: tuple[tuple[Words, Callable[[WorkerBox], int]], ...] = (
    (labels.RESERVED_COUNT, lambda worker: worker.reserved_count),
    (labels.HELD_COUNT, lambda worker: worker.scheduled_count),
    (labels.COMING_COUNT, lambda worker: worker.coming_count),
    (labels.SENDING_COUNT, lambda worker: worker.sending_count),
    (labels.UNACKED_COUNT, lambda worker: worker.unsettled_count),
)
"""Labels for the numbers of messages that wait in a worker."""

DEFAULT_QUEUES = ("celery",)
"""Queue of a worker without `-Q`: Celery's default `task_default_queue`."""

ACK_ROW = 3
"""Row of a card in which it says whether the only running task is acknowledged."""

SHORTEST_BAR = 7
"""Cells of the shortest bar that has its seconds."""


def has_cards(scene: Scene, lane: Box) -> bool:
    """Return True if a card for each worker fits."""
    count = len(scene.workers)
    rows = max((min(worker.concurrency, 3) for worker in scene.workers[:50]), default=1)
    tall = 3 + rows if rows > 1 else 5
    return (count * 4 <= lane.height and rows == 1) or count * tall <= lane.height


def workers_detailed(scene: Scene, lane: Box) -> int:
    """Number of workers whose messages are shown: all, or none if there is only room for symbols."""
    count = len(scene.workers)
    return count if has_cards(scene, lane) or not has_signs_only(scene, lane) else 0


def draw_workers(canvas: Canvas, scene: Scene, lane: Box, anchors: dict[tuple[str, str], Box]) -> None:
    """Draw all workers; returns the box of each."""
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
    x = canvas.put(x, box.y, f"{state} ", style, box.right - 2 - x)
    rows = box.height - 2
    held = list_held(worker, scene, box.width - 4) if worker.state != "killed" else []
    used = _rows_used(worker, rows)
    # What waits needs the row of the ACK, which the edge can tell.
    tight = bool(held) and worker.busy == 1 and used == rows == ACK_ROW
    if tight:
        used, held = rows - 1, [_first_of(held, box.width - 4)]
    right = _draw_ack_in_edge(canvas, worker.slots[0], box, scene.lang) if tight else box.right - 2
    foot = _foot(worker, scene.lang, right - box.x - 4, len(held) > rows - used)
    behind = draw_edge(canvas, box, box.bottom - 1, foot) if foot else box.x
    if tight:
        behind = box.right
    if worker.queues and worker.queues != DEFAULT_QUEUES:
        _draw_option(canvas, worker, box, x, behind)
    canvas.zone(box.x, box.y, box.width, box.height, Choose("worker", worker.name))
    if worker.state == "killed":
        _draw_killed(canvas, worker, Box(box.x + 2, box.y + 1, box.width - 4, rows), scene)
        return
    inner = Box(box.x + 2, box.y + 1 + used, box.width - 4, rows - used)
    for row, (text, style) in enumerate(held[: inner.height]):
        canvas.put(inner.x, inner.y + row, text, style)
    if worker.concurrency == 1 or worker.busy <= 1:
        for slot in worker.slots:
            _draw_slot(canvas, slot, box, rows - tight, scene)
        return
    _draw_slot_rows(canvas, worker.slots[:rows], Box(box.x + 2, box.y + 1, box.width - 4, rows), scene)
    if worker.busy > rows:
        more = say(labels.MORE, scene.lang, count=worker.busy - rows + 1)
        canvas.fill(box.x + 2, box.bottom - 2, box.width - 4, 1)
        canvas.put(box.x + 2, box.bottom - 2, more, "dim", box.width - 4)


def _draw_ack_in_edge(canvas: Canvas, slot: SlotBox, box: Box, lang: str) -> int:
    """Tell at the right end of a card's lower edge if what runs is acknowledged; returns where that begins.

    Beside the number of executions it would seem to be about those.
    """
    words, style = (labels.ACKED, "done") if slot.acked else (labels.NOT_ACKED, "dim")
    return canvas.right(box.right - 2, box.bottom - 1, f" {say(words, lang)} ", style)


def _foot(worker: WorkerBox, lang: str, room: int, crowded: bool) -> str:
    """A card's lower edge: how many are done; where lines lack, what waits; empty if there is no room.

    A number that is cut is another number: where there is no room for all of them the first ones go.
    """
    parts = [say(labels.RAN_COUNT, lang, count=f"{worker.done:,}")]
    for words, count in HELD_COUNTS if crowded else ():
        if number := count(worker):
            parts.append(say(words, lang, count=number))
    dot = f" {GLYPHS.dot} "
    while parts and cell_len(dot.join(parts)) > room:
        del parts[0]
    return dot.join(parts)


def _first_of(held: list[tuple[str, str]], width: int) -> tuple[str, str]:
    """The first of several lines, and how many more there are."""
    (text, style), more = held[0], f" +{len(held) - 1}" if len(held) > 1 else ""
    named = text if cell_len(text + more) <= width else text.partition(f" {GLYPHS.dot} ")[0]
    return cut(named, width - len(more), GLYPHS.ellipsis) + more, style


def _draw_option(canvas: Canvas, worker: WorkerBox, box: Box, top: int, bottom: int) -> None:
    """Draw `-Q` and its queues in an edge: after column `top` of the upper one, or after `bottom` of the lower one."""
    text, right = f" -Q {','.join(worker.queues)} ", box.right - 2
    if top + cell_len(text) < right:
        canvas.right(right, box.y, text, "dim")
    elif right - bottom > 8:
        canvas.right(right, box.bottom - 1, cut(text, right - bottom - 1, GLYPHS.ellipsis), "dim")


def _draw_killed(canvas: Canvas, worker: WorkerBox, box: Box, scene: Scene) -> None:
    """Draw the time of a worker's death, and the messages it lost or returned."""
    lang = scene.lang
    since = say(labels.SINCE, lang, time=clock_text(worker.since))
    canvas.put(box.x, box.y, since, "lost", box.width)
    for row, (uuid, fate) in enumerate(worker.dropped[: box.height - 1], start=1):
        words, name, style = FATES[fate]
        sign = getattr(GLYPHS, name)
        text = f"{sign} {scene.short(uuid)} {GLYPHS.dot} {say(words, lang)}"
        if cell_len(text) > box.width:
            text = f"{sign} {scene.short(uuid)}"
        canvas.put(box.x, box.y + row, cut(text, box.width, GLYPHS.ellipsis), style)


def _rows_used(worker: WorkerBox, rows: int) -> int:
    """Number of rows of a card taken by running tasks."""
    if not worker.busy:
        return 0
    return min(rows, 3 if worker.busy == 1 else worker.busy)


def list_held(worker: WorkerBox, scene: Scene, width: int) -> list[tuple[str, str]]:
    """A line and its style for each task that waits in a worker, the next one to start first."""
    lang, named = scene.lang, []
    for words, uuids in (
        (labels.UNSETTLED, worker.unsettled),
        (labels.RESERVED_TASK, worker.reserved),
        (labels.COMING, worker.coming),
        (labels.SENDING, worker.sending),
    ):
        named += [(uuid, say(words, lang), "") for uuid in uuids]
    named += [(uuid, "", clock_text(eta)) for uuid, eta in worker.scheduled]
    lines = []
    for uuid, told, eta in named:
        task = scene.short(uuid)
        if eta:
            rest = cell_len(say(labels.HELD, lang, task="", time=eta))
            text = say(labels.HELD, lang, task=shorten(task, max(4, width - rest), GLYPHS.ellipsis), time=eta)
        else:
            text = f"{GLYPHS.waiting} {task} {GLYPHS.dot} {told}"
            text = text if cell_len(text) <= width else f"{GLYPHS.waiting} {task}"
        lines.append((cut(text, width, GLYPHS.ellipsis), "selected" if scene.selection.key == uuid else "waiting"))
    return lines


def _draw_slot(canvas: Canvas, slot: SlotBox, box: Box, rows: int, scene: Scene) -> None:
    """Draw a card's only running task: name, progress, and whether it is acknowledged."""
    width = box.width - 4
    chosen = scene.selection.key == slot.uuid
    label = shorten(task_label(scene.short(slot.uuid), slot.name), width, GLYPHS.ellipsis)
    style = "selected" if chosen else "text"
    canvas.put(box.x + 2, box.y + 1, label, style)
    draw_bar(canvas, box.x + 2, box.y + 2, width, slot, scene.lang)
    if rows >= ACK_ROW:
        words, style = (labels.ACKED, "done") if slot.acked else (labels.NOT_ACKED, "dim")
        canvas.put(box.x + 2, box.y + 3, say(words, scene.lang), style, width)


def _draw_slot_rows(canvas: Canvas, slots: Sequence[SlotBox], box: Box, scene: Scene) -> None:
    """Draw the tasks of a worker with several slots, a row each; their bars begin in one column."""
    texts = [f"{slot.slot} {scene.short(slot.uuid)}" for slot in slots]
    bar = max(SHORTEST_BAR, min(box.width // 2, box.width - max(map(cell_len, texts), default=0) - 1))
    for y, (slot, text) in enumerate(zip(slots, texts, strict=True), start=box.y):
        canvas.put(box.x, y, shorten(text, box.width - bar - 1, GLYPHS.ellipsis), "text")
        draw_bar(canvas, box.right - bar, y, bar, slot, scene.lang, thin=True)
