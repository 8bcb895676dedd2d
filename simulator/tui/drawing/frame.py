"""Frames and small parts shared by several screens."""

from __future__ import annotations

from simulator.scene.model import Scene
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box


def draw_frame(canvas: Canvas, box: Box, style: str = "faint", *, dashed: bool = False) -> None:
    """Draw the four edges of a box, `dashed` if nobody serves it."""
    if box.width < 2 or box.height < 2:
        return
    first, second, third, fourth = tuple(GLYPHS.corners)
    line = (GLYPHS.plan if dashed else GLYPHS.rule) * (box.width - 2)
    canvas.put(box.x, box.y, first + line + second, style)
    for y in range(box.y + 1, box.bottom - 1):
        canvas.put(box.x, y, GLYPHS.dashed if dashed else GLYPHS.side, style)
        canvas.put(box.right - 1, y, GLYPHS.dashed if dashed else GLYPHS.side, style)
    canvas.put(box.x, box.bottom - 1, third + line + fourth, style)


def draw_edge(canvas: Canvas, box: Box, y: int, text: str, style: str = "dim", x: int = 0) -> int:
    """Write text into a frame's edge from column `x`; return the column after it."""
    start = box.x + 2 + x
    return canvas.put(start, y, f" {cut(text, box.right - start - 4, GLYPHS.ellipsis)} ", style)


def frame_style(scene: Scene, panel: str, name: str) -> str:
    """The style of a frame, highlighted if it is selected or a caption points at it."""
    if scene.selection.key == name:
        return "selected.frame"
    return "look" if scene.look & {panel, name} else "faint"


def task_label(uuid: str, name: str) -> str:
    """A task's id (a short one of a `Scene.short`) and its function; only the id if it contains the function.

    >>> task_label("Task1", "send_email"), task_label("send_email_1", "send_email")
    ('Task1 send_email', 'send_email_1')
    """
    return uuid if not name or uuid.startswith(name) else f"{uuid} {name}"
