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


OUTAGE = """
profile: celery-redis
until: 60
config: {{task_acks_late: {late}, worker_prefetch_multiplier: {multiplier}, {config}}}
workers: {{w: {{concurrency: 2, pool: {pool}}}}}
tasks: {{long: 6}}
send: [{{at: 0, task: long, count: {count}}}, {{at: 20, id: Next, task: long}}]
faults: [{{at: 2, down: broker, for: {seconds}}}]
"""


def survives(
    late: bool, multiplier: int, count: int, pool: str = "prefork", seconds: float = 3, config: str = ""
) -> bool:
    """Return whether a worker consumes again after an outage of Redis."""
    values = {"late": str(late).lower(), "multiplier": multiplier, "count": count, "pool": pool, "seconds": seconds}
    trace = simulate(parse_scenario(OUTAGE.format(config=config, **values)))
    ended = [e for e in trace if isinstance(e, ev.WorkerOffline)]
    assert bool(ended) == (starts(trace, "Next") == [])
    return not ended


def test_a_worker_that_waits_while_it_holds_messages_does_not_survive_an_outage_of_redis() -> None:
    # Live (tests/real/test_outage.py): 50 of 50 of the first kind died of an AttributeError, none of the others.
    assert not survives(late=True, multiplier=4, count=2)
    assert not survives(late=True, multiplier=4, count=2, pool="threads")
    assert not survives(late=False, multiplier=1, count=3, seconds=0.3)  # one reserved, room for another
    assert survives(late=False, multiplier=1, count=2)  # it holds nothing
    assert survives(late=True, multiplier=1, count=2)  # no room: no BRPOP is pending
    assert survives(late=True, multiplier=4, count=2, pool="solo")  # the body is the loop
    assert survives(late=True, multiplier=4, count=2, config="outage_crash: ideal")


def test_what_runs_in_a_worker_that_dies_of_an_outage_ends_and_runs_again() -> None:
    options = "broker_transport_options: {visibility_timeout: 12}, visibility_sweep: ideal"
    values = {"late": "true", "multiplier": 4, "pool": "prefork", "seconds": 3, "config": options}
    text = OUTAGE.format(count=1, **values).replace("for: 3}", "for: 3}, {at: 9, start: w}")
    trace = simulate(parse_scenario(text))
    runs = [e.t / 1e6 for e in trace if isinstance(e, ev.TaskStarted) and e.uuid != "Next"]
    assert [round(t) for t in runs] == [0, 12]
    assert [round(e.t / 1e6) for e in trace if isinstance(e, ev.TaskSucceeded)][:1] == [6]


QUEUED = """
profile: {profile}
config: {{worker_prefetch_multiplier: 4}}
tasks: {{nap: 2}}
workers: {{w: {{pool: {pool}, concurrency: 1}}}}
send: [{{at: 0, task: nap, count: 3}}]
faults: [{{at: 1, {fault}}}]
until: 16
"""


def runs(profile: str, pool: str, fault: str) -> list[tuple[str, float]]:
    trace = simulate(parse_scenario(QUEUED.format(profile=profile, pool=pool, fault=fault)))
    return [(e.uuid, round(e.t / 1e6, 1)) for e in trace if isinstance(e, ev.TaskStarted)]


def test_what_waits_in_the_queue_of_threads_outlives_the_connection_and_runs_twice() -> None:
    """As a real worker whose connection to RabbitMQ was cut by a proxy; a prefork worker drops what it has reserved."""
    once, twice = [("nap_2", 2.0), ("nap_3", 4.0)], [("nap_2", 6.0), ("nap_3", 8.0)]
    assert runs("celery-rabbitmq", "threads", "disconnect: w") == [("nap_1", 0.0), *once, *twice]
    assert runs("celery-rabbitmq", "prefork", "disconnect: w") == [("nap_1", 0.0), *once]
    assert runs("celery-redis", "threads", "disconnect: w")[:3] == [("nap_1", 0.0), *once]


def test_the_queue_of_threads_ends_with_a_worker_that_dies_of_an_outage() -> None:
    assert runs("celery-redis", "threads", "down: broker, for: 3") == [("nap_1", 0.0)]
    assert runs("celery-rabbitmq", "threads", "kill: w") == [("nap_1", 0.0)]
