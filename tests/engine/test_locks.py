"""Locks with a lease: taken by a send (celery-once) or by a body; what a death leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.strategies import build


def play(lock: dict[str, Any], *at: float, **data: Any) -> Trace:
    task = {"duration": 10, "lock": lock, **data.pop("task", {})}
    base = {
        "profile": "celery-rabbitmq",
        "workers": {"w": {"concurrency": 4}},
        "tasks": {"report": task},
        "send": [{"at": time, "id": f"R{number}", "task": "report"} for number, time in enumerate(at)],
        "until": 200,
    }
    config = {"hop": 0, "startup_drain": "ideal", **data.pop("config", {})}
    return simulate(build({**base, "config": config, **data}))


def value(trace: Trace, text: str) -> object:
    return evaluate_text(text, trace)


def refused(trace: Trace) -> list[str]:
    return [e.uuid for e in trace if isinstance(e, ev.PublishFailed) and e.why == "locked"]


def ran(trace: Trace) -> list[str]:
    """Ids of the runs that got their lock."""
    return [e.uuid for e in trace if isinstance(e, ev.TaskSucceeded) and e.runtime]


SEND, BODY = {"by": "send", "lease": 60}, {"by": "body", "lease": 60}


def test_what_is_queued_or_runs_is_not_sent_again() -> None:
    trace = play(SEND, 0, 5, 10.5, 12)
    assert refused(trace) == ["R1", "R3"]
    assert ran(trace) == ["R0", "R2"]


def test_a_failure_frees_the_lock_too_but_a_retry_keeps_it_and_needs_none() -> None:
    failing = play(SEND, 0, 12, task={"raises": "ValueError"})
    assert refused(failing) == []
    retry = {"raises": ["E", None], "autoretry_for": ["E"], "default_retry_delay": 5}
    retried = play(SEND, 0, 12, 20, 26, task=retry)
    assert refused(retried) == ["R1", "R2"]
    assert value(retried, "state(R0)") == "SUCCESS"


@pytest.mark.parametrize("lease", [30, None])
def test_who_dies_leaves_the_lock_until_its_lease_is_over(lease: float | None) -> None:
    faults = [{"at": 5, "kill": "w"}, {"at": 6, "start": "w"}]
    trace = play({**SEND, "lease": lease}, 0, 20, 29, 31, faults=faults)
    assert value(trace, "state(R0)") != "SUCCESS"
    assert refused(trace) == (["R1", "R2"] if lease else ["R1", "R2", "R3"])
    assert ran(trace) == (["R3"] if lease else [])


def test_a_task_that_expired_in_the_queue_leaves_the_lock_as_well() -> None:
    """Nobody ran it, so nobody released it."""
    trace = play(SEND, 0, 20, 70, workers={"w": {"starts_at": 5}}, task={"expires": 2})
    assert refused(trace) == ["R1"]


def test_a_lock_is_for_one_set_of_arguments_unless_it_has_a_key() -> None:
    send = [{"at": 0, "id": f"R{n}", "task": "report", "args": [n % 2], "kwargs": {"day": 1}} for n in range(4)]
    assert refused(play(SEND, send=send)) == ["R2", "R3"]
    assert refused(play({**SEND, "key": "all"}, send=send)) == ["R1", "R2", "R3"]


def test_a_body_that_does_not_get_its_lock_returns_at_once_and_has_no_effect() -> None:
    trace = play(BODY, 0, 5, 10.5)
    assert ran(trace) == ["R0", "R2"]
    results = {e.uuid: e.result for e in trace if isinstance(e, ev.TaskSucceeded)}
    assert results["R1"] == "skipped: report() is locked"
    assert [value(trace, f"effects(R{n})") for n in range(3)] == [1, 0, 1]


def test_or_raises_and_may_be_retried() -> None:
    lock = {**BODY, "held": "raise"}
    assert value(play(lock, 0, 5), "state(R1)") == "FAILURE"
    retry = {"autoretry_for": ["LockError"], "default_retry_delay": 6, "max_retries": None}
    trace = play(lock, 0, 5, task=retry)
    assert (value(trace, "retried(R1)"), value(trace, "started_at(R1, 2)")) == (1, 11.0)
    assert ran(trace) == ["R0", "R1"]


def test_a_lease_shorter_than_the_body_lets_the_next_one_in() -> None:
    """And the first, when it ends, does not free the lock of the second."""
    trace = play({**BODY, "lease": 6}, 0, 7, 10.5)
    assert ran(trace) == ["R0", "R1"]


def test_a_child_that_dies_frees_nothing() -> None:
    faults = [{"at": 5, "kill_child": "w", "slot": 1}]
    trace = play({**BODY, "lease": 30}, 0, 20, 31, faults=faults)
    assert value(trace, "state(R0)") == "FAILURE"
    assert ran(trace) == ["R2"]


def test_a_second_delivery_of_the_same_task_does_not_get_the_lock() -> None:
    options = {"visibility_timeout": 4, "unacked_restore_interval": 1, "unacked_restore_throttle": 1}
    late = {"task_acks_late": True, "broker_transport_options": options, "worker_prefetch_multiplier": 1}
    trace = play(BODY, 0, profile="celery-redis", config=late, workers={"w": {}, "v": {}}, until=30)
    begun = [e.t for e in trace if isinstance(e, ev.TaskStarted)]
    assert begun[1] == to_micros(4)
    assert ran(trace) == ["R0"]
    assert value(trace, "effects(R0)") == 1
