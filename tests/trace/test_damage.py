"""A damaged trace is refused with its line, or plays wherever traces are shown: never an exception."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import load_scenario, simulate
from simulator.cli.shared import DONE, WRONG_INPUT
from simulator.story.run import Run, read_run
from simulator.trace import Trace, read_trace
from simulator.trace import events as ev
from tests.trace.damage import damaged
from tests.trace.examples import HEADER, WHOLE, lines_of, trace_lines
from tests.trace.faces import commands, said_by, screens

SHOWN = "three-task-order retry dead-letter revoke autoscaling group-and-chord rate-limits shutdown".split()
LONGEST = 150
ASKED = 5
"""Commands that a damaged trace is given to, drawn anew each time."""


def _lines(name: str) -> list[str]:
    """Return the beginning of a lesson's trace, without its hash: what is damaged afterwards is not said by that."""
    header, *events = lines_of(simulate(load_scenario(name)))
    row = json.loads(header)
    del row["hash"]
    return [json.dumps(row), *events[:LONGEST]]


def _recorded(lines: list[str]) -> list[str]:
    row = {**json.loads(lines[0]), "recorded": {"since": 1.0, "notes": {"late": 2}}}
    del row["end"]
    return [json.dumps(row), *lines[1:]]


@pytest.fixture(scope="module")
def traces() -> list[list[str]]:
    """Lines of traces, simulated and recorded."""
    simulated = [_lines(name) for name in SHOWN]
    return [*simulated, *map(_recorded, simulated[:3])]


def _written(lines: list[str], file: Path) -> str:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")
    return str(file)


@given(seed=st.integers(0, 2**32))
def test_a_damaged_trace_is_refused_or_plays_everywhere(
    traces: list[list[str]], tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    random = Random(seed)
    file = _written(damaged(random.choice(traces), random), tmp_path_factory.mktemp("damaged") / "run.jsonl")
    status, told, said = said_by(["tell", file, "--lang", "en"])
    asked = random.sample([*commands(file)], ASKED)
    if status == WRONG_INPUT:
        assert f"{file}:" in said
        assert all(said_by(command)[0] == WRONG_INPUT for command in asked)
        return
    assert (status, bool(told)) == (DONE, True)
    for command in asked:
        refuses = command[0] == "worksheet"  # a trace has no questions
        assert said_by(command)[0] == (WRONG_INPUT if refuses else DONE), command
    assert all(any(screen) for screen in screens(Run(read_run(file))))


def test_the_whole_traces_play_everywhere(traces: list[list[str]], tmp_path: Path) -> None:
    for place, lines in enumerate(traces):
        file = _written(lines, tmp_path / "run.jsonl")
        # Each trace to every third command, so each command gets simulated traces and recorded ones.
        plays = [command for command in commands(file) if command[0] != "worksheet"]
        assert all(said_by(command)[0] == DONE for command in plays[place % 3 :: 3])


def test_a_quiet_run_of_many_years_is_exported_without_a_heartbeat_for_each_second_of_it(tmp_path: Path) -> None:
    rows = [*WHOLE, {"type": "worker-offline", "hostname": "worker1", "t": 9e8}]
    status, out, _ = said_by(
        ["export", _written(trace_lines(rows, end=9e8), tmp_path / "run.jsonl"), "--to", "celery-events"]
    )
    beats = [row["timestamp"] for row in map(json.loads, out.splitlines()) if row["type"] == "worker-heartbeat"]
    assert status == DONE
    assert 1800 < len(beats) < 1900
    assert 9e8 - beats[-1] <= 2


def test_half_of_a_surrogate_pair_has_a_hash() -> None:
    trace = read_trace([json.dumps(HEADER), json.dumps({"t": 0.0, "cause": -1, **WHOLE[0], "queue": "\ud800"})])
    assert trace.hash != Trace(trace.header, [ev.QueueDeclared(0, -1, "\ud801")]).hash
