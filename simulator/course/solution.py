"""A student's file: read as data, and only if it is a copy of its lesson or extends nothing but that."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from simulator.scenario import Problem, Scenario, ScenarioError, find_scenario, parse_scenario
from simulator.scenario.extend import read_file
from simulator.scenario.library import SOLUTIONS, SUFFIXES
from simulator.scenario.source import read_source


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
    path = Path(lesson.file).parent / SOLUTIONS
    if not path.is_file():
        return {}
    source = read_source(read_file(path, str(path)), str(path))
    if source.problems:
        raise ScenarioError(source.problems)
    found = source.data.get(lesson.name, {})
    if not isinstance(found, dict):
        raise ScenarioError([source.problem("course.solution", source.at((lesson.name,)), lesson=lesson.name)])
    return found


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
