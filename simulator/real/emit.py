"""A run published as Celery's own events, for the monitors of a cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from celery import Celery

from simulator.real.gate import PATIENCE, bounded, lost_with, make_celery
from simulator.story.logs.celery_events import CLUSTER, celery_events
from simulator.trace import Trace

if TYPE_CHECKING:
    from simulator.real.recording.raw import Raw

EMIT_AHEAD = 0.05
"""Seconds of a run that are published at once."""


CONFIRMED = {"confirm_publish": True, "read_timeout": PATIENCE, "write_timeout": PATIENCE}
"""Transport options of AMQP: the broker says that it has a message before the next one is sent."""


def _as_it_is(_: str, raw: Raw, **__: Any) -> Raw:
    """Stand-in for the fields with which the dispatcher would describe itself."""
    return raw


@contextmanager
def _connection(app: Celery) -> Iterator[Any]:
    """A connection that answers; raises `OSError` if none can be made, or once it is lost."""
    connection = app.connection_for_write()
    lost = lost_with(connection)
    with connection:
        try:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE, interval_start=0.2)
            _ = connection.default_channel
        except ValueError as error:  # a database's number that is none
            raise OSError(str(error)) from error
        except lost as error:
            raise OSError(str(error)) from error
        try:
            yield connection
        except lost as error:
            raise OSError(str(error)) from error


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
        OSError: the broker does not answer, or no longer does.
    """
    app = make_celery(broker=broker, set_as_current=False)
    app.conf.broker_transport_options = bounded(broker) or CONFIRMED
    app.conf.update(options or {})
    count = 0
    try:
        with _connection(app) as connection:
            start = time.time() + EMIT_AHEAD
            # What is buffered while nobody answers would count as published.
            with app.events.Dispatcher(
                connection, hostname=f"monitor@{CLUSTER}", buffer_while_offline=False
            ) as dispatcher:
                for raw in celery_events(trace, start, speed):
                    while (rest := raw["timestamp"] - time.time()) > 0:
                        time.sleep(min(rest, 0.25))
                        progress((time.time() - start) * speed)
                    dispatcher.publish(raw["type"], {"raw": raw}, dispatcher.producer, Event=_as_it_is)
                    count += 1
    finally:
        app.close()
    return count
