"""A worker's activity in a few cells: its state as a symbol and a word, an execution as a bar."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.model import SlotBox, WorkerBox
from simulator.scene.stage.inside import Slot
from simulator.scene.words import labels, zoom_words
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.trace.time import MICROS
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.glyphs import GLYPHS

STATES = {
    "idle": ("dim", labels.IDLE, "waiting"),
    "running": ("running", labels.RUNNING, "running"),
    "stopping": ("ask", labels.STOPPING, "running"),
    "killed": ("lost", labels.KILLED, "lost"),
    "offline": ("dim", labels.OFFLINE, "offline"),
}
"""Style, word and symbol by state."""


FATES = {
    "returns": (zoom_words.COMES_BACK, "waiting", "waiting"),
    "returned": (zoom_words.IS_BACK, "again", "dim"),
    "lost": (zoom_words.IS_LOST, "lost", "lost"),
}
"""Words, symbol and style by fate of a message in a killed worker."""


def state_words(worker: WorkerBox, lang: str) -> tuple[str, str]:
    """A worker's state with its symbol, and its style."""
    style, words, sign = STATES[worker.state]
    return f"{getattr(GLYPHS, sign)} {say(words, lang)}", style


def full_cells(slot: SlotBox | Slot, length: int) -> int:
    """Number of full cells in a bar: all of them once its seconds are displayed as complete."""
    planned = slot.planned or 0
    if round(slot.elapsed / MICROS, 2) >= round(planned / MICROS, 2):
        return length
    return length * slot.elapsed // planned


def draw_bar(
    canvas: Canvas, x: int, y: int, width: int, slot: SlotBox | Slot, lang: str, *, thin: bool = False
) -> None:
    """Draw the progress of an execution as a bar and in seconds; `thin` if others are directly above and below."""
    if slot.planned is None:
        canvas.right(x + width, y, clock_text(slot.elapsed, lang), "running")
        return
    text = f" {clock_text(slot.elapsed)}/{clock_text(slot.planned, lang)}"
    if cell_len(text) + 4 > width:
        text = f" {slot.elapsed / MICROS:.1f}"
    length = max(0, width - cell_len(text))
    full = full_cells(slot, length)
    # Blocks would grow together with those of the next rows.
    done, rest = (GLYPHS.heavy, GLYPHS.rule) if thin else (GLYPHS.full, GLYPHS.rest)
    canvas.put(x, y, done * full, "running")
    canvas.put(x + full, y, rest * (length - full), "faint")
    canvas.put(x + length, y, text, "running")
