"""Where a task, a worker or a queue changes, to go from one change of it to the next."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import islice

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.index import index_of
from simulator.world.passes import Pass

WHO = ("hostname", "queue", "source")
"""Fields that name what an event is about, besides its task."""

NAMED = {kind: tuple(name for name in WHO if name in kind.__struct_fields__) for kind in ev.EVENT_TYPES.values()}


class Changes(Pass):
    """The events of a run by what they are about; looking around and finding nothing is no change."""

    def __init__(self, trace: Trace) -> None:
        """No change yet."""
        super().__init__(trace)
        self._about: dict[str, list[int]] = defaultdict(list)

    def extend(self, trace: Trace) -> None:
        """Sort in what is new."""
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
        """The cursor right after the next (1) or previous (-1) change of a thing; None where there is none.

        Args:
            about: the id of a task, the name of a worker or a queue.
            cursor: how many events have happened; the event before it counts as neither.
            by: 1 or -1.
        """
        indices = self._about.get(about)
        if indices is None:
            indices = index_of(self.trace).history(about, self.count)
        place = bisect_left(indices, cursor) if by > 0 else bisect_left(indices, cursor - 1) - 1
        return indices[place] + 1 if 0 <= place < len(indices) else None
