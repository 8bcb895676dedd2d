"""Lessons as a conversation in plain lines: ask a question, read the answer, continue the run. Works in a pipe."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.shared import complain

if TYPE_CHECKING:
    from simulator.course.progress import Book
    from simulator.course.syllabus import Syllabus
    from simulator.scenario import Scenario
    from simulator.story.run import Run
    from simulator.story.stops import Stop


class Reader:
    """Reader of answers from stdin, which reports its end once."""

    def __init__(self, lang: str) -> None:
        """Words in a language; of both the prompts are Korean."""
        self.lang = "en" if lang == "en" else "ko"
        self.ended = False
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")

    def line(self, prompt: str) -> str | None:
        """One line without its newline; None at the end of input."""
        from simulator.course import learn_words as words

        if self.ended:
            return None
        # A line of its own: a reader of lines would hold back the start of one.
        print(prompt.rstrip(), flush=True)
        text = sys.stdin.readline() if sys.stdin is not None else ""
        if not text:
            self.ended = True
            print(words.NO_INPUT.text(self.lang))
            return None
        return text.strip()

    def choice(self, most: int) -> int | None:
        """A number from 1 to `most`, as an index; None is "I don't know"."""
        from simulator.course import learn_words as words

        while True:
            text = self.line(words.PROMPT.text(self.lang, most=most))
            if not text:
                return None
            if text.isascii() and text.isdecimal() and 1 <= int(text) <= most:
                return int(text) - 1
            print(words.AGAIN.text(self.lang))


def open_book(keep: bool, lang: str) -> Book:
    """Open the learner's progress, or a temporary book; problems with its file are printed."""
    from simulator.course.progress import Book, progress_file

    try:
        book = Book(progress_file() if keep else None)
    except RuntimeError:  # nobody knows where this user's home is
        book = Book()
    _ = book.progress
    tell_problems(book, lang)
    return book


def rooms_folder() -> Path | None:
    """Folder of the rooms in which classes vote; None if nobody knows where this user's home is."""
    from simulator.course.progress import progress_file

    try:
        return progress_file().parent / "rooms"
    except RuntimeError:
        return None


def tell_problems(book: Book, lang: str) -> None:
    """Print the problems with the progress file since the last call."""
    complain_each, book.problems = book.problems, []
    if complain_each:
        complain(complain_each, lang, warnings=True)


@cache
def _load(what: str) -> Scenario | None:
    from simulator.course.syllabus import load_lesson

    return load_lesson(what)


def read_syllabus(book: Book, folder: Path | None = None) -> Syllabus:
    """Read the course of a folder (the packaged one) with its progress; raises `ScenarioError` if it has errors."""
    from simulator.course.syllabus import make_syllabus
    from simulator.scenario import load_course

    return make_syllabus(load_course(folder), _load, book.progress, folder)


def hold_lesson(run: Run, lang: str, book: Book) -> None:
    """Tell a run, ask its questions, and print the results; progress of a lesson is stored."""
    from simulator.course.closing import close_run, closing_lines, remember_answer, remember_end
    from simulator.course.contrast import case_of
    from simulator.course.syllabus import lesson_name
    from simulator.story.stops import outcome_of
    from simulator.story.tell import tell

    reader, given = Reader(lang), dict[int, int | None]()
    name = lesson_name(run.scenario)

    def ask(stop: Stop) -> int | None:
        answer = reader.choice(len(getattr(stop.item, "choices", ())))
        if not reader.ended:
            given[stop.number] = answer
            if name is not None:
                remember_answer(book, name, stop, outcome_of(stop, run.trace).right, answer)
        return answer

    for text in tell(run, lang, ask=ask):
        print(text)
    closing, case = close_run(run, given), case_of(run.scenario)
    if name is not None:
        remember_end(book, name, closing)
    elif case is not None and not any(asked.state == "open" for asked in closing.asked):
        book.record(lambda progress: progress.with_case(*case))
    following = read_syllabus(book, _course_of(run)).after(name) if name is not None else None
    lesson = name if name is not None else case[0] if case is not None else None
    closing = close_run(run, given, following, book.progress.of(lesson or ""))
    print()
    print("\n".join(closing_lines(closing, lang)), flush=True)
    tell_problems(book, lang)


def _course_of(run: Run) -> Path | None:
    from simulator.scenario.library import own_course

    return own_course(Path(run.scenario.file)) if run.scenario is not None else None


def choose_lessons(lang: str, book: Book, folder: Path | None = None) -> None:
    """Alternate between the list and a lesson until nothing more is typed."""
    from simulator.course import learn_words as words
    from simulator.course.syllabus import syllabus_lines
    from simulator.engine import simulate
    from simulator.story.run import play_scenario

    reader = Reader(lang)
    while not reader.ended:
        syllabus = read_syllabus(book, folder)
        print("\n".join(syllabus_lines(syllabus, lang)))
        text = reader.line(words.WHICH.text(reader.lang))
        if text is None or text.lower() in ("q", "ㅂ"):
            return
        lesson = syllabus.find(text) if text else syllabus.next
        if lesson is None or lesson.scenario is None:
            print(words.NO_SUCH.text(reader.lang))
            continue
        hold_lesson(play_scenario(lesson.scenario, simulate), lang, book)
        print()


def review(lang: str, book: Book, seed: int, total: int, folder: Path | None = None) -> None:
    """Ask questions from finished lessons about new runs, one after the other."""
    from random import Random

    from simulator.course import learn_words as words
    from simulator.course.closing import remember_answer, result_of
    from simulator.course.review import draw_items, feedback_lines, lead_lines
    from simulator.engine import simulate

    reader, right, number = Reader(lang), 0, 0
    for number, item in enumerate(draw_items(book.progress, simulate, Random(seed), total, folder), start=1):
        print("\n".join(lead_lines(item, number, total, lang)), flush=True)
        answer = reader.choice(len(item.ask.choices))
        if reader.ended:
            return
        remember_answer(book, item.lesson, item.stop, item.right, answer)
        right += result_of(item.right, answer) == "right"
        print("\n".join(feedback_lines(item, answer, lang)) + "\n", flush=True)
    if number:
        print(words.REVIEW_SCORE.text(reader.lang, right=right, total=number))
    tell_problems(book, lang)
