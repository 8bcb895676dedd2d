"""The line for a condition up to which to play."""

from __future__ import annotations

from simulator.play.breakpoint import read_condition
from simulator.scenario import Problem, ScenarioError
from simulator.scene.words import labels
from simulator.story.language import first_language, say
from simulator.story.problems.errors import message
from simulator.tui.controls.commands import Command, Enter, RunUntil
from simulator.tui.drawing.canvas import Canvas, wrap
from simulator.tui.screens.search import Match, SearchScreen
from simulator.tui.session import Session


class BreakpointScreen(SearchScreen):
    """A condition in the language of goals; dismissed with the command to go to where it comes to hold."""

    SIGN = ">"

    def __init__(self, session: Session) -> None:
        """Ask in a session, beginning with its last condition."""
        super().__init__(session.condition)
        self.session = session
        self.problem: Problem | None = None

    @property
    def placeholder(self) -> str:
        """Examples of conditions."""
        return say(labels.BREAK_HINT, self.lang)

    def search(self, text: str) -> list[Match]:
        """Find what is wrong with the condition; the list stays empty."""
        self.problem = None
        try:
            if text.strip():
                read_condition(text, self.session.run.trace)
        except ScenarioError as error:
            self.problem = error.problems[0]
        return []

    def heading(self) -> tuple[str, str, str]:
        """The title alone: the list is never filled."""
        return say(labels.BREAK, self.lang), "", ""

    def paint(self, width: int, height: int) -> Canvas:
        """Draw the line, and what is wrong with the condition, or what will happen."""
        canvas = super().paint(width, height)
        wrong = self.problem is not None
        told = message(self.problem, first_language(self.lang)) if self.problem else say(labels.BREAK_HELP, self.lang)
        for y, part in enumerate(wrap(told, width - 4), start=4):
            canvas.put(3, y, part, "failed" if wrong else "dim")
        return canvas

    def do(self, command: Command) -> None:
        """Go there, unless something is wrong with the condition."""
        if not isinstance(command, Enter):
            super().do(command)
        elif self.text.strip() and not self.problem:
            self.dismiss(RunUntil(self.text.strip()))
