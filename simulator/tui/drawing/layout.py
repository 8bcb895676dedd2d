"""Layout of a screen, from the smallest that works to very large ones."""

from __future__ import annotations

from dataclasses import dataclass

MIN_WIDTH, MIN_HEIGHT = 60, 18
"""Least size of a stage; below it the terminal is asked to grow."""

WIDE = 120
"""Width from which there is a list of events."""

TALL = 34
"""Height from which lines are spaced out."""

STRIP = 4
"""Rows of the meters below the timeline on a roomy screen; a taller one has more."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column behind it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    """The boxes of the main screen. A box without height or width is left out."""

    stage: Box
    words: Box
    time: Box
    transport: int
    """Row of the transport bar."""
    keys: int
    """Row of the keys."""
    producers: Box
    queues: Box
    workers: Box
    events: Box
    roomy: bool


def is_too_small(width: int, height: int) -> bool:
    """Return True if the main screen does not fit."""
    return width < MIN_WIDTH or height < MIN_HEIGHT


def divide(width: int, height: int, asked: int = 0, rows: int = 3) -> Layout:
    """Divide a screen.

    Args:
        width: cells.
        height: rows.
        asked: rows that a question needs, 0 without one.
        rows: rows that the timeline would fill, without its axis.
    """
    roomy = width >= WIDE and height >= TALL
    flexible = height - 8 if roomy else height - 6
    words = 4 + max(0, flexible - 18) * 3 // 10
    if roomy:
        words = max(7, words * 2 // 3)
    time = _time_rows(flexible, words, rows, roomy)
    if asked > words:
        taken = min(asked - words, time)
        words, time = words + taken, time - taken
        if time <= rows:
            words, time = words + time, 0
        words += max(0, min(asked - words, flexible - words - 5))
    stage = flexible - words - time + (time == 0)
    stage_box = Box(0, 2, width, stage)
    words_box = Box(0, stage_box.bottom + 1, width, words)
    time_box = Box(0, words_box.bottom + 1, width, time)
    transport = height - 3 if roomy else height - 2
    return Layout(stage_box, words_box, time_box, transport, height - 1, *_lanes(stage_box), roomy)


def _time_rows(flexible: int, words: int, rows: int, roomy: bool) -> int:
    """Rows for the timeline, and on a roomy screen for meters below it: all they can fill, half the room, or none."""
    if roomy:
        strip = STRIP if flexible < 36 else STRIP + 2
        most = (flexible - words - 2) // 2
        # Lanes have air between all of them or none: what would be half of it is of more use above.
        return min(2 * rows + 1 + strip if 2 * rows + 1 + strip <= most else rows + 2 + strip, most)
    most = max(flexible - words - 10, 0) if flexible < 24 else (flexible - words) * 2 // 5
    wanted = rows + 1
    time = min(max(wanted, 4), most)
    return time if time >= 3 else 0


def _lanes(stage: Box) -> tuple[Box, Box, Box, Box]:
    """The boxes of producers, queues, workers and events, from left to right."""
    y, height, width = stage.y, stage.height, stage.width
    events_width = 0 if width < WIDE else min(48, 34 + (width - WIDE) // 2)
    room = width - events_width - 2
    if width < 80:
        queues = min(28, (room - 6) // 2)
        return (
            Box(0, y, 0, height),
            Box(1, y, queues, height),
            Box(queues + 7, y, room - queues - 6, height),
            Box(width, y, 0, height),
        )
    extra = room - 78
    producer = 12 + min(6, extra // 6)
    gap = 6 + min(6, extra // 8)
    left = room - producer - 2 * gap
    queue = 28 + (left - 54) * 2 // 5
    queue = min(queue, 48)
    first = Box(1, y, producer, height)
    second = Box(first.right + gap, y, queue, height)
    third = Box(second.right + gap, y, width - 1 - events_width - second.right - gap, height)
    return first, second, third, Box(width - events_width, y, events_width, height)
