"""What a run did over time, as values: by the columns of a scale."""

from __future__ import annotations

from bisect import bisect_right

from simulator.play.meters import Reading
from simulator.scene.part import ScenePart


class Fold(ScenePart, frozen=True):
    """Idle time that is folded into a few columns."""

    first: int
    """Its first column."""
    behind: int
    """The column behind its last one."""
    begin: int
    end: int
    """The time it stands for, in microseconds."""


class Scale(ScenePart, frozen=True):
    """Columns of time; times in microseconds, columns from 0."""

    now: int
    """The column of the clock."""
    times: list[int]
    """The first moment of each column, and the one behind the last column."""
    length: int
    """How much time it shows where nothing is folded."""
    folds: list[Fold]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.times) - 1

    @property
    def begin(self) -> int:
        """The first moment of it."""
        return self.times[0]

    @property
    def end(self) -> int:
        """The moment behind its last column."""
        return self.times[-1]

    def column(self, time: int) -> int:
        """The column of a moment; -1 before the first one, the width behind the last one."""
        return bisect_right(self.times, time) - 1

    def clamp(self, time: int) -> int:
        """The column of a moment, or the nearest one on the scale."""
        return max(0, min(self.column(time), self.width - 1))


BEFORE = -1
"""In place of a column: before the first one."""


class Bar(ScenePart, frozen=True):
    """An execution on the timeline, in columns."""

    uuid: str
    start: int
    length: int
    """Up to its end, or to now."""
    ended: bool
    outcome: str
    """`succeeded`, `failed`, `retried`, ...; empty before its end."""
    attempt: int
    """Which execution of its task it is, from 1."""
    ahead: int = 0
    """Columns that the rest of it takes, where the future may be seen."""
    planned: int = 0
    """Columns from now to where it will end if nothing comes between."""
    acked: int | None = None
    """The column of the ACK; `BEFORE` where that came before the start, None where there was none (yet)."""


class SlotLane(ScenePart, frozen=True):
    """What a slot of a worker ran."""

    worker: str
    slot: int
    bars: list[Bar]
    deaths: list[int]
    """Columns in which the worker, or the child in this slot, died."""


class Curve(ScenePart, frozen=True):
    """A number over time: `what`, its largest value in each column up to now, and the value that fills a cell."""

    what: str
    values: list[float]
    least: float


class TimeChart(ScenePart, frozen=True):
    """Queues and slots over time."""

    scale: Scale
    queues: list[Curve]
    lanes: list[SlotLane]
    """A lane for each slot; none where there are more than fit."""
    busy: Curve | None = None
    """In place of lanes: how many slots were busy."""


class MeterPanel(ScenePart, frozen=True):
    """Numbers of the whole run, over time and now."""

    scale: Scale
    reading: Reading
    curves: list[Curve]
    """`waiting`, `busy`, `memory` (where a task has told how much it takes), `wait`, `rate`."""
    fine: list[Curve] = []
    """The same with two values a column, for lines of dots."""


class Shown(ScenePart, frozen=True):
    """Which part of the run the timeline shows; times in microseconds."""

    begin: int
    end: int
    length: int
    """Of it, where nothing is folded."""
    is_whole: bool


class Chart(ScenePart, frozen=True):
    """How the run lies in time; times in microseconds."""

    time: int
    """What the clock shows."""
    end: int
    """Where the scale ends: when the run ends, or later while that is secret."""
    future: bool
    """Whether what lies ahead is shown."""
    queues: list[str]
    workers: list[tuple[str, int]]
    """(worker, slots) from the first one on: the most it has had."""
    shown: Shown
    stops: list[int] = []
    """Times of captions and questions that may be seen."""
    chapters: list[int] = []
    """When each chapter begins, up to an open question."""
    bookmarks: list[int] = []
    """The times that a person has marked: where they have been is no secret."""
    marks: list[int] = []
    """Times of meaningful events that may be seen: the first one in each column of the scrubber (`Room.scrubber`)."""
    failures: list[int] = []
    """Times of what went wrong, the first one in each column."""
    timeline: TimeChart | None = None
    """Where one was asked for (`Room.time`)."""
