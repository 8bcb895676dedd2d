"""Drawing of any screen from its view alone."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.scene.pages.ballot import BallotBox
from simulator.scene.pages.compare import CompareScene
from simulator.scene.pages.inspect import Inspection
from simulator.scene.pages.knobs import KnobPanel
from simulator.scene.pages.page import Page
from simulator.scene.pages.sheet import Sheet
from simulator.scene.pages.station import StationCard
from simulator.scene.view import Main, MessageZoom, Presented, View, WorkerZoom
from simulator.tui.controls.hints import Hint
from simulator.tui.drawing.bars import draw_keys
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.glyphs import make_ascii
from simulator.tui.drawing.main import draw_main
from simulator.tui.drawing.pages.ballot import draw_ballot
from simulator.tui.drawing.pages.compare import draw_compare
from simulator.tui.drawing.pages.inspect import draw_inspection
from simulator.tui.drawing.pages.knobs import draw_knobs
from simulator.tui.drawing.pages.page import draw_page
from simulator.tui.drawing.pages.present import draw_present
from simulator.tui.drawing.pages.sheet import draw_sheet
from simulator.tui.drawing.pages.station import draw_station
from simulator.tui.drawing.stage.zoom import draw_message_zoom, draw_worker_zoom
from simulator.tui.style.plain import plain


def draw_view(view: View, width: int, height: int, offset: int = 0) -> Canvas:
    """Draw a view over a whole screen except its bottom line, scrolled by `offset` rows if it scrolls."""
    match view:
        case Main():
            return draw_main(view.scene, width, height)
        case Presented():
            return draw_present(view.scene, width, height, revealed=view.revealed)
        case WorkerZoom():
            return draw_worker_zoom(view.scene, view.inside, width, height)
        case MessageZoom():
            drawn = draw_message_zoom(view.scene, view.letter, width, height, offset)
            return drawn if drawn is not None else draw_sheet(view.sheet, width, height, offset)
        case CompareScene():
            return draw_compare(view, width, height, offset)
        case Inspection():
            return draw_inspection(view, width, height, offset)
        case Sheet():
            return draw_sheet(view, width, height, offset)
        case Page():
            return draw_page(view, width, height)
        case KnobPanel():
            return draw_knobs(view, width, height)
        case BallotBox():
            return draw_ballot(view, width, height)
        case StationCard():
            return draw_station(view, width, height)


def draw_lines(
    view: View, width: int, height: int, hints: Sequence[Hint] = (), offset: int = 0, *, ascii_only: bool = False
) -> list[str]:
    """Draw a whole screen as lines of text, without an application.

    Args:
        view: what it shows, built for this size.
        width: cells.
        height: rows.
        hints: the bottom line.
        offset: rows by which what can be scrolled is.
        ascii_only: whether the signs are those of a terminal that can show nothing but ASCII.
    """
    with plain(ascii_only):
        canvas = draw_view(view, width, height, offset)
        draw_keys(canvas, height - 1, hints)
    return (make_ascii(canvas) if ascii_only else canvas).lines()
