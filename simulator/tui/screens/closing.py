"""How a lesson went, and its exercise."""

from __future__ import annotations

from dataclasses import replace

from simulator.course.grading import Grade
from simulator.scene.learn import closing_page
from simulator.scene.page import Page
from simulator.tui.commands import CLOSING
from simulator.tui.learner import Learner
from simulator.tui.screens.base import bindings_of
from simulator.tui.screens.page import PageScreen
from simulator.tui.session import Session

FIRST = ("review:", "next:", "check:", "knobs:", "escape")
"""Where the cursor stands when the page opens: the first of these that there is."""


class ClosingScreen(PageScreen, inherit_bindings=False):
    """Questions, goals, the exercise, and the way on; dismissed with what is to be done in the run."""

    KIND = CLOSING
    BINDINGS = bindings_of(CLOSING)

    def __init__(self, session: Session, learner: Learner, review: tuple[int, int] | None = None) -> None:
        """How the run of a session went; `review`: the so many-th question of so many."""
        super().__init__()
        self.session = session
        self.closing = learner.closing(session)
        self._is_passed = learner.has_passed(session.run)
        self.grade: Grade | None = None
        self.busy = False
        self.review = review
        self.chosen = self._first()

    def words(self) -> str:
        """The session's language."""
        return self.session.lang

    def page(self) -> Page:
        """The page now."""
        session = self.session
        page = closing_page(
            self.closing,
            self.grade,
            session.lang,
            ended=session.seen >= session.player.score.length,
            changed=session.run.parent is not None,
            busy=self.busy,
            review=self.review,
        )
        place = next((place for place, row in enumerate(page.rows) if row.name == self.chosen), -1)
        return replace(page, chosen=place)

    def _first(self) -> str:
        self.chosen = ""
        names = [row.name for row in self.page().rows if row.name]
        to_do = self.closing.exercise is not None and self.session.run.parent is None and not self._is_passed
        order = sorted(FIRST, key=lambda start: to_do and start != "knobs:")
        return next(name for start in order for name in names if name.startswith(start))

    def show(self, grade: Grade | None) -> None:
        """What came of the check."""
        self.grade, self.busy = grade, False
        names = [row.name for row in self.page().rows if row.name]
        wanted = "next:" if grade is not None and grade.passed else "go:"
        self.choose(next((name for name in names if name.startswith(wanted)), self.chosen))

    def picked(self, name: str) -> None:
        """Go to a moment, on to a lesson, back to the run; turn a knob; check the solution."""
        action, _, argument = name.partition(":")
        match action:
            case "go" | "next" | "review":
                self.dismiss(name)
            case "knobs" | "escape":
                self.command(action, argument)
            case "check" if not self.busy:
                self.busy = True
                super(PageScreen, self).command("check")
                self.redraw()
            case _:
                pass

    def command(self, name: str, argument: str = "") -> None:
        """As a page; closing it leads back to the run."""
        match name:
            case "escape" | "closing" | "back":
                self.dismiss(None)
            case "knobs":
                self.dismiss("knobs:")
            case _:
                super().command(name, argument)
