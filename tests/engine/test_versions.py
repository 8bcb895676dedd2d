"""Rules that differ between versions of Celery, as seen in Celery 5.3.6 and 5.7.0."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.scenario import ScenarioError, parse_scenario
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world import account_of
from tests.strategies import build


def played(version: str, **data: Any) -> Trace:
    return simulate(build({"profile": "celery-rabbitmq", "celery_version": version, "workers": {"w": {}}, **data}))


ONE = [{"at": 0, "id": "T", "task": "work"}]


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("config: {worker_soft_shutdown_timeout: 3}", "5.5"),
        ("config: {worker_eta_task_limit: 3}", "5.6"),
        ("config: {worker_disable_prefetch: true}", "5.6"),
        ("config: {task_acks_on_timeout: false}", "5.7"),
        ("tasks: {a: {acks_on_failure: false}}", "5.7"),
        ("{profile: celery-rabbitmq, queues: {celery: {queue_type: quorum}}}", "5.5"),
        ("{workers: {w: {}}, faults: [{at: 1, stop: w, how: soft}]}", "5.5"),
    ],
)
def test_what_a_version_lacks_is_refused_by_name(text: str, since: str) -> None:
    parse_scenario(text)  # raises nothing
    body = text[1:-1] if text.startswith("{") else text
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(f"{{celery_version: 5.3, {body}}}")
    (problem,) = refused.value.problems
    assert (problem.code, problem.params["since"], problem.params["version"]) == ("version.lacks", since, "5.3")


def test_a_version_that_is_not_modelled_is_refused_by_name() -> None:
    for version in ("4.4", "5.4", "6"):
        with pytest.raises(ScenarioError) as refused:
            parse_scenario(f"celery_version: {version}")
        (problem,) = refused.value.problems
        assert (problem.code, problem.params["value"]) == ("value.celery_version", version)
    assert parse_scenario("celery_version: 5.7").settings == parse_scenario("{}").settings


@pytest.mark.parametrize(("version", "state"), [("5.3", "PENDING"), ("5.7", "FAILURE")])
def test_a_rejected_task_is_a_failure_only_since_5_7(version: str, state: str) -> None:
    # Live: AsyncResult(...).state 2 s later, late ACK, RabbitMQ and a Redis backend.
    config = {"task_acks_late": True}
    trace = played(
        version, config=config, tasks={"work": {"duration": 0.1, "raises": "X", "reject": "discard"}}, send=ONE
    )
    assert evaluate_text("result_state(T)", trace) == state
    assert sum(isinstance(e, ev.TaskRejected) for e in trace) == 1
    assert sum(isinstance(e, ev.TaskFailed) for e in trace) == (version == "5.7")
    assert [one.kind for one in account_of(trace)] == ([] if version == "5.7" else ["gone"])


@pytest.mark.parametrize(("version", "again"), [("5.3", False), ("5.7", True)])
def test_a_time_limit_without_an_ack_comes_back_only_since_5_5(version: str, again: bool) -> None:
    # Live: in 9 s, one run and an empty queue with 5.3, seven runs with 5.7.
    trace = played(
        version,
        config={"task_acks_late": True, "task_acks_on_failure_or_timeout": False},
        tasks={"work": {"duration": 20, "time_limit": 1}},
        send=ONE,
        until=30,
    )
    runs = sum(isinstance(e, ev.TaskStarted) for e in trace)
    assert (runs > 3) if again else (runs == 1)
    assert evaluate_text("result_state(T)", trace) == "FAILURE"
    requeued = [e for e in trace if isinstance(e, ev.MessageRequeued)]
    assert bool(requeued) == again


def windows(version: str, *at: float, **more: Any) -> list[int]:
    """Messages out of 40 that a worker has taken by some seconds; its connection breaks at 5 s, they come at 6.5 s."""
    trace = simulate(
        build(
            {
                "profile": "celery-redis",
                "celery_version": version,
                "workers": {"w": {"concurrency": 2}},
                "tasks": {"long": 15, "short": 4},
                "send": [{"at": 0, "task": "long", "count": 2}, {"at": 6.5, "task": "short", "count": 40}],
                "faults": [{"at": 5, "disconnect": "w"}],
                "until": 60,
                **more,
            }
        )
    )
    return [40 - int(str(evaluate_text(f"queue_at({second})", trace))) for second in at]


def test_after_a_reconnect_an_older_worker_takes_less_at_first() -> None:
    # A window of 8, two running: 8 - 2 x 4 is less than the multiplier, so 4; each ACK widens it by 4.
    new, old = windows("5.7", 8, 30), windows("5.3", 8, 30)
    assert (new[0], old[0]) == (8, 4)
    assert new[1] == old[1]


def test_each_ack_widens_an_older_workers_window_by_the_multiplier() -> None:
    # A window of 12, three running: 4 at first. The first runs end at 15, 20 and 25 s; a short one takes their place.
    left = windows(
        "5.3",
        *(8, 16, 21, 26),
        workers={"w": {"concurrency": 3}},
        tasks={"long": {"duration": {"list": [15, 20, 25]}}, "short": 40},
        send=[{"at": 0, "task": "long", "count": 3}, {"at": 6.5, "task": "short", "count": 40}],
    )
    assert left == [4, 9, 14, 15]


@pytest.mark.parametrize("version", ["5.3", "5.7"])
def test_cancelling_on_connection_loss_is_in_every_version(version: str) -> None:
    config = {"task_acks_late": True, "worker_cancel_long_running_tasks_on_connection_loss": True}
    trace = played(
        version, config=config, tasks={"work": 10}, send=ONE, faults=[{"at": 3, "disconnect": "w"}], until=60
    )
    assert evaluate_text("effects(T)", trace) == 1
    assert sum(isinstance(e, ev.TaskCancelled) for e in trace) == 1
