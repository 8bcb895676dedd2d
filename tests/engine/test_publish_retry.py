"""Publishing in an outage: a call waits and tries again (`task_publish_retry_policy`)."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.trace import Trace
from simulator.trace import events as ev


def play(outage: float, config: str = "", more: str = "tasks: {pay: 1}\nsend: [{at: 1, id: Pay, task: pay}]") -> Trace:
    text = f"profile: celery-redis\nuntil: 20\nworkers: {{w: {{}}}}\nconfig: {{{config}}}\n{more}\n"
    return simulate(parse_scenario(f"{text}faults: [{{at: 1, down: broker, for: {outage}}}]\n"))


def sent(trace: Trace) -> list[float]:
    return [event.t / 1e6 for event in trace if isinstance(event, ev.TaskSent)]


def failed(trace: Trace) -> list[float]:
    return [event.t / 1e6 for event in trace if isinstance(event, ev.PublishFailed)]


@pytest.mark.parametrize(("outage", "at"), [(0.1, 1.2), (0.2, 1.2), (0.3, 1.6), (0.6, 1.6)])
def test_a_call_in_a_short_outage_waits_and_succeeds(outage: float, at: float) -> None:
    trace = play(outage)
    assert (sent(trace), failed(trace)) == ([at], [])


def test_a_call_gives_up_after_its_last_retry() -> None:
    trace = play(0.7)
    assert (sent(trace), failed(trace)) == ([], [1.6])


@pytest.mark.parametrize(
    ("config", "at"),
    [
        ("task_publish_retry: false", 1.0),
        ("task_publish_retry_policy: {max_retries: 0}", 1.0),
        ("task_publish_retry_policy: {max_retries: 2}", 1.2),
        ("task_publish_retry_policy: {interval_start: 1, interval_step: 1, interval_max: 1}", 6.0),
    ],
)
def test_the_policy_says_how_long(config: str, at: float) -> None:
    assert failed(play(10, config)) == [at]


def test_without_a_limit_a_call_waits_for_as_long_as_it_takes() -> None:
    assert sent(play(9.05, "task_publish_retry_policy: {max_retries: null}")) == [11.0]


def test_a_body_waits_too_when_it_publishes_a_retry_or_the_next_link() -> None:
    retry = "tasks: {pay: {duration: 1.1, raises: [E, null], autoretry_for: [E], default_retry_delay: 1}}\n"
    trace = play(0.3, more=retry + "send: [{at: 0, id: Pay, task: pay}]")
    assert sent(trace)[1] == pytest.approx(1.3, abs=0.01)
    assert not failed(trace)
    chain = "tasks: {a: 1.1, b: 1}\nsend: [{at: 0, chain: [{task: a}, {task: b}]}]"
    assert sent(play(0.3, more=chain))[1] == pytest.approx(1.3, abs=0.01)


def test_beat_waits_like_any_other() -> None:
    trace = play(0.3, more="tasks: {a: 1}\nbeat_schedule: {tick: {task: a, schedule: 1}}")
    assert sent(trace)[:2] == [1.6, 2.0]


def etas(trace: Trace) -> list[float | None]:
    return [event.eta and event.eta / 1e6 for event in trace if isinstance(event, ev.TaskSent)]


@pytest.mark.parametrize(
    "send",
    [
        "{at: 1.1, task: pay, countdown: 3}",
        "{at: 1.1, chain: [{task: pay, countdown: 3}, {task: pay}]}",
        "{at: 1.1, group: [{task: pay, countdown: 3}]}",
    ],
)
def test_a_countdown_counts_from_the_call_however_long_publishing_takes(send: str) -> None:
    trace = play(0.3, more=f"tasks: {{pay: 1}}\nsend: [{send}]")
    assert sent(trace)[0] == 1.3
    assert etas(trace)[0] == 4.1


def test_so_does_an_expiry_and_a_retry_in_a_body() -> None:
    trace = play(0.3, more="tasks: {pay: {duration: 1, expires: 5}}\nsend: [{at: 1.1, task: pay}]")
    assert [event.expires for event in trace if isinstance(event, ev.TaskSent)] == [6_100_000]
    retry = "tasks: {pay: {duration: 1.1, raises: [E, null], autoretry_for: [E], default_retry_delay: 3}}\n"
    trace = play(0.3, more=retry + "send: [{at: 0, id: Pay, task: pay}]")
    assert etas(trace)[1] == pytest.approx(4.1, abs=0.01)


def test_the_next_call_counts_from_its_own_time() -> None:
    send = "[{at: 1.1, task: pay, countdown: 3}, {at: 2, task: pay, countdown: 3}]"
    assert etas(play(0.3, more=f"tasks: {{pay: 1}}\nsend: {send}")) == [4.1, 5.0]
