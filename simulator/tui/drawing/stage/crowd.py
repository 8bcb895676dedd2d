"""Workers that do not fit as cards: as pairs of rows, as rows, as tiles, or as cells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.cells import cell_len

from simulator.scene.model import Scene, SlotBox, WorkerBox
from simulator.scene.words import labels, zoom_words
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.trace.time import MICROS
from simulator.tui.controls.commands import Choose, ChooseInRow
from simulator.tui.drawing.canvas import Canvas, cut, shorten
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.stage.working import STATES, draw_bar

Anchors = dict[tuple[str, str], Box]

ROW_WIDTH = 26
"""Least width of a row with a worker's name and task."""

TILES = range(14, 3, -1)
"""Widths of a tile, gap included, the widest first."""

LONGEST_NAME = 6
"""Longest name in a tile, without the prefix that all names share."""

LEGEND = ("running", "killed", "stopping", "offline", "idle")
"""States in the line below a crowd, in order; ordinary ones are left out if there is no room."""


def draw_crowd(canvas: Canvas, scene: Scene, lane: Box, anchors: Anchors) -> None:
    """Draw the workers in the largest form that fits; returns the box of each."""
    count = len(scene.workers)
    if count * 2 <= lane.height:
        _draw_pairs(canvas, scene, lane, anchors)
        return
    columns = _row_columns(count, lane)
    if count <= columns * lane.height:
        _draw_rows(canvas, scene, lane, columns, anchors)
        return
    _draw_heading(canvas, scene, lane)
    inner = Box(lane.x, lane.y + 1, lane.width, lane.height - 2)
    names, width = _tiles(scene, inner)
    if width:
        _draw_tiles(canvas, scene, inner, width, names, anchors)
    else:
        _draw_cells(canvas, scene, inner, anchors)
    _draw_legend(canvas, scene, Box(lane.x, lane.bottom - 1, lane.width, 1), as_cells=not width)


def has_signs_only(scene: Scene, lane: Box) -> bool:
    """Return True if there is only room for one cell a worker or several workers."""
    count = len(scene.workers)
    if count <= max(lane.height // 2, _row_columns(count, lane) * lane.height):
        return False
    return not _tiles(scene, Box(lane.x, lane.y + 1, lane.width, lane.height - 2))[1]


def _row_columns(count: int, lane: Box) -> int:
    """Return the number of columns if each worker takes one row."""
    return max(1, min((lane.width + 1) // (ROW_WIDTH + 1), -(-count // max(1, lane.height))))


def _tiles(scene: Scene, box: Box) -> tuple[list[str], int]:
    """Short names and the width of a tile; 0 if tiles do not fit."""
    count = len(scene.workers)
    # Names are looked at only where there can be room for them: this is done for each frame.
    names = _short_names(scene.workers) if _fits(count, TILES[-1], box) else []
    longest = max(map(cell_len, names), default=LONGEST_NAME + 1)
    widths = TILES if longest <= LONGEST_NAME else ()
    return names, next((width for width in widths if width >= longest + 2 and _fits(count, width, box)), 0)


# -- pairs of rows, and rows ------------------------------------------------------------------------------------


def _draw_pairs(canvas: Canvas, scene: Scene, lane: Box, anchors: Anchors) -> None:
    """Two rows each: name and task, then its progress."""
    count = len(scene.workers)
    step = 3 if count * 3 - 1 <= lane.height else 2
    for place, worker in enumerate(scene.workers):
        box = Box(lane.x, lane.y + place * step, lane.width, 2)
        anchors["worker", worker.name] = box
        _draw_pair(canvas, worker, box, scene)
        canvas.zone(box.x, box.y, box.width, 2, Choose("worker", worker.name))


def _draw_pair(canvas: Canvas, worker: WorkerBox, box: Box, scene: Scene) -> None:
    style, words, sign = STATES[worker.state]
    x = canvas.put(box.x, box.y, f"{getattr(GLYPHS, sign)} ", style)
    name = cut(worker.name, box.width // 2, GLYPHS.ellipsis)
    x = canvas.put(x, box.y, name, "selected" if scene.selection.key == worker.name else "strong") + 1
    room = _draw_held(canvas, worker, box.right, box.y) - x
    if len(worker.slots) == 1:
        slot = worker.slots[0]
        style = "text"
        canvas.put(x, box.y, shorten(scene.short(slot.uuid), room, GLYPHS.ellipsis), style)
        draw_bar(canvas, box.x + 2, box.y + 1, box.width - 2, slot, scene.lang)
        return
    if worker.busy:
        canvas.put(x, box.y, f"{worker.busy}/{worker.concurrency}", "running", room)
        _draw_slots(canvas, scene, worker, Box(box.x + 2, box.y + 1, box.width - 2, 1))
        return
    canvas.put(x, box.y, cut(say(words, scene.lang), room, GLYPHS.ellipsis), style)
    held = [*worker.reserved, *worker.coming]
    text = f"{GLYPHS.waiting} {scene.short(held[0])}" if held else ""
    if worker.scheduled_count and not held:
        text = say(labels.HELD_COUNT, scene.lang, count=worker.scheduled_count)
    canvas.put(box.x + 2, box.y + 1, cut(text, box.width - 2, GLYPHS.ellipsis), "waiting")


def _draw_held(canvas: Canvas, worker: WorkerBox, right: int, y: int) -> int:
    """Draw how many tasks wait in a worker, before column `right`; return the column up to which there is room."""
    waits = worker.reserved_count + worker.scheduled_count + worker.coming_count + worker.sending_count
    if not waits:
        return right
    return canvas.right(right, y, f"{GLYPHS.waiting}{waits:,}", "waiting") - 1


def _draw_slots(canvas: Canvas, scene: Scene, worker: WorkerBox, box: Box) -> None:
    """A cell for each slot, then the tasks of the first ones."""
    busy, size = worker.busy, max(worker.concurrency, worker.busy)
    if size > box.width // 2:
        full = box.width * busy // size
        canvas.put(box.x, box.y, GLYPHS.full * full, "running")
        canvas.put(box.x + full, box.y, GLYPHS.rest * (box.width - full), "faint")
        return
    x = canvas.put(box.x, box.y, GLYPHS.cell * busy, "running")
    x = canvas.put(x, box.y, GLYPHS.place * (size - busy), "dim") + 1
    told = ", ".join(scene.short(slot.uuid) for slot in worker.slots[:4])
    canvas.put(x, box.y, cut(told, box.right - x, GLYPHS.ellipsis), "dim")


def _draw_rows(canvas: Canvas, scene: Scene, lane: Box, columns: int, anchors: Anchors) -> None:
    width = (lane.width - columns + 1) // columns
    height = -(-len(scene.workers) // columns)
    longest = max(cell_len(worker.name) for worker in scene.workers)
    for place, worker in enumerate(scene.workers):
        x = lane.x + (place // height) * (width + 1)
        y = lane.y + place % height
        anchors["worker", worker.name] = Box(x, y, width, 1)
        chosen = scene.selection.key == worker.name
        style, words, sign = STATES[worker.state]
        end = canvas.put(x, y, f"{getattr(GLYPHS, sign)} ", style)
        name_width = min(longest, 12, width // 3)
        canvas.put(end, y, cut(worker.name, name_width, GLYPHS.ellipsis), "selected" if chosen else "text")
        rest, behind = end + name_width + 1, _draw_held(canvas, worker, x + width, y)
        if worker.state != "running":
            canvas.put(rest, y, say(words, scene.lang), style, behind - rest)
        elif worker.concurrency == 1 and worker.slots:
            _draw_row_slot(canvas, scene, worker.slots[0], rest, y, behind - rest)
        else:
            end = canvas.put(rest, y, f"{worker.busy}/{worker.concurrency} ", "running", behind - rest)
            if behind - end >= 4:
                _draw_slots(canvas, scene, worker, Box(end, y, behind - end, 1))
        canvas.zone(x, y, width, 1, Choose("worker", worker.name))


def _draw_row_slot(canvas: Canvas, scene: Scene, slot: SlotBox, x: int, y: int, width: int) -> None:
    """The task of a worker that has only one row: its name first, then as much as fits."""
    end = canvas.put(x, y, shorten(scene.short(slot.uuid), width, GLYPHS.ellipsis), "text")
    left = x + width - end - 1
    if left >= 15:
        draw_bar(canvas, end + 1, y, left, slot, scene.lang)
    elif left >= 7:
        canvas.right(x + width, y, clock_text(slot.elapsed, scene.lang), "running")


# -- tiles and cells --------------------------------------------------------------------------------------------


def _draw_heading(canvas: Canvas, scene: Scene, lane: Box) -> None:
    workers = scene.workers
    busy = sum(worker.busy > 0 for worker in workers)
    counts = {"busy": f"{busy:,}", "total": f"{len(workers):,}"}
    heading = say(labels.WORKERS_BUSY, scene.lang, **counts)
    if cell_len(heading) > lane.width:
        heading = say(zoom_words.WORKERS_SHORT, scene.lang, **counts)
    canvas.put(lane.x, lane.y, cut(heading, lane.width, GLYPHS.ellipsis), "strong")


def _draw_legend(canvas: Canvas, scene: Scene, box: Box, *, as_cells: bool) -> None:
    """The number of workers in each state, with its symbol."""
    states = [worker.state for worker in scene.workers]
    x = box.x
    for state in LEGEND:
        count = states.count(state)
        sign, style = _cell_sign(state) if as_cells else (getattr(GLYPHS, STATES[state][2]), STATES[state][0])
        text = f"{sign} {say(STATES[state][1], scene.lang)} {count:,}"
        if count and x + cell_len(text) <= box.right:
            x = canvas.put(x, box.y, text, style) + 2


def _short_names(workers: list[WorkerBox]) -> list[str]:
    """Strip the common prefix from names."""
    names = [worker.name for worker in workers]
    first, last = min(names), max(names)
    same = next((place for place, char in enumerate(first) if last[place : place + 1] != char), len(first))
    same = len(first[:same].rstrip("0123456789"))
    return [name[same:] or name for name in names]


def _fits(count: int, width: int, box: Box) -> bool:
    """Return whether `count` tiles of a width fit, gaps included."""
    return count <= (box.width + 1) // width * box.height


def _draw_tiles(canvas: Canvas, scene: Scene, box: Box, width: int, names: list[str], anchors: Anchors) -> None:
    """A symbol and a short name each, and the task's progress if there is room."""
    columns = (box.width + 1) // width
    longest = max(map(cell_len, names))
    for place, (worker, name) in enumerate(zip(scene.workers, names, strict=True)):
        x, y = box.x + place % columns * width, box.y + place // columns
        anchors["worker", worker.name] = Box(x, y, width - 1, 1)
        style, _, sign = STATES[worker.state]
        chosen = scene.selection.key == worker.name
        end = canvas.put(x, y, f"{getattr(GLYPHS, sign)}{name}", "selected" if chosen else style)
        room = width - 3 - longest
        if room >= 2 and worker.busy:
            _draw_tile_bar(canvas, worker, x + 2 + longest, y, room)
        canvas.zone(x, y, max(width - 1, end - x), 1, Choose("worker", worker.name))


def _draw_tile_bar(canvas: Canvas, worker: WorkerBox, x: int, y: int, width: int) -> None:
    """Return its task's progress, or the number of busy slots."""
    share = worker.busy / max(1, worker.concurrency)
    if worker.concurrency == 1 and worker.slots:
        slot = worker.slots[0]
        if slot.planned is None:
            canvas.put(x, y, f"{slot.elapsed / MICROS:.1f}", "dim", width)
            return
        share = min(1.0, slot.elapsed / slot.planned) if slot.planned else 1.0
    full = int(width * share)
    # Thin lines: blocks would grow together with those of the rows above and below.
    canvas.put(x, y, GLYPHS.heavy * full, "running")
    canvas.put(x + full, y, GLYPHS.rule * (width - full), "faint")


def _draw_cells(canvas: Canvas, scene: Scene, box: Box, anchors: Anchors) -> None:
    """A cell for one worker or several, by the number of busy ones."""
    workers = scene.workers
    step = 2 if len(workers) <= (box.width + 1) // 2 * box.height else 1
    columns = max(1, (box.width + step - 1) // step)
    each = -(-len(workers) // max(1, columns * box.height))
    if each == 1:
        signs = {state: _cell_sign(state) for state in STATES}
        cells = [signs[worker.state] for worker in workers]
    else:
        cells = [_cell(workers[place : place + each]) for place in range(0, len(workers), each)]
    # A message comes to or leaves few of them, and of a row one stands for all: the last that consumes a queue.
    looked_for = {scene.selection.key, *_travelling(scene)}
    for row in range(-(-len(cells) // columns)):
        x, y = box.x, box.y + row
        # Neighbours that look the same are written at once: there may be hundreds in each frame.
        for (sign, style), same in groupby(cells[row * columns : (row + 1) * columns]):
            text = (sign + " " * (step - 1)) * sum(1 for _ in same)
            x = canvas.put(x, y, text, style, box.right - x)
        there = workers[row * columns * each : (row + 1) * columns * each]
        names = [worker.name for worker in there]
        last = {worker.name for worker in [worker for worker in there if worker.queues][-1:]}
        for name in sorted(looked_for.intersection(names) | last, key=names.index):
            anchors["worker", name] = Box(box.x + names.index(name) // each * step, y, 1, 1)
        if scene.selection.key in names:
            canvas.restyle(anchors["worker", scene.selection.key].x, y, 1, "selected")
        command = ChooseInRow(tuple(names[::each]), step)
        canvas.zone(box.x, y, min(box.width, len(command.workers) * step), 1, command)


def _travelling(scene: Scene) -> Iterator[str]:
    """Yield the workers to or from which something is on its way."""
    for flight in [*scene.flights, *([scene.trail] if scene.trail is not None else [])]:
        yield from (name for kind, name, _ in (flight.source, flight.target) if kind == "worker")


def _cell(group: list[WorkerBox]) -> tuple[str, str]:
    """The symbol and style of a cell shared by several workers."""
    if len(group) == 1:
        return _cell_sign(group[0].state)
    states = [worker.state for worker in group]
    state = next((state for state in ("running", "stopping", "killed", "idle") if state in states), "offline")
    running = sum(worker.busy > 0 for worker in group)
    if state == "running" and running < len(group):
        return GLYPHS.levels[-(-running * 8 // len(group))], "running"
    return _cell_sign(state)


def _cell_sign(state: str) -> tuple[str, str]:
    """Return a worker's sign for one cell, and its style."""
    style, _, sign = STATES[state]
    signs = {"running": GLYPHS.cell, "stopping": GLYPHS.cell, "idle": GLYPHS.dot}
    return signs.get(state) or getattr(GLYPHS, sign), style
