"""A run prepared for the player: the places where stepping rests, its questions and marks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar

from simulator.play.activity import Activity
from simulator.play.changes import Changes
from simulator.play.columns import ColumnViews
from simulator.play.history import History
from simulator.play.log import Log
from simulator.play.meters import Meters
from simulator.story.chapters import Chapter
from simulator.story.meaning import meaning_of
from simulator.story.run import Run
from simulator.story.stops import Outcome, Stop, outcome_of
from simulator.trace.events import (
    BrokerDown,
    BrokerUp,
    Event,
    MessageQueued,
    SettingChanged,
    TaskLost,
    TaskSent,
    WorkerLost,
    WorkerOffline,
    WorkerOnline,
)
from simulator.trace.time import MICROS, to_micros
from simulator.trace.trace import Trace
from simulator.world.passes import Handlers, Pass, pass_over

TRAVEL = 0.45
"""Seconds of a message's travel animation, at normal speed."""

ALL_TRAVEL = 120.0
"""Limit of total travel time in a run, in seconds: the more messages, the shorter each pause."""

LONGEST_GAP = 1.0
"""Limit of seconds spent on a gap without events, at normal speed."""


TOGETHER = 60
"""Limit of events that happen together; fewer where there is less time for each, since all that travel are drawn."""

SENDING = {TaskSent, MessageQueued}
"""A publish: the message leaves and arrives."""


Place = tuple[int, int]
"""A place in a run: (applied events, clock in microseconds)."""


def _alike(one: type[Event], other: type[Event]) -> bool:
    """Return whether two events that follow each other are parts of one thing that happens."""
    return one is other or {one, other} == SENDING


class _Incidents(Pass):
    """External changes and lost tasks."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        self.indices: list[int] = []

    def _note(self, event: Event, index: int) -> None:
        self.indices.append(index)

    HANDLERS: ClassVar[Handlers] = dict.fromkeys(
        (WorkerLost, WorkerOffline, WorkerOnline, TaskLost, BrokerDown, BrokerUp, SettingChanged), _note
    )


class Playback:
    """A run, prepared for playing. Cursors count applied events: 0 to `len(trace)`."""

    def __init__(self, run: Run) -> None:
        """Prepare a run in one pass over its events."""
        self.run = run
        self.events = run.trace.events
        self.length = len(self.events)
        self._meaning = meaning_of(run.trace)
        self.opening = self._meaning.opening
        """The first cursor that is shown: all that is there from the start has been declared."""
        self.stops: dict[Place, list[Stop]] = {}
        self.end = (self.length, self.next_time(self.length))
        for stop in run.stops:  # at the same cursor, the caption comes first
            self.stops.setdefault(self._free_place(stop), []).append(stop)
        self.chapters = [(self._place(chapter.cursor, chapter.at), chapter) for chapter in run.chapters]
        """The parts of the run, each with the place where it begins."""
        self._outcomes: dict[int, Outcome] = {}
        self.rests = [*self._meaning.places]
        """The places at which stepping rests."""
        self.rest_times = [*self._meaning.times]
        """The time of each of them, in microseconds."""
        for place in {self.place_at(self.opening), self.end} | set(self.stops):
            self._rest_at(place)
        self.dwell = min(TRAVEL, ALL_TRAVEL / max(1, self._meaning.marks.count(1)))
        """Seconds for which the clock waits at a meaningful event."""
        self._together = max(1, round(TOGETHER * self.dwell / TRAVEL))

    def _rest_at(self, place: Place) -> None:
        after = bisect_left(self.rests, place)
        if self.rests[after : after + 1] != [place]:
            self.rests.insert(after, place)
            self.rest_times.insert(after, place[1])

    @cached_property
    def ends_as_asked(self) -> bool:
        """True if the scenario sets its end, regardless of the events."""
        scenario = self.run.scenario
        until = scenario.model.until if scenario is not None else None
        return until is not None and self.end[1] == to_micros(until)

    @cached_property
    def history(self) -> History:
        """The run over time."""
        return History(self.run)

    @cached_property
    def activity(self) -> Activity:
        """Activity by worker."""
        return pass_over(self.run.trace, Activity)

    @cached_property
    def views(self) -> ColumnViews:
        """The history by columns of an axis."""
        return ColumnViews(self.history)

    @cached_property
    def meters(self) -> Meters:
        """The meters of the run."""
        return Meters(self.history)

    @cached_property
    def log(self) -> Log:
        """The log of its workers."""
        return Log(self.run)

    @cached_property
    def changes(self) -> Changes:
        """Changes by subject."""
        return pass_over(self.run.trace, Changes)

    @cached_property
    def questions(self) -> list[tuple[Place, int]]:
        """Place and number of every question, in run order."""
        return [(place, stop.number) for place in sorted(self.stops) for stop in self.stops[place] if stop.is_question]

    def outcome(self, stop: Stop) -> Outcome:
        """Return the run's answer to a question; computed on first use, since that takes time."""
        if stop.number not in self._outcomes:
            self._outcomes[stop.number] = outcome_of(stop, self.run.trace)
        return self._outcomes[stop.number]

    def shown_at(self, stop: Stop) -> Place:
        """Return the place where the answer to a question has shown."""
        cursor = self.outcome(stop).cursor
        return self.end if cursor >= self.length else self.place_at(cursor)

    @cached_property
    def marks(self) -> list[Place]:
        """Places of chapters, captions, questions, lost tasks, and workers lost or joining late."""
        sudden = pass_over(self.run.trace, _Incidents).indices
        faults = {self.place_at(index + 1) for index in sudden if index >= self.opening}
        chapters = {place for place, _ in self.chapters}
        return sorted(faults | set(self.stops) | chapters | {self.rests[0], self.end})

    def _place_of(self, stop: Stop) -> Place:
        return self._place(stop.cursor, to_micros(stop.item.at) if stop.item.at is not None else 0)

    def _free_place(self, stop: Stop) -> Place:
        """Return a stop's place; a question comes right after a caption at the same place, so that both can be read."""
        cursor, time = place = self._place_of(stop)
        captioned = any(not other.is_question for other in self.stops.get(place, ()))
        return (cursor, time + 1) if stop.is_question and captioned and place < self.end else place

    def caption_before(self, place: Place) -> Place | None:
        """Return the place of the caption that a question at `place` was put behind; None if there is none."""
        before = place[0], place[1] - 1
        asked = any(stop.is_question for stop in self.stops.get(place, ()))
        return before if asked and any(not stop.is_question for stop in self.stops.get(before, ())) else None

    def _place(self, cursor: int, time: int) -> Place:
        cursor = max(cursor, self.opening)
        return cursor, max(time, self.time_of(cursor))

    def chapter_at(self, place: Place) -> Chapter | None:
        """Return the chapter that contains a place; None before the first one."""
        begun = bisect_right(self.chapters, place, key=lambda pair: pair[0])
        return self.chapters[begun - 1][1] if begun else None

    def place_at(self, cursor: int) -> Place:
        """Return the place right after the last event before a cursor."""
        return cursor, self.time_of(cursor)

    def time_of(self, cursor: int) -> int:
        """Return the time of the last event before a cursor, in microseconds."""
        return self.events[cursor - 1].t if cursor > self.opening else 0

    def next_time(self, cursor: int) -> int:
        """Return the time of the next event, or the end of the run."""
        return self.events[cursor].t if cursor < self.length else max(self.run.trace.end, self.time_of(cursor))

    def cursor_at(self, time: int) -> int:
        """Return the cursor after all events of an instant (microseconds)."""
        found = bisect_right(self.events, time, key=lambda event: event.t)
        return max(self.opening, found)

    def next_rest(self, place: Place) -> Place:
        """Return the next place where stepping rests."""
        return self.rests[min(bisect_right(self.rests, place), len(self.rests) - 1)]

    def previous_rest(self, place: Place) -> Place:
        """Return the previous place where stepping rests."""
        return self.rests[max(bisect_left(self.rests, place) - 1, 0)]

    def waits_after(self, cursor: int) -> float:
        """Return seconds the clock pauses after the event before this cursor, at normal speed.

        What happens alike at one instant happens together: six sends take no longer than one.
        """
        marks = self._meaning.marks
        if cursor <= self.opening or not marks[cursor - 1]:
            return 0.0
        if cursor < self.length and marks[cursor] and cursor % self._together:
            before, after = self.events[cursor - 1], self.events[cursor]
            if before.t == after.t and _alike(type(before), type(after)):
                return 0.0
        return self.dwell

    def rate(self, place: Place) -> float:
        """Return simulated microseconds per second after a place, at normal speed."""
        return self._rate(bisect_right(self.rests, place))

    def _rate(self, after: int) -> float:
        """Return the rate between the rest number `after` and the one before it."""
        times = self.rest_times
        begin, end = times[max(after - 1, 0)], times[min(after, len(times) - 1)]
        return max(float(MICROS), (end - begin) / LONGEST_GAP)

    def back_from(self, cursor: int) -> Iterator[tuple[int, float]]:
        """Yield the events before a cursor, latest first: (index, seconds from the one before it, at normal speed)."""
        after = bisect_right(self.rests, self.place_at(cursor))
        while cursor > self.opening:
            cursor -= 1
            here = self.place_at(cursor)
            while after and self.rests[after - 1] > here:
                after -= 1
            passed = self.next_time(cursor) - here[1]
            yield cursor, (passed / self._rate(after) if passed else 0.0) + self.waits_after(cursor)
