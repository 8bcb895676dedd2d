"""The workers' logs of a run, at any cursor."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import ClassVar

from simulator.story.logs.worker_log import WRITERS, log_text
from simulator.story.run import Run
from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.passes import Handlers, Pass, pass_over

IN_EVERY_LOG = (ev.BrokerDown, ev.BrokerUp)
"""A broker's outage is in every worker's log."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of a worker's log: one or more lines."""

    index: int
    hostname: str
    text: str


class _Places(Pass):
    """Indices of events that may write entries, over all workers and per worker."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        self.all: list[int] = []
        self.by_worker: dict[str, list[int]] = {}
        self.pools: dict[str, str] = {}
        """Pool kind of each worker."""
        self._in_every_log: list[int] = []

    def _writes(self, event: ev.Event, index: int) -> None:
        self.all.append(index)
        name = event.actor
        if name not in self.by_worker:
            self.by_worker[name] = [*self._in_every_log]
        self.by_worker[name].append(index)

    def _came_online(self, event: ev.WorkerOnline, index: int) -> None:
        self.pools[event.hostname] = event.pool
        self._writes(event, index)

    def _started(self, event: ev.TaskStarted, index: int) -> None:
        if event.log is not None:
            self._writes(event, index)

    def _everyone_writes(self, event: ev.Event, index: int) -> None:
        self.all.append(index)
        for indices in (self._in_every_log, *self.by_worker.values()):
            indices.append(index)

    HANDLERS: ClassVar[Handlers] = {
        **dict.fromkeys(WRITERS, _writes),
        ev.WorkerOnline: _came_online,
        ev.TaskStarted: _started,
        **dict.fromkeys(IN_EVERY_LOG, _everyone_writes),
    }


class Log:
    """The log of all workers; entries are written on demand."""

    def __init__(self, run: Run) -> None:
        """Find the events that may write entries."""
        self._run = run
        self._places = pass_over(run.trace, _Places)
        self._written: dict[int, str] = {}

    def tail(self, cursor: int, count: int, hostname: str = "") -> list[LogEntry]:
        """Return at most `count` latest entries of the first `cursor` events, of one worker or of all."""
        indices = self._places.by_worker.get(hostname, []) if hostname else self._places.all
        place = bisect_left(indices, cursor)
        found: list[LogEntry] = []
        while place and len(found) < count:
            place -= 1
            found += reversed(self._entries(indices[place], hostname))
        return found[count - 1 :: -1] if len(found) > count else found[::-1]

    def _entries(self, index: int, hostname: str) -> list[LogEntry]:
        """Return the entries of an event in the log of one worker, or of all."""
        event = self._run.trace.events[index]
        if isinstance(event, IN_EVERY_LOG):
            workers = self._run.world(index).workers
            names = [name for name, worker in workers.items() if worker.life == "online" and hostname in ("", name)]
        else:
            names = [event.actor]
        text = self._text(index, event) if names else ""
        return [LogEntry(index, name, text) for name in names if text]

    def _text(self, index: int, event: ev.Event) -> str:
        text = self._written.get(index)
        if text is None:
            pool = self._places.pools.get(getattr(event, "hostname", ""), "prefork")
            text = self._written[index] = log_text(event, self._run.timeline.index, pool)
        return text
