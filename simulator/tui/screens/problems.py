"""The errors in an edited scenario, over the run that stays."""

from __future__ import annotations

from textual.screen import ModalScreen

from simulator.scenario import Problem
from simulator.scene.words import authoring_words as words
from simulator.story.language import say
from simulator.story.problems.errors import format_problem
from simulator.tui.controls.commands import Command, EditScenario, Escape, Move
from simulator.tui.controls.hints import Hint
from simulator.tui.controls.shortcuts import PROBLEMS
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.pages.console import draw_problems, problem_size
from simulator.tui.screens.base import BoardScreen, bindings_of


class ProblemsScreen(BoardScreen, ModalScreen[Command | None], inherit_bindings=False):
    """A panel with every error, its position and a hint."""

    KIND = PROBLEMS
    BINDINGS = bindings_of(PROBLEMS)
    SMALLEST = (0, 0)
    DEFAULT_CSS = """
    ProblemsScreen { align: center middle; background: $background 50%; }
    """

    def __init__(self, file: str, problems: list[Problem], watched: bool) -> None:
        """Show the errors in a file; `watched`: it is reloaded when it is saved."""
        super().__init__()
        self.watched = watched
        self.file = file
        self.problems = problems
        self.offset_rows = 0

    def tell(self, file: str, problems: list[Problem]) -> None:
        """Show other errors."""
        self.file, self.problems, self.offset_rows = file, problems, 0
        self.redraw()

    def on_mount(self) -> None:
        """Fit the size to the text."""
        self._fit()

    def on_resize(self) -> None:
        """Fit another size."""
        self._fit()

    def redraw(self) -> None:
        """Fit the panel again: another language may need another size."""
        if self.is_mounted:
            self._fit()
        super().redraw()

    @property
    def text(self) -> str:
        """Every error with its line."""
        return "\n".join(format_problem(problem, self.lang) for problem in self.problems)

    @property
    def about(self) -> str:
        """Line on what happens to the run."""
        return say(words.OLD_RUN_STAYS if self.watched else words.OLD_RUN_STAYS_EDIT, self.lang)

    def _fit(self) -> None:
        width, height = self.app.size
        wanted, rows = problem_size(self.text, self.about, max(10, width - 4))
        self.board.styles.width = wanted
        self.board.styles.height = min(rows, height)

    def hints(self) -> list[Hint]:
        """No hints: the frame has its own."""
        return []

    def paint(self, width: int, height: int) -> Canvas:
        """The panel."""
        lang, count = self.lang, len(self.problems)
        title = say(words.WRONG if count == 1 else words.WRONG_COUNT, lang, count=count, file=self.file)
        hints = sorted(super().hints(), key=lambda hint: hint.command != EditScenario())
        canvas, self.offset_rows = draw_problems(title, self.about, self.text, hints, width, height, self.offset_rows)
        return canvas

    def do(self, command: Command) -> None:
        """Scroll and close; send other commands up."""
        match command:
            case Move(by):
                self.offset_rows = max(0, self.offset_rows + by)
                self.redraw()
            case Escape():
                self.dismiss(None)
            case EditScenario():
                self.dismiss(command)
            case _:
                super().do(command)
