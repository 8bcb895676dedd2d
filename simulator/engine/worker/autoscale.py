"""`--autoscale`: sizes a pool by its reserved requests.

Source: celery.worker.autoscale: Autoscaler._maybe_scale, scale_up, scale_down, update.
"""

from __future__ import annotations

from typing import Protocol

from simulator.engine.context import Context
from simulator.engine.worker.children import Children
from simulator.engine.worker.life import Life
from simulator.trace.events import NO_CAUSE
from simulator.trace.time import to_micros

KEEPALIVE = to_micros(30.0)
"""Quiet time before a pool shrinks, and the interval of that check, in microseconds."""


class Window(Protocol):
    """The autoscaler's view of the consumer."""

    multiplier: int

    def reserved_or_active(self) -> int:
        """Return the number of reserved or active requests, without those waiting for an ETA or a rate limit."""

    def widen(self, by: int, cause: int) -> None:
        """Change the prefetch window permanently."""


class Autoscaler:
    """Grows a worker's pool as tasks are received; shrinks it when it has been quiet."""

    def __init__(self, context: Context, life: Life, window: Window, children: Children) -> None:
        """Prepare to scale; `start` begins the periodic check."""
        self.clock = context.clock
        self.life = life
        self.window = window
        self.children = children
        self.slots = children.slots
        self.max_slots, self.min_slots = life.max_slots, life.min_slots
        self.real = context.settings.autoscale_check
        self._last_active: int | None = None
        self._next_look = 0

    def start(self) -> None:
        """Start the half-minute check; it does not keep a run alive, since a quiet pool only shrinks."""
        if self.real:
            self._look_at(self.clock.now + KEEPALIVE)

    def _look_at(self, time: int) -> None:
        self._next_look = time
        self.clock.at(time, self.life.on_timer, self._look, time, True)

    def received(self, cause: int) -> None:
        """Scale up if a newly received task needs it."""
        if self.real:
            self._last_active = self.clock.now
        self.scale(1, cause)

    def _look(self, planned: int) -> None:
        if not self.life.alive or planned != self._next_look:
            return
        self.scale(0, NO_CAUSE)
        if self.real:
            self._look_at(self.clock.now + KEEPALIVE)

    def scale(self, more: int, cause: int) -> None:
        """Grow to the number of requests, or shrink to it after a quiet time; `more`: requests not counted yet."""
        size, now = self.slots.size, self.clock.now
        wanted = self.window.reserved_or_active() + more
        if min(wanted, self.max_slots) > size:
            self._last_active = now
            self._resize(min(wanted, self.max_slots), cause)
            if not self.real:
                self._look_at(now + KEEPALIVE)
            return
        wanted = max(wanted, self.min_slots)
        if wanted < size and self._last_active is not None:
            quiet = now - self._last_active
            if quiet > KEEPALIVE or (not self.real and quiet == KEEPALIVE):
                idle = len(self.slots.free)
                self._resize(max(wanted, size - idle), cause)

    def _resize(self, size: int, cause: int) -> None:
        """Resize the pool and maintain its children (celery.worker.autoscale: maybe_scale)."""
        self.children.resize(size, cause, "autoscale")
        self.children.reap()

    def update(self, max_slots: int | None, min_slots: int | None, cause: int) -> None:
        """Set new bounds (the remote-control command `autoscale`)."""
        if max_slots is not None:
            if max_slots < self.slots.size:
                self.children.resize(max_slots, cause, "autoscale")
            self.window.widen((max_slots - self.max_slots) * self.window.multiplier, cause)
            self.max_slots = self.life.max_slots = max_slots
        if min_slots is not None:
            if min_slots > self.slots.size:
                self.children.resize(min_slots, cause, "autoscale")
            self.min_slots = min_slots
