"""One frame of the terminal: scene, drawing, differing rows, and the ANSI text that a terminal would get."""

from __future__ import annotations

import asyncio
import time

from textual._compositor import CompositorUpdate

from simulator.engine import simulate
from simulator.story.run import Run
from simulator.tui.app import AckademyApp
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


def frame_times(workers: int = 500, queued: int = 10_000, size: tuple[int, int] = (140, 40)) -> tuple[float, float]:
    """Milliseconds of CPU a frame while playing: (median, 95th percentile)."""
    return asyncio.run(_measure(crowded_run(workers, queued), size))


async def _measure(run: Run, size: tuple[int, int]) -> tuple[float, float]:
    app = AckademyApp(simulate, "en", run, motion=True)
    times = []
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        session = app.session
        if session is None or app._clock is None:
            raise RuntimeError("the application has not opened the run")
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
                update.render_segments(app.console)
            board._repaint_regions.clear()
            times.append((time.process_time() - begin) * 1000)
            if not session.player.is_moving:
                session.player = session.player.toggle()
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.95)]
