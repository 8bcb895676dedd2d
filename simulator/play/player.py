"""The player: the current place in a run, and the passing of time. Pure: every method returns a new player."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from simulator.play.playback import TRAVEL, Place, Playback
from simulator.story.stops import Outcome, Stop

SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Playback speeds."""


class Motion(Enum):
    """State of the clock."""

    REST = "rest"
    STEP = "step"
    """A step is being animated; the clock stands still."""
    PLAY = "play"


def round_above(time: int) -> int:
    """Return the first 1, 2 or 5 times a power of ten above a time.

    >>> round_above(0), round_above(2_000_000), round_above(123_000_000)
    (1, 5000000, 200000000)
    """
    ten: int = 10 ** len(str(time)) // 10
    return next(one * ten for one in (1, 2, 5, 10) if one * ten > time)


@dataclass(frozen=True, slots=True)
class Answer:
    """A recorded answer; the run shows later whether it is right."""

    choice: int | None
    """Index of the choice; None is "I don't know"."""
    outcome: Outcome
    """The outcome in the run it was given for; in another run, after a what-if, it may differ."""
    reasoned: bool
    """True if the author's explanation applies: the outcome is that of the original run, without a what-if."""


@dataclass(frozen=True, slots=True)
class Player:
    """A place in a run. The cursor stays between the opening and the end, and does not pass an open question."""

    playback: Playback
    cursor: int
    """Number of applied events."""
    time: int
    """The clock in microseconds: from the last event's time up to the next one's."""
    motion: Motion = Motion.REST
    since: float = 0.0
    """Seconds (at normal speed) since the last event was applied; counts up to `TRAVEL` while something moves."""
    origin: Place = (0, 0)
    """During a step: the place it came from. While playing: where playing began."""
    speed: float = 1.0
    answers: Mapping[int, Answer] = field(default_factory=lambda: MappingProxyType({}))
    """Answers by question number."""
    reached: Place = field(default=(0, 0), compare=False)
    """The farthest place shown before this one."""

    @classmethod
    def at_start(cls, playback: Playback) -> Player:
        """Return a player at the opening, at rest."""
        return cls(playback, playback.opening, 0)

    # -- queries -------------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Cursor and time."""
        return self.cursor, self.time

    @property
    def stops(self) -> list[Stop]:
        """The captions and questions at this place."""
        return self.playback.stops.get(self.place, [])

    @property
    def question(self) -> Stop | None:
        """The question at this place: the first open one, else the last answered one."""
        asked = [stop for stop in self.stops if stop.is_question]
        return next((stop for stop in asked if stop.number not in self.answers), asked[-1] if asked else None)

    @property
    def open_question(self) -> Stop | None:
        """The unanswered question at this place, if any."""
        found = self.question
        return found if found is not None and found.number not in self.answers else None

    @property
    def is_asked(self) -> bool:
        """True if a question concerns this moment; a caption may precede it."""
        return any(place[0] == self.cursor and n not in self.answers for place, n in self.playback.questions)

    @property
    def leads_to_question(self) -> bool:
        """True if the next step only asks an open question: no event comes in between."""
        cursor, _ = there = self.playback.next_rest(self.place)
        if cursor != self.cursor or there == self.place:
            return False
        return any(stop.is_question and stop.number not in self.answers for stop in self.playback.stops.get(there, ()))

    def asks_before_answer(self, stop: Stop) -> bool:
        """True if another open question comes before the run shows the answer to this one."""
        shown = self.playback.shown_at(stop)
        return any(
            self.place <= place < shown and number != stop.number and number not in self.answers
            for place, number in self.playback.questions
        )

    @property
    def answered(self) -> list[tuple[Place, Stop]]:
        """Answered questions with the place where this run shows the answer, ordered by place."""
        asked = (stop for stops in self.playback.stops.values() for stop in stops if stop.is_question)
        found = [(self.playback.shown_at(stop), stop) for stop in asked if stop.number in self.answers]
        return sorted(found, key=lambda pair: pair[0])

    @property
    def verdict(self) -> Stop | None:
        """The answered question whose answer shows here; the last of several."""
        return next((stop for stop in reversed(self._shown) if self.playback.outcome(stop).right is not None), None)

    @property
    def unsettled(self) -> list[Stop]:
        """The answered questions of which shows here that this run, changed perhaps, settles none of the choices."""
        return [stop for stop in self._shown if self.playback.outcome(stop).right is None]

    @property
    def _shown(self) -> list[Stop]:
        return [stop for place, stop in self.answered if place == self.place]

    @property
    def at_end(self) -> bool:
        """True if the run is over."""
        return self.place >= self.playback.end

    @property
    def is_moving(self) -> bool:
        """True if the clock runs or a message travels."""
        return self.motion is not Motion.REST

    @property
    def limit(self) -> Place:
        """The farthest place that may be shown: the next open question, else the end."""
        here, answers = self.place, self.answers
        ahead = (place for place, number in self.playback.questions if place >= here and number not in answers)
        return next(ahead, self.playback.end)

    @property
    def may_know_all(self) -> bool:
        """True if the future may be shown; with an open question ahead, it would give the answer away."""
        return all(place < self.place or number in self.answers for place, number in self.playback.questions)

    @property
    def knows_end(self) -> bool:
        """True if every question's answer has shown: until then the run's end could reveal or confirm one."""
        if not self.may_know_all:
            return False
        farthest = max(self.reached, self.place)
        return all(place <= farthest for place, _ in self.answered)

    @property
    def horizon(self) -> int:
        """The end of the time scale in microseconds: the run's end, or a round time after it while that is secret.

        The end time and the number of events would answer many a question.
        """
        end = self.playback.end[1]
        return end if self.knows_end or self.playback.ends_as_asked else round_above(end)

    # -- seeking ------------------------------------------------------------------------------------------------

    def go(self, place: Place) -> Player:
        """Go to a place, at rest; not past an open question."""
        cursor, time = max(self.playback.rests[0], min(place, self.limit))
        reached = max(self.reached, self.place)
        return replace(self, cursor=cursor, time=time, motion=Motion.REST, since=0.0, reached=reached)

    def seek(self, cursor: int) -> Player:
        """Go to a cursor, at rest."""
        return self.go(self.playback.place_at(max(self.playback.opening, min(cursor, self.playback.length))))

    def seek_time(self, time: int) -> Player:
        """Go to a time in microseconds (after all events of its instant), at rest."""
        time = max(0, min(time, self.playback.end[1]))
        return self.go((self.playback.cursor_at(time), time))

    def step(self, *, shown: bool = False) -> Player:
        """Step to the next place where stepping rests; `shown`: animate the step."""
        return self._show(self.go(self._next(self.playback.next_rest(self.place))), shown)

    def back(self) -> Player:
        """Step back to the previous place where stepping rests."""
        return self.go(self._previous(self.playback.previous_rest(self.place)))

    def raw_step(self, *, shown: bool = False) -> Player:
        """Step to the next event of any kind."""
        there = self.seek(self.cursor + 1) if self.cursor < self.playback.length else self.end()
        return self._show(there, shown)

    def raw_back(self) -> Player:
        """Step back to the previous event of any kind."""
        here = self.playback.place_at(self.cursor)
        return self.go(here) if here < self.place else self.seek(self.cursor - 1)

    def home(self) -> Player:
        """Go to the opening."""
        return self.go(self.playback.rests[0])

    def end(self) -> Player:
        """Go to the end of the run or the next open question; first to the caption of that moment, if it has one."""
        caption = self.playback.caption_before(self.limit)
        return self.go(caption if caption is not None and self.place < caption else self.playback.end)

    def next_mark(self, bookmarks: Sequence[Place] = ()) -> Player:
        """Go to the next chapter, caption, question, verdict, fault or bookmark (`bookmarks` are sorted)."""
        lists = (self.playback.marks, bookmarks)
        places = [(marks, bisect_right(marks, self.place)) for marks in lists]
        return self.go(self._next(min((m[p] for m, p in places if p < len(m)), default=self.playback.marks[-1])))

    def previous_mark(self, bookmarks: Sequence[Place] = ()) -> Player:
        """Go to the previous one."""
        lists = (self.playback.marks, bookmarks)
        places = [(marks, bisect_left(marks, self.place)) for marks in lists]
        return self.go(self._previous(max((m[p - 1] for m, p in places if p), default=self.playback.marks[0])))

    def _next(self, there: Place) -> Place:
        """Return a place ahead, or the verdict before it."""
        return next((place for place, _ in self.answered if self.place < place < there), there)

    def _previous(self, there: Place) -> Place:
        """Return a place behind, or the verdict after it."""
        return next((place for place, _ in reversed(self.answered) if there < place < self.place), there)

    def _show(self, there: Player, shown: bool) -> Player:
        return there._from(self.place, shown)

    def _from(self, origin: Place, shown: bool) -> Player:
        """Return this player, animating the way from `origin` if `shown`."""
        if not shown or self.cursor == origin[0]:
            return self
        return replace(self, motion=Motion.STEP, origin=origin)

    # -- playing ------------------------------------------------------------------------------------------------

    def toggle(self) -> Player:
        """Play or pause; at the end, restart. An open question must be answered first."""
        if self.motion is Motion.PLAY:
            return self.rest()
        if self.open_question is not None:
            return self.rest()
        start = self.home() if self.at_end else self.rest()
        return replace(start, motion=Motion.PLAY, origin=start.place, since=TRAVEL)

    def rest(self) -> Player:
        """Stop here; travelling messages arrive."""
        return replace(self, motion=Motion.REST, since=0.0)

    def faster(self, steps: int = 1) -> Player:
        """Change speed by `steps`; negative is slower."""
        place = max(0, min(SPEEDS.index(self.speed) + steps, len(SPEEDS) - 1))
        return replace(self, speed=SPEEDS[place])

    def normal(self) -> Player:
        """Reset to normal speed."""
        return replace(self, speed=1.0)

    def answer(self, choice: int | None) -> Player:
        """Answer the open question here; None is "I don't know"."""
        question = self.open_question
        if question is None:
            return self
        run, outcome = self.playback.run, self.playback.outcome(question)
        answer = Answer(choice, outcome, run.parent is None and run.has_reason(question, outcome.right))
        return replace(self.rest(), answers=MappingProxyType({**self.answers, question.number: answer}))

    def moved_to(self, playback: Playback) -> Player:
        """Return the same place in a run that shares all events up to here."""
        cursor = max(playback.opening, min(self.cursor, playback.length))
        time = max(playback.time_of(cursor), min(self.time, playback.next_time(cursor)))
        return replace(self.rest(), playback=playback, cursor=cursor, time=time, reached=(0, 0))

    def grown(self, playback: Playback, *, follow: bool, shown: bool) -> Player:
        """Continue in a grown live run: at its end with `follow`, else at this place, moving if it was.

        If seen events have been reordered, keep the time. `shown`: animate the way.
        """
        if playback.events[: self.cursor] == self.playback.events[: self.cursor]:
            here = replace(self.moved_to(playback), motion=self.motion, since=self.since)
        else:
            here = replace(self, playback=playback, reached=(0, 0)).seek_time(self.time)
        return here.end()._from(here.place, shown) if follow else here

    def advance(self, seconds: float) -> Player:
        """Let real time pass."""
        if self.motion is Motion.STEP:
            since = self.since + seconds
            return self.rest() if since >= TRAVEL else replace(self, since=since)
        if self.motion is Motion.PLAY:
            return self._played(seconds * self.speed)
        return self

    def _played(self, budget: float) -> Player:
        """Play for `budget` seconds at normal speed."""
        playback, cursor, time, since = self.playback, self.cursor, self.time, self.since
        while True:
            wait = playback.waits_after(cursor) - since
            if wait > budget:
                return replace(self, cursor=cursor, time=time, since=since + budget)
            budget -= max(0.0, wait)
            since += max(0.0, wait)
            here = replace(self, cursor=cursor, time=time, since=since)
            if here.place != self.origin and here._stops_playing():
                return here.rest()
            if here.at_end:
                return here.rest()
            next_event = playback.next_time(cursor)
            # A caption may stand between two events.
            stop_cursor, stop_time = playback.next_rest(here.place)
            until = stop_time if stop_cursor == cursor else next_event
            rate = playback.rate(here.place)
            if until - time > budget * rate:
                return replace(here, time=time + int(budget * rate), since=since + budget)
            spent = (until - time) / rate
            budget -= spent
            if stop_cursor == cursor:
                time, since = until, since + spent
            else:
                time, cursor, since = until, cursor + 1, 0.0

    def _stops_playing(self) -> bool:
        return self.verdict is not None or any(
            stop.number not in self.answers if stop.is_question else getattr(stop.item, "stop", True)
            for stop in self.stops
        )

    def recent(self) -> Iterator[tuple[int, float]]:
        """Yield events still being animated: (index, progress from 0 to 1), latest first.

        A function of the events, the cursor and the clock only.
        """
        playback = self.playback
        if self.motion is Motion.STEP:
            for index in range(self.cursor - 1, self.origin[0] - 1, -1):
                yield index, min(1.0, self.since / TRAVEL)
        elif self.motion is Motion.PLAY:
            age = self.since
            for cursor, passed in playback.back_from(self.cursor):
                if age >= TRAVEL:
                    break
                yield cursor, age / TRAVEL
                age += passed
