"""Changes of a task, a worker or a queue, to step from one to the next."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import islice

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.index import index_of
from simulator.world.passes import Pass

WHO = ("hostname", "queue", "source")
"""Fields that name an event's subjects, besides its task."""

NAMED = {kind: tuple(name for name in WHO if name in kind.__struct_fields__) for kind in ev.EVENT_TYPES.values()}


class Changes(Pass):
    """The events of a run by subject; heartbeats and empty polls are not changes."""

    def __init__(self, trace: Trace) -> None:
        """Start with no changes."""
        super().__init__(trace)
        self._about: dict[str, list[int]] = defaultdict(list)

    def extend(self, trace: Trace) -> None:
        """Index the new events."""
        self.trace, start = trace, self.count
        self.count, about = len(trace.events), self._about
        for index, event in enumerate(islice(trace.events, start, None), start):
            kind = type(event)
            if kind is ev.WorkerHeartbeat or (kind is ev.Poll and not event.found):  # type: ignore[attr-defined]
                continue
            for name in {getattr(event, field) for field in NAMED[kind]}:
                if name:
                    about[name].append(index)

    def find(self, about: str, cursor: int, by: int) -> int | None:
        """Return the cursor right after the next (1) or previous (-1) change of a subject; None if there is none.

        Args:
            about: a task id, or the name of a worker or queue.
            cursor: number of applied events; the last of them counts as neither.
            by: 1 or -1.
        """
        indices = self._about.get(about)
        if indices is None:
            indices = index_of(self.trace).history(about, self.count)
        place = bisect_left(indices, cursor) if by > 0 else bisect_left(indices, cursor - 1) - 1
        return indices[place] + 1 if 0 <= place < len(indices) else None
