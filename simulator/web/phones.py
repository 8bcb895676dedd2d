"""The phones of a class for the presenter's screens: questions out, counts in; and everything as a table for later."""

from __future__ import annotations

import io
from collections.abc import Mapping

import segno

from simulator.scenario.schema import Ask
from simulator.scene.pages.ballot import Ballot
from simulator.visible import TableWriter, visible
from simulator.web.room import ClassVote, PollQuestion
from simulator.web.server import RoomServer

MARGIN = 2
"""Blank modules around a QR code on a white ground; readers manage with half of the four that the norm asks."""


class RoomPhones:
    """A served room as the screens see it (`tui.screens.phones.Phones`)."""

    def __init__(self, server: RoomServer) -> None:
        """See a room that is served."""
        self._server = server
        self._room = server.room

    @property
    def address(self) -> str:
        """The address to open."""
        return self._server.address

    @property
    def code(self) -> list[str]:
        """The address as a QR code: rows of `#` and blanks."""
        rows = segno.make(self.address.upper(), error="l", micro=False).matrix_iter(border=MARGIN)
        return ["".join("#" if dark else " " for dark in row) for row in rows]

    @property
    def joined(self) -> int:
        """Number of phones that listen."""
        return self._server.joined

    @property
    def answered(self) -> int:
        """Number of votes in the open round."""
        return self._room.answered()

    def ask(self, key: str, ask: Ask, number: int) -> None:
        """Open a round of a question."""
        self._room.ask(_poll_question(key, ask), number)

    def close(self) -> tuple[int, ...]:
        """Close the round; returns its counts."""
        return self._room.close()

    def reveal(self, key: str, right: int | None) -> None:
        """Show what was right."""
        self._room.reveal(key, right)

    def kept(self, asks: Mapping[str, Ask]) -> Mapping[str, Ballot]:
        """The votes so far on those of the questions that were put; a round that was open goes on.

        A room that goes on may have heard another class: its questions are not these.
        """
        polls = self._room.polls
        asked = {key: _poll_question(key, ask) for key, ask in asks.items()}
        return {
            key: _ballot_of(polls[key]) for key, one in asked.items() if key in polls and polls[key].question == one
        }

    def csv(self, ballots: Mapping[str, Ballot]) -> str:
        """A line for each choice of each question: hands and phones before and after the discussion.

        The last columns have the phones that voted twice, by their second choice.

        Args:
            ballots: all that was counted, by question.
        """
        out = io.StringIO()
        writer = TableWriter(out)
        most = max((len(poll.question.choices) for poll in self._room.polls.values()), default=0)
        moved = [f"moved_to_{number}" for number in range(1, most + 1)]
        writer.row(["station", "question", "number", "choice", "right", "before", "after", *moved])
        for key, poll in self._room.polls.items():
            station, _, _ = key.partition("/")
            ballot, shift = ballots.get(key, _ballot_of(poll)), poll.shift()
            twice = ballot.first is not None
            before = ballot.first if ballot.first is not None else ballot.all_counts
            for place, choice in enumerate(poll.question.choices):
                told = [int(station) + 1, _one(poll.question.text), place + 1, _one(choice), int(poll.right == place)]
                after = ballot.all_counts[place] if twice else ""
                writer.row([*told, before[place], after, *shift[place]])
        return out.getvalue()


def _poll_question(key: str, ask: Ask) -> PollQuestion:
    choices = [choice.text or {"en": choice.key} for choice in ask.choices]
    return PollQuestion(key, _shown(ask.text), [*map(_shown, choices)])


def _shown(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts as they go out, to phones and to the journal."""
    return {lang: visible(text) for lang, text in texts.items()}


def _ballot_of(poll: ClassVote) -> Ballot:
    ballot = Ballot((0,) * len(poll.counts()), poll.counts(1) if poll.round == 2 else None)
    return ballot if poll.open else ballot.close(poll.counts())


def _one(texts: Mapping[str, str]) -> str:
    return texts.get("en") or next(iter(texts.values()), "")
