"""How much a worker reserves."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.trace import events as ev
from simulator.world.intake import PrefetchWindow
from tests.engine.rules.playing import REDIS, play


def reserved(late: bool, **config: Any) -> int:
    """Number of messages, out of 30, that a worker with two slots takes while its first tasks run."""
    trace = play(
        {**REDIS, "workers": {"w": {"concurrency": 2}}},
        {"task_acks_late": late, **config},
        tasks={"work": 10},
        send=[{"at": 0, "task": "work", "count": 30}],
        until=5,
    )
    return sum(isinstance(e, ev.TaskReceived) for e in trace)


def test_with_an_early_ack_a_worker_owns_what_runs_and_a_whole_window() -> None:
    assert reserved(late=False) == 2 + 4 * 2


def test_with_a_late_ack_what_runs_is_in_the_window() -> None:
    assert reserved(late=True) == 4 * 2


def test_a_multiplier_of_one_with_an_early_ack_still_reserves_one_for_each_slot() -> None:
    assert reserved(late=False, worker_prefetch_multiplier=1) == 4


def test_a_multiplier_of_zero_swallows_the_queue() -> None:
    assert reserved(late=False, worker_prefetch_multiplier=0) == 30


def test_without_prefetch_only_free_slots_are_filled() -> None:
    assert reserved(late=False, worker_disable_prefetch=True) == 2


def test_each_scheduled_task_widens_the_window_unless_there_is_a_limit() -> None:
    def held(**config: Any) -> int:
        trace = play(
            REDIS,
            config,
            tasks={"work": 1},
            send=[{"at": 0, "task": "work", "count": 20, "countdown": 50}],
            until=10,
        )
        return sum(isinstance(e, ev.TaskScheduled) for e in trace)

    assert held() == 20
    assert held(worker_eta_task_limit=5) == 5


@pytest.mark.parametrize(("limit", "received"), [(None, 5), (5, 5), (3, 3), (2, 2)])
def test_a_limit_below_the_window_narrows_it_with_the_first_scheduled_task(limit: int | None, received: int) -> None:
    trace = play(
        REDIS,
        {"worker_prefetch_multiplier": 4, "task_acks_late": True, "worker_eta_task_limit": limit},
        tasks={"work": 9},
        workers={"w": {"concurrency": 1}},
        send=[{"at": 0, "task": "work", "countdown": 50}, {"at": 1, "task": "work", "count": 9}],
        until=5,
    )
    assert sum(isinstance(e, ev.TaskReceived) for e in trace) == received


def test_the_limit_holds_for_a_pool_that_grows_too_and_one_message_is_the_least() -> None:
    window = PrefetchWindow(4, 5)
    window.widen(3)
    assert (window.size, window.limit) == (7, 5)
    window.widen(-6)
    assert (window.size, window.limit) == (1, 1)
