"""The services that tasks call: framed below the events or the workers, or in a line where there is no room."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.model import Scene, ServiceBox
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.frame import draw_edge, draw_frame
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box, Layout
from simulator.tui.drawing.stage.workers import has_cards

MOST = 4
"""Services that are told; of more, how many."""

FEWEST_EVENTS = 5
"""Lines that are left of the list of events."""

SHORTEST = 12
"""Columns for a service that stands beside others."""

CARD = 5
"""Rows of a worker's card that has room for all it tells."""


def place_services(scene: Scene, layout: Layout) -> tuple[Box, Box, Box | None]:
    """Return the lanes of workers and events, and the box of the services; None where there is no room or are none."""
    workers, events = layout.workers, layout.events
    rows = min(len(scene.services), MOST + 1) + 2
    if not scene.services:
        return workers, events, None
    if events.width and events.height - rows > FEWEST_EVENTS:
        left = Box(events.x, events.y, events.width, events.height - rows)
        return workers, left, Box(events.x + 2, left.bottom, events.width - 3, rows)
    if workers.height - rows < CARD * len(scene.workers) or not scene.workers:
        left, line = split_line(scene, workers)
        return left, events, line
    left = Box(workers.x, workers.y, workers.width, workers.height - rows)
    return left, events, Box(workers.x, left.bottom, workers.width, rows)


def split_line(scene: Scene, workers: Box) -> tuple[Box, Box | None]:
    """Split one row for the services off the lane of the workers; none where that would take their cards from them."""
    left = Box(workers.x, workers.y, workers.width, workers.height - 1)
    if not scene.services or (scene.workers and has_cards(scene, workers) and not has_cards(scene, left)):
        return workers, None
    return left, Box(workers.x, left.bottom, workers.width, 1)


def draw_services(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Draw a row for each service, or all of them in one row."""
    if box.height == 1:
        _draw_in_line(canvas, scene, box)
        return
    looked_at = scene.look & {service.name for service in scene.services}
    draw_frame(canvas, box, "look" if looked_at else "faint")
    draw_edge(canvas, box, box.y, say(labels.SERVICES, scene.lang), "dim")
    shown = scene.services if len(scene.services) <= MOST + 1 else scene.services[:MOST]
    for row, service in enumerate(shown, start=box.y + 1):
        canvas.put(box.x + 2, row, _line(service, box.width - 4, scene.lang), _style(service))
    if len(shown) < len(scene.services):
        more = say(labels.MORE, scene.lang, count=len(scene.services) - len(shown))
        canvas.put(box.x + 2, box.bottom - 2, more, "dim", box.width - 4)


def _draw_in_line(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Draw the services side by side, those that are down first; of those without room, how many."""
    x, services = box.x, sorted(scene.services, key=lambda service: not service.down)
    for place, service in enumerate(services):
        left = len(services) - place
        more = f"+{left - 1}" if left > 1 else ""
        room = box.right - x - (len(more) + 2 if more else 0)
        text = _line(service, room if left == 1 else max(room // left, min(room, SHORTEST)), scene.lang)
        if cell_len(text) > room or room < SHORTEST:
            canvas.put(x, box.y, f"+{left}", "dim", box.right - x)
            return
        x = canvas.put(x, box.y, text, _style(service)) + 2


def _style(service: ServiceBox) -> str:
    return "lost" if service.down else "waiting" if service.calls == service.capacity else "text"


def _line(service: ServiceBox, room: int, lang: str) -> str:
    """A service in a line: whether it is up, what waits for it, how many call it; the fullest that fits."""
    sign = GLYPHS.failed if service.down else GLYPHS.done
    name = f"{sign} {service.name}"
    state = say(labels.SERVICE_DOWN if service.down else labels.SERVICE_UP, lang)
    calls = say(labels.CALLS, lang, count=service.calls)
    if service.capacity is not None:
        calls = say(labels.CALLS_OF, lang, count=service.calls, most=service.capacity)
    waits = [say(labels.WAIT_FOR_SERVICE, lang, count=service.waiting)] if service.waiting else []
    again = [f"{GLYPHS.again} {service.waiting}"] if service.waiting else []
    # While it is down nothing calls it for long: what will is told first.
    told = [[state, *waits], [state, *again]] if service.down else [[state, calls, *waits], [state, calls, *again]]
    told += [[calls, *again], again, []]
    lines = (f" {GLYPHS.dot} ".join([name, *parts]) for parts in told)
    return next((line for line in lines if cell_len(line) <= room), cut(name, room, GLYPHS.ellipsis))
