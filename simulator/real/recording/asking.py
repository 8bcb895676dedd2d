"""Questions to workers while a recording goes on: what a new worker is, how large its pool, what priority tasks have.

They are asked in a thread of their own, so that nobody stops listening meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from simulator.real.recording.cluster import Cluster, ask_cluster, ask_held, ask_sizes

EVERY = 1.0
"""Seconds between questions."""

LOOK = 3
"""Rounds from one look at the tasks that workers hold to the next: no event tells the priority of a task."""

PATIENCE = 4.0
"""Seconds that a new worker has to answer before its events are taken as they are."""


@dataclass(slots=True)
class Asker:
    """Questions asked and answers got; its methods are called by the thread that records."""

    answers: SimpleQueue[Cluster | dict[str, int]] = field(default_factory=SimpleQueue)
    """Answers of new workers, and the sizes of pools by hostname."""
    looks: bool = False
    """True if calls may differ in their priorities."""
    autoscaled: set[str] = field(default_factory=set)
    """Hostnames of the workers whose pools change."""
    _new: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By hostname of a worker to ask: when (local time) that was noticed, and the time of its event."""
    _rounds: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def notice(self, host: str, when: float) -> None:
        """Ask a worker that has come online at `when` (Unix time)."""
        self._new[host] = time.monotonic(), when

    def pending(self) -> float:
        """The time (Unix) of the earliest arrival of a worker whose answer is still to be waited for; else infinity."""
        now = time.monotonic()
        for host in [host for host, (noticed, _) in self._new.items() if now - noticed > PATIENCE]:
            del self._new[host]
        return min((when for _, when in self._new.values()), default=float("inf"))

    def heard(self) -> Iterator[Cluster | dict[str, int]]:
        """Return the answers since the last call."""
        while True:
            try:
                answer = self.answers.get_nowait()
            except Empty:
                return
            if isinstance(answer, Cluster):
                for host in answer.workers:
                    self._new.pop(host, None)
            yield answer

    def ask(self, app: Any) -> None:
        """Ask all that is to be asked now."""
        new, sizes = sorted(self._new), sorted(self.autoscaled)
        if new and (cluster := ask_cluster(app, new)).workers:
            self.answers.put(cluster)
        if sizes and (found := ask_sizes(app, sizes)):
            self.answers.put(found)
        self._rounds += 1
        if self.looks and not self._rounds % LOOK:
            self.answers.put(ask_held(app))

    def run(self, connect: Callable[[], AbstractContextManager[Any]], errors: tuple[type[BaseException], ...]) -> None:
        """Ask every second until it is over; while no broker answers (`errors`), nobody does."""
        while not self._over.is_set():
            try:
                with connect() as app:
                    while not self._over.wait(EVERY):
                        self.ask(app)
            except errors:
                self._over.wait(EVERY)

    @contextmanager
    def asking(
        self, connect: Callable[[], AbstractContextManager[Any]], errors: tuple[type[BaseException], ...]
    ) -> Iterator[None]:
        """Ask in a thread while the block runs."""
        thread = threading.Thread(target=self.run, args=(connect, errors), name="asker", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join(2 * PATIENCE)
