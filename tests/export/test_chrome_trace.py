"""A run for Perfetto: the format, the tracks, and the arrows of its messages."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from simulator.cli.shared import app
from simulator.engine import simulate
from simulator.export.chrome_trace import LANES, chrome_trace
from simulator.scenario import parse_scenario
from simulator.story.run import Run, open_run
from simulator.trace import events as ev
from simulator.world.lives import lives_of

SCHEMA = Draft202012Validator(json.loads((Path(__file__).parent / "data" / "trace-event.schema.json").read_text()))
LESSONS = ["three-task-order", "crash-early-late", "dead-letter", "retry", "shutdown", "group-and-chord", "pools"]

Row = dict[str, Any]


def rows_of(run: Run, *, lang: str = "en", begin: int = 0, end: int | None = None) -> list[Row]:
    made = chrome_trace(run, lang, begin, end)
    SCHEMA.validate(made)
    rows: list[Row] = made["traceEvents"]
    return rows


def threads_of(rows: list[Row]) -> dict[tuple[int, int], tuple[str, str]]:
    """Names of process and thread."""
    processes = {row["pid"]: row["args"]["name"] for row in rows if row["name"] == "process_name"}
    return {
        (row["pid"], row["tid"]): (processes[row["pid"]], row["args"]["name"])
        for row in rows
        if row["name"] == "thread_name"
    }


def slices_of(rows: list[Row]) -> dict[tuple[int, int], list[Row]]:
    found = defaultdict(list)
    for row in rows:
        if row["ph"] == "X":
            found[row["pid"], row["tid"]].append(row)
    return found


@pytest.mark.parametrize("lesson", LESSONS)
def test_slices_of_a_track_never_cross(lesson: str) -> None:
    rows = rows_of(open_run(lesson, simulate))
    assert [row["ts"] for row in rows] == sorted(row["ts"] for row in rows)
    for slices in slices_of(rows).values():
        for one, other in pairwise(slices):
            inside = other["ts"] + other["dur"] <= one["ts"] + one["dur"]
            assert other["ts"] >= one["ts"] + one["dur"] or inside


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_execution_has_its_slice_in_its_slot(lesson: str) -> None:
    run = open_run(lesson, simulate)
    rows = rows_of(run)
    threads, slices = threads_of(rows), slices_of(rows)
    found = {
        (*threads[key], row["ts"], row["args"]["id"], row["args"]["outcome"])
        for key, some in slices.items()
        for row in some
        if "outcome" in row["args"]
    }
    lives = lives_of(run.trace).slots
    assert found == {
        (name, f"slot {slot}", one.start, one.uuid, one.outcome or "running")
        for (name, slot), runs in lives.items()
        for one in runs
    }


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_arrow_follows_each_message_from_slice_to_slice(lesson: str) -> None:
    run = open_run(lesson, simulate)
    rows = rows_of(run)
    slices, arrows = slices_of(rows), defaultdict(list)
    for row in rows:
        if row["ph"] in ("s", "t", "f"):
            arrows[row["id"]].append(row)
            # It is bound to the slice that begins there.
            assert any(one["ts"] == row["ts"] for one in slices[row["pid"], row["tid"]])
    for some in arrows.values():
        assert [row["ph"] for row in some] == ["s", *("t" for _ in some[2:]), "f"]
    queued = ev.MessageQueued | ev.MessageDeadLettered
    assert set(arrows) == {event.message for event in run.trace if isinstance(event, queued)}


def test_queues_have_a_track_and_a_counter() -> None:
    run = open_run("dead-letter", simulate)
    rows = rows_of(run)
    named = set(threads_of(rows).values())
    assert {("Broker", "Queue email_queue"), ("Broker", "Queue failed_emails")} <= named
    counted = [
        row["args"]["ready"] for row in rows if row["ph"] == "C" and row["name"] == "Length of queue failed_emails"
    ]
    assert counted[-1] == 1


def test_what_a_worker_holds_and_its_death_are_shown() -> None:
    rows = rows_of(open_run("crash-early-late", simulate))
    assert ("worker1", "waits") in threads_of(rows).values()
    assert [row["name"] for row in rows if row["ph"] == "i"] == ["worker-lost", "task-lost pay_1"]


def test_names_are_in_the_language() -> None:
    rows = rows_of(open_run("three-task-order", simulate), lang="ko")
    assert ("worker1", "자리 1") in threads_of(rows).values()


def test_a_part_is_cut_at_its_edges() -> None:
    rows = rows_of(open_run("crash-early-late", simulate), begin=3_000_000, end=6_000_000)
    slices = [row for row in rows if row["ph"] == "X"]
    assert {row["name"] for row in slices} == {f"pay_{n} pay" for n in (2, 3, 4, 5, 6)}
    assert all(row["ts"] >= 3_000_000 and row["ts"] + row["dur"] <= 6_000_000 for row in slices)


def test_a_crowd_in_a_queue_is_counted_where_it_has_no_room() -> None:
    scenario = parse_scenario(f"workers: 1\ntasks: {{a: 1}}\nsend: [{{at: 0, task: a, count: {3 * LANES}}}]")
    rows = rows_of(Run(simulate(scenario), scenario))
    waiting = {key for key, name in threads_of(rows).items() if name == ("Broker", "Queue celery")}
    assert len(waiting) == LANES
    assert max(row["args"]["ready"] for row in rows if row["ph"] == "C") > LANES


def test_an_outage_of_the_broker_lasts() -> None:
    text = "workers: 1\ntasks: {a: 1}\nsend: [{at: 0, task: a}]\nfaults: [{at: 2, down: broker, for: 3}]\nuntil: 9"
    scenario = parse_scenario(text)
    found = [row for row in rows_of(Run(simulate(scenario), scenario)) if row["name"] == "broker down"]
    assert [(row["ts"], row["dur"]) for row in found] == [(2_000_000, 3_000_000)]


def test_the_command_writes_one_line_of_json() -> None:
    ended = CliRunner().invoke(app, ["export", "retry", "--to", "perfetto", "--from", "1", "--until", "100"])
    assert ended.exit_code == 0
    SCHEMA.validate(json.loads(ended.stdout))
