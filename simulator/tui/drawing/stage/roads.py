"""Roads between the parts of a picture: lines with corners, and texts moving along them."""

from __future__ import annotations

from itertools import pairwise

from rich.cells import cell_len

from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS

Point = tuple[int, int]
"""A column and a row."""

ROW = 2
"""Approximate height of a row, in widths of a column."""


def along(points: list[Point], progress: float) -> Point:
    """The point reached after a part (0 to 1) of a line with corners.

    >>> along([(0, 0), (8, 0), (8, 4)], 0.5), along([(0, 0), (8, 0)], 1.0)
    ((8, 0), (8, 0))
    """
    lengths = [abs(x2 - x1) + ROW * abs(y2 - y1) for (x1, y1), (x2, y2) in pairwise(points)]
    left = progress * sum(lengths)
    for length, ((x1, y1), (x2, y2)) in zip(lengths, pairwise(points), strict=True):
        if left <= length and length:
            share = left / length
            return round(x1 + (x2 - x1) * share), round(y1 + (y2 - y1) * share)
        left -= length
    return points[-1]


def ease(progress: float) -> float:
    """Ease in and out; from 0 to 1.

    >>> ease(0.0), ease(0.5), ease(1.0)
    (0.0, 0.5, 1.0)
    """
    return progress * progress * (3 - 2 * progress)


def draw_arrow(canvas: Canvas, start: int, end: int, y: int, style: str, *, back: bool = False) -> None:
    """Draw an arrow between two columns, with a blank column on each side."""
    length = end - start - 2
    if length < 2:
        return
    text = GLYPHS.left + GLYPHS.rule * (length - 1) if back else GLYPHS.rule * (length - 1) + GLYPHS.right
    canvas.put(start + 1, y, text, style)


def draw_road(canvas: Canvas, points: list[Point], style: str) -> None:
    """Draw a road with corners across a gap, with a blank column on each side and an arrow at its end."""
    (x1, y1), (x2, y2) = points[0], points[-1]
    back = x1 > x2
    if y1 == y2:
        draw_arrow(canvas, min(x1, x2), max(x1, x2), y1, style, back=back)
        return
    turn, low, high = points[1][0], min(y1, y2), max(y1, y2)
    (left, at_left), (right, at_right) = sorted([points[0], points[-1]])
    first, second, third, fourth = tuple(GLYPHS.corners)
    canvas.put(left + 1, at_left, GLYPHS.rule * (turn - left - 1), style)
    canvas.put(turn + 1, at_right, GLYPHS.rule * (right - turn - 2), style)
    for y in range(low + 1, high):
        canvas.put(turn, y, GLYPHS.side, style)
    down = at_left < at_right
    for y, corner in ((at_left, second if down else fourth), (at_right, third if down else first)):
        joint = GLYPHS.joints[(y == at_left) != down]
        canvas.put(turn, y, joint if canvas.cells[y][turn] in GLYPHS.rule + GLYPHS.joints else corner, style)
    canvas.put(*((left + 1, at_left, GLYPHS.left) if back else (right - 2, at_right, GLYPHS.right)), style)


def draw_label(canvas: Canvas, at: Point, label: str, style: str, right: int) -> None:
    """Draw a moving label with its left end at a point, but wholly before column `right`."""
    text = f" {cut(label, max(1, right - 4), GLYPHS.ellipsis)} "
    canvas.put(max(0, min(at[0], right - cell_len(text))), at[1], text, style)


def draw_dissolving(canvas: Canvas, at: Point, text: str, progress: float, style: str) -> None:
    """Draw a text dissolving from a point on, letter by letter in no order."""
    x, y = at
    for place, char in enumerate(text):
        # Seven and ten have no divisor in common: each tenth part of the letters goes at another time.
        when = (place * 7 % 10) / 10
        if progress < when:
            x = canvas.put(x, y, char, style)
        else:
            x = canvas.put(x, y, (GLYPHS.rest if progress < when + 0.2 else " ") * cell_len(char), style)
