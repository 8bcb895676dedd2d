"""What an open question keeps secret: nothing on the screen tells what the run will answer."""

from __future__ import annotations

import pytest
from msgspec import structs

from simulator.engine import simulate
from simulator.play.player import Player, round_above
from simulator.play.score import Score
from simulator.scenario import parse_scenario
from simulator.scene.build import build_scene
from simulator.scene.look import Look
from simulator.story.run import Run, open_run
from simulator.tui.drawing.main import draw_main
from tests.tui.drawn import main_scene, main_screen


def at_question(name: str) -> Player:
    player = Player.at_start(Score(open_run(name, simulate))).end()
    assert player.open_question is not None
    return player


def lines(player: Player, size: tuple[int, int] = (80, 24)) -> list[str]:
    return main_screen(player, Look("en"), *size).lines()


def test_neither_when_a_run_ends_nor_how_much_happens_is_told_before_the_answer() -> None:
    asked = at_question("pools")  # "When are all of them done?"
    ends = f"{asked.score.end[1] / 1_000_000:.2f}"
    assert ends not in lines(asked)[-2]
    assert f"{asked.score.length}" not in lines(asked)[-2]
    told = asked.answer(None)
    assert f"/{ends} s" in lines(told)[-2]
    assert f"/{told.score.length}" in lines(told)[-2]


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
def test_two_runs_with_another_end_look_alike_until_the_answer(size: tuple[int, int]) -> None:
    text = """
    profile: guide
    workers: 1
    tasks: {mail: {duration: 1}}
    send: [{at: 0, id: first, task: mail}, {at: 9, task: mail, count: COUNT}]
    ask: [{at: 5, en: When?, ko: 언제?, choices: [{id: a, en: A, ko: 가}, {id: b, en: B, ko: 나}],
           answer: {a: succeeded <= 3, b: succeeded > 3}}]
    """
    shown = []
    for count in (2, 5):
        scenario = parse_scenario(text.replace("COUNT", f"{count}"))
        player = Player.at_start(Score(Run(simulate(scenario), scenario))).end()
        assert player.open_question is not None
        # The hash in the title names the run.
        scene = structs.replace(main_scene(player, Look("en"), *size), hash="")
        shown.append(draw_main(scene, *size).lines())
    assert shown[0] == shown[1]


def test_a_run_until_an_asked_time_says_so_from_the_start() -> None:
    asked = at_question("sale-day")
    assert asked.horizon == asked.score.end[1]


@pytest.mark.parametrize(
    ("time", "above"), [(0, 1), (1, 2), (2_000_000, 5_000_000), (63_000_000, 100_000_000), (99, 100), (100, 200)]
)
def test_a_scale_ends_at_a_round_time_behind_the_end(time: int, above: int) -> None:
    assert round_above(time) == above


@pytest.mark.parametrize(("name", "variant"), [("time-limits", None), ("get-in-task", None), ("pools", "threads_cpu")])
def test_an_end_that_a_limit_a_waiting_body_or_shared_cores_bring_is_no_plan(name: str, variant: str | None) -> None:
    asked = Player.at_start(Score(open_run(name, simulate, variant=variant))).end()
    assert asked.open_question is not None
    slots = [slot for worker in build_scene(asked, Look("en")).workers for slot in worker.slots]
    assert slots
    assert {slot.planned for slot in slots} == {None}


def test_what_becomes_of_a_killed_workers_tasks_is_not_told_while_it_is_asked() -> None:
    run = open_run("crash-early-late", simulate, variant="late")
    asked = Player.at_start(Score(run)).end()
    assert asked.open_question is not None
    killed = build_scene(asked, Look("en")).workers[0]
    assert (killed.state, killed.dropped) == ("killed", [])
    assert "comes back" not in "\n".join(lines(asked, (140, 40)))
    told = build_scene(asked.answer(0).step(), Look("en")).workers[0]
    assert ("pay_1", True) in told.dropped
