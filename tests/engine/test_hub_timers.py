"""Rate limits in a loop that fires ten timers a turn."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from simulator import simulate
from simulator.trace import events as ev
from tests.strategies import build

SEND = {"at": 0, "task": "call", "count": 60}


def starts(worker: dict[str, Any] | None = None, config: dict[str, Any] | None = None, **more: Any) -> list[float]:
    data = {
        "profile": "celery-redis",
        "workers": {"w": {"concurrency": 4, **(worker or {})}},
        "config": {"startup_drain": "ideal", **(config or {})},
        "tasks": {"call": {"duration": 0.02, "rate_limit": "5/s"}, "other": 0.01},
        "send": [SEND],
        "until": 60,
        **more,
    }
    trace = simulate(build(data))
    names = {e.uuid: e.name for e in trace if isinstance(e, ev.TaskSent)}
    return [round(e.t / 1e6, 2) for e in trace if isinstance(e, ev.TaskStarted) and names[e.uuid] == "call"]


def gaps(times: list[float]) -> list[float]:
    return [round(b - a, 2) for a, b in pairwise(times)]


@pytest.mark.parametrize(
    ("profile", "pool", "count", "fast"),
    [
        # Of 60 on Celery 5.7: Redis 36 and 36 (once 28), RabbitMQ 36; of 40 in threads: 24, until the last of them has
        # come, on both. Then 1.00 to 1.06 s apart.
        ("celery-redis", "prefork", 60, 36),
        ("celery-rabbitmq", "prefork", 60, 36),
        ("celery-redis", "threads", 40, 24),
        ("celery-rabbitmq", "threads", 40, 24),
    ],
)
def test_with_many_throttled_tasks_and_nothing_else_about_one_a_second_starts(
    profile: str, pool: str, count: int, fast: int
) -> None:
    between = gaps(starts({"pool": pool}, profile=profile, send=[{**SEND, "count": count}]))
    assert len(between) == count - 1
    assert set(between[: fast - 2]) == {0.2}
    assert all(1.0 <= gap <= 1.06 for gap in between[fast:])


def test_a_few_timers_are_never_late() -> None:
    assert set(gaps(starts(send=[{**SEND, "count": 40}]))[:24]) == {0.2}
    assert set(gaps(starts(send=[{**SEND, "count": 10}]))) == {0.2}


def test_without_the_loops_limit_every_token_is_used() -> None:
    assert set(gaps(starts(config={"rate_limit_timers": "ideal"}))) == {0.2}


@pytest.mark.parametrize(
    ("profile", "pool"), [("celery-filesystem", "prefork"), ("celery-redis", "gevent"), ("celery-sqs", "gevent")]
)
def test_only_an_event_loop_limits_its_timers(profile: str, pool: str) -> None:
    assert {gap for gap in gaps(starts({"pool": pool}, profile=profile)) if gap > 0.21} <= {1.0, 2.0}
    assert len(starts({"pool": pool}, profile=profile, until=13.5)) > 55


def test_other_traffic_wakes_the_loop() -> None:
    # Each other message makes a turn or more, so that the timers come to their turn in time.
    traffic = [SEND, {"from": 0, "until": 30, "every": 0.05, "task": "other"}]
    assert max(gaps(starts({"prefetch_multiplier": 20}, send=traffic))) < 0.5


def in_company(*begun: float, **worker: Any) -> list[float]:
    """Gaps of a burst in a worker beside others, which come online at `begun`; more timers than a start makes turns."""
    workers = {"w": {"concurrency": 4, "pool": "threads", "queues": ["calls"], **worker}}
    workers |= {f"other{n}": {"starts_at": at} for n, at in enumerate(begun)}
    send = [{"at": 3, "task": "call", "count": 64, "queue": "calls"}]
    return gaps(
        starts(profile="celery-rabbitmq", workers=workers, send=send, config={"worker_prefetch_multiplier": 16})
    )


def test_the_heartbeats_of_other_workers_wake_the_loop() -> None:
    # After a start, the loop waits for a heartbeat or a second, whichever comes first; 0.2 s is its rate.
    assert set(in_company()[8:20]) == {1.02}
    assert set(in_company(0.5)[8:20]) == {1.02, 0.98}
    assert set(in_company(0.5, 1.2)[8:20]) == {0.7, 1.02, 0.28}
    assert in_company(0, 0)[8:20] == in_company(0)[8:20]


def test_without_gossip_nobody_hears_them() -> None:
    assert set(in_company(0.5, 1.2, without_gossip=True)[8:20]) == {1.02}


def test_a_lost_connection_clears_the_timers_and_what_comes_back_starts_anew() -> None:
    times = starts(config={"reconnect": "real"}, faults=[{"at": 20, "disconnect": "w"}])
    after = [time for time in times if time > 21.01]
    assert gaps([time for time in times if 10 < time < 20])[0] > 1
    assert set(gaps(after)) == {0.2}
    assert len(times) == 60
