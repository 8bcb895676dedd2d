"""Where a task, a worker or a queue changes, to go from one change of it to the next."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from simulator.story.run import Run
from simulator.trace import events as ev


class Changes:
    """The events of a run by what they are about; looking around and finding nothing is no change."""

    def __init__(self, run: Run) -> None:
        """One pass over the events."""
        self._run = run
        self._about: dict[str, list[int]] = defaultdict(list)
        for index, event in enumerate(run.trace.events):
            if isinstance(event, ev.WorkerHeartbeat) or (isinstance(event, ev.Poll) and not event.found):
                continue
            for name in {getattr(event, "hostname", ""), getattr(event, "queue", ""), getattr(event, "source", "")}:
                if name:
                    self._about[name].append(index)

    def find(self, about: str, cursor: int, by: int) -> int | None:
        """The cursor right after the next (1) or previous (-1) change of a thing; None where there is none.

        Args:
            about: the id of a task, the name of a worker or a queue.
            cursor: how many events have happened; the event before it counts as neither.
            by: 1 or -1.
        """
        indices = self._about.get(about)
        if indices is None:
            indices = self._about[about] = self._run.timeline.index.history(about, len(self._run.trace))
        place = bisect_left(indices, cursor) if by > 0 else bisect_left(indices, cursor - 1) - 1
        return indices[place] + 1 if 0 <= place < len(indices) else None
