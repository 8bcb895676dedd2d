"""Expiry, revoking and dead letters."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.engine.rules.playing import ONE, RABBIT, REDIS, play, starts, story, value


def test_redis_keeps_what_has_expired_and_the_worker_revokes_it_without_receiving_it() -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"starts_at": 5}}},
        tasks={"work": 1},
        send=[{"at": 0, "id": "T", "task": "work", "expires": 2}],
    )
    assert story(trace, "T", "task-r") == ["task-revoked"]
    assert value(trace, "state(T)") == "REVOKED"


def test_rabbitmq_drops_what_has_expired_and_nobody_is_told() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"starts_at": 5}}},
        tasks={"work": 1},
        send=[{"at": 0, "id": "T", "task": "work", "expires": 2}],
    )
    assert story(trace, "T", "task-r") == []
    assert value(trace, "dropped(T)") == 1


def test_a_revoked_task_is_dropped_when_it_would_start() -> None:
    trace = play(
        RABBIT,
        tasks={"work": 2},
        send=[{"at": 0, "id": "A", "task": "work"}, {"at": 0, "id": "B", "task": "work"}],
        control=[{"at": 1, "revoke": "B"}],
    )
    assert (starts(trace), value(trace, "state(B)")) == (["A"], "REVOKED")
    assert next(e.t for e in trace if isinstance(e, ev.TaskRevoked)) == to_micros(2)


@pytest.mark.parametrize(
    ("base", "pool", "dropped"),
    [
        (RABBIT, "prefork", True),
        (REDIS, "prefork", True),
        ({"profile": "celery-filesystem"}, "prefork", False),
        (REDIS, "threads", False),
        (RABBIT, "gevent", False),
    ],
)
@pytest.mark.parametrize("late", ["expires", "revoke"])
def test_only_a_prefork_pool_with_an_event_loop_drops_what_waits_for_a_slot(
    base: dict[str, Any], pool: str, dropped: bool, late: str
) -> None:
    trace = play(
        {**base, "workers": {"w": {"pool": pool}}},
        tasks={"work": 3},
        send=[
            {"at": 0, "id": "A", "task": "work"},
            {"at": 0.5, "id": "B", "task": "work", **({"expires": 2} if late == "expires" else {})},
        ],
        control=[{"at": 2.2, "revoke": "B"}] if late == "revoke" else [],
    )
    assert starts(trace) == (["A"] if dropped else ["A", "B"])
    assert value(trace, "state(B)") == ("REVOKED" if dropped else "SUCCESS")


@pytest.mark.parametrize("pool", ["prefork", "threads", "gevent"])
def test_what_has_expired_when_its_eta_comes_is_dropped_in_any_pool(pool: str) -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"pool": pool}}},
        tasks={"work": 3},
        send=[
            {"at": 0, "id": "A", "task": "work"},
            {"at": 0, "id": "B", "task": "work", "countdown": 2, "expires": 1},
        ],
    )
    assert [e.t for e in trace if isinstance(e, ev.TaskRevoked)] == [to_micros(3 if pool == "prefork" else 2)]


def test_only_terminate_ends_what_runs() -> None:
    def ends(**options: Any) -> object:
        trace = play(RABBIT, tasks={"work": 9}, send=ONE, control=[{"at": 1, "revoke": "T", **options}])
        return value(trace, "state(T)")

    assert ends() == "SUCCESS"
    assert ends(terminate=True) == "REVOKED"


DEAD = {"celery": {"dead_letter_exchange": "", "dead_letter_routing_key": "dead"}, "dead": {}}


def test_rabbitmq_moves_to_the_dead_letter_queue_what_is_rejected() -> None:
    task = {"duration": 1, "raises": "ValueError", "acks_on_failure": False, "acks_late": True}
    trace = play(RABBIT, queues=DEAD, tasks={"work": task}, send=ONE, until=5)
    assert value(trace, "queue_at(4, dead)") == 1


@pytest.mark.parametrize(
    ("limit", "send"),
    [({"message_ttl": 1}, {"count": 1}), ({"max_length": 1}, {"count": 2})],
)
def test_rabbitmq_moves_there_what_grows_old_or_overflows(limit: dict[str, int], send: dict[str, int]) -> None:
    queues = {"celery": {**DEAD["celery"], **limit}, "dead": {}}
    trace = play(
        {**RABBIT, "workers": 0}, queues=queues, tasks={"work": 1}, send=[{"at": 0, "task": "work", **send}], until=5
    )
    assert value(trace, "queue_at(4, dead)") == 1


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_a_delivery_limit_counts_returns_so_there_is_one_run_more(limit: int) -> None:
    queues = {"celery": {**DEAD["celery"], "delivery_limit": limit}, "dead": {}}
    task = {"duration": 1, "reject": "requeue"}
    trace = play(RABBIT, {"task_acks_late": True}, queues=queues, tasks={"work": task}, send=ONE, until=20)
    assert (value(trace, "runs(T)"), value(trace, "dead_lettered(T)")) == (limit + 1, 1)


def test_a_retry_that_has_expired_reaches_only_a_worker_that_waits() -> None:
    # Live on RabbitMQ, found by tests.real.search: a time to live of 0.
    task = {"duration": 2, "raises": "E", "autoretry_for": ["E"], "default_retry_delay": 1}
    send = [{"at": 0, "id": "T", "task": "work", "expires": 1}]
    waits = play(RABBIT, tasks={"work": task}, send=send, until=9)
    assert [(e.uuid, e.expired) for e in waits if isinstance(e, ev.TaskRevoked)] == [("T", True)]
    full = play(
        RABBIT,
        {"worker_prefetch_multiplier": 1},
        tasks={"work": task, "long": 5},
        send=[*send, {"at": 0.1, "task": "long", "count": 2}],
        until=9,
    )
    assert [e.why for e in full if isinstance(e, ev.MessageDropped)] == ["expired"]
