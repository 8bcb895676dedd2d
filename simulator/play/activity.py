"""A run's activity, looked up by worker: one pass over the events, made on first use."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.passes import Pass

LOOK_BACK = 4000
"""Limit of events scanned for the latest activity, so that frame time does not grow with the run."""


HOSTED = frozenset(kind for kind in ev.EVENT_TYPES.values() if "hostname" in kind.__struct_fields__)


class Activity(Pass):
    """Indices of events in order: by worker or producer, and of the few types looked up on their own."""

    def __init__(self, trace: Trace) -> None:
        """Start with no activity."""
        super().__init__(trace)
        self._by_host: dict[str, list[int]] = {}
        self._stored: list[int] = []

    def extend(self, trace: Trace) -> None:
        """Index the new events."""
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
        """True if any result is stored in the whole run."""
        return bool(self._stored)

    def of(self, hostname: str, cursor: int) -> Iterator[tuple[int, ev.Event]]:
        """Yield a host's events before a cursor, latest first, within `LOOK_BACK` events."""
        return self._back(self._by_host.get(hostname, []), cursor)

    def stored(self, cursor: int) -> tuple[int, ev.ResultStored | None]:
        """Return the number of results stored before a cursor, and the last of them."""
        count = bisect_left(self._stored, cursor)
        return count, self.trace.events[self._stored[count - 1]] if count else None  # type: ignore[return-value]

    def _back(self, indices: list[int], cursor: int) -> Iterator[tuple[int, ev.Event]]:
        end = bisect_left(indices, cursor)
        for place in range(end - 1, max(-1, end - 1 - LOOK_BACK), -1):
            yield indices[place], self.trace.events[indices[place]]
