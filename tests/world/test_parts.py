"""Holders of messages: the same from the queue's side and from the worker's."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.scenario import Scenario, parse_scenario
from simulator.world import world_at
from tests.strategies import scenarios


@given(scenarios(), st.data())
def test_deliveries_are_what_is_unacknowledged(scenario: Scenario, data: st.DataObject) -> None:
    trace = simulate(scenario)
    world = world_at(trace, data.draw(st.integers(0, len(trace))))
    by_queue = {one.delivery_tag: one for queue in world.queues.values() for one in queue.deliveries()}
    by_worker = {one.delivery_tag: one for worker in world.workers.values() for one in worker.deliveries()}
    assert by_queue == by_worker
    for queue in world.queues.values():
        assert len(queue.deliveries()) == queue.unacked
    for worker in world.workers.values():
        held = worker.deliveries()
        waiting = [*worker.transit(), *worker.reserved(), *(uuid for uuid, _ in worker.scheduled())]
        unsettled = Counter(one.uuid for one in held if one.place not in ("active", "stored"))
        assert unsettled <= Counter(waiting)
        # An expired task is acknowledged first, and thrown away in the same instant; and who held a lease that has
        # run out is not told.
        for uuid in Counter(waiting) - unsettled:
            assert any(one.acked_at == world.t or one.outcome == "requeued" for one in world.task(uuid).attempts)
        running = {one.delivery_tag: one.acked for one in worker.active()}
        assert all(not running[one.delivery_tag] for one in held if one.place == "active")


def test_a_dead_letter_and_who_consumes_a_queue() -> None:
    text = """
    tasks: {pay: {duration: 1, raises: [OSError]}}
    workers: {w: {queues: [celery]}}
    queues: {celery: , dead: }
    config: {task_routes: {pay: {queue: celery, dead_letter_queue: dead}}}
    send: [{at: 0, id: T, task: pay}]
    """
    trace = simulate(parse_scenario(text))
    world = world_at(trace, len(trace))
    dead, celery = world.queues["dead"], world.queues["celery"]
    (message,) = dead.messages()
    found = world.dead_letter(message)
    assert found is not None
    assert (found.uuid, found.queue) == ("T", "dead")
    assert world.dead_letter(world.publish(1).message if message != 1 else 0) is None
    assert (celery.consumers, dead.consumers) == (["w"], [])
