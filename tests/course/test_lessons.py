"""What each lesson has, its questions; the exercises of files 00 to 25 solved and missed."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import load_scenario, simulate
from simulator.course.craft import knob_flaws
from simulator.course.grading import Grade, GradedRun, grade, hidden_seeds
from simulator.course.solution import model_solution
from simulator.course.verdict import GoalVerdict, check_run
from simulator.measure import check_goals, evaluate_text
from simulator.scenario import scenario_names
from simulator.scenario.library import find_scenario
from simulator.story.stops import find_stops, outcome_of, right_choice
from simulator.trace import Trace
from tests.lessons import PACKAGED, lesson, played

LANGUAGES = {"ko", "en"}


def number_of(name: str) -> int:
    """The number in the name of a lesson's file."""
    return int(find_scenario(name).name.partition("-")[0])


LESSONS = [name for name in scenario_names() if not 26 <= number_of(name) <= 33]
PLAYED = [(name, variant) for name, variant in PACKAGED if name in LESSONS]

SOLUTIONS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "solutions.yaml").read_text("utf-8"))
SOLVED = [
    (name, change)
    for name, rows in SOLUTIONS.items()
    for change in (model_solution(lesson(name)), *rows.get("solves", ()))
]
MISSED = [(name, row["set"], row["missed"]) for name, rows in SOLUTIONS.items() for row in rows["fails"]]


def graded(name: str, change: dict[str, Any], seeds: int = 0) -> Grade:
    overrides = [f"{path}={json.dumps(value)}" for path, value in change.items()]
    return grade(lesson(name), load_scenario(name, overrides=overrides), simulate, hidden_seeds(name, seeds))


def test_the_files_are_numbered_without_a_gap() -> None:
    assert [number_of(name) for name in scenario_names()] == list(range(len(scenario_names())))


@pytest.mark.parametrize("name", LESSONS)
def test_what_every_lesson_has(name: str) -> None:
    model = lesson(name).model
    assert set(model.title or {}) == set(model.summary or {}) == LANGUAGES
    assert model.say
    assert model.ask
    assert model.goals
    assert model.variants
    assert 1 <= len(model.knobs) <= 4
    assert all(knob.text.keys() == LANGUAGES for knob in model.knobs)
    assert (model.exercise is not None) == (number_of(name) >= 5)


@pytest.mark.parametrize(("name", "variant"), PACKAGED)
def test_each_run_is_right(name: str, variant: str | None) -> None:
    scenario = lesson(name, variant)
    assert scenario.goals
    checked = check_run(scenario, played(name, variant))
    assert [verdict.goal.test for verdict in checked.verdicts if not verdict.met] == []
    assert (checked.problems, checked.warnings) == ((), ())
    assert checked.points == checked.most > 0
    assert len(checked.questions) == len(scenario.model.ask)
    for say in scenario.model.say:
        assert say.text.keys() == LANGUAGES


@pytest.mark.parametrize(("name", "variant"), PLAYED)
def test_each_wrong_choice_says_why_it_is_wrong(name: str, variant: str | None) -> None:
    for number, ask in enumerate(lesson(name, variant).model.ask, start=1):
        assert set(ask.why or {}) == LANGUAGES
        right = right_choice(ask, played(name, variant), number)
        for place, choice in enumerate(ask.choices):
            assert choice.text.keys() == LANGUAGES
            if place != right:
                assert set(choice.because or {}) == LANGUAGES, (number, choice.key)


@pytest.mark.parametrize(("name", "variant"), PLAYED)
def test_a_question_stands_before_what_answers_it(name: str, variant: str | None) -> None:
    scenario, trace = lesson(name, variant), played(name, variant)
    questions = [stop for stop in find_stops(scenario, trace) if stop.is_question]
    assert len(questions) == len(scenario.model.ask)
    for stop in questions:
        assert stop.cursor < outcome_of(stop, trace).cursor


@pytest.mark.parametrize("variant", [variant for name, variant in PLAYED if name == "retry-storm"])
def test_how_many_emails_get_out_shows_once_the_last_one_is_out(variant: str | None) -> None:
    trace = played("retry-storm", variant)
    [asked] = [stop for stop in find_stops(lesson("retry-storm", variant), trace) if stop.is_question]
    seen = Trace(trace.header, trace.events[: outcome_of(asked, trace).cursor])
    assert outcome_of(asked, trace).right is not None
    assert evaluate_text("succeeded", seen) == evaluate_text("succeeded", trace)


@pytest.mark.parametrize("name", LESSONS)
def test_each_knob_does_something(name: str) -> None:
    assert list(knob_flaws(lesson(name), played(name), simulate)) == []


@pytest.mark.parametrize("name", LESSONS)
def test_chapters_are_in_order_and_within_the_run(name: str) -> None:
    times = [chapter.at for chapter in lesson(name).model.chapters]
    assert all(a < b for a, b in pairwise(times))
    assert all(time * 1e6 <= played(name).end for time in times)


# -- exercises ------------------------------------------------------------------------------------------------------


def test_every_exercise_has_its_answers_here() -> None:
    others = yaml.safe_load((Path(__file__).parent / "solutions_production.yaml").read_text("utf-8"))
    assert set(SOLUTIONS) == {name for name in LESSONS if name not in others and lesson(name).model.exercise}
    assert all(len(rows["fails"]) >= 2 for rows in SOLUTIONS.values())


@pytest.mark.parametrize("name", SOLUTIONS)
def test_an_exercise_is_not_solved_from_the_start_and_says_what_it_wants(name: str) -> None:
    exercise = lesson(name).model.exercise
    assert exercise is not None
    assert exercise.text.keys() == LANGUAGES
    assert exercise.goals
    assert all(goal.text.keys() == LANGUAGES for goal in exercise.goals)
    assert not all(result.met for result in check_goals(exercise.goals, played(name)))


@pytest.mark.parametrize(("name", "change"), SOLVED)
def test_what_solves_an_exercise_solves_it_with_other_seeds_too(name: str, change: dict[str, Any]) -> None:
    result = graded(name, change, seeds=2)
    assert result.forbidden == []
    assert [run.seed for run in result.runs if not run.passed] == []
    assert result.passed


@pytest.mark.soak
@pytest.mark.parametrize(("name", "change"), SOLVED)
def test_what_solves_an_exercise_solves_it_with_any_seed(name: str, change: dict[str, Any]) -> None:
    assert graded(name, change, seeds=40).passed


@pytest.mark.parametrize(("name", "change", "missed"), MISSED)
def test_what_does_not_solve_it_is_told_which_goal_was_missed_and_when(
    name: str, change: dict[str, Any], missed: dict[int, str]
) -> None:
    result = graded(name, change)
    assert result.forbidden == []
    assert not result.passed
    assert told(result.runs[0]) == missed


def told(run: GradedRun) -> dict[int, str]:
    """By the number of the goal that is missed (0: the budget), the kind of the event that decided against it."""
    verdicts: dict[int, GoalVerdict] = dict(enumerate(run.verdicts, start=1))
    if run.budget is not None:
        verdicts[0] = run.budget
    return {
        number: run.trace[verdict.event].type if verdict.event is not None else "nothing"
        for number, verdict in verdicts.items()
        if not verdict.met
    }
