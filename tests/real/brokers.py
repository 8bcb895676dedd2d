"""Which brokers answer on this machine."""

from __future__ import annotations

import socket
from functools import cache

import pytest

URLS = {"redis": "redis://127.0.0.1:6379/0", "rabbitmq": "amqp://guest:guest@127.0.0.1:5672//"}


@cache
def answers(broker: str) -> bool:
    """Whether somebody listens where this broker usually is."""
    port = int(URLS[broker].rpartition(":")[2].strip("/").partition("/")[0])
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


def needs(broker: str) -> pytest.MarkDecorator:
    """Skips a test where the broker does not answer."""
    return pytest.mark.skipif(not answers(broker), reason=f"no {broker} answers at {URLS[broker]}")


def case(name: str, broker: str) -> object:
    """A parameter set that is skipped where its broker does not answer."""
    return pytest.param(name, broker, id=f"{name}-{broker}", marks=needs(broker))
