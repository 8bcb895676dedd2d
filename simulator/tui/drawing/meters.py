"""Meters: what waits, what runs, what is done, over time and in numbers; and Little's law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len

from simulator.measure.summary import Little
from simulator.play.axis import Axis
from simulator.play.meters import Meters, Reading
from simulator.scene.model import Chart, Scene
from simulator.scene.words import time_words as words
from simulator.story.catalog import Words
from simulator.story.language import say
from simulator.tui.commands import SeekTime
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.chart import draw_chart, draw_dots
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import STRIP, Box
from simulator.tui.drawing.scale import draw_folds, draw_now, draw_scale, make_axis

NARROWEST = 30
"""Columns that a meter needs beside others."""


@dataclass(frozen=True, slots=True)
class Meter:
    """A number over time: its name, what it is now, its style and its values on an axis."""

    name: Words
    told: str
    style: str
    columns: Callable[[Axis], list[float]]
    """By column, of the whole run."""
    now: Callable[[Axis], float]
    least: float
    """What fills the chart at least."""


def draw_meters(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Fill a panel: a meter a row or more, all on one axis, then Little's law, and a scale where there is room."""
    meters, reading = scene.lower.meters()
    found = _meters(meters, reading, scene)
    scale = box.height > len(found) + 1
    rows = box.height - 1 - scale
    shown = found[: max(1, rows)]
    label = max(cell_len(say(meter.name, scene.lang)) for meter in found) + 2
    told = max(cell_len(meter.told) for meter in shown) + 3
    view = Box(box.x + 1 + label, box.y, box.width - label - told - 2, rows)
    y = box.y
    for place, meter in enumerate(shown):
        height = rows // len(shown) + (place < rows % len(shown))
        chart = Box(view.x, y, view.width, height)
        y = chart.bottom
        canvas.put(box.x + 1, y - 1, say(meter.name, scene.lang), "dim")
        canvas.right(box.right - 1, y - 1, meter.told, meter.style)
        _draw_chart(canvas, meter, scene, chart)
    axis = make_axis(scene.chart, view.width)
    if scale:
        draw_scale(canvas, view, view.bottom, scene.chart, axis)
    canvas.zone(view.x, view.y, view.width + 1, view.height + scale, SeekTime(tuple(axis.times())))
    text = _little(reading, scene.lang)
    if len(shown) < len(found):
        text = f"{text}   {say(words.RATE_SHORT, scene.lang, rate=_number(reading.rate))}"
    canvas.put(box.x + 1, box.bottom - 1, cut(text, box.width - 2, GLYPHS.ellipsis), "strong")


def draw_strip(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Meters beside each other, below a timeline, each on an axis of its own; waits and Little's law as words."""
    meters, reading = scene.lower.meters()
    found = _meters(meters, reading, scene)
    found.sort(key=lambda meter: meter.name is words.WAIT)
    count = max(2, min(len(found), (box.width - 2) // NARROWEST - 1))
    width = (box.width - 2) // (count + 1)
    for place, meter in enumerate(found[:count]):
        area = Box(box.x + 1 + place * width, box.y, width - 3, box.height)
        x = canvas.put(area.x, area.y, say(meter.name, scene.lang), "strong")
        # The words beside tell the waits.
        told, room = "" if meter.name is words.WAIT else meter.told, area.right - x - 2
        if cell_len(told) > room:
            told = told.partition(" · ")[0]
        canvas.put(x + 2, area.y, cut(told, room, GLYPHS.ellipsis), meter.style)
        chart = Box(area.x, area.y + 1, area.width, area.height - 2)
        _draw_chart(canvas, meter, scene, chart)
        canvas.put(area.x, chart.bottom, GLYPHS.rule * area.width, "faint")
        axis = make_axis(scene.chart, area.width)
        canvas.put(area.x + axis.now, chart.bottom, GLYPHS.here, "now")
        canvas.zone(area.x, area.y + 1, area.width + 1, area.height - 1, SeekTime(tuple(axis.times())))
    _draw_words(
        canvas, reading, scene, Box(box.x + 1 + count * width, box.y, box.right - count * width - 2, box.height)
    )


def _meters(meters: Meters, reading: Reading, scene: Scene) -> list[Meter]:
    """All there are, the most telling first."""
    chart, lang = scene.chart, scene.lang
    history, views, cursor = meters.history, chart.views, chart.cursor

    def told(text: Words, **params: object) -> str:
        return say(text, lang, **params)

    wait = told(words.NO_WAIT)
    if reading.started:
        wait = told(words.WAIT_SO_FAR, mean=_number(reading.mean_wait), worst=_number(reading.worst_wait))
    found = [
        Meter(
            words.WAITING,
            told(words.NOW_MOST, now=f"{reading.waiting:,}", most=f"{reading.most_waiting:,}"),
            "waiting",
            lambda axis: views.largest(history.ready, axis),
            lambda _: reading.waiting,
            2,
        ),
        Meter(
            words.BUSY,
            told(words.NOW_OF, now=f"{reading.busy:,}", slots=f"{reading.slots:,}"),
            "running",
            lambda axis: views.largest(history.busy, axis),
            lambda _: reading.busy,
            meters.slots.highest(cursor),
        ),
        Meter(
            words.WAIT,
            wait,
            "ask",
            meters.waits,
            lambda axis: meters.wait_now(cursor, axis.time(axis.now)),
            0,
        ),
        Meter(
            words.RATE,
            told(words.RATE_NOW, rate=_number(reading.rate), count=f"{reading.done:,}"),
            "done",
            meters.rates,
            lambda _: reading.rate,
            0,
        ),
    ]
    if meters.memory_from < cursor:
        memory = told(words.MEMORY_NOW, now=f"{reading.memory:,.0f}", most=f"{reading.most_memory:,.0f}")
        found.insert(
            2,
            Meter(
                words.MEMORY,
                memory,
                "note",
                lambda axis: views.largest(meters.memory, axis),
                lambda _: reading.memory,
                0,
            ),
        )
    return found


def _draw_chart(canvas: Canvas, meter: Meter, scene: Scene, box: Box) -> None:
    """Its values up to now, and the line of now."""
    chart = scene.chart
    axis = make_axis(chart, box.width)
    if scene.lower.dots and box.height > 1:
        fine = make_axis(chart, 2 * box.width)
        values = _values(meter, chart, fine)
        draw_dots(canvas, box, values, max([*values, meter.least]), (meter.style, "ghost"), axis.now)
    else:
        values = _values(meter, chart, axis)
        draw_chart(canvas, box, values, max([*values, meter.least]), (meter.style, "ghost"), axis.now)
    draw_folds(canvas, box, box.height, axis, over=True)
    draw_now(canvas, box, box.height, axis)


def _values(meter: Meter, chart: Chart, axis: Axis) -> list[float]:
    """By column, of what may be seen."""
    columns = meter.columns(axis)
    return columns if chart.future else axis.until_now(columns, meter.now(axis))


def _little(reading: Reading, lang: str) -> str:
    little = reading.little
    if little is None:
        return say(words.LITTLE_YET, lang)
    return say(words.LITTLE_NUMBERS, lang, **_little_numbers(little))


def _little_numbers(little: Little) -> dict[str, str]:
    numbers = {"inside": little.L, "rate": little.arrival_rate, "stay": little.W, "product": little.product}
    return {name: _number(value) for name, value in numbers.items()}


def _draw_words(canvas: Canvas, reading: Reading, scene: Scene, box: Box) -> None:
    """Waits and Little's law, a line each."""
    lang, little = scene.lang, reading.little
    x = canvas.put(box.x, box.y, say(words.WAIT, lang), "strong")
    told = say(words.NO_WAIT, lang)
    if reading.started:
        told = say(words.WAIT_MEAN, lang, mean=_number(reading.mean_wait))
        worst = say(words.WAIT_WORST, lang, worst=_number(reading.worst_wait), task=scene.short(reading.worst))
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
    """Three digits or so.

    >>> _number(0.1234), _number(12.34), _number(1234.5)
    ('0.12', '12.3', '1,234')
    """
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"
