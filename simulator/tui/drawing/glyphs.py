"""The symbols used in drawing, and their ASCII replacements."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.tui.drawing.canvas import Canvas


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Symbols, one cell wide unless noted."""

    rule: str = "─"
    heavy: str = "━"
    side: str = "│"
    dashed: str = "┊"
    """Side of a box that no worker serves."""
    corners: str = "╭╮╰╯"
    joints: str = "┬┴"
    """Joints at which a road leaves or joins a level one, downwards and upwards."""
    right: str = "▶"
    left: str = "◀"
    full: str = "█"
    rest: str = "░"
    plan: str = "╌"
    knob: str = "●"
    mark: str = "┷"
    stop: str = "◆"
    chapter: str = "▼"
    start: str = "├"
    """Start of a bar."""
    edge: str = "┤"
    now: str = "┃"
    here: str = "▲"
    pointer: str = "▸"
    waiting: str = "○"
    running: str = "▶"
    done: str = "✓"
    failed: str = "✕"
    lost: str = "☠"
    offline: str = "□"
    again: str = "↻"
    """Another attempt."""
    ack: str = "▾"
    bookmark: str = "⚑"
    fold: str = "╱"
    branch: str = "╳"
    paused: str = "▌▌"
    """Two cells."""
    playing: str = "▶ "
    """Two cells."""
    times: str = "×"
    dot: str = "·"
    levels: str = " ▁▂▃▄▅▆▇█"
    ellipsis: str = "…"
    cell: str = "■"
    """An occupied place."""
    place: str = "□"
    """A free place."""
    down: str = "▼"
    up: str = "▲"
    held: str = "▒"
    turn: str = "╯"
    """Corner at which a road from above turns left."""


GLYPHS = Glyphs()

ASCII = str.maketrans(
    "─━│┊╭╮╰╯┬┴▶◀█░╌●┷◆▼├┤┃▲▸○✓✕☠□▾⚑╱╳▌×·▁▂▃▄▅▆▇▀…→←↑↓“”—■▒↻–λ",
    '-=|:++++++><#.-O+*v|||^>ovxX.,!/X|x-..::++#"~><^v""-#:@-A',
)
"""ASCII replacement of every symbol, of the same width."""

UPPER_DOTS = 0b0001_1011
"""The upper four of the eight dots of a Braille pattern."""
ASCII.update({0x2800 + n: ord(" '.:"[bool(n & UPPER_DOTS) + 2 * bool(n & ~UPPER_DOTS)]) for n in range(256)})


def make_ascii(canvas: Canvas) -> Canvas:
    """Replace the symbols on a canvas by ASCII; names and texts keep their characters."""
    for row in canvas.cells:
        row[:] = [char if char.isascii() else char.translate(ASCII) for char in row]
    return canvas


def ascii_text(text: str) -> str:
    """A text with our symbols replaced, for Textual's own widgets.

    >>> ascii_text("task … →")
    'task ~ >'
    """
    return text.translate(ASCII)
