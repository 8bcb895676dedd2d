"""A show of hands on the question at which a session stands."""

from __future__ import annotations

from dataclasses import replace

from simulator.scene.ballot import Ballot, build_ballot
from simulator.scene.view import View
from simulator.scene.words import vote_words
from simulator.story.language import say
from simulator.story.stops import Stop
from simulator.tui import commands as c
from simulator.tui.hints import Hint
from simulator.tui.keys import VOTE
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session


class VoteScreen(BoardScreen, inherit_bindings=False):
    """A vote: counts hands and reveals; dismissed with the most frequent answer, or a skip without any."""

    KIND = VOTE
    BINDINGS = bindings_of(VOTE)

    def __init__(self, session: Session, stop: Stop) -> None:
        """Vote on an open question."""
        super().__init__()
        self.session = session
        self.stop = stop
        self.ballot = Ballot((0,) * len(getattr(stop.item, "choices", ())))

    def hints(self) -> list[Hint]:
        """The keys; after the reveal, only the one to continue."""
        hints = super().hints()
        if not self.ballot.revealed:
            return hints
        going_on = say(vote_words.ON, self.lang)
        return [
            replace(hint, label=going_on) if hint.command == c.Reveal() else hint
            for hint in hints
            if hint.command not in (c.AddHands(1), c.NextChoice())
        ]

    def view(self, width: int, height: int) -> View:
        """The vote."""
        return build_ballot(self.session.player, self.stop, self.ballot, self.lang)

    def do(self, command: c.Command) -> None:
        """Count, reveal, leave; send other commands up."""
        ballot = self.ballot
        match command:
            case c.Digit() | c.EraseDigit() | c.AddHands() | c.NextChoice() | c.Pick() if ballot.revealed:
                return
            case c.Digit(digit):
                self.ballot = ballot.digit(digit)
            case c.EraseDigit():
                self.ballot = ballot.erase_digit()
            case c.AddHands(by):
                self.ballot = ballot.add(by)
            case c.NextChoice():
                self.ballot = ballot.choose(ballot.chosen + 1)
            case c.Move(by):
                self.ballot = ballot.choose(ballot.chosen + by)
            case c.Pick(int(place)):
                self.ballot = ballot.choose(place)
            case c.Reveal() if ballot.revealed:
                self.dismiss(c.Skip() if ballot.winner is None else c.AnswerQuestion(ballot.winner))
                return
            case c.Reveal():
                self.ballot = Ballot(ballot.counts, revealed=True)
            case c.Escape():
                self.dismiss(None)
                return
            case _:
                super().do(command)
                return
        self.redraw()
