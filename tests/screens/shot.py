"""A headless screen of the real application: driven by keys, read as text or as a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from simulator.engine import simulate
from simulator.story.run import Run
from simulator.tui.app import AckademyApp
from simulator.tui.settings import Settings
from simulator.tui.shot import Shot, read_shot

__all__ = ["PLAIN", "Shot", "Size", "look_at", "read_shot", "take_shot", "take_shots"]

PLAIN = Settings(theme="dark", glyphs="unicode")
"""Whatever terminal this is run in."""

Size = tuple[int, int]
"""Width and height of a terminal, in cells."""


def take_shot(run: Run | None, keys: Iterable[str] = (), *, lang: str = "en", size: Size = (80, 24)) -> Shot:
    """Start the application on a run (or with the picker), press keys, and look."""
    return take_shots(run, keys, [lang], [size])[lang, size]


def take_shots(
    run: Run | None, keys: Iterable[str], langs: Iterable[str], sizes: Iterable[Size], settings: Settings = PLAIN
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
                    app.speak(lang)
                    await pilot.pause()
                    shots[lang, size] = read_shot(app)

    asyncio.run(look())
    return shots
