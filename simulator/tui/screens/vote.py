"""A show of hands on the question at which a session stands."""

from __future__ import annotations

from dataclasses import replace

from simulator.scene.ballot import Ballot, build_ballot
from simulator.scene.words import vote_words
from simulator.story.language import say
from simulator.story.stops import Stop
from simulator.tui.commands import VOTE
from simulator.tui.drawing.ballot import draw_ballot
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.hints import screen_hints
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board


class VoteScreen(BoardScreen, inherit_bindings=False):
    """Counts hands and reveals; dismissed with the place of the choice that most were for, "" without any hands."""

    KIND = VOTE
    BINDINGS = bindings_of(VOTE)

    def __init__(self, session: Session, stop: Stop) -> None:
        """Vote on an open question."""
        super().__init__()
        self.session = session
        self.stop = stop
        self.ballot = Ballot((0,) * len(getattr(stop.item, "choices", ())))

    def paint(self, width: int, height: int) -> Canvas:
        """The vote."""
        hints = screen_hints(VOTE, self.session.lang)
        if self.ballot.revealed:
            going_on = {"reveal": say(vote_words.ON, self.session.lang)}
            hints = [
                replace(hint, label=going_on.get(hint.action, hint.label))
                for hint in hints
                if hint.action not in ("more_hands", "next_choice")
            ]
        box = build_ballot(self.session.player, self.stop, self.ballot, self.session.lang)
        return draw_ballot(box, width, height, hints)

    def command(self, name: str, argument: str = "") -> None:
        """Count, reveal, leave; the rest goes up."""
        ballot = self.ballot
        if ballot.revealed and name in ("digit", "rub_out", "more_hands", "less_hands", "next_choice", "pick"):
            return
        match name:
            case "digit":
                self.ballot = ballot.digit(int(argument))
            case "rub_out":
                self.ballot = ballot.rub_out()
            case "more_hands" | "less_hands":
                self.ballot = ballot.add(1 if name == "more_hands" else -1)
            case "next_choice" | "down":
                self.ballot = ballot.choose(ballot.chosen + 1)
            case "up":
                self.ballot = ballot.choose(ballot.chosen - 1)
            case "pick":
                self.ballot = ballot.choose(int(argument))
            case "reveal" if not ballot.revealed:
                self.ballot = Ballot(ballot.counts, revealed=True)
            case "reveal":
                self.dismiss("" if ballot.winner is None else str(ballot.winner))
                return
            case "escape":
                self.dismiss(None)
                return
            case _:
                super().command(name, argument)
                return
        self.redraw()

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel chooses."""
        self.command("down" if event.by > 0 else "up")
