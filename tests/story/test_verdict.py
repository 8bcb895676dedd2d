"""Is a scenario right: the first offending event, the questions, the translations."""

from __future__ import annotations

import pytest

from simulator.course.verdict import GoalVerdict, check_run, judge
from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.scenario.schema import Goal
from tests.lessons import played
from tests.story.samples import CRASH, OVERFLOW, RETRIES, run_of


def of(text: str, test: str) -> GoalVerdict:
    return judge(Goal(test=test), run_of(text))


@pytest.mark.parametrize(
    ("text", "test", "kind"),
    [
        (CRASH, "lost == 0", "task-lost"),
        (CRASH, "worker_of(pay_2) == worker1", "task-received"),
        (RETRIES, "retried < 2", "task-retried"),
        (RETRIES, "finished_at(Task1) <= 10", "result-stored"),
        (RETRIES, "succeeded == 1", None),
        (OVERFLOW, "publish_failed == 0 and succeeded == 2", "publish-failed"),
        (OVERFLOW, "dropped == 0 and succeeded == 2", "message-dropped"),
    ],
)
def test_the_event_that_decided(text: str, test: str, kind: str | None) -> None:
    verdict = of(text, test)
    assert not verdict.met
    found = None if verdict.event is None else run_of(text)[verdict.event].type
    assert found == kind


def test_the_values_are_those_of_the_part_that_fails() -> None:
    assert of(OVERFLOW, "succeeded == 2 and dropped + publish_failed == 0").values == (
        ("dropped", 2),
        ("publish_failed", 1),
    )


def test_a_goal_that_is_met_needs_no_event() -> None:
    verdict = judge(Goal(test="succeeded == 3"), played("three-task-order"))
    assert (verdict.met, verdict.values, verdict.event) == (True, (), None)


def test_what_is_said_in_one_language_only() -> None:
    scenario = parse_scenario(
        "{title: {ko: 주문}, until: 1, say: [{at: 0, en: Hello}], goals: [{test: sent == 0, ko: 없음}],"
        " variants: {same: {en: The same, set: {seed: 2}}}}"
    )
    warnings = check_run(scenario, simulate(scenario)).warnings
    assert [(w.code, w.params["where"], w.params["missing"]) for w in warnings] == [
        ("text.untranslated", "title", "en"),
        ("text.untranslated", "say.0", "ko"),
        ("text.untranslated", "goals.0", "en"),
        ("text.untranslated", "variants.same", "ko"),
    ]


def test_a_measure_stands_as_in_a_goal() -> None:
    (name, _), *_ = of(
        "tasks: {a: {calls: mail}}\nservices: {mail: {}}\nsend: [{task: a}]", "peak(calls.mail, 1, 9) > 1"
    ).values
    assert name == "peak(calls.mail, 1, 9)"
