"""`record`: a running cluster becomes a trace that every command accepts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.engine import simulate
from simulator.export import scenario_from_recording, scenario_text
from simulator.measure import summary
from simulator.scenario import Problem, parse_scenario
from simulator.story.run import Run, read_run
from simulator.story.tell import tell
from simulator.trace import Trace
from tests.real.clusters import BROKERS, RealCluster, cluster

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

CALLS = [("nap", 0.5), ("nap", 0.5), ("nap", 0.5), ("flaky", 0.1)]


@pytest.fixture(scope="module", params=sorted(BROKERS))
def running(request: pytest.FixtureRequest) -> Iterator[RealCluster]:
    with cluster(request.param) as found:
        yield found


def start(running: RealCluster, file: Path, *options: str) -> subprocess.Popen[str]:
    """Begin to record; returns when the file has its first lines."""
    words = [sys.executable, "-m", "simulator", "record", "--broker", running.url, "-o", str(file), *options]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.getcwd()})
    deadline = time.monotonic() + 30
    while not file.exists() or not file.read_text(encoding="utf-8").count("\n"):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


def wait_for(file: Path, kind: str, count: int) -> None:
    deadline = time.monotonic() + 30
    while file.read_text(encoding="utf-8").count(f'"type": "{kind}"') < count:
        assert time.monotonic() < deadline, f"{kind} x {count} never came"
        time.sleep(0.1)


def ended(trace: Trace) -> Counter[str]:
    return Counter(event.type for event in trace if event.type.startswith("task-") and not event.inferred)


def test_a_live_run_is_recorded_killed_and_replayed(running: RealCluster, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    one = start(running, whole, "--enable-events", "--redact", "--lang", "ko")
    two = start(running, killed)
    running.send(*CALLS)
    wait_for(killed, "task-succeeded", 2)
    two.send_signal(signal.SIGKILL)
    wait_for(whole, "task-succeeded", 4)
    one.send_signal(signal.SIGTERM)
    said = one.communicate(timeout=20)[1]
    two.communicate(timeout=20)
    assert one.returncode == 0, said
    assert "Task 5개를 기록했습니다" in said

    trace = read_run(str(whole))
    assert ended(trace) == {
        "task-sent": 5, "task-received": 5, "task-started": 5, "task-retried": 1, "task-succeeded": 4,
    }  # fmt: skip
    (worker,) = [event for event in trace if event.type == "worker-online"]
    assert (worker.queues, worker.concurrency, worker.prefetch_count) == ((running.queue,), 2, 2)  # type: ignore[attr-defined]
    assert worker.inferred, "it was there before"
    text = whole.read_text(encoding="utf-8")
    assert "4711" not in text
    assert "rested" not in text
    assert '"args": ["***"]' in text
    late = {event.delivery_tag for event in trace if event.type == "task-started" and event.uuid in _of(trace, "flaky")}  # type: ignore[attr-defined]
    order = [(event.type, event.delivery_tag) for event in trace if event.type in ("message-acked", "task-started")]  # type: ignore[attr-defined]
    for tag in late:
        assert order.index(("task-started", tag)) < order.index(("message-acked", tag)), "flaky is acks_late"

    cut = read_run(str(killed))
    assert 2 <= ended(cut)["task-succeeded"] <= 4
    for found in (trace, cut):
        for lang in ("ko", "en"):
            assert list(tell(Run(found), lang))
        assert summary(found).types
    running_waits = {kind.name: kind.wait.mean for kind in summary(trace).types}
    draft = scenario_from_recording(trace)
    again = simulate(parse_scenario(scenario_text(draft, Problem("recording.origin"))))
    for kind in summary(again).types:
        assert kind.wait.mean == pytest.approx(running_waits[kind.name], abs=0.15), kind.name


def _of(trace: Trace, name: str) -> set[str]:
    return {event.uuid for event in trace if event.type == "task-sent" and event.name == name}  # type: ignore[attr-defined]


def test_without_the_flag_nothing_is_changed_and_what_was_not_told_is_reported(
    running: RealCluster, tmp_path: Path
) -> None:
    file = tmp_path / "quiet.jsonl"
    recorder = start(running, file)
    wait_for(file, "worker-heartbeat", 1)
    running.send(("nap", 0.1))
    wait_for(file, "worker-heartbeat", 3)
    recorder.send_signal(signal.SIGTERM)
    said = recorder.communicate(timeout=20)[1]
    assert recorder.returncode == 0, said
    trace = read_run(str(file))
    assert "task-started" not in ended(trace), "events were off, and are off again after a recording that enabled them"
    assert trace.header.recorded["notes"]["mute"] == 1
    assert "--enable-events" in said
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[-1])["end"] == trace.end / 1e6


def test_a_broker_that_does_not_answer_leaves_no_file(tmp_path: Path) -> None:
    pytest.importorskip("celery", reason="the extra 'real' is not installed")
    file = tmp_path / "none.jsonl"
    for lang, words in (("en", "no broker answers"), ("ko", "Broker가 응답하지 않습니다")):
        done = subprocess.run(
            [sys.executable, "-m", "simulator", "record", "--broker", "redis://127.0.0.1:1/0", "-o", str(file),
             "--lang", lang],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
        assert not file.exists()
