"""Mutated scenario files and random bytes: a clear error or a scenario, quickly, and never a traceback.

`make test` tries a thousand, `make soak` fifty thousand.
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from simulator.engine import LimitReached, simulate
from simulator.scenario import ScenarioError, load_scenario, parse_scenario, scenario_names
from simulator.scenario.library import find_scenario

TEXTS = [find_scenario(name).read_text(encoding="utf-8") for name in scenario_names()]
PIECES = [
    *"{}[]:,-#&*!|>%@'\"\n\t 0129.~",
    "null", "true", "1e9", "-1", "on: ", "<<: ", "*a", "&a ", "kill: ", "every: 0", "count: 99999999",
    "until: 0.000001", "한글", "\x00", "\ufeff", "\ud7ff", "- ", "  ", "variants:", "extends: two-queues",
]  # fmt: skip
SLOWEST = 1.0
"""Seconds that a file may take to load."""


def mutated(draw: random.Random) -> str:
    """A scenario with a few places damaged, or two of them mixed, or noise."""
    kind = draw.random()
    if kind < 0.1:
        return bytes(draw.randrange(256) for _ in range(draw.randrange(300))).decode("utf-8", "replace")
    text = draw.choice(TEXTS)
    for _ in range(draw.randint(1, 6)):
        place, length = draw.randrange(len(text) + 1), draw.choice([0, 0, 1, 3, 20])
        text = text[:place] + draw.choice(PIECES) + text[place + length :]
    if kind > 0.9:
        other = draw.choice(TEXTS)
        text = text[: draw.randrange(len(text) + 1)] + other[draw.randrange(len(other)) :]
    return text


def try_many(count: int, seed: int) -> None:
    """Load many; run those that load, within a limit."""
    draw = random.Random(seed)
    loaded = 0
    for _ in range(count):
        text = mutated(draw)
        begin = time.process_time()
        try:
            scenario = parse_scenario(text, file="fuzz.yaml")
        except ScenarioError:
            continue
        finally:
            assert time.process_time() - begin < SLOWEST, text
        loaded += 1
        with suppress(LimitReached):
            simulate(scenario, max_events=5_000)
    assert loaded > count // 100


@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_damaged_files(seed: int) -> None:
    try_many(250, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 150))
def test_fifty_thousand_damaged_files(seed: int) -> None:
    try_many(1000, seed)


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
