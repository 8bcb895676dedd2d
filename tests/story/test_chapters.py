"""The parts of a run: in their order, where their first event is, and as headings when it is told."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.scenario import load_scenario, parse_scenario
from simulator.story.run import Run
from simulator.story.tell import tell

TEXT = """
tasks: {nap: 1}
send: [{at: 0.5, id: T, task: nap}]
polls: found
say: [{at: 2, en: It has ended.}, {after: {event: task-started}, en: It has begun.}]
chapters:
  - {at: 2, ko: 끝, en: Over}
  - {at: 0, ko: 시작, en: Before}
  - {at: 0.5, ko: 작업, en: Work}
  - {at: 100, ko: 없음, en: Never}
"""


@pytest.fixture
def run() -> Run:
    scenario = parse_scenario(TEXT + "until: 3\n")
    return Run(simulate(scenario), scenario)


def test_they_stand_before_their_first_event_and_what_is_never_reached_is_left_out(run: Run) -> None:
    assert [(chapter.number, chapter.text["en"]) for chapter in run.chapters] == [
        (1, "Before"),
        (2, "Work"),
        (3, "Over"),
    ]
    for chapter in run.chapters:
        assert all(event.t < chapter.at for event in run.trace.events[: chapter.cursor])
        assert all(event.t >= chapter.at for event in run.trace.events[chapter.cursor :])


def test_told_as_headings(run: Run) -> None:
    lines = list(tell(run, "en"))
    told = [text for text in lines if text.startswith(("## ", "[", "Note:"))]
    assert told == [
        "## Before",
        "[0.00 s] Initial state",
        "## Work",
        "[0.50 s]",
        "[1.00 s]",
        "Note: It has begun.",
        "## Over",
        "[2.00 s]",
        "Note: It has ended.",
        "[3.00 s]",
    ]
    assert "## 작업" in list(tell(run, "ko"))
    assert all(not lines[place - 1] for place, text in enumerate(lines) if text.startswith("## "))


@pytest.mark.parametrize("variant", [None, *load_scenario("retry").model.variants])
def test_the_chapters_of_the_retry_begin_with_its_runs(variant: str | None) -> None:
    scenario = load_scenario("retry", variant=variant)
    run = Run(simulate(scenario), scenario)
    starts = [event.t for event in run.trace.events if event.type == "task-started"]
    assert [chapter.at // 10**6 for chapter in run.chapters[1:]] == [start // 10**6 for start in starts[1:]]
    assert run.chapters[0].at == 0
