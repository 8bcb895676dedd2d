"""A what-if and a comparison through the application: what its user waits for after the key."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any

from textual.pilot import Pilot

from simulator.engine import simulate
from simulator.story.run import Run
from simulator.tui.app import AckademyApp
from tests import settling
from tests.benchmarks.engine import markovian

TIMES = 5


def branching(tasks: int = 10_000, workers: int = 500) -> tuple[list[float], list[float]]:
    """Kill a worker in the middle of a run, then compare with the run before; seconds of CPU each, in order."""
    scenario = markovian("guide", tasks, servers=workers)
    settling.install()
    return asyncio.run(_measure(Run(simulate(scenario), scenario)))


async def _measure(run: Run) -> tuple[list[float], list[float]]:
    branched, compared = [], []
    app = AckademyApp(simulate, "en", run, motion=False)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.pause()
        session = app.session
        if session is None:
            raise RuntimeError("the application has not opened the run")
        for _ in range(TIMES):
            session.player = session.player.seek_time(run.trace[-1].t // 2)
            await pilot.press("x")
            branched.append(await _until_shown(app, pilot, "1"))
            if session.run is run:
                raise RuntimeError("no worker was killed")
            compared.append(await _until_shown(app, pilot, "c"))
            await pilot.press("escape", "u")
            if session.run is not run:
                raise RuntimeError("the kill was not taken back")
    return sorted(branched), sorted(compared)


async def _until_shown(app: AckademyApp, pilot: Pilot[Any], key: str) -> float:
    """CPU seconds from a key until its consequence is on the screen."""
    gc.collect()
    begin = time.process_time()
    await pilot.press(key)
    await app.workers.wait_for_complete()
    await pilot.pause()
    return time.process_time() - begin
