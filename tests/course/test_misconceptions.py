"""Misconceptions that a lesson's author expects: allowed, run, and told by their names where a class is graded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.course.class_report import StudentRow, class_data, class_lines
from simulator.course.grade_report import as_data, grade_lines
from simulator.course.grading import find_belief_flaws, grade
from simulator.engine import simulate
from simulator.scenario import load_scenario, parse_scenario, scenario_names
from simulator.story.problems.errors import format_problems
from tests.lessons import lesson

EXPECTED = [
    (name, one.set, one.misses, one.text)
    for name in scenario_names()
    if (exercise := lesson(name).model.exercise) is not None
    for one in exercise.misconceptions
]


def graded(name: str, change: dict[str, Any]) -> dict[str, Any]:
    overrides = [f"{path}={json.dumps(value)}" for path, value in change.items()]
    return as_data(grade(lesson(name), load_scenario(name, overrides=overrides), simulate, []), "x.yaml")


def test_every_exercise_expects_some() -> None:
    assert {name for name, *_ in EXPECTED} == {name for name in scenario_names() if lesson(name).model.exercise}


@pytest.mark.parametrize(("name", "change", "misses", "text"), EXPECTED)
def test_it_may_be_tried_misses_what_its_author_says_and_is_told_by_its_name(
    name: str, change: dict[str, Any], misses: list[int], text: dict[str, str]
) -> None:
    data = graded(name, change)
    assert all(one["allowed"] for one in data["changes"])
    assert data["runs"] == 1
    assert not data["passed"]
    missed = [number for number, goal in enumerate(data["goals"], start=1) if not goal["met"]]
    assert [0] * (data["processes"] is not None and not data["processes"]["met"]) + missed == misses
    assert (data["believed"], data["believed_misses"]) == (text, misses)
    assert text.keys() == {"ko", "en"}


def test_the_learner_reads_it_with_the_goals_that_it_misses() -> None:
    data = graded("sale-day", {"config.task_reject_on_worker_lost": True})
    goals = [lesson("sale-day").model.exercise.goals[place] for place in (0, 3)]  # type: ignore[union-attr]
    for lang, start in (("en", "Many believe this: "), ("ko", "흔한 생각입니다: ")):
        (told,) = [line for line in grade_lines(data, lang) if start in line]
        assert data["believed"][lang] in told
        assert told.endswith("; ".join(goal.text[lang] for goal in goals))


WRONG = """
tasks: {{a: 1}}
send: [{{at: 0, task: a, count: 3}}]
exercise:
  en: Faster
  ko: 더 빠르게
  may_change: [workers]
  budget: {{processes: 3}}
  goals: [finished_by <= 2, succeeded == 3]
  misconceptions: [{{set: {{workers: {workers}}}, misses: {misses}, en: One will do, ko: 하나면 된다}}]
"""


@pytest.mark.parametrize(
    ("workers", "misses", "code"),
    [
        (1, "[1]", None),
        (1, "[]", "misconception.misses"),
        (1, "[1, 2]", "misconception.misses"),
        (4, "[0]", None),
        (4, "[1]", "misconception.misses"),
        (3, "[1]", "misconception.passes"),
    ],
)
def test_an_author_who_says_something_else_is_told(workers: int, misses: str, code: str | None) -> None:
    text = WRONG.format(workers=workers, misses=misses)
    flaws = list(find_belief_flaws(parse_scenario(text), simulate))
    assert [flaw.code for flaw in flaws] == ([code] if code else [])
    assert all(flaw.mark is not None and flaw.mark.line == 10 for flaw in flaws)
    assert "[1]" in "".join(format_problems(flaws, "en")) or code != "misconception.misses"


def test_what_else_was_changed_does_not_hide_it_and_of_several_the_largest_is_told() -> None:
    data = graded("retry", {"config.task_acks_late": False, "tasks.send_email.retry_kwargs.countdown": 10})
    assert data["believed"]["en"] == "When the ACK is sent decides about retries"
    assert graded("retry", {"tasks.send_email.retry_kwargs.countdown": 10})["believed"] is None
    assert graded("retry", {"tasks.send_email.retry_kwargs.countdown": 4})["believed"] is None


def test_half_of_a_solution_that_fails_for_another_reason_is_no_misconception() -> None:
    half = {"config.task_acks_late": True}
    assert graded("sale-day", half)["believed"]["en"] == "Late ACKs alone save the day"
    better = {**half, "tasks.send_email.max_retries": 10, "tasks.send_email.retry_jitter": True}
    assert graded("sale-day", better)["believed"] is None


def test_the_summary_of_a_class_names_it() -> None:
    changes: list[dict[str, Any]] = [
        {"config.task_acks_late": False},
        {"config.task_acks_late": False},
        {"tasks.send_email.retry_backoff": 2},
    ]
    rows = [StudentRow(f"s{place}", 0.1, graded("retry", change)) for place, change in enumerate(changes)]
    tried = class_data("retry", rows)["summary"]["tried"]
    assert [(one["students"], one["believed"]["en"]) for one in tried] == [
        (2, "When the ACK is sent decides about retries"),
        (1, "A backoff always waits that long"),
    ]
    assert any("“When the ACK is sent decides about retries”" in line for line in class_lines(rows, "en"))
    assert any("“ACK를 언제 보내는지가 재시도를 정한다”" in line for line in class_lines(rows, "ko"))
