"""A run as Celery's own events: whoever monitors a cluster sees what the world says."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from celery import Celery
from celery.events.state import State
from typer.testing import CliRunner

from simulator.cli import app
from simulator.engine import simulate
from simulator.real.emit import emit
from simulator.real.recording.events import convert
from simulator.scenario import Scenario, parse_scenario, scenario_names
from simulator.story.logs.celery_events import CELERYS, celery_events
from simulator.trace import Trace
from simulator.world import world_at
from tests.lessons import lesson
from tests.real.brokers import BROKERS, URLS
from tests.real.stories import STORIES

TOLD = {"SUCCESS", "FAILURE", "RETRY", "STARTED", "RECEIVED", "REVOKED", "REJECTED", "PENDING"}


RUNS: dict[str, Scenario] = {name: lesson(name) for name in scenario_names()} | {
    f"real-{name}": parse_scenario(f"profile: celery-redis\n{text}", file=f"{name}.yaml")
    for name, (_, text) in STORIES.items()
}


@cache
def trace_of(name: str) -> Trace:
    """The run of a packaged scenario or a story."""
    return simulate(RUNS[name])


def fed(raws: list[dict[str, Any]]) -> State:
    state = State()
    for raw in raws:
        state.event({**raw, "local_received": raw["timestamp"]})
    return state


@pytest.mark.parametrize("name", RUNS)
def test_celerys_own_state_says_what_the_world_says(name: str) -> None:
    trace = trace_of(name)
    state = fed(list(celery_events(trace, 1e9)))
    world = world_at(trace, len(trace))
    sent = {e.uuid for e in trace if e.type in ("task-sent", "task-received")}  # type: ignore[attr-defined]
    assert set(state.tasks) == sent
    about: dict[str, list[Any]] = defaultdict(list)
    for event in trace:
        if event.type in CELERYS:
            about[getattr(event, "uuid", "")].append(event)
    for uuid, task in state.tasks.items():
        ours, mine = world.task(uuid), about[uuid]
        assert task.name == ours.name
        if ours.state in ("SUCCESS", "FAILURE", "RETRY", "REVOKED", "STARTED"):
            assert task.state == ours.state, uuid
        if ours.hostname and any(e.type == "task-received" for e in mine):
            assert task.worker.hostname == f"{ours.hostname}@ackademy"
        received = [e.retries for e in mine if e.type == "task-received"]
        if received:
            assert task.retries == received[-1]


@pytest.mark.parametrize("name", RUNS)
def test_what_was_emitted_and_is_converted_back_tells_the_same(name: str) -> None:
    trace = trace_of(name)
    back = convert(celery_events(trace, 1e9), origin=1e9)
    kinds = {"task-received", "task-started", "task-succeeded", "task-failed", "task-retried"}

    def told(one: Trace) -> list[tuple[Any, ...]]:
        return sorted(
            (round(e.t, -2), e.type, e.uuid, e.hostname)  # type: ignore[attr-defined]
            for e in one
            if e.type in kinds and not e.inferred
        )

    assert [row[1:] for row in told(back)] == [row[1:] for row in told(trace)]


def test_a_killed_worker_falls_silent_and_a_living_one_does_not() -> None:
    text = """
profile: celery-redis
until: 20
tasks: {nap: 1}
workers: 2
send: [{task: nap, at: 0}]
faults: [{at: 5, kill: worker1}]
"""
    raws = list(celery_events(simulate(parse_scenario(text)), 0.0))
    beats = {
        name: [r["timestamp"] for r in raws if r["type"] == "worker-heartbeat" and r["hostname"].startswith(name)]
        for name in ("worker1", "worker2")
    }
    assert max(beats["worker1"]) < 5
    assert len(beats["worker1"]) == 2


def test_export_writes_the_same_as_lines_of_json() -> None:
    found = CliRunner().invoke(app, ["export", "three-task-order", "--to", "celery-events", "--start", "1000"])
    assert found.exit_code == 0
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert rows == list(celery_events(trace_of("three-task-order"), 1000.0))
    assert rows[0]["timestamp"] >= 1000


def listen(url: str, raws: list[dict[str, Any]], ready: threading.Event, seconds: float) -> None:
    celery = Celery(broker=url, set_as_current=False)
    with celery.connection_for_read() as connection:
        receiver = celery.events.Receiver(connection, handlers={"*": raws.append})
        ready.set()
        with suppress(TimeoutError):
            receiver.capture(limit=None, timeout=seconds, wakeup=False)


@pytest.mark.real
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("broker", BROKERS)
def test_a_monitor_of_a_real_broker_hears_a_simulated_cluster(broker: str) -> None:
    raws: list[dict[str, Any]] = []
    ready = threading.Event()
    thread = threading.Thread(target=listen, args=(URLS[broker], raws, ready, 2.5))
    thread.start()
    ready.wait(5)
    time.sleep(0.7)
    trace = trace_of("three-task-order")
    before = time.time()
    count = emit(trace, URLS[broker], speed=20)
    assert 0.5 < (time.time() - before) * 20 - trace.end / 1e6 + 3 < 25
    thread.join(15)
    heard = [raw for raw in raws if str(raw.get("hostname", "")).endswith("@ackademy")]
    assert len(heard) == count
    assert [raw["type"] for raw in heard] == [raw["type"] for raw in celery_events(trace, 0.0, 20)]
    tasks = fed(heard).tasks
    assert {uuid: task.state for uuid, task in tasks.items()} == dict.fromkeys(("Task1", "Task2", "Task3"), "SUCCESS")
