"""Two runs side by side: their states, where they diverge, timelines, measures."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from simulator.scene.model import Scene, WorkerBox
from simulator.scene.pages.compare import CompareScene
from simulator.scene.room import Room
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.tui.controls.commands import GoToDivergence
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.frame import task_label
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box, is_too_small
from simulator.tui.drawing.timeline import draw_timeline, label_width, timeline_rows, timeline_view
from simulator.tui.style.plain import write_keys

LETTERS = ("A", "B")
"""Names of the two runs if there is no room for their own."""

FEWEST = 3
"""Least rows for the current states."""

MAX_QUEUES = 3
"""Limit of named queues."""

MAX_WORKERS = 50
"""Limit of named workers."""

Line = tuple[str, str]
"""A text and its style."""

STATES = {
    "idle": (" ", labels.IDLE, "dim"),
    "running": (GLYPHS.running, labels.RUNNING, "running"),
    "stopping": (GLYPHS.running, labels.STOPPING, "waiting"),
    "killed": (GLYPHS.lost, labels.KILLED, "lost"),
    "offline": (GLYPHS.offline, labels.OFFLINE, "dim"),
}
"""Symbol, words and style of a worker's state."""


@dataclass(frozen=True)
class CompareLayout:
    """Division of the comparison screen."""

    columns: tuple[Box, Box]
    divergences: list[list[str]]
    """The event of each run where they diverge, wrapped."""
    told: int
    """Number of rows for that."""
    rows: list[int]
    """Number of rows of each timeline."""
    roomy: bool
    state: int
    """Number of rows for the current states."""


def lay_out(view: CompareScene, width: int, height: int) -> CompareLayout:
    """Divide the screen: current states, divergence, timelines, measures."""
    half = width // 2
    columns = (Box(1, 2, half - 2, height), Box(half + 2, 2, width - half - 3, height))
    divergences = [wrap(side.divergence, box.width) for side, box in zip(view.sides, columns, strict=True)]
    most = 3 if height >= 30 else 2
    told = max(min(len(part), most) for part in divergences) if view.diverged_at is not None else 0
    counts = [
        min(len(side.scene.queues), MAX_QUEUES) + min(len(side.scene.workers), MAX_WORKERS) for side in view.sides
    ]
    flexible = height - 7 - told
    each = (flexible - FEWEST - 5) // 2
    rows = [min(timeline_rows(side.scene.chart, each), each) for side in view.sides]
    roomy = flexible - max(counts) - 2 * sum(rows) >= 10
    if roomy:
        rows = [2 * count for count in rows]
        now = [wrap(side.now, box.width)[:2] for side, box in zip(view.sides, columns, strict=True)]
        counts = [count + 1 + len(lines) for count, lines in zip(counts, now, strict=True)]
    state = max(FEWEST, min(max(counts), flexible - sum(rows) - 6))
    return CompareLayout(columns, divergences, told, rows, roomy, state)


def rooms_of_compare(view: CompareScene, width: int, height: int) -> tuple[Room, Room]:
    """The room for both scenes."""
    if is_too_small(width, height):
        return Room(), Room()
    plan = lay_out(view, width, height)
    label = _label_width(view, width)
    first, second = (
        Room(workers=MAX_WORKERS, time=timeline_view(side.scene.chart, _area(width, 0, rows), label).width, rows=rows)
        for side, rows in zip(view.sides, plan.rows, strict=True)
    )
    return first, second


def draw_compare(view: CompareScene, width: int, height: int, offset: int = 0) -> Canvas:
    """Draw both runs; `offset` scrolls the measures."""
    canvas = Canvas(width, height)
    canvas.right(width - 1, 0, clock_text(view.time, view.lang), "now")
    canvas.put(1, 0, cut(view.title, width - 14, GLYPHS.ellipsis), "title")
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
    plan = lay_out(view, width, height)
    states = [_state_lines(side.scene, view.lang) for side in view.sides]
    if plan.roomy:
        states = [
            [*lines, *((part, "strong") for part in ["", *wrap(side.now, box.width)[:2]])]
            for lines, side, box in zip(states, view.sides, plan.columns, strict=True)
        ]
    _draw_columns(canvas, view, plan.columns, states, plan.state)
    y = _draw_divergence(canvas, view, plan.columns, plan.divergences, 3 + plan.state, plan.told)
    canvas.put(0, y, GLYPHS.rule * width, "faint")
    time = sum(plan.rows) + 1
    _draw_timelines(canvas, view, y + 1, plan.rows, plan.roomy)
    canvas.put(0, y + 1 + time, GLYPHS.rule * width, "faint")
    _draw_measures(canvas, view, Box(1, y + 2 + time, width - 2, height - y - 3 - time), offset)
    return canvas


def _draw_columns(
    canvas: Canvas, view: CompareScene, columns: tuple[Box, Box], states: list[list[Line]], rows: int
) -> None:
    for letter, side, box, lines in zip(LETTERS, view.sides, columns, states, strict=True):
        canvas.put(box.x, 2, letter, "key")
        canvas.put(box.x + 2, 2, cut(side.name, box.width - 2, GLYPHS.ellipsis), "strong")
        shown = lines if len(lines) <= rows else lines[: rows - 1]
        for y, (text, style) in enumerate(shown, start=3):
            canvas.put(box.x, y, cut(text, box.width, GLYPHS.ellipsis), style)
        if len(shown) < len(lines):
            unseen = max(0, len(side.scene.workers) - MAX_WORKERS)
            more = say(labels.MORE, view.lang, count=len(lines) - len(shown) + unseen)
            canvas.put(box.x + 2, 2 + rows, more, "dim", box.width - 2)
    for y in range(2, 3 + rows):
        canvas.put(columns[1].x - 2, y, GLYPHS.side, "faint")


def _state_lines(scene: Scene, lang: str) -> list[Line]:
    """A row for each worker and queue; the workers first if there are few."""
    queues = []
    for queue in scene.queues:
        counted = labels.DEAD_COUNT if queue.dead else labels.WAITING_COUNT
        text = f"{say(labels.QUEUE, lang)} {queue.name}: " + (
            say(counted, lang, count=f"{queue.count:,}") if queue.count else say(labels.EMPTY, lang)
        )
        if queue.unacked:
            text += f" {GLYPHS.dot} {say(labels.UNACKED_COUNT, lang, count=f'{queue.unacked:,}')}"
        if not queue.broker_up:
            text = say(labels.BROKER_DOWN, lang)
        queues.append((text, "lost" if not queue.broker_up else "waiting" if queue.count else "dim"))
    return [*queues[:MAX_QUEUES], *(_worker_line(worker, scene, lang) for worker in scene.workers[:MAX_WORKERS])]


def _worker_line(worker: WorkerBox, scene: Scene, lang: str) -> Line:
    sign, words, style = STATES[worker.state]
    runs = ", ".join(task_label(scene.short(slot.uuid), slot.name) for slot in worker.slots)
    if worker.reserved_count:
        runs += f" {GLYPHS.dot} {say(labels.RESERVED_COUNT, lang, count=worker.reserved_count)}"
    return f"{worker.name} {sign} {runs or say(words, lang)}", style


def _draw_divergence(
    canvas: Canvas, view: CompareScene, columns: tuple[Box, Box], divergences: list[list[str]], y: int, rows: int
) -> int:
    """Draw the divergence in both columns; returns the row below."""
    canvas.put(0, y, GLYPHS.heavy * canvas.width, "faint")
    sign = GLYPHS.stop if view.diverged_at is not None else GLYPHS.done
    end = canvas.put(2, y, f" {sign} {cut(view.divergence, canvas.width - 8, GLYPHS.ellipsis)} ", "question")
    if view.diverged_at is not None:
        canvas.zone(2, y, end - 2, 1, GoToDivergence())
    for box, parts in zip(columns, divergences, strict=True):
        kept = parts[:rows]
        if len(parts) > rows and kept:
            kept[-1] = cut(kept[-1] + " " + GLYPHS.ellipsis * box.width, box.width, GLYPHS.ellipsis)
            kept[-1] = f"{cut(parts[rows - 1], box.width - 2, GLYPHS.ellipsis)} {GLYPHS.ellipsis}"
        for row, part in enumerate(kept, start=y + 1):
            canvas.put(box.x, row, part, "text", box.width)
    for row in range(y + 1, y + 1 + rows):
        canvas.put(columns[1].x - 2, row, GLYPHS.side, "faint")
    return y + 1 + rows


def _label_width(view: CompareScene, width: int) -> int:
    """Width of the names beside both timelines, in cells."""
    return max(label_width(side.scene.chart, width) for side in view.sides)


def _area(width: int, y: int, rows: int) -> Box:
    """The box of a timeline of a number of rows, with its scale."""
    return Box(2, y, width - 2, rows + 1)


def _draw_timelines(canvas: Canvas, view: CompareScene, y: int, rows: list[int], roomy: bool) -> None:
    """Draw the timelines one above the other, on one scale; the rule above them marks the divergence."""
    label = _label_width(view, canvas.width)
    rule, left, columns = y - 1, 0, 0
    for letter, side, count in zip(LETTERS, view.sides, rows, strict=True):
        # The scale of the first one is drawn over by the second one.
        canvas.fill(0, y, canvas.width, 1)
        left, columns = draw_timeline(canvas, side.scene, _area(canvas.width, y, count), roomy, label)
        canvas.put(1, y, letter, "key")
        y += count
    end = view.sides[0].scene.chart.end
    if view.diverged_at is not None and end and columns:
        canvas.put(left + min(columns - 1, view.diverged_at * columns // end), rule, GLYPHS.stop, "question")


def _draw_measures(canvas: Canvas, view: CompareScene, box: Box, offset: int) -> None:
    """Draw the measures in as many blocks side by side as fit; those that differ come first, highlighted."""
    blocks = max(1, min(3 if box.height < 8 else 2, box.width // 38))
    width = box.width // blocks
    rows = box.height - 1
    if rows < 1:
        return
    over = -(-len(view.measures) // blocks) - rows
    offset = max(0, min(offset, over))
    shown = view.measures[offset * blocks :]
    each = min(rows, -(-len(shown) // blocks))
    used = -(-len(shown[: each * blocks]) // each) if each else 1
    for block in range(used):
        x = box.x + block * width
        first, second = x + (width - 3) * 7 // 10, x + width - 3
        canvas.put(x, box.y, say(labels.MEASURE, view.lang) if not block else "", "dim")
        canvas.right(first, box.y, LETTERS[0], "key")
        canvas.right(second, box.y, LETTERS[1], "key")
        for y, row in enumerate(shown[block * each : block * each + each], start=box.y + 1):
            style = "strong" if row.differs else "dim"
            canvas.put(x, y, row.name, style, first - x - cell_len(row.values[0]) - 1)
            canvas.right(first, y, row.values[0], style)
            canvas.right(second, y, row.values[1], "now" if row.differs else "dim")
    if over > 0:
        canvas.right(canvas.width - 1, canvas.height - 1, write_keys("↑ ↓"), "dim")
