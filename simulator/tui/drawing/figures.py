"""Large digits, three rows high, for a clock legible from the back of a room."""

from __future__ import annotations

from simulator.tui.drawing.canvas import Canvas
from simulator.tui.style.plain import PLAIN

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


SEGMENTS = {
    "0": (" _ ", "| |", "|_|"),
    "1": ("   ", "  |", "  |"),
    "2": (" _ ", " _|", "|_ "),
    "3": (" _ ", " _|", " _|"),
    "4": ("   ", "|_|", "  |"),
    "5": (" _ ", "|_ ", " _|"),
    "6": (" _ ", "|_ ", "|_|"),
    "7": (" _ ", "  |", "  |"),
    "8": (" _ ", "|_|", "|_|"),
    "9": (" _ ", "|_|", " _|"),
    ".": (" ", " ", "."),
}
"""The same without half blocks, equally wide."""


def figures_width(text: str) -> int:
    """Width of a number in cells.

    >>> figures_width("1.00")
    13
    """
    return sum(len(FIGURES.get(char, (" ",))[0]) + 1 for char in text) - 1


def draw_figures(canvas: Canvas, x: int, y: int, text: str, style: str, scale: int = 1) -> None:
    """Draw a number from its upper left cell, three or six rows high."""
    figures = SEGMENTS if PLAIN.get() and scale == 1 else FIGURES
    for char in text:
        rows = figures.get(char, (" ", " ", " "))
        for row, part in enumerate(rows if scale == 1 else _doubled(rows)):
            canvas.put(x, y + row, part, style)
        x += (len(rows[0]) + 1) * scale


def _doubled(rows: tuple[str, ...]) -> list[str]:
    """Double the size: each half cell of height becomes two whole cells side by side."""
    halves = {" ": (" ", " "), "█": ("█", "█"), "▀": ("█", " ")}
    return ["".join(halves[char][half] * 2 for char in row) for row in rows for half in (0, 1)]
