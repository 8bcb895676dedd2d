"""The results of a lesson, and its exercise."""

from __future__ import annotations

from msgspec import structs

from simulator.course.grading import Grade
from simulator.scene.pages.learn import closing_page
from simulator.scene.pages.page import Page
from simulator.tui.controls import commands as c
from simulator.tui.controls.shortcuts import CLOSING
from simulator.tui.learner import Learner
from simulator.tui.screens.base import bindings_of
from simulator.tui.screens.page import PageScreen
from simulator.tui.session import Session

FIRST = ("review:", "next:", "check:", "knobs:", "escape")
"""Row selected when the page opens without a case to predict: the first of these that exists."""


def command_of(row: str) -> c.Command | None:
    """Return the command of a row by its name; None for a row that only informs."""
    kind, _, name = row.partition(":")
    match kind:
        case "go":
            return c.GoTo(int(name))
        case "next":
            return c.OpenLesson(name)
        case "case":
            return c.PlayCase(name)
        case "review":
            return c.NextReview()
        case "knobs" | "exercise":
            return c.OpenKnobs()
        case "edit":
            return c.EditScenario()
        case "check":
            return c.CheckSolution()
        case "escape":
            return c.Escape()
        case _:
            return None


class ClosingScreen(PageScreen, inherit_bindings=False):
    """Questions, goals, the exercise, and next steps; dismissed with the command to carry out in the run."""

    KIND = CLOSING
    BINDINGS = bindings_of(CLOSING)

    def __init__(self, session: Session, learner: Learner, review: tuple[int, int] | None = None) -> None:
        """Summarize the run of a session; `review`: the question's number and the number of questions."""
        super().__init__()
        self.session = session
        self.closing = learner.closing(session)
        self._is_passed = learner.has_passed(session.run)
        self.grade: Grade | None = None
        self.is_checking = False
        self.review = review
        self.chosen = self._first()

    def page(self) -> Page:
        """The page now."""
        session = self.session
        page = closing_page(
            self.closing,
            self.grade,
            session.lang,
            ended=session.seen >= session.player.playback.length,
            changed=session.run.is_changed,
            busy=self.is_checking,
            review=self.review,
        )
        place = next((place for place, row in enumerate(page.rows) if row.name == self.chosen), -1)
        return structs.replace(page, chosen=place)

    def _first(self) -> str:
        self.chosen = ""
        names = [row.name for row in self.page().rows if row.name]
        to_do = self.closing.exercise is not None and not self.session.run.is_changed and not self._is_passed
        coming = self.closing.next_case
        if coming is not None and f"case:{coming.name}" in names:
            return f"case:{coming.name}"
        order = sorted(FIRST, key=lambda start: to_do and start != "knobs:")
        return next(name for start in order for name in names if name.startswith(start))

    def show(self, grade: Grade | None) -> None:
        """Show the result of the check."""
        self.grade, self.is_checking = grade, False
        names = [row.name for row in self.page().rows if row.name]
        wanted = "next:" if grade is not None and grade.passed else "go:"
        self.choose(next((name for name in names if name.startswith(wanted)), self.chosen))

    def take(self, name: str) -> None:
        """Carry out the command of the row."""
        command = command_of(name)
        if command is not None:
            self.do(command)

    def do(self, command: c.Command) -> None:
        """Check here, or leave with a command for the run; the rest as a page."""
        match command:
            case c.CheckSolution():
                if not self.is_checking:
                    self.is_checking = True
                    super().do(command)
                    self.redraw()
            case c.GoTo() | c.OpenLesson() | c.PlayCase() | c.NextCase() | c.NextReview():
                self.dismiss(command)
            case c.OpenKnobs() | c.EditScenario():
                self.dismiss(command)
            case c.Escape() | c.OpenSummary():
                self.dismiss(None)
            case _:
                super().do(command)
