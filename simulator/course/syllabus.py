"""The course as a learner sees it: parts, lessons, progress, and the next lesson; as data and as lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from simulator.course import learn_words as words
from simulator.course.progress import LessonProgress, Progress
from simulator.scenario import Course, Scenario, ScenarioError, load_scenario, scenario_names
from simulator.scenario.library import lesson_files, name_of, own_course
from simulator.story.catalog import BOTH, LANGUAGES, pick
from simulator.story.report.summary import Table, pad, plain_table


@dataclass(frozen=True)
class Lesson:
    """A lesson of the course."""

    number: str
    """Place in the course, from 0; empty if it has none."""
    name: str
    what: str
    """The text that names it on a command line: its name, or in an own course its file."""
    key: str
    """Its key in the learner's progress."""
    load: Callable[[str], Scenario | None] = field(repr=False)
    progress: LessonProgress
    is_next: bool

    @cached_property
    def scenario(self) -> Scenario | None:
        """The scenario, loaded on first use; None if its file has errors."""
        return self.load(self.what)

    @property
    def title(self) -> dict[str, str]:
        """By language."""
        return self.scenario.title if self.scenario is not None else dict.fromkeys(LANGUAGES, self.name)

    def title_in(self, lang: str) -> str:
        """In one language, or both on one line."""
        return " / ".join(pick(self.title, lang).split("\n"))

    def score(self, lang: str) -> str:
        """Results of its questions and exercise; empty if it has neither."""
        if self.scenario is None:
            return ""
        model, mine = self.scenario.model, self.progress
        told = []
        if mine.answers:
            right = sum(answer.last == "right" for answer in mine.answers.values())
            told.append(words.SCORE.text(lang, right=right, total=max(len(model.ask), len(mine.answers))))
        if model.exercise is not None:
            told.append((words.EXERCISE_PASSED if mine.exercise else words.EXERCISE_OPEN).text(lang))
        return ", ".join(told)


@dataclass(frozen=True)
class Unit:
    """A part of the course."""

    title: dict[str, str]
    """Empty if it is unknown: a folder without a course."""
    summary: dict[str, str]
    lessons: tuple[Lesson, ...]

    @property
    def done(self) -> int:
        """Number of its lessons that are done."""
        return sum(lesson.progress.done for lesson in self.lessons)


@dataclass(frozen=True)
class Syllabus:
    """All parts that have a lesson."""

    units: tuple[Unit, ...]
    title: Mapping[str, str] = field(default_factory=dict)
    """Empty for the packaged course."""
    latest: Lesson | None = None
    """The lesson in which something was done last."""

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """Every lesson, in order."""
        return tuple(lesson for unit in self.units for lesson in unit.lessons)

    @property
    def next(self) -> Lesson | None:
        """The first lesson that is not done."""
        return next((lesson for lesson in self.lessons if lesson.is_next), None)

    @property
    def current(self) -> Lesson | None:
        """The lesson to go on with: the latest one until it is done, then the one after it; the first if all are."""
        latest = self.latest
        if latest is not None and not latest.progress.done:
            return latest
        return self.after(latest.key if latest is not None else "") or next(iter(self.lessons), None)

    def find(self, text: str) -> Lesson | None:
        """A lesson by its name or its number."""
        return next((lesson for lesson in self.lessons if text in (lesson.name, lesson.number, lesson.what)), None)

    def after(self, key: str) -> Lesson | None:
        """The lesson to suggest after another: the first unfinished one after it, else the first unfinished one."""
        place = next((place for place, lesson in enumerate(self.lessons) if lesson.key == key), -1)
        behind = (lesson for lesson in self.lessons[place + 1 :] if not lesson.progress.done)
        return next(behind, self.next if self.next is not None and self.next.key != key else None)


def load_lesson(what: str) -> Scenario | None:
    """Load a lesson by its name or file; None if its file has errors."""
    try:
        return load_scenario(what)
    except ScenarioError:
        return None


def lesson_key(scenario: Scenario | None) -> str:
    """The key of a lesson in the learner's progress, whatever was changed in it; empty for any other file.

    A packaged lesson has its name, one of another course the name of the course's folder before it.
    """
    if scenario is None:
        return ""
    folder = own_course(Path(scenario.file))
    if folder is not None:
        return _own_key(folder, scenario.name)
    return scenario.name if scenario.is_packaged else ""


def _own_key(folder: Path, name: str) -> str:
    return f"{folder.resolve().name}/{name}"


def lesson_name(scenario: Scenario | None) -> str | None:
    """The key of a lesson run without changes, which progress is recorded for; None for anything else."""
    if scenario is None or scenario.edits or scenario.variant is not None:
        return None
    return lesson_key(scenario) or None


def lessons_in(folder: Path | None) -> dict[str, tuple[str, str]]:
    """Each lesson of a folder's course (the packaged one) by name: how to name it on a command line, and its key."""
    if folder is None:
        return {name: (name, name) for name in scenario_names()}
    return {name_of(file): (str(file), _own_key(folder, name_of(file))) for file in lesson_files(folder)}


def make_syllabus(
    course: Course, load: Callable[[str], Scenario | None], progress: Progress, folder: Path | None = None
) -> Syllabus:
    """The course with what was done so far.

    Args:
        course: its parts.
        load: how a lesson is loaded; None where it has mistakes.
        progress: what was done.
        folder: of the course, if it is not the packaged one; a scenario that no part has comes last.
    """
    known, listed = lessons_in(folder), course.lessons
    rest = [name for name in known if name not in listed]
    parts = [(part.title, part.summary or {}, part.lessons) for part in course.parts]
    parts.append((words.OTHERS._asdict() if listed else {}, {}, rest))
    order = [*listed, *rest]
    numbers = {name: str(place) for place, name in enumerate(listed)}
    following = next((name for name in order if not progress.of(known[name][1]).done), "")
    units = []
    for title, summary, lessons in parts:
        made = tuple(
            Lesson(numbers.get(name, ""), name, *known[name], load, progress.of(known[name][1]), name == following)
            for name in lessons
        )
        if made:
            units.append(Unit(title, summary, made))
    by_key = {lesson.key: lesson for unit in units for lesson in unit.lessons}
    latest = next((by_key[key] for key in reversed(progress.lessons) if key in by_key), None)
    return Syllabus(tuple(units), course.title or {}, latest)


def syllabus_lines(syllabus: Syllabus, lang: str) -> Iterator[str]:
    """The list of lessons, in `ko`, `en` or (one after the other) `both`."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        yield from _lines(syllabus, one)


def _lines(syllabus: Syllabus, lang: str) -> Iterator[str]:
    names = max((len(lesson.name) for lesson in syllabus.lessons), default=0)
    marks = [words.DONE.text(lang), words.NEXT.text(lang)]
    for unit in syllabus.units:
        if unit.title:
            title = pick(unit.title, lang)
            yield words.PART.text(lang, title=title, done=unit.done, total=len(unit.lessons))
        for lesson in unit.lessons:
            mark = marks[0] if lesson.progress.done else marks[1] if lesson.is_next else ""
            score = lesson.score(lang)
            told = f"{lesson.title_in(lang)}{f'  ({score})' if score else ''}"
            yield f"  {lesson.number:>2}  {pad(mark, 4)}  {pad(lesson.name, names)}  {told}"
        yield ""
    following = syllabus.next
    if following is not None:
        yield words.HOW_TO_START.text(lang, name=following.what)
    elif syllabus.lessons:
        yield words.ALL_DONE.text(lang)


def guide_lines(course: Course, lang: str) -> Iterator[str]:
    """The lessons for each section of the guide, as a table."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        rows = [[pick(section.text, one), ", ".join(section.lessons)] for section in course.guide]
        table = Table(words.COURSE.text(one), [words.GUIDE.text(one), words.LESSONS.text(one)], rows, names=2)
        yield from plain_table(table)[1:]
