"""A broker that dies under a command: a recording outlives its restart, everything else ends in words."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery

from simulator.real.recording.recorder import Recorder
from tests.real.brokers import HAS_REDIS_SERVER, OwnRedis

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not HAS_REDIS_SERVER, reason="no redis-server"),
]


@pytest.fixture
def redis() -> Iterator[OwnRedis]:
    started = OwnRedis()
    yield started
    started.kill()


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def say(redis: OwnRedis, kind: str, host: str) -> None:
    with Celery(broker=redis.url, set_as_current=False) as app, app.events.default_dispatcher(hostname=host) as speaker:
        speaker.send(kind, freq=2.0)


def test_a_recording_outlives_a_restart(redis: OwnRedis) -> None:
    recorder = Recorder(redis.url, io.StringIO())
    thread = threading.Thread(target=recorder.run)
    thread.start()
    try:
        wait_for(lambda: recorder.header is not None)
        say(redis, "worker-online", "before@h")
        wait_for(lambda: recorder.progress.workers == 1)
        redis.kill()
        wait_for(lambda: recorder.notes["reconnected"] == 1)
        redis.start()

        def heard() -> bool:
            say(redis, "worker-online", "after@h")
            return "after" in str(recorder.stream.getvalue())  # type: ignore[union-attr]

        wait_for(heard)
    finally:
        recorder.stop()
        thread.join(30)
    assert not thread.is_alive()
    assert recorder.notes["reconnected"] == 1


@pytest.mark.parametrize("command", ["emit", "verify"])
def test_a_lost_broker_is_told(command: str, redis: OwnRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    words = [sys.executable, "-m", "simulator", command, "retry", "--broker", redis.url]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    process.stderr.readline()  # what it is about to do
    time.sleep(2)
    redis.kill()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, out + err
    assert "Published" not in err
    assert "internal" not in err
