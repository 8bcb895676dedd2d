"""The fold of the events of pools and rejections."""

from __future__ import annotations

from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world import World, world_at
from tests.story.samples import pool_events


def after(trace: Trace, kind: type[ev.Event], nth: int = 1) -> World:
    """The world right after the n-th event of a type."""
    places = [index for index, event in enumerate(trace) if type(event) is kind]
    return world_at(trace, places[nth - 1] + 1)


def test_a_childs_memory_grows_while_it_runs_and_goes_with_it() -> None:
    trace = pool_events()
    assert after(trace, ev.WorkerOnline).workers["worker1"].children == {1: 50.0}
    assert after(trace, ev.TaskStarted).workers["worker1"].memory == 80.0
    dead = after(trace, ev.ChildExited).workers["worker1"]
    assert (dead.children, dead.busy, dead.done) == ({}, 0, 1)
    assert after(trace, ev.ChildStarted, 2).workers["worker1"].children == {1: 50.0}


def test_a_rejected_or_cancelled_execution_frees_its_slot_and_ends_no_task() -> None:
    trace = pool_events()
    for nth in (1, 2):
        assert after(trace, ev.TaskRejected, nth).workers["worker1"].busy == 0
    world = world_at(trace, len(trace))
    assert world.workers["worker1"].busy == 0
    assert world.workers["worker1"].done == 3
    assert (world.counts["rejected"], world.counts["cancelled"]) == (2, 1)
    # Sent: A, lost when its rejected message was discarded, and B, which was ignored at last.
    assert (world.counts["sent"], world.counts["lost"], world.counts["ignored"], world.alive) == (2, 1, 1, 0)
    assert world.queues["celery"].uuids() == ["B"]
    assert [attempt.outcome for attempt in world.task("A").attempts] == ["requeued", "lost"]
    assert world.task("B").attempts[0].outcome == "ignored"


def test_deaths_and_size() -> None:
    world = world_at(pool_events(), len(pool_events()))
    worker = world.workers["worker1"]
    assert world.counts["deaths"] == 1
    assert (worker.info.concurrency, worker.concurrency) == (1, 2)


def test_a_connection_is_lost_and_made_anew() -> None:
    trace = simulate(
        parse_scenario(
            "profile: celery-redis\nuntil: 20\nworkers: {w: {}, v: {}}\n"
            "faults: [{at: 1, disconnect: w, for: 1}, {at: 8, down: broker, for: 1}]"
        )
    )

    def connected(count: int) -> list[bool]:
        places = [i for i, e in enumerate(trace) if isinstance(e, ev.SettingChanged | ev.BrokerDown | ev.BrokerUp)]
        return [worker.connected for worker in world_at(trace, places[count] + 1).workers.values()]

    assert [connected(count) for count in range(6)] == [
        [False, True],  # lost at 1 s
        [True, True],  # attempts at 1, 3 s; then a second of mingle
        [False, False],
        [False, False],  # the broker is back, they do not know yet
        [True, False],
        [True, True],
    ]
