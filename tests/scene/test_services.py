"""Services on the stage: whether they are up, how many call them, what waits to call them again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import parse_scenario
from simulator.scene.look import Look
from simulator.scene.model import ServiceBox
from simulator.story.run import Run, open_run
from simulator.trace import events as ev
from tests.tui.drawn import main_scene, main_screen

MAIL = """
profile: celery-redis
workers: {worker1: {concurrency: 4, pool: threads}}
services: {mail: {latency: 0.5, capacity: 2}, stock: {}}
tasks:
  send: {duration: 1, calls: mail, autoretry_for: [Timeout, Overloaded], default_retry_delay: 10, max_retries: 3}
  other: {duration: 20}
send:
  - {at: 0, task: other}
  - {at: 0, task: send, count: 3}
  - {at: 6, task: send}
faults:
  - {at: 5, down: services.mail, for: 10}
until: 40
"""


def player_at(seconds: float) -> Player:
    scenario = parse_scenario(MAIL, file="mail.yaml")
    return Player.at_start(Playback(Run(simulate(scenario), scenario))).seek_time(round(seconds * 1_000_000))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (1.2, ServiceBox("mail", "", calls=2, capacity=2, waiting=1)),
        (4, ServiceBox("mail", "", calls=0, capacity=2, waiting=1)),
        (8, ServiceBox("mail", "Timeout", calls=0, capacity=2, waiting=2)),
        (30, ServiceBox("mail", "", calls=0, capacity=2, waiting=0)),
    ],
)
def test_a_service_tells_who_calls_it_and_who_will_call_again(seconds: float, expected: ServiceBox) -> None:
    (mail,) = main_scene(player_at(seconds), Look("en"), 140, 40).services
    assert mail == expected


def test_a_service_that_no_task_calls_is_not_on_the_stage() -> None:
    assert [box.name for box in main_scene(player_at(1), Look("en"), 140, 40).services] == ["mail"]
    plain = Player.at_start(Playback(open_run("three-task-order", simulate)))
    assert "Services" not in "\n".join(main_screen(plain, Look("en"), 140, 40).lines())


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
def test_it_is_drawn_with_what_waits_for_it(size: tuple[int, int]) -> None:
    rows = list(service_rows(player_at(8), size))
    assert len(rows) == 1
    assert "✕ mail · down" in rows[0]
    assert "2 wait to retry" in rows[0] or "↻ 2" in rows[0]


@pytest.mark.parametrize("cursor", range(10, 200, 17))
def test_no_more_call_it_than_run(cursor: int) -> None:
    player = player_at(0).seek(cursor)
    (mail,) = main_scene(player, Look("en"), 140, 40).services
    world = player.playback.run.world(player.cursor)
    running = [one for worker in world.workers.values() for one in worker.active() if one.name == "send"]
    assert mail.calls == min(2, len(running))
    events = player.playback.events[: player.cursor]
    changes = [event for event in events if isinstance(event, ev.SettingChanged) and event.setting == "down"]
    assert bool(mail.down) == bool(changes and changes[-1].value)


def service_rows(player: Player, size: tuple[int, int]) -> Iterator[str]:
    lines = main_screen(player, Look("en"), *size).lines()
    top = next(y for y, line in enumerate(lines) if "Services" in line)
    for line in lines[top + 1 :]:
        if "╰" in line[40:]:
            return
        yield line
