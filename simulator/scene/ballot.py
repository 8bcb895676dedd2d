"""A show of hands on a question: counts by choice, and after the reveal what the run answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator.play.player import Player
from simulator.scenario.schema import Ask
from simulator.scene.part import ScenePart
from simulator.scene.words import vote_words as words
from simulator.story.language import say, tell
from simulator.story.stops import Stop
from simulator.trace.time import MICROS

MAX_HANDS = 9999
"""Limit of hands per choice; no class is larger."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """The hands counted so far."""

    counts: tuple[int, ...]
    chosen: int = 0
    """The choice whose hands are being typed."""
    typed: bool = False
    """True if its number is being typed: the first digit replaces the old number."""
    revealed: bool = False

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
        return sum(self.counts)

    @property
    def winner(self) -> int | None:
        """The choice with the most hands, the first in a tie; None without hands."""
        return self.counts.index(max(self.counts)) if self.total else None

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
    """Share of all hands, 0 to 1."""
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
    footer: list[str]
    """The keys to type; after the reveal, the explanation."""
    revealed: bool


def build_ballot(player: Player, stop: Stop, ballot: Ballot, lang: str) -> BallotBox:
    """Build the display of a vote on a question."""
    ask = stop.item
    assert isinstance(ask, Ask)
    right = player.playback.outcome(stop).right if ballot.revealed else None
    lines = [
        BallotLine(
            str(place + 1),
            tell(choice.text, lang) or [choice.key],
            ballot.counts[place],
            ballot.counts[place] / ballot.total if ballot.total else 0.0,
            chosen=place == ballot.chosen and not ballot.revealed,
            most=ballot.revealed and place == ballot.winner,
            right=place == right,
        )
        for place, choice in enumerate(ask.choices)
    ]
    if not ballot.revealed:
        footer = [say(words.HOW, lang)]
    else:
        footer = [*(_why(player, stop, ask, right, lang)), say(words.GO_ON, lang)]
    count = len(player.playback.questions)
    header = player.playback.run.trace.header
    about = f"{say(words.AT, lang, time=f'{player.time / MICROS:g}')} · trace {player.playback.run.trace.short_hash}"
    title = f"{' / '.join(tell(header.title, lang))} · {say(words.QUESTION, lang, number=stop.number, count=count)}"
    total = say(words.TOTAL, lang, count=ballot.total)
    return BallotBox(lang, title, about, tell(ask.text, lang), lines, total, footer, ballot.revealed)


def _why(player: Player, stop: Stop, ask: Ask, right: int | None, lang: str) -> list[str]:
    """Return the author's explanation if it applies, or that the run does not settle the question."""
    if right is None:
        return [say(words.UNSETTLED, lang)]
    return tell(ask.why, lang) if player.playback.run.has_reason(stop, right) else []
