"""Celery's own worker log, as a real worker would have written it.

Formats: celery.app.defaults (DEFAULT_PROCESS_LOG_FMT, DEFAULT_TASK_LOG_FMT), celery.app.trace (LOG_RECEIVED, LOG_SUCCESS, LOG_FAILURE, LOG_RETRY;
Celery 5 writes no ETA), celery.exceptions (Retry), celery.worker.request (Request.revoked), celery.worker.consumer.consumer
(UNKNOWN_TASK_ERROR, CONNECTION_RETRY; Consumer's "ready"), celery.worker.consumer.connection, celery.apps.worker (the
shutdown lines, printed without a stamp), level INFO. Tracebacks and the dump of an unknown message's body and headers are
left out. A killed worker writes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from simulator.story.values import in_language
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import as_seconds
from simulator.visible import visible_line
from simulator.world.index import Index, index_of
from simulator.world.lives import lives_of

EPOCH = datetime(2026, 1, 1)
"""Date of simulated time 0 in the log: made up, and the same for every run."""

UNREGISTERED = """\
Received unregistered task of type {name!r}.
The message has been ignored and discarded.

Did you remember to import the module containing this task?
Or maybe you're using relative imports?

Please see
https://docs.celeryq.dev/en/latest/internals/protocol.html
for more information."""

OVERDUE = "delivery acknowledgement on channel 1 timed out"
"""RabbitMQ's reason for closing a channel (consumer_timeout), shortened."""

NOWHERE = "'NoneType' object has no attribute 'hostname'"
"""The AttributeError of a worker that cannot put back what it holds, as Redis is gone."""

SIGNALS = {3: "SIGQUIT", 9: "SIGKILL", 10: "SIGUSR1", 15: "SIGTERM"}

LOST = "consumer: Connection to broker lost. Trying to re-establish the connection..."

MAIN = "MainProcess"


def log_lines(trace: Trace) -> Iterator[str]:
    """The merged log of all workers; with more than one worker, each line begins with its name (`worker1 | `)."""
    index = index_of(trace)
    pools: dict[str, str] = {}
    several = len({e.hostname for e in trace if isinstance(e, ev.WorkerOnline)}) > 1
    online: dict[str, None] = {}
    for event in trace:
        if isinstance(event, ev.WorkerOnline):
            pools[event.hostname] = event.pool
            online[event.hostname] = None
        elif isinstance(event, ev.WorkerOffline | ev.WorkerLost):
            online.pop(event.hostname, None)
        # A broker's outage is in every worker's log.
        everyone = isinstance(event, ev.BrokerDown)
        text = log_text(event, index, pools.get(getattr(event, "hostname", ""), "prefork"))
        for name in online if everyone else (event.actor,):
            for line in text.split("\n") if text else ():
                yield f"{name} | {line}".rstrip() if several else line


def log_text(event: ev.Event, index: Index, pool: str = "prefork") -> str:
    """The log entry of an event, which may have several lines; empty if a worker logs nothing."""
    writer = WRITERS.get(type(event))
    return writer(event, index, pool) if writer is not None else ""


def _entry(event: ev.Event, level: str, process: str, message: str) -> str:
    moment = EPOCH + timedelta(microseconds=event.t)
    stamp = f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03d}"
    return f"[{stamp}: {level}/{process}] {message}"


def _child(event: Any, pool: str) -> str:
    """The process that runs a slot: only prefork has children."""
    return f"ForkPoolWorker-{event.slot}" if pool == "prefork" else MAIN


def _task(event: Any, index: Index) -> str:
    sent = index.publish(event.message)
    return f"Task {sent.name if sent is not None else '?'}[{event.uuid}]"


def _online(event: ev.WorkerOnline, index: Index, pool: str) -> str:
    return _entry(event, "INFO", MAIN, f"celery@{event.hostname} ready.")


def _received(event: ev.TaskReceived, index: Index, pool: str) -> str:
    return _entry(event, "INFO", MAIN, f"Task {event.name}[{event.uuid}] received")


def _logged(event: ev.TaskStarted, index: Index, pool: str) -> str:
    """The line that the task body logs, as `get_task_logger` formats it."""
    if event.log is None:
        return ""
    sent = index.publish(event.message)
    name = sent.name if sent is not None else "?"
    return _entry(event, "INFO", _child(event, pool), f"{name}[{event.uuid}]: {visible_line(event.log)}")


def _succeeded(event: ev.TaskSucceeded, index: Index, pool: str) -> str:
    result = in_language(event.result, "en")
    message = f"{_task(event, index)} succeeded in {as_seconds(event.runtime)}s: {result!r}"
    return _entry(event, "INFO", _child(event, pool), message)


def _failed(event: ev.TaskFailed, index: Index, pool: str) -> str:
    if not event.slot:
        sent = index.publish(event.message)
        return _entry(event, "ERROR", MAIN, UNREGISTERED.format(name=sent.name if sent is not None else "?"))
    if event.exception.startswith("TimeLimitExceeded("):
        limit = event.exception.removeprefix("TimeLimitExceeded(").removesuffix(")")
        told = f"Hard time limit ({limit}s) exceeded for {_task(event, index).removeprefix('Task ')}"
        return _entry(event, "ERROR", MAIN, told)
    if event.exception.startswith("WorkerLostError("):
        return _entry(event, "ERROR", MAIN, f"Task handler raised error: {event.exception}")
    message = f"{_task(event, index)} raised unexpected: {event.exception}"
    return _entry(event, "ERROR", _child(event, pool), message)


def _retried(event: ev.TaskRetried, index: Index, pool: str) -> str:
    message = f"{_task(event, index)} retry: Retry in {_countdown(event, index):g}s: {event.exception}"
    return _entry(event, "INFO", _child(event, pool), message)


def _countdown(event: ev.TaskRetried, index: Index) -> float:
    """Seconds for which the attempt after this one was told to wait; it was published before this event."""
    failed = index.publish(event.message)
    retries = failed.retries + 1 if failed is not None else 0
    for place in reversed(index.history(event.uuid, len(index.events))):
        sent = index.events[place]
        if isinstance(sent, ev.TaskSent) and sent.retries == retries and sent.t <= event.t:
            return as_seconds(sent.eta - sent.t) if sent.eta is not None else 0.0
    return 0.0


def _revoked(event: ev.TaskRevoked, index: Index, pool: str) -> str:
    if event.terminated:
        return _entry(
            event, "INFO", MAIN, f"Terminating {event.uuid} (Signals.{SIGNALS.get(event.signum or 0, event.signum)})"
        )
    return _entry(event, "INFO", MAIN, f"Discarding revoked task: {_task(event, index).removeprefix('Task ')}")


def _exited(event: ev.ChildExited, index: Index, pool: str) -> str:
    """Billiard's line about a child that was killed by a signal; Celery's about one that was not up in time."""
    if event.why == "slow-start":
        child = f"<ForkProcess(ForkPoolWorker-{event.slot}, started daemon)>"
        return _entry(event, "ERROR", MAIN, f"Timed out waiting for UP message from {child}")
    if event.why != "killed":
        return ""
    return _entry(event, "ERROR", MAIN, f"Process 'ForkPoolWorker-{event.slot}' exited with 'signal 9 (SIGKILL)'")


def _resized(event: ev.PoolResized, index: Index, pool: str) -> str:
    """celery.worker.autoscale: Autoscaler._grow, _shrink."""
    if event.why != "autoscale":
        return ""
    before = _size_before(event, index)
    way = "up" if event.size > before else "down"
    return _entry(event, "INFO", MAIN, f"Scaling {way} {abs(event.size - before)} processes.")


def _size_before(event: ev.PoolResized, index: Index) -> int:
    pool = lives_of(index.trace).workers[event.hostname].pool
    place = bisect_left(pool.times, event.t)
    while index.events[pool.indices[place]] is not event:
        place += 1
    return int(pool.values[place - 1])


def _changed(event: ev.SettingChanged, index: Index, pool: str) -> str:
    """A shutdown, or a remote-control command (celery.worker.control)."""
    setting, _, name = event.setting.partition(".")
    match setting:
        case "shutdown" if event.value == "consumer-timeout":
            return _entry(event, "CRITICAL", MAIN, f"Unrecoverable error: PreconditionFailed({OVERDUE!r})")
        case "shutdown" if event.value == "outage":
            return _entry(event, "CRITICAL", MAIN, f"Unrecoverable error: AttributeError({NOWHERE!r})")
        case "shutdown":
            return f"worker: {str(event.value).capitalize()} shutdown (MainProcess)"
        case "connection" if event.value == "lost":
            return _entry(event, "WARNING", MAIN, LOST)
        case "connection":
            return _entry(event, "INFO", MAIN, f"Connected to {_transport(index)}://")
        case "revoke":
            ids = event.value if isinstance(event.value, str) else ", ".join(event.value)
            return _entry(event, "INFO", MAIN, f"Tasks flagged as revoked: {ids}")
        case "rate_limit" if event.value:
            return _entry(event, "INFO", MAIN, f"New rate limit for tasks of type {name}: {event.value}.")
        case "rate_limit":
            return _entry(event, "INFO", MAIN, f"Rate limits disabled for tasks of type {name}")
        case "time_limit":
            soft, hard = event.value
            return _entry(event, "INFO", MAIN, f"New time limits for tasks of type {name}: soft={soft} hard={hard}")
        case _:
            return ""


def _unstored(event: ev.ResultLost, index: Index, pool: str) -> str:
    return _entry(event, "ERROR", MAIN, "Pool callback raised exception: network:ConnectionError")


def _disconnected(event: ev.BrokerDown, index: Index, pool: str) -> str:
    return _entry(event, "WARNING", MAIN, LOST)


def _transport(index: Index) -> str:
    online = next((e for e in index.events if isinstance(e, ev.WorkerOnline)), None)
    return str((online.settings.get("transport") if online is not None else None) or "amqp")


WRITERS: dict[type[ev.Event], Callable[[Any, Index, str], str]] = {
    ev.WorkerOnline: _online,
    ev.TaskReceived: _received,
    ev.TaskStarted: _logged,
    ev.TaskSucceeded: _succeeded,
    ev.TaskFailed: _failed,
    ev.TaskRetried: _retried,
    ev.TaskRevoked: _revoked,
    ev.SettingChanged: _changed,
    ev.ChildExited: _exited,
    ev.PoolResized: _resized,
    ev.BrokerDown: _disconnected,
    ev.ResultLost: _unstored,
}
"""Writers of the events that Celery logs, and of the one at which a task's body logs."""
