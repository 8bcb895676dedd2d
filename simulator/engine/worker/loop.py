"""A worker's event loop: decides when deferred actions run.

The loop sleeps in poll() until something happens: a message, a child's reply, a timer. Some things are checked only
between two polls, such as a changed prefetch count or a pending shutdown; they wait for the loop to wake.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.engine.clock import Call, Clock
from simulator.engine.worker.life import Life
from simulator.trace.time import to_micros

HEARTBEAT = to_micros(2.0)
"""Source: celery.worker.heartbeat: Heart."""


class Loop:
    """Runs actions at the next turn of a worker's event loop.

    Source: celery.worker.loops: asynloop (state.maybe_shutdown and update_qos before each turn);
    kombu.asynchronous.hub: Hub.create_loop.
    """

    def __init__(self, clock: Clock, life: Life) -> None:
        """Create a loop with nothing pending."""
        self.clock = clock
        self.life = life
        self.pending: list[tuple[Callable[[Any], object], Any]] = []
        """Actions for the next turn, in order."""
        self.timers: list[Callable[[], tuple[int, int]]] = [lambda: (life.online_at, HEARTBEAT)]
        """Repeating timers that wake the loop: each returns its start and its interval (0: not running)."""
        self.attended: Callable[[], None] | None = None
        """Called when an action becomes pending."""
        self._call: Call | None = None
        self._keeps = False
        """True if the planned wake-up keeps the run alive."""

    def when_it_turns(self, run: Callable[[Any], object], arg: Any = None, *, keeps: bool = False) -> None:
        """Run an action at the next turn: when an event wakes the loop, or at the latest a timer.

        Args:
            run: the action.
            arg: its argument.
            keeps: whether the run goes on until then.
        """
        self.pending.append((run, arg))
        if self._call is None or (keeps and not self._keeps):
            if self._call is not None:
                self.clock.cancel(self._call)
            self._keeps = keeps
            self._call = self.clock.at(self._next_wake(), self.life.on_timer, self._wake, None, not keeps)
            if self.attended is not None:
                self.attended()

    def when_event(self, run: Callable[[Any], object]) -> None:
        """Run an action when an event wakes the loop: a message or a result. No timer wakes it for this."""
        self.pending.append((run, None))
        if self.attended is not None:
            self.attended()

    def _next_wake(self) -> int:
        """Return when the next timer fires."""
        now = self.clock.now
        timers = [timer() for timer in self.timers]
        return min(since + max((now - since) // every + 1, 1) * every for since, every in timers if every)

    def _wake(self, _: object) -> None:
        self.turn()

    def turn(self) -> None:
        """Run what is pending: an event has woken the loop."""
        if self._call is not None:
            self.clock.cancel(self._call)
            self._call = None
        if self.pending:
            pending, self.pending = self.pending, []
            for run, arg in pending:
                if self.life.alive:
                    run(arg)
