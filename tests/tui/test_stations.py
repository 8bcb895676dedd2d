"""A class goes through its plan in one terminal: cards, runs with votes, a table, forwards and back, with a clock."""

from __future__ import annotations

import asyncio

import pytest
from rich.cells import cell_len

from simulator.course.stations import ClassStation, make_stations
from simulator.engine import simulate
from simulator.scenario.plan import load_plan
from simulator.tui.screens.station import ClassStage, StationScreen
from simulator.tui.screens.vote import VoteScreen
from simulator.tui.voting import ClassApp
from tests.screens.shot import read_shot

PLAN = """
title: {en: "Crashes", ko: "장애"}
minutes: 20
stations:
  - {minutes: 4, en: "Welcome", ko: "환영합니다"}
  - {minutes: 9, lesson: crash-early-late, en: "What becomes of pay_1?", ko: "pay_1은 어떻게 될까요?"}
  - minutes: 6
    lesson: crash-early-late
    en: "Fill in the table"
    ko: "표를 채우세요"
    cases: [base, late]
    columns: [{measure: runs(pay_1), en: "runs of pay_1", ko: "pay_1 실행 횟수"}, {measure: succeeded}]
"""


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> list[ClassStation]:
    file = tmp_path_factory.mktemp("plan") / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    return make_stations(*load_plan(str(file)), simulate)


def test_from_the_first_card_to_the_last_and_back(stations: list[ClassStation]) -> None:
    now, told = [0.0], dict[str, str]()
    app = ClassApp(simulate, "en", stations, {"en": "Crashes"}, motion=False, now=lambda: now[0])

    async def session() -> None:
        async with app.run_test(size=(80, 24)) as pilot:

            async def press(*keys: str, name: str) -> None:
                await pilot.press(*keys)
                await pilot.pause()
                told[name] = read_shot(app).text

            await press(name="welcome")
            now[0] = 300
            await press("pagedown", name="card")
            await press("pagedown", name="stage")
            assert isinstance(app.screen, ClassStage)
            await press("pageup", name="card again")
            await press("pagedown", name="stage")
            await press("pagedown", "pagedown", "pagedown", name="asked")
            await press(*"2/1", name="vote")
            assert isinstance(app.screen, VoteScreen)
            await press("enter", "enter", name="run")
            while not isinstance(app.screen, StationScreen):
                await pilot.press("pagedown")
                await pilot.pause()
            await press(name="table")
            await press("enter", name="values")
            await press("pageup", name="blank again")
            await press("enter", "enter", name="over")
            await press("pageup", name="last")
            await press("pageup", name="before")

    asyncio.run(session())
    assert "Welcome" in told["welcome"]
    assert "1 of 3 · 4 min" in told["welcome"]
    assert "5 min gone, 13 planned" in told["card"]
    assert "5 min gone, 13 planned" in told["stage"]
    assert told["card again"] == told["card"]
    assert "3 hands" in told["vote"]
    assert "I think ____" in told["table"]
    assert told["blank again"] == told["table"]
    rows = [line.split() for line in told["values"].splitlines() if "ACK" in line or "original" in line]
    assert [row[-2:] for row in rows] == [["1", "5"], ["2", "6"]]  # the crash loses one; late ACKs run it twice
    assert "That was the class" in told["over"]
    assert "What becomes of pay_1?" in told["before"]
    assert list(app.ballots) == [(1, 1)]


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (140, 40)])
@pytest.mark.parametrize("lang", ["ko", "en", "both"])
def test_cards_fit_every_screen(stations: list[ClassStation], size: tuple[int, int], lang: str) -> None:
    app = ClassApp(simulate, lang, stations, {"en": "Crashes"}, motion=False)

    async def session() -> list[str]:
        async with app.run_test(size=size) as pilot:
            app.go_to(2)
            await pilot.pause()
            return read_shot(app).text.splitlines()

    lines = asyncio.run(session())
    assert {cell_len(line) for line in lines} <= {size[0]}
    text = "\n".join(lines)
    assert ("Fill in the table" in text) == (lang != "ko")
    assert ("표를 채우세요" in text) == (lang != "en")
    assert text.count("____") == 4
