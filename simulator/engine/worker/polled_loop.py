"""The loop of a worker whose transport has no file descriptors to wait on: it polls, and blocks in each hand-over."""

from __future__ import annotations

from simulator.engine.worker.loop import Loop


class PolledLoop(Loop):
    """Takes a message, hands it over, and only then looks for the next one.

    It has no timers that wake it: it sees at its next poll what has changed. No broker is told of its window.

    Source: celery.worker.loops: synloop; kombu.transport.virtual.base: Transport.drain_events.
    """

    def is_busy(self) -> bool:
        """Return True if a task keeps it from anything else: any in a solo pool, one that computes in a greenlet."""
        if self.life.green:
            return self.clock.now < self.life.asleep_until
        return super().is_busy()
