"""Real brokers and workers for tests: each cluster has a queue of its own, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.real.brokers import URLS


@dataclass
class RealCluster:
    """A worker with two children, and who sends to it."""

    url: str
    name: str
    """Name of its worker in a trace."""
    queue: str
    worker: subprocess.Popen[bytes]
    env: dict[str, str]

    def send(self, *calls: tuple[str, float]) -> None:
        """Call tasks by name, from a process of its own as a producer would."""
        lines = [f"app.tasks[{name!r}].apply_async(({seconds},))" for name, seconds in calls]
        code = "\n".join(["from tests.real.application import app", *lines])
        subprocess.run([sys.executable, "-c", code], env=self.env, check=True, timeout=30)


@contextmanager
def cluster(broker: str, *options: str) -> Iterator[RealCluster]:
    """Start a worker and wait until it answers."""
    url = URLS[broker]
    name = f"w{uuid.uuid4().hex[:8]}"
    queue = f"ackademy-test-{name}"
    env = {**os.environ, "ACKADEMY_TEST_BROKER": url, "ACKADEMY_TEST_QUEUE": queue, "PYTHONPATH": os.getcwd()}
    words = ["-A", "tests.real.application", "worker", "-n", f"{name}@test", "-c", "2", "-l", "error", *options]
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", *words], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(url, f"{name}@test")
        yield RealCluster(url, name, queue, worker, env)
    finally:
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(15)
        except subprocess.TimeoutExpired:
            worker.kill()
        _clean(url, queue)


def _app(url: str) -> Any:
    from celery import Celery

    return Celery("tests", broker=url, set_as_current=False)


def _wait_for(url: str, host: str, patience: float = 30) -> None:
    inspect = _app(url).control.inspect(destination=[host], timeout=0.5)
    deadline = time.monotonic() + patience
    while not inspect.ping():
        assert time.monotonic() < deadline, "the worker did not start"


def _clean(url: str, queue: str) -> None:
    """Delete the queue, and on Redis what binds it."""
    with _app(url).connection_for_write() as connection:
        channel = connection.default_channel
        channel.queue_delete(queue)
        if connection.transport.driver_type == "redis":
            channel.client.delete(f"_kombu.binding.{queue}", f"_kombu.binding_permanent.{queue}")
