"""The course: parts, lessons, progress, and the next lesson."""

from __future__ import annotations

from collections.abc import Callable

from simulator.course.syllabus import Syllabus
from simulator.scene.pages.learn import learn_page
from simulator.scene.pages.page import Page
from simulator.tui.controls.commands import Command, OpenLesson, Pick
from simulator.tui.controls.shortcuts import PICKER
from simulator.tui.screens.base import bindings_of
from simulator.tui.screens.page import PageScreen


class LearnScreen(PageScreen, inherit_bindings=False):
    """The list of lessons, with the cursor on the one to go on with."""

    KIND = PICKER
    BINDINGS = bindings_of(PICKER)

    def __init__(self, syllabus: Callable[[], Syllabus]) -> None:
        """Show the lessons with their progress."""
        super().__init__()
        self._syllabus = syllabus
        self.syllabus = syllabus()
        self.to_next()

    def refresh_progress(self) -> None:
        """Update the progress; if a lesson was finished, select the next one."""
        self.syllabus = self._syllabus()
        lesson = self.syllabus.find(self.chosen)
        if lesson is None or lesson.progress.done:
            following = self.syllabus.after(lesson.key if lesson is not None else "")
            self.chosen = following.name if following is not None else self.chosen
        self.redraw()

    def to_next(self) -> None:
        """Select the lesson to go on with."""
        lesson = self.syllabus.current
        self.chosen = lesson.name if lesson is not None else ""

    def page(self) -> Page:
        """The list."""
        return learn_page(self.syllabus, self.chosen, self.lang)

    def take(self, name: str) -> None:
        """Open a lesson; the list stays below it."""
        super().do(OpenLesson(name))

    def do(self, command: Command) -> None:
        """Open on a click; the rest as a page."""
        match command:
            case Pick(str(name)):
                self.chosen = name
                self.take(name)
            case _:
                super().do(command)
