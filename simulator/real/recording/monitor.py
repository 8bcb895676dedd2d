"""Listener to the events of one cluster, in a thread of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from celery.events.receiver import EventReceiver

from simulator.real.gate import lost_of

if TYPE_CHECKING:
    from celery import Celery

    from simulator.real.recording.raw import Raw


class Monitor:
    """Collector of events, until it is stopped."""

    def __init__(self, app: Celery) -> None:
        """Do not listen yet."""
        self.raws: list[Raw] = []
        """Events in order of arrival."""
        self.online: dict[str, list[float]] = {}
        """Times (Unix) at which each worker came online."""
        self.failure: BaseException | None = None
        """The error that ended listening."""
        self._app = app
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True, name="monitor")

    def start(self, timeout: float = 10.0) -> bool:
        """Begin to listen; returns whether it has succeeded within `timeout` seconds."""
        self._thread.start()
        return self._ready.wait(timeout) and self.failure is None

    def stop(self) -> None:
        """Stop listening."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(5.0)

    def _listen(self) -> None:
        lost = lost_of(self._app)
        try:
            with self._app.connection_for_read() as connection:
                receiver = _Receiver(connection, handlers={"*": self._hear}, app=self._app)
                receiver.listening = self._ready
                receiver.until = self._stop
                receiver.capture(limit=None, timeout=None, wakeup=False)
        except _Stopped:
            pass
        except lost as error:
            self.failure = error
            self._ready.set()

    def _hear(self, raw: Raw) -> None:
        self.raws.append(dict(raw))
        if raw["type"] in ("worker-online", "worker-heartbeat"):
            name = str(raw.get("hostname")).partition("@")[0]
            if raw["type"] == "worker-online" or name not in self.online:
                self.online.setdefault(name, []).append(float(raw["timestamp"]))


class _Stopped(Exception):
    """A request to stop."""


class _Receiver(EventReceiver):  # type: ignore[misc]
    """Celery's receiver, made stoppable, which also signals that it listens."""

    listening: threading.Event
    until: threading.Event

    def on_consume_ready(self, *args: Any, **kwargs: Any) -> None:
        self.listening.set()

    def on_iteration(self) -> None:
        if self.until.is_set():
            raise _Stopped
