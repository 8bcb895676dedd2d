"""The application in a headless terminal: keys, mouse, sizes, colours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.scene.change import Change
from simulator.story.run import Run
from simulator.tui.app import AckademyApp
from simulator.tui.controls import commands as c
from simulator.tui.controls.keys import SHORTCUTS
from simulator.tui.controls.shortcuts import JAMO, MAIN
from simulator.tui.drawing.canvas import Zone
from simulator.tui.screens.breakpoint import BreakpointScreen
from simulator.tui.screens.inspect import InspectScreen
from simulator.tui.screens.main import MainScreen
from simulator.tui.screens.zoom import ZoomScreen
from simulator.tui.session import Session
from simulator.tui.style.palettes import PALETTES
from simulator.tui.widgets.board import Board
from tests.screens.shot import read_shot
from tests.screens.test_golden import typed

Use = Callable[[AckademyApp, Pilot[Any]], Awaitable[None]]


def use(run: Run | None, do: Use, *, size: tuple[int, int] = (80, 24), motion: bool = False) -> AckademyApp:
    """Start the application, use it, and return it."""

    async def go() -> AckademyApp:
        app = AckademyApp(simulate, "en", run, motion=motion)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await do(app, pilot)
        return app

    return asyncio.run(go())


def session_of(app: AckademyApp) -> Session:
    assert app.session is not None
    return app.session


def state_of(app: AckademyApp) -> tuple[object, ...]:
    """The state that a key may change."""
    session = session_of(app)
    stack = [type(screen).__name__ for screen in app.screen_stack]
    return (*stack, session.player, session.look, session.run, app.return_code, app._exit)


async def prepare(app: AckademyApp, pilot: Pilot[Any]) -> None:
    """A place from which every command leads somewhere else: in the middle, in a branch, with something found."""
    session = session_of(app)
    session.do(c.GoToEnd())
    session.do(c.Skip())
    session.do(c.Skip())
    change = Change("kill", "worker2")
    session.branch(session.run.edited([change.edit(session.player)], simulate), change)
    session.search("task")
    session.panel()
    session.panel()
    session.move(1)
    session.do(c.Faster(1))
    await pilot.pause()


KEYS = [
    (shortcut.name, key)
    for shortcut in SHORTCUTS
    for key in shortcut.all_keys
    if MAIN in shortcut.screens and not isinstance(shortcut.command, c.AnswerQuestion)
]


def test_every_key_of_the_table_does_something(order: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dead = []

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        for name, key in KEYS:
            session = app.session = Session(order, "en", motion=False)
            app.lang = "en"
            while len(app.screen_stack) > 2:
                app.pop_screen()
                await pilot.pause()
            app.screen.session = session  # type: ignore[attr-defined]
            await prepare(app, pilot)
            if name == "down":
                session.move(-1)
            before = state_of(app)
            if name == "quit":
                continue
            await pilot.press(key)
            if state_of(app) == before:
                dead.append((name, key))

    use(order, press)
    assert not dead


@pytest.mark.parametrize(("key", "status"), [("q", 0), (JAMO["q"], 0), ("ctrl+c", 130)])
def test_quitting(order: Run, key: str, status: int) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press(key)

    assert use(order, press).return_value == status


def test_jamo_work_as_the_letters(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("l", "l", "l")
        player = session_of(app).player
        await pilot.press("g", *[JAMO["l"]] * 3)
        assert session_of(app).player == player
        await pilot.press(JAMO["h"], "l")
        assert session_of(app).player == player

    use(order, press)


def test_the_question_by_keys(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = session_of(app)
        await pilot.press("end", "right", "space")
        assert session.player.open_question is not None
        await pilot.press("1", "2")
        assert session.player.answers[1].choice == 0
        await pilot.press("end")
        assert session.player.at_end

    use(order, press)


def test_kill_and_undo_by_keys(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = session_of(app)
        await pilot.press("end", "enter", "enter", "x", "down", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert session.scene().branch == "what if: worker2 killed at 1.00 s"
        await pilot.press("right")
        assert session.run.world(session.player.cursor).workers["worker2"].life == "lost"
        await pilot.press("x", "escape", "u")
        assert session.run is order

    use(order, press)


def test_everything_about_a_thing_by_keys(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("end", "enter", "enter", "i")
        assert read_shot(app).lines[0].startswith(" Task Task2  STARTED")
        await pilot.press("down")
        assert read_shot(app).lines[0].startswith(" Task Task3  PENDING")
        await pilot.press("tab")
        assert read_shot(app).lines[0].startswith(" Queue celery")
        await pilot.press("shift+tab", "shift+tab")
        assert read_shot(app).lines[0].startswith(" Worker worker1  running")
        top = read_shot(app).text
        await pilot.press("pagedown")
        assert read_shot(app).text != top
        await pilot.press("pageup")
        assert read_shot(app).text == top
        await pilot.press("right")
        assert read_shot(app).text != top
        cursor = session_of(app).player.cursor
        await pilot.press("z")
        assert isinstance(app.screen, ZoomScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, InspectScreen)
        await pilot.press("up", "enter")
        assert isinstance(app.screen, ZoomScreen)
        await pilot.press("i")
        assert read_shot(app).lines[0].startswith(" Task Task3")
        await pilot.press("escape", "escape", "escape")
        assert isinstance(app.screen, MainScreen)
        assert session_of(app).player.cursor == cursor

    use(order, press)


def test_what_is_chosen_is_inspected_and_stays_chosen(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("end", "enter", "shift+tab", "i")
        assert read_shot(app).lines[0].startswith(" Worker worker1")
        await pilot.press(JAMO["i"])
        assert session_of(app).look.selection.key == "worker1"
        assert isinstance(app.screen, MainScreen)

    use(order, press)


def test_nothing_to_inspect_yet() -> None:
    scenario = parse_scenario("{workers: {}, tasks: {a: 1}, until: 1}")

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("i", "down", "tab", "enter", "pagedown")
        assert isinstance(app.screen, InspectScreen | ZoomScreen)

    use(Run(simulate(scenario), scenario), press)


def test_find_by_keys(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("end", "slash", *"queued", "down", "enter")
        session = session_of(app)
        assert order.trace.events[session.player.cursor - 1].type == "message-queued"
        cursor = session.player.cursor
        await pilot.press("n")
        assert session.player.cursor > cursor
        await pilot.press("N")
        assert session.player.cursor == cursor
        await pilot.press("slash", *"q", "escape")
        assert not app.return_code

    use(order, press)


def test_it_runs_until_a_condition_holds_but_not_past_a_question(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("B", *typed("running == 1"), "enter")
        session = session_of(app)
        assert order.trace.events[session.player.cursor - 1].type == "task-started"
        first = session.player.cursor
        await pilot.press("B", *typed("position(Task3) == 3"), "enter")  # the question asks who runs it
        assert session.player.open_question is not None
        assert session.player.cursor > first
        assert session.look.notice is not None
        await pilot.press("B", "enter")  # with the condition of before
        assert isinstance(app.screen, MainScreen)
        assert session.player.open_question is not None
        await pilot.press("1", "B", "enter")
        assert order.trace.events[session.player.cursor - 1].type == "task-started"
        there = session.player.cursor
        await pilot.press("B", "ctrl+u", *typed("lost >"), "enter")
        assert isinstance(app.screen, BreakpointScreen)
        await pilot.press(*typed(" 0"), "enter")
        assert (session.player.cursor, session.condition) == (there, "lost > 0")

    use(order, press)


def test_the_language_changes_and_the_cursor_stays(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("right", "right", "right")
        player = session_of(app).player
        texts = set()
        for lang in ("both", "ko", "en"):
            await pilot.press("L")
            assert app.lang == session_of(app).lang == lang
            assert session_of(app).player == player
            texts.add(read_shot(app).text)
        assert len(texts) == 3

    use(order, press)


# -- mouse ------------------------------------------------------------------------------------------------------


def zone_of(app: AckademyApp, command: c.Command) -> Zone:
    canvas = app.screen.query_one(Board).canvas
    assert canvas is not None
    return [zone for zone in canvas.zones if zone.command == command][-1]


def test_the_scrubber_is_clicked_dragged_and_wheeled(order: Run) -> None:
    async def point(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = session_of(app)
        await pilot.press("end", "1", "2", "end")  # what has shown its answers may show its length
        canvas = app.screen.query_one(Board).canvas
        assert canvas is not None
        (bar,) = (zone for zone in canvas.zones if isinstance(zone.command, c.Seek))
        middle = (bar.x + bar.width // 2, bar.y)
        await pilot.click(offset=middle)
        assert abs(session.player.time - session.player.horizon // 2) < 100_000
        await pilot.mouse_down(offset=middle)
        await pilot.hover(offset=(bar.x + bar.width, bar.y))
        assert session.player.at_end
        await pilot.hover(offset=(bar.x, bar.y - 3))
        await pilot.mouse_up(offset=(bar.x, bar.y))
        assert session.player.time == 0
        board = app.screen.query_one(Board)
        cursor = session.player.cursor
        board.post_message(Board.Wheeled(1))
        await pilot.pause()
        assert session.player.cursor > cursor
        board.post_message(Board.Wheeled(-1))
        await pilot.pause()
        assert session.player.cursor == cursor

    use(order, point)


def test_clicks_choose_answer_and_look_inside(order: Run) -> None:
    async def point(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = session_of(app)
        await pilot.press("end")
        answer = zone_of(app, c.AnswerQuestion(1))
        await pilot.click(offset=(answer.x, answer.y))
        assert session.player.answers[1].choice == 1
        card = zone_of(app, c.Choose("worker", "worker2"))
        await pilot.click(offset=(card.x + 1, card.y + 1))
        assert session.look.selection.key == "worker2"
        await pilot.click(offset=(card.x + 1, card.y + 1))
        assert "worker2" in read_shot(app).lines[0]
        await pilot.press("escape")
        key = zone_of(app, c.OpenHelp())
        await pilot.click(offset=(key.x, key.y))
        assert "Help" in read_shot(app).lines[0]

    use(order, point)


def test_the_list_of_the_inspection_is_clicked_and_its_page_is_wheeled(order: Run) -> None:
    async def point(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("end", "enter", "enter")
        await pilot.press("i")
        line = zone_of(app, c.Choose("worker", "worker2"))
        await pilot.click(offset=(line.x + 1, line.y))
        assert read_shot(app).lines[0].startswith(" Worker worker2")
        board = app.screen.query_one(Board)
        top = read_shot(app).text
        board.post_message(Board.Wheeled(1))
        await pilot.pause()
        assert read_shot(app).text != top
        back = zone_of(app, c.Escape())
        await pilot.click(offset=(back.x, back.y))
        assert isinstance(app.screen, MainScreen)
        hint = zone_of(app, c.Inspect())
        await pilot.click(offset=(hint.x, hint.y))
        assert isinstance(app.screen, InspectScreen)

    use(order, point)


def test_a_scenario_is_picked_and_left(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("down", "down", "enter")
        assert session_of(app).run.trace.header.scenario == order.trace.header.scenario
        await pilot.press("escape")
        assert app.session is None
        await pilot.press("q")

    assert use(None, press).return_value == 0


# -- time, sizes, colours ---------------------------------------------------------------------------------------


def test_steps_move_and_come_to_rest(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = session_of(app)
        await pilot.press(*["right"] * 4)
        assert session.player.is_moving
        await pilot.pause(0.7)
        assert not session.player.is_moving
        await pilot.press("space")
        assert session.player.is_moving
        await pilot.press("space")
        assert not session.player.is_moving

    use(order, press, motion=True)


def test_every_size_gets_full_lines(order: Run) -> None:
    async def resize(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("end", "1", "2")
        for size in [(20, 5), (60, 18), (81, 25), (140, 40), (300, 90)]:
            await pilot.resize_terminal(*size)
            for keys in ([], ["question_mark"], ["z"], ["i"], ["slash"], ["x"]):
                await pilot.press(*keys)
                for lang in ("ko", "en"):
                    app.set_language(lang)
                    await pilot.pause()
                    assert [cell_len(line) for line in read_shot(app).lines] == [size[0]] * size[1]
                if keys:
                    await pilot.press("escape")

    use(order, resize)


@pytest.mark.parametrize("theme", [*PALETTES, "ansi-dark", "nord"])
def test_themes_and_no_colour(order: Run, theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        app.theme = theme
        await pilot.press("right", "question_mark", "escape", "slash", "escape", "x", "escape")
        assert read_shot(app).lines[0].startswith(" One order")

    use(order, press)


def test_the_palette_knows_the_commands(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        names = [entry.name for entry in app.palette_entries()]
        assert "language" in names
        await pilot.press("ctrl+p", *"last", "enter")
        await pilot.pause(0.3)
        assert session_of(app).player.open_question is not None

    use(order, press)


def test_a_terminal_without_our_signs_gets_ascii(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        app.use_ascii(True)
        await pilot.press("end", "1", "2", "end")
        text = read_shot(app).text
        assert "worker1" in text
        assert not set("─│▶█◆●") & set(text)

    use(order, press)


def test_a_broken_lesson_is_shown_and_not_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "01-broken.yaml").write_text("taks: {}", encoding="utf-8")
    monkeypatch.setattr("simulator.scenario.library.library_folder", lambda: tmp_path)

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        assert "ackademy check broken" in read_shot(app).text
        await pilot.press("enter")
        assert app.session is None

    use(None, press)


def test_no_lessons_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("simulator.scenario.library.library_folder", lambda: tmp_path)

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("down", "enter", "1")
        assert "There are no scenarios." in read_shot(app).text

    use(None, press)
