"""Flower, which knows nothing of simulations, lists the tasks of an emitted run as it would a real cluster's."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from simulator.engine import simulate
from simulator.real.emit import emit
from simulator.scenario import parse_scenario
from simulator.world import world_at
from tests.real.brokers import URLS, needs

pytestmark = [needs("redis"), pytest.mark.real, pytest.mark.filterwarnings("ignore")]

PATIENCE = 30.0
BOUND = "_kombu.binding.celeryev"
"""Redis's set of the queues bound to the events."""
STORY = """
profile: celery-redis
exceptions: {Busy: Exception}
tasks:
  fine: 0.5
  broken: {duration: 0.2, raises: KeyError}
  flaky: {duration: 0.2, raises: [Busy, null], autoretry_for: [Busy], default_retry_delay: 1}
  later: {duration: 0.2, raises: Busy, autoretry_for: [Busy], default_retry_delay: 60}
  long: 60
  flower_waits: 60
workers: {w1: {concurrency: 2}, w2: {}}
until: 12
send:
  - {at: 0.1, id: flower_fine, task: fine, args: [1, two]}
  - {at: 0.2, id: flower_broken, task: broken}
  - {at: 0.3, id: flower_flaky, task: flaky}
  - {at: 2.5, id: flower_later, task: later}
  - {at: 4, id: flower_long_1, task: long}
  - {at: 4.1, id: flower_long_2, task: long}
  - {at: 4.2, id: flower_long_3, task: long}
  - {at: 4.3, id: flower_long_4, task: long}
  - {at: 5, task: flower_waits, count: 14}
"""


@pytest.fixture
def flower(tmp_path: Path) -> Iterator[str]:
    """The address of a Flower that watches Redis."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["--broker", URLS["redis"], "flower", f"--port={port}", "--address=127.0.0.1"]
    with (tmp_path / "flower.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", *words],
            cwd=tmp_path,
            stdout=log,
            stderr=log,
            env={**os.environ, "FLOWER_UNAUTHENTICATED_API": "true"},
        )
    with Redis.from_url(URLS["redis"]) as redis:
        before = redis.smembers(BOUND)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(15)
            for bound in redis.smembers(BOUND) - before:  # Flower leaves its queue of events behind
                redis.srem(BOUND, bound)
                redis.delete(bound.rpartition(b"\x06\x16")[2])


def tasks(address: str) -> dict[str, Any]:
    """Flower's account of our tasks; empty as long as it does not answer."""
    try:
        with urllib.request.urlopen(f"{address}/api/tasks?limit=1000", timeout=5) as answer:
            found = json.load(answer)
    except (urllib.error.URLError, ConnectionError):
        return {}
    return {uuid: task for uuid, task in found.items() if uuid.startswith("flower_")}


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_flower_lists_a_simulated_run_with_the_states_of_the_world(flower: str) -> None:
    warm = simulate(parse_scenario("tasks: {a: 0.1}\nsend: [{at: 0, id: flower_warm, task: a}]"))

    def listens() -> bool:
        emit(warm, URLS["redis"], speed=1000)
        return "flower_warm" in tasks(flower)

    until(listens)
    trace = simulate(parse_scenario(STORY))
    world = world_at(trace, len(trace))
    expected = {uuid: world.task(uuid).state for uuid in world.tasks()}
    # The child publishes the retry and its worker receives it before the parent reports task-retried, as in a real
    # cluster; what came last counts for a monitor.
    assert (expected["flower_later"], world.task("flower_later").place) == ("RECEIVED", "scheduled")
    expected["flower_later"] = "RETRY"
    assert set(expected.values()) >= {"SUCCESS", "FAILURE", "STARTED", "PENDING"}, expected
    emit(trace, URLS["redis"], speed=20)
    until(lambda: len(tasks(flower)) > len(expected))
    time.sleep(0.5)
    found = tasks(flower)
    states = {uuid: task["state"] for uuid, task in found.items() if uuid in expected}
    assert states == expected
    for uuid, task in found.items():
        if uuid in expected:
            assert task["name"] == world.task(uuid).name
            assert task.get("retries") in (world.task(uuid).retries, None)
            if uuid != "flower_later":
                assert (task.get("worker") or "@").partition("@")[0] == world.task(uuid).hostname
    assert "1" in found["flower_fine"]["args"]
    assert "KeyError" in found["flower_broken"]["exception"]
