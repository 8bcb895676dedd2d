"""The pool of a worker: slots as cards of three rows, as two rows, as one, or as a cell, whichever fits."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.stage.inside import Anatomy, Slot
from simulator.scene.words import zoom_words as words
from simulator.story.language import say
from simulator.tui.controls.commands import ZoomInto
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.frame import task_label
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.stage.working import draw_bar

NARROWEST = {3: 24, 2: 22, 1: 20}
"""Least width of a slot, by its rows."""

Anchor = tuple[int, int]
"""Column and row at which a slot begins."""


def draw_pool(canvas: Canvas, inside: Anatomy, box: Box, lang: str) -> dict[int, Anchor]:
    """Draw all slots into a box without a frame; returns the position of each."""
    count = len(inside.slots)
    if not count or box.height < 1:
        return {}
    has_children = any(slot.memory is not None for slot in inside.slots)
    for lines in (3, 2, 1):
        if lines == 3 and not has_children:
            continue
        most = max(1, (box.width + 2) // (NARROWEST[lines] + 2))
        columns = min(-(-count * lines // box.height), most)
        rows = -(-count // columns)
        if rows * lines <= box.height:
            return _draw_cards(canvas, inside, box, columns, lines, lang)
    return _draw_cells(canvas, inside, box, lang)


def _draw_cards(canvas: Canvas, inside: Anatomy, box: Box, columns: int, lines: int, lang: str) -> dict[int, Anchor]:
    width = (box.width - 2 * (columns - 1)) // columns
    rows = -(-len(inside.slots) // columns)
    air = int(lines > 1 and rows * (lines + 1) - 1 <= box.height)
    anchors = {}
    for place, slot in enumerate(inside.slots):
        x = box.x + place // rows * (width + 2)
        y = box.y + place % rows * (lines + air)
        anchors[slot.number] = (x, y)
        if lines == 1:
            _draw_row(canvas, slot, x, y, width, inside, lang)
        else:
            _draw_card(canvas, slot, Box(x, y, width, lines), inside, lang)
    return anchors


def slot_words(slot: Slot, lang: str) -> tuple[str, str]:
    """The label of an idle slot, and its style."""
    return (say(words.NO_CHILD, lang), "waiting") if slot.state == "childless" else (say(words.FREE, lang), "dim")


def _draw_card(canvas: Canvas, slot: Slot, box: Box, inside: Anatomy, lang: str) -> None:
    digits = len(str(len(inside.slots)))
    x = canvas.put(box.x, box.y, f"{slot.number:>{digits}} ", "dim")
    width = box.right - x
    if slot.state != "running":
        text, style = slot_words(slot, lang)
        sign = GLYPHS.waiting if slot.state == "childless" else GLYPHS.place
        canvas.put(x, box.y, cut(f"{sign} {text}", width, GLYPHS.ellipsis), style)
    else:
        mark = say(words.ACKED if slot.acked else words.UNACKED_MARK, lang)
        short = inside.short(slot.uuid)
        label = task_label(short, slot.name)
        room = width - cell_len(mark) - 1
        label = label if cell_len(label) + 2 <= room else short
        sign = GLYPHS.pointer if slot.uuid == inside.acting else GLYPHS.running
        if cell_len(label) + 2 <= room:
            canvas.right(box.right, box.y, mark, "done" if slot.acked else "dim")
        style = "ghost" if slot.uuid in inside.flying else "running"
        canvas.put(x, box.y, cut(f"{sign} {label}", width, GLYPHS.ellipsis), style)
        canvas.zone(box.x, box.y, box.width, 1, ZoomInto("message", slot.uuid))
        draw_bar(canvas, x, box.y + 1, width, slot, lang)
    if box.height == 3:
        _draw_memory(canvas, slot, Box(x, box.y + 2, width, 1), inside, lang)


def _draw_memory(canvas: Canvas, slot: Slot, box: Box, inside: Anatomy, lang: str) -> None:
    """A thin line: its child's memory and limit, and its number of tasks and limit."""
    if slot.memory is None:
        return
    most = inside.most_memory
    used = f"{slot.memory:g}" if slot.memory < 1000 else f"{slot.memory:,.0f}"
    text = say(words.MEMORY, lang, used=used)
    if most is not None:
        text = say(words.MEMORY_OF_MOST, lang, used=used, most=f"{most:g}")
    ran = ""
    if slot.ran is not None and inside.most_tasks is not None:
        ran = say(words.TASKS_OF_MOST, lang, done=slot.ran, most=inside.most_tasks)
    whole = f"{text} {GLYPHS.dot} {ran}" if ran else text
    if cell_len(whole) > box.width:
        whole = ran or text
    over = most is not None and slot.memory > most
    style = "failed" if over else "dim"
    if most is None:  # without a limit there is no scale
        canvas.put(box.x, box.y, cut(whole, box.width, GLYPHS.ellipsis), style)
        return
    length = canvas.right(box.right, box.y, cut(whole, box.width, GLYPHS.ellipsis), style) - 1 - box.x
    if length < 3:
        return
    full = min(length, max(1, round(length * slot.memory / most)))
    canvas.put(box.x, box.y, GLYPHS.rule * length, "faint")
    canvas.put(box.x, box.y, GLYPHS.heavy * full, "failed" if over else "note")


def _draw_row(canvas: Canvas, slot: Slot, x: int, y: int, width: int, inside: Anatomy, lang: str) -> None:
    digits = len(str(len(inside.slots)))
    end = canvas.put(x, y, f"{slot.number:>{digits}} ", "dim")
    left = x + width - end
    if slot.state != "running":
        text, style = slot_words(slot, lang)
        sign = GLYPHS.waiting if slot.state == "childless" else GLYPHS.place
        canvas.put(end, y, cut(f"{sign} {text}", left, GLYPHS.ellipsis), style)
        return
    sign = GLYPHS.pointer if slot.uuid == inside.acting else GLYPHS.running
    bar = max(8, min(18, left // 2))
    canvas.put(end, y, cut(f"{sign} {inside.short(slot.uuid)}", left - bar - 1, GLYPHS.ellipsis), "running")
    draw_bar(canvas, x + width - bar, y, bar, slot, lang, thin=True)
    canvas.zone(x, y, width, 1, ZoomInto("message", slot.uuid))


def _draw_cells(canvas: Canvas, inside: Anatomy, box: Box, lang: str) -> dict[int, Anchor]:
    """A symbol for each slot, and below them the running tasks as far as they fit, with a legend."""
    area = max(1, box.height - 1)
    step = 2 if len(inside.slots) * 2 <= box.width * area else 1
    each = max(1, box.width // step)
    anchors: dict[int, Anchor] = {}
    for place, slot in enumerate(inside.slots):
        x, y = box.x + place % each * step, box.y + place // each
        if y >= box.y + area:
            anchors[slot.number] = (box.x, box.y + area - 1)
            continue
        anchors[slot.number] = (x, y)
        sign, style = {
            "running": (GLYPHS.cell, "running"),
            "free": (GLYPHS.place, "dim"),
            "childless": (GLYPHS.waiting, "waiting"),
        }[slot.state]
        acting = slot.uuid and slot.uuid == inside.acting
        canvas.put(x, y, sign, "now" if acting else style)
        if slot.uuid:
            canvas.zone(x, y, 1, 1, ZoomInto("message", slot.uuid))
    rows = -(-len(inside.slots) // each)
    running = [slot for slot in inside.slots if slot.state == "running"]
    for y, slot in zip(range(box.y + rows + 1, box.bottom - 2), running, strict=False):
        _draw_row(canvas, slot, box.x, y, box.width, inside, lang)
        anchors[slot.number] = (box.x, y)
    _draw_legend(canvas, inside, Box(box.x, box.bottom - 1, box.width, 1), lang)
    return anchors


def _draw_legend(canvas: Canvas, inside: Anatomy, box: Box, lang: str) -> None:
    states = [slot.state for slot in inside.slots]
    x = box.x
    for state, sign, style, text in (
        ("running", GLYPHS.cell, "running", words.RUNNING_COUNT),
        ("free", GLYPHS.place, "dim", words.FREE_COUNT),
        ("childless", GLYPHS.waiting, "waiting", words.NO_CHILD_COUNT),
    ):
        count = states.count(state)
        told = f"{sign} {say(text, lang, count=count)}"
        if count and x + cell_len(told) <= box.right:
            x = canvas.put(x, box.y, told, style) + 2
