"""A class: the teacher at the terminal, phones in a real browser."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.course.stations import ClassStation
from simulator.engine import simulate
from simulator.scenario.schema import Ask
from simulator.story.run import Run, open_run
from simulator.tui.controls import commands as c
from simulator.tui.screens.phones import RoomScreen
from simulator.tui.screens.vote import VoteScreen
from simulator.tui.voting import ClassApp
from simulator.web.phones import RoomPhones
from simulator.web.room import ClassRoom, open_room
from simulator.web.server import RoomServer
from tests.browsers import Browser, open_browser
from tests.screens.shot import read_shot
from tests.test_cli import Call

TITLE = {"en": "Crashes", "ko": "장애"}

CLICK = "const b = document.querySelectorAll('.choice')[arguments[0]]; if (b && !b.disabled) b.click(); return !!b"
IS_IN = "return document.querySelector('#note').textContent.includes('is in')"
ALL_CLOSED = "return document.querySelectorAll('.choice:disabled').length === 4"
FIRST_IS_RIGHT = "return document.querySelector('.choice.right .number')?.textContent === '1'"


@pytest.fixture(scope="module")
def run() -> Run:
    return open_run("crash-early-late", simulate)


@pytest.fixture
def server() -> Iterator[RoomServer]:
    serving = RoomServer(ClassRoom())
    serving.start()
    yield serving
    serving.close()


@pytest.fixture(scope="module")
def browsers() -> Iterator[list[Browser]]:
    """Three phones."""
    with ExitStack() as stack:
        found = [stack.enter_context(open_browser()) for _ in range(3)]
        for browser in found:
            browser.screen(390, 844, phone=True)
        yield found


def a_class(run: Run, phones: RoomPhones, lang: str = "en") -> ClassApp:
    return ClassApp(simulate, lang, [ClassStation(TITLE, 9, run)], TITLE, motion=False, phones=phones)


async def to_vote(pilot: Pilot[int], app: ClassApp) -> None:
    """Go on to the vote."""
    for _ in range(9):
        if isinstance(app.screen, VoteScreen):
            return
        await pilot.press("pagedown")
        await pilot.pause()
    raise AssertionError(app.screen)


def test_three_phones_vote_discuss_vote_again_and_see(
    run: Run, server: RoomServer, browsers: list[Browser], tmp_path: Path
) -> None:
    phones, told = RoomPhones(server), dict[str, str]()
    app = a_class(run, phones)

    async def look(pilot: Pilot[int], name: str) -> None:
        await pilot.pause()
        app.redraw()
        told[name] = read_shot(app).text

    async def choose(which: int, choice: int) -> None:
        browser = browsers[which]
        await asyncio.to_thread(browser.wait, CLICK, choice)
        await asyncio.to_thread(browser.wait, IS_IN)

    async def session() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert isinstance(app.screen, RoomScreen)
            for browser in browsers:
                await asyncio.to_thread(browser.open, server.address)
                await asyncio.to_thread(browser.wait, "return document.querySelector('h1').textContent.includes('in')")
            await look(pilot, "room")
            await to_vote(pilot, app)
            for which, choice in enumerate((0, 1, 1)):
                await choose(which, choice)
            await look(pilot, "answered")
            await asyncio.to_thread(browsers[0].driver.refresh)  # a phone that reloads keeps its vote
            pressed = "return document.querySelector('.choice[aria-pressed=true] .number')?.textContent === '1'"
            await asyncio.to_thread(browsers[0].wait, pressed)
            await pilot.press("enter")
            await look(pilot, "closed")
            for browser in browsers:
                await asyncio.to_thread(browser.wait, ALL_CLOSED)
            await pilot.press("space")
            await asyncio.to_thread(browsers[1].wait, "return !document.querySelector('#round').hidden")
            await choose(1, 0)
            await choose(2, 1)
            await look(pilot, "second")
            await pilot.press("enter", "enter")
            await pilot.pause()
            assert app.session is not None
            app.session.do(c.Faster(6))
            for _ in range(200):
                await pilot.pause(0.05)
                if isinstance(app.screen, VoteScreen):
                    break
            await look(pilot, "revealed")
            for browser in browsers:
                await asyncio.to_thread(browser.wait, FIRST_IS_RIGHT)

    asyncio.run(session())
    assert "3 are in" in told["room"]
    assert "3 have answered (3 are in)" in told["answered"]
    assert "%" not in told["answered"]
    assert "67%" in told["closed"]
    assert "2 have answered" in told["second"]
    assert "what happened" in told["revealed"]
    assert [browser.errors() for browser in browsers] == [[], [], []]
    counted = {f"{place}/{number}": ballot for (place, number), ballot in app.ballots.items()}
    rows = list(csv.DictReader(io.StringIO(phones.csv(counted))))
    assert [(row["before"], row["after"], row["right"]) for row in rows] == [
        ("1", "1", "1"),
        ("2", "1", "0"),
        ("0", "0", "0"),
        ("0", "0", "0"),
    ]
    assert (rows[1]["moved_to_1"], rows[1]["moved_to_2"]) == ("1", "1")


@pytest.mark.parametrize(("dark", "width"), [(False, 390), (True, 390), (False, 1280)])
def test_the_page_can_be_used_by_everybody(
    run: Run, server: RoomServer, browsers: list[Browser], dark: bool, width: int
) -> None:
    phones, browser = RoomPhones(server), browsers[0]
    stop = next(stop for stop in run.stops if stop.is_question)
    phones.ask("0/1", stop.item, 1)  # type: ignore[arg-type]
    browser.screen(width, 844, phone=width < 500, dark=dark)
    browser.open(server.address)
    browser.find(".choice")
    assert browser.accessibility() == []
    assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
    browser.press("\ue004", "\ue004", " ")  # tab, tab, space: past the language to the first choice
    browser.wait("return document.querySelector('.choice[aria-pressed=true]') !== null")
    browser.find("#language").click()
    assert "pay_1" in browser.text("h1")
    assert browser.run("return document.documentElement.lang") == "ko"
    assert "받았습니다" in browser.text("#note")
    phones.close()
    phones.reveal("0/1", 0)
    browser.wait("return document.querySelector('.choice.right') !== null")
    assert browser.accessibility() == []


def test_the_room_goes_on_when_the_terminal_is_started_again(run: Run, tmp_path: Path, browsers: list[Browser]) -> None:
    room = open_room(tmp_path)
    assert room is not None
    browser = browsers[2]

    async def vote_at(serving: RoomServer, choice: int) -> str:
        app = a_class(run, RoomPhones(serving))
        async with app.run_test(size=(80, 24)) as pilot:
            await to_vote(pilot, app)
            await asyncio.to_thread(browser.wait, CLICK, choice)
            await asyncio.to_thread(browser.wait, IS_IN)
            await pilot.press("enter")
            await pilot.pause()
            return read_shot(app).text

    first = RoomServer(room)
    first.start()
    browser.open(first.address)
    browser.find("h1")
    assert "1 hands in all" in asyncio.run(vote_at(first, 1))
    first.close()
    browser.wait("return document.querySelector('#note').textContent.includes('No connection')")
    again = open_room(tmp_path, room.code)
    assert again is not None
    second = RoomServer(again)
    second.start()
    try:
        browser.wait("return !document.querySelector('#note').textContent.includes('No connection')")
        app = a_class(run, RoomPhones(second))
        assert app.ballots[0, 1].all_counts == (0, 1, 0, 0)
    finally:
        second.close()


def test_a_round_that_was_open_goes_on(run: Run, tmp_path: Path) -> None:
    stop = next(stop for stop in run.stops if stop.is_question)
    room = open_room(tmp_path)
    assert room is not None
    room.keep()
    RoomPhones(RoomServer(room)).ask("0/1", stop.item, 1)  # type: ignore[arg-type]
    room.vote(room.new_device(), "0/1", 1, 1, 1)
    again = open_room(tmp_path, room.code)
    assert again is not None
    assert isinstance(stop.item, Ask)
    phones, asks = RoomPhones(RoomServer(again)), {"0/1": stop.item}
    assert phones.kept(asks)["0/1"].phase == "count"
    assert phones.answered == 1
    phones.close()
    assert phones.kept(asks)["0/1"].all_counts == (0, 1, 0, 0)
    phones.ask("0/1", stop.item, 2)
    assert phones.kept(asks)["0/1"].first == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["class"], "needs a terminal"),
        (["class", "nowhere"], "needs a terminal"),
    ],
)
def test_what_a_class_needs(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = Call(monkeypatch, capsys)("--lang", "en", *words)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_a_room_that_is_gone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("simulator.cli.classroom.interactive", lambda: True)
    ended = Call(monkeypatch, capsys)("--lang", "en", "class", "crash-early-late", "--room", "zzzzz")
    assert (ended.status, ended.out) == (2, "")
    assert 'there is no room "zzzzz"' in ended.err
