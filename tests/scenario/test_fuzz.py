"""Mutated scenario files and random bytes: a clear error or a scenario, quickly, in little memory, never a traceback.

`make test` tries five hundred, `make soak` fifty thousand. Each batch has a process of its own (see `fuzz`), so that
the memory that is measured is what the files took, and nothing that other tests left behind.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.engine import LimitReached, simulate
from simulator.scenario import ScenarioError, load_scenario, parse_scenario

SLOWEST = 1.0
"""CPU seconds that a file may take to load."""
MOST = 300.0
"""Megabytes that the whole process may ever have."""


def try_many(seed: int, count: int) -> None:
    command = [sys.executable, "-m", "tests.scenario.fuzz", str(seed), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["loaded"] > count // 100
    assert found["slowest"] < SLOWEST
    assert found["megabytes"] < MOST


def test_hundreds_of_damaged_files() -> None:
    try_many(0, 500)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 150))
def test_fifty_thousand_damaged_files(seed: int) -> None:
    try_many(seed, 1000)


def lines(head: str, item: str, count: int) -> str:
    """As many items below a key as a file may have; `#` in an item is its number."""
    return f"{head}:\n" + "".join(f"  {item.replace('#', str(n))}\n" for n in range(count))


LARGE = {
    "sends": lines("send", "- {at: #, task: a}", 3900),
    "keys": "".join(f"k{n}: 1\n" for n in range(9000)),
    "tasks": lines("tasks", "t#: {duraton: 1}", 4900),
    "names": lines("tasks", "task#: 1", 3000) + lines("send", "- {at: #, task: tusk#}", 2000),
    "goals": lines("goals", "- " + "not " * 100 + "lost(x#)", 2000),
    "faults": lines("faults", "- {at: #, start: worker1}", 3900),
    "variants": lines("send", "- {at: #, task: a}", 100) + lines("variants", "v#: {set: {seed: 2}}", 90),
    "too many variants": lines("send", "- {at: #, task: a}", 1000) + lines("variants", "v#: {set: {seed: 2}}", 200),
    "workers": "workers: 2000\n" + lines("variants", "v#: {set: {workers: 2000}}", 20),
    "text": "title: " + "x" * 990_000,
    "too many": "until: [" + "1, " * 300_000 + "1]",
    "notes": lines("say", "- {at: #, look: [worker#, zz#, yy#]}", 1900),
}
"""The largest files that are read, each with one thing in abundance, and some that are refused."""


def test_large_files() -> None:
    # One after the other: the process's peak is that of the file that takes most.
    code = (
        "import json, sys; from tests.scenario import fuzz; "
        "seconds = {name: fuzz.load(text)[0] for name, text in json.load(sys.stdin).items()}; "
        "print(json.dumps([seconds, fuzz.peak_megabytes()]))"
    )
    command = [sys.executable, "-X", "utf8", "-c", code]
    done = subprocess.run(command, input=json.dumps(LARGE), capture_output=True, text=True, check=True)
    seconds, megabytes = json.loads(done.stdout)
    # The worst takes half of what is allowed where this was written; a machine may be twice as slow.
    assert [name for name in LARGE if seconds[name] >= 2 * SLOWEST] == []
    assert megabytes < MOST


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "noise.yaml"
    path.write_bytes(b"\xff\xfe\x00title: x")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert caught.value.problems[0].code == "file.not_utf8"


def test_ten_billion_tasks_are_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario("send: [{at: 0, task: a, count: 10000000000}]")
    assert caught.value.problems[0].code == "value.bound"


@pytest.mark.parametrize(
    "send",
    [
        "{at: 0, task: a, count: 100000000, burst: 100}",
        "{from: 0, every: 0.000001, count: 100000000, burst: 1000000, task: a}",
        "{from: 0, every: {exponential: 0.000001}, task: a}",
    ],
)
def test_ten_billion_tasks_by_other_ways_end_at_the_limit(send: str) -> None:
    scenario = parse_scenario(f"workers: 1\nsend: [{send}]")
    with pytest.raises(LimitReached) as caught:
        simulate(scenario, max_events=20_000)
    assert caught.value.events >= 20_000
