"""Chance in words: where it is drawn, as the reason why a message waits, and in a comparison."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import simulator.engine
from simulator.engine import simulate
from simulator.real.words import CHANCES, verdict_lines
from simulator.scenario import parse_scenario
from simulator.story import why
from simulator.story.narrate.idea import PUSH_BY_CHANCE, idea
from simulator.story.why.held_back import NEXT_QUEUE
from simulator.story.why.waiting import why_queue
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world import world_at
from tests.recordings.performed import FOLDER, judged_file

TEXT = """
profile: celery-rabbitmq
config: {worker_prefetch_multiplier: 1}
workers: {worker1: {queues: [a, b]}}
tasks: {to_a: {duration: 1, queue: a}, to_b: {duration: 1, queue: b}}
send: [{at: 0, task: to_a, count: 4}, {at: 0, task: to_b, count: 4}]
"""


def run() -> Trace:
    return simulate(parse_scenario(TEXT))


def test_a_full_worker_with_two_backlogged_queues_says_that_chance_decides() -> None:
    trace = run()
    world = world_at(trace, sum(event.t <= 500_000 for event in trace.events))
    assert "The next free place in worker1 goes to one of a, b: which, is left to chance." in why(world, "en")
    assert NEXT_QUEUE in [reason.words for reason in why_queue(world, "b")]


def test_with_one_queue_left_nothing_is_said_of_chance() -> None:
    trace = run()
    for index in range(1, len(trace)):
        world = world_at(trace, index)
        if sum(bool(len(queue)) for queue in world.queues.values()) < 2:
            assert "chance" not in why(world, "en")


def test_a_delivery_by_chance_is_told_as_one() -> None:
    trace = run()
    index = next(n for n, event in enumerate(trace.events) if isinstance(event, ev.MessageDelivered) and event.chance)
    assert idea(trace, index, "en") == PUSH_BY_CHANCE.text("en")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_comparison_says_what_was_left_to_chance(lang: str) -> None:
    verdict = judged_file(FOLDER / "backlogged_queues_rabbitmq.yaml")
    assert verdict.agrees
    assert any(CHANCES["next_queue"].text(lang) in said for said in verdict_lines(verdict, lang))


def test_there_are_words_for_everything_that_is_drawn() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(simulator.engine.__file__).parent.rglob("*.py"))
    drawn = set(re.findall(r'\.draw\(\s*"(\w+)"', source)) | set(re.findall(r'^NEXT_QUEUE = "(\w+)"', source, re.M))
    assert drawn == set(CHANCES)
