"""The main screen as a whole."""

from __future__ import annotations

from simulator.scene.model import Scene
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.tui.drawing.bars import draw_notice, draw_title, draw_transport
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import MIN_HEIGHT, MIN_WIDTH, divide
from simulator.tui.drawing.lower import draw_lower
from simulator.tui.drawing.stage import draw_stage
from simulator.tui.drawing.timeline import timeline_rows
from simulator.tui.drawing.words import draw_words, rows_for_question


def draw_main(scene: Scene, width: int, height: int) -> Canvas:
    """Draw a scene on `width` x `height` cells."""
    canvas = Canvas(width, height)
    layout = divide(width, height, rows=height)
    rows = timeline_rows(scene.chart, layout.time.height - 1)
    layout = divide(width, height, rows=rows)
    asked = rows_for_question(scene, width, layout.roomy)
    if asked:
        layout = divide(width, height, asked, rows)
    draw_title(canvas, scene)
    draw_stage(canvas, scene, layout)
    draw_notice(canvas, layout.words.y - 1, scene)
    draw_words(canvas, scene, layout.words, layout.roomy)
    if layout.time.height:
        draw_lower(canvas, scene, layout.time, layout.roomy)
    draw_transport(canvas, layout.transport, scene)
    return canvas


def draw_too_small(lang: str, width: int, height: int) -> Canvas:
    """A friendly word where there is no room for more."""
    canvas = Canvas(max(1, width), max(1, height))
    needed = f"{MIN_WIDTH}x{MIN_HEIGHT}"
    lines = wrap(say(labels.BIGGER, lang), width)
    lines += wrap(say(labels.SIZE, lang, width=width, height=height, needed=needed), width)
    top = max(0, (height - len(lines)) // 2)
    for y, line in enumerate(lines, start=top):
        canvas.centre(0, y, width, cut(line, width, GLYPHS.ellipsis), "strong" if y == top else "dim")
    return canvas
