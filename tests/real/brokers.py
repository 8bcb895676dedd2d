"""Brokers that answer on this machine; TEST_REDIS and TEST_RABBITMQ name others than the usual ones."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

DATABASE = 13 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 13
"""Each of xdist's processes has a Redis database of its own: some tests ask whether anything at all was left in it."""

URLS = {
    "redis": os.environ.get("TEST_REDIS", f"redis://127.0.0.1:6379/{DATABASE}"),
    "rabbitmq": os.environ.get("TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//"),
}
SMOKE = ("three-task-order", "three-task-order-pushed")
"""The predictions that `make test` holds against a real Celery; `make test-real` holds all."""


@cache
def answers(broker: str) -> bool:
    """Return True if something listens at the address of this broker."""
    url = urlsplit(URLS[broker])
    try:
        with socket.create_connection((url.hostname, url.port), timeout=2):
            return True
    except OSError:
        return False


def needs(broker: str) -> pytest.MarkDecorator:
    """Skips a test where the broker does not answer."""
    return pytest.mark.skipif(not answers(broker), reason=f"no {broker} answers")


BROKERS = [pytest.param(name, marks=needs(name)) for name in sorted(URLS)]
"""The parameters of a test that is held on each."""


def case(name: str, broker: str) -> object:
    """A parameter set that is skipped where its broker does not answer."""
    marks = [needs(broker), *([pytest.mark.smoke] if name in SMOKE else [])]
    return pytest.param(name, broker, id=f"{name}-{broker}", marks=marks)


HAS_REDIS_SERVER = shutil.which("redis-server") is not None
"""Whether a test can have a Redis of its own."""


class OwnRedis:
    """A Redis server that belongs to one test, which may stop it and start it again.

    With a folder it keeps what it holds there when it is stopped, as a deployed one does; without, it forgets.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Start it on a free port."""
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it where it was and wait until it answers."""
        keeps = ["--save", "", "--appendonly", "no"]
        if self.folder is not None:
            keeps = ["--save", "3600 1", "--dir", str(self.folder), "--dbfilename", f"{self.port}.rdb"]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), *keeps], stdout=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + 30
        while not self.answers():
            assert time.monotonic() < until, "redis-server does not answer"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Return True if something listens at its port."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Shut it down; it saves first if it has a folder."""
        self.process.terminate()
        self.process.wait(30)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
