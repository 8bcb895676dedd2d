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
from simulator.trace import events as ev
from tests.real.brokers import BROKERS
from tests.real.clusters import RealCluster, cluster

pytestmark = [pytest.mark.real]

CALLS = [("nap", 0.5), ("nap", 0.5), ("nap", 0.5), ("flaky", 0.1)]


@pytest.fixture(params=BROKERS)
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


def wait_for(file: Path, running: RealCluster, kind: str, count: int) -> None:
    """Until so many of our worker's events of a kind are written."""
    deadline = time.monotonic() + 30
    while _count(file, running, kind) < count:
        assert time.monotonic() < deadline, f"{kind} x {count} never came"
        time.sleep(0.1)


def _count(file: Path, running: RealCluster, kind: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return sum(f'"type": "{kind}"' in line and f'"{running.name}"' in line for line in lines)


def told(trace: Trace, running: RealCluster) -> Counter[str]:
    """Reported (not inferred) events of our tasks and worker; others may use the same broker."""
    ours = {e.uuid for e in trace if isinstance(e, ev.TaskReceived) and e.hostname == running.name}
    return Counter(e.type for e in trace if not e.inferred and getattr(e, "uuid", None) in ours)


def test_a_live_run_is_recorded_killed_and_replayed(running: RealCluster, tmp_path: Path) -> None:
    whole, killed, quiet = (tmp_path / f"{name}.jsonl" for name in ("whole", "killed", "quiet"))
    one = start(running, whole, "--enable-events", "--redact", "--lang", "ko")
    two = start(running, killed)
    running.send(*CALLS)
    wait_for(killed, running, "task-succeeded", 2)
    two.send_signal(signal.SIGKILL)
    wait_for(whole, running, "task-succeeded", 4)
    one.send_signal(signal.SIGTERM)
    said = one.communicate(timeout=20)[1]
    two.communicate(timeout=20)
    assert one.returncode == 0, said
    assert "개를 기록했습니다" in said

    trace, cut = read_run(str(whole)), read_run(str(killed))
    assert told(trace, running) == {
        "task-sent": 5, "task-received": 5, "task-started": 5, "task-retried": 1, "task-succeeded": 4,
    }  # fmt: skip
    assert 2 <= told(cut, running)["task-succeeded"] <= 4
    for found in (trace, cut):
        for lang in ("ko", "en"):
            assert list(tell(Run(found), lang))
    _the_cluster_is_known(trace, running)
    _nothing_secret_is_left(whole)
    _a_scenario_made_of_it_waits_as_long(trace, running)
    _what_was_not_told_is_reported(running, quiet)


def _the_cluster_is_known(trace: Trace, running: RealCluster) -> None:
    (worker,) = [e for e in trace if isinstance(e, ev.WorkerOnline) and e.hostname == running.name]
    assert (worker.queues, worker.concurrency, worker.prefetch_count) == ((running.queue,), 2, 2)
    assert worker.inferred, "it was there before"
    flaky = {e.uuid for e in trace if isinstance(e, ev.TaskSent) and e.name == "flaky" and e.queue == running.queue}
    order = [(e.type, e.delivery_tag) for e in trace if isinstance(e, ev.MessageAcked | ev.TaskStarted)]
    started = [e.delivery_tag for e in trace if isinstance(e, ev.TaskStarted) and e.uuid in flaky]
    assert len(started) == 2
    for tag in started:
        assert order.index(("task-started", tag)) < order.index(("message-acked", tag)), "flaky is acks_late"


def _nothing_secret_is_left(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "4711" not in text
    assert "rested" not in text
    assert '"args": ["***"]' in text


def _a_scenario_made_of_it_waits_as_long(trace: Trace, running: RealCluster) -> None:
    draft = scenario_from_recording(trace)
    scenario = parse_scenario(scenario_text(draft, Problem("recording.origin")))
    assert (scenario.model.tasks["nap"].acks_late, scenario.model.tasks["flaky"].acks_late) == (None, True)
    again = simulate(scenario)
    recorded = {kind.name: kind.wait.mean for kind in summary(trace).types}
    for kind in summary(again).types:
        if kind.name in ("nap", "flaky"):
            assert kind.wait.mean == pytest.approx(recorded[kind.name], abs=0.15), kind.name


def _what_was_not_told_is_reported(running: RealCluster, file: Path) -> None:
    """Events were off before a recording enabled them, and are off again after it."""
    recorder = start(running, file)
    wait_for(file, running, "worker-heartbeat", 1)
    running.send(("nap", 0.1))
    wait_for(file, running, "worker-heartbeat", 3)
    recorder.send_signal(signal.SIGTERM)
    said = recorder.communicate(timeout=20)[1]
    assert recorder.returncode == 0, said
    trace = read_run(str(file))
    assert not [e for e in trace if isinstance(e, ev.TaskStarted) and e.hostname == running.name]
    assert trace.header.recorded["notes"]["mute"] >= 1
    assert "--enable-events" in said
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[-1])["end"] == trace.end / 1e6


def test_a_broker_that_does_not_answer_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "none.jsonl"
    for lang, words in (("en", "the broker does not answer"), ("ko", "Broker가 응답하지 않습니다")):
        done = subprocess.run(
            [sys.executable, "-m", "simulator", "record", "--broker", "redis://127.0.0.1:1/0", "-o", str(file),
             "--lang", lang],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
        assert not file.exists()
