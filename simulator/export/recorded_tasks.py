"""The course of each task in a trace, as a model of its type is made of it: runs, retries, delays, ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator.scenario.recorded import Arrival, arrivals_of
from simulator.trace import Trace, as_seconds
from simulator.trace import events as ev

INNER = re.compile(r"Retry\((?:Retry\(\.\.\.\)|[^,]*), ([\w.]+)")
"""A `Retry` as pools without processes report it, with its reason. Source: celery.exceptions: Retry.__reduce__."""


@dataclass(slots=True)
class RecordedTask:
    """The course of one task; times in microseconds."""

    arrival: Arrival
    name: str
    runs: list[tuple[int, str | None]] = field(default_factory=list)
    """(duration, exception or None) of each completed run, in order."""
    retried: list[tuple[int, str]] = field(default_factory=list)
    """(time, exception) of each `task-retried`."""
    etas: dict[int, int | None] = field(default_factory=dict)
    """ETA of each attempt, by its number (it may be received before the `task-retried` that led to it)."""
    exhausted: bool = False
    """True if it finally failed."""
    workers: set[str] = field(default_factory=set)
    """Workers that received it."""

    @property
    def delays(self) -> list[float]:
        """Seconds from each `task-retried` to the ETA that followed; 0 if there was none."""
        known = ((number, t) for number, (t, _) in enumerate(self.retried, start=1) if number in self.etas)
        return [max(0.0, as_seconds((self.etas[number] or t) - t)) for number, t in known]


class RecordedTasks:
    """The courses of all tasks, by type, and what else their events tell of the types."""

    def __init__(self, trace: Trace) -> None:
        """Read a trace."""
        self.tasks = {one.uuid: RecordedTask(one, one.task) for one in arrivals_of(trace)}
        self.late: set[str] = set()
        """Types with a delivery acknowledged after its start."""
        self._started: dict[tuple[str, int], tuple[int, bool]] = {}
        self._begun: set[int] = set()
        for event in trace:
            self._read(event)
        self.types: dict[str, list[RecordedTask]] = {}
        for task in sorted(self.tasks.values(), key=lambda task: task.arrival.t):
            self.types.setdefault(task.name, []).append(task)

    def _read(self, event: ev.Event) -> None:
        match event:
            case ev.TaskReceived():
                task = self.tasks[event.uuid]
                task.etas[event.retries] = event.eta
                task.workers.add(event.hostname)
            case ev.TaskStarted():
                self._started[event.uuid, event.delivery_tag] = event.t, event.inferred
                self._begun.add(event.delivery_tag)
            case ev.MessageAcked() if event.delivery_tag in self._begun:
                self.late.add(self.tasks[event.uuid].name)
            case ev.TaskSucceeded():
                self._ended(event, event.runtime, None)
            case ev.TaskFailed():
                self.tasks[event.uuid].exhausted = True
                self._ended(event, event.runtime, event.exception)
            case ev.TaskRetried():
                self.tasks[event.uuid].retried.append((event.t, exception_name(event.exception)))
                self._ended(event, event.runtime, event.exception)
            case _:
                pass

    def _ended(self, event: Any, runtime: int | None, exception: str | None) -> None:
        began, inferred = self._started.pop((event.uuid, event.delivery_tag), (None, False))
        if began is not None and (runtime or not inferred):
            took = runtime or event.t - began
            self.tasks[event.uuid].runs.append((took, exception and exception_name(exception)))


def exception_name(text: str) -> str:
    """The name of an exception from its repr; of a `Retry`, that of its reason.

    >>> exception_name("ConnectionError('reset by peer')"), exception_name("Retry(Retry(...), smtp.Busy('no'), 2)")
    ('ConnectionError', 'Busy')
    """
    match = INNER.match(text) or re.match(r"([\w.]+)", text)
    name = match[1].rpartition(".")[2] if match else ""
    return name if name.isidentifier() else "Exception"


def queues_of(courses: Iterable[RecordedTask]) -> set[str]:
    """The queues that tasks were sent to; unreported ones as an empty text."""
    return {course.arrival.queue for course in courses}
