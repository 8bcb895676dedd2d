"""Misconceptions that a lesson's author expects: allowed, run, and told by their names where a class is graded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.course.class_report import StudentRow, class_data, class_lines
from simulator.course.grade_report import as_data
from simulator.course.grading import grade
from simulator.engine import simulate
from simulator.scenario import load_scenario, scenario_names
from tests.lessons import lesson

EXPECTED = [
    (name, one.set, one.text)
    for name in scenario_names()
    if (exercise := lesson(name).model.exercise) is not None
    for one in exercise.misconceptions
]


def graded(name: str, change: dict[str, Any]) -> dict[str, Any]:
    overrides = [f"{path}={json.dumps(value)}" for path, value in change.items()]
    return as_data(grade(lesson(name), load_scenario(name, overrides=overrides), simulate, []), "x.yaml")


def test_every_exercise_expects_some() -> None:
    assert {name for name, _, _ in EXPECTED} == {name for name in scenario_names() if lesson(name).model.exercise}


@pytest.mark.parametrize(("name", "change", "text"), EXPECTED)
def test_it_may_be_tried_fails_and_is_told_by_its_name(name: str, change: dict[str, Any], text: dict[str, str]) -> None:
    data = graded(name, change)
    assert all(one["allowed"] for one in data["changes"])
    assert data["runs"] == 1
    assert not data["passed"]
    assert data["believed"] == text
    assert text.keys() == {"ko", "en"}


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
