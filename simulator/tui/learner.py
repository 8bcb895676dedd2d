"""The learner in the terminal: lessons done, answers given, and the next lesson."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from weakref import WeakKeyDictionary

from simulator.course.closing import Closing, close_run, remember_answer, remember_end
from simulator.course.contrast import case_of
from simulator.course.grading import Grade, grade, hidden_seeds
from simulator.course.progress import Book
from simulator.course.syllabus import Lesson, Syllabus, lesson_key, lesson_name, load_lesson, make_syllabus
from simulator.scenario import Course, Scenario, ScenarioError, load_course
from simulator.story.run import Run, Simulate
from simulator.tui.session import Session

HIDDEN_SEEDS = 3
"""Number of further runs in which a solution must hold."""

END = 0
"""Key of the end of a run among the numbers of its questions, which begin with 1."""


class Learner:
    """The course with a learner's progress."""

    def __init__(self, book: Book, folder: Path | None = None) -> None:
        """Read nothing yet; `folder`: of the course, if it is not the packaged one."""
        self.book = book
        self.folder = folder
        self._loaded: dict[str, Scenario | None] = {}
        self._noted: WeakKeyDictionary[Session, set[int]] = WeakKeyDictionary()
        """Parts of a session already stored: numbers of answered questions, and `END`."""

    @cached_property
    def course(self) -> Course:
        """The parts of the course; empty if its index is invalid, which `learn` has reported by then."""
        try:
            return load_course(self.folder)
        except ScenarioError:
            return Course()

    @property
    def syllabus(self) -> Syllabus:
        """The course with its progress."""
        return make_syllabus(self.course, self._load, self.book.progress, self.folder)

    def _load(self, what: str) -> Scenario | None:
        if what not in self._loaded:
            self._loaded[what] = load_lesson(what)
        return self._loaded[what]

    def note(self, session: Session) -> None:
        """Store new answers and the end of a run, if it is an unchanged lesson."""
        run = session.run
        name = lesson_name(run.scenario) if not run.is_changed else None
        if name is None:
            return
        noted = self._noted.setdefault(session, set())
        for stop in run.stops:
            answer = session.player.answers.get(stop.number) if stop.is_question else None
            if answer is not None and stop.number not in noted:
                noted.add(stop.number)
                remember_answer(self.book, name, stop, answer.outcome.right, answer.choice)
        if session.player.at_end and END not in noted:
            noted.add(END)
            remember_end(self.book, name, self.closing(session))

    def note_case(self, session: Session) -> None:
        """Store a variant played to its end, with every question answered."""
        case = case_of(session.run.scenario) if not session.run.is_changed and session.player.at_end else None
        if case is not None and session.player.knows_end and case[1] not in self.book.progress.of(case[0]).cases:
            self.book.record(lambda progress: progress.with_case(*case))

    def played(self, run: Run) -> list[str]:
        """The variants of a run's scenario that were played."""
        return self.book.progress.of(lesson_key(run.start.scenario)).cases

    def closing(self, session: Session) -> Closing:
        """Sum up a session's run."""
        answers = {number: answer.choice for number, answer in session.player.answers.items()}
        mine = self.book.progress.of(session.run.start.trace.header.scenario)
        return close_run(session.run, answers, self.following(session.run), mine)

    def following(self, run: Run) -> Lesson | None:
        """The lesson to suggest after a run."""
        return self.syllabus.after(lesson_key(run.start.scenario))

    def has_passed(self, run: Run) -> bool:
        """Return True if the exercise of a run's lesson has been passed before."""
        return self.book.progress.of(lesson_key(run.start.scenario)).exercise

    def passed(self, run: Run) -> None:
        """Store that the exercise of a run's lesson was passed, also by someone who began with a variant of it."""
        seen = run.start.scenario
        name = lesson_name(seen.with_variant(None)) if seen is not None else None
        if name is not None:
            self.book.record(lambda progress: progress.with_exercise(name))


def grade_branch(run: Run, simulate: Simulate) -> Grade:
    """Grade a changed run as a solution to the exercise of the lesson it began with.

    If it began with a variant, what that changes counts as changed too: the exercise is about the lesson itself.

    Raises:
        ScenarioError: there is no exercise, or no scenario at all.
        LimitReached: a run makes too many events.
    """
    lesson, solution = run.start.scenario, run.scenario
    assert lesson is not None
    assert solution is not None
    return grade(lesson.with_variant(None), solution, simulate, hidden_seeds(lesson.name, HIDDEN_SEEDS))
