"""Outcomes that real Celery and its brokers leave to chance: named random draws that can be overridden.

Whether a child's death is missed or which blocked queue is served first is decided by timing that no model can know. A
run draws such an outcome, or takes the usual one; a comparison with a recording sets it to what happened.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from simulator.engine.draws import blocks, stream, uniforms


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw that a run has made."""

    name: str
    """`<what>/<who>/<n>`, n from 1."""
    t: int
    """Time in microseconds."""
    options: int
    """Number of possible outcomes."""
    number: int
    """Number of the outcome, from 0."""
    among: tuple[str, ...] = ()
    """Names of the outcomes, if they have any."""

    @property
    def outcome(self) -> str | int:
        """The name of the outcome, or its number."""
        return self.among[self.number] if self.among else self.number


class Chances:
    """The draws of one run."""

    def __init__(self, seed: int, forced: Mapping[str, int] | None = None) -> None:
        """Create the draws of a run; `forced` sets outcomes by name, and None means that draws are not recorded."""
        self.drawn: list[Drawn] = []
        """All draws so far, if they are recorded."""
        self._seed = seed
        self._forced = forced or {}
        self._keeps = forced is not None
        self._counts: Counter[tuple[str, str]] = Counter()
        self._uniforms: dict[tuple[str, str], Callable[[int, int], float]] = {}

    def draw(
        self,
        what: str,
        who: str,
        now: int,
        weights: Sequence[float],
        usual: int | None = None,
        among: Sequence[str] = (),
    ) -> int:
        """Draw an outcome and return its number.

        Args:
            what: what is left to chance.
            who: the worker or queue concerned.
            now: the time, in microseconds.
            weights: relative frequency of each outcome.
            usual: the outcome unless it is overridden; None: draw one at random.
            among: names of the outcomes.
        """
        number = self._counts[what, who]
        self._counts[what, who] = number + 1
        if not self._keeps:
            return self._draw_outcome(what, who, number, weights) if usual is None else usual
        name = f"{what}/{who}/{number + 1}"
        outcome = self._forced.get(name, usual)
        # In another run this draw may have had more outcomes.
        if outcome is None or outcome >= len(weights):
            outcome = self._draw_outcome(what, who, number, weights)
        self.drawn.append(Drawn(name, now, len(weights), outcome, tuple(among)))
        return outcome

    def _draw_outcome(self, what: str, who: str, number: int, weights: Sequence[float]) -> int:
        draw = self._uniforms.get((what, who))
        if draw is None:
            name = stream(self._seed, what, who)
            draw = self._uniforms[what, who] = blocks(lambda block, attempt: uniforms(name, block, attempt))
        bounds = list(accumulate(weights))
        return min(bisect(bounds, draw(number, 0) * bounds[-1]), len(bounds) - 1)
