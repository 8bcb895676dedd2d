"""The inspection: a list of queues, workers and tasks, and beside it the page of the selected one."""

from __future__ import annotations

from simulator.scene.pages.inspect import Inspection, Thing
from simulator.scene.words import inspect_labels as words
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.tui.controls.commands import Choose
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.pages.sheet import draw_columns

LIST_FROM = 60
"""Least width of a screen with a list."""

HEADINGS = {"queue": words.QUEUES, "worker": words.WORKERS, "task": words.TASKS}
SIGNS = {"waiting": "waiting", "running": "running", "done": "done", "failed": "failed", "lost": "lost"}


def draw_inspection(scene: Inspection, width: int, height: int, offset: int = 0) -> Canvas:
    """Draw it, the page scrolled down by `offset` rows (as far as there is more)."""
    canvas = Canvas(width, height)
    sheet = scene.sheet
    x = canvas.put(1, 0, cut(sheet.title, width - 2, GLYPHS.ellipsis), "title")
    canvas.put(x + 2, 0, cut(sheet.about, width - x - 14, GLYPHS.ellipsis), "dim")
    canvas.right(width - 1, 0, clock_text(scene.time, scene.lang), "now")
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
    room = min(32, width // 4) if width >= LIST_FROM else 0
    if room:
        _draw_list(canvas, scene, Box(1, 2, room - 1, height - 4))
        for y in range(2, height - 2):
            canvas.put(room + 1, y, GLYPHS.side, "faint")
    start = room + 3 if room else 1
    shown = draw_columns(canvas, sheet, Box(start, 2, width - start - 1, height - 4), offset)
    if shown:
        canvas.right(width - 1, height - 2, f"{shown}  page up, down", "dim")
    return canvas


def _draw_list(canvas: Canvas, scene: Inspection, box: Box) -> None:
    """Things under headings, scrolled to the selected one."""
    lines: list[tuple[str, Thing | None]] = []
    here = 0
    kind = ""
    for place, thing in enumerate(scene.things):
        if thing.kind != kind:
            kind = thing.kind
            lines.append((say(HEADINGS[kind], scene.lang), None))
        if place == scene.chosen:
            here = len(lines)
        lines.append((thing.label, thing))
    first = max(0, min(here - box.height // 2, len(lines) - box.height))
    for y, (text, found) in enumerate(lines[first : first + box.height], start=box.y):
        if found is None:
            canvas.put(box.x, y, cut(text, box.width, GLYPHS.ellipsis), "dim")
            continue
        chosen = found is scene.things[scene.chosen]
        sign = getattr(GLYPHS, SIGNS[found.state]) if found.state in SIGNS else " "
        canvas.put(box.x, y, GLYPHS.pointer if chosen else " ", "strong")
        canvas.put(box.x + 2, y, f"{sign} {cut(text, box.width - 4, GLYPHS.ellipsis)}", found.state)
        if chosen:
            canvas.restyle(box.x, y, box.width, "selected")
        canvas.zone(box.x, y, box.width, 1, Choose(found.kind, found.key))
