"""A run over time as values, by columns of a scale."""

from __future__ import annotations

from bisect import bisect_right

from simulator.play.meters import Reading
from simulator.scene.part import ScenePart


class Fold(ScenePart, frozen=True):
    """Idle time folded into a few columns."""

    first: int
    """Its first column."""
    behind: int
    """The column after its last one."""
    begin: int
    end: int
    """The time span it represents, in microseconds."""


class Scale(ScenePart, frozen=True):
    """Columns of time; times in microseconds, columns from 0."""

    now: int
    """The column of the clock."""
    times: list[int]
    """The first moment of each column, and the one after the last column."""
    length: int
    """The time it spans without folds."""
    folds: list[Fold]

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.times) - 1

    @property
    def begin(self) -> int:
        """The first moment on the scale."""
        return self.times[0]

    @property
    def end(self) -> int:
        """The moment after its last column."""
        return self.times[-1]

    def column(self, time: int) -> int:
        """Return the column of a moment; -1 before the first, the width after the last."""
        return bisect_right(self.times, time) - 1

    def clamp(self, time: int) -> int:
        """Return the column of a moment, clamped to the scale."""
        return max(0, min(self.column(time), self.width - 1))


BEFORE = -1
"""Stands for a column before the first one."""


class Bar(ScenePart, frozen=True):
    """An execution on the timeline, in columns."""

    uuid: str
    start: int
    length: int
    """Columns up to its end, or to now."""
    ended: bool
    outcome: str
    """`succeeded`, `failed`, `retried`, ...; empty before its end."""
    attempt: int
    """Ordinal of the execution within its task, from 1."""
    ahead: int = 0
    """Columns of its remainder, if the future is visible."""
    planned: int = 0
    """Columns from now to its planned end."""
    acked: int | None = None
    """The column of the ACK; `BEFORE` if it preceded the start, None if there is none yet."""


class HeldBar(ScenePart, frozen=True):
    """Tasks that wait in a worker, reserved or held for their ETA, in columns."""

    uuid: str
    """The one received first."""
    count: int
    start: int
    length: int
    """Columns up to where their number or the first of them changes, or to now."""
    eta: int | None = None
    """Before which moment the first one may not start, in microseconds."""
    is_future: bool = False


class SlotLane(ScenePart, frozen=True):
    """The executions of one slot."""

    worker: str
    slot: int
    bars: list[Bar]
    deaths: list[int]
    """Columns in which the worker, or the child in this slot, died."""
    held: list[HeldBar] = []
    """Tasks that wait in the worker; set in the lane of its last slot."""
    held_ahead: int = 0
    """Columns from now to the ETA for which the first task is held, if it is."""


class Curve(ScenePart, frozen=True):
    """A number over time: `what`, its maximum in each column up to now, and the smallest full scale (`least`)."""

    what: str
    values: list[float]
    least: float
    dead: bool = False
    """True if it counts dead letters, which wait for no consumer."""


class TimeChart(ScenePart, frozen=True):
    """Queues and slots over time."""

    scale: Scale
    queues: list[Curve]
    """Queues in which something has waited, as many as fit; with an empty name all of them together."""
    lanes: list[SlotLane]
    """A lane per slot; empty if they do not fit."""
    busy: Curve | None = None
    """The number of busy slots, instead of lanes."""
    held: Curve | None = None
    """The number of tasks that wait in all workers, if lanes do not tell it and any have."""


class MeterPanel(ScenePart, frozen=True):
    """The meters, over time and now."""

    scale: Scale
    reading: Reading
    curves: list[Curve]
    """`waiting`, `busy`, `memory` (if any task declares its memory), `wait`, `rate`."""
    fine: list[Curve] = []
    """The same with two values per column, for dot charts."""


class VisibleSpan(ScenePart, frozen=True):
    """The part of the run visible on the timeline; times in microseconds."""

    begin: int
    end: int
    length: int
    """Its length without folds."""
    is_whole: bool


class Chart(ScenePart, frozen=True):
    """The run's layout in time; times in microseconds."""

    time: int
    """The clock."""
    end: int
    """The end of the scale: the run's end, or later while that is secret."""
    future: bool
    """True if the future is shown."""
    queues: list[str]
    workers: list[tuple[str, int]]
    """(worker, maximum number of slots so far)."""
    shown: VisibleSpan
    stops: list[int] = []
    """Times of visible captions and questions."""
    chapters: list[int] = []
    """Start of each chapter, up to an open question."""
    bookmarks: list[int] = []
    """The user's bookmarks; places already visited are no secret."""
    marks: list[int] = []
    """Times of visible meaningful events: the first in each column of the scrubber (`Room.scrubber`)."""
    failures: list[int] = []
    """Times of failures, the first in each column."""
    timeline: TimeChart | None = None
    """Set if requested (`Room.time`)."""
