"""The connection of one worker breaks: who gets what it held, when it is back."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.scenario import ScenarioError, parse_scenario
from simulator.trace import Trace
from simulator.trace import events as ev

SCENARIO = """
profile: {profile}
until: 40
config: {{task_acks_late: {late}, worker_prefetch_multiplier: 2, {config}}}
workers: {{w1: {{}}, w2: {{starts_at: 2}}}}
tasks: {{long: 6, short: 1}}
send: [{{at: 0, id: Long, task: long}}, {{at: 0.2, id: Short, task: short}}]
faults: [{{at: 3, disconnect: w1, for: {seconds}}}]
"""


def play(profile: str, late: bool, seconds: float, config: str = "") -> Trace:
    text = SCENARIO.format(profile=profile, late=str(late).lower(), seconds=seconds, config=config)
    return simulate(parse_scenario(text))


def starts(trace: Trace, uuid: str) -> list[tuple[str, float]]:
    return [(e.hostname, round(e.t / 1e6, 3)) for e in trace if isinstance(e, ev.TaskStarted) and e.uuid == uuid]


@pytest.mark.parametrize("profile", ["celery-redis", "celery-rabbitmq"])
def test_what_a_worker_had_not_acknowledged_goes_to_another_at_once(profile: str) -> None:
    trace = play(profile, late=True, seconds=0)
    assert starts(trace, "Long") == [("w1", 0.0), ("w2", 3.0)]  # w1 goes on with it all the same
    acks = [e.hostname for e in trace if isinstance(e, ev.MessageAcked) and e.uuid == "Long"]
    assert acks == ["w2"]


@pytest.mark.parametrize("profile", ["celery-redis", "celery-rabbitmq"])
def test_an_early_acknowledgement_leaves_only_what_was_reserved(profile: str) -> None:
    trace = play(profile, late=False, seconds=0)
    assert starts(trace, "Long") == [("w1", 0.0)]
    assert starts(trace, "Short") == [("w2", 3.0)]


def test_on_redis_nobody_gets_what_the_worker_cannot_give_back() -> None:
    """As with a proxy that was away for 5 s: it stays leased until the visibility timeout."""
    trace = play("celery-redis", late=True, seconds=5, config="broker_transport_options: {visibility_timeout: 20}")
    assert not [e for e in trace if isinstance(e, ev.MessageRequeued) and e.why == "connection-lost"]


def test_a_worker_tries_at_once_then_after_two_and_four_seconds_and_then_mingles() -> None:
    for seconds, back in ((0, 4.0), (1.5, 6.0), (3, 10.0), (5, 10.0), (7, 16.0)):
        trace = play("celery-rabbitmq", late=True, seconds=seconds)
        restored = [e.t / 1e6 for e in trace if isinstance(e, ev.SettingChanged) and e.value == "restored"]
        assert restored == [back]


def test_what_runs_is_cancelled_where_the_setting_says_so() -> None:
    config = "worker_cancel_long_running_tasks_on_connection_loss: true"
    trace = play("celery-rabbitmq", late=True, seconds=0, config=config)
    assert [e.hostname for e in trace if isinstance(e, ev.TaskCancelled)] == ["w1"]
    ends = [e.hostname for e in trace if isinstance(e, ev.TaskSucceeded) and e.uuid == "Long"]
    assert ends == ["w2"]


def test_a_polled_transport_has_no_connection_that_could_break() -> None:
    with pytest.raises(ScenarioError) as caught:
        play("celery-sqs", late=True, seconds=1)
    assert [problem.code for problem in caught.value.problems] == ["fault.no_connection"]
