"""Charts on a canvas: a number over time as filled blocks or as a line of Braille dots."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box

EIGHTHS = 8
"""Levels per block cell."""

DOTS = 4
"""Rows of dots per cell; a cell has two columns of them."""

LEFT, RIGHT = (0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)
"""The bits of a Braille pattern, from the lowest dot up."""

Styles = tuple[str, str]
"""Styles of a chart before and after now."""


def bucket(values: Sequence[float], count: int) -> list[float]:
    """Return the maximum of each of `count` equal parts of `values`; each value is in at least one part.

    >>> bucket([1, 5, 2, 3], 2), bucket([1, 2], 4)
    ([5, 3], [1, 1, 2, 2])
    """
    length = len(values)
    parts = ((place * length // count, -(-(place + 1) * length // count)) for place in range(count))
    return [max(values[begin:end], default=0) for begin, end in parts]


def draw_chart(canvas: Canvas, box: Box, values: Sequence[float], top: float, styles: Styles, now: int) -> None:
    """Draw filled blocks, one value a column: any value above 0 is visible, and `top` fills the box.

    Args:
        canvas: where to draw.
        box: where on it.
        values: not below 0; if there are more than columns, each column shows the maximum of its part.
        top: the value that fills the box.
        styles: up to and including the column `now`, and after it.
        now: a column of the box.
    """
    if len(values) > box.width:
        values = bucket(values, box.width)
    # The last eighth stays free, so that charts that touch can be told apart.
    steps = box.height * EIGHTHS - 1
    for column, value in enumerate(values):
        level = min(steps, int(-(-value * steps // top))) if top > 0 else 0
        style = styles[column > now]
        for row in range(-(-level // EIGHTHS)):
            sign = GLYPHS.levels[min(EIGHTHS, level - row * EIGHTHS)]
            canvas.sign(box.x + column, box.bottom - 1 - row, sign, style)


def draw_dots(canvas: Canvas, box: Box, values: Sequence[float], top: float, styles: Styles, now: int) -> None:
    """Draw a line of dots, two values a column; otherwise as `draw_chart`. A value of 0 lies on the lower edge."""
    if len(values) > 2 * box.width:
        values = bucket(values, 2 * box.width)
    last = box.height * DOTS - 1
    patterns = [[0] * box.width for _ in range(box.height)]
    before = 0
    for place, value in enumerate(values):
        level = min(last, int(-(-value * last // top))) if top > 0 else 0
        low, high = sorted((before, level)) if place else (level, level)
        column, bits = place // 2, RIGHT if place % 2 else LEFT
        for dot in range(low, high + 1):
            patterns[dot // DOTS][column] |= bits[dot % DOTS]
        before = level
    for row, found in enumerate(patterns):
        for column, dots in enumerate(found):
            if dots:
                canvas.sign(box.x + column, box.bottom - 1 - row, chr(0x2800 + dots), styles[column > now])
