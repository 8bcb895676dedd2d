"""A show of hands, legible from the back of a room."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.pages.ballot import BallotBox, BallotLine
from simulator.scene.words import vote_words as words
from simulator.story.language import say
from simulator.tui.controls.commands import Pick
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.figures import draw_figures, figures_width
from simulator.tui.drawing.frame import draw_frame
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import TALL, Box
from simulator.tui.drawing.pages.station import draw_clock

FIGURE_ROWS = 3
"""Height of large digits, in rows."""


def draw_ballot(box: BallotBox, width: int, height: int) -> Canvas:
    """Draw the vote on the whole screen."""
    canvas = Canvas(width, height)
    about = box.about
    if cell_len(box.title) + cell_len(about) + 5 > width:
        about = about.partition(f" {GLYPHS.dot} ")[0]
    start = canvas.right(width - 1, 0, about, "dim")
    canvas.put(1, 0, cut(box.title, start - 3, GLYPHS.ellipsis), "title")
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
    draw_clock(canvas, box.clock)
    question = [part for text in box.texts for part in wrap(text, width - 12)]
    air = height >= TALL
    y = _draw_question(canvas, question, Box(2, 2 + air, width - 4, min(len(question), 4) + 2 + 2 * air)) + air
    footer = [part for text in box.footer for part in wrap(text, width - 6)][: max(1, height // 5)]
    room = height - 1 - len(footer) - 1 - y
    each = max(2, min(room // len(box.lines), FIGURE_ROWS + 4))
    for line in box.lines:
        _draw_line(canvas, line, Box(3, y, width - 6, each), box)
        y += each
    row = min(y, height - 2 - len(footer))
    start = canvas.right(width - 3, row, box.total, "dim") if not (box.aside and box.phase == "count") else width
    canvas.put(3, row, cut(box.aside, start - 5, GLYPHS.ellipsis), "now")
    for row, part in enumerate(footer, start=height - 1 - len(footer)):
        canvas.put(3, row, part, "dim" if box.phase != "reveal" or row == height - 2 else "strong")
    return canvas


def _draw_question(canvas: Canvas, lines: list[str], box: Box) -> int:
    draw_frame(canvas, box, "question")
    for y, part in enumerate(lines[: box.height - 2], start=box.y + (box.height - len(lines[: box.height - 2])) // 2):
        canvas.centre(box.x + 1, y, box.width - 2, part, "question")
    return box.bottom


def _draw_line(canvas: Canvas, line: BallotLine, box: Box, ballot: BallotBox) -> None:
    """Draw a choice: its text, a bar of its share below, and the count in large digits if they fit."""
    style = "right" if line.right else "strong" if line.chosen or line.most else "text"
    large = box.height > FIGURE_ROWS
    count = f"{line.count}" if line.count or not ballot.aside or ballot.phase != "count" else ""
    reserved = max(figures_width("999") if large else 6, figures_width(count) if large else cell_len(count)) + 2
    width = box.width - reserved
    sign = GLYPHS.pointer if line.chosen else GLYPHS.done if line.right else " "
    canvas.put(box.x - 2, box.y, sign, style)
    x = canvas.put(box.x, box.y, f" {line.letter} ", "key") + 1
    room, text = box.x + width - x, " / ".join(line.texts)
    notes = [say(note, ballot.lang) for note, footer in ((words.RIGHT, line.right), (words.MOST, line.most)) if footer]
    # What was to choose is more than what is said about it: that the sign and the bar show as well.
    while notes and cell_len(text) + cell_len(", ".join(notes)) + 4 > room:
        notes.pop()
    x = canvas.put(x, box.y, cut(text, room, GLYPHS.ellipsis), style)
    canvas.put(x, box.y, f"  ({', '.join(notes)})" if notes else "", "dim")
    filled = round((width - 5) * line.share)
    last = box.y + (box.height // 2 if large else 1)
    canvas.put(box.x, last, GLYPHS.rule * (width - 5), "faint")
    colour = "right" if line.right else "dim" if ballot.phase == "reveal" else "now"
    for y in range(box.y + 1, last + 1):
        canvas.put(box.x, y, GLYPHS.full * filled, colour)
    if line.before and ballot.phase != "count":
        canvas.put(box.x + round((width - 6) * line.before), last, GLYPHS.now, "strong")
    if ballot.phase != "count":
        canvas.right(box.x + width - 1, last, f"{line.share:.0%}" if line.count else "", "dim")
    if large:
        draw_figures(canvas, box.right - figures_width(count), box.y, count, style)
    else:
        canvas.right(box.right, box.y, count, style)
    canvas.zone(box.x - 2, box.y, box.width + 2, box.height, Pick(int(line.letter) - 1))
