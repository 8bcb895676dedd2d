"""One frame of the terminal: scene, drawing, differing rows, and the ANSI text that a terminal would get."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from textual._compositor import CompositorUpdate

from simulator.engine import simulate
from simulator.story.run import Run
from simulator.tui.app import AckademyApp
from simulator.tui.screens.compare import CompareScreen
from simulator.tui.widgets.board import Board
from tests.strategies import build

FRAMES = 150
PICTURE = 1 / 30
"""Seconds between two frames."""


def crowded_run(workers: int, queued: int) -> Run:
    """All workers busy, and `queued` tasks waiting from the first second on."""
    scenario = build(
        {
            "profile": "celery-rabbitmq",
            "config": {"task_acks_late": True, "worker_prefetch_multiplier": 1},
            "workers": workers,
            "tasks": {"send_email": {"exponential": 2}},
            "send": [
                {"at": 0, "task": "send_email", "count": queued + workers},
                {"from": 0, "every": {"exponential": 2 / workers}, "count": queued, "task": "send_email"},
            ],
        }
    )
    return Run(simulate(scenario), scenario)


@dataclass(frozen=True)
class Frames:
    """Cost of frames while playing."""

    times: list[float]
    """Milliseconds of CPU, in order."""
    sent: int
    """Bytes to the terminal, all together."""

    @property
    def p50(self) -> float:
        """The median."""
        return self.times[len(self.times) // 2]

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        return self.times[int(len(self.times) * 0.95)]

    @property
    def share(self) -> float:
        """Share of a core that thirty frames a second take, from 0 to 1."""
        return sum(self.times) / len(self.times) / 1000 / PICTURE

    @property
    def kilobytes(self) -> float:
        """To the terminal, a frame."""
        return self.sent / len(self.times) / 1000


STEPS = 100
"""Steps of two compared runs."""


def compared(workers: int = 500, size: tuple[int, int] = (140, 40)) -> tuple[float, Frames]:
    """Compare such a run with that in which a worker is killed: seconds until it is seen, and what each step costs."""
    return asyncio.run(_compare(crowded_run(workers, 20 * workers), size))


async def _compare(run: Run, size: tuple[int, int]) -> tuple[float, Frames]:
    app = AckademyApp(simulate, "en", run, motion=False)
    times = []
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        if app.session is None:
            raise RuntimeError("the application has not opened the run")
        app.session.player = app.session.player.seek_time(run.trace.end // 3)
        await pilot.press("x", "1")
        await app.workers.wait_for_complete()
        await pilot.pause()
        begin = time.process_time()
        await pilot.press("c", "1")
        await app.workers.wait_for_complete()
        await pilot.pause()
        prepared, screen = time.process_time() - begin, app.screen
        if not isinstance(screen, CompareScreen):
            raise RuntimeError("nothing is compared")
        for _ in range(STEPS):
            begin = time.process_time()
            screen.pair = screen.pair.step()
            screen.board.redraw()
            times.append((time.process_time() - begin) * 1000)
    return prepared, Frames(sorted(times), 0)


def frames(workers: int = 500, size: tuple[int, int] = (140, 40), keys: Sequence[str] = ()) -> Frames:
    """Play a run whose workers are all busy, with twenty tasks for each waiting; `keys` lead to another screen."""
    return asyncio.run(_measure(crowded_run(workers, 20 * workers), size, keys))


async def _measure(run: Run, size: tuple[int, int], keys: Sequence[str]) -> Frames:
    app = AckademyApp(simulate, "en", run, motion=True)
    times, sent = [], 0
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        session = app.session
        if session is None or app._clock is None:
            raise RuntimeError("the application has not opened the run")
        await pilot.press(*keys)
        app._clock.pause()
        session.player = session.player.seek_time(run.trace.end // 3).toggle()
        board = app.screen.query_one(Board)
        board.redraw()
        await pilot.pause()
        for _ in range(FRAMES):
            begin = time.process_time()
            session.advance(PICTURE)
            board.redraw()
            # A headless application writes nothing: ask for the text that a terminal would get.
            app.screen._compositor.update_widgets({board})
            update = app.screen._compositor.render_update(screen_stack=app._background_screens)
            if isinstance(update, CompositorUpdate):
                sent += len(update.render_segments(app.console).encode())
            board._repaint_regions.clear()
            times.append((time.process_time() - begin) * 1000)
            if not session.player.is_moving:
                session.player = session.player.toggle()
    return Frames(sorted(times), sent)
