"""A student's file: read as data, and only if it is a copy of its lesson or extends nothing but that."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.course.grading import grade
from simulator.scenario import Edit, Problem, Scenario, ScenarioError, find_scenario, parse_scenario
from simulator.scenario.extend import read_file
from simulator.scenario.library import SOLUTIONS, SUFFIXES, lesson_files, name_of
from simulator.scenario.problems import nearest
from simulator.scenario.source import Source, read_source
from simulator.story.run import Simulate


def load_solution(file: str, lesson: Scenario) -> Scenario:
    """Read a solution of a lesson's exercise.

    What it extends is looked at before anything of it is opened: no other file than the lesson's is ever read.

    Raises:
        ScenarioError: it is no scenario, no regular file, or extends anything else.
    """
    path = find_scenario(Path(file))
    if path.suffix not in SUFFIXES:
        raise ScenarioError([Problem("grade.no_scenario", {"file": file})])
    if not is_regular(path):
        raise ScenarioError([Problem("grade.not_regular", {"file": file})])
    text = read_file(path, file)
    source = read_source(text, file)
    parent = source.data.get("extends")
    if isinstance(parent, str) and not _is_lesson(parent, path, lesson):
        raise ScenarioError(
            [source.problem("grade.extends", source.at(("extends",)), lesson=lesson.called_from(path.parent))]
        )
    return parse_scenario(text, file=file)


def model_solution(lesson: Scenario) -> dict[str, Any]:
    """The settings that solve a lesson's exercise, by path, from the file beside it; empty if it has none.

    Raises:
        ScenarioError: the file is no mapping of lessons to settings.
    """
    source = _solutions(Path(lesson.file).parent)
    return {} if source is None else _settings_in(source, lesson)


def _solutions(folder: Path) -> Source | None:
    path = folder / SOLUTIONS
    if not path.is_file():
        return None
    source = read_source(read_file(path, str(path)), str(path))
    if source.problems:
        raise ScenarioError(source.problems)
    return source


def _settings_in(source: Source, lesson: Scenario) -> dict[str, Any]:
    found = source.data.get(lesson.name, {})
    if not isinstance(found, dict):
        raise ScenarioError([source.problem("course.solution", source.at((lesson.name,)), lesson=lesson.name)])
    return found


def find_solution_flaws(lesson: Scenario, simulate: Simulate) -> Iterator[Problem]:
    """Report a model solution that changes what its exercise forbids, or misses a goal."""
    source = _solutions(Path(lesson.file).parent)
    settings = {} if source is None else _settings_in(source, lesson)
    if source is None or not settings:
        return
    mark = source.at((lesson.name,), key=True)
    try:
        solved = lesson.edited(*(Edit(setting, value) for setting, value in settings.items()))
    except ScenarioError as error:
        yield from (source.problem(problem.code, mark, **problem.params) for problem in error.problems)
        return
    found = grade(lesson, solved, simulate)
    if found.forbidden:
        changed = ", ".join(change.path for change in found.forbidden)
        yield source.problem("course.solution_forbidden", mark, lesson=lesson.name, paths=changed)
    elif not found.passed:
        missed = ", ".join(map(str, sorted(set().union(*(run.misses for run in found.runs)))))
        yield source.problem("course.solution_misses", mark, lesson=lesson.name, found=missed)


def find_strange_solutions(folder: Path) -> list[Problem]:
    """Report entries beside the lessons of a folder that belong to none of them."""
    try:
        source = _solutions(folder)
    except ScenarioError as error:
        return error.problems
    if source is None:
        return []
    known = [name_of(file) for file in lesson_files(folder)]
    return [
        source.problem("course.no_lesson", source.at((name,), key=True), name=name, meant=nearest(name, known))
        for name in source.data
        if name not in known
    ]


def is_regular(file: Path) -> bool:
    """Return True for a regular file: a symbolic link may lead to what the student is not meant to read."""
    return stat.S_ISREG(file.lstat().st_mode)


def _is_lesson(parent: str, file: Path, lesson: Scenario) -> bool:
    """Return True if `extends` refers to the lesson: by its name, or by a path from the solution's folder."""
    own = Path(lesson.file).resolve()
    if not _is_path(parent):
        try:
            return find_scenario(parent).resolve() == own
        except ScenarioError:
            return False
    return (file.parent / parent).resolve() == own


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or Path(text).suffix != ""
