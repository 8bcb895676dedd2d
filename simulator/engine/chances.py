"""What the real thing leaves to chance: each such draw has a name, and may be told how it falls.

Which child's death is missed, which blocked queue is served first: nothing in Celery or its broker decides that, so no
prediction can. A run draws it, or takes what is usual; whoever holds a run against a recording tells it what happened.
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
    """A draw that was made."""

    name: str
    """`<what>/<who>/<n>`, n from 1."""
    t: int
    """When, in microseconds."""
    options: int
    """How many ways it could have fallen."""
    fell: int
    """Which of them it was, from 0."""


class Chances:
    """The draws of one run."""

    def __init__(self, seed: int, told: Mapping[str, int] | None = None) -> None:
        """`told`: by name, how draws fall; None: nobody will want to know how they fell."""
        self.drawn: list[Drawn] = []
        """Those that were made, where anybody wants to know."""
        self._seed = seed
        self._told = told or {}
        self._keeps = told is not None
        self._counts: Counter[tuple[str, str]] = Counter()
        self._uniforms: dict[tuple[str, str], Callable[[int, int], float]] = {}

    def draw(self, what: str, who: str, now: int, weights: Sequence[float], usual: int | None = None) -> int:
        """How something falls that is left to chance.

        Args:
            what: what is left to chance.
            who: the worker or queue it is about.
            now: the time.
            weights: by the ways it may fall, how often it does.
            usual: which it is unless told otherwise; None: it is drawn.
        """
        number = self._counts[what, who]
        self._counts[what, who] = number + 1
        if not self._keeps:
            return self._fall(what, who, number, weights) if usual is None else usual
        name = f"{what}/{who}/{number + 1}"
        fell = self._told.get(name, usual)
        if fell is None:
            fell = self._fall(what, who, number, weights)
        self.drawn.append(Drawn(name, now, len(weights), fell))
        return fell

    def _fall(self, what: str, who: str, number: int, weights: Sequence[float]) -> int:
        draw = self._uniforms.get((what, who))
        if draw is None:
            name = stream(self._seed, what, who)
            draw = self._uniforms[what, who] = blocks(lambda block, attempt: uniforms(name, block, attempt))
        bounds = list(accumulate(weights))
        return min(bisect(bounds, draw(number, 0) * bounds[-1]), len(bounds) - 1)
