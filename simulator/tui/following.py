"""A run that goes on while it is shown: its trace grows now and then. Without Textual.

Every face is a function of a trace and a cursor, so following needs nothing but a longer trace. What was computed of
the shorter one reads on in it, so that a look costs as much as is new. Where that takes long all the same, the next
look waits ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from simulator.play.playback import Playback
from simulator.story.run import Run
from simulator.trace import Header, Trace

EVERY = 0.5
"""Seconds between two looks, at least."""

SHARE = 10
"""How much longer than the work of a look the wait after it is."""

Grow = Callable[[], Trace | None]
"""Gives the trace as it is by now; None once nothing more will come."""


class Following:
    """Makes the source's latest trace ready for playing."""

    def __init__(self, grow: Grow) -> None:
        """Get what there is already."""
        self.pause = EVERY
        """Seconds to wait before the next look."""
        self._grow = grow
        self._begin = 0.0
        self.playback = self._prepare(grow() or Trace(Header(), ()))
        """The latest."""

    def look(self) -> Trace | None:
        """The trace as it is by now; None once nothing more will come. May be called in a thread."""
        self._begin = monotonic()
        return self._grow()

    def take(self, trace: Trace) -> Playback:
        """Make a trace ready, where the last one is drawn: it reads on, and must not be read meanwhile."""
        before = self.playback.run.trace
        if trace is not before:
            self.playback = self._prepare(before.grown(trace.header, trace.events))
        self.pause = max(EVERY, SHARE * (monotonic() - self._begin))
        return self.playback

    def grow(self) -> Playback | None:
        """Look and take at once."""
        trace = self.look()
        return None if trace is None else self.take(trace)

    def _prepare(self, trace: Trace) -> Playback:
        """With all that the first frame would otherwise wait for."""
        playback = Playback(Run(trace))
        _ = playback.history
        playback.run.world(playback.length)
        return playback
