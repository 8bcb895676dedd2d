"""Figures three rows high, for a clock that can be read from the last row of a room."""

from __future__ import annotations

from simulator.tui.drawing.canvas import Canvas

FIGURES = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ".": (" ", " ", "▀"),
}


def figures_width(text: str) -> int:
    """How many cells a number takes.

    >>> figures_width("1.00")
    13
    """
    return sum(len(FIGURES.get(char, (" ",))[0]) + 1 for char in text) - 1


def draw_figures(canvas: Canvas, x: int, y: int, text: str, style: str) -> None:
    """Draw a number, its upper left corner at a cell."""
    for char in text:
        rows = FIGURES.get(char, (" ", " ", " "))
        for row, part in enumerate(rows):
            canvas.put(x, y + row, part, style)
        x += len(rows[0]) + 1
