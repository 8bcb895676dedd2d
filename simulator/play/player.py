"""The player: where in a run we are, and how time passes. Pure: every method returns another player."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from simulator.play.playback import TRAVEL, Place, Playback
from simulator.story.stops import Outcome, Stop

SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""How fast a run can be played."""


class Motion(Enum):
    """What the clock does."""

    REST = "rest"
    STEP = "step"
    """A step is being shown; the clock stands."""
    PLAY = "play"


def round_above(time: int) -> int:
    """The first 1, 2 or 5 times a power of ten behind a time.

    >>> round_above(0), round_above(2_000_000), round_above(123_000_000)
    (1, 5000000, 200000000)
    """
    ten: int = 10 ** len(str(time)) // 10
    return next(one * ten for one in (1, 2, 5, 10) if one * ten > time)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given. It is only recorded: whether it is right, the run shows later."""

    choice: int | None
    """Index of the chosen one; None is "I don't know"."""
    outcome: Outcome
    """What the run for which it was given answers: in another one, after a what-if, it may not hold."""
    reasoned: bool
    """Whether its author's reason holds: where the answer is that of the run it was written for, without a what-if."""


@dataclass(frozen=True, slots=True)
class Player:
    """A place in a run. The cursor is never before the opening, behind the end, or past an open question."""

    playback: Playback
    cursor: int
    """How many events have happened."""
    time: int
    """What the clock shows, in microseconds: from the last event's time up to the next one's."""
    motion: Motion = Motion.REST
    since: float = 0.0
    """Seconds (at normal speed) since the last event was applied; counts up to `TRAVEL` while something moves."""
    origin: Place = (0, 0)
    """While a step is shown: the place it came from. While playing: where playing began."""
    speed: float = 1.0
    answers: Mapping[int, Answer] = field(default_factory=lambda: MappingProxyType({}))
    """By number of the question what was answered."""
    reached: Place = field(default=(0, 0), compare=False)
    """The farthest place that was shown before this one."""

    @classmethod
    def at_start(cls, playback: Playback) -> Player:
        """At the opening, at rest."""
        return cls(playback, playback.opening, 0)

    # -- what is here -------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Cursor and time."""
        return self.cursor, self.time

    @property
    def stops(self) -> list[Stop]:
        """The captions and questions that stand here."""
        return self.playback.stops.get(self.place, [])

    @property
    def question(self) -> Stop | None:
        """The question that stands here: the first open one, else the last answered one."""
        asked = [stop for stop in self.stops if stop.is_question]
        return next((stop for stop in asked if stop.number not in self.answers), asked[-1] if asked else None)

    @property
    def open_question(self) -> Stop | None:
        """A question here that waits for its answer."""
        found = self.question
        return found if found is not None and found.number not in self.answers else None

    @property
    def is_asked(self) -> bool:
        """Whether this very moment is about to be asked about, or is: a caption may stand before its question."""
        return any(place[0] == self.cursor and n not in self.answers for place, n in self.playback.questions)

    @property
    def answered(self) -> list[tuple[Place, Stop]]:
        """The answered questions, each with the place where this run shows its answer; in the order of the places."""
        asked = (stop for stops in self.playback.stops.values() for stop in stops if stop.is_question)
        found = [(self.playback.shown_at(stop), stop) for stop in asked if stop.number in self.answers]
        return sorted(found, key=lambda pair: pair[0])

    @property
    def verdict(self) -> Stop | None:
        """The question whose answer shows here, if it was answered; the last one of several."""
        return next((stop for place, stop in reversed(self.answered) if place == self.place), None)

    @property
    def at_end(self) -> bool:
        """Whether nothing is left to happen."""
        return self.place >= self.playback.end

    @property
    def is_moving(self) -> bool:
        """Whether time passes, on the clock or on the way of a message."""
        return self.motion is not Motion.REST

    @property
    def limit(self) -> Place:
        """The farthest place that may be shown: where the next open question stands, else the end."""
        here, answers = self.place, self.answers
        ahead = (place for place, number in self.playback.questions if place >= here and number not in answers)
        return next(ahead, self.playback.end)

    @property
    def may_know_all(self) -> bool:
        """Whether what lies ahead may be shown: an open question there would be answered by it."""
        return all(place < self.place or number in self.answers for place, number in self.playback.questions)

    @property
    def knows_end(self) -> bool:
        """Whether the run has shown all that was asked: until then its end would give an answer away, or confirm it."""
        if not self.may_know_all:
            return False
        farthest = max(self.reached, self.place)
        return all(place <= farthest for place, _ in self.answered)

    @property
    def horizon(self) -> int:
        """Where a scale of time ends, in microseconds: with the run, or at a round time behind an end that is secret.

        When a run ends, and after how many events, answers many a question about it.
        """
        end = self.playback.end[1]
        return end if self.knows_end or self.playback.ends_as_asked else round_above(end)

    # -- going --------------------------------------------------------------------------------------------------

    def go(self, place: Place) -> Player:
        """To a place, at rest; not past an open question."""
        cursor, time = max(self.playback.rests[0], min(place, self.limit))
        reached = max(self.reached, self.place)
        return replace(self, cursor=cursor, time=time, motion=Motion.REST, since=0.0, reached=reached)

    def seek(self, cursor: int) -> Player:
        """To a cursor, at rest."""
        return self.go(self.playback.place_at(max(self.playback.opening, min(cursor, self.playback.length))))

    def seek_time(self, time: int) -> Player:
        """To a time in microseconds (after all events of its instant), at rest."""
        time = max(0, min(time, self.playback.end[1]))
        return self.go((self.playback.cursor_at(time), time))

    def step(self, *, shown: bool = False) -> Player:
        """To the next place where stepping rests; `shown`: with the way there to be seen."""
        return self._show(self.go(self._next(self.playback.next_rest(self.place))), shown)

    def back(self) -> Player:
        """To the previous place where stepping rests."""
        return self.go(self._previous(self.playback.previous_rest(self.place)))

    def raw_step(self, *, shown: bool = False) -> Player:
        """To the next event of any kind."""
        there = self.seek(self.cursor + 1) if self.cursor < self.playback.length else self.end()
        return self._show(there, shown)

    def raw_back(self) -> Player:
        """To the previous event of any kind."""
        here = self.playback.place_at(self.cursor)
        return self.go(here) if here < self.place else self.seek(self.cursor - 1)

    def home(self) -> Player:
        """To the opening."""
        return self.go(self.playback.rests[0])

    def end(self) -> Player:
        """To the end of the run, or the next open question."""
        return self.go(self.playback.end)

    def next_mark(self, bookmarks: Sequence[Place] = ()) -> Player:
        """To the next chapter, caption, question, verdict, fault or bookmark (which are in order)."""
        lists = (self.playback.marks, bookmarks)
        places = [(marks, bisect_right(marks, self.place)) for marks in lists]
        return self.go(self._next(min((m[p] for m, p in places if p < len(m)), default=self.playback.marks[-1])))

    def previous_mark(self, bookmarks: Sequence[Place] = ()) -> Player:
        """To the previous one."""
        lists = (self.playback.marks, bookmarks)
        places = [(marks, bisect_left(marks, self.place)) for marks in lists]
        return self.go(self._previous(max((m[p - 1] for m, p in places if p), default=self.playback.marks[0])))

    def _next(self, there: Place) -> Place:
        """A place ahead, or the verdict before it."""
        return next((place for place, _ in self.answered if self.place < place < there), there)

    def _previous(self, there: Place) -> Place:
        """A place behind us, or the verdict after it."""
        return next((place for place, _ in reversed(self.answered) if there < place < self.place), there)

    def _show(self, there: Player, shown: bool) -> Player:
        return there._from(self.place, shown)

    def _from(self, origin: Place, shown: bool) -> Player:
        """Here, and `shown` how one came from another place."""
        if not shown or self.cursor == origin[0]:
            return self
        return replace(self, motion=Motion.STEP, origin=origin)

    # -- playing ------------------------------------------------------------------------------------------------

    def toggle(self) -> Player:
        """Play or pause; at the end from the start again. An open question must be answered first."""
        if self.motion is Motion.PLAY:
            return self.rest()
        if self.open_question is not None:
            return self.rest()
        start = self.home() if self.at_end else self.rest()
        return replace(start, motion=Motion.PLAY, origin=start.place, since=TRAVEL)

    def rest(self) -> Player:
        """Stop where we are; what travels arrives."""
        return replace(self, motion=Motion.REST, since=0.0)

    def faster(self, steps: int = 1) -> Player:
        """Another speed, so many steps faster (or slower, below 0)."""
        place = max(0, min(SPEEDS.index(self.speed) + steps, len(SPEEDS) - 1))
        return replace(self, speed=SPEEDS[place])

    def normal(self) -> Player:
        """Normal speed."""
        return replace(self, speed=1.0)

    def answer(self, choice: int | None) -> Player:
        """Answer the open question that stands here; None is "I don't know"."""
        question = self.open_question
        if question is None:
            return self
        run, outcome = self.playback.run, self.playback.outcome(question)
        answer = Answer(choice, outcome, run.parent is None and run.has_reason(question, outcome.right))
        return replace(self.rest(), answers=MappingProxyType({**self.answers, question.number: answer}))

    def moved_to(self, playback: Playback) -> Player:
        """The same place in a run that shares all events up to here."""
        cursor = max(playback.opening, min(self.cursor, playback.length))
        time = max(playback.time_of(cursor), min(self.time, playback.next_time(cursor)))
        return replace(self.rest(), playback=playback, cursor=cursor, time=time, reached=(0, 0))

    def grown(self, playback: Playback, *, follow: bool, shown: bool) -> Player:
        """In a run that goes on: at its end if we `follow` it, else where we are, and still moving if we were.

        Where what we had seen stands in another order now, at the same time. `shown`: with the way there to be seen.
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
        """Play on for so many seconds at normal speed."""
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
        """The events whose way is still to be seen: (index, how far from 0 to 1), latest first.

        A function of the events, the cursor and the clock only.
        """
        playback = self.playback
        if self.motion is Motion.STEP:
            for index in range(self.cursor - 1, self.origin[0] - 1, -1):
                yield index, min(1.0, self.since / TRAVEL)
        elif self.motion is Motion.PLAY:
            age, cursor = self.since, self.cursor
            while age < TRAVEL and cursor > playback.opening:
                yield cursor - 1, age / TRAVEL
                cursor -= 1
                here = playback.place_at(cursor)
                gap = (playback.next_time(cursor) - here[1]) / playback.rate(here)
                age += gap + playback.waits_after(cursor)
