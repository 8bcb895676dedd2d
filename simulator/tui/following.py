"""A live run on the screen: its trace grows at intervals. Without Textual.

Every face is a function of a trace and a cursor, so following needs nothing but a longer trace. What was computed of
the shorter one reads on in it, so that a look costs as much as is new. Where that takes long all the same, the next
look waits ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic

from simulator.play.playback import Playback
from simulator.scenario import Scenario
from simulator.story.run import Run
from simulator.trace import Header, Trace

EVERY = 0.5
"""Least seconds between updates."""

SHARE = 10
"""Ratio of the pause between updates to the time of an update."""

Model = Callable[[Trace, int], Scenario]
"""Makes the model of a recording in which nothing fails from a time (microseconds) on; may raise `ScenarioError`."""

Grow = Callable[[], Trace | None]
"""Returns the latest trace; None once no more will come."""


class Following:
    """Playback of the latest trace of a source."""

    def __init__(self, grow: Grow, model: Model | None = None) -> None:
        """Get the trace available now; `model` makes the model of what has been recorded so far."""
        self.pause = EVERY
        """Seconds to wait before the next update."""
        self._grow = grow
        self._model = model
        self._begin = 0.0
        self.playback = self._prepare(grow() or Trace(Header(), ()))
        """The latest playback."""

    def look(self) -> Trace | None:
        """The latest trace; None once no more will come. May be called in a thread."""
        self._begin = monotonic()
        return self._grow()

    def take(self, trace: Trace) -> Playback:
        """Prepare a trace in the thread that draws: it extends the last one, which must not be read meanwhile."""
        before = self.playback.run.trace
        if trace is not before:
            self.playback = self._prepare(before.grown(trace.header, trace.events))
        self.pause = max(EVERY, SHARE * (monotonic() - self._begin))
        return self.playback

    def grow(self) -> Playback | None:
        """Get and prepare the latest trace at once."""
        trace = self.look()
        return None if trace is None else self.take(trace)

    def _prepare(self, trace: Trace) -> Playback:
        """A playback, with everything computed that the first frame would otherwise wait for."""
        playback = Playback(Run(trace, model=None if self._model is None else partial(self._model, trace)))
        _ = playback.history
        playback.run.world(playback.length)
        return playback
