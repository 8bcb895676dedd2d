"""The course: its lessons, part by part, and the lessons that teach each section of the guide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from simulator.scenario import convert, library
from simulator.scenario.extend import read_file
from simulator.scenario.problems import Problem, ScenarioError, nearest
from simulator.scenario.schema.basics import Name, Strict, Text
from simulator.scenario.source import Path, Source, read_source


class CoursePart(Strict):
    """Lessons that belong together, in their order."""

    title: Text
    summary: Text | None = None
    lessons: Annotated[list[Name], BeforeValidator(lambda value: [] if value is None else value)] = Field(
        default_factory=list
    )


class Section(Strict):
    """A section of the guide, by its heading, and the lessons that teach it."""

    section: Name
    en: Name
    lessons: list[Name]

    @property
    def text(self) -> dict[str, str]:
        """Its heading by language."""
        return {"ko": self.section, "en": self.en}


class Course(Strict):
    """All parts in order, with the mapping from sections of the guide to lessons."""

    title: Text | None = None
    parts: list[CoursePart] = Field(default_factory=list)
    guide: list[Section] = Field(default_factory=list)

    @property
    def lessons(self) -> list[str]:
        """Every lesson of every part, in order."""
        return [name for part in self.parts for name in part.lessons]


def load_course(folder: FilePath | None = None) -> Course:
    """The course in a folder, or the one that ships with the program; an empty one if there is none.

    Raises:
        ScenarioError: with everything that is wrong with its file; also if a given folder has none.
    """
    home = folder or library.library_folder()
    path = home / library.COURSE
    if folder is not None and not path.is_file():
        raise ScenarioError([Problem("course.none", {"folder": str(folder)})])
    if not path.is_file():
        return Course()
    names = [library.name_of(file) for file in library.lesson_files(home)]
    return parse_course(read_file(path, str(path)), str(path), names)


def parse_course(text: str, file: str, known: list[str]) -> Course:
    """Parse a course whose lessons must be among `known`, each in one part only; raises `ScenarioError`."""
    source = read_source(text, file)
    if source.problems:
        raise ScenarioError(source.problems)
    try:
        course = Course.model_validate(source.data)
    except ValidationError as error:
        raise ScenarioError(_finding(source, item) for item in error.errors(include_url=False)) from None
    problems = list(_unknown(course, source, known))
    if problems:
        raise ScenarioError(problems)
    return course


def _finding(source: Source, item: object) -> Problem:
    code, params, path, at_key = convert.finding(item)
    if code.startswith("key.") and code != "key.missing":  # those hints are about scenarios
        code, params = "course.unknown_key", {"key": str(path[-1])}
    return source.problem(code, source.at(path, key=at_key), **params)


def _unknown(course: Course, source: Source, known: list[str]) -> Iterator[Problem]:
    """Lessons that do not exist, and those listed twice."""
    seen: set[str] = set()
    for place, part in enumerate(course.parts):
        for number, name in enumerate(part.lessons):
            path: Path = ("parts", place, "lessons", number)
            if name in seen:
                yield source.problem("course.twice", source.at(path), name=name)
            elif name not in known:
                yield _no_such(source, path, name, known)
            seen.add(name)
    for place, section in enumerate(course.guide):
        for number, name in enumerate(section.lessons):
            if name not in seen:
                yield _no_such(source, ("guide", place, "lessons", number), name, [*seen])


def _no_such(source: Source, path: Path, name: str, known: list[str]) -> Problem:
    return source.problem("course.no_lesson", source.at(path), name=name, meant=nearest(name, known))
