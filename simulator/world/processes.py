"""The task-running processes and their memory over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from simulator.trace import events as ev
from simulator.trace.time import NEVER
from simulator.trace.trace import Trace
from simulator.world.level import EVERYTHING, Level
from simulator.world.passes import Handlers, Pass, pass_over


def first_processes(event: ev.WorkerOnline) -> tuple[range | tuple[int, ...], float]:
    """Return the slots of a worker's initial processes, and the megabytes of each.

    Each slot of a prefork pool has a child; another worker runs its tasks itself, in slot 0.
    """
    slots = range(1, event.concurrency + 1) if event.pool == "prefork" else (0,)
    return slots, float(event.settings.get("memory", ev.RESTING_MEMORY))


def processes_after(event: ev.PoolResized, now: Mapping[int, float]) -> dict[int, float]:
    """Return a pool's processes, megabytes by slot, after it was resized.

    A run tells of each child. A recording hears of none, so they are taken to come and go with the slots.
    """
    if not event.inferred or 0 in now:
        return dict(now)
    return {slot: now.get(slot, float(ev.RESTING_MEMORY)) for slot in range(1, event.size + 1)}


class Processes(Pass):
    """The children of prefork workers, and workers that run tasks themselves; all of them under `EVERYTHING`."""

    def __init__(self, trace: Trace, level: Callable[[], Level] = Level) -> None:
        """Start with no processes; `level` makes the levels."""
        super().__init__(trace)
        self._level = level
        self.running: dict[str, Level] = {EVERYTHING: level()}
        """By worker, how many there are."""
        self.memory: dict[str, Level] = {EVERYTHING: level()}
        """By worker, their megabytes."""
        self.memory_from = NEVER
        """The first event at which a task says how much it takes."""
        self._of: dict[str, dict[int, float]] = {}
        """By worker, megabytes by slot."""

    def _started(self, event: ev.TaskStarted, index: int) -> None:
        if event.memory:
            self.memory_from = min(self.memory_from, index)
            slot = 0 if 0 in self._of.get(event.hostname, {}) else event.slot
            self._set(event.hostname, slot, index, event.t, event.memory)

    def _came_online(self, event: ev.WorkerOnline, index: int) -> None:
        slots, memory = first_processes(event)
        for slot in slots:
            self._set(event.hostname, slot, index, event.t, memory)

    def _child_started(self, event: ev.ChildStarted, index: int) -> None:
        self._set(event.hostname, event.slot, index, event.t, event.memory)

    def _child_exited(self, event: ev.ChildExited, index: int) -> None:
        self._set(event.hostname, event.slot, index, event.t, None)

    def _resized(self, event: ev.PoolResized, index: int) -> None:
        before = self._of.get(event.hostname, {})
        after = processes_after(event, before)
        for slot in sorted(before.keys() ^ after.keys()):
            self._set(event.hostname, slot, index, event.t, after.get(slot))

    def _gone(self, event: ev.WorkerLost | ev.WorkerOffline, index: int) -> None:
        for slot in list(self._of.get(event.hostname, {})):
            self._set(event.hostname, slot, index, event.t, None)

    def _set(self, hostname: str, slot: int, index: int, t: int, memory: float | None) -> None:
        """Set a process's memory in megabytes; None: it is gone."""
        slots = self._of.setdefault(hostname, {})
        before = slots.pop(slot, None)
        if memory is not None:
            slots[slot] = memory
        count = (memory is not None) - (before is not None)
        by = (memory or 0) - (before or 0)
        for name in (hostname, EVERYTHING):
            if count:
                self.running.setdefault(name, self._level()).change(index, t, count)
            if by:
                self.memory.setdefault(name, self._level()).change(index, t, by)

    HANDLERS: ClassVar[Handlers] = {
        ev.TaskStarted: _started,
        ev.WorkerOnline: _came_online,
        ev.ChildStarted: _child_started,
        ev.ChildExited: _child_exited,
        ev.PoolResized: _resized,
        ev.WorkerLost: _gone,
        ev.WorkerOffline: _gone,
    }


def processes_of(trace: Trace) -> Processes:
    """Return the processes of a trace, cached with it."""
    return pass_over(trace, Processes)
