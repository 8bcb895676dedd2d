"""What makes a run a lesson in the terminal: the list before it, how it went after it, the check, the review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulator.course import learn_words
from simulator.course.closing import remember_answer, result_of
from simulator.course.grading import Grade
from simulator.course.progress import Book
from simulator.course.review import Item
from simulator.engine import LimitReached
from simulator.play.score import Score
from simulator.scene.words import labels
from simulator.story.language import first_language, say
from simulator.story.problems.errors import limit_problem, message
from simulator.story.run import play_scenario
from simulator.tui.learner import Learner, grade_branch
from simulator.tui.rerun import Rerun
from simulator.tui.screens.closing import ClosingScreen
from simulator.tui.screens.learn import LearnScreen
from simulator.tui.session import Session

if TYPE_CHECKING:
    from simulator.tui.app import AckademyApp


class Lessons:
    """A learner in an application."""

    def __init__(self, app: AckademyApp, book: Book, review: tuple[Iterator[Item], int] | None = None) -> None:
        """`review`: the questions to ask in place of a lesson, and how many there are."""
        self.app = app
        self.learner = Learner(book)
        self._items, self.total = review if review is not None else (iter(()), 0)
        self.item: Item | None = None
        """The question of the review that is asked now."""
        self.number = self.right = 0
        """How many were asked, and of them answered rightly."""
        self._answered = False

    def open_list(self) -> None:
        """All lessons, below everything that is opened from there."""
        self.app.push_screen(LearnScreen(lambda: self.learner.syllabus, lambda: self.app.lang))

    def pick(self, name: str) -> None:
        """Play a lesson by its name."""
        lesson = self.learner.syllabus.find(name)
        if lesson is not None and lesson.scenario is not None:
            if isinstance(self.app.screen, LearnScreen):
                self.app.screen.chosen = lesson.name
            self.app.play(play_scenario(lesson.scenario, self.app.simulate))

    def back(self) -> None:
        """The list is seen again."""
        if isinstance(self.app.screen, LearnScreen):
            self.app.screen.refresh_progress()

    def keep(self, session: Session) -> None:
        """Keep what was learned, where this is a lesson; say if that cannot be kept."""
        if not session.lesson:
            return
        self._keep_review(session)
        self.learner.note(session)
        problems, self.learner.book.problems = self.learner.book.problems, []
        for problem in problems:
            self.app.tell(message(problem, first_language(self.app.lang)), severity="warning", timeout=10)

    # -- how it went --------------------------------------------------------------------------------------------

    def close(self, session: Session) -> None:
        """How it went: over the run, which stays where it is."""
        session.do("rest")
        if session.run.scenario is None:
            session.say(labels.NO_SCENARIO)
        elif session.can("closing"):
            self.keep(session)
            onward = (self.number, self.total) if self._reviews(session) else None
            self.app.push_screen(ClosingScreen(session, self.learner, onward), self._closed)

    def _closed(self, asked: str | None) -> None:
        action, _, argument = (asked or "").partition(":")
        if action == "next":
            self.app.pop_screen()
            self.pick(argument)
        elif action == "review":
            self.app.pop_screen()
            self.ask_next()
        elif action:
            self.app.carry_out(action, argument)

    def check(self, session: Session) -> None:
        """Check the changed run as a solution, behind the screen."""
        screen, run, made = self.app.screen, session.run, list[Grade]()
        if not isinstance(screen, ClosingScreen):
            return

        def grade(_: Score) -> None:
            try:
                made.append(grade_branch(run, self.app.simulate))
            except LimitReached as error:
                problem = limit_problem(error.events, error.time, "")
                session.say(labels.CANNOT_SIMULATE, reason=message(problem, first_language(self.app.lang)))

        def show(_: Score) -> None:
            if made and made[0].passed and session.lesson:
                self.learner.passed(run)
            screen.show(made[0] if made else None)

        self.app.simulate_behind(session, Rerun(lambda: session.player.score, then=grade), show)

    # -- review -------------------------------------------------------------------------------------------------

    def ask_next(self) -> None:
        """Open the next question of the review, in its run right where it is asked; at the end, the list."""
        self.item, self._answered = next(self._items, None), False
        if self.item is None:
            self.app.session = None
            self.back()
            self.app.tell(say(learn_words.REVIEW_SCORE, self.app.lang, right=self.right, total=self.number))
            return
        self.number += 1
        self.app.play(self.item.run)
        session = self.app.session
        if session is not None:
            session.start_at_question()
            title = self.item.title(first_language(self.app.lang))
            session.say(learn_words.REVIEW_OF, number=self.number, total=self.total, title=title)

    def _reviews(self, session: Session) -> bool:
        """Whether a session is the one of the review."""
        return self.item is not None and session.run.origin is self.item.run

    def _keep_review(self, session: Session) -> None:
        item = self.item
        if item is None or self._answered or session.run is not item.run:
            return
        for answer in session.player.answers.values():
            self._answered = True
            remember_answer(self.learner.book, item.lesson, item.stop, item.right, answer.choice)
            self.right += result_of(item.right, answer.choice) == "right"
