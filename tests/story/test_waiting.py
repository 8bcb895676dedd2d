"""Reasons why one task waits, which depend on the place where it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.scenario import Scenario, parse_scenario
from simulator.story import why
from simulator.story.why import waiting
from simulator.story.why.now import BROKER_DOWN, NO_WORKER
from simulator.story.why.waiting import why_queue, why_task
from simulator.trace import Trace
from simulator.world import World, world_at
from tests.strategies import scenarios

THREE = """
profile: celery-rabbitmq
workers: {{worker1: {{concurrency: 1}}, worker2: {{concurrency: 1}}}}
tasks: {{long: 10, short: 1}}
send: [{{at: 0, id: A, task: long}}, {{at: 0, id: B, task: short}}, {{at: 0, id: C, task: short{extra}}}]
"""


def run(extra: str = "") -> Trace:
    return simulate(parse_scenario(THREE.format(extra=extra)))


def at(trace: Trace, seconds: float) -> World:
    return world_at(trace, sum(event.t <= seconds * 1_000_000 for event in trace.events))


def said(world: World, uuid: str) -> str:
    return " ".join(reason.text("en") for reason in why_task(world, uuid))


def test_reserved_behind_a_running_task_while_another_worker_is_idle() -> None:
    world = at(run(), 2)
    assert said(world, "A") == "A has been running in worker1 since 0 s."
    assert said(world, "B") == "It has ended: SUCCESS. There is nothing more to wait for."
    assert said(world, "C") == "worker1 holds C (prefetch), with worker2 idle. Ahead of it: A."


@pytest.mark.parametrize(
    ("profile", "more"),
    [
        ("celery-rabbitmq", ""),
        (
            "celery-redis",
            " Still leased to worker1, which no longer has it: A. It comes back when its visibility timeout is over.",
        ),
    ],
)
def test_no_task_runs_in_a_killed_worker(profile: str, more: str) -> None:
    """Between the kill and the moment when the broker finds out: at once with RabbitMQ, much later with Redis."""
    trace = simulate(
        parse_scenario(
            f"{{profile: {profile}, workers: 1, config: {{task_acks_late: true}}, tasks: {{long: 10}}, until: 9,"
            " send: [{at: 0, id: A, task: long}], faults: [{at: 2, kill: worker1}]}"
        )
    )
    killed = next(place for place, event in enumerate(trace.events) if event.t == 2_000_000)
    assert said(world_at(trace, killed), "A") == "A has been running in worker1 since 0 s."
    assert said(world_at(trace, killed + 1), "A") == f"worker1 was killed at 2 s, in the middle of A.{more}"


def test_held_for_its_eta() -> None:
    assert said(at(run(", countdown: 5"), 2), "C") == "Waiting in worker1 for the ETA: C (5 s)."


def test_its_place_in_the_line() -> None:
    text = (
        "{workers: 1, tasks: {a: 5}, send: [{at: 0, id: A, task: a}, {at: 0, id: B, task: a}, {at: 0, id: C, task: a}]}"
    )
    world = at(simulate(parse_scenario(text)), 2)
    assert said(world, "C") == "In the queue celery, at position 2 of 2. C must wait: every worker is busy (worker1)."
    assert [reason.text("en") for reason in why_queue(world, "celery")] == [
        "B, C must wait: every worker is busy (worker1)."
    ]
    assert why_queue(world_at(world.trace, len(world.trace)), "celery")[0].words is waiting.NOTHING_READY


def test_nobody_and_no_broker() -> None:
    text = "{tasks: {a: 1}, faults: [{at: 0.5, down: broker, for: 5}], send: [{at: 0, id: A, task: a}], workers: {}}"
    trace = simulate(parse_scenario(text))
    assert why_task(at(trace, 0.2), "A")[-1].words is NO_WORKER
    assert why_task(at(trace, 1), "A")[-1].words is BROKER_DOWN


@given(scenarios(), st.data())
def test_every_task_has_a_reason_at_every_moment(scenario: Scenario, data: st.DataObject) -> None:
    trace = simulate(scenario)
    world = world_at(trace, data.draw(st.integers(0, len(trace))))
    for uuid in world.tasks():
        for lang in ("ko", "en"):
            assert all(reason.text(lang).strip() for reason in why_task(world, uuid))
        assert why_task(world, uuid)
    for name in world.queues:
        assert why_queue(world, name)
    with pytest.raises(KeyError):
        why_task(world, "none")
    assert why(world, "en")


def test_room_beside_etas_of_which_the_broker_has_not_been_told() -> None:
    text = """
profile: celery-rabbitmq
workers: {worker1: {starts_at: 1}}
tasks: {a: 1}
send: [{at: 0, task: a, count: 12, eta: 30}]
"""
    world = at(simulate(parse_scenario(text)), 2)
    assert said(world, "a_12").endswith("The broker is told when the loop wakes (basic.qos).")
    assert "basic.qos" not in said(at(world.trace, 8), "a_12")


GREENLETS = """
profile: celery-rabbitmq
workers: {{worker1: {{pool: gevent, concurrency: {concurrency}}}}}
tasks: {{io: 5, burn: {{duration: 5, cpu: true}}}}
send: [{{at: 0, task: {task}}}, {{at: 0.5, id: B, task: io}}, {{at: 1, id: C, task: io}}]
"""


@pytest.mark.parametrize(
    ("concurrency", "task", "reason"),
    [
        (1, "io", "worker1 reads no messages: all greenlets are busy, and the loop is stuck handing over B"),
        (9, "burn", "worker1 stands still: one greenlet computes and never yields."),
    ],
)
def test_why_a_pool_of_greenlets_leaves_messages_unread(concurrency: int, task: str, reason: str) -> None:
    trace = simulate(parse_scenario(GREENLETS.format(concurrency=concurrency, task=task)))
    assert reason in why(at(trace, 2), "en")
    assert reason not in why(at(trace, 12), "en")
