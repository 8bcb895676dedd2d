"""Whatever is pressed, pointed at and resized: nothing breaks, and every line is exactly as wide as the screen.

The events are drawn from a seed, so that what was found can be seen again. `make soak` runs 10,000 for each theme.
"""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key
from textual.pilot import Pilot

from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.story.run import Run, open_run
from simulator.tui.app import AckademyApp
from simulator.tui.capture.shot import read_shot
from simulator.tui.controls import commands as c
from simulator.tui.controls.keys import SHORTCUTS
from simulator.tui.drawing.glyphs import ASCII
from simulator.tui.screens.base import BoardScreen
from simulator.tui.settings import UserSettings, read_settings
from simulator.tui.style.palettes import THEMES
from simulator.tui.widgets.board import ASCII_ONLY, Board
from tests.benchmarks.frame import crowded_run

QUITTING = {key for shortcut in SHORTCUTS if shortcut.name == "quit" for key in shortcut.all_keys}
KEYS = sorted({key for shortcut in SHORTCUTS for key in shortcut.all_keys} - QUITTING)
STRANGE = ["f1", "f12", "delete", "insert", "backspace", "ctrl+a", "ctrl+z", "ctrl+left", "ctrl+space", "alt+x", "tab"]
TYPED = list("task worker123 ㅁㅋ한글é€.:/?")
SIZES = [(80, 24), (140, 40), (60, 18), (59, 18), (60, 17), (100, 30), (40, 8), (20, 5), (2, 1), (250, 70)]
OURS = {chr(code) for code in ASCII}
"""The signs that an ASCII terminal must not get."""


def draw_event(draw: Random) -> tuple[str, Any]:
    """An event: mostly keys, some of the mouse, now and then another size, another look, or time."""
    kind = draw.choices(
        ["key", "strange", "type", "click", "drag", "wheel", "resize", "look", "time", "jump"],
        [50, 4, 5, 12, 4, 4, 4, 2, 6, 4],
    )[0]
    where = (draw.random(), draw.random())
    match kind:
        case "key":
            return kind, draw.choice(KEYS)
        case "strange":
            return "key", draw.choice(STRANGE)
        case "type":
            return kind, draw.choice(TYPED)
        case "click" | "drag":
            return kind, (*where, draw.random(), draw.random())
        case "wheel":
            return kind, draw.choice([1, -1])
        case "resize":
            size = draw.choice(SIZES) if draw.random() < 0.5 else (draw.randint(2, 200), draw.randint(1, 60))
            return kind, size
        case "look":
            return kind, draw.choice(["unicode", "ascii", "motion", "ko", "en", "both"])
        case "time":
            return kind, draw.random() * 0.5
        case _:
            return kind, draw.random()


class Soak:
    """An application under a rain of events."""

    def __init__(self, app: AckademyApp, pilot: Pilot[Any], size: tuple[int, int]) -> None:
        self.app, self.pilot, self.size = app, pilot, size
        self.seen: list[tuple[str, Any]] = []

    async def do(self, kind: str, what: Any) -> None:
        """One event, as a terminal's driver sends it; without waiting until nothing happens any more."""
        app = self.app
        self.seen.append((kind, what))
        match kind:
            case "key" | "type":
                single = len(what) == 1
                self.send(events.Key(_character_to_key(what) if single else what, what if single else None))
            case "click":
                x, y = self.zone(what[0]) or self.cell(what[0], what[1])
                self.send(*self.at(x, y, events.MouseDown, events.MouseUp))
            case "drag":
                self.send(*self.at(*(self.zone(what[0], c.SEEKING) or self.cell(what[0], what[1])), events.MouseDown))
                self.send(*self.at(*self.cell(what[2], what[3]), events.MouseMove))
                self.send(*self.at(*self.cell(what[3], what[2]), events.MouseMove, events.MouseUp))
            case "wheel":
                turned = events.MouseScrollDown if what > 0 else events.MouseScrollUp
                self.send(*self.at(*self.cell(0.5, 0.5), turned))
            case "resize":
                self.size = what
                driver: Any = app._driver
                driver._size = Size(*what)
                self.send(events.Resize(Size(*what), Size(*what)))
            case "look":
                self.look(what)
            case "time":
                if app.session is not None and app.session.advance(what):
                    app.redraw()
            case "jump":
                if app.session is not None:
                    app.session.player = app.session.player.seek(int(what * app.session.player.playback.length))
                    app.redraw()
        await self.pilot.pause(0)

    def send(self, *found: events.Event) -> None:
        assert self.app._driver is not None
        for event in found:
            self.app._driver.process_message(event)

    def at(self, x: int, y: int, *kinds: type[events.MouseEvent]) -> list[events.MouseEvent]:
        button = 0 if kinds[0] in (events.MouseScrollDown, events.MouseScrollUp) else 1
        return [kind(None, x, y, 0, 0, button, False, False, False, x, y) for kind in kinds]

    def cell(self, x: float, y: float) -> tuple[int, int]:
        return int(x * (self.size[0] - 1)), int(y * (self.size[1] - 1))

    def zone(self, share: float, kinds: type | tuple[type, ...] = c.Command) -> tuple[int, int] | None:
        """A cell that does something when it is pressed; nothing that quits."""
        boards = list(self.app.screen.query(Board))
        canvas = boards[0].canvas if boards else None
        zones = [z for z in canvas.zones if z.command != c.Quit() and isinstance(z.command, kinds)] if canvas else []
        if not zones:
            return None
        zone = zones[int(share * len(zones))]
        region = boards[0].region
        return (
            min(region.x + zone.x + int(share * 7) % max(1, zone.width), self.size[0] - 1),
            min(region.y + zone.y, self.size[1] - 1),
        )

    def look(self, what: str) -> None:
        match what:
            case "unicode" | "ascii":
                self.app.do(c.SetGlyphs(what))
            case "motion":
                self.app.do(c.SetMotion(not self.app.settings.motion))
            case _:
                self.app.set_language(what)

    async def check(self) -> None:
        """Check what must hold after every event, as soon as it has been drawn."""
        app = self.app
        assert app._exception is None
        wanted = [self.size[0]] * self.size[1]
        # Textual takes up to a 120th of a second to follow a change of size.
        until = monotonic() + 5
        while [cell_len(line) for line in read_shot(app).lines] != wanted and monotonic() < until:
            await self.pilot.pause(0.01)
        lines = read_shot(app).lines
        assert [cell_len(line) for line in lines] == wanted
        if app.has_class(ASCII_ONLY) and len(app.screen_stack) > 1 and isinstance(app.screen, BoardScreen):
            assert not OURS & set("".join(lines))


async def rain_on(run: Run | None, theme: str, glyphs: str, count: int, seed: int, home: Path) -> int:
    """Up to so many events, drawn from a seed; returns how many until one of them, by a click, quit."""
    draw = Random(f"{theme} {glyphs} {seed}")
    settings = UserSettings(theme=theme, glyphs=glyphs, motion=True)
    kept = read_settings(home / "settings.toml")
    app = AckademyApp(simulate, draw.choice(["ko", "en", "both"]), run, settings=settings, kept=kept)
    size = draw.choice(SIZES[:3])
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        rain = Soak(app, pilot, size)
        for number in range(count):
            try:
                await rain.do(*draw_event(draw))
                if app._exit:
                    return number + 1
                await rain.check()
            except Exception as error:
                last = "\n".join(map(str, rain.seen[-25:]))
                error.add_note(f"theme {theme}, {glyphs}, seed {seed}, event {number}; the last ones:\n{last}")
                raise
    return count


def soak(runs: list[Run | None], theme: str, glyphs: list[str], count: int, each: int, home: Path) -> None:
    """So many events, on one run after the other."""
    seed = 0
    while count > 0:
        run, signs = runs[seed % len(runs)], glyphs[seed % len(glyphs)]
        count -= asyncio.run(rain_on(run, theme, signs, min(each, count), seed, home))
        seed += 1


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def crowd() -> Run:
    return crowded_run(40, 300)


@pytest.mark.parametrize("glyphs", ["unicode", "ascii"])
@pytest.mark.parametrize("theme", THEMES)
def test_a_slice(theme: str, glyphs: str, order: Run, crowd: Run, tmp_path: Path) -> None:
    soak([{"unicode": order, "ascii": crowd}[glyphs]], theme, [glyphs], 25, 25, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("theme", THEMES)
def test_ten_thousand_events(theme: str, order: Run, crowd: Run, tmp_path: Path) -> None:
    runs = [order, crowd, open_run("dead-letter", simulate), open_run("two-queues", simulate), None]
    soak(runs, theme, ["unicode", "ascii"], 10_000, 500, tmp_path)


LONG = """
tasks: {a: {exponential: 2}}
workers: 8
send: [{from: 0, every: {exponential: 0.5}, task: a}]
until: 3600
"""


@pytest.mark.soak
def test_an_hour_of_play_takes_no_more_memory(tmp_path: Path) -> None:
    """Once the run has been seen, another hour of frames must not leave anything behind."""
    scenario = parse_scenario(LONG)
    run = Run(simulate(scenario), scenario)

    async def play() -> list[int]:
        app = AckademyApp(simulate, "en", run, settings=UserSettings(speed=64.0, motion=True))
        kept = []
        async with app.run_test(size=(140, 40)) as pilot:
            await pilot.pause()
            session = app.session
            assert session is not None
            assert app._clock is not None
            app._clock.pause()
            for _ in range(2):
                session.player = session.player.home().toggle()
                while session.player.is_moving:
                    session.advance(1 / 30)
                    app.redraw()
                    await pilot.pause(0)
                assert session.player.at_end
                gc.collect()
                kept.append(tracemalloc.get_traced_memory()[0])
        return kept

    tracemalloc.start()
    try:
        first, second = asyncio.run(play())
    finally:
        tracemalloc.stop()
    assert second - first < 1_000_000
