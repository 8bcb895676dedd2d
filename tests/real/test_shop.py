"""The shop, recorded for a minute on each broker: recording and model are held against the log of the shop itself."""

from __future__ import annotations

import json
import subprocess
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from simulator.engine import simulate
from simulator.export import scenario_from_recording, scenario_text
from simulator.measure import summary
from simulator.scenario import Problem, load_scenario
from simulator.story.run import read_run
from simulator.study.calibrating import calibrate_model
from simulator.trace import Trace, as_seconds
from simulator.trace import events as ev
from tests.real.brokers import HAS_REDIS_SERVER
from tests.real.shop_runs import VHOST, customers_of, record, shop

pytestmark = [
    pytest.mark.real,
    pytest.mark.soak,
    pytest.mark.skipif(not HAS_REDIS_SERVER, reason="no redis-server"),
]

SECONDS = 60


def has_vhost() -> bool:
    """Return True if RabbitMQ has the virtual host of the shop, whose queues and events are then its own."""
    words = ["rabbitmqctl", "list_vhosts", "--quiet"]
    try:
        told = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False).stdout
    except FileNotFoundError:
        return False
    return VHOST in told.split()


class Log:
    """What the shop says itself, in seconds of the recording."""

    def __init__(self, file: Path, since: float) -> None:
        """Read its lines."""
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        self.starts: dict[str, list[float]] = defaultdict(list)
        self.sent: dict[str, float] = {}
        self.names: dict[str, str] = {}
        for line in sorted(lines, key=lambda line: line["t"]):
            if line["what"] == "start":
                self.starts[line["id"]].append(line["t"] - since)
            elif line["what"] == "publish" and line["retries"] == 0:
                self.sent[line["id"]] = line["t"] - since
                self.names[line["id"]] = line["name"]

    def waits(self, end: float) -> dict[str, list[float]]:
        """Waits by type of what was sent and started before the end, in ascending order."""
        found: dict[str, list[float]] = defaultdict(list)
        for uuid, sent in self.sent.items():
            if sent >= 0 and self.starts[uuid] and self.starts[uuid][0] < end:
                found[self.names[uuid]].append(self.starts[uuid][0] - sent)
        return {name: sorted(waits) for name, waits in found.items()}


@pytest.fixture(scope="module", params=["redis", "rabbitmq"])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trace, Log, Path]:
    if request.param == "rabbitmq" and not has_vhost():  # asked here: it takes seconds, also of those who run no soak
        pytest.skip(f"no virtual host {VHOST}")
    folder = tmp_path_factory.mktemp("shop")
    with shop(request.param, folder, tells_sent=True) as found:
        recording = record(found, folder / "run.jsonl", SECONDS)
        customers = customers_of(found, SECONDS / 2, 1.0, 1)
        found.restart("w3")
        customers.wait()
        recording.wait()
    trace = read_run(str(folder / "run.jsonl"))
    return trace, Log(folder / "shop.jsonl", trace.header.recorded["since"]), folder / "run.jsonl"


def test_every_start_is_recorded_when_it_was(recorded: tuple[Trace, Log, Path]) -> None:
    trace, log, _ = recorded
    starts: dict[str, list[float]] = defaultdict(list)
    for event in trace:
        if isinstance(event, ev.TaskStarted) and not event.inferred:
            starts[event.uuid].append(as_seconds(event.t))
    end = as_seconds(trace.end)
    for uuid, times in log.starts.items():
        heard = sum(0 <= t < end - 1 for t in times)
        assert len(starts[uuid]) >= heard, (uuid, times)
    late = [abs(a - b) for uuid, times in starts.items() for a, b in zip(times, log.starts[uuid], strict=False)]
    assert sorted(late)[int(0.99 * len(late))] < 0.1


def test_a_deploy_is_no_death_and_no_run_is_without_an_end(recorded: tuple[Trace, Log, Path]) -> None:
    trace, _, _ = recorded
    notes = trace.header.recorded["notes"]
    assert not {"unended", "unreceived", "silent"} & notes.keys(), notes
    kinds = Counter(event.type for event in trace)
    assert (kinds["worker-offline"], kinds["worker-lost"]) == (1, 0)
    sizes = [event.size for event in trace if isinstance(event, ev.PoolResized)]
    assert max(sizes) <= 6


def test_its_model_plays_and_waits_as_the_shop_did(recorded: tuple[Trace, Log, Path]) -> None:
    trace, log, file = recorded
    draft = scenario_from_recording(trace, file.name)
    model = file.with_suffix(".yaml")
    model.write_text(scenario_text(draft, Problem("recording.origin")), encoding="utf-8")
    scenario = load_scenario(model)
    assert {name: kind.served > 0 for name, kind in _types(simulate(scenario)).items()} == dict.fromkeys(
        _types(trace), True
    )
    assert scenario.model.tasks["shop.email"].rate_limit == "4/s"
    assert scenario.model.workers["w3"].autoscale == [6, 2]
    found = calibrate_model(trace, scenario)
    assert found.off == [], [facet.name for facet in found.off]
    for facet in found.good:
        waits = log.waits(as_seconds(trace.end))[facet.name]
        assert facet.recorded.p95 == pytest.approx(waits[int(0.95 * len(waits))], abs=0.3), facet.name


def _types(trace: Trace) -> dict[str, Any]:
    return {kind.name: kind for kind in summary(trace).types}
