"""Seeking: the world at any cursor, from checkpoints made on the way."""

from __future__ import annotations

from bisect import bisect_right

from simulator.trace.trace import Trace
from simulator.world.index import Index
from simulator.world.state import State
from simulator.world.view import World

CHECKPOINT = 4096
"""The fewest events between two checkpoints."""

CHECKPOINT_SHARE = 12
"""With a large backlog, a checkpoint only every backlog/12 events: what it keeps is paid for by as many events."""


class Timeline:
    """All worlds of one trace."""

    def __init__(self, trace: Trace) -> None:
        """Make the index; checkpoints come as they are needed."""
        self.trace = trace
        self.index = Index(trace)
        self._cursors = [0]
        self._states = [State(self.index)]
        self._recent: World | None = None

    def at(self, cursor: int) -> World:
        """The world after the first `cursor` events (clamped to what there is)."""
        cursor = max(0, min(cursor, len(self.trace)))
        if cursor > self._cursors[-1]:
            self._extend(cursor)
        place = bisect_right(self._cursors, cursor) - 1
        start, base = self._cursors[place], self._states[place]
        recent = self._recent
        if recent is not None and start < recent.cursor <= cursor:
            start, base = recent.cursor, recent._state
        state = base.copy()
        state.fold(start, cursor)
        self._recent = World(self.trace, cursor, state)
        return self._recent

    def _extend(self, cursor: int) -> None:
        """Make checkpoints until less than a distance is left to `cursor`."""
        while True:
            start, base = self._cursors[-1], self._states[-1]
            backlog = sum(len(queue.ready) for queue in base.queues.values())
            end = start + max(CHECKPOINT, backlog // CHECKPOINT_SHARE)
            if end > cursor:
                return
            state = base.copy()
            state.fold(start, end)
            self._cursors.append(end)
            self._states.append(state.pack())


def timeline_of(trace: Trace) -> Timeline:
    """The timeline of a trace, kept with it."""
    timeline: Timeline | None = trace.derived.get("timeline")
    if timeline is None:
        timeline = trace.derived["timeline"] = Timeline(trace)
    return timeline


def world_at(trace: Trace, cursor: int) -> World:
    """The world after the first `cursor` events of a trace."""
    return timeline_of(trace).at(cursor)
