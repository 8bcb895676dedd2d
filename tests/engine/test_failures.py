"""Failures of every kind that the guide names, with its numbers (lessons 5 to 9)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.engine.failures import Exceptions
from simulator.measure import evaluate_text
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world.lives import lives_of
from tests.strategies import build


def played(**data: Any) -> Trace:
    return simulate(build(data))


def holds(trace: Trace, *tests: str) -> bool:
    return all(evaluate_text(test, trace) is True for test in tests)


def order(trace: Trace, uuid: str) -> list[str]:
    return [e.type for e in trace if getattr(e, "uuid", None) == uuid]


MAIL = {"duration": 1, "raises": ["SMTPException", "SMTPException"], "autoretry_for": ["SMTPException"]}


def test_a_failure_worth_retrying() -> None:
    trace = played(
        workers=1,
        tasks={"mail": {**MAIL, "retry_kwargs": {"max_retries": 3, "countdown": 60}}},
        send=[{"at": 0, "id": "T", "task": "mail"}],
    )
    assert holds(trace, "runs(T) == 3", "finished_at(T) == 123", "retried(T) == 2", "state(T) == SUCCESS")
    messages = [e for e in trace if isinstance(e, ev.TaskSent)]
    assert [(m.uuid, m.retries, m.hostname) for m in messages] == [
        ("T", 0, "producer"),
        ("T", 1, "worker1"),
        ("T", 2, "worker1"),
    ]
    assert len({m.message for m in messages}) == 3


def test_backoff_without_jitter() -> None:
    task = {**MAIL, "retry_backoff": 2, "retry_jitter": False}
    trace = played(workers=1, tasks={"mail": task}, send=[{"at": 0, "id": "T", "task": "mail"}])
    assert holds(trace, "finished_at(T) == 9", "started_at(T, 2) == 3", "started_at(T, 3) == 8")


def test_jitter_stays_within_the_backoff_and_is_whole_seconds() -> None:
    task = {"duration": 1, "raises": "E", "autoretry_for": ["E"], "retry_backoff": 8, "max_retries": 3}
    delays = set()
    for seed in range(30):
        trace = played(seed=seed, workers=1, tasks={"a": task}, send=[{"at": 0, "id": "T", "task": "a"}])
        ends = [e.t for e in trace if isinstance(e, ev.TaskRetried)]
        starts = [run.start for run in lives_of(trace).tasks["T"].runs][1:]
        for retries, (end, start) in enumerate(zip(ends, starts, strict=True)):
            delay = (start - end) / 1e6
            assert delay == int(delay)
            assert 0 <= delay <= 8 * 2**retries
            delays.add(delay)
    assert len(delays) > 10


def test_out_of_retries_into_the_dead_letter_queue() -> None:
    task = {
        "duration": 1,
        "raises": "SMTPException",
        "autoretry_for": ["SMTPException"],
        "retry_kwargs": {"max_retries": 3, "countdown": 60},
        "dead_letter_queue": "failed_emails",
    }
    trace = played(workers=1, tasks={"mail": task}, send=[{"at": 0, "id": "T", "task": "mail"}])
    assert holds(trace, "runs(T) == 4", "finished_at(T) == 184", "dead_lettered == 1", "failed == 1")
    assert evaluate_text("queue_at(200, failed_emails)", trace) == 1
    failed = next(e for e in trace if isinstance(e, ev.TaskFailed))
    assert failed.exception == "SMTPException()"


def test_the_guides_route_has_a_dead_letter_queue() -> None:
    routes = {"mail": {"queue": "email_queue", "dead_letter_queue": "failed_emails"}}
    trace = played(
        config={"task_routes": routes},
        workers={"w": {"queues": ["email_queue"]}},
        tasks={"mail": {"duration": 1, "raises": "ValueError"}},
        send=[{"at": 0, "id": "T", "task": "mail"}],
    )
    assert holds(trace, "dead_lettered == 1", "runs(T) == 1", "failed(email_queue) == 1")


@pytest.mark.parametrize(
    ("caught", "spared", "runs", "end"),
    [(["Exception"], [], 4, 184.0), (["SMTPException"], [], 1, 1.0), (["Exception"], ["ValueError"], 1, 1.0)],
)
def test_errors_not_to_retry(caught: list[str], spared: list[str], runs: int, end: float) -> None:
    task = {"duration": 1, "raises": "ValueError", "autoretry_for": caught, "dont_autoretry_for": spared}
    trace = played(
        exceptions={"SMTPException": "OSError"}, workers=1, tasks={"a": task}, send=[{"at": 0, "id": "T", "task": "a"}]
    )
    assert evaluate_text("runs(T)", trace) == runs
    assert evaluate_text("finished_at(T)", trace) == end


def test_a_bare_retry_ends_in_another_exception_than_one_with_exc() -> None:
    ends = []
    for exc in (False, True):
        task = {"raises": "E", "retry": {"on": ["E"], "countdown": 1, "exc": exc}, "max_retries": 1}
        trace = played(workers=1, tasks={"a": task}, send=[{"at": 0, "id": "T", "task": "a"}])
        ends += [e.exception for e in trace if isinstance(e, ev.TaskFailed)]
    assert ends == ["MaxRetriesExceededError()", "E()"]


def test_exceptions_know_their_ancestors() -> None:
    exceptions = Exceptions({"SMTPException": "OSError", "SMTPServerDisconnected": "SMTPException"})
    assert exceptions.is_a("SMTPServerDisconnected", ["OSError"])
    assert exceptions.is_a("ConnectionResetError", ["OSError"])
    assert exceptions.is_a("Undeclared", ["Exception"])
    assert not exceptions.is_a("KeyboardInterrupt", ["Exception"])
    assert not exceptions.is_a("OSError", ["SMTPException"])


def test_in_celery_the_next_attempt_is_received_before_the_parent_reports() -> None:
    trace = played(
        profile="celery-rabbitmq",
        workers=1,
        tasks={"a": {"duration": 0.2, "raises": ["E"], "retry": {"on": ["E"], "countdown": 1}}},
        send=[{"at": 0, "id": "T", "task": "a"}],
    )
    told = [kind for kind in order(trace, "T") if kind in ("task-received", "task-started", "task-retried")]
    assert told == ["task-received", "task-started", "task-received", "task-retried", "task-started"]
    assert holds(trace, "started_at(T, 2) == 1.2")


def test_priorities() -> None:
    tasks = {"tasks": {"a": 1}, "workers": 1}
    send = [{"at": 0, "task": "a", "count": 6, "priority": 5}, {"at": 0.5, "id": "URGENT", "task": "a", "priority": 9}]
    assert evaluate_text("position(URGENT)", played(send=send, **tasks)) == 2
    rabbit = {"profile": "celery-rabbitmq", **tasks}
    assert holds(
        played(send=send, **rabbit, config={"worker_prefetch_multiplier": 1, "task_acks_late": True}),
        "started_at(URGENT) == 6",
    )
    limits = {"queues": {"celery": {"max_priority": 9}}}
    assert holds(played(send=send, **rabbit, **limits), "position(URGENT) == 6", "started_at(URGENT) == 5")
    one = {"worker_prefetch_multiplier": 1, "task_acks_late": True}
    assert holds(played(send=send, **rabbit, **limits, config=one), "position(URGENT) == 2")


def test_strict_order_of_queues_starves_the_second() -> None:
    data: dict[str, Any] = {
        "until": 60,
        "tasks": {"h": {"duration": 1, "queue": "high"}, "n": {"duration": 1, "queue": "normal"}},
        "send": [{"from": 0, "every": 0.9, "task": "h"}, {"at": 0, "task": "n", "count": 5}],
    }
    starved = played(workers={"w": {"queues": ["high", "normal"]}}, **data)
    assert evaluate_text("succeeded(normal)", starved) == 0
    shared = played(workers={"w1": {"queues": ["high"]}, "w2": {"queues": ["normal"]}}, **data)
    assert evaluate_text("succeeded(normal)", shared) == 5


def test_overflow() -> None:
    data: dict[str, Any] = {
        "workers": 1,
        "tasks": {"a": 1},
        "send": [{"from": 0, "until": 60, "every": 0.5, "task": "a"}],
    }
    full = {"max_length": 10}
    drop = played(queues={"celery": full}, **data)
    assert evaluate_text("succeeded + dropped == 120 and dropped > 40", drop) is True
    reject = played(queues={"celery": {**full, "overflow": "reject-publish"}}, **data)
    assert evaluate_text("sent + publish_failed == 120 and dropped == 0", reject) is True
    assert evaluate_text("max(queue) == 10", reject) is True
    assert evaluate_text("max(response)", drop) <= 12  # type: ignore[operator]


def test_expired_in_the_queue_and_behind_a_running_task() -> None:
    data: dict[str, Any] = {"tasks": {"long": 3, "a": 1}, "workers": 1}
    send = [{"at": 0, "id": "L", "task": "long"}, {"at": 0.5, "id": "T", "task": "a", "expires": 1}]
    for profile, kinds in (
        (
            "guide",
            ["task-sent", "message-queued", "message-delivered", "message-acked", "result-stored", "task-revoked"],
        ),
        (
            "celery-rabbitmq",
            [
                "task-sent",
                "message-queued",
                "message-delivered",
                "task-received",
                "message-acked",
                "result-stored",
                "task-revoked",
            ],
        ),
    ):
        trace = played(profile=profile, send=send, **data)
        assert order(trace, "T") == kinds
        assert holds(trace, "revoked == 1", "state(T) == REVOKED", "runs(T) == 0")


def test_an_eta_waits_in_the_worker_and_leaves_its_window_open() -> None:
    trace = played(
        workers=1,
        tasks={"a": 1},
        send=[{"at": 0, "id": "LATER", "task": "a", "countdown": 10}, {"at": 0, "id": "NOW", "task": "a", "count": 1}],
    )
    assert holds(trace, "started_at(NOW) == 0", "started_at(LATER) == 10")
    assert "task-scheduled" in order(trace, "LATER")


def test_services_refuse_and_fail() -> None:
    data: dict[str, Any] = {
        "workers": {"w": {"concurrency": 4}},
        "tasks": {"a": {"duration": 1, "calls": "mail"}},
        "send": [{"at": 0, "task": "a", "count": 4}],
    }
    assert evaluate_text("failed", played(services={"mail": {"capacity": 3}}, **data)) == 1
    assert evaluate_text("failed", played(services={"mail": {"rate_limit": 5}}, **data)) == 3
    down = [{"at": 0, "down": "services.mail", "for": 5, "raises": "ConnectionError"}]
    trace = played(services={"mail": {"latency": 0.5}}, faults=down, **data)
    assert [(e.exception, e.t) for e in trace if isinstance(e, ev.TaskFailed)] == [("ConnectionError()", 500_000)] * 4


def test_broker_down_for_a_while() -> None:
    trace = played(
        profile="celery-rabbitmq",
        config={"reconnect": "ideal"},
        workers=1,
        tasks={"a": {"duration": 2, "acks_late": True}},
        send=[
            {"at": 0, "id": "A", "task": "a"},
            {"at": 1.5, "id": "B", "task": "a"},
            {"at": 5, "id": "C", "task": "a"},
        ],
        faults=[{"at": 1, "down": "broker", "for": 3}],
    )
    # A finishes while nobody can be told, so its message is delivered again and it runs twice.
    assert holds(trace, "runs(A) == 2", "publish_failed == 1", "sent == 2", "succeeded == 2", "started_at(A, 2) == 4")


def test_warm_and_cold_shutdown() -> None:
    data: dict[str, Any] = {
        "profile": "celery-rabbitmq",
        "workers": {"w1": {}, "w2": {"starts_at": 1.5}},
        "tasks": {"a": 2},
        "send": [{"at": 0, "task": "a", "count": 3}],
    }
    warm = played(faults=[{"at": 1, "stop": "w1"}], **data)
    assert holds(warm, "worker_of(a_1) == w1", "finished_at(a_1) == 2", "succeeded == 3", "lost == 0")
    assert [e.t // 10**6 for e in warm if isinstance(e, ev.WorkerOffline)] == [2]
    cold = played(faults=[{"at": 1, "stop": "w1", "how": "cold"}], **data)
    assert holds(cold, "lost == 1", "lost(a_1) == 1", "succeeded == 2", "worker_of(a_2) == w2")
    late = played(faults=[{"at": 1, "stop": "w1", "how": "cold"}], config={"task_acks_late": True}, **data)
    assert holds(late, "lost == 0", "succeeded == 3", "runs(a_1) == 2")
