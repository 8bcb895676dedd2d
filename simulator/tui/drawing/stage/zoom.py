"""A zoomed screen: a picture of one thing, the last event below it, and the transport bar."""

from __future__ import annotations

from msgspec import structs

from simulator.scene.build import Outline
from simulator.scene.model import Scene
from simulator.scene.pages.letter import Letter
from simulator.scene.room import Room
from simulator.scene.stage.inside import Anatomy
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.tui.drawing.bars import draw_notice, draw_transport, scrubber_width
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import TALL, Box
from simulator.tui.drawing.pages.letter import LOW, NARROW, draw_letter
from simulator.tui.drawing.stage.inside import draw_inside
from simulator.tui.drawing.stage.working import STATES
from simulator.tui.drawing.words import draw_words

SMALLEST = (40, 8)
"""Least width and height of a picture."""


def room_of_zoom(draft: Outline, width: int, height: int) -> Room:
    """The room for a scene around a zoom."""
    has_line = height >= 12 and width >= 60
    return Room(scrubber=max(0, scrubber_width(draft.scene, width) - 2) if has_line else 0)


def draw_worker_zoom(scene: Scene, inside: Anatomy, width: int, height: int) -> Canvas:
    """Draw the zoom into a worker."""
    style, words, sign = STATES[inside.state]
    canvas = Canvas(width, height)
    about = f"{getattr(GLYPHS, sign)} {say(words, scene.lang)}"
    title = f"{say(labels.WORKER, scene.lang)} {inside.name}"
    body = draw_around(canvas, scene, title, about, style)
    draw_inside(canvas, inside, body, scene.lang)
    return canvas


def draw_message_zoom(scene: Scene, letter: Letter, width: int, height: int, offset: int = 0) -> Canvas | None:
    """Draw the zoom into a message."""
    canvas = Canvas(width, height)
    about = f"{letter.state} {GLYPHS.dot} {letter.about}"
    body = draw_around(canvas, scene, f"{say(labels.MESSAGE, scene.lang)} {letter.uuid}", about, "dim")
    if body.width < NARROW or body.height < LOW:
        return None
    draw_letter(canvas, letter, body, scene.lang, offset)
    return canvas


def draw_around(canvas: Canvas, scene: Scene, title: str, about: str, style: str) -> Box:
    """Draw everything around the picture; returns its box. If there is little room, text goes first, then transport."""
    width, height = canvas.width, canvas.height
    clock = clock_text(scene.time, scene.lang)
    start = canvas.right(width - 1, 0, clock, "now")
    x = canvas.put(1, 0, cut(title, start - 3, GLYPHS.ellipsis), "title")
    canvas.put(x + 2, 0, cut(about, start - x - 3, GLYPHS.ellipsis), style)
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
    bottom = height - 1
    if height >= 12 and width >= 60:
        bottom -= 1
        draw_transport(canvas, bottom, scene)
    words = 0 if height < 18 else 3 if height < 24 else 4 if height < TALL else 5
    if words:
        bottom -= words + (height >= TALL)
        taken = draw_notice(canvas, bottom - 1, scene, spare=min(2, words - 1))
        told = Box(0, bottom + taken, width, words - taken)
        draw_words(canvas, structs.replace(scene, question=None), told, roomy=False)
        bottom -= 1
    return Box(0, 2, width, bottom - 2)
