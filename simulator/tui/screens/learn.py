"""The course: parts and lessons, what is done, and what comes next."""

from __future__ import annotations

from collections.abc import Callable

from simulator.course.syllabus import Syllabus
from simulator.scene.learn import learn_page
from simulator.scene.page import Page
from simulator.tui.commands import PICKER
from simulator.tui.screens.base import bindings_of
from simulator.tui.screens.page import PageScreen


class LearnScreen(PageScreen, inherit_bindings=False):
    """All lessons; the cursor stands on the next one. Says up which is to be opened."""

    KIND = PICKER
    BINDINGS = bindings_of(PICKER)

    def __init__(self, syllabus: Callable[[], Syllabus], lang: Callable[[], str]) -> None:
        """Show what is done, in the language of the moment."""
        super().__init__()
        self._syllabus = syllabus
        self._lang = lang
        self.syllabus = syllabus()
        self.to_next()

    def words(self) -> str:
        """The language of the moment."""
        return self._lang()

    def refresh_progress(self) -> None:
        """Something was learned: show it. Who has done a lesson goes on to the next, who has not finds it again."""
        self.syllabus = self._syllabus()
        lesson = self.syllabus.find(self.chosen)
        if lesson is None or lesson.progress.done:
            following = self.syllabus.after(self.chosen)
            self.chosen = following.name if following is not None else self.chosen
        self.redraw()

    def to_next(self) -> None:
        """Choose the next lesson; the first one where all are done."""
        lessons = self.syllabus.lessons
        lesson = self.syllabus.next or (lessons[0] if lessons else None)
        self.chosen = lesson.name if lesson is not None else ""

    def page(self) -> Page:
        """The list."""
        return learn_page(self.syllabus, self.chosen, self.words())

    def picked(self, name: str) -> None:
        """The list stays, below what is opened."""
        super(PageScreen, self).command("open", name)

    def command(self, name: str, argument: str = "") -> None:
        """A click opens at once."""
        if name == "pick":
            self.chosen = argument
            self.picked(argument)
        else:
            super().command(name, argument)
