"""A run as Celery's own events: the dictionaries that a real cluster would send."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from simulator.story.values import in_language
from simulator.trace import Trace, as_seconds, to_micros
from simulator.trace import events as ev

Raw = dict[str, Any]
"""An event as Celery's receiver passes it on."""

CLUSTER = "ackademy"
"""Host name of the simulated workers' machine: `w1@ackademy`."""
CELERYS = (
    *("task-sent", "task-received", "task-started", "task-succeeded", "task-failed", "task-retried"),
    *("task-rejected", "task-revoked", "task-cancelled", "worker-online", "worker-heartbeat", "worker-offline"),
)
FREQUENCY = 2.0
"""Seconds between heartbeats (celery.worker.heartbeat: Heart)."""
BEAT = to_micros(FREQUENCY)
QUIET, BEFORE = to_micros(3600), to_micros(60)
"""Length of a silence after which heartbeats pause, and how long before its end they go on, in microseconds.

A run of many years with two events would otherwise have a thousand million of them."""
LAST_SECOND = datetime.max.replace(tzinfo=UTC).timestamp() - 1
IDENTITY = {"sw_ident": "ackademy", "sw_sys": "simulated"}


def celery_events(trace: Trace, start: float, speed: float = 1.0, until: int | None = None) -> Iterator[Raw]:
    """Celery's events of a run that begins at the Unix time `start` and plays `speed` times as fast, in order.

    `until` is a cursor: only what the first so many events bring.

    Durations (`runtime`) are those of the run. Where the run has no heartbeats as events they are added, since without
    them a monitor takes a worker for dead; a killed worker sends none.
    """
    clock = 0
    beats = _Heartbeats(trace)
    pids: dict[str, int] = {}
    for event in islice(trace, until):
        for raw, t in [*beats.before(event), (_as_celery(event, start, speed), event.t)]:
            if raw is None:
                continue
            clock += 1
            hostname = raw.pop("hostname")
            yield {
                "hostname": f"{hostname}@{CLUSTER}",
                "utcoffset": 0,
                "pid": pids.setdefault(hostname, 1000 + len(pids)),
                "clock": clock,
                **raw,
                "timestamp": start + as_seconds(t) / speed,
            }
        beats.after(event)


class _Heartbeats:
    """Heartbeats that the workers would have sent in a run without heartbeat events."""

    def __init__(self, trace: Trace) -> None:
        self._needed = not any(event.type == "worker-heartbeat" for event in trace)
        self._last = 0
        self._next: dict[str, int] = {}
        self._active: dict[str, int] = {}
        self._done: dict[str, int] = {}

    def before(self, event: ev.Event) -> list[tuple[Raw | None, int]]:
        """The heartbeats due before an event, with their times in microseconds."""
        found: list[tuple[Raw | None, int]] = []
        while self._needed and self._next:
            name, due = min(self._next.items(), key=lambda item: item[1])
            if due >= event.t:
                break
            if self._last + QUIET < due < event.t - BEFORE:
                self._next[name] = due - (due - event.t + BEFORE) // BEAT * BEAT
                continue
            self._next[name] = due + BEAT
            counts = {"active": self._active.get(name, 0), "processed": self._done.get(name, 0)}
            found.append(({"type": "worker-heartbeat", "hostname": name, "freq": FREQUENCY, **counts, **IDENTITY}, due))
        return found

    def after(self, event: ev.Event) -> None:
        """Count an event and note which workers are online."""
        self._last = event.t
        name = getattr(event, "hostname", "")
        if isinstance(event, ev.WorkerOnline):
            self._next[name] = event.t + BEAT
        elif isinstance(event, ev.WorkerOffline | ev.WorkerLost):
            self._next.pop(name, None)
        elif isinstance(event, ev.TaskStarted):
            self._active[name] = self._active.get(name, 0) + 1
        elif isinstance(event, ev.TaskSucceeded | ev.TaskFailed | ev.TaskRetried):
            self._active[name] = max(0, self._active.get(name, 0) - 1)
            self._done[name] = self._done.get(name, 0) + 1


def _as_celery(event: ev.Event, start: float, speed: float) -> Raw | None:
    """An event's fields in Celery's format, without those that all have; None if Celery reports no such event."""
    if event.type not in CELERYS:
        return None
    raw: Raw = {"type": event.type, "hostname": event.hostname}  # type: ignore[attr-defined]
    if isinstance(event, ev.WorkerOnline | ev.WorkerOffline | ev.WorkerHeartbeat):
        counts = (event.active, event.processed) if isinstance(event, ev.WorkerHeartbeat) else (0, 0)
        return {**raw, "freq": FREQUENCY, "active": counts[0], "processed": counts[1], **IDENTITY}
    raw["uuid"] = event.uuid  # type: ignore[attr-defined]
    if isinstance(event, ev.TaskSent | ev.TaskReceived):
        raw |= {
            "name": event.name,
            "args": repr(tuple(event.args)),
            "kwargs": repr(dict(event.kwargs)),
            "root_id": event.root_id or event.uuid,
            "parent_id": event.parent_id,
            "retries": event.retries,
            "eta": _clock_time(event.eta, start, speed),
            "expires": _clock_time(event.expires, start, speed),
        }
    match event:
        case ev.TaskSent():
            raw |= {"queue": event.queue, "exchange": "", "routing_key": event.queue}
        case ev.TaskSucceeded():
            raw |= {"result": repr(in_language(event.result, "en")), "runtime": as_seconds(event.runtime)}
        case ev.TaskFailed() | ev.TaskRetried():
            raw |= {"exception": event.exception, "traceback": f"{event.exception}\n"}
        case ev.TaskRejected():
            raw |= {"requeue": event.requeue}
        case ev.TaskRevoked():
            raw |= {"terminated": event.terminated, "signum": event.signum, "expired": event.expired}
    return raw


def _clock_time(t: int | None, start: float, speed: float) -> str | None:
    """Format a time as Celery does; one that no calendar has is the last second of it."""
    if t is None:
        return None
    return datetime.fromtimestamp(max(0.0, min(start + as_seconds(t) / speed, LAST_SECOND)), UTC).isoformat()
