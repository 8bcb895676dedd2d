"""Arrivals as lines under `send`: one by one where they are few, else as a distribution of their gaps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from simulator.export.scenario_file import Draft
from simulator.measure.fit import Fit, fit
from simulator.trace import as_seconds

EXACT = 500
"""Most arrivals of a kind that are kept one by one; above that, the distribution of their gaps is used."""

EXACT_IN_ALL = 6_000
"""Most such values in one file, whose size is limited."""


class Arrivals:
    """The arrivals of one file, which may keep so many of them one by one."""

    def __init__(self, draft: Draft, exact: int = EXACT) -> None:
        """Start with none; `draft` takes notes, `exact`: the most of a kind that are kept."""
        self._draft = draft
        self._exact = exact
        self._left = EXACT_IN_ALL

    def line(self, name: str, times: list[int]) -> dict[str, Any]:
        """Return when a task is sent, of times in microseconds in ascending order."""
        first = as_seconds(max(0, times[0]))
        if len(times) == 1:
            return {"at": first}
        gaps = [as_seconds(later - earlier) for earlier, later in pairwise(times)]
        if len(times) <= self._exact and len(times) <= self._left:
            self._left -= len(times)
            if set(gaps) == {0.0}:
                return {"at": first, "count": len(times)}
            every: Any = gaps[0] if len(set(gaps)) == 1 else {"list": gaps}
        else:
            found = fit(gaps)
            every = found.value
            note_fit(self._draft, "recording.arrivals", name, found)
        return {"from": first, "every": every, "count": len(times)}


def note_fit(draft: Draft, code: str, name: str, found: Fit) -> None:
    """Note how well a distribution fits, if it is one."""
    if found.kind not in ("constant", "listed"):
        draft.note(code, name=name, kind=found.kind, count=found.count, distance=round(found.distance, 3))
