"""A result backend that is down, or slow."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.measure import evaluate_text
from simulator.scenario import parse_scenario
from simulator.trace import Trace
from simulator.trace import events as ev

LATE = "config: {task_acks_late: true}\n"
TERMINATE = "control: [{at: 2, revoke: Calc, terminate: true}]\n"


def play(task: str, more: str = "", fault: str = "{at: 1, down: services.result_backend, for: 20}") -> Trace:
    return simulate(
        parse_scenario(
            f"profile: celery-redis\nuntil: 30\nservices: {{result_backend: {{}}}}\nworkers: {{w: {{}}}}\n"
            f"tasks: {{calc: {task}, next: 1}}\n"
            "send: [{at: 0, id: Calc, task: calc}, {at: 0, id: Next, task: next}]\n"
            f"faults: [{fault}]\n{more}"
        )
    )


def kinds(trace: Trace, uuid: str = "Calc") -> list[str]:
    return [e.type for e in trace if getattr(e, "uuid", "") == uuid and e.t > 1_000_000]


def measured(trace: Trace, measure: str) -> object:
    return evaluate_text(measure, trace)


def test_the_work_is_done_and_the_result_is_gone() -> None:
    trace = play("5")
    assert kinds(trace) == ["result-lost"]
    assert (measured(trace, "result_state(Calc)"), measured(trace, "ignored(Calc)")) == ("PENDING", 1)
    assert [e.t for e in trace if isinstance(e, ev.TaskStarted)][1] == pytest.approx(5_000_000, abs=20)  # no delay


def test_a_late_acknowledgement_comes_all_the_same() -> None:
    assert kinds(play("5", LATE)) == ["message-acked", "result-lost"]


def test_a_failure_is_lost_too_and_a_retry_goes_on() -> None:
    assert kinds(play("{duration: 5, raises: E}")) == ["result-lost"]
    trace = play(
        "{duration: 5, raises: [E, null], autoretry_for: [E], default_retry_delay: 30}",
        fault="{at: 1, down: services.result_backend, for: 6}",
    )
    assert "result-lost" in kinds(trace)
    assert "task-retried" not in kinds(trace)
    assert measured(trace, "ignored(Calc)") == 0


def test_a_body_does_not_begin_where_its_start_is_to_be_stored() -> None:
    trace = play("{duration: 5, track_started: true}", fault="{at: 0, down: services.result_backend, for: 20}")
    assert measured(trace, "runs(Calc)") == 1
    assert next(e.t for e in trace if isinstance(e, ev.ResultLost)) < 10


@pytest.mark.parametrize("ends", ["time_limit: 3", "kills: child"])
def test_what_the_parent_would_store_is_lost_and_not_told(ends: str) -> None:
    assert "task-failed" not in kinds(play(f"{{duration: 5, {ends}}}"))


def test_a_task_that_is_ignored_needs_no_backend() -> None:
    assert "task-succeeded" in kinds(play("{duration: 5, ignore_result: true}"))


def test_a_chord_waits_for_ever_for_a_result_that_was_lost() -> None:
    trace = simulate(
        parse_scenario(
            "profile: celery-redis\nuntil: 30\nservices: {result_backend: {}}\nworkers: {w: {concurrency: 2}}\n"
            "tasks: {part: 2, body: 1}\nfaults: [{at: 1, down: services.result_backend, for: 2}]\n"
            "send: [{at: 0, chord: {header: [{task: part}, {task: part}], body: {task: body, id: Body}}}]"
        )
    )
    assert measured(trace, "result_state(Body)") == "PENDING"


def test_a_slow_backend_delays_what_is_told() -> None:
    trace = play("5", fault="{at: 1, slow: services.result_backend, latency: 2}")
    assert next(e.t for e in trace if isinstance(e, ev.TaskSucceeded)) == pytest.approx(7_000_000, abs=20)
