"""Review: questions of lessons that are done, about runs that were not seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

import pytest

from simulator.course.progress import Progress
from simulator.course.review import count_items, draw_items, feedback_lines, lead_lines
from simulator.engine import simulate
from simulator.scenario import load_scenario, scenario_names
from simulator.story.stops import right_choice
from tests.test_cli import Call

DONE = Progress().with_done("three-task-order").with_done("retry").with_answer("retry", "done", "right")


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


def test_only_of_lessons_that_are_done_each_once_and_never_the_run_that_was_seen() -> None:
    for seed in range(6):
        items = list(draw_items(DONE, simulate, Random(seed), 9))
        assert sorted(item.lesson for item in items) == ["retry", "three-task-order", "three-task-order"]
        for item in items:
            scenario = item.run.scenario
            assert scenario is not None
            assert scenario.model.seed != load_scenario(item.lesson).model.seed
            assert len(scenario.model.ask) == 1
    assert count_items(DONE, 9) == 3
    assert not list(draw_items(Progress(), simulate, Random(1), 5))


def test_the_answer_is_that_of_the_other_run() -> None:
    found = set()
    for seed in range(12):
        for item in draw_items(Progress().with_done("three-task-order"), simulate, Random(seed), 2):
            assert item.right == right_choice(item.ask, item.run.trace)
            if item.ask.id == "who":
                found.add(item.ask.choices[item.right].key)
    assert found == {"worker1", "worker2"}


def test_what_was_missed_comes_more_often() -> None:
    both = Progress().with_done("three-task-order").with_done("empty-queue")
    known = both.with_answer("three-task-order", "who", "right").with_answer("three-task-order", "when", "right")
    missed = known.with_answer("empty-queue", load_scenario("empty-queue").model.ask[0].id or "1", "wrong")
    first = [next(draw_items(missed, simulate, Random(seed), 1)).lesson for seed in range(40)]
    assert first.count("empty-queue") > first.count("three-task-order") > 0


def test_the_same_seed_asks_the_same() -> None:
    def asked(seed: int) -> list[tuple[str, str]]:
        items = draw_items(DONE, simulate, Random(seed), 2)
        return [(item.lesson, item.run.trace.hash) for item in items]

    assert asked(4) == asked(4)


def test_every_question_can_be_asked_again() -> None:
    every = Progress()
    for name in scenario_names():
        every = every.with_done(name)
    items = list(draw_items(every, simulate, Random(7), 25))
    assert len(items) == 25
    for place, item in enumerate(items):
        lang = ("ko", "en")[place % 2]
        lead = "\n".join(lead_lines(item, 1, 1, lang))
        assert f"  {len(item.ask.choices)}. " in lead
        assert len(lead.splitlines()) < 25
        wrong = (item.right + 1) % len(item.ask.choices)
        assert list(feedback_lines(item, wrong, lang))


def test_a_review_through_a_pipe_is_recorded(ackademy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in: Callable[[str], None] = lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))  # noqa: E731
    ended = ackademy("learn", "--review")
    assert (ended.status, ended.out) == (2, "")
    assert "nothing to review" in ended.err
    type_in("1\n2\n")
    assert ackademy("tell", "three-task-order", "--ask").status == 0
    type_in("3\n3\n")
    ended = ackademy("learn", "--review", "--seed", "5")
    assert ended.status == 0
    assert "# Review 1 of 2" in ended.out
    assert "Not quite. You said: 3." in ended.out
    assert "Review done: 0 of 2 right" in ended.out
    assert "(0/2 right)" in ackademy("learn").out
    assert ackademy("learn", "--review", "--seed", "x").status == 2
