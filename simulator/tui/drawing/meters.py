"""Meters: waiting, running and finished tasks, over time and in numbers; and Little's law."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from simulator.measure.summary import Little
from simulator.play.meters import Reading
from simulator.scene.chart import MeterPanel
from simulator.scene.model import Scene
from simulator.scene.words import time_words as words
from simulator.story.language import say
from simulator.tui.controls.commands import SeekTime
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.chart import draw_chart, draw_dots
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import STRIP, Box
from simulator.tui.drawing.scale import draw_folds, draw_now, draw_scale

NARROWEST = 30
"""Least width of a meter beside others."""


NAMES = {
    "waiting": (words.WAITING, "waiting"),
    "busy": (words.BUSY, "running"),
    "memory": (words.MEMORY, "note"),
    "wait": (words.WAIT, "ask"),
    "rate": (words.RATE, "done"),
}
"""Name and style of each meter."""


def meters_view(reading: Reading, found: Sequence[str], box: Box, lang: str) -> Box:
    """The box of the charts in a panel with all these meters; words are left and right of it."""
    scale = box.height > len(found) + 1
    rows = box.height - 1 - scale
    label = max(cell_len(say(NAMES[what][0], lang)) for what in found) + 2
    told = max(cell_len(tell_meter(what, reading, lang)) for what in found[: max(1, rows)]) + 3
    return Box(box.x + 1 + label, box.y, box.width - label - told - 2, rows)


def strip_width(found: Sequence[str], width: int) -> tuple[int, int]:
    """The number of meters that a strip of a width shows, and the columns of each chart."""
    count = max(2, min(len(found), (width - 2) // NARROWEST - 1))
    return count, (width - 2) // (count + 1) - 3


def draw_meters(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Fill a panel: one or more rows a meter, all on one axis, then Little's law, and a scale if there is room."""
    meters = scene.lower.meters
    if meters is None:
        return
    reading, found = meters.reading, [curve.what for curve in meters.curves]
    view = meters_view(reading, found, box, scene.lang)
    scale, rows = box.height > len(found) + 1, view.height
    shown = found[: max(1, rows)]
    y = box.y
    for place, what in enumerate(shown):
        height = rows // len(shown) + (place < rows % len(shown))
        chart = Box(view.x, y, view.width, height)
        y = chart.bottom
        name, style = NAMES[what]
        canvas.put(box.x + 1, y - 1, say(name, scene.lang), "dim")
        canvas.right(box.right - 1, y - 1, tell_meter(what, reading, scene.lang), style)
        _draw_chart(canvas, meters, place, scene.lower.dots, chart)
    if scale:
        draw_scale(canvas, view, view.bottom, scene.chart, meters.scale, scene.lang)
    canvas.zone(view.x, view.y, view.width + 1, view.height + scale, SeekTime(tuple(meters.scale.times)))
    text = _little(reading, scene.lang)
    if len(shown) < len(found):
        text = f"{text}   {say(words.RATE_SHORT, scene.lang, rate=_number(reading.rate))}"
    canvas.put(box.x + 1, box.bottom - 1, cut(text, box.width - 2, GLYPHS.ellipsis), "strong")


def draw_strip(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Draw meters side by side below a timeline, each on its own axis; waits and Little's law as words."""
    meters = scene.lower.meters
    if meters is None:
        return
    reading, lang = meters.reading, scene.lang
    # The words beside tell the waits.
    order = sorted(range(len(meters.curves)), key=lambda place: meters.curves[place].what == "wait")
    count, width = strip_width([curve.what for curve in meters.curves], box.width)
    for column, place in enumerate(order[:count]):
        what = meters.curves[place].what
        name, style = NAMES[what]
        area = Box(box.x + 1 + column * (width + 3), box.y, width, box.height)
        x = canvas.put(area.x, area.y, say(name, lang), "strong")
        told, room = "" if what == "wait" else tell_meter(what, reading, lang), area.right - x - 2
        if cell_len(told) > room:
            told = told.partition(" · ")[0]
        canvas.put(x + 2, area.y, cut(told, room, GLYPHS.ellipsis), style)
        chart = Box(area.x, area.y + 1, area.width, area.height - 2)
        _draw_chart(canvas, meters, place, scene.lower.dots, chart)
        canvas.put(area.x, chart.bottom, GLYPHS.rule * area.width, "faint")
        canvas.put(area.x + meters.scale.now, chart.bottom, GLYPHS.here, "now")
        times = SeekTime(tuple(meters.scale.times))
        canvas.zone(area.x, area.y + 1, area.width + 1, area.height - 1, times)
    left = count * (width + 3)
    _draw_words(canvas, reading, scene, Box(box.x + 1 + left, box.y, box.right - left - 2, box.height))


def tell_meter(what: str, reading: Reading, lang: str) -> str:
    """The current value of a meter, in words."""
    match what:
        case "waiting":
            return say(words.NOW_MOST, lang, now=f"{reading.waiting:,}", most=f"{reading.most_waiting:,}")
        case "busy":
            return say(words.NOW_OF, lang, now=f"{reading.busy:,}", slots=f"{reading.slots:,}")
        case "memory":
            numbers = {"now": f"{reading.memory:,.0f}", "most": f"{reading.most_memory:,.0f}"}
            return say(words.MEMORY_NOW, lang, **numbers)
        case "rate":
            return say(words.RATE_NOW, lang, rate=_number(reading.rate), count=f"{reading.done:,}")
        case _ if reading.open.longest > reading.worst_wait:
            return _open_waits(reading, lang)
        case _ if not reading.started:
            return say(words.NO_WAIT, lang)
        case _:
            numbers = {"mean": _number(reading.mean_wait), "worst": _number(reading.worst_wait)}
            return say(words.WAIT_SO_FAR, lang, **numbers)


def _open_waits(reading: Reading, lang: str) -> str:
    """The number of tasks sent and neither started nor ended, and their longest wait."""
    return say(words.WAIT_OPEN, lang, count=f"{reading.open.count:,}", longest=_number(reading.open.longest))


def _draw_chart(canvas: Canvas, meters: MeterPanel, place: int, dots: bool, box: Box) -> None:
    """Draw the values of a meter up to now, and the line of now."""
    scale, curve = meters.scale, meters.curves[place]
    if scale.width != box.width:
        return  # built for another size
    styles = (NAMES[curve.what][1], "ghost")
    if dots and box.height > 1:
        values = meters.fine[place].values
        draw_dots(canvas, box, values, max([*values, curve.least]), styles, scale.now)
    else:
        draw_chart(canvas, box, curve.values, max([*curve.values, curve.least]), styles, scale.now)
    draw_folds(canvas, box, box.height, scale, over=True)
    draw_now(canvas, box, box.height, scale)


def _little(reading: Reading, lang: str) -> str:
    little = reading.little
    if little is None:
        return say(words.LITTLE_YET, lang)
    return say(words.LITTLE_NUMBERS, lang, **_little_numbers(little))


def _little_numbers(little: Little) -> dict[str, str]:
    numbers = {"inside": little.L, "rate": little.arrival_rate, "stay": little.W, "product": little.product}
    return {name: _number(value) for name, value in numbers.items()}


def _draw_words(canvas: Canvas, reading: Reading, scene: Scene, box: Box) -> None:
    """Draw waits and Little's law, a line each."""
    lang, little = scene.lang, reading.little
    x = canvas.put(box.x, box.y, say(words.WAIT, lang), "strong")
    told, worst = say(words.NO_WAIT, lang), ""
    if reading.started:
        told = say(words.WAIT_MEAN, lang, mean=_number(reading.mean_wait))
        worst = say(words.WAIT_WORST, lang, worst=_number(reading.worst_wait), task=scene.short(reading.worst))
    if reading.open.longest > reading.worst_wait:
        worst = _open_waits(reading, lang)
    if worst:
        canvas.put(box.x, box.y + 1, cut(worst, box.width, GLYPHS.ellipsis), "ask")
    canvas.put(x + 2, box.y, told, "ask", box.right - x - 2)
    lines = [say(words.LITTLE_YET, lang)]
    if little is not None:
        shown = _little_numbers(little)
        lines = [say(words.LITTLE_INSIDE, lang, **shown), say(words.LITTLE_PARTS, lang, **shown)]
    first = box.y + 2 + (box.height > STRIP)
    for y, text in enumerate(lines, start=first):
        if y < box.bottom:
            canvas.put(box.x, y, cut(text, box.width, GLYPHS.ellipsis), "strong" if y == first else "text")


def _number(value: float) -> str:
    """A number with about three digits.

    >>> _number(0.1234), _number(12.34), _number(1234.5)
    ('0.12', '12.3', '1,234')
    """
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"
