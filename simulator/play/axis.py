"""The time axis: the visible part of a run, and the column of each moment.

The axis is a function of the run, the cursor, the clock and a `Span`, so stepping there and back shows the same
picture. Long idle gaps are folded: such a gap takes a few columns, however long it is. A gap
is folded only once it is over, since until then its length must not be revealed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from simulator.play.history import Gap

SHORTEST = 200
"""The shortest visible span, in microseconds."""

LONG = 8
"""A gap is folded if it is longer than 1/LONG of the run, or than the visible span ..."""

LEAST = 5_000_000
"""The shortest gap to fold, in microseconds."""

FOLDED = 22
"""... and then takes 1/FOLDED of the visible span."""


KEPT = 24
"""Number of axes whose columns are cached."""


@dataclass(frozen=True, slots=True)
class Span:
    """The visible part of a run: the whole, halved `zoom` times."""

    zoom: int = 0
    anchor: int | None = None
    """Begin in microseconds, valid while the clock is visible; otherwise, and if None, the view follows the clock."""
    folds: bool = True


class Folds:
    """The gaps folded at one zoom level, as sorted lists for bisection."""

    def __init__(self, gaps: Sequence[Gap], end: int, zoom: int) -> None:
        """Select the gaps that are long at this zoom."""
        least = max(min(end // LONG, end >> zoom), LEAST)
        self.gaps = [gap for gap in gaps if gap.end - gap.begin > least]
        self.begins = [gap.begin for gap in self.gaps]
        self.indices = [gap.index for gap in self.gaps]
        self.lengths = [0, *accumulate(gap.end - gap.begin for gap in self.gaps)]
        """The time in the first so many folds."""
        self.edges: dict[tuple[int, ...], list[int]] = {}
        """By the key of an axis on these folds, the times of its columns, for the last few axes."""


class Axis:
    """`width` columns of time. Times are microseconds, columns count from 0."""

    def __init__(self, folds: Folds, cursor: int, time: int, end: int, span: Span, width: int) -> None:
        """Lay out the axis after `cursor` events, at clock `time`, in a run that ends at `end`."""
        self.width = max(width, 1)
        self._time = time
        self._folds = folds
        over = len(folds.gaps) if time >= end else bisect_left(folds.indices, cursor)
        self._count = over if span.folds else 0
        self._room = max((end - folds.lengths[self._count] >> span.zoom) // FOLDED, 1)
        """Width of each fold, in folded time."""
        whole = max(self._fold(end), 1)
        self._length = max(whole >> span.zoom, 1)
        self._last = whole - self._length
        self._begin = self._find_begin(self._fold(time), span)
        self.is_whole = self._length == whole
        self.now = max(0, min(self.column(time), self.width - 1))
        """The column of the clock."""

    def _find_begin(self, now: int, span: Span) -> int:
        length, last = self._length, self._last
        if span.anchor is not None:
            begin = max(0, min(self._fold(span.anchor), last))
            if begin <= now <= begin + length:
                return begin
        # Half-overlapping pages: the picture stays put until the clock enters its last quarter.
        half = max(length // 2, 1)
        return max(0, min((now - length // 4) // half * half, last))

    @property
    def key(self) -> tuple[int, ...]:
        """Return a key: axes on the same folds with equal keys are equal."""
        return self._room, self._count, self._begin, self._length, self.width

    @property
    def begin(self) -> int:
        """The first moment on the axis."""
        return self.time(0)

    @property
    def end(self) -> int:
        """The moment after its last column."""
        return self.time(self.width)

    @property
    def latest(self) -> int:
        """The begin of an axis that reaches the end of the run."""
        return self._unfold(self._last)

    @property
    def length(self) -> int:
        """The time it spans without folds."""
        return self._length

    def column(self, time: int) -> int:
        """Return the column of a moment; outside 0 to `width` - 1 if it is not on the axis."""
        return (self._fold(time) - self._begin) * self.width // self._length

    def clamp(self, time: int) -> int:
        """Return the column of a moment, clamped to the axis."""
        return max(0, min(self.column(time), self.width - 1))

    def time(self, column: int) -> int:
        """Return the first moment in a column."""
        return self._unfold(self._begin + -(-column * self._length // self.width))

    def until_now(self, columns: Sequence[float], now: float) -> list[float]:
        """Return the past columns of a level, with the value `now` up to the clock's column.

        In a run of a few microseconds many columns share an instant: those of the clock's show the current value.
        """
        past = min(self.now, bisect_left(self.times(), self._time))
        return [*columns[:past], *[now] * (self.now + 1 - past)]

    def times(self) -> list[int]:
        """Return the first moment of each column, and the moment after the last."""
        edges = self._folds.edges
        found = edges.get(self.key)
        if found is None:
            if len(edges) >= KEPT:
                del edges[next(iter(edges))]
            found = edges[self.key] = [self.time(column) for column in range(self.width + 1)]
        return found

    def folded(self) -> list[tuple[int, int, Gap]]:
        """Return (first column, column after the last, gap) of each visible fold."""
        first = max(0, self._fold_before(self._begin))
        found = []
        for gap in self._folds.gaps[first : self._count]:
            start, behind = self.column(gap.begin), self.column(gap.end)
            if start >= self.width:
                break
            if behind > 0:
                found.append((max(start, 0), min(max(behind, start + 1), self.width), gap))
        return found

    def _fold(self, time: int) -> int:
        """Convert a moment to folded time."""
        folds = self._folds
        place = bisect_right(folds.begins, time, 0, self._count) - 1
        if place < 0:
            return time
        gap = folds.gaps[place]
        if time >= gap.end:
            return self._place(place) + self._room + time - gap.end
        return self._place(place) + (time - gap.begin) * self._room // (gap.end - gap.begin)

    def _unfold(self, folded: int) -> int:
        """Return the first moment at or after a folded time."""
        place = self._fold_before(folded)
        if place < 0:
            return folded
        gap, over = self._folds.gaps[place], folded - self._place(place)
        if over >= self._room:
            return gap.end + over - self._room
        return gap.begin - (-over * (gap.end - gap.begin) // self._room)

    def _place(self, fold: int) -> int:
        """Return where a fold begins, in folded time."""
        return self._folds.begins[fold] - self._folds.lengths[fold] + fold * self._room

    def _fold_before(self, folded: int) -> int:
        """Return the last fold that begins at or before a folded time; -1 if none."""
        return bisect_right(range(self._count), folded, key=self._place) - 1


def zoomed(span: Span, by: int, end: int) -> Span:
    """Zoom in (1) or out (-1); the view follows the clock again."""
    zoom = span.zoom + by
    if zoom < 0 or (by > 0 and end >> zoom < SHORTEST):
        return span
    return replace(span, zoom=zoom, anchor=None)


def panned(span: Span, axis: Axis, by: int) -> Span:
    """Pan by a quarter of the span to the right (1) or left (-1), keeping the clock visible."""
    if axis.is_whole:
        return span
    quarter = max(1, axis.width // 4)
    # The clock keeps its own column at either edge.
    low, high = axis.now - axis.width + 1, axis.now
    shift = max(low, min(by * quarter, high))
    moved = axis.time(shift)
    return replace(span, anchor=moved) if shift * by > 0 and axis.begin != moved <= axis.latest else span


__all__ = ["Axis", "Folds", "Span", "panned", "zoomed"]
