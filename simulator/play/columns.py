"""A run's history by columns of an axis, computed once per visible span."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import Generic, TypeVar

from simulator.play.axis import KEPT, Axis, Folds, Span
from simulator.play.history import History
from simulator.world.holds import Hold
from simulator.world.level import Level
from simulator.world.lives import ExecutionLife

Value = TypeVar("Value")

Held = tuple[int, int]
"""Number of tasks that a worker holds, and the index of the oldest one; (0, -1) without any."""


class Columns(Generic[Value]):
    """A cache for the last few axes."""

    def __init__(self) -> None:
        """Start empty."""
        self._found: dict[tuple[object, ...], Value] = {}

    def get(self, key: tuple[object, ...], make: Callable[[], Value]) -> Value:
        """Return the cached value of a key, or make it."""
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= KEPT:
                del self._found[next(iter(self._found))]
            found = self._found[key] = make()
        return found


class ColumnViews:
    """A history by columns. Columns cover the whole run: the caller must hide what lies ahead."""

    def __init__(self, history: History) -> None:
        """Keep the history; columns are computed on demand."""
        self._history = history
        self._folds: dict[tuple[int, int], Folds] = {}
        self._firsts: dict[str, Columns[list[int]]] = {}
        self._levels: dict[Level, Columns[list[float]]] = {}
        self._slots: dict[tuple[str, int], Columns[list[int]]] = {}
        self._holds: dict[str, Columns[list[Held]]] = {}

    def axis(self, cursor: int, time: int, end: int, span: Span, width: int) -> Axis:
        """Return the axis of `width` columns after `cursor` events; times in microseconds."""
        key = span.zoom, end
        if key not in self._folds:
            self._folds[key] = Folds(self._history.gaps, end, span.zoom)
        return Axis(self._folds[key], cursor, time, end, span, width)

    def firsts(self, what: str, times: Sequence[int], seen: int, end: int, columns: int) -> list[int]:
        """Return the first in each of `columns` equal parts up to `end` among the first `seen` of `times`.

        `what` names the times, of which there may be a million.
        """
        places = self._firsts.setdefault(what, Columns()).get(
            (end, columns), lambda: list(_first_places(times, end, columns))
        )
        return [times[place] for place in places[: bisect_left(places, seen)]]

    def largest(self, levels: Level, axis: Axis) -> list[float]:
        """Return the maximum of a level in each column."""
        known = self._levels.setdefault(levels, Columns())
        return known.get(axis.key, lambda: largest(levels.times, levels.values, axis.times()))

    def runs(self, hostname: str, slot: int, axis: Axis) -> list[int]:
        """Return for each column the index of its execution among those of a slot, or -1.

        That is the first one that begins in the column, else the one that spans it.
        """
        key = (hostname, slot)
        known = self._slots.setdefault(key, Columns())
        return known.get(axis.key, lambda: _find_runs(self._history.slots.get(key, []), axis.times()))

    def holds(self, hostname: str, axis: Axis) -> list[Held]:
        """Return for each column how many tasks a worker holds at most, and the index of the oldest of them, or -1."""
        known = self._holds.setdefault(hostname, Columns())
        return known.get(axis.key, lambda: _find_holds(self._history.holds.get(hostname, []), axis.times()))


def _first_places(times: Sequence[int], end: int, columns: int) -> Iterator[int]:
    place = 0
    while columns > 0 and place < len(times):
        yield place
        here = min(columns, times[place] * columns // end) if end else 0
        place = bisect_left(times, -(-(here + 1) * end // columns), place + 1)


def _find_holds(holds: list[Hold], edges: list[int]) -> list[Held]:
    endless = max(edges[-1], holds[-1].start if holds else 0) + 1
    spans = [(hold.start, endless if hold.end is None else hold.end) for hold in holds]
    steps = sorted([(end, -1) for _, end in spans] + [(start, 1) for start, _ in spans])
    times, values = [0], [0.0]
    for time, by in steps:
        times.append(time)
        values.append(values[-1] + by)
    counts = largest(times, values, edges)
    found: list[Held] = []
    open_: list[int] = []
    place = 0
    for count, (begin, until) in zip(counts, pairwise(edges), strict=True):
        while place < len(spans) and spans[place][0] < until:
            heappush(open_, place)
            place += 1
        while open_ and spans[open_[0]][1] <= begin:
            heappop(open_)
        found.append((int(count), open_[0]) if count and open_ else (0, -1))
    return found


def _find_runs(runs: list[ExecutionLife], edges: list[int]) -> list[int]:
    found = []
    place = 0
    for begin, until in pairwise(edges):
        place = bisect_left(runs, begin, place, key=lambda run: run.start)
        if place < len(runs) and runs[place].start < until:
            found.append(place)
            continue
        before = runs[place - 1] if place else None
        goes_on = before is not None and (before.end is None or before.end >= until)
        found.append(place - 1 if goes_on else -1)
    return found


def largest(times: Sequence[int], values: Sequence[float], edges: Sequence[int]) -> list[float]:
    """Return the maximum of a step function between consecutive edges; `times` begin at or before all edges.

    >>> largest([0, 5, 6], [1, 9, 2], [0, 4, 8, 12])
    [1, 9, 2]
    """
    found = []
    for begin, until in pairwise(edges):
        first = max(0, bisect_right(times, begin) - 1)
        last = bisect_left(times, max(until, begin + 1), first)
        found.append(max(values[first:last], default=values[first]))
    return found
