"""A show of hands on a question: counts by choice, and after the reveal what the run answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simulator.play.player import Player
from simulator.scenario.schema import Ask
from simulator.scene.part import ScenePart
from simulator.scene.words import vote_words as words
from simulator.story.language import say, tell
from simulator.story.stops import Stop
from simulator.trace.time import MICROS

MAX_HANDS = 9999
"""Limit of hands per choice; no class is larger."""


Phase = Literal["count", "counted", "reveal"]
"""State of a vote: counting, with nothing shown; counted, with the bars; revealed, after the run has answered."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """The hands counted so far, in one round or, after a discussion, in two."""

    counts: tuple[int, ...]
    """By choice, in the current round."""
    first: tuple[int, ...] | None = None
    """The counts before the discussion, if there was one."""
    chosen: int = 0
    """The choice whose hands are being typed."""
    typed: bool = False
    """True if its number is being typed: the first digit replaces the old number."""
    phase: Phase = "count"
    phones: tuple[int, ...] = ()
    """Votes of phones by choice, beside the hands; empty until they are closed."""
    second: tuple[int, ...] | None = None
    """Hands of the second count, while one is back at the first."""

    @property
    def all_counts(self) -> tuple[int, ...]:
        """Hands and phones by choice."""
        return tuple(map(sum, zip(self.counts, self.phones, strict=True))) if self.phones else self.counts

    @property
    def revealed(self) -> bool:
        """True once the run's answer may be told."""
        return self.phase == "reveal"

    def close(self, phones: tuple[int, ...] = ()) -> Ballot:
        """End the count and show the bars."""
        return replace(self, phase="counted", typed=False, phones=phones)

    def discuss(self) -> Ballot:
        """Begin the second count, or go on with it; one more discussion repeats it."""
        first = self.all_counts if self.first is None else self.first
        return Ballot(self.second or (0,) * len(self.counts), first)

    def reveal(self) -> Ballot:
        """Show what the run has answered."""
        return replace(self, phase="reveal", typed=False)

    def back(self) -> Ballot | None:
        """One step back: to the count, from the second count to the bars of the first; None before the first."""
        if self.phase == "counted":
            return replace(self, phase="count", phones=())
        if self.first is None or self.phase != "count":
            return None
        return Ballot(self.first, phase="counted", second=self.counts)

    def digit(self, digit: int) -> Ballot:
        """Type a digit of the chosen count."""
        before = self.counts[self.chosen] if self.typed else 0
        return replace(self._with(before * 10 + digit), typed=True)

    def erase_digit(self) -> Ballot:
        """Delete the last digit."""
        return replace(self._with(self.counts[self.chosen] // 10), typed=True)

    def add(self, by: int) -> Ballot:
        """Add `by` hands; negative removes."""
        return self._with(self.counts[self.chosen] + by)

    def choose(self, place: int) -> Ballot:
        """Select a choice, wrapping around."""
        return replace(self, chosen=place % len(self.counts), typed=False)

    @property
    def total(self) -> int:
        """The total number of hands."""
        return sum(self.all_counts)

    @property
    def winner(self) -> int | None:
        """The choice with the most hands, the first in a tie; None without hands."""
        return self.all_counts.index(max(self.all_counts)) if self.total else None

    def _with(self, count: int) -> Ballot:
        counts = list(self.counts)
        counts[self.chosen] = max(0, min(count, MAX_HANDS))
        return replace(self, counts=tuple(counts))


class BallotLine(ScenePart, frozen=True):
    """A choice as displayed."""

    letter: str
    texts: list[str]
    count: int
    share: float
    """Share of all hands, 0 to 1; 0 while they are counted."""
    before: float
    """The same before the discussion."""
    chosen: bool
    most: bool
    right: bool
    """Set only after the reveal."""


class BallotBox(ScenePart, frozen=True, tag="ballot"):
    """The whole screen."""

    lang: str
    title: str
    about: str
    texts: list[str]
    lines: list[BallotLine]
    total: str
    aside: str
    """Number of phones that have answered, and the address to open; empty without phones."""
    footer: list[str]
    """The keys to type; after the reveal, the explanation."""
    phase: Phase
    clock: str = ""
    """The time of a plan that is gone, beside what was planned; empty without a plan."""


def build_ballot(player: Player, stop: Stop, ballot: Ballot, lang: str, aside: str = "", clock: str = "") -> BallotBox:
    """Build the display of a vote on a question; `aside` tells of the phones, `clock` of a plan's time."""
    ask = stop.item
    assert isinstance(ask, Ask)
    right = player.playback.outcome(stop).right if ballot.revealed else None
    winner = ballot.winner if ballot.phase != "count" else None
    lines = [
        BallotLine(
            str(place + 1),
            tell(choice.text, lang) or [choice.key],
            ballot.all_counts[place],
            _share(ballot.all_counts, place) if ballot.phase != "count" else 0.0,
            _share(ballot.first, place) if ballot.phase != "count" else 0.0,
            chosen=place == ballot.chosen and ballot.phase == "count",
            most=ballot.revealed and place == winner,
            right=place == right,
        )
        for place, choice in enumerate(ask.choices)
    ]
    if ballot.revealed:
        footer = [*_because(ask, winner, right, lang), *_why(player, stop, ask, right, lang), say(words.GO_ON, lang)]
    else:
        counting = words.HOW_WITH_PHONES if aside else words.HOW
        counted = words.COUNTED_BUT_ASKED if player.asks_before_answer(stop) else words.COUNTED
        footer = [say(counting if ballot.phase == "count" else counted, lang)]
    count = len(player.playback.questions)
    header = player.playback.run.trace.header
    about = f"{say(words.AT, lang, time=f'{player.time / MICROS:g}')} · trace {player.playback.run.trace.short_hash}"
    parts = [" / ".join(tell(header.title, lang)), say(words.QUESTION, lang, number=stop.number, count=count)]
    if ballot.first is not None:
        parts = [parts[1], say(words.SECOND, lang), parts[0]]
    title = " · ".join(parts)
    total = say(words.TOTAL, lang, count=ballot.total)
    if ballot.first is not None and ballot.phase != "count":
        total = say(words.TOTAL_TWICE, lang, count=ballot.total, before=sum(ballot.first))
    return BallotBox(lang, title, about, tell(ask.text, lang), lines, total, aside, footer, ballot.phase, clock)


def _share(counts: tuple[int, ...] | None, place: int) -> float:
    return counts[place] / sum(counts) if counts is not None and any(counts) else 0.0


def _because(ask: Ask, winner: int | None, right: int | None, lang: str) -> list[str]:
    """Return why the choice of the majority is wrong, in the author's words."""
    if winner is None or right is None or winner == right:
        return []
    choice = ask.choices[winner]
    return [f"{winner + 1}: {text}" for text in tell(choice.because, lang)]


def _why(player: Player, stop: Stop, ask: Ask, right: int | None, lang: str) -> list[str]:
    """Return the author's explanation if it applies, or that the run does not settle the question."""
    if right is None:
        return [say(words.UNSETTLED, lang)]
    return tell(ask.why, lang) if player.playback.run.has_reason(stop, right) else []
