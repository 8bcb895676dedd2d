"""The index of the course: every lesson once, and errors that say where."""

from __future__ import annotations

import re
from collections import Counter
from math import ceil
from pathlib import Path

import pytest

import simulator
from simulator.course.progress import Book
from simulator.course.solution import model_solution
from simulator.scenario import ScenarioError, load_course, scenario_names
from simulator.scenario.course import parse_course
from simulator.scenario.library import SOLUTIONS, library_folder
from simulator.scenario.source import read_source
from simulator.story.problems.errors import format_problem
from simulator.story.problems.learn_problems import LEARNING
from simulator.story.stops import right_choice
from simulator.tui.learner import Learner
from tests.lessons import lesson, played
from tests.test_cli import Call

KNOWN = ["retry", "beat"]


def problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse_course(text, "course.yaml", KNOWN)
    return [format_problem(problem, "en").splitlines()[0] for problem in caught.value.problems]


def test_every_packaged_lesson_is_in_exactly_one_part() -> None:
    lessons = load_course().lessons
    assert sorted(lessons) == sorted(scenario_names())
    assert len(set(lessons)) == len(lessons)


def test_the_index_and_the_solutions_are_no_scenarios() -> None:
    assert not {"course", "solutions"} & set(scenario_names())


def test_every_exercise_has_a_model_solution_and_nothing_else_has_one() -> None:
    names = [name for name in scenario_names() if lesson(name).model.exercise is not None]
    assert all(model_solution(lesson(name)) for name in names)
    assert set(read_source(*solutions_text()).data) == set(names)


def solutions_text() -> tuple[str, str]:
    file = library_folder() / SOLUTIONS
    return file.read_text("utf-8"), str(file)


def test_no_place_of_the_right_answer_is_more_frequent_than_chance() -> None:
    places: dict[int, Counter[int]] = {}
    for name in scenario_names():
        for number, ask in enumerate(lesson(name).model.ask, start=1):
            places.setdefault(len(ask.choices), Counter())[right_choice(ask, played(name), number)] += 1
    for choices, found in places.items():
        # Spread as evenly as whole numbers allow: always the same letter earns what blind guessing does.
        assert max(found.values()) <= ceil(found.total() / choices), (choices, found)


def test_the_guide_leads_to_lessons_and_every_text_is_there_twice() -> None:
    course = load_course()
    assert len(course.guide) > 10
    assert {name for section in course.guide for name in section.lessons} <= set(course.lessons)
    for part in course.parts:
        assert set(part.title) == {"ko", "en"}
        assert set(part.summary or {}) == {"ko", "en"}


def test_a_lesson_that_does_not_exist_or_stands_twice_is_told_with_its_place() -> None:
    text = "parts:\n  - title: A\n    lessons: [retry, bear]\n  - {title: B, lessons: [retry]}\n"
    assert problems(text) == [
        'course.yaml:3:22: there is no lesson "bear"; did you mean "beat"?',
        'course.yaml:4:26: the lesson "retry" is listed twice',
    ]
    assert problems("guide: [{section: S, en: S, lessons: [retry]}]") == [
        'course.yaml:1:39: there is no lesson "retry"'
    ]


def test_what_is_no_course_is_told_with_its_place() -> None:
    assert problems("parts:\n  - {titel: A}")[0].startswith("course.yaml:2:")
    assert problems("lessons: [retry]") == ['course.yaml:1:1: course.yaml has no key "lessons"']
    assert problems("parts: {a: b}")[0].startswith("course.yaml:1:8: parts must be a list")
    assert problems("parts: [")[0].startswith("course.yaml:2:1: invalid YAML")


def test_every_code_of_the_course_is_worded_and_every_word_is_used() -> None:
    package = Path(simulator.__file__).parent
    code = re.compile(r'"((?:challenge|class|serve|course|extra|new|plan|progress|grade|review)\.[a-z_]+)"')
    files = [path for path in package.rglob("*.py") if path.name != "learn_problems.py"]
    used = {found for path in files for found in code.findall(path.read_text(encoding="utf-8"))}
    assert used - {"progress.json", "course.yaml", "plan.json", "serve.html"} == set(LEARNING)


def test_a_broken_index_is_told_and_stops_nothing_but_learn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ackademy = Call(monkeypatch, capsys)
    (tmp_path / "course.yaml").write_text("parts: [{title: A, lessons: [nix]}]", encoding="utf-8")
    (tmp_path / "01-one.yaml").write_text("until: 1\n", encoding="utf-8")
    monkeypatch.setattr("simulator.scenario.library.library_folder", lambda: tmp_path)
    ended = ackademy("learn")
    assert (ended.status, ended.out) == (2, "")
    assert 'course.yaml:1:30: there is no lesson "nix"' in ended.err
    assert ackademy("tell", "one").status == 0
    assert [lesson.name for lesson in Learner(Book()).syllabus.lessons] == ["one"]
