"""Lessons in the terminal: the list before a run, the summary after it, the check, the review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.course import learn_words
from simulator.course.closing import remember_answer, result_of
from simulator.course.contrast import list_cases, next_case
from simulator.course.grading import Grade
from simulator.course.progress import Book
from simulator.course.review import Item
from simulator.engine import LimitReached
from simulator.play.playback import Playback
from simulator.scene.words import labels
from simulator.story.language import first_language, say
from simulator.story.problems.errors import limit_problem, message
from simulator.story.run import play_scenario
from simulator.tui.background import Rerun
from simulator.tui.controls import commands as c
from simulator.tui.host import Host
from simulator.tui.learner import Learner, grade_branch
from simulator.tui.screens.closing import ClosingScreen
from simulator.tui.screens.learn import LearnScreen
from simulator.tui.screens.main import MainScreen
from simulator.tui.session import Session


class Lessons:
    """A learner using the application."""

    def __init__(
        self, host: Host, book: Book, review: tuple[Iterator[Item], int] | None = None, folder: Path | None = None
    ) -> None:
        """`review`: the questions to ask instead of a lesson, and their number; `folder`: of another course."""
        self.host = host
        self.learner = Learner(book, folder)
        self._items, self.total = review if review is not None else (iter(()), 0)
        self.item: Item | None = None
        """The current question of the review."""
        self.number = self.right = 0
        """Numbers of questions asked and answered right."""
        self._answered = False

    def open_list(self) -> None:
        """Open the list of lessons, below everything opened from it."""
        self.host.push_screen(LearnScreen(lambda: self.learner.syllabus))

    def pick(self, name: str) -> None:
        """Play a lesson by its name."""
        self._leave_run()
        lesson = self.learner.syllabus.find(name)
        if lesson is not None and lesson.scenario is not None:
            if isinstance(self.host.screen, LearnScreen):
                self.host.screen.chosen = lesson.name
            self.host.play(play_scenario(lesson.scenario, self.host.simulate))

    def play_next_case(self, session: Session) -> None:
        """Play the next case that was not played yet."""
        scenario = session.run.origin.scenario
        if scenario is None or not scenario.model.variants:
            session.say(learn_words.NO_CASES)
            return
        case = next_case(scenario, self.learner.played(session.run))
        if case is None:
            unplayed = {*scenario.model.variants} - {*self.learner.played(session.run), scenario.variant}
            session.say(learn_words.NO_LATER_CASES if unplayed else learn_words.NO_MORE_CASES)
        elif session.can(c.NextCase()):
            self.play_case(session, case.name)

    def play_case(self, session: Session, name: str) -> None:
        """Play a case of the current scenario, and say what it changes."""
        seen = session.run.origin.scenario
        case = next((case for case in list_cases(seen) if case.name == name), None) if seen is not None else None
        if seen is None or case is None:
            return
        self.keep(session)
        self._leave_run()
        self.host.play(play_scenario(case.scenario, self.host.simulate))
        if self.host.session is not None:
            self.host.session.say_case(case, seen)

    def back(self) -> None:
        """Refresh the list when it is shown again."""
        if isinstance(self.host.screen, LearnScreen):
            self.host.screen.refresh_progress()

    def keep(self, session: Session) -> None:
        """Store progress in a lesson; show a notice if that fails."""
        self.learner.note_case(session)
        if not session.lesson:
            return
        self._keep_review(session)
        self.learner.note(session)
        problems, self.learner.book.problems = self.learner.book.problems, []
        for problem in problems:
            self.host.tell(message(problem, first_language(self.host.lang)), severity="warning", timeout=10)

    # -- how it went --------------------------------------------------------------------------------------------

    def close(self, session: Session) -> None:
        """Open the summary over the run, which keeps its place."""
        session.rest()
        if session.run.scenario is None:
            session.say(labels.NO_SCENARIO)
        elif session.can(c.OpenSummary()):
            self.keep(session)
            onward = (self.number, self.total) if self._reviews(session) else None
            self.host.open(ClosingScreen(session, self.learner, onward))

    def _leave_run(self) -> None:
        """Return to the list below the current run."""
        if isinstance(self.host.screen, MainScreen):
            self.host.pop_screen()

    def check(self, session: Session) -> None:
        """Check the changed run as a solution, in the background."""
        screen, run, made = self.host.screen, session.run, list[Grade]()
        if not isinstance(screen, ClosingScreen):
            return

        def grade(_: Playback) -> None:
            try:
                made.append(grade_branch(run, self.host.simulate))
            except LimitReached as error:
                problem = limit_problem(error, "")
                session.say(labels.CANNOT_SIMULATE, reason=message(problem, first_language(self.host.lang)))

        def show(_: Playback) -> None:
            if made and made[0].passed and session.lesson:
                self.learner.passed(run)
            screen.show(made[0] if made else None)

        self.host.run_behind(session, Rerun(lambda: session.player.playback, then=grade), show)

    # -- review -------------------------------------------------------------------------------------------------

    def ask_next(self) -> None:
        """Open the next question of the review, at its moment in its run; at the end, the list."""
        self._leave_run()
        self.item, self._answered = next(self._items, None), False
        if self.item is None:
            self.host.session = None
            self.back()
            self.host.tell(say(learn_words.REVIEW_SCORE, self.host.lang, right=self.right, total=self.number))
            return
        self.number += 1
        self.host.play(self.item.run)
        session = self.host.session
        if session is not None:
            session.start_at_question()
            title = self.item.title(first_language(self.host.lang))
            session.say(learn_words.REVIEW_OF, number=self.number, total=self.total, title=title)

    def _reviews(self, session: Session) -> bool:
        """Return True if a session belongs to the review."""
        return self.item is not None and session.run.origin is self.item.run

    def _keep_review(self, session: Session) -> None:
        item = self.item
        if item is None or self._answered or session.run is not item.run:
            return
        for answer in session.player.answers.values():
            self._answered = True
            remember_answer(self.learner.book, item.lesson, item.stop, item.right, answer.choice)
            self.right += result_of(item.right, answer.choice) == "right"
