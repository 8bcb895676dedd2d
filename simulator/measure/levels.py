"""Numbers that change over time: ready messages, processes and their memory; and the calls to services."""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import pairwise

from simulator.trace import events as ev
from simulator.trace.time import MICROS
from simulator.trace.trace import Trace

EVERYTHING = ""
"""The name of the level that is the sum of all others."""


class Level:
    """A step function of time (microseconds), 0 before its first step; steps of one instant are all kept."""

    __slots__ = ("times", "values")

    def __init__(self) -> None:
        """Zero, for all time."""
        self.times: list[int] = []
        self.values: list[float] = []

    @property
    def now(self) -> float:
        """Its value after its last step."""
        return self.values[-1] if self.values else 0

    def change(self, t: int, by: float) -> None:
        """Step up or down; `t` is not before the last step."""
        self.times.append(t)
        self.values.append(self.now + by)

    def peak(self, start: int, end: int) -> float:
        """The largest value it has from `start` up to, not including, `end`, be it for an instant."""
        first, last = bisect_left(self.times, start), bisect_left(self.times, end)
        before = self.values[first - 1] if first else 0
        return max(before, *self.values[first:last]) if last > first else before

    def highest(self) -> float:
        """The largest value it ever has."""
        return max(self.values, default=0)

    def area(self, end: int) -> float:
        """Its integral from 0 to `end`, in microseconds times its unit."""
        times = [min(t, end) for t in self.times] + [end]
        return math.fsum(value * (b - a) for value, (a, b) in zip(self.values, pairwise(times), strict=True))

    def share(self, part: float, end: int) -> float:
        """The smallest value that it does not exceed for this part of the time from 0 to `end`."""
        times = [0] + [min(t, end) for t in self.times] + [end]
        spans = sorted(zip([0.0, *self.values], (b - a for a, b in pairwise(times)), strict=True))
        passed = 0
        for value, span in spans:
            passed += span
            if span and passed >= part * end:
                return value
        return spans[-1][0]


class Levels:
    """All levels of a run: by queue or worker, and under `EVERYTHING` their sum."""

    def __init__(self, trace: Trace) -> None:
        """One pass over the events."""
        self.queues: dict[str, Level] = {EVERYTHING: Level()}
        """Ready messages."""
        self.processes: dict[str, Level] = {EVERYTHING: Level()}
        """Processes that run tasks: the children of a prefork worker; another worker is one itself."""
        self.memory: dict[str, Level] = {EVERYTHING: Level()}
        """Megabytes of these processes."""
        self.calls: dict[str, list[int]] = {EVERYTHING: []}
        """When calls to each service began."""
        self._services = {name: str(task["calls"]) for name, task in trace.header.tasks.items() if "calls" in task}
        self._names: dict[int, str] = {}
        """Task types by message, of those that call a service."""
        self._children: dict[str, dict[int, float]] = {}
        for event in trace.events:
            self._read(event)

    def calls_in_a_second(self, service: str, start: int, end: int) -> int:
        """The most calls that begin within any one second, of those from `start` up to, not including, `end`."""
        times = self.calls.get(service, [])
        times = times[bisect_left(times, start) : bisect_left(times, end)]
        return max((bisect_left(times, t + MICROS) - place for place, t in enumerate(times)), default=0)

    def _read(self, event: ev.Event) -> None:
        match event:
            case ev.QueueDeclared():
                self.queues.setdefault(event.queue, Level())
            case ev.MessageQueued() | ev.MessageRequeued():
                self._ready(event.queue, event.t, 1)
            case ev.MessageDelivered():
                self._ready(event.queue, event.t, -1)
            case ev.MessageDropped() if not event.delivery_tag:
                self._ready(event.queue, event.t, -1)
            case ev.MessageDeadLettered():
                if event.source and not event.delivery_tag:
                    self._ready(event.source, event.t, -1)
                self._ready(event.queue, event.t, 1)
            case ev.TaskSent() if event.name in self._services:
                self._names[event.message] = self._services[event.name]
            case _:
                self._read_process(event)

    def _read_process(self, event: ev.Event) -> None:
        match event:
            case ev.TaskStarted():
                service = self._names.get(event.message)
                if service is not None:
                    self.calls.setdefault(service, []).append(event.t)
                    self.calls[EVERYTHING].append(event.t)
                if event.memory:
                    children = self._children.get(event.hostname, {})
                    self._set(event.hostname, 0 if 0 in children else event.slot, event.t, event.memory)
            case ev.WorkerOnline():
                rest = float(event.settings.get("memory", ev.RESTING_MEMORY))
                for slot in range(1, event.concurrency + 1) if event.pool == "prefork" else (0,):
                    self._set(event.hostname, slot, event.t, rest)
            case ev.ChildStarted():
                self._set(event.hostname, event.slot, event.t, event.memory)
            case ev.ChildExited():
                self._set(event.hostname, event.slot, event.t, None)
            case ev.WorkerLost() | ev.WorkerOffline():
                for slot in list(self._children.get(event.hostname, {})):
                    self._set(event.hostname, slot, event.t, None)
            case _:
                pass

    def _ready(self, queue: str, t: int, by: int) -> None:
        self.queues.setdefault(queue, Level()).change(t, by)
        self.queues[EVERYTHING].change(t, by)

    def _set(self, hostname: str, slot: int, t: int, memory: float | None) -> None:
        """A process has this much memory now; None: it is gone."""
        children = self._children.setdefault(hostname, {})
        before = children.pop(slot, None)
        if memory is not None:
            children[slot] = memory
        count = (memory is not None) - (before is not None)
        for name in (hostname, EVERYTHING):
            if count:
                self.processes.setdefault(name, Level()).change(t, count)
            self.memory.setdefault(name, Level()).change(t, (memory or 0) - (before or 0))


def levels_of(trace: Trace) -> Levels:
    """The levels of a trace, kept with it."""
    levels: Levels | None = trace.derived.get("levels")
    if levels is None:
        levels = trace.derived["levels"] = Levels(trace)
    return levels
