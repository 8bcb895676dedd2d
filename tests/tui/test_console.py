"""The console in the terminal: typing, answers, what-ifs, completion, history."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from simulator.engine import simulate
from simulator.scenario import load_scenario
from simulator.story.run import Run, open_run
from simulator.tui.app import AckademyApp
from simulator.tui.controls import commands as c
from simulator.tui.controls.keys import BY_NAME
from simulator.tui.drawing.pages.console import Exchange, Transcript, fold
from simulator.tui.screens.console import LEAVING, STAYING, ConsoleScreen
from simulator.tui.screens.main import MainScreen
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board
from tests.screens.shot import read_shot

Use = Callable[["Desk"], Awaitable[None]]


class Desk:
    """A person at the console."""

    def __init__(self, app: AckademyApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def session(self) -> Session:
        assert self.app.session is not None
        return self.app.session

    @property
    def screen(self) -> ConsoleScreen:
        assert isinstance(self.app.screen, ConsoleScreen)
        return self.app.screen

    @property
    def memory(self) -> Transcript:
        return self.screen.memory

    async def type(self, text: str) -> None:
        self.screen.prompt.value = text
        await self.press("enter")

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    def shown(self) -> str:
        return read_shot(self.app).text


def at_console(run: Run, use: Use, *, size: tuple[int, int] = (100, 30), lang: str = "en") -> None:
    """Open the console two events after the question, and use it."""

    async def go() -> None:
        app = AckademyApp(simulate, lang, run, motion=False)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            desk = Desk(app, pilot)
            await desk.press("pagedown", "pagedown", "pagedown", "1", "2", "colon")
            await use(desk)

    asyncio.run(go())


def test_it_answers_over_the_stage(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.press(*"inspect", "space", *"active", "enter")
        text = desk.shown()
        assert "->  celery@worker1: OK" in text
        assert "1.00 s  $ inspect active" in text
        assert "Task3 notify_shipping" in text  # the stage is still there
        assert "1.00 s · event 19" in text
        await desk.press("escape")
        assert isinstance(desk.app.screen, MainScreen)

    at_console(order, use)


def test_letters_are_text_and_no_commands(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.press(*"qhlkjgxuw", "space", "ㅂ", "안", "녕")
        assert desk.screen.prompt.value == "qhlkjgxuw ㅂ안녕"
        await desk.press("enter")
        assert desk.memory.entries[-1].answer is not None
        assert "Hangul" in desk.shown()

    at_console(order, use)


def test_control_is_a_what_if_like_any_other(order: Run) -> None:
    async def use(desk: Desk) -> None:
        before = desk.session.player
        await desk.type("celery -A app control revoke Task3")
        session = desk.session
        assert session.run.scenario is not None
        assert session.run.scenario.model.control[0].revoke == "Task3"
        assert session.player.place == before.place
        assert "tasks {'Task3'} flagged as revoked" in desk.shown()
        assert "what if: control revoke Task3 at 1.00 s" in desk.shown()
        await desk.type("undo")
        assert session.run is before.playback.run
        await desk.type("control pool_grow 2 -d worker1,worker2")
        assert [line.n for line in session.run.scenario.model.control] == [2, 2]
        await desk.type("call send_email")
        assert desk.memory.entries[-1].answer is not None
        assert desk.memory.entries[-1].answer.lines == ("send_email_1",)

    at_console(order, use)


def test_what_was_typed_is_saved_as_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def use(desk: Desk) -> None:
        await desk.type("control revoke Task3 -d worker1")
        await desk.type("save")
        assert "Saved: three-task-order-branch.yaml" in desk.shown()
        saved = load_scenario(next(tmp_path.glob("*.yaml")))
        assert simulate(saved).hash == desk.session.run.trace.hash

    at_console(open_run("three-task-order", simulate), use)


def test_the_suggestions_can_be_pressed(order: Run) -> None:
    async def use(desk: Desk) -> None:
        assert "celery -A app control revoke Task1" in desk.shown()
        zones = desk.screen.query_one(Board).canvas.zones  # type: ignore[union-attr]
        desk.screen.do(next(zone.command for zone in zones if isinstance(zone.command, c.Type)))
        assert desk.screen.prompt.value == "celery -A app inspect active"

    at_console(order, use)


def test_what_was_given_up_says_so(order: Run) -> None:
    async def use(desk: Desk) -> None:
        entry = Exchange("1.00 s", "control shutdown")
        desk.memory.add(entry)
        desk.screen.redraw()
        await desk.settle()
        assert "  …" in desk.shown()
        await desk.press("escape", "colon")
        assert "Cancelled; nothing has changed." in desk.shown()

    at_console(order, use)


def test_the_palette_leads_to_it(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.press("escape")
        names = [entry.name for entry in desk.app.palette_entries()]
        assert "Celery console: type a command" in names

    at_console(order, use)


def test_a_command_that_cannot_be_simulated_says_so(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.type("call send_email --queue ''")
        assert desk.session.run.parent is None
        assert "This cannot be simulated" in desk.shown()

    at_console(order, use)


def test_an_open_question_comes_first(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.press("escape", "home", "pagedown", "pagedown", "pagedown")
        desk.session.player = Session(order, "en").player.next_mark().next_mark().next_mark()
        await desk.press("colon")
        await desk.type("control shutdown")
        assert desk.session.run.parent is None
        assert "Answer the question first" in desk.shown()

    at_console(order, use)


def test_an_empty_line_steps_and_the_answers_keep_their_time(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.type("status")
        before = desk.session.player.cursor
        await desk.press("right", "right")
        assert desk.session.player.cursor > before
        await desk.type("status")
        assert [entry.when for entry in desk.memory.entries] == ["1.00 s", "3.00 s"]
        await desk.press("left", "left")
        assert desk.session.player.cursor == before
        await desk.press(*"ab", "left", "right")
        assert desk.session.player.cursor == before

    at_console(order, use)


def test_completion_shows_the_choices(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.press("tab")
        assert desk.screen.prompt.value == "celery -A app "
        await desk.press(*"con", "tab")
        assert desk.screen.prompt.value == "celery -A app control "
        await desk.press("tab")
        assert "autoscale  cancel_consumer" in desk.shown()
        await desk.press(*"rev", "tab", "tab")
        assert desk.screen.prompt.value == "celery -A app control revoke Task"
        assert "Task1  Task2  Task3" in desk.shown()
        await desk.press("3")
        assert "Task1  Task2  Task3" not in desk.shown()

    at_console(order, use)


def test_history_comes_back_even_after_closing(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.type("status")
        await desk.type("status")
        await desk.type("inspect ping")
        await desk.press("escape", "colon", *"half", "up")
        assert desk.screen.prompt.value == "inspect ping"
        await desk.press("up", "up")
        assert desk.screen.prompt.value == "status"
        await desk.press("down", "down")
        assert desk.screen.prompt.value == "half"
        assert "pong" in desk.shown()
        await desk.type("clear")
        assert not desk.memory.entries

    at_console(order, use)


def test_a_long_answer_is_shown_from_its_beginning_and_scrolls(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.type("status")
        await desk.type("inspect stats")
        assert "$ inspect stats" in desk.shown()
        assert "2 nodes online." not in desk.shown()
        await desk.press("pagedown", "pagedown", "pagedown", "pagedown")
        assert "2 nodes online." in desk.shown()
        await desk.press(*["pageup"] * 9)
        assert "$ status" in desk.shown()

    at_console(order, use)


def test_the_programs_own_commands(order: Run) -> None:
    assert all(name in BY_NAME for name in (*STAYING, *LEAVING))

    async def use(desk: Desk) -> None:
        await desk.type("end")
        assert isinstance(desk.app.screen, ConsoleScreen)
        await desk.type("zoom")
        assert type(desk.app.screen).__name__ == "ZoomScreen"
        await desk.press("colon")
        await desk.type("exit")
        assert type(desk.app.screen).__name__ == "ZoomScreen"

    at_console(order, use)


@pytest.mark.parametrize("lang", ["ko", "both"])
def test_it_fits_any_terminal(order: Run, lang: str) -> None:
    async def use(desk: Desk) -> None:
        for text in ("help", "inspect active", "celery -A app control " + "revoke " * 30, "events"):
            await desk.type(text)
        for size in ((140, 40), (80, 24), (60, 18), (40, 10), (20, 5)):
            await desk.pilot.resize_terminal(*size)
            desk.screen.show_last()
            desk.app.refresh()
            await desk.press("pageup")
            assert len(read_shot(desk.app).lines) == size[1]

    at_console(order, use, lang=lang)


def test_another_lesson_begins_with_an_empty_console(order: Run) -> None:
    async def use(desk: Desk) -> None:
        await desk.type("status")
        await desk.press("escape")
        desk.app.play(open_run("retry", simulate))
        await desk.press("colon")
        assert not desk.memory.entries

    at_console(order, use)


def test_folding_loses_nothing() -> None:
    text = "    * {'id': 'Task1', 'name': '주문 완료 알림', 'args': [12345]}"
    for width in range(1, 90):
        assert "".join(row.strip(" ") for row in fold(text, width)).replace(" ", "") == text.replace(" ", "")
