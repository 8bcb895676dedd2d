"""A run that goes on while it is shown: made anew, longer, now and then. Without Textual.

Every face is a function of a trace and a cursor, so following needs nothing but a longer trace. Making one ready costs
a pass over all of it. So that the screen stays quick however long it goes on, the next look waits ten times as long as
the last one took: half a second at first, later about a tenth of the time goes into it.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from simulator.play.score import Score
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
        self.score = self._prepare(grow() or Trace(Header(), ()))
        """The latest."""

    def grow(self) -> Score | None:
        """The run as it is by now; None once nothing more will come. May be called in a thread."""
        begin = monotonic()
        trace = self._grow()
        if trace is None:
            return None
        if trace is not self.score.run.trace:
            self.score = self._prepare(trace)
        self.pause = max(EVERY, SHARE * (monotonic() - begin))
        return self.score

    def _prepare(self, trace: Trace) -> Score:
        """With all that the first frame would otherwise wait for."""
        score = Score(Run(trace))
        _ = score.history
        score.run.world(score.length)
        return score
