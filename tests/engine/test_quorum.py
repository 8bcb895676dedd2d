"""Quorum queues: which queues are, their static windows, their order, and ETAs that RabbitMQ itself waits for."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.story.why.now import why
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import to_micros
from simulator.world import world_at
from tests.strategies import build

QUORUM = {"task_default_queue_type": "quorum"}
ONE = {"worker_prefetch_multiplier": 1}
ETA = [{"at": 0, "task": "remind", "count": 4, "countdown": 60}, {"at": 5, "id": "Mail", "task": "mail"}]


def play(config: dict[str, Any], **data: Any) -> Trace:
    base = {
        "profile": "celery-rabbitmq",
        "tasks": {"remind": 1, "mail": 1, "work": 2},
        "workers": {"w": {"concurrency": 4}},
        "send": ETA,
        "until": 100,
    }
    given = {"hop": 0, "startup_drain": "ideal", "shutdown_return": "ideal", **ONE, **config}
    return simulate(build({**base, "config": given, **data}))


def value(trace: Trace, text: str) -> object:
    return evaluate_text(text, trace)


@pytest.mark.parametrize(
    ("config", "queues", "filled"),
    [
        ({}, {}, False),
        (QUORUM, {}, True),
        ({"task_create_missing_queue_type": "quorum"}, {}, False),
        (QUORUM, {"celery": {"queue_type": "classic"}}, False),
        ({}, {"celery": {"queue_type": "quorum"}}, True),
        ({}, {"celery": {"delivery_limit": 3}}, True),
        ({}, {"elsewhere": {"queue_type": "quorum"}}, True),  # one such queue anywhere is enough
        (QUORUM | {"task_default_queue": "other"}, {}, True),
    ],
)
def test_with_a_quorum_queue_eta_tasks_fill_the_window(
    config: dict[str, Any], queues: dict[str, Any], filled: bool
) -> None:
    assert value(play(config, queues=queues), "started_at(Mail)") == (61.0 if filled else 5.0)


def test_only_rabbitmq_has_quorum_queues() -> None:
    assert value(play(QUORUM, profile="celery-redis"), "started_at(Mail)") == 5.0


def test_each_queue_that_a_worker_consumes_has_a_window_of_its_own() -> None:
    send = [{"at": 0, "each": [{"task": "work", "queue": "a"}, {"task": "work", "queue": "b"}], "count": 5}]
    workers = {"w": {"concurrency": 2, "queues": ["a", "b"], "starts_at": 1}}
    late = {"task_acks_late": True, "worker_prefetch_multiplier": 1}
    held = {}
    for kind in ("classic", "quorum"):
        trace = play(late, send=send, workers=workers, queues={"a": {"queue_type": kind}, "b": {}}, until=2)
        found = [e.queue for e in trace if isinstance(e, ev.MessageDelivered)]
        held[kind] = [found.count("a"), found.count("b")]
    assert held == {"classic": [2, 0], "quorum": [2, 2]}


def test_a_freed_place_is_for_the_same_queue() -> None:
    send = [{"at": 0, "each": [{"task": "work", "queue": "a"}, {"task": "work", "queue": "b"}], "count": 3}]
    workers = {"w": {"concurrency": 1, "queues": ["a", "b"], "starts_at": 1}}
    trace = play({"task_acks_late": True}, send=send, workers=workers, queues={"a": {"queue_type": "quorum"}}, until=20)
    acked = [e.queue for e in trace if isinstance(e, ev.MessageAcked)]
    delivered = [e.queue for e in trace if isinstance(e, ev.MessageDelivered)]
    assert delivered == ["a", "b", *acked[:4]]


def test_pool_grow_does_not_widen_a_static_window() -> None:
    trace = play(QUORUM, control=[{"at": 6, "pool_grow": "w", "n": 2}])
    assert value(trace, "started_at(Mail)") in (60.0, 61.0)


@pytest.mark.parametrize(
    ("limit", "order"),
    [(None, ["work_2", "work_1"]), (5, ["work_1", "work_2"])],
)
def test_a_rejected_message_goes_to_the_back_unless_there_is_a_delivery_limit(
    limit: int | None, order: list[str]
) -> None:
    trace = play(
        {"task_acks_late": True},
        queues={"celery": {"queue_type": "quorum", "delivery_limit": limit}},
        tasks={"work": {"duration": 1, "reject": "requeue"}},
        send=[{"at": 0, "task": "work", "count": 2}],
        workers={"w": {"concurrency": 1}},
        until=3,
    )
    started = [e.uuid for e in trace if isinstance(e, ev.TaskStarted)]
    assert started[0] == "work_1"
    assert [started[1], order[0]] == [order[0], started[1]]


def test_what_a_dead_worker_held_comes_back_in_the_order_of_delivery_before_all_others() -> None:
    trace = play(
        QUORUM | {"worker_prefetch_multiplier": 3},
        send=[{"at": 0, "task": "work", "count": 6}],
        workers={"w": {"concurrency": 1}, "v": {"concurrency": 1, "starts_at": 2}},
        faults=[{"at": 1, "kill": "w"}],
        until=30,
    )
    started = [e.uuid for e in trace if isinstance(e, ev.TaskStarted) and e.hostname == "v"]
    assert started == ["work_2", "work_3", "work_4", "work_5", "work_6"]


def test_what_has_come_back_before_keeps_no_older_place_than_its_delivery() -> None:
    # w holds work_1 and work_3; it gets work_2 when v dies.
    trace = play(
        QUORUM | {"worker_prefetch_multiplier": 3, "task_acks_late": True},
        tasks={"work": 10},
        send=[{"at": 0, "task": "work", "count": 3}],
        workers={"w": {"concurrency": 1}, "v": {"concurrency": 1}, "u": {"concurrency": 1, "starts_at": 5}},
        faults=[{"at": 3, "kill": "v"}, {"at": 4, "kill": "w"}],
        until=40,
    )
    started = [e.uuid for e in trace if isinstance(e, ev.TaskStarted)]
    assert started == ["work_1", "work_2", "work_1", "work_3", "work_2"]


DELAYED = QUORUM | {"task_default_exchange_type": "topic"}


def test_behind_a_topic_exchange_rabbitmq_waits_for_whole_seconds_and_the_worker_for_the_rest() -> None:
    trace = play(DELAYED, send=[{"at": 0, "id": "T", "task": "remind", "countdown": 60.4}, ETA[1]])
    assert value(trace, "started_at(Mail)") == 5.0
    arrived = [e.t for e in trace if isinstance(e, ev.MessageQueued) and e.uuid == "T"]
    held = [(e.t, e.eta) for e in trace if isinstance(e, ev.TaskScheduled)]
    assert arrived == [to_micros(60)]
    assert held == [(to_micros(60), to_micros(60.4))]
    assert value(trace, "started_at(T)") == 60.4


@pytest.mark.parametrize(
    ("config", "queue", "waits_in_worker"),
    [
        (DELAYED, "celery", False),
        (QUORUM, "celery", True),  # a direct exchange
        ({"task_default_exchange_type": "topic"}, "celery", True),  # no quorum queue
        (DELAYED, "other", True),  # a queue made on the fly gets a direct exchange
        (DELAYED | {"task_create_missing_queue_exchange_type": "topic"}, "other", False),
    ],
)
def test_it_takes_a_quorum_queue_and_a_topic_exchange(
    config: dict[str, Any], queue: str, waits_in_worker: bool
) -> None:
    send = [{"at": 0, "id": "T", "task": "remind", "countdown": 60, "queue": queue}]
    trace = play(config, send=send, workers={"w": {"queues": ["celery", "other"]}})
    received = next(e.t for e in trace if isinstance(e, ev.TaskReceived))
    assert received == (0 if waits_in_worker else to_micros(60))
    assert value(trace, "started_at(T)") == 60.0


def test_a_retry_is_delayed_likewise() -> None:
    tasks = {"work": {"duration": 1, "raises": "ValueError", "autoretry_for": ["ValueError"], "max_retries": 1}}
    retried = {"work": {**tasks["work"], "default_retry_delay": 30}}
    trace = play(DELAYED, tasks=retried, send=[{"at": 0, "id": "T", "task": "work"}])
    assert [e.t for e in trace if isinstance(e, ev.TaskReceived)] == [0, to_micros(31)]


def test_the_reason_given_is_the_full_window() -> None:
    trace = play(QUORUM)
    sent = next(index for index, e in enumerate(trace) if isinstance(e, ev.MessageQueued) and e.uuid == "Mail")
    assert "prefetch window is full" in why(world_at(trace, sent + 1), "en")
