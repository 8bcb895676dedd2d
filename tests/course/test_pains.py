"""The lessons of files 26 on: their numbers, their exercises solved and missed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import load_scenario, simulate
from simulator.course.grading import Grade, grade
from simulator.course.solution import model_solution
from simulator.measure import evaluate_text
from simulator.story.stops import right_choice
from tests.course.production_numbers import PRODUCTION
from tests.lessons import lesson, played, variants

FILES = [Path(__file__).parent / f"solutions_{name}.yaml" for name in ("pains", "production")]
SOLUTIONS: dict[str, Any] = {k: v for file in FILES for k, v in yaml.safe_load(file.read_text("utf-8")).items()}
SOLVED = [
    (name, change)
    for name, rows in SOLUTIONS.items()
    for change in (model_solution(lesson(name)), *rows.get("solves", ()))
]
MISSED = [(name, row["set"], row["missed"]) for name, rows in SOLUTIONS.items() for row in rows["fails"]]

NUMBERS: list[tuple[str, str | None, dict[str, object]]] = [
    # Invoices of 2 s from 1 s on, one after another: 3, 5 and 7 s. The mails stay in their queue.
    ("never-runs", None, {"finished_by(make_invoice)": 7.0, "queue_at(29, emails)": 3, "runs(send_email)": 0}),
    # 1 s + 3 x 2 s + 3 x 1 s, in whatever order.
    ("never-runs", "both", {"finished_by": 10.0, "succeeded": 6}),
    ("never-runs", "only_emails", {"finished_by(send_email)": 4.0, "queue_at(29, celery)": 3}),
    # From 10 s on one after another: 11, 12 and 13 s.
    ("never-runs", "add_consumer", {"started_at(send_email_1)": 10.0, "finished_by": 13.0}),
    ("never-runs", "ttl", {"dropped": 3, "queue_at(5.9, emails)": 3, "queue_at(6.1, emails)": 0}),
    ("pending", None, {f"result_state({task}, 20)": "PENDING" for task in ("Payment", "Report", "Visit", "Mail")}),
    # Begun at 0 s, in worker1, dead at 3 s; the visit runs from 3 to 4 s, the refund in its slot after it, for 5 s.
    ("pending", None, {"lost": 1, "lost(Payment)": 1, "finished_at(Visit)": 4.0, "finished_at(Refund)": 9.0}),
    ("pending", "tracked", {"result_state(Payment)": "STARTED", "result_state(Visit)": "PENDING"}),
    ("pending", "kept", {"result_state(Visit, 3.9)": "PENDING", "result_state(Visit, 4)": "SUCCESS"}),
    # The payment runs again from 3 to 8 s.
    ("pending", "late", {"finished_at(Payment)": 8.0, "result_state(Report, 20)": "PENDING", "lost": 0}),
    ("revoke", None, {"finished_at(Export1)": 10.0, "finished_at(Export2)": 10.0, "finished_at(Export3)": 20.0}),
    ("revoke", "terminate", {"finished_at(Export1)": 3.0, "finished_at(Export2)": 3.0, "finished_at(Export3)": 13.0}),
    ("revoke", "threads", {"state(Export1)": "SUCCESS", "state(Export2)": "SUCCESS", "finished_at(Export2)": 20.0}),
    # Up at 6 s, and 0.1 s later (a fresh worker's drain) the first of two tasks of 10 s.
    ("revoke", "restart", {"lost(Export1)": 1, "runs(Export2)": 1, "finished_by": 26.0}),
    ("revoke", "mingle", {"runs(Export2)": 0, "started_at(Export3)": 6.0}),
    # 10 s in worker1; then two of 10 s in worker2.
    ("shutdown", None, {"started_at(convert_2)": 10.0, "finished_by": 30.0, "lost": 0}),
    ("shutdown", "cold", {"lost(convert_1)": 1, "started_at(convert_2)": 6.0, "finished_by(convert_3)": 26.0}),
    # worker2 begins with what came back first: 6, 16, 26 s.
    ("shutdown", "cold_late", {"runs(convert_1)": 2, "started_at(convert_2)": 16.0, "finished_by": 36.0}),
    # 5 s + worker_soft_shutdown_timeout 3 s.
    ("shutdown", "soft", {"lost(convert_1)": 1, "started_at(convert_2)": 8.0}),
    ("shutdown", "grace", {"lost(convert_1)": 1, "started_at(convert_2)": 8.0}),
    # Noticed at 6 s, read at 10.03 s: every half second from 6.03 s on; 1.5 s after that.
    ("shutdown", "real", {"started_at(convert_2)": 11.53, "finished_by": 31.53}),
    # Two workers at 2/s: 4 in any second; 10 calls each, the last one at 4.5 s, for 0.1 s.
    ("rate-limits", None, {"peak(calls.api)": 4, "finished_by": 4.6}),
    ("rate-limits", "no_limit", {"peak(calls.api)": 20, "finished_by(call_api)": 1.0}),
    # 10 calls each at 1/s: the last one at 9 s.
    ("rate-limits", "one_each", {"peak(calls.api)": 2, "finished_by(call_api)": 9.1}),
    # 20 calls in one worker at 2/s: the last one at 9.5 s.
    ("rate-limits", "own_queue", {"peak(calls.api)": 2, "finished_by": 9.6, "started_at(Mail)": 0.2}),
    ("time-limits", None, {"finished_at(resize_1)": 3.0, "finished_at(resize_2)": 6.0, "failed": 2}),
    ("time-limits", "caught", {"finished_at(resize_1)": 3.0, "succeeded": 2}),
    ("time-limits", "hard_only", {"finished_at(resize_1)": 5.0, "finished_at(resize_2)": 9.0, "succeeded": 1}),
    ("time-limits", "threads", {"finished_at(resize_1)": 10.0, "finished_at(resize_2)": 14.0, "succeeded": 2}),
    ("time-limits", "gevent", {"finished_at(resize_1)": 5.0, "state(resize_1)": "FAILURE"}),
    # RabbitMQ looks each 60 s: at 1800 s the delivery is just not overdue yet.
    (
        "consumer-timeout",
        None,
        {"started_at(Nightly, 2)": 1860.0, "finished_at(Nightly)": 2700.0, "effects(Nightly)": 2},
    ),
    ("consumer-timeout", "longer", {"runs(Nightly)": 2, "started_at(Nightly, 2)": 2460.0}),
    ("consumer-timeout", "early", {"runs(Nightly)": 1, "finished_by": 2700.0}),
    # worker2 is busy with its own job until 2700 s.
    ("consumer-timeout", "reserved", {"worker_of(Mail)": "worker2", "started_at(Mail)": 2700.0}),
    ("consumer-timeout", "eta", {"worker_of(Nightly)": "worker2", "started_at(Nightly)": 2400.0}),
    ("get-in-task", None, {"runs(order)": 3, "runs(charge)": 0, "succeeded + failed + lost": 0}),
    ("get-in-task", "celery_default", {"failed(order)": 3, "finished_by(order)": 0.0, "finished_by(charge)": 2.0}),
    ("get-in-task", "timeout", {"finished_by(order)": 5.0, "finished_by(charge)": 7.0, "failed": 3}),
    # Payments in one slot end at 2, 4 and 6 s (the third is sent at 3 s); an order takes 1 s after its own.
    (
        "get-in-task",
        "own_queue",
        {"finished_at(order_1)": 3.0, "finished_at(order_2)": 5.0, "finished_at(order_3)": 7.0},
    ),
    ("get-in-task", "chain", {"finished_by": 3.0, "succeeded": 6}),
    *PRODUCTION,
]


def graded(name: str, change: dict[str, Any]) -> Grade:
    overrides = [f"{path}={json.dumps(value)}" for path, value in change.items()]
    return grade(load_scenario(name), load_scenario(name, overrides=overrides), simulate)


@pytest.mark.parametrize(("name", "variant", "numbers"), NUMBERS)
def test_the_numbers_of_a_lesson(name: str, variant: str | None, numbers: dict[str, object]) -> None:
    trace = played(name, variant)
    assert {measure: evaluate_text(measure, trace) for measure in numbers} == numbers


def test_every_variant_has_its_numbers_and_every_exercise_its_answers() -> None:
    names = {name for name, _, _ in NUMBERS}
    runs = {(name, variant) for name in names for variant in variants(name)}
    assert runs == {(name, variant) for name, variant, _ in NUMBERS}
    assert names == set(SOLUTIONS)


@pytest.mark.parametrize("name", SOLUTIONS)
def test_an_exercise_is_not_solved_from_the_start_and_has_two_wrong_answers(name: str) -> None:
    assert not graded(name, {}).passed
    assert len(SOLUTIONS[name]["fails"]) >= 2


@pytest.mark.parametrize(("name", "change"), SOLVED)
def test_what_solves_an_exercise(name: str, change: dict[str, Any]) -> None:
    result = graded(name, change)
    assert [difference.path for difference in result.forbidden] == []
    assert result.passed


@pytest.mark.parametrize(("name", "change", "missed"), MISSED)
def test_what_does_not(name: str, change: dict[str, Any], missed: int) -> None:
    result = graded(name, change)
    assert [difference.path for difference in result.forbidden] == []
    assert not result.passed
    assert sum(not verdict.met for verdict in result.runs[0].verdicts) == missed


@pytest.mark.parametrize("name", yaml.safe_load(FILES[0].read_text("utf-8")))
def test_each_wrong_choice_says_why_it_is_wrong_and_no_right_one_does(name: str) -> None:
    for variant in variants(name):
        for number, ask in enumerate(lesson(name, variant).model.ask, start=1):
            right = right_choice(ask, played(name, variant), number)
            said = [choice.because is not None for choice in ask.choices]
            assert said == [place != right for place in range(len(said))], (variant, number)
