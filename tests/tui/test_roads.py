"""Arrows lead from the queues that a worker consumes; what flies covers no border."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import parse_scenario
from simulator.scene.look import Look
from simulator.story.run import Run
from simulator.tui.drawing.glyphs import GLYPHS
from tests.tui.drawn import main_scene, main_screen

TWO_QUEUES = """
profile: celery-rabbitmq
tasks: {mail: {duration: 2}, invoice: {duration: 2}}
queues: {emails: {}, celery: {}}
workers: {worker1: {queues: [%s]}}
send:
  - {task: mail, queue: emails, at: 1, count: 2}
  - {task: invoice, at: 1, count: 2}
until: 8
"""


def player_of(queues: str) -> Player:
    scenario = parse_scenario(TWO_QUEUES % queues, file="roads.yaml")
    return Player.at_start(Playback(Run(simulate(scenario), scenario)))


@pytest.mark.parametrize(("queues", "first"), [("emails", "emails"), ("celery", "celery")])
def test_a_road_begins_at_the_queue_that_is_consumed(queues: str, first: str) -> None:
    text = main_screen(player_of(queues).end(), Look("en"), 140, 40).lines()
    top = next(y for y, line in enumerate(text) if f"Queue {first}" in line)
    column = text[top].index("╮", text[top].index("Queue")) + 2
    bottom = next(y for y in range(top, 40) if text[y][column - 2] == "╯")
    assert next(y for y in range(2, 20) if text[y][column] == "─") in range(top + 1, bottom)


def test_a_queue_that_nobody_consumes_looks_like_it() -> None:
    scene = main_scene(player_of("celery").end(), Look("en"), 140, 40)
    assert {queue.name: queue.consumed for queue in scene.queues} == {"emails": False, "celery": True}
    text = "\n".join(main_screen(player_of("celery").end(), Look("en"), 140, 40).lines())
    assert "2 waiting · no consumer" in text
    assert "-Q" not in text
    assert "-Q emails" in "\n".join(main_screen(player_of("emails").end(), Look("en"), 140, 40).lines())


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
def test_what_flies_covers_no_border(size: tuple[int, int]) -> None:
    player = player_of("celery")
    columns = None
    while not player.at_end:
        after = player.raw_step(shown=True)
        for since in (0.05, 0.2, 0.4):
            lines = main_screen(after.advance(since), Look("en"), *size).lines()
            top = lines[2]
            edges = [x for x, char in enumerate(top) if char in "╭╮"][:6]
            columns = columns or edges
            assert edges == columns
            for y in (3, 4):
                assert all(lines[y][x] in "│┊" for x in edges[2:])
        player = after.rest()


SHARED = """
profile: celery-rabbitmq
tasks: {mail: {duration: 2}}
queues: {high: {}, low: {}, other: {}}
workers:
  first: {queues: [high]}
  second: {queues: [high, low]}
send: [{task: mail, queue: high, at: 1, count: 2}]
until: 8
"""


def test_roads_that_join_have_a_joint() -> None:
    """The second worker stands beside the third queue and consumes the two above it: their roads meet before it."""
    scenario = parse_scenario(SHARED, file="roads.yaml")
    player = Player.at_start(Playback(Run(simulate(scenario), scenario))).end()
    lines = main_screen(player, Look("en"), 140, 40).lines()
    (row,) = (y for y, line in enumerate(lines) if GLYPHS.joints[1] in line)
    column = lines[row].index(GLYPHS.joints[1])
    assert GLYPHS.right in lines[row][column:]
    assert lines[row - 1][column] == GLYPHS.side
