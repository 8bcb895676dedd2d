"""The laws of the house, over generated scenarios."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from array import array
from collections import Counter, deque
from io import StringIO
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from simulator.engine import Simulation, simulate
from simulator.engine.broker import cycle, lines
from simulator.scenario import Edit, Scenario
from simulator.trace import Trace, read_trace, write_trace
from simulator.trace import events as ev
from simulator.trace.time import NEVER
from simulator.world import HANDLERS, State, Timeline, seek
from simulator.world.crew import Crew
from simulator.world.groups import Groups
from simulator.world.intake import Intake, PrefetchWindow, TokenBucket
from simulator.world.lifecycle import end_of
from simulator.world.state import QueueState, WorkerState
from simulator.world.timer_thread import TimerThread
from tests.strategies import NAMES, RUNNING_CHANGES, build, scenario_data, scenarios


def described(thing: Any) -> Any:
    """A folded state as plain data: every attribute of it and of its parts, but whose they are and the index."""
    match thing:
        case State():
            Crew(thing)  # brings its groups up to date
            return {name: described(getattr(thing, name)) for name in thing.__slots__ if name not in ("owner", "index")}
        case Groups():
            return thing._facts
        case QueueState() | WorkerState() | Intake() | TokenBucket() | PrefetchWindow() | TimerThread():
            return {name: described(getattr(thing, name)) for name in thing.__slots__ if name not in ("owner", "index")}
        case dict():
            return {key: described(value) for key, value in thing.items()}
        case deque() | array():
            return list(thing)
        case _:
            return thing


def folded(trace: Trace, cursor: int) -> State:
    """The world by full fold."""
    state = State(trace)
    state.fold(0, cursor)
    return state


@given(scenarios())
def test_same_scenario_same_trace(scenario: Scenario) -> None:
    first, second = simulate(scenario), simulate(scenario)
    assert first.events == second.events
    assert first.header == second.header
    assert first.hash == second.hash


def test_same_bytes_in_two_processes() -> None:
    examples: list[dict[str, Any]] = []

    @settings(max_examples=40, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(scenario_data())
    def collect(data: dict[str, Any]) -> None:
        examples.append(data)

    collect()
    program = (
        "import json, sys\n"
        "from simulator.engine import simulate\n"
        "from simulator.scenario import parse_scenario\n"
        "for line in sys.stdin: print(simulate(parse_scenario(line)).hash)\n"
    )
    lines = "\n".join(json.dumps(data) for data in examples)
    hashes = [
        subprocess.run(
            [sys.executable, "-c", program],
            input=lines,
            text=True,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout.split()
        for seed in ("1", "4242")
    ]
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == len(examples) >= 40


@given(scenario_data(("redis", "sqs", "guide", "memory")), st.sampled_from([0, 8]))
def test_a_line_that_many_queues_share_serves_like_lines_of_their_own(data: dict[str, Any], sparse: int) -> None:
    scenario = build(data)
    trace = simulate(scenario)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "FEW", 0)  # now every worker stands in a shared line
        patch.setattr(cycle, "SPARSE", sparse)
        shared = simulate(scenario)
    assert (shared.events, shared.header) == (trace.events, trace.header)


@given(scenarios())
def test_copies_are_counted_as_they_lie(scenario: Scenario) -> None:
    simulation = Simulation(scenario)
    simulation.run()
    found = Counter(message.uuid for queue in simulation.broker.queues.values() for message in queue)
    delivered = {id(delivery): delivery for delivery in simulation.broker.leases or ()}
    for worker in simulation.fleet:
        running = [execution.delivery for execution in worker.pool.busy]
        delivered |= {id(delivery): delivery for delivery in (*worker.consumer.held.values(), *running)}
    found.update(delivery.message.uuid for delivery in delivered.values())
    assert simulation.context.copies.counts == found


@given(scenarios())
def test_time_and_causes_only_look_back(scenario: Scenario) -> None:
    trace = simulate(scenario)
    for index, event in enumerate(trace):
        assert -1 <= event.cause < index
        assert event.t <= trace.end
        if index:
            assert event.t >= trace[index - 1].t


def unsettled(simulation: Simulation) -> dict[int, tuple[int, str]]:
    """By message, the last delivery of what the broker waits to hear of: (delivery tag, hostname).

    Where deliveries are leases the broker keeps the list itself: whoever still has a message in hand from a lease
    that is up has a copy, of which the broker knows nothing.
    """
    if simulation.broker.leases is not None:
        return {d.message.id: (d.tag, d.consumer.hostname) for d in simulation.broker.leases}
    held = [delivery for worker in simulation.fleet.workers.values() for delivery in worker.consumer.held.values()]
    return {delivery.message.id: (delivery.tag, delivery.consumer.hostname) for delivery in held}


@given(scenarios())
def test_world_at_the_end_is_the_engines_own_state(scenario: Scenario) -> None:
    simulation = Simulation(scenario)
    trace = simulation.run()
    world = Timeline(trace).at(len(trace))
    assert {name: queue.messages() for name, queue in world.queues.items()} == {
        name: [message.id for message in queue] for name, queue in simulation.broker.queues.items()
    }
    shown_unsettled = {message: entry for q in world._state.queues.values() for message, entry in q.unacked.items()}
    assert shown_unsettled == unsettled(simulation)
    for name, worker in simulation.fleet.workers.items():
        view = world.workers[name]
        assert (view.life == "online") == (worker.life.alive and not worker.life.is_closing)
        if view.life != "online":
            continue
        assert {r.slot: (r.uuid, r.started) for r in view.active()} == {
            slot: (e.delivery.message.uuid, e.started)
            for slot, e in worker.pool.active.items()
            if e.started >= 0 and not e.over
        }
        handed_over = [e.delivery.message.uuid for e in worker.pool.active.values() if e.started < 0]
        waiting = [delivery.message.uuid for delivery in worker.consumer.waiting()]
        shown = [*view.reserved(), *(uuid for uuid, _ in view.scheduled())]
        assert Counter(shown) == Counter(handed_over + waiting)
    counts = world.counts
    stored = {e.uuid for e in trace if isinstance(e, ev.ResultStored) and end_of(e)}
    dropped = {e.uuid for e in trace if isinstance(e, ev.MessageDropped) and not e.delivery_tag}
    assert len(stored) <= counts["succeeded"] + counts["failed"] + counts["revoked"] + len(dropped)
    assert world.broker_up != simulation.broker.down
    assert counts["published"] == simulation.context.messages


@given(scenarios(), st.integers(1, 7))
def test_checkpointed_world_is_the_full_fold(scenario: Scenario, distance: int) -> None:
    trace = simulate(scenario)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seek, "CHECKPOINT", distance)
        timeline = Timeline(trace)
        timeline.at(len(trace))
        step = len(trace) // 200  # each takes a fold of its own: all of them, of a long trace, would take minutes
        cursors = [*range(0, len(trace) + 1, step + 3), *range(len(trace), -1, -step - 2)]
        for cursor in cursors:
            assert described(timeline.at(cursor)._state) == described(folded(trace, cursor))


@given(scenarios())
def test_every_message_is_in_exactly_one_place(scenario: Scenario) -> None:
    """From its task-sent until it is acknowledged or dropped a message is on its way, ready, or unacknowledged.

    Where deliveries are leases, two workers may hold one message: who acknowledges first settles it, and an
    acknowledgement of what is ready again, or settled already, changes nothing.
    """
    leases = scenario.settings.visibility_timeout < NEVER
    trace = simulate(scenario)
    timeline = Timeline(trace)
    alive: set[int] = set()
    places: dict[int, str] = {}
    for cursor, event in enumerate(trace, start=1):
        match event:
            case ev.TaskSent():
                alive.add(event.message)
            case ev.MessageAcked() if leases and not places.get(event.message, "").startswith("unacked"):
                pass
            case ev.MessageAcked() | ev.MessageDropped():
                alive.remove(event.message)
            case _:
                pass
        listed = list(timeline.at(cursor).places())
        places = dict(listed)
        assert Counter(message for message, _ in listed) == Counter(alive)


@given(scenarios())
def test_sent_is_succeeded_failed_revoked_ignored_dropped_lost_and_alive(scenario: Scenario) -> None:
    """Alive is what has not ended while the broker has a message of it, or a worker a copy in its hands."""
    trace = simulate(scenario)
    timeline = Timeline(trace)
    ended: set[str] = set()
    unnoticed: dict[tuple[str, int], str] = {}
    """By (hostname, delivery tag): what was given up, or ran in a child that died, until its parent says so or goes."""
    for cursor, event in enumerate(trace, start=1):
        if end_of(event):
            ended.add(getattr(event, "uuid", ""))
        match event:
            case ev.ChildExited() | ev.TaskCancelled():
                running = timeline.at(cursor - 1).workers[event.hostname].active()
                unnoticed |= {(event.hostname, r.delivery_tag): r.uuid for r in running if r.slot == event.slot}
            case ev.WorkerLost() | ev.WorkerOffline() | ev.MessageRequeued() | ev.TaskLost():
                # One that says goodbye may hold on for a while: it is gone when it has given back what it holds.
                worker = timeline.at(cursor).workers.get(event.hostname)
                said_goodbye = isinstance(event, ev.WorkerOffline)
                if worker is not None and worker.life != "online" and not (said_goodbye and worker.unacked):
                    unnoticed = {key: uuid for key, uuid in unnoticed.items() if key[0] != event.hostname}
            case ev.TaskRejected() | ev.TaskFailed():
                unnoticed.pop((event.hostname, event.delivery_tag), None)
            case _:
                pass
        if cursor < len(trace) and trace[cursor].t == event.t:
            continue  # between a death and its consequences, all of one instant, nothing is said
        world = timeline.at(cursor)
        alive = {
            *(world.uuid(message) for message, _ in world.places()),
            *(uuid for w in world.workers.values() for uuid in [*w.transit(), *w.reserved()]),
            *(uuid for w in world.workers.values() for uuid, _ in w.scheduled()),
            *(running.uuid for w in world.workers.values() for running in w.active()),
            *unnoticed.values(),
        }
        counts = world.counts
        assert counts["sent"] == len(world.tasks())
        outcomes = ("succeeded", "failed", "revoked", "ignored", "dropped", "lost")
        assert counts["sent"] == sum(counts[o] for o in outcomes) + len(alive - ended)


@given(scenarios(), st.data())
def test_what_was_seen_before_a_what_if_is_unchanged(scenario: Scenario, data: st.DataObject) -> None:
    trace = simulate(scenario)
    assume(len(trace) > 0)
    cursor = data.draw(st.integers(1, len(trace)))
    t = trace[cursor - 1].t
    whom = data.draw(st.sampled_from(list(scenario.model.workers)))
    at = (t + 1) / 1e6
    edit = data.draw(
        st.one_of(
            st.just(Edit("faults", {"at": at, "kill": whom}, append=True)),
            RUNNING_CHANGES.map(lambda change: Edit("faults", {"at": at, "set": change}, append=True)),
            # Any registered task whose queue is there from the start, as the terminal offers them.
            st.sampled_from(NAMES).map(lambda name: Edit("send", {"at": at, "task": name}, append=True)),
        )
    )
    if edit.path == "send":
        queue = scenario.model.tasks[edit.value["task"]].queue or "celery"
        assume(any(isinstance(e, ev.QueueDeclared) and e.queue == queue for e in trace))
    branch = simulate(scenario.edited(edit))
    assert branch.events[:cursor] == trace.events[:cursor]
    shared = branch.common_prefix(trace)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seek, "CHECKPOINT", 3)
        before, timeline = Timeline(trace), Timeline(branch)
        before.at(len(trace))
        timeline.share(before, shared)
        for there in (len(branch), shared, shared // 2):
            assert described(timeline.at(there)._state) == described(folded(branch, there))
        assert described(before.at(shared)._state) == described(folded(trace, shared))


def without_empty_polls(trace: Trace) -> list[ev.Event]:
    """The trace as if its empty polls had not been written: removed, and causes renumbered."""
    numbers: dict[int, int] = {-1: -1}
    kept: list[ev.Event] = []
    for index, event in enumerate(trace):
        if isinstance(event, ev.Poll) and not event.found:
            continue
        numbers[index] = len(kept)
        kept.append(msgspec.structs.replace(event, cause=numbers[event.cause]))
    return kept


def empty_polls(trace: Trace) -> Counter[str]:
    """Number of empty polls of each worker, whether or not they are events."""
    seen = Counter(e.hostname for e in trace if isinstance(e, ev.Poll) and not e.found)
    return seen + Counter(trace.header.silent_polls)


@given(scenario_data(("guide", "memory", "filesystem")))
def test_silent_polls_change_nothing_else(data: dict[str, Any]) -> None:
    every = simulate(build({**data, "polls": "every"}))
    found = simulate(build({**data, "polls": "found"}))
    assert without_empty_polls(every) == list(found.events)
    assert empty_polls(every) == empty_polls(found)
    assert every.end == found.end


@given(scenarios())
def test_a_trace_survives_its_file(scenario: Scenario) -> None:
    trace = simulate(scenario)
    text = StringIO()
    write_trace(trace, text)
    again = read_trace(text.getvalue().splitlines())
    assert again.hash == trace.hash
    assert again.header == trace.header
    copy = StringIO()
    write_trace(again, copy)
    assert copy.getvalue() == text.getvalue()


def test_no_event_lacks_a_handler() -> None:
    assert set(HANDLERS) == set(ev.EVENT_TYPES.values())
