"""Shared state of a run: time, journal, settings, identities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from simulator.engine.chances import Chances
from simulator.engine.clock import Clock
from simulator.engine.journal import EventSink, Journal
from simulator.engine.results import Copies, Results
from simulator.scenario.profiles import Settings
from simulator.scenario.transports import TRANSPORTS


class TaskIds:
    """Generator of ids for tasks without one."""

    def __init__(self, taken: Iterable[str]) -> None:
        """Reserve `taken`, the ids given in the scenario."""
        self._taken = set(taken)
        self._counts: defaultdict[str, int] = defaultdict(int)

    def next(self, task: str) -> str:
        """Return the next unused `<task>_<n>`."""
        counts = self._counts
        counts[task] = number = counts[task] + 1
        uuid = f"{task}_{number}"
        return uuid if uuid not in self._taken else self.next(task)

    def fresh(self, uuid: str, stem: str) -> str:
        """Return `uuid`, or if it is taken, `stem` with the next free number."""
        while uuid in self._taken:
            self._counts[stem] += 1
            uuid = f"{stem}_{self._counts[stem]}"
        self._taken.add(uuid)
        return uuid


class Context:
    """Shared state of one run."""

    def __init__(
        self,
        settings: Settings,
        seed: int,
        *,
        taken: Iterable[str] = (),
        forced: Mapping[str, int] | None = None,
        is_idle: Callable[[], bool] = lambda: True,
        watch: Callable[[], None] = lambda: None,
        sink: EventSink | None = None,
    ) -> None:
        """Start at time 0.

        Args:
            settings: profile and config, resolved.
            seed: seeds all draws.
            taken: task ids that are reserved.
            forced: outcomes, by name, of draws that the real thing leaves to chance; None: draws are not recorded.
            is_idle: whether no message waits for a consumer that will take it.
            watch: called periodically; raises if the run has become too large.
            sink: takes the events, so that they need not be kept.
        """
        self.settings = settings
        self.seed = seed
        self.hop = settings.hop
        self.transport = TRANSPORTS[settings.transport]
        """The transport's capabilities."""
        self.clock = Clock(is_idle, watch)
        self.watch = watch
        self.journal = Journal(sink)
        self.chances = Chances(seed, forced)
        self.names = TaskIds(taken)
        self.results = Results(settings.result_latency)
        self.copies = Copies()
        self.messages = 0
        """Number of messages published."""
        self.arguments = 0
        """Bytes of the arguments that were made for one message each."""

    def next_message(self) -> int:
        """Return the id of the next message, counted from 1."""
        self.messages = number = self.messages + 1
        return number
