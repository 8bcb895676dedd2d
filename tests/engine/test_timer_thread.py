"""Timers where a thread fires them: it sleeps for a second at most, and nothing new wakes it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.story import why
from simulator.trace import Trace
from simulator.trace.events import TaskReceived, TaskStarted
from simulator.trace.time import as_seconds, to_micros
from simulator.world import Timeline
from simulator.world.timer_thread import TimerThread
from tests.engine.rules.playing import play
from tests.strategies import build
from tests.world.test_intake import hold_windows

BASE: dict[str, Any] = {
    "profile": "celery-filesystem",
    "tasks": {"nap": 0.1, "mail": {"duration": 0.05, "rate_limit": "2/s"}},
    "workers": {"w1": {"pool": "threads", "concurrency": 4}},
}
OFTEN = {"broker_transport_options": {"polling_interval": 0.3}}


def times(trace: Trace, kind: type = TaskStarted) -> dict[str, float]:
    return {e.uuid: round(as_seconds(e.t), 2) for e in trace if isinstance(e, kind)}  # type: ignore[attr-defined]


def calls(*whens: tuple[float, float]) -> list[dict[str, Any]]:
    """Calls A, B, ... at a time, with a countdown."""
    return [
        {"at": at, "id": name, "task": "nap", "countdown": wait}
        for name, (at, wait) in zip("ABCDEF", whens, strict=False)
    ]


@pytest.mark.parametrize(
    ("workers", "switch", "started"),
    [
        ("threads", "real", 1.0),
        ("prefork", "real", 1.0),
        ("threads", "ideal", 0.5),
        ("gevent", "real", 0.5),
    ],
)
def test_a_countdown_that_ends_while_the_thread_sleeps_waits_until_it_wakes(
    workers: str, switch: str, started: float
) -> None:
    pool = {"workers": {"w1": {"pool": workers, "concurrency": 2}}}
    trace = play(BASE | pool, OFTEN | {"timer_thread": switch}, send=calls((0.2, 0.3)))
    assert times(trace) == {"A": started}


def test_what_the_thread_has_seen_comes_in_time() -> None:
    trace = play(BASE, OFTEN, send=calls((0.2, 1.2), (1.5, 1.35)))
    assert times(trace) == {"A": 1.4, "B": 2.85}


def test_an_entry_moves_the_next_sleep() -> None:
    trace = play(BASE, OFTEN, send=calls((0.2, 1.0), (1.25, 0.3), (2.2, 0.05)))
    # A fires at 1.2; the thread sleeps from there until the heartbeat at 2, and then for a second.
    assert times(trace) == {"A": 1.2, "B": 2.0, "C": 3.0}


def test_the_sleep_after_an_entry_begins_there() -> None:
    trace = play(BASE, OFTEN, send=calls((0.2, 0.1), (3.1, 1.35), (4.55, 0.1)))
    # It wakes at 4 and for B at 4.45, and sleeps for a second from there, not from 4.
    assert times(trace) == {"A": 1.0, "B": 4.45, "C": 5.45}


def test_what_has_passed_starts_in_the_order_of_the_etas() -> None:
    trace = play(BASE, OFTEN, send=calls((0.2, 0.4), (0.21, 0.2), (0.22, 0.05)))
    assert list(times(trace, TaskReceived)) == ["A", "B", "C"]
    assert list(times(trace)) == ["C", "B", "A"]
    assert set(times(trace).values()) == {1.0}


def test_the_first_token_is_late_and_the_next_ones_are_not() -> None:
    send = [{"at": 0.2, "id": name, "task": "mail"} for name in "ABCD"]
    assert times(play(BASE, OFTEN, send=send)) == {"A": 0.3, "B": 1.0, "C": 1.5, "D": 2.0}
    assert times(play(BASE, OFTEN | {"timer_thread": "ideal"}, send=send)) == {"A": 0.3, "B": 0.8, "C": 1.3, "D": 1.8}


def test_a_retry_waits_for_the_thread_in_a_solo_pool_too() -> None:
    again = {"duration": 0.1, "raises": ["Busy", None], "autoretry_for": ["Busy"], "default_retry_delay": 0.3}
    trace = play(
        {"profile": "celery-filesystem", "workers": {"w1": {"pool": "solo"}}},
        exceptions={"Busy": "Exception"},
        tasks={"again": again | {"retry_jitter": False}},
        send=[{"at": 0.1, "id": "A", "task": "again"}],
    )
    assert times(trace) == {"A": 2.0}  # received at 1, ended at 1.1, due at 1.4


def test_it_is_said_why_a_task_whose_eta_has_passed_does_not_start() -> None:
    timeline = Timeline(play(BASE, OFTEN, send=[*calls((0.2, 0.3)), {"at": 0.7, "id": "B", "task": "nap"}]))
    sent = next(n for n, event in enumerate(timeline.trace) if event.type == "task-sent" and event.t == 700_000)
    assert "The ETA of A has passed, but the thread that fires timers sleeps until 1 s" in why(
        timeline.at(sent + 1), "en"
    )


@pytest.mark.parametrize("pool", ["threads", "prefork", "solo"])
def test_the_window_of_what_waits_for_the_thread_is_the_engines_own(pool: str) -> None:
    workers = {"w1": {"pool": pool, "concurrency": 1, "prefetch_multiplier": 1}}
    send = calls((0.2, 0.3), (0.25, 0.0), (0.3, 1.9), (2.5, 0.2), (2.6, 3))
    assert hold_windows(build(BASE | {"config": OFTEN, "workers": workers, "send": send, "until": 8}))


GRID = st.integers(0, 60).map(lambda n: n * 100_000)


@given(st.lists(st.tuples(GRID, GRID), max_size=8).map(sorted))
def test_it_agrees_with_a_thread_that_sleeps_step_by_step(entered: list[tuple[int, int]]) -> None:
    thread = TimerThread(0)
    assert [thread.enter(at, at + wait) for at, wait in entered] == literal(entered)


def literal(entered: list[tuple[int, int]]) -> list[int]:
    """The times at which entries fire, by a loop such as Celery's."""
    fired = [-1] * len(entered)
    now, beat = 0, to_micros(2)
    while -1 in fired:
        seen = [n for n, (at, _) in enumerate(entered) if at < now and fired[n] < 0]
        for n in seen:
            if sum(entered[n]) <= now:
                fired[n] = now
        if beat <= now:
            beat = now + to_micros(2)
        heads = [sum(entered[n]) for n in seen if fired[n] < 0]
        now += min(to_micros(1), *(head - now for head in [beat, *heads]))
    return fired
