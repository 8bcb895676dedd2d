"""What the workers of a run would have logged, at any cursor."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from simulator.story.logs.worker_log import WRITERS, log_text
from simulator.story.run import Run
from simulator.trace import events as ev

EVERYONES = (ev.BrokerDown, ev.BrokerUp)
"""A broker's outage is in every worker's log."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a worker's log: one line, or several."""

    index: int
    hostname: str
    text: str


class Log:
    """The log of all workers; the entries are written when they are first wanted."""

    def __init__(self, run: Run) -> None:
        """One pass over the events, for where entries may be."""
        self._run = run
        self._all: list[int] = []
        self._by_worker: dict[str, list[int]] = {}
        self._pools: dict[str, str] = {}
        self._written: dict[int, str] = {}
        everyones = []
        for index, event in enumerate(run.trace.events):
            if isinstance(event, ev.WorkerOnline):
                self._pools[event.hostname] = event.pool
            if type(event) not in WRITERS or (isinstance(event, ev.TaskStarted) and event.log is None):
                continue
            self._all.append(index)
            if isinstance(event, EVERYONES):
                everyones.append(index)
            else:
                self._by_worker.setdefault(event.actor, []).append(index)
        for name, indices in self._by_worker.items():
            self._by_worker[name] = sorted([*indices, *everyones])

    def tail(self, cursor: int, count: int, hostname: str = "") -> list[Entry]:
        """The last entries, at most `count`, of the first `cursor` events; of one worker, or of all."""
        indices = self._by_worker.get(hostname, []) if hostname else self._all
        place = bisect_left(indices, cursor)
        found: list[Entry] = []
        while place and len(found) < count:
            place -= 1
            found += reversed(self._entries(indices[place], hostname))
        return found[count - 1 :: -1] if len(found) > count else found[::-1]

    def _entries(self, index: int, hostname: str) -> list[Entry]:
        """What an event writes into the log of one worker, or of all."""
        event = self._run.trace.events[index]
        if isinstance(event, EVERYONES):
            workers = self._run.world(index).workers
            names = [name for name, worker in workers.items() if worker.life == "online" and hostname in ("", name)]
        else:
            names = [event.actor]
        text = self._text(index, event) if names else ""
        return [Entry(index, name, text) for name in names if text]

    def _text(self, index: int, event: ev.Event) -> str:
        text = self._written.get(index)
        if text is None:
            pool = self._pools.get(getattr(event, "hostname", ""), "prefork")
            text = self._written[index] = log_text(event, self._run.timeline.index, pool)
        return text
