"""The complete main screen."""

from __future__ import annotations

from simulator.scene.build import Outline
from simulator.scene.model import Scene
from simulator.scene.room import Room
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.tui.drawing.bars import draw_notice, draw_title, draw_transport, scrubber_width
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import MIN_HEIGHT, MIN_WIDTH, Box, Layout, divide, is_too_small
from simulator.tui.drawing.lower import draw_lower, room_of_lower
from simulator.tui.drawing.stage.queues import room_of_queues
from simulator.tui.drawing.stage.services import place_services
from simulator.tui.drawing.stage.stage import draw_stage
from simulator.tui.drawing.stage.workers import workers_detailed
from simulator.tui.drawing.timeline import timeline_rows
from simulator.tui.drawing.words import draw_words, rows_for_words


def lay_out(scene: Scene, width: int, height: int) -> Layout:
    """Divide the screen according to the rows that a question and a timeline need."""
    layout = divide(width, height, rows=height)
    rows = timeline_rows(scene.chart, layout.time.height - 1)
    layout = divide(width, height, rows=rows)
    asked = rows_for_words(scene, width, layout.roomy)
    return divide(width, height, asked, rows) if asked else layout


def room_of_main(draft: Outline, width: int, height: int) -> Room:
    """The room for a scene on the main screen."""
    if is_too_small(width, height):
        return Room()
    scene, layout = draft.scene, lay_out(draft.scene, width, height)
    items, levels = room_of_queues(scene, layout.queues)
    workers, events, _ = place_services(scene, layout)
    room = Room(
        events=max(0, events.height - 1) if events.width else 0,
        items=items,
        levels=levels,
        workers=workers_detailed(scene, workers),
        scrubber=max(0, scrubber_width(scene, width) - 2),
    )
    return room_of_lower(draft, room, layout.time, layout.roomy) if layout.time.height else room


def draw_main(scene: Scene, width: int, height: int) -> Canvas:
    """Draw a scene on `width` x `height` cells.

    The scene must have been built for that size (`room_of_main`): the rest of the run is missing from it.
    """
    canvas = Canvas(width, height)
    layout = lay_out(scene, width, height)
    draw_title(canvas, scene)
    draw_stage(canvas, scene, layout)
    box = layout.words
    # A question has been given just as many rows as it needs.
    taken = draw_notice(canvas, box.y - 1, scene, spare=2 if scene.question is None and box.height > 3 else 0)
    draw_words(canvas, scene, Box(box.x, box.y + taken, box.width, box.height - taken), layout.roomy)
    axis = draw_lower(canvas, scene, layout.time, layout.roomy) if layout.time.height else None
    draw_transport(canvas, layout.transport, scene, axis)
    return canvas


def draw_too_small(lang: str, width: int, height: int) -> Canvas:
    """Draw a request for a larger terminal."""
    canvas = Canvas(max(1, width), max(1, height))
    needed = f"{MIN_WIDTH}x{MIN_HEIGHT}"
    lines = wrap(say(labels.BIGGER, lang), width)
    lines += wrap(say(labels.SIZE, lang, width=width, height=height, needed=needed), width)
    top = max(0, (height - len(lines)) // 2)
    for y, line in enumerate(lines, start=top):
        canvas.centre(0, y, width, cut(line, width, GLYPHS.ellipsis), "strong" if y == top else "dim")
    return canvas
