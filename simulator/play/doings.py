"""Who did what in a run, looked up by worker: one pass over the events, made when it is first wanted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.passes import Pass

LOOK_BACK = 4000
"""How many events are looked through for what somebody did last: a frame must not take longer in a longer run."""


HOSTED = frozenset(kind for kind in ev.EVENT_TYPES.values() if "hostname" in kind.__struct_fields__)


class Doings(Pass):
    """Indices of events, in order: by worker or producer, and of the few kinds that are asked for by themselves."""

    def __init__(self, trace: Trace) -> None:
        """Nobody has done anything yet."""
        super().__init__(trace)
        self._by_host: dict[str, list[int]] = {}
        self._stored: list[int] = []

    def extend(self, trace: Trace) -> None:
        """Sort in what is new."""
        self.trace, start = trace, self.count
        self.count, known = len(trace.events), self._by_host
        for index, event in enumerate(islice(trace.events, start, None), start):
            kind = type(event)
            if kind not in HOSTED:
                continue
            name: str = event.hostname  # type: ignore[attr-defined]
            if name in known:
                known[name].append(index)
            elif name:
                known[name] = [index]
            if kind is ev.ResultStored:
                self._stored.append(index)

    @property
    def stores_results(self) -> bool:
        """Whether there is anything for a result backend to do in the whole run."""
        return bool(self._stored)

    def of(self, hostname: str, cursor: int) -> Iterator[tuple[int, ev.Event]]:
        """What somebody did before a cursor, or what was done to them, the latest first; not farther than a while."""
        return self._back(self._by_host.get(hostname, []), cursor)

    def stored(self, cursor: int) -> tuple[int, ev.ResultStored | None]:
        """How many results are stored before a cursor, and the last of them."""
        count = bisect_left(self._stored, cursor)
        return count, self.trace.events[self._stored[count - 1]] if count else None  # type: ignore[return-value]

    def _back(self, indices: list[int], cursor: int) -> Iterator[tuple[int, ev.Event]]:
        end = bisect_left(indices, cursor)
        for place in range(end - 1, max(-1, end - 1 - LOOK_BACK), -1):
            yield indices[place], self.trace.events[indices[place]]
