"""Two runs at one moment: by the pair, by keys, by mouse."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.measure import compare
from simulator.play.pair import Contrast, Pair
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import Edit, Scenario
from simulator.scene.pages.compare import build_compare
from simulator.story.run import Run, open_run
from simulator.tui.app import AckademyApp
from simulator.tui.controls import commands as c
from simulator.tui.drawing.pages.compare import draw_compare, rooms_of_compare
from simulator.tui.others import list_others, name_run
from simulator.tui.screens.compare import CompareScreen
from tests.screens.shot import read_shot
from tests.strategies import scenarios

KILL = Edit("faults", {"at": 1.000001, "kill": "worker1"}, append=True)


@pytest.fixture(scope="module")
def pair(order: Run) -> Pair:
    branch = order.edited([KILL], simulate)
    return Pair.at(Contrast.of(Playback(order), Playback(branch), lambda lang: ("a", "b"), "en"), 0)


def screen(pair: Pair, lang: str = "en", width: int = 80, height: int = 24) -> str:
    view = build_compare(pair, lang, lambda view: rooms_of_compare(view, width, height))
    return "\n".join(draw_compare(view, width, height).lines())


def test_both_are_always_at_the_same_time(pair: Pair) -> None:
    times = [pair.time]
    here = pair
    for _ in range(40):
        here = here.step()
        assert [player.time for player in here.players] == [min(here.time, p.playback.end[1]) for p in here.players]
        times.append(here.time)
    assert times == sorted(times)
    assert here.time == here.end == 6_000_000
    back = [here.time]
    for _ in range(40):
        here = here.back()
        back.append(here.time)
    assert list(dict.fromkeys(back))[::-1] == list(dict.fromkeys(times))


def test_events_of_either_run_are_stepped_to(pair: Pair) -> None:
    known = sorted({event.t for player in pair.players for event in player.playback.events})
    here, seen = pair, [0]
    while here.time < here.end:
        here = here.raw_step()
        seen.append(here.time)
    assert seen == known
    assert here.raw_back().time == known[-2]
    assert pair.raw_back().time == 0


def test_where_they_part_is_a_mark(pair: Pair) -> None:
    assert pair.diverged_at == 1_000_001
    assert compare(*[run.trace for run in pair.contrast.runs]).first is not None
    here = pair
    while here.time < 1_000_001:
        here = here.next_mark()
    assert here.time == 1_000_001
    assert here.previous_mark().time < here.time


def test_the_questions_hold_nobody_up(pair: Pair) -> None:
    assert pair.go(pair.end).one.at_end


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (140, 40), (200, 60)])
@pytest.mark.parametrize("lang", ["en", "ko", "both"])
def test_it_fits(pair: Pair, lang: str, size: tuple[int, int]) -> None:
    shown = screen(pair.go(3_000_000), lang, *size)
    assert "worker1" in shown
    assert ("They diverge here: 1.00" if lang == "en" else "여기서 달라집니다: 1.00") in shown
    assert ("killed" if lang == "en" else "강제 종료") in shown


def test_equal_runs_say_so(order: Run) -> None:
    same = Pair.at(Contrast.of(Playback(order), Playback(order), lambda lang: ("a", "b"), "en"), 0)
    assert same.diverged_at is None
    assert "event by event" in screen(same)
    assert "모든 이벤트가 같습니다" in screen(same, "ko")


def test_more_workers_than_room() -> None:
    run = open_run("three-task-order", simulate, overrides=["workers=60"])
    other = run.edited([Edit("tasks.send_email.duration", 5)], simulate)
    here = Pair.at(Contrast.of(Playback(run), Playback(other), lambda lang: ("a", "b"), "en"), 1_000_000)
    assert "more" in screen(here)
    assert "more" in screen(here, "en", 140, 40)


def test_what_there_is_to_compare_with(order: Run) -> None:
    branch = order.edited([KILL], simulate)
    plain = list_others(Player.at_start(Playback(order)))
    assert order.scenario is not None
    assert len(plain) == len(order.scenario.model.variants)
    others = list_others(Player.at_start(Playback(branch)))
    assert [other.is_parent for other in others] == [True, *[False] * len(plain)]
    assert others[0].name("ko") == "원래 실행"
    assert name_run(branch, "en") == "worker1 killed at 1.00 s"
    assert list_others(Player.at_start(Playback(Run(order.trace)))) == []
    slow = open_run("three-task-order", simulate, variant="slow_email")
    assert list_others(Player.at_start(Playback(slow)))[0].name("en") == "original"


@given(scenarios(), st.integers(0, 12_000_000))
def test_a_pair_of_any_run_with_itself_is_the_same(scenario: Scenario, time: int) -> None:
    run = Run(simulate(scenario), scenario)
    here = Pair.at(Contrast.of(Playback(run), Playback(run), lambda lang: ("a", "b"), "en"), time)
    assert here.one.place == here.other.place
    screen(here)


def test_keys_and_mouse(order: Run) -> None:
    async def use() -> None:
        app = AckademyApp(simulate, "en", order, motion=False)
        async with app.run_test(size=(80, 24)) as pilot:
            for key in ("end", "1", "2", "x", "1", "c", "enter"):
                await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause()
            assert app.session is not None
            before = app.session.player
            shown = app.screen
            assert isinstance(shown, CompareScreen)
            assert shown.pair.time == before.time == 1_000_000
            await pilot.press("right", "period", "end")
            assert shown.pair.time == shown.pair.end
            await pilot.press("home", "down", "down", "up")
            assert (shown.pair.time, shown.offset_rows) == (0, 1)
            assert shown.board.canvas is not None
            divergence = next(zone for zone in shown.board.canvas.zones if zone.command == c.GoToDivergence())
            await pilot.click(offset=(divergence.x + 3, divergence.y))
            assert shown.pair.time == shown.pair.diverged_at
            seek = next(zone for zone in shown.board.canvas.zones if isinstance(zone.command, c.SeekTime))
            await pilot.click(offset=(seek.x + seek.width - 1, seek.y))
            assert shown.pair.time == shown.pair.end
            await pilot.press("L")
            assert "한국어" in read_shot(app).text or "여기서" in read_shot(app).text
            await pilot.press("question_mark", "escape", "escape")
            assert not isinstance(app.screen, CompareScreen)
            assert app.session.player.place == before.place

    asyncio.run(use())


def test_nothing_to_compare_with() -> None:
    async def use() -> None:
        app = AckademyApp(simulate, "en", Run(open_run("three-task-order", simulate).trace), motion=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("c")
            assert app.session is not None
            assert "Nothing to compare" in app.session.scene().notice
            await pilot.press("o")
            assert "cannot be changed" in app.session.scene().notice

    asyncio.run(use())
