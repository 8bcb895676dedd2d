"""The panel of knobs: a list, a description of the selected one, and the time from which a change applies."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.pages.knobs import KnobPanel, SureChart
from simulator.tui.controls.commands import ChooseWhen, Pick, TurnKnob
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box

DESCRIPTION_ROWS = 4
"""Rows of the description."""

CHART_FRAME, LEAST_ROWS = 3, 3
"""Rows of a chart beside its values, and rows of knobs that stay."""


def draw_knobs(panel: KnobPanel, width: int, height: int) -> Canvas:
    """Draw the panel over a whole screen."""
    canvas = Canvas(width, height)
    canvas.put(1, 0, panel.title, "title")
    canvas.right(width - 1, 0, panel.about, "dim")
    canvas.put(0, 1, GLYPHS.rule * width, "faint")
    description = [part for text in panel.description for part in wrap(text, width - 4)][:DESCRIPTION_ROWS]
    rule = height - DESCRIPTION_ROWS - 4
    sure = panel.sure
    taken = min(len(sure.rows) + CHART_FRAME, rule - 2 - LEAST_ROWS) if sure is not None else 0
    _draw_rows(canvas, panel, Box(1, 2, width - 2, rule - 2 - taken))
    if sure is not None:
        _draw_sure(canvas, sure, Box(1, rule - taken, width - 2, taken))
    canvas.put(0, rule, GLYPHS.heavy * width, "faint")
    if panel.notice:
        canvas.put(2, rule, f" {cut(panel.notice, width - 6, GLYPHS.ellipsis)} ", "notice")
    for y, part in enumerate(description, start=rule + 1):
        canvas.put(3, y, part, "note" if y == rule + 1 else "text")
    if panel.rows:
        _draw_when(canvas, panel, height - 2)
    return canvas


def _draw_rows(canvas: Canvas, panel: KnobPanel, box: Box) -> None:
    names = min(max((cell_len(row.name) for row in panel.rows), default=0), box.width * 2 // 5)
    values = min(max((cell_len(row.value) for row in panel.rows), default=0), box.width // 3)
    first = max(0, min(panel.chosen - box.height // 2, len(panel.rows) - box.height))
    for place, row in enumerate(panel.rows[first : first + box.height], start=first):
        y = box.y + place - first
        chosen = place == panel.chosen
        canvas.put(box.x, y, GLYPHS.pointer if chosen else " ", "strong")
        canvas.put(box.x + 2, y, cut(row.name, names, GLYPHS.ellipsis), "strong" if chosen else "text")
        x = box.x + 4 + names
        canvas.put(x + 2, y, cut(row.value, values, GLYPHS.ellipsis), "now" if row.turned else "text")
        room = box.right - (x + values + 7)
        allowed = f"{GLYPHS.failed} {row.forbidden} {GLYPHS.dot} {row.allowed}" if row.forbidden else row.allowed
        canvas.put(x + values + 7, y, cut(allowed, room, GLYPHS.ellipsis), "dim")
        if chosen:
            canvas.restyle(box.x, y, box.width, "selected")
        canvas.zone(box.x, y, box.width, 1, Pick(place))
        if chosen:
            # Where there is no way on, there is no sign of one.
            for has, at, sign, by in (
                (row.has_less, x, GLYPHS.left, -1),
                (row.has_more, x + values + 3, GLYPHS.right, 1),
            ):
                if has:
                    canvas.put(at, y, sign, "selected")
                    canvas.zone(at - 1, y, 3, 1, TurnKnob(by))


def _draw_sure(canvas: Canvas, sure: SureChart, box: Box) -> None:
    """The runs of each value as dots, their mean and interval over them, and the scale below."""
    canvas.put(box.x + 2, box.y, cut(sure.title, box.width - 4, GLYPHS.ellipsis), "dim")
    names = max((cell_len(row.value) for row in sure.rows), default=0)
    said = max((cell_len(row.said) for row in sure.rows), default=0)
    x, width = box.x + 4 + names, max(10, box.width - names - said - 9)

    def at(place: float) -> int:
        return x + round(place * (width - 1))

    for y, row in enumerate(sure.rows[: box.height - CHART_FRAME + 1], start=box.y + 1):
        canvas.put(box.x + 2, y, row.value, "text")
        if row.mean is not None:
            canvas.put(at(row.low), y, GLYPHS.rule * (at(row.high) - at(row.low) + 1), "note")
        for dot in row.dots:
            canvas.put(at(dot), y, GLYPHS.dot, "dim")
        if row.mean is not None:
            canvas.put(at(row.mean), y, GLYPHS.knob, "strong")
        canvas.put(x + width + 2, y, row.said, "text")
    y = box.y + min(len(sure.rows), box.height - CHART_FRAME + 1) + 1
    canvas.put(x, y, sure.first, "dim")
    canvas.put(x + width - cell_len(sure.last), y, sure.last, "dim")
    canvas.put(x + width + 2, y, sure.progress, "notice")


def _draw_when(canvas: Canvas, panel: KnobPanel, y: int) -> None:
    """The two choices, the current one marked; or the reason why there is only one."""
    x = 3
    for place, words in enumerate(panel.when):
        if place and panel.fixed:
            canvas.put(x, y, cut(f"{GLYPHS.dot} {panel.fixed}", canvas.width - x - 1, GLYPHS.ellipsis), "dim")
            return
        taken = panel.from_now == bool(place)
        start = x
        x = canvas.put(x, y, f"{GLYPHS.knob if taken else GLYPHS.waiting} {words}", "strong" if taken else "dim")
        canvas.zone(start, y, x - start, 1, ChooseWhen(bool(place)))
        x += 4
