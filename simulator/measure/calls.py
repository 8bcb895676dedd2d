"""Service calls: the start of each."""

from __future__ import annotations

from bisect import bisect_left
from typing import ClassVar

from simulator.trace import events as ev
from simulator.trace.time import MICROS
from simulator.trace.trace import Trace
from simulator.world.level import EVERYTHING
from simulator.world.passes import Handlers, Pass, pass_over


class ServiceCalls(Pass):
    """The calls to each service; all of them under `EVERYTHING`."""

    def __init__(self, trace: Trace) -> None:
        """Start with no calls."""
        super().__init__(trace)
        self.times: dict[str, list[int]] = {EVERYTHING: []}
        """By service, in microseconds."""
        self._services = {name: str(task["calls"]) for name, task in trace.header.tasks.items() if "calls" in task}
        self._of_message: dict[int, str] = {}
        """By message, the service that its task calls."""

    def most_in_a_second(self, service: str, start: int, end: int) -> int:
        """Return the most calls that begin within any one second in [`start`, `end`), in microseconds."""
        times = self.times.get(service, [])
        times = times[bisect_left(times, start) : bisect_left(times, end)]
        return max((bisect_left(times, t + MICROS) - place for place, t in enumerate(times)), default=0)

    def _sent(self, event: ev.TaskSent, index: int) -> None:
        if event.name in self._services:
            self._of_message[event.message] = self._services[event.name]

    def _started(self, event: ev.TaskStarted, index: int) -> None:
        service = self._of_message.get(event.message)
        if service is not None:
            self.times.setdefault(service, []).append(event.t)
            self.times[EVERYTHING].append(event.t)

    HANDLERS: ClassVar[Handlers] = {ev.TaskSent: _sent, ev.TaskStarted: _started}


def calls_of(trace: Trace) -> ServiceCalls:
    """Return the calls of a trace, cached with it."""
    return pass_over(trace, ServiceCalls)
