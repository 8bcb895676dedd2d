"""Laws of what is kept of all workers: what one learns by asking each of them, however a moment is reached."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.scenario import Scenario
from simulator.trace.events import SettingChanged
from simulator.world import Is, Timeline, Walk, World
from tests.strategies import build, scenarios


def assert_true_of_each(world: World) -> None:
    crew, workers = world.crew, world.workers
    assert crew.in_order(crew.having(Is.ONLINE)) == [w.hostname for w in workers.values() if w.life == "online"]
    assert crew.running == sum(worker.busy for worker in workers.values())
    for name, worker in workers.items():
        told = {one for one in Is if name in crew.having(one)}
        assert (Is.LOST in told) == (worker.life == "lost")
        assert (Is.BUSY in told, Is.FREE in told) == (worker.busy > 0, worker.busy < worker.concurrency)
        assert (Is.MOVING in told) == (worker.transit_count > 0)
        assert (Is.SCHEDULING in told or Is.RESERVING in told) == bool(worker.reserved() or worker.scheduled())
        assert Is.VARYING in told or (Is.ROOMY in told) == worker.has_room()
        assert {queue for queue in world.queues if name in crew.consuming(queue)} == {*worker.queues} & {*world.queues}
    for queue in world.queues:
        room = [worker.hostname for worker in workers.values() if worker.has_room(queue)]
        assert [worker.hostname for worker in world.with_room({*workers}, queue)] == room


@given(scenarios(), st.data())
def test_it_is_true_of_each_however_the_moment_is_reached(scenario: Scenario, data: st.DataObject) -> None:
    trace = simulate(scenario)
    timeline, walk = Timeline(trace), Walk(trace)
    cursors = data.draw(st.lists(st.integers(0, len(trace)), min_size=1, max_size=8))
    for cursor in cursors:  # back and forth, and some worlds are asked only after others were made from them
        world, later = timeline.at(cursor), timeline.at(cursor + 1)
        assert_true_of_each(later)
        assert_true_of_each(world)
    for cursor in sorted(cursors):
        assert_true_of_each(walk.at(cursor))


def test_a_worker_consumes_what_it_was_told_last_also_after_it_came_again() -> None:
    scenario = build(
        {
            "profile": "celery-redis",
            "tasks": {"a": 1, "b": 1},
            "config": {"task_routes": {"b": "other"}},
            "workers": {"w": {"queues": ["celery"]}, "v": {"queues": ["other"]}},
            "send": [{"at": 0, "task": "a"}, {"at": 0, "task": "b"}],
            "control": [{"at": 2, "add_consumer": "w", "queue": "other"}],
        }
    )
    trace = simulate(scenario)
    told = next(place for place, event in enumerate(trace) if isinstance(event, SettingChanged))
    timeline = Timeline(trace)
    assert timeline.at(told).crew.consuming("other") == {"v"}
    assert timeline.at(told + 1).crew.consuming("other") == {"v", "w"}
    assert timeline.at(told).crew.consuming("other") == {"v"}
