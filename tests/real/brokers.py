"""Brokers that answer on this machine; TEST_REDIS and TEST_RABBITMQ name others than the usual ones."""

from __future__ import annotations

import os
import socket
from functools import cache
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
