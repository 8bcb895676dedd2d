"""The terminal for a class that votes: hands are counted at each question before the run goes on."""

from __future__ import annotations

from simulator.story.run import Run
from simulator.tui import commands as c
from simulator.tui.app import AckademyApp
from simulator.tui.rerun import Simulator
from simulator.tui.screens.main import MainScreen
from simulator.tui.screens.vote import VoteScreen
from simulator.tui.session import Session
from simulator.tui.settings import SettingsFile


class VotingApp(AckademyApp):
    """Player of a run with questions; begins at one of them."""

    def __init__(
        self,
        simulate: Simulator,
        lang: str,
        run: Run,
        question: int = 1,
        *,
        motion: bool | None = None,
        kept: SettingsFile | None = None,
    ) -> None:
        """Begin at question number `question`, counted from 1."""
        super().__init__(simulate, lang, run, motion=motion, kept=kept)
        self._first = question
        self._left: set[int] = set()
        """Questions that were left without a reveal, which stay open."""

    def play(self, run: Run) -> None:
        """Show a run at its first question to vote on, with earlier ones skipped."""
        super().play(run)
        session = self.session
        assert session is not None
        for _ in range(self._first - 1):
            _go_to_question(session)
            session.do(c.Skip())
        _go_to_question(session)
        self.redraw()

    def redraw(self) -> None:
        """Redraw; at a question, open the vote."""
        super().redraw()
        session = self.session
        if session is None or not isinstance(self.screen, MainScreen) or session.player.is_moving:
            return
        stop = session.player.open_question
        if stop is not None and stop.number not in self._left:
            self._left.add(stop.number)
            self.open(VoteScreen(session, stop))


def vote_on(run: Run, *, lang: str, simulate: Simulator, question: int, kept: SettingsFile) -> int:
    """Hold a vote on a run's questions; returns the exit status."""
    app = VotingApp(simulate, lang, run, question, kept=kept)
    status = app.run()
    return status if status is not None else app.return_code or 0


def _go_to_question(session: Session) -> None:
    """Go to the next question, past the caption that leads to it, or to the end."""
    while session.player.open_question is None and not session.player.at_end:
        session.do(c.GoToEnd())
