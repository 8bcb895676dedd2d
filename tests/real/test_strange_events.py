"""What is published where events are expected, and is none, is counted and left."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis

from simulator.real.recording.raw import APART, arguments, is_readable, keywords, moment
from simulator.real.recording.recorder import Recorder
from simulator.story.run import read_run
from tests.real.brokers import URLS, needs

NOW = 1_800_000_000.0
HEARTBEAT = {"type": "worker-heartbeat", "hostname": "w1@h", "timestamp": NOW, "freq": 2.0, "active": 0, "processed": 1}
RECEIVED = {"type": "task-received", "uuid": "A", "name": "a", "hostname": "w1@h", "timestamp": NOW, "args": "(1,)"}


def each(event: dict[str, Any], field: str, *values: Any) -> list[Any]:
    return [{**event, field: value} for value in values]


STRANGE: list[Any] = [
    *(5, None, "text", [], {}, True),
    *each(HEARTBEAT, "type", None, 5, "", "pool-resized", ["task-sent"]),
    *each(HEARTBEAT, "timestamp", None, "now", float("nan"), float("inf"), -1, 10**400),
    {**HEARTBEAT, "timestamp": NOW + 2 * APART},
    *each(HEARTBEAT, "clock", "5", 1.5, -1, [1], 2**64),
    *each(HEARTBEAT, "freq", "2", float("nan"), -1, []),
    *each(HEARTBEAT, "active", "0", -1, 10**30, {}),
    *each(HEARTBEAT, "processed", -3, "1", [2]),
    *each(HEARTBEAT, "hostname", 5, ["w1"], {"w": 1}),
    *each(RECEIVED, "uuid", 5, ["A"], {}),
    *each(RECEIVED, "retries", "0", -1, 1.5, 10**30, []),
    *each(RECEIVED, "runtime", float("nan"), "1", -1, {}),
    *each(RECEIVED, "eta", 5, [], {}),
    {**RECEIVED, "priority": "high"},
    {**RECEIVED, "args": [float("nan")]},
    {**RECEIVED, "result": "\ud800"},
    {**RECEIVED, "kwargs": json.loads("[" * 30 + "]" * 30)},
    {**RECEIVED, "name": {"a": 1}},
    {**RECEIVED, "queue": 7},
]


@pytest.mark.parametrize("event", [HEARTBEAT, RECEIVED, {**RECEIVED, "uuid": None}, {**HEARTBEAT, "more": [1, "x"]}])
def test_what_celery_sends_is_read(event: dict[str, Any]) -> None:
    assert is_readable(event, NOW)


@pytest.mark.parametrize("event", STRANGE, ids=lambda event: str(event)[:60])
def test_what_it_never_sends_is_not(event: Any) -> None:
    assert not is_readable(event, NOW)


def test_values_that_a_trace_cannot_hold_stay_text() -> None:
    deep = "(" + "[" * 30 + "]" * 30 + ",)"
    assert arguments(deep) == (deep,)
    assert arguments("(1e999,)") == ("(1e999,)",)
    assert keywords(f"{{'n': {10**40}}}") == {"**": f"{{'n': {10**40}}}"}
    assert moment("9999-12-31T23:59:59", -1e300) is None


@pytest.mark.real
@needs("redis")
def test_a_recording_goes_on_after_them(tmp_path: Any) -> None:
    stream = io.StringIO()
    recorder = Recorder(URLS["redis"], stream)
    thread = threading.Thread(target=recorder.run)
    thread.start()
    try:
        wait_for(lambda: recorder.header is not None)
        publish({"type": "worker-online", "hostname": "odd@h", "timestamp": time.time(), "freq": 2.0})
        wait_for(lambda: recorder.progress.workers == 1)
        for event in STRANGE:
            recent = isinstance(event, dict) and event.get("timestamp") == NOW
            publish({**event, "timestamp": time.time()} if recent else event)
        for text in ("no JSON", '{"body": 5}', "[]", '{"body": "!", "properties": {}}'):
            publish_raw(text)
        for more in ({"content-encoding": "binary"}, {"content-type": "application/x-python-serialize"}):
            publish({"type": "worker-heartbeat"}, **more)
        publish({"type": "worker-offline", "hostname": "odd@h", "timestamp": time.time()})
        wait_for(lambda: recorder.progress.workers == 0)
    finally:
        recorder.stop()
        thread.join(20)
    assert recorder.notes["unreadable"] > 30
    file = tmp_path / "odd.jsonl"
    file.write_text(stream.getvalue(), encoding="utf-8")
    assert [event.type for event in read_run(str(file))] == ["worker-online", "worker-offline"]


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def publish(event: Any, **more: Any) -> None:
    """As a worker does, with `more` in the message's envelope."""
    delivery = {"exchange": "celeryev", "routing_key": "worker.heartbeat"}
    envelope = {
        "body": json.dumps(event),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {},
        "properties": {"delivery_info": delivery, "delivery_tag": "1"},
    }
    publish_raw(json.dumps({**envelope, **more}))


def publish_raw(text: str) -> None:
    with Redis.from_url(URLS["redis"]) as client:
        database = client.connection_pool.connection_kwargs.get("db", 0)
        client.publish(f"/{database}.celeryev/worker.heartbeat", text)
