"""A task whose id is a UUID is called by as much of it as tells it from all others."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.scenario import load_scenario
from simulator.story.names import names_of, shorten_ids
from simulator.story.run import Run, read_run
from simulator.story.tell import tell
from simulator.trace import Header, Trace
from simulator.trace import events as ev
from tests.screens.shot import take_shot
from tests.screens.test_golden import RECORDING

WHOLE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


def trace_of(*uuids: str) -> Trace:
    sent = [ev.TaskSent(0, -1, "p", uuid, "nap", place, "q") for place, uuid in enumerate(uuids, start=1)]
    return Trace(Header(), sent)


@given(st.lists(st.from_regex(r"[01]{8}-[01]{4}-[01]{4}-[01]{4}-[01]{12}", fullmatch=True), unique=True))
def test_no_two_are_alike_and_each_is_how_its_id_begins(ids: list[str]) -> None:
    short = shorten_ids(sorted(ids))
    assert len(set(short.values())) == len(ids)
    assert all(uuid.startswith(name) and len(name) >= 8 and name[-1] != "-" for uuid, name in short.items())
    assert not any(other != uuid and other.startswith(name) for uuid, name in short.items() for other in ids)


def test_only_tasks_of_the_run_are_shortened_and_values_in_quotes_are_left() -> None:
    mine, its = "565d69cb-95c9-4f10-9b40-aa7f55b2eec1", "aaaaaaaa-95c9-4f10-9b40-aa7f55b2eec1"
    short = names_of(trace_of(mine, "Task1")).short
    assert short(f"w1: {mine}, {its}, Task1, ['{mine}'].") == f"w1: 565d69cb, {its}, Task1, ['{mine}']."


def test_a_simulated_run_is_told_as_it_was() -> None:
    trace = simulate(load_scenario("three-task-order"))
    assert names_of(trace).short("Task1 and Task2") == "Task1 and Task2"


def test_a_recording_is_told_and_shown_by_short_names_and_its_page_has_the_whole_one() -> None:
    run = Run(read_run(str(RECORDING)))
    told = [line for line in tell(run, "en") if WHOLE.search(line)]
    assert all(line.strip().startswith('"id": ') for line in told), told
    first = run.world(len(run.trace)).tasks()[0]
    keys = ["end", *["left"] * 16]
    for size in ((80, 24), (140, 40)):
        text = take_shot(run, keys, size=size).text
        assert not WHOLE.search(text)
        assert first[:8] in take_shot(run, [*keys, "slash", *first[:8]], size=size).text
    assert WHOLE.search(take_shot(run, [*keys, "i"], size=(140, 40)).lines[0])
    assert WHOLE.search(take_shot(run, [*keys, "tab", "enter"], size=(140, 40)).text)
