"""Traces that break one rule each, as short as they can be: by code, the line that is wrong, and the lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator.trace import Trace
from simulator.trace.bounds import DEPTH, SLOTS
from simulator.trace.file import LONGEST

Row = dict[str, Any]

HEADER: Row = {"trace": 1, "scenario": "example", "end": 9.0}
QUEUE: Row = {"type": "queue-declared", "queue": "celery"}
WORKER: Row = {
    "type": "worker-online",
    "hostname": "worker1",
    "queues": ["celery"],
    "pool": "prefork",
    "concurrency": 1,
    "prefetch_count": 4,
}
SENT: Row = {
    "type": "task-sent",
    "hostname": "producer",
    "uuid": "Task1",
    "name": "mail",
    "message": 1,
    "queue": "celery",
}
QUEUED: Row = {"type": "message-queued", "uuid": "Task1", "message": 1, "queue": "celery", "position": 0}
TASK: Row = {"uuid": "Task1", "message": 1, "delivery_tag": 1, "hostname": "worker1"}
DELIVERED: Row = {"type": "message-delivered", "queue": "celery", **TASK}
RECEIVED: Row = {"type": "task-received", "name": "mail", **TASK}
STARTED: Row = {"type": "task-started", "slot": 1, **TASK}
ACKED: Row = {"type": "message-acked", "queue": "celery", **TASK}
REQUEUED: Row = {"type": "message-requeued", "queue": "celery", "position": 0, "why": "shutdown", **TASK}
SUCCEEDED: Row = {"type": "task-succeeded", "slot": 1, "runtime": 1.0, **TASK}
DOWN: Row = {"type": "broker-down"}
CHANGED: Row = {"type": "setting-changed", "hostname": "worker1", "setting": "pool_grow", "value": 1}

DECLARED = [QUEUE, WORKER]
READY = [*DECLARED, SENT, QUEUED]
RUNNING = [*READY, DELIVERED, RECEIVED, STARTED]
WHOLE = [*RUNNING, ACKED, SUCCEEDED]


def trace_lines(rows: list[Row], **header: Any) -> list[str]:
    """Write rows as the lines of a trace, one each second unless they say when."""
    numbered = ({"t": float(t), "cause": -1, **row} for t, row in enumerate(rows))
    return [json.dumps(row) for row in ({**HEADER, **header}, *numbered)]


@dataclass(frozen=True)
class Example:
    """A trace that is refused for one reason."""

    code: str
    line: int
    lines: list[str]


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def _wrong_last(code: str, before: list[Row], row: Row) -> Example:
    """Return an example whose last event is wrong."""
    return Example(code, len(before) + 2, trace_lines([*before, row]))


def _of_files() -> Iterator[Example]:
    lines = trace_lines(WHOLE)
    yield Example("trace.empty", 1, [])
    yield Example("trace.header", 1, lines[1:])
    yield Example("trace.header", 1, trace_lines(WHOLE, end="soon"))
    yield Example("trace.version", 1, trace_lines(WHOLE, trace=9))
    yield Example("trace.hash", 1, trace_lines(WHOLE, hash="0" * 64))
    yield Example("trace.json", 3, [*lines[:2], "{", *lines[2:]])
    yield Example("trace.end", 1, trace_lines(WHOLE, end=1.0))
    yield Example("trace.time", 1, trace_lines(WHOLE, end=1e10))
    yield Example("trace.bound", 1, trace_lines(WHOLE, silent_polls={"worker1": -1}))
    for header in (
        {"returns": {"1": float("nan")}},
        {"tasks": {"mail": {"rate_limit": "often"}}},
        {"unsent": {"a": ["b"], "b": ["c", "a"]}},
        {"recorded": {"since": "yesterday"}},
        {"recorded": {"notes": {"late": "many"}}},
    ):
        yield Example("trace.value", 1, trace_lines(WHOLE, **header))
    over = json.dumps({"end": 1.0, "recorded": {}})
    yield Example("trace.end", len(WHOLE) + 2, [*trace_lines(WHOLE, recorded={"since": 1.0}), over])
    yield Example("trace.time", len(WHOLE) + 2, [*trace_lines(WHOLE, recorded={"since": 1.0}), over.replace("1", "-1")])


def _of_events() -> Iterator[Example]:
    yield _wrong_last("trace.event", DECLARED, {"type": "task-begun"})
    yield _wrong_last("trace.event", DECLARED, {**SENT, "uuid": 7})
    yield _wrong_last("trace.cause", DECLARED, {**SENT, "cause": 2})
    yield _wrong_last("trace.cause", DECLARED, {**SENT, "cause": -2})
    yield _wrong_last("trace.order", DECLARED, {**SENT, "t": 0.5})
    for t in (-1.0, 1e10):
        yield _wrong_last("trace.time", DECLARED, {**SENT, "t": t})
    yield _wrong_last("trace.long", DECLARED, {**SENT, "args": ["x" * LONGEST]})
    yield _wrong_last("trace.nesting", DECLARED, {**SENT, "args": _nested(DEPTH + 2)})
    yield _wrong_last("trace.bound", DECLARED, {**SENT, "eta": 1e300})
    yield _wrong_last("trace.bound", DECLARED, {**SENT, "message": 0})
    yield _wrong_last("trace.bound", [], {**WORKER, "concurrency": SLOTS + 1})
    yield _wrong_last("trace.bound", RUNNING, {"type": "child-started", "hostname": "worker1", "slot": 10**9})
    yield _wrong_last("trace.value", [], {**WORKER, "settings": {"memory": float("nan")}})
    yield _wrong_last("trace.value", DECLARED, {**CHANGED, "value": "much"})


def _of_identities() -> Iterator[Example]:
    yield _wrong_last("trace.queue_again", READY, QUEUE)
    yield _wrong_last("trace.worker_again", READY, WORKER)
    yield _wrong_last("trace.message_again", READY, {**SENT, "uuid": "Task2"})
    again = [*READY, DELIVERED, REQUEUED]
    yield _wrong_last("trace.delivery_again", again, DELIVERED)
    yield _wrong_last("trace.broker_again", [DOWN], DOWN)
    yield _wrong_last("trace.broker_again", [], {"type": "broker-up"})
    yield _wrong_last("trace.unknown_queue", DECLARED, {**SENT, "queue": "mails"})
    yield _wrong_last("trace.unknown_worker", READY, {**DELIVERED, "hostname": "worker2"})
    yield _wrong_last("trace.unknown_message", READY, {**DELIVERED, "uuid": "Task2"})
    yield _wrong_last("trace.unknown_message", RUNNING, {**ACKED, "message": 2})
    yield _wrong_last("trace.unknown_delivery", RUNNING, {**ACKED, "delivery_tag": 2})
    other = {**WORKER, "hostname": "worker2"}
    yield _wrong_last("trace.other_worker", [*RUNNING, other], {**SUCCEEDED, "hostname": "worker2"})


def _of_moves() -> Iterator[Example]:
    yield _wrong_last("trace.not_sent", READY, QUEUED)
    yield _wrong_last("trace.not_ready", [*DECLARED, SENT], DELIVERED)
    yield _wrong_last("trace.not_ready", RUNNING, {**DELIVERED, "delivery_tag": 2})
    yield _wrong_last("trace.not_unacked", WHOLE, REQUEUED)
    yield _wrong_last("trace.position", [*DECLARED, SENT], {**QUEUED, "position": 1})
    gone = {"type": "worker-offline", "hostname": "worker1"}
    yield _wrong_last("trace.worker_gone", [*DECLARED, gone], gone)


def _of_lives() -> Iterator[Example]:
    held = [*READY, DELIVERED]
    yield _wrong_last("trace.life", held, STARTED)
    yield _wrong_last("trace.life", [*held, RECEIVED], RECEIVED)
    yield _wrong_last("trace.life", RUNNING, {"type": "task-scheduled", "eta": 9.0, **TASK})
    yield _wrong_last("trace.life", [*held, RECEIVED], SUCCEEDED)
    yield _wrong_last("trace.life", RUNNING, {**SUCCEEDED, "slot": 2})
    yield _wrong_last("trace.life", WHOLE, SUCCEEDED)
    yield _wrong_last("trace.life", WHOLE, {"type": "effect", **TASK})
    yield _wrong_last("trace.life", WHOLE, {"type": "task-revoked", **TASK})
    killed = {"type": "worker-lost", "hostname": "worker1"}
    yield _wrong_last("trace.life", [*RUNNING, killed], SUCCEEDED)
    yield _wrong_last("trace.life", [*held, RECEIVED, killed, WORKER], STARTED)
    other = {**TASK, "uuid": "Task2", "message": 2, "delivery_tag": 2}
    two = [{**row, **other} for row in (SENT, QUEUED, DELIVERED, RECEIVED)]
    two[0]["hostname"] = "producer"
    yield _wrong_last("trace.slot_taken", [*RUNNING, *two], {**STARTED, **other})


EXAMPLES = [*_of_files(), *_of_events(), *_of_identities(), *_of_moves(), *_of_lives()]


def lines_of(trace: Trace) -> list[str]:
    """Return the lines of a trace's file."""
    from io import StringIO

    from simulator.trace import write_trace

    text = StringIO()
    write_trace(trace, text)
    return text.getvalue().splitlines()
