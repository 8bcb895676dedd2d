"""`--autoscale`: a pool that follows what is reserved.

Source: celery.worker.autoscale: Autoscaler._maybe_scale, scale_up, scale_down, update.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.trace.events import NO_CAUSE
from simulator.trace.time import to_micros

if TYPE_CHECKING:
    from simulator.engine.worker import Worker

KEEPALIVE = to_micros(30.0)
"""How long nothing must have come before a pool shrinks, and how often that is looked at."""


class Autoscaler:
    """Grows a worker's pool as tasks are received; shrinks it when it has been quiet."""

    def __init__(self, worker: Worker, most: int, least: int) -> None:
        self.worker = worker
        self.clock = worker.clock
        self.most, self.least = most, least
        self.real = worker.simulation.settings.autoscale_check
        self._last_active: int | None = None
        self._next_look = 0

    def start(self) -> None:
        """Look every half minute; what is quiet is left alone, so this keeps no run alive."""
        if self.real:
            self._look_at(self.clock.now + KEEPALIVE)

    def _look_at(self, time: int) -> None:
        self._next_look = time
        self.clock.at(time, self.worker.consumer.on_timer, self._look, time, True)

    def received(self, cause: int) -> None:
        """A task was received."""
        if self.real:
            self._last_active = self.clock.now
        self.scale(1, cause)

    def _look(self, planned: int) -> None:
        if not self.worker.alive or planned != self._next_look:
            return
        self.scale(0, NO_CAUSE)
        if self.real:
            self._look_at(self.clock.now + KEEPALIVE)

    def scale(self, more: int, cause: int) -> None:
        """Grow to what is reserved, or shrink to it after a quiet time; `more`: requests not counted yet."""
        size, now = self.worker.pool.size, self.clock.now
        wanted = self.worker.consumer.reserved_or_active() + more
        if min(wanted, self.most) > size:
            self._last_active = now
            self.worker.pool.children.resize(min(wanted, self.most), cause, "autoscale")
            if not self.real:
                self._look_at(now + KEEPALIVE)
            return
        wanted = max(wanted, self.least)
        if wanted < size and self._last_active is not None:
            quiet = now - self._last_active
            if quiet > KEEPALIVE or (not self.real and quiet == KEEPALIVE):
                idle = len(self.worker.pool.free)
                self.worker.pool.children.resize(max(wanted, size - idle), cause, "autoscale")

    def update(self, most: int | None, least: int | None, cause: int) -> None:
        """New bounds (the remote-control command `autoscale`)."""
        children, pool = self.worker.pool.children, self.worker.pool
        if most is not None:
            if most < pool.size:
                children.resize(most, cause, "autoscale")
            self.worker.consumer.widen((most - self.most) * self.worker.consumer.multiplier, cause)
            self.most = self.worker.most = most
        if least is not None:
            if least > pool.size:
                children.resize(least, cause, "autoscale")
            self.least = least
