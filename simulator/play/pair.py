"""Two runs at the same moment: stepping moves both. Without Textual."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from simulator.play.playback import Playback
from simulator.play.player import Answer, Player
from simulator.story.language import first_language
from simulator.story.report.comparison import Difference, first_difference, measure_rows
from simulator.story.run import Run
from simulator.story.stops import Outcome

Names = Callable[[str], tuple[str, str]]
"""What the two runs are called, in a language."""


@dataclass(frozen=True)
class Contrast:
    """What two runs have in common and what not, as far as it does not depend on the moment."""

    one: Playback
    other: Playback
    names: Names
    measures: list[tuple[str, str, list[float | None]]]
    """(measure, unit, value in each run)."""

    @classmethod
    def of(cls, one: Playback, other: Playback, names: Names, lang: str) -> Contrast:
        """Compare two runs: one pass over each."""
        made = cls(one, other, names, measure_rows([one.run, other.run]))
        made.parting(lang)
        return made

    @property
    def runs(self) -> tuple[Run, Run]:
        """Both."""
        return self.one.run, self.other.run

    @cached_property
    def is_same(self) -> bool:
        """Whether they are equal event by event."""
        return self.one.run.trace.hash == self.other.run.trace.hash

    def parting(self, lang: str) -> Difference | None:
        """Where they first differ, in words; None where they read the same."""
        lang = first_language(lang)
        if lang not in self._partings:
            self._partings[lang] = first_difference(*self.runs, lang)
        return self._partings[lang]

    @cached_property
    def _partings(self) -> dict[str, Difference | None]:
        return {}


@dataclass(frozen=True)
class Pair:
    """Both runs at one simulated time; every method returns another pair."""

    contrast: Contrast
    one: Player
    other: Player
    time: int
    """Microseconds; a run that has ended stands at its end."""

    @classmethod
    def at(cls, contrast: Contrast, time: int) -> Pair:
        """Both at a time. Questions hold nobody up here: who compares has seen the run."""
        players = (_free(contrast.one), _free(contrast.other))
        return cls(contrast, *players, 0).go(time)

    @property
    def players(self) -> tuple[Player, Player]:
        """Both."""
        return self.one, self.other

    @property
    def end(self) -> int:
        """When the longer one ends."""
        return max(player.playback.end[1] for player in self.players)

    def go(self, time: int) -> Pair:
        """Both to a time, after all events of that instant."""
        time = max(0, min(time, self.end))
        one, other = (player.seek_time(time) for player in self.players)
        return replace(self, one=one, other=other, time=time)

    def step(self) -> Pair:
        """To the next time at which something meaningful happens in either."""
        return self._next([player.playback.rest_times for player in self.players])

    def back(self) -> Pair:
        """To the previous one."""
        return self._previous([player.playback.rest_times for player in self.players])

    def raw_step(self) -> Pair:
        """To the next time at which anything happens in either."""
        later = []
        for player in self.players:
            events = player.playback.events
            place = bisect_right(events, self.time, key=lambda event: event.t)
            later += [events[place].t] if place < len(events) else []
        return self.go(min(later, default=self.end))

    def raw_back(self) -> Pair:
        """To the previous one."""
        earlier = []
        for player in self.players:
            events = player.playback.events
            place = bisect_left(events, self.time, key=lambda event: event.t)
            earlier += [events[place - 1].t] if place else []
        return self.go(max(earlier, default=0))

    def next_mark(self) -> Pair:
        """To the next caption, fault, or to where the runs part."""
        return self._next(self._marks())

    def previous_mark(self) -> Pair:
        """To the previous one."""
        return self._previous(self._marks())

    def _marks(self) -> list[list[int]]:
        parted = self.parted
        marks = [[time for _, time in player.playback.marks] for player in self.players]
        return [*marks, [parted]] if parted is not None else marks

    @property
    def parted(self) -> int | None:
        """When the runs part, in microseconds."""
        found = self.contrast.parting("en")
        times = [told[0] for told in (found.one, found.other) if told is not None] if found is not None else []
        return min(times, default=None)

    def _next(self, times: list[list[int]]) -> Pair:
        places = [(known, bisect_right(known, self.time)) for known in times]
        return self.go(min((known[place] for known, place in places if place < len(known)), default=self.end))

    def _previous(self, times: list[list[int]]) -> Pair:
        places = [(known, bisect_left(known, self.time)) for known in times]
        return self.go(max((known[place - 1] for known, place in places if place), default=0))


def _free(playback: Playback) -> Player:
    """At the start of a run, with no question open."""
    unasked = Answer(None, Outcome(None, playback.length), False)
    seen = {number: unasked for _, number in playback.questions}
    return replace(Player.at_start(playback), answers=MappingProxyType(seen))
