"""Killed at any moment, no command leaves a process, a queue, a key or a line that is no trace."""

from __future__ import annotations

import os
import pty
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from redis import Redis

from simulator.real.own_queues import OURS
from simulator.real.performing.plan import PREFIX
from simulator.real.recording.recorder import connected
from simulator.story.run import read_run
from tests.marked import MARK, processes
from tests.real.brokers import BROKERS, URLS, needs
from tests.real.clusters import RealCluster, cluster

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc"),
]

LATEST = 12.0
"""Seconds after its start that a command is killed at the latest: by then each of them does what it is for."""
SOON = 2.5
"""The same where there is little time."""
STORY = """
tasks: {nap: {duration: 30, acks_late: true}}
workers: {w1: {concurrency: 2}, w2: {}}
send: [{task: nap, at: 0, count: 9}]
until: 40
"""
SHORT = "tasks: {nap: 0.1}\nworkers: {w1: {}}\nsend: [{id: A, task: nap, at: 0}]\n"


@dataclass
class Doomed:
    """A command that will be killed."""

    name: str
    process: subprocess.Popen[bytes]
    at: float
    mark: str
    file: Path | None


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for `verify`, for these tests alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def start(name: str, words: list[str], at: float, file: Path | None) -> Doomed:
    """Run it in a terminal that is read to its end."""
    mine, its = pty.openpty()

    def read() -> None:
        with suppress(OSError):  # nobody has the other side any more
            while os.read(mine, 65536):
                pass
        os.close(mine)

    mark = uuid.uuid4().hex
    environment = {**os.environ, "TERM": "xterm-256color", MARK: mark}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *words], stdin=its, stdout=its, stderr=its, env=environment
    )
    os.close(its)
    threading.Thread(target=read, daemon=True).start()
    return Doomed(name, process, at, mark, file)


@contextmanager
def busy(running: RealCluster) -> Iterator[None]:
    """Somebody sends tasks all the time."""
    over = threading.Event()

    def send() -> None:
        with Celery(broker=running.url, set_as_current=False) as app, app.connection_for_write() as connection:
            while not over.wait(0.05):
                app.send_task("nap", (0.01,), queue=running.queue, connection=connection, ignore_result=True)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def kill_once(running: RealCluster, folder: Path, chance: random.Random, latest: float) -> list[Doomed]:
    """Start all commands, kill each at a moment of its own; returns them."""
    folder.mkdir()
    story, url = folder / "story.yaml", ["--broker", running.url]
    story.write_text(STORY, encoding="utf-8")
    recorded, followed, kept = (folder / f"{name}.jsonl" for name in ("recorded", "followed", "kept"))
    commands: list[tuple[list[str], Path | None]] = [
        (["record", *url, "-o", str(recorded)], recorded),
        (["play", "--follow", *url, "-o", str(followed)], followed),
        (["verify", str(story), *url, "--keep", str(kept)], kept),
        (["emit", "retry", *url], None),
    ]
    doomed = [start(words[0], words, time.monotonic() + chance.uniform(0.1, latest), file) for words, file in commands]
    for one in sorted(doomed, key=lambda one: one.at):
        time.sleep(max(0.0, one.at - time.monotonic()))
        assert one.process.poll() is None, f"{one.name} ended by itself: {one.process.returncode}"
        one.process.send_signal(signal.SIGKILL)
        one.process.wait()
    return doomed


def check_once(doomed: list[Doomed]) -> list[str]:
    """No process is left, and every file is a trace; returns what each had come to."""
    deadline = time.monotonic() + 10
    for one in doomed:
        while processes(one.mark):
            assert time.monotonic() < deadline, f"{one.name} has left {processes(one.mark)}"
            time.sleep(0.05)
    return [f"{one.name} {_length(one.file)}" for one in doomed]


def _length(file: Path | None) -> str:
    if file is None or not file.exists():
        return "-"
    if not file.stat().st_size:
        return "empty"
    return str(len(read_run(str(file))))


def ours(running: RealCluster) -> list[str]:
    """On Redis, every key and every binding that names one of us."""
    if not running.url.startswith("redis"):
        return []
    with Redis.from_url(running.url) as client:
        keys = [key.decode(errors="replace") for key in client.scan_iter(match="*")]
        bound = [m.decode(errors="replace") for key in keys if "binding." in key for m in _members(client, key)]
    return [name for name in (*keys, *bound) if OURS in name or PREFIX in name]


def _members(client: Any, key: str) -> set[bytes]:
    return set(client.smembers(key)) if client.type(key) == b"set" else set()


def clean(running: RealCluster, folder: Path) -> None:
    """Clean up as the next run of either kind does."""
    scenario = folder / "next.yaml"
    scenario.write_text(SHORT, encoding="utf-8")
    words = [sys.executable, "-m", "simulator", "verify", str(scenario), "--broker", running.url]
    found = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 0, found.stderr + found.stdout


@needs("redis")
def test_killed_once_at_any_moment(home: Path) -> None:
    seed = random.randrange(10**6)
    with cluster("redis", "-E") as running, busy(running):
        check_once(kill_once(running, home / f"seed{seed}", random.Random(seed), SOON))
        clean(running, home)
        assert ours(running) == []
    assert list((home / "state" / "ackademy" / "verify").iterdir()) == []


@pytest.mark.soak
@pytest.mark.parametrize("broker", BROKERS)
def test_killed_again_and_again(broker: str, home: Path) -> None:
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    chance = random.Random(seed)
    with cluster(broker, "-E") as running, busy(running):
        for number in range(int(os.environ.get("ROUNDS", "30"))):
            told = check_once(kill_once(running, home / f"round{number}-{seed}", chance, LATEST))
            sys.stderr.write(f"seed {seed}, round {number}: {', '.join(told)}\n")
        clean(running, home)
        assert ours(running) == []
    assert list((home / "state" / "ackademy" / "verify").iterdir()) == []


@needs("redis")
@pytest.mark.smoke
def test_what_a_dead_listener_left_is_removed_and_a_living_one_is_not_touched() -> None:
    host = socket.gethostname()
    dead, alive, elsewhere = (
        f"celeryev.{OURS}{place}:{pid}:{when}:{uuid.uuid4().hex[:8]}"
        for place, pid, when in ((host, os.getpid(), "1"), (host, os.getpid(), ""), ("elsewhere.test", 1, "1"))
    )
    table = "_kombu.binding.celeryev"
    with Redis.from_url(URLS["redis"]) as client:
        try:
            for name in (dead, alive, elsewhere):
                client.sadd(table, f"#\x06\x16\x06\x16{name}")
                client.lpush(name, "{}")
            with connected(URLS["redis"]):
                left = [member.decode() for member in client.smembers(table)]
            assert [any(name in member for member in left) for name in (dead, alive, elsewhere)] == [False, True, True]
            assert [client.exists(name) for name in (dead, alive, elsewhere)] == [0, 1, 1]
        finally:
            for name in (alive, elsewhere):
                client.srem(table, f"#\x06\x16\x06\x16{name}")
                client.delete(name)
