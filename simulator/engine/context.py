"""What every part of a run stands on: time, the journal, settings, identities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from simulator.engine.chances import Chances
from simulator.engine.clock import Clock
from simulator.engine.journal import Journal
from simulator.engine.results import Copies, Results
from simulator.scenario.profiles import Settings
from simulator.scenario.transports import TRANSPORTS


class Names:
    """The ids of tasks that have none of their own."""

    def __init__(self, taken: Iterable[str]) -> None:
        """`taken` are the ids that the scenario gives."""
        self._taken = set(taken)
        self._counts: defaultdict[str, int] = defaultdict(int)

    def next(self, task: str) -> str:
        """The next unused `<task>_<n>`."""
        counts = self._counts
        counts[task] = number = counts[task] + 1
        uuid = f"{task}_{number}"
        return uuid if uuid not in self._taken else self.next(task)

    def fresh(self, uuid: str, stem: str) -> str:
        """`uuid`, or where another task has it, the stem with the next free number."""
        while uuid in self._taken:
            self._counts[stem] += 1
            uuid = f"{stem}_{self._counts[stem]}"
        self._taken.add(uuid)
        return uuid


class Context:
    """The ground of one run."""

    def __init__(
        self,
        settings: Settings,
        seed: int,
        *,
        taken: Iterable[str] = (),
        told: Mapping[str, int] | None = None,
        is_idle: Callable[[], bool] = lambda: True,
        watch: Callable[[], None] = lambda: None,
    ) -> None:
        """Start at time 0.

        Args:
            settings: profile and config, resolved.
            seed: what all draws depend on.
            taken: ids of tasks that nothing else may be given.
            told: how draws fall that the real thing leaves to chance, by name; None: nobody will want to know.
            is_idle: whether nothing waits that somebody will serve.
            watch: called now and then, to raise where a run has become too large.
        """
        self.settings = settings
        self.seed = seed
        self.hop = settings.hop
        self.transport = TRANSPORTS[settings.transport]
        """What the transport can do."""
        self.clock = Clock(is_idle, watch)
        self.watch = watch
        self.journal = Journal()
        self.chances = Chances(seed, told)
        self.names = Names(taken)
        self.results = Results(settings.result_latency)
        self.copies = Copies()
        self.messages = 0
        """How many messages were published."""

    def next_message(self) -> int:
        """The identity of the next publish."""
        self.messages = number = self.messages + 1
        return number
