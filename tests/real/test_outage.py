"""Redis itself is stopped under real workers: who holds messages and waits for more does not survive it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery

from tests.real.brokers import HAS_REDIS_SERVER, OwnRedis

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not HAS_REDIS_SERVER, reason="no redis-server"),
]

NAP = 6.0


def wait_for(holds: Callable[[], bool], patience: float = 60) -> None:
    until = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


@contextmanager
def worker(redis: OwnRedis, name: str, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A worker with two slots and a window of two, on a queue of its own; its process and its log."""
    assert redis.folder is not None
    log = redis.folder / f"{name}.log"
    env = {**os.environ, "ACKADEMY_TEST_BROKER": redis.url, "ACKADEMY_TEST_QUEUE": name, "PYTHONPATH": os.getcwd()}
    words = [sys.executable, "-m", "celery", "-A", "tests.real.application", "worker", "-n", f"{name}@test"]
    with log.open("wb") as out:
        process = subprocess.Popen([*words, "-c", "2", "-l", "info", *options], env=env, stdout=out, stderr=out)
    try:
        yield process, log
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[OwnRedis]:
    started = OwnRedis(tmp_path)
    yield started
    started.kill()


def test_who_holds_messages_and_waits_for_more_does_not_survive_the_end_of_redis(redis: OwnRedis) -> None:
    """The rule of `outage_crash`, as it is; early ACKs, so only what is reserved is held."""
    with (
        worker(redis, "idle") as idle,
        worker(redis, "busy") as busy,
        worker(redis, "full") as full,
        worker(redis, "waits") as waits,
        worker(redis, "threads", "--pool", "threads") as threads,
    ):
        everyone = (idle, busy, full, waits, threads)
        wait_for(lambda: all(b" ready." in log.read_bytes() for _, log in everyone))
        with Celery(broker=redis.url, set_as_current=False) as sender:
            for queue, count in {"busy": 2, "full": 4, "waits": 3, "threads": 3}.items():
                for _ in range(count):
                    sender.send_task("nap", (NAP,), queue=queue)
        received = {busy[1]: 2, full[1]: 4, waits[1]: 3, threads[1]: 3}
        wait_for(lambda: all(log.read_bytes().count(b"] received") == count for log, count in received.items()))
        redis.stop()
        for process, log in (waits, threads):
            process.wait(NAP + 20)
            assert "AttributeError: 'NoneType' object has no attribute 'hostname'" in log.read_text(encoding="utf-8")
        redis.start()
        wait_for(lambda: all(b"Connected to redis" in log.read_bytes().split(b"broker lost")[-1] for _, log in
                             (idle, busy, full)))  # fmt: skip
        assert [process.poll() for process, _ in (idle, busy, full)] == [None] * 3
