"""An exercise is read and checked with the scenario: what may change, its budget, its goals."""

from __future__ import annotations

import pytest

from simulator.scenario import ScenarioError, parse_scenario

BASE = "tasks: {pay: {duration: 1}}\nsend: [{task: pay, id: T}]\nfaults: [{at: 0.5, kill: worker1}]\n"


def codes(exercise: str) -> list[str]:
    try:
        return [problem.code for problem in parse_scenario(BASE + f"exercise: {exercise}").warnings]
    except ScenarioError as error:
        return [problem.code for problem in error.problems]


def test_it_is_read() -> None:
    what = "may_change: [config, tasks.*.acks_late], budget: {processes: 12}, goals: [lost == 0]"
    exercise = parse_scenario(BASE + f"exercise: {{ko: 고치세요, en: Repair it, {what}}}").model.exercise
    assert exercise is not None
    assert exercise.text == {"ko": "고치세요", "en": "Repair it"}
    assert exercise.may_change == ["config", "tasks.*.acks_late"]
    assert exercise.budget is not None
    assert exercise.budget.processes == 12
    assert [(goal.test, goal.points) for goal in exercise.goals] == [("lost == 0", 1)]


@pytest.mark.parametrize(
    ("exercise", "code"),
    [
        ("{en: Repair it}", "key.missing"),
        ("{may_change: [], en: x}", "list.too_short"),
        ("{may_change: [tasks.pya.acks_late], en: x}", "path.no_such"),
        ("{may_change: [tasks.pay.ack_late], en: x}", "path.no_key"),
        ("{may_change: [workers.worker9.concurrency], en: x}", "path.no_such"),
        ("{may_change: [config.task_ack_late], en: x}", "path.no_key"),
        ("{may_change: ['a b'], en: x}", "path.syntax"),
        ("{may_change: [config], goals: [lst == 0]}", "goal.unknown_name"),
        ("{may_change: [config], goals: [lost ==]}", "goal.syntax"),
        ("{may_change: [config], budget: {proceses: 3}}", "key.did_you_mean"),
        ("{may_change: [config], budget: {processes: 0}}", "value.bound"),
    ],
)
def test_what_is_wrong_with_it(exercise: str, code: str) -> None:
    assert code in codes(exercise)


@pytest.mark.parametrize("wide", ["config", "tasks.pay.duration", "tasks.*.duration", "faults", "send"])
def test_a_change_that_wins_without_learning_is_warned_of(wide: str) -> None:
    assert "exercise.too_wide" in codes(f"{{may_change: [{wide}], en: x}}")
    assert "exercise.too_wide" not in codes("{may_change: [config.hop, workers, tasks.pay.acks_late], en: x}")
