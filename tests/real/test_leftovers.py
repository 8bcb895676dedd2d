"""Whatever happens to verify, nothing of it stays: no worker, no queue, no key, no folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from celery import Celery
from redis import Redis

from simulator.real.performing import leftovers
from simulator.real.performing.leftovers import is_running, started
from simulator.real.performing.plan import PREFIX, load_plan
from tests.real.brokers import URLS, needs

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc"),
]
LONG = """
tasks: {nap: {duration: 30, acks_late: true}}
workers: {w1: {concurrency: 2}, w2: {}}
send: [{task: nap, at: 0, count: 2}, {task: nap, at: 0.1}, {task: nap, at: 0.2, count: 9}]
until: 40
"""
SHORT = "tasks: {nap: 0.1}\nworkers: {w1: {}}\nsend: [{id: A, task: nap, at: 0}]\n"
PATIENCE = 30.0


def command(scenario: Path, broker: str) -> list[str]:
    return [sys.executable, "-m", "simulator", "verify", str(scenario), "--broker", URLS[broker]]


def begun(folder: Path, text: str, broker: str) -> subprocess.Popen[bytes]:
    scenario = folder / "story.yaml"
    scenario.write_text(text, encoding="utf-8")
    return subprocess.Popen(command(scenario, broker), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def until_it_plays() -> str:
    """Wait until a body has begun; returns the name of the run."""
    deadline = time.time() + PATIENCE
    while time.time() < deadline:
        for path in leftovers.state_folder().glob(f"{PREFIX}*/executions"):
            return path.parent.name
        time.sleep(0.05)
    raise AssertionError("nothing began")


def processes(run: str) -> list[int]:
    """Every process whose command line names the run, children of pools among them."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if run.encode() in words:
                found.append(int(entry.name))
    return found


def keys(run: str) -> list[bytes]:
    with Redis.from_url(URLS["redis"]) as client:
        return sorted(key for key in client.scan_iter(match="*") if run.encode() in key)


def has_queue(name: str) -> bool:
    with Celery(broker=URLS["rabbitmq"], set_as_current=False).connection_for_read() as connection:
        try:
            connection.default_channel.queue_declare(name, passive=True)
        except connection.channel_errors:
            return False
        return True


def gone(run: str) -> bool:
    deadline = time.time() + 10
    while time.time() < deadline:
        if not processes(run):
            return True
        time.sleep(0.05)
    return False


def next_run(folder: Path, broker: str) -> str:
    """Another verify; what it says."""
    scenario = folder / "next.yaml"
    scenario.write_text(SHORT, encoding="utf-8")
    found = subprocess.run(command(scenario, broker), capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 0, found.stderr
    return found.stderr


@needs("redis")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_takes_everything_with_it(number: int, tmp_path: Path) -> None:
    process = begun(tmp_path, LONG, "redis")
    run = until_it_plays()
    assert processes(run)
    assert keys(run)
    process.send_signal(number)
    assert process.wait(20) in (130, 143)
    assert processes(run) == []
    assert keys(run) == []
    assert list(leftovers.state_folder().iterdir()) == []


@needs("redis")
def test_killed_on_redis_its_workers_die_with_it_and_the_next_run_removes_its_keys(tmp_path: Path) -> None:
    process = begun(tmp_path, LONG, "redis")
    run = until_it_plays()
    process.kill()
    process.wait()
    assert gone(run)
    assert keys(run)
    assert run in next_run(tmp_path, "redis")
    assert keys(run) == []
    assert list(leftovers.state_folder().iterdir()) == []


@needs("rabbitmq")
def test_killed_on_rabbitmq_its_workers_die_with_it_and_the_next_run_removes_its_queues(tmp_path: Path) -> None:
    process = begun(tmp_path, LONG, "rabbitmq")
    run = until_it_plays()
    plan = load_plan(str(leftovers.state_folder() / run / "plan.json"))
    process.kill()
    process.wait()
    assert gone(run)
    names = [plan.prefix + queue["name"] for queue in plan.queues]
    assert all(has_queue(name) for name in names)
    assert all(queue["arguments"]["x-expires"] for queue in plan.queues)
    assert run in next_run(tmp_path, "rabbitmq")
    assert not any(has_queue(name) for name in names)
    assert list(leftovers.state_folder().iterdir()) == []


@needs("redis")
def test_what_a_living_run_has_made_is_not_touched(tmp_path: Path) -> None:
    process = begun(tmp_path, LONG, "redis")
    run = until_it_plays()
    try:
        assert run not in next_run(tmp_path, "redis")
        assert keys(run)
        assert processes(run)
    finally:
        process.terminate()
        process.wait(20)


def test_a_process_is_known_by_its_number_and_when_it_was_started() -> None:
    assert is_running(os.getpid(), started(os.getpid()))
    assert not is_running(os.getpid(), "1")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    when = started(ended.pid)
    ended.wait()
    assert not is_running(ended.pid, when)
