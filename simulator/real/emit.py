"""A run published as Celery's own events, for the monitors of a cluster."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from celery import Celery
from kombu.exceptions import OperationalError

from simulator.story.logs.celery_events import CLUSTER, celery_events
from simulator.trace import Trace

if TYPE_CHECKING:
    from simulator.real.raw import Raw

EMIT_AHEAD = 0.05
"""Seconds of a run that are published at once."""


def _as_it_is(_: str, raw: Raw, **__: Any) -> Raw:
    """Stand-in for the fields with which the dispatcher would describe itself."""
    return raw


def _connection(app: Celery) -> Any:
    try:
        connection = app.connection_for_write()
        _ = connection.transport
    except (KeyError, ImportError) as error:  # no such transport, or what it needs is not installed
        raise OSError(str(error.args[0])) from error
    return connection


def emit(
    trace: Trace,
    broker: str,
    *,
    speed: float = 1.0,
    options: dict[str, Any] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> int:
    """Publish a run as events at `broker`, at its own pace; returns the number of events.

    `options` go over Celery's settings; `progress` hears the run's time in seconds. Only the event exchange is
    touched, which is the one that every monitor listens to.

    Raises:
        OSError: the broker does not answer.
    """
    app = Celery("ackademy", broker=broker, set_as_current=False)
    app.conf.update(options or {})
    count = 0
    try:
        with _connection(app) as connection:
            connection.ensure_connection(max_retries=1, timeout=5, interval_start=0.2)
            start = time.time() + EMIT_AHEAD
            with app.events.Dispatcher(connection, hostname=f"monitor@{CLUSTER}") as dispatcher:
                for raw in celery_events(trace, start, speed):
                    while (rest := raw["timestamp"] - time.time()) > 0:
                        time.sleep(min(rest, 0.25))
                        progress((time.time() - start) * speed)
                    dispatcher.publish(raw["type"], {"raw": raw}, dispatcher.producer, Event=_as_it_is)
                    count += 1
    except OperationalError as error:
        raise OSError(str(error)) from error
    finally:
        app.close()
    return count
