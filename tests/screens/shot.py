"""A headless screen of the real application: driven by keys, read as text or as a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from simulator.engine import simulate
from simulator.story.run import Run
from simulator.tui.app import AckademyApp
from simulator.tui.settings import Settings
from simulator.tui.shot import Shot, read_shot

__all__ = ["PLAIN", "Shot", "Size", "read_shot", "take_shot", "take_shots"]

PLAIN = Settings(theme="dark", glyphs="unicode")
"""Whatever terminal this is run in."""

Size = tuple[int, int]
"""Width and height of a terminal, in cells."""


def take_shot(
    run: Run | None,
    keys: Iterable[str] = (),
    *,
    lang: str = "en",
    size: Size = (80, 24),
    app: AckademyApp | None = None,
) -> Shot:
    """Start the application on a run (or with the picker; or another `app`), press keys, and look."""
    app = app or AckademyApp(simulate, lang, run, motion=False, settings=PLAIN)
    return asyncio.run(_take(app, list(keys), [lang], [size]))[lang, size]


def take_shots(
    run: Run | None, keys: Iterable[str], langs: Iterable[str], sizes: Iterable[Size], settings: Settings = PLAIN
) -> dict[tuple[str, Size], Shot]:
    """The same, looked at in several languages and sizes, one after the other."""
    langs = list(langs)
    app = AckademyApp(simulate, langs[0], run, motion=False, settings=settings)
    return asyncio.run(_take(app, list(keys), langs, list(sizes)))


async def _take(app: AckademyApp, keys: list[str], langs: list[str], sizes: list[Size]) -> dict[tuple[str, Size], Shot]:
    shots = {}
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
    return shots
