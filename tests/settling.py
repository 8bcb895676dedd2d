"""Waiting for a headless application until nothing is left for it to do, and no longer.

Textual's own `wait_for_idle` sleeps 20 ms at least, two or three times a key, and looks whether the process used its
time: most of what a test of the terminal took. What can be known is asked instead: nothing is ready to be called, no
timer falls due in those 20 ms, and no thread works for the application.

Nor is anything drawn that nobody sees: a headless application works each update out and throws it away. `read_shot`
draws what a test looks at.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop

import textual.app
import textual.pilot
from rich.console import RenderableType
from textual._compositor import Compositor
from textual._context import active_app
from textual._wait import SLEEP_GRANULARITY, wait_for_idle
from textual.screen import Screen
from textual.widgets import Input

_render_update = Compositor.render_update

_PATIENCE = 1.0
"""Seconds, as in Textual: what moves all the time is never done."""


async def settle(min_sleep: float = 0, max_sleep: float = _PATIENCE) -> None:
    """Return when the application of this context waits for input, or after `max_sleep` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + max_sleep
    await asyncio.sleep(min_sleep)
    while loop.time() < deadline:
        if loop._ready:  # type: ignore[attr-defined]
            await asyncio.sleep(0)
        elif any(not worker.is_finished for worker in active_app.get().workers):
            await wait_for_idle(0, deadline - loop.time())
            return
        elif (due := _next_timer(loop)) < SLEEP_GRANULARITY:
            await asyncio.sleep(due)
        else:
            return


def _next_timer(loop: AbstractEventLoop) -> float:
    """Seconds until the next timer falls due."""
    times = [handle.when() for handle in loop._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]
    return max(0.0, min(times) - loop.time()) if times else float("inf")


def _draw_unless_alone(
    compositor: Compositor, full: bool = False, screen_stack: list[Screen[object]] | None = None, simplify: bool = False
) -> RenderableType | None:
    """Take an update for drawn, but for a screen that others shine through: those are known only now."""
    if full or screen_stack:
        return _render_update(compositor, full, screen_stack, simplify)
    compositor._dirty_regions.clear()
    return None


def install() -> None:
    """Let Textual's pilots wait like this, and draw few updates."""
    Compositor.render_update = _draw_unless_alone  # type: ignore[assignment]
    # A cursor that blinks is gone half of the time, when a test looks late.
    Input._toggle_cursor = lambda _: None  # type: ignore[assignment]
    textual.app.wait_for_idle = settle  # type: ignore[attr-defined]
    textual.pilot.wait_for_idle = settle  # type: ignore[attr-defined]
