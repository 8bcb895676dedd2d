"""A headless screen of the real application: driven by keys, read as text or as a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from simulator.engine import simulate
from simulator.scene.view import read_view, write_view
from simulator.story.run import Run
from simulator.trace import Trace
from simulator.tui.app import AckademyApp
from simulator.tui.capture.shot import Shot, read_shot
from simulator.tui.drawing.view import draw_lines
from simulator.tui.screens.base import BoardScreen
from simulator.tui.settings import UserSettings
from simulator.tui.style.plain import plain
from simulator.tui.widgets.board import ASCII_ONLY

__all__ = ["PLAIN", "Shot", "Size", "look_at", "read_shot", "same_hash", "take_shot", "take_shots"]

PLAIN = UserSettings(theme="dark", glyphs="unicode")
"""Whatever terminal this is run in."""

Size = tuple[int, int]
"""Width and height of a terminal, in cells."""


def take_shot(run: Run | None, keys: Iterable[str] = (), *, lang: str = "en", size: Size = (80, 24)) -> Shot:
    """Start the application on a run (or with the picker), press keys, and look."""
    return take_shots(run, keys, [lang], [size])[lang, size]


def take_shots(
    run: Run | None, keys: Iterable[str], langs: Iterable[str], sizes: Iterable[Size], settings: UserSettings = PLAIN
) -> dict[tuple[str, Size], Shot]:
    """The same, looked at in several languages and sizes, one after the other."""
    return look_at(AckademyApp(simulate, "en", run, motion=False, settings=settings), keys, langs, sizes)


def look_at(
    app: AckademyApp, keys: Iterable[str], langs: Iterable[str], sizes: Iterable[Size]
) -> dict[tuple[str, Size], Shot]:
    """The same of any application."""
    langs, sizes = list(langs), list(sizes)
    shots: dict[tuple[str, Size], Shot] = {}

    async def look() -> None:  # returns nothing: asyncio.run writes out a result in full when it puts SIGINT back
        async with app.run_test(size=sizes[0]) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                # What is simulated behind the screen comes before the next key.
                await app.workers.wait_for_complete()
                await pilot.pause()
            for size in sizes:
                if size != sizes[0]:
                    await pilot.resize_terminal(*size)
                for lang in langs:
                    app.set_language(lang)
                    await pilot.pause()
                    shots[lang, size] = read_shot(app)
                hold_views(app)

    asyncio.run(look())
    return shots


@contextmanager
def same_hash() -> Iterator[None]:
    """Let all traces have one hash, so that a change to the engine touches only screens that look different."""
    with patch.object(Trace, "short_hash", "1a2b3c4d"):
        yield


def hold_views(app: AckademyApp) -> None:
    """Check that a screen's view is values: written as JSON and read back, it draws the same."""
    screen = app.screen
    if not isinstance(screen, BoardScreen) or type(screen).view is BoardScreen.view:
        return  # a list or a line to type in
    canvas, ascii_only = screen.board.canvas, app.has_class(ASCII_ONLY)
    if canvas is None or canvas.width < screen.SMALLEST[0] or canvas.height < screen.SMALLEST[1]:
        return
    size = canvas.width, canvas.height
    with plain(ascii_only):
        view = screen.view(*size)
    again = read_view(write_view(view))
    assert again == view
    lines = draw_lines(again, *size, screen.hints(), screen.offset_rows, ascii_only=ascii_only)
    assert lines == canvas.lines()
