"""Two runs side by side at the same moment: stepping moves both."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from simulator.play.playback import Playback
from simulator.play.player import Answer, Player
from simulator.story.language import first_language
from simulator.story.report.comparison import Divergence, first_difference, measure_rows
from simulator.story.run import Run
from simulator.story.stops import Outcome

Names = Callable[[str], tuple[str, str]]
"""The names of the two runs in a language."""


@dataclass(frozen=True)
class Contrast:
    """The comparison of two runs, independent of the moment."""

    one: Playback
    other: Playback
    names: Names
    measures: list[tuple[str, str, list[float | None]]]
    """(measure, unit, value in each run)."""

    @classmethod
    def of(cls, one: Playback, other: Playback, names: Names, lang: str) -> Contrast:
        """Compare two runs in one pass over each."""
        made = cls(one, other, names, measure_rows([one.run, other.run]))
        made.divergence(lang)
        return made

    @property
    def runs(self) -> tuple[Run, Run]:
        """Both."""
        return self.one.run, self.other.run

    @cached_property
    def is_same(self) -> bool:
        """True if the runs are equal event by event."""
        return self.one.run.trace.hash == self.other.run.trace.hash

    def divergence(self, lang: str) -> Divergence | None:
        """Return the first difference, in words; None if the runs read the same."""
        lang = first_language(lang)
        if lang not in self._divergences:
            self._divergences[lang] = first_difference(*self.runs, lang)
        return self._divergences[lang]

    @cached_property
    def _divergences(self) -> dict[str, Divergence | None]:
        return {}


@dataclass(frozen=True)
class Pair:
    """Both runs at one simulated time; immutable: every method returns a new pair."""

    contrast: Contrast
    one: Player
    other: Player
    time: int
    """Microseconds; a run that has ended stays at its end."""

    @classmethod
    def at(cls, contrast: Contrast, time: int) -> Pair:
        """Place both runs at a time. Questions do not block here: a user who compares has seen the run."""
        players = (_free(contrast.one), _free(contrast.other))
        return cls(contrast, *players, 0).go(time)

    @property
    def players(self) -> tuple[Player, Player]:
        """Both."""
        return self.one, self.other

    @property
    def end(self) -> int:
        """End of the longer run."""
        return max(player.playback.end[1] for player in self.players)

    def go(self, time: int) -> Pair:
        """Move both to a time, after all events of that instant."""
        time = max(0, min(time, self.end))
        one, other = (player.seek_time(time) for player in self.players)
        return replace(self, one=one, other=other, time=time)

    def step(self) -> Pair:
        """Step to the next time at which something meaningful happens in either."""
        return self._next([player.playback.rest_times for player in self.players])

    def back(self) -> Pair:
        """Go to the previous one."""
        return self._previous([player.playback.rest_times for player in self.players])

    def raw_step(self) -> Pair:
        """Step to the next event of any kind in either."""
        later = []
        for player in self.players:
            events = player.playback.events
            place = bisect_right(events, self.time, key=lambda event: event.t)
            later += [events[place].t] if place < len(events) else []
        return self.go(min(later, default=self.end))

    def raw_back(self) -> Pair:
        """Go to the previous one."""
        earlier = []
        for player in self.players:
            events = player.playback.events
            place = bisect_left(events, self.time, key=lambda event: event.t)
            earlier += [events[place - 1].t] if place else []
        return self.go(max(earlier, default=0))

    def next_mark(self) -> Pair:
        """Jump to the next caption or fault, or to where the runs diverge."""
        return self._next(self._marks())

    def previous_mark(self) -> Pair:
        """Go to the previous one."""
        return self._previous(self._marks())

    def _marks(self) -> list[list[int]]:
        diverged_at = self.diverged_at
        marks = [[time for _, time in player.playback.marks] for player in self.players]
        return [*marks, [diverged_at]] if diverged_at is not None else marks

    @property
    def diverged_at(self) -> int | None:
        """Time at which the runs diverge, in microseconds."""
        found = self.contrast.divergence("en")
        times = [told[0] for told in (found.one, found.other) if told is not None] if found is not None else []
        return min(times, default=None)

    def _next(self, times: list[list[int]]) -> Pair:
        places = [(known, bisect_right(known, self.time)) for known in times]
        return self.go(min((known[place] for known, place in places if place < len(known)), default=self.end))

    def _previous(self, times: list[list[int]]) -> Pair:
        places = [(known, bisect_left(known, self.time)) for known in times]
        return self.go(max((known[place - 1] for known, place in places if place), default=0))


def _free(playback: Playback) -> Player:
    """Return a player at the start of a run, with no open question."""
    unasked = Answer(None, Outcome(None, playback.length), False)
    seen = {number: unasked for _, number in playback.questions}
    return replace(Player.at_start(playback), answers=MappingProxyType(seen))
