"""Seeking: the world at any cursor, from checkpoints."""

from __future__ import annotations

from bisect import bisect_right

from simulator.trace.trace import Trace
from simulator.world.index import Index, index_of
from simulator.world.passes import Pass, pass_over
from simulator.world.state import State
from simulator.world.view import World

CHECKPOINT = 4096
"""The minimum number of events between checkpoints."""

CHECKPOINT_SHARE = 12
"""With a large backlog, one checkpoint per backlog/12 events, so that memory stays proportional to the events."""


class Timeline(Pass):
    """All worlds of one trace."""

    def __init__(self, trace: Trace) -> None:
        """Build the index; checkpoints are made on demand."""
        super().__init__(trace)
        self.index: Index = index_of(trace)
        """Links between the events."""
        self._cursors = [0]
        self._states = [State(trace)]
        self._recent: World | None = None

    def extend(self, trace: Trace) -> None:
        """Extend to a grown trace."""
        self.trace, self.count = trace, len(trace.events)
        self.index = index_of(trace)

    def share(self, other: Timeline, count: int) -> None:
        """Reuse another timeline's checkpoints for the first `count` events, which both share."""
        states = other._states[: bisect_right(other._cursors, count)]
        if len(states) > len(self._states):
            self._cursors = other._cursors[: len(states)]
            self._states = [state.copy(self.index) for state in states]

    def at(self, cursor: int) -> World:
        """Return the world after the first `cursor` events (clamped to the trace)."""
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
        """Make checkpoints up to within one distance of `cursor`."""
        while True:
            start, base = self._cursors[-1], self._states[-1]
            backlog = sum(len(queue.ready) for queue in base.queues.values())
            end = start + max(CHECKPOINT, backlog // CHECKPOINT_SHARE)
            if end > cursor:
                return
            state = base.copy()
            state.fold(start, end)
            # In this order: another thread that shares them counts the states.
            self._states.append(state.pack())
            self._cursors.append(end)


class Walk(Timeline):
    """A sequential reader of worlds: each is valid until the next is requested, and none is copied."""

    def __init__(self, trace: Trace) -> None:
        """Start before the first event."""
        super().__init__(trace)
        self._cursor, self._state = 0, State(trace)

    def at(self, cursor: int) -> World:
        """Return the world after the first `cursor` events; going backwards costs a full seek."""
        cursor = max(0, min(cursor, len(self.trace)))
        if cursor < self._cursor:
            return super().at(cursor)
        self._state.fold(self._cursor, cursor)
        self._cursor = cursor
        return World(self.trace, cursor, self._state)


def timeline_of(trace: Trace) -> Timeline:
    """Return the timeline of a trace, cached with it."""
    return pass_over(trace, Timeline)


def world_at(trace: Trace, cursor: int) -> World:
    """Return the world after the first `cursor` events of a trace."""
    return timeline_of(trace).at(cursor)
