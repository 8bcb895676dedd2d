"""A show of hands on the question at which a session stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulator.scenario.schema import Ask
from simulator.scene.pages.ballot import Ballot, build_ballot
from simulator.scene.view import View
from simulator.scene.words import vote_words
from simulator.story.language import say
from simulator.story.stops import Stop
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import Hint
from simulator.tui.controls.shortcuts import VOTE
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.screens.phones import Phones
from simulator.tui.session import Session

COUNTING = (c.AddHands(1), c.NextChoice())
"""Commands in the bottom line that only a count has."""


class VoteScreen(BoardScreen, inherit_bindings=False):
    """A vote, after peer instruction: count, discuss, count again, let it run, and after that why.

    Dismissed with `LetRun` and the choice of the majority, or with nothing: back to the stage.
    """

    KIND = VOTE
    BINDINGS = bindings_of(VOTE)

    def __init__(
        self,
        session: Session,
        stop: Stop,
        ballot: Ballot | None,
        keep: Callable[[Ballot], None],
        phones: Phones | None = None,
        key: str = "",
        clock: Callable[[], str] = str,
    ) -> None:
        """Vote on a question.

        Args:
            session: the run.
            stop: the question.
            ballot: what was counted so far; None from the beginning.
            keep: is told of every change.
            phones: that vote too.
            key: of the question for them.
            clock: says how much of a plan's time is gone; nothing without one.
        """
        super().__init__()
        self._phones, self._key, self._clock = phones, key, clock
        self.session = session
        self.stop = stop
        self.ballot = ballot or Ballot((0,) * len(getattr(stop.item, "choices", ())))
        self._keep = keep

    def on_mount(self) -> None:
        """Open the vote for phones, watch how many have answered, or show what was right; keep the clock going."""
        self.set_interval(20, self.redraw)
        if self._phones is None:
            return
        if self.ballot.phase == "count":
            self._open_round()
        elif self.ballot.revealed:
            self._phones.reveal(self._key, self.session.player.playback.outcome(self.stop).right)
        self.set_interval(0.5, self.redraw)

    def _open_round(self) -> None:
        if self._phones is not None and isinstance(self.stop.item, Ask):
            self._phones.ask(self._key, self.stop.item, 1 if self.ballot.first is None else 2)

    def hints(self) -> list[Hint]:
        """The keys that do something in this phase."""
        phase = self.ballot.phase
        asks = self.session.player.asks_before_answer(self.stop)
        counted = vote_words.NEXT_QUESTION if asks else vote_words.LET_RUN
        onward = {"count": vote_words.SHOW_BARS, "counted": counted, "reveal": vote_words.ON}[phase]
        return [
            replace(hint, label=say(onward, self.lang)) if hint.command == c.Reveal() else hint
            for hint in super().hints()
            if not (hint.command in COUNTING and phase != "count")
            and not (hint.command == c.Discuss() and phase != "counted")
        ]

    def view(self, width: int, height: int) -> View:
        """The vote."""
        phones, aside = self._phones, ""
        if phones is not None and self.ballot.phase == "count":
            told = {"count": phones.answered, "joined": phones.joined}
            aside = say(vote_words.PHONES, self.lang, **told, address=phones.address.removeprefix("http://"))
        return build_ballot(self.session.player, self.stop, self.ballot, self.lang, aside, self._clock())

    def do(self, command: c.Command) -> None:
        """Count, show, discuss, go on, go back; send other commands up."""
        ballot, counting = self.ballot, self.ballot.phase == "count"
        match command:
            case c.Digit() | c.EraseDigit() | c.AddHands() | c.NextChoice() | c.Pick() | c.Move() if not counting:
                return
            case c.Digit(digit):
                self._change(ballot.digit(digit))
            case c.EraseDigit():
                self._change(ballot.erase_digit())
            case c.AddHands(by):
                self._change(ballot.add(by))
            case c.NextChoice():
                self._change(ballot.choose(ballot.chosen + 1))
            case c.Move(by):
                self._change(ballot.choose(ballot.chosen + by))
            case c.Pick(int(place)):
                self._change(ballot.choose(place))
            case c.Discuss():
                if ballot.phase == "counted":
                    self._change(ballot.discuss())
                    self._open_round()
            case c.Reveal() if counting:
                self._change(ballot.close(self._phones.close() if self._phones is not None else ()))
            case c.Reveal() if ballot.phase == "counted":
                self.dismiss(c.LetRun(ballot.winner))
            case c.GoToMark(-1) if (before := ballot.back()) is not None:
                self._change(before)
                if before.phase == "count":
                    self._open_round()
                elif self._phones is not None:
                    self._phones.close()
            case c.Reveal() | c.Escape() | c.GoToMark(-1):
                self.dismiss(None)
            case _:
                super().do(command)

    def _change(self, ballot: Ballot) -> None:
        self.ballot = ballot
        self._keep(ballot)
        self.redraw()
