"""Output to the terminal's surroundings: screenshots in files, copies, the mouse."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from simulator.story.run import Run
from simulator.tui.app import AckademyApp
from simulator.tui.capture.shot import read_shot, save_shot, screenshot_folder, short_path
from simulator.tui.capture.svg import CELL
from simulator.tui.controls import commands as c
from simulator.tui.screens.inspect import InspectScreen
from simulator.tui.screens.main import MainScreen
from simulator.tui.screens.palette import PaletteScreen
from simulator.tui.widgets.board import Board
from tests.tui.test_app import session_of, use

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of screenshots."""
    monkeypatch.setenv("XDG_PICTURES_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "Ackademy"
    folder.mkdir()
    return folder


def notice(app: AckademyApp) -> str:
    return session_of(app).scene().notice


def test_a_screenshot_is_what_is_shown(order: Run, here: Path) -> None:
    shown: list[str] = []

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        app.set_language("ko")
        await pilot.press("end")
        await pilot.pause()
        shown.append("".join(f"{line.rstrip()}\n" for line in read_shot(app).lines))
        await pilot.press("s")
        await pilot.pause()
        assert notice(app) == f"화면 저장: three-task-order-1.00s.svg, .txt ({here})"

    use(order, press)
    text = (here / "three-task-order-1.00s.txt").read_text(encoding="utf-8")
    assert text == shown[0]
    assert "실행" in text
    picture = ElementTree.parse(here / "three-task-order-1.00s.svg")
    texts = list(picture.iter(f"{SVG}text"))
    assert "".join("".join(node.text or "" for node in texts).split()) == "".join(text.split())
    for node in texts:
        assert float(node.attrib["textLength"]) == pytest.approx(cell_len(node.text or "") * CELL, abs=0.01)


def test_nothing_is_overwritten(order: Run, here: Path) -> None:
    (here / "three-task-order-0.00s.svg").write_text("mine", encoding="utf-8")
    (here / "three-task-order-0.00s-2.txt").write_text("mine too", encoding="utf-8")

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        for _ in range(2):
            await pilot.press("s")
            await pilot.pause()

    use(order, press)
    assert (here / "three-task-order-0.00s.svg").read_text(encoding="utf-8") == "mine"
    assert (here / "three-task-order-0.00s-2.txt").read_text(encoding="utf-8") == "mine too"
    names = sorted(path.name.removeprefix("three-task-order-0.00s") for path in here.iterdir())
    assert names == ["-2.txt", "-3.svg", "-3.txt", "-4.svg", "-4.txt", ".svg"]


def test_a_screenshot_in_the_colours_and_signs_that_are_worn(order: Run, here: Path) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        app.do(c.SetTheme("light"))
        app.do(c.SetGlyphs("ascii"))
        await pilot.press("end", "s")
        await pilot.pause()

    use(order, press)
    assert "#fbfaf7" in (here / "three-task-order-1.00s.svg").read_text(encoding="utf-8")
    assert (here / "three-task-order-1.00s.txt").read_text(encoding="utf-8").replace("한국어", "").isascii()


def test_what_cannot_be_written_is_said_and_leaves_nothing(order: Run, here: Path) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        shot = read_shot(app)
        with pytest.raises(OSError, match="too long"):
            save_shot(shot, "title", app.theme, "stem" * 100, here)
        here.rmdir()
        here.write_text("no folder")
        await pilot.press("s")
        await pilot.pause()
        assert notice(app) == "The screen cannot be saved: File exists"

    use(order, press)
    assert here.read_text() == "no folder"


@pytest.mark.parametrize("keys", [["question_mark"], ["i"], ["z"], ["o"]])
def test_other_screens_say_it_over_their_last_row_until_the_next_key(order: Run, keys: list[str]) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("end", "enter", "enter", *keys)
        last = read_shot(app).lines[-1]
        await pilot.press("s")
        await pilot.pause()
        assert read_shot(app).lines[-1].startswith(" Saved as three-task-order")
        await pilot.press("down", "up")
        await pilot.pause()
        assert read_shot(app).lines[-1] == last

    use(order, press)


def test_a_screenshot_of_the_picker(here: Path) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("s")
        await pilot.pause()
        assert "Saved as ackademy.svg" in read_shot(app).lines[-1]

    use(None, press)
    assert (here / "ackademy.svg").exists()


def test_what_y_copies(order: Run) -> None:
    written: list[str] = []

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        def sent() -> str:
            return base64.b64decode(written[-1].removeprefix("\x1b]52;c;").removesuffix("\a")).decode()

        driver: Any = app._driver
        driver.write = written.append
        app.set_language("ko")
        await pilot.press("end", "y")
        assert sent().startswith(session_of(app).scene().words[0].text)
        await pilot.press("enter", "tab", "y")
        assert sent() == "Task3"
        assert notice(app) == "터미널의 클립보드로 보냈습니다: Task3"
        await pilot.press("tab", "y")
        assert sent() == "worker1"
        await pilot.press("i", "down")
        assert isinstance(app.screen, InspectScreen)
        await pilot.press("y")
        assert sent() == "worker2"
        assert read_shot(app).lines[-1].startswith(" 터미널의 클립보드로 보냈습니다: worker2")

    use(order, press)


def test_the_mouse_is_given_away_and_taken_back(order: Run) -> None:
    did: list[str] = []

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("m")
        assert notice(app) == "This terminal cannot take the mouse"
        driver: Any = app._driver
        driver._disable_mouse_support = lambda: did.append("off")
        driver._enable_mouse_support = lambda: did.append("on")
        await pilot.press("m")
        assert "drag to select" in notice(app)
        await pilot.press("m", "question_mark", "m")

    use(order, press)
    assert did == ["off", "on", "off"]


def test_an_arrow_key_never_becomes_another_key(order: Run) -> None:
    """`<` and `>` change the speed; where there are no arrows, the arrow keys are written as words."""

    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        app.do(c.SetGlyphs("ascii"))
        await pilot.pause()
        assert "left right step" in read_shot(app).lines[-1]
        assert "Press right to step" in read_shot(app).text
        await pilot.press("end", "1", "2")
        assert "Press right and see" in read_shot(app).text
        await pilot.press("question_mark")
        text = read_shot(app).text
        assert "right left  l h" in text
        assert "< > =" in text
        await pilot.press("escape", "o", "enter")
        assert "Change it first: left right." in read_shot(app).text
        app.do(c.SetGlyphs("unicode"))
        await pilot.press("escape")
        assert "← → step" in read_shot(app).lines[-1]

    use(order, press)


EVERY_SCREEN = {
    "main": ["right"],
    "question": ["end"],
    "answered": ["end", "1", "2"],
    "end": ["end", "1", "2", "end"],
    "zoom": ["end", "enter", "z"],
    "inspect": ["end", "enter", "i"],
    "knobs": ["end", "enter", "o"],
    "help": ["question_mark"],
    "find": ["end", "slash", *"task"],
    "breakpoint": ["end", "B", *"lost"],
    "palette": ["ctrl+p"],
    "presenter": ["end", "P"],
    "spotlight": ["end", "1", "2", "P", "tab"],
}


@pytest.mark.parametrize("name", EVERY_SCREEN)
def test_whatever_is_drawn_as_a_button_can_be_pressed(order: Run, name: str) -> None:
    """Each hint of the bottom line, each line of a list and each thing on the stage: nothing else is needed."""

    async def point(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press(*EVERY_SCREEN[name])
        await pilot.pause()
        canvas = app.screen.query_one(Board).canvas
        assert canvas is not None
        assert canvas.zones
        asked: list[c.Command] = []
        screen: Any = app.screen
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(screen, "do", asked.append)
            for zone in canvas.zones:
                asked.clear()
                screen.on_board_pressed(Board.Pressed(zone.command.at(0, zone.width)))
                assert asked, zone
        bottom = canvas.lines()[-1]
        for zone in canvas.zones:
            if zone.y == canvas.height - 1:
                assert bottom[zone.x : zone.x + zone.width].strip()

    use(order, point)


@pytest.mark.parametrize("size", [(4, 18), (6, 5), (30, 5), (40, 8), (80, 24)])
def test_the_palette_on_a_terminal_of_any_size(order: Run, size: tuple[int, int]) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("ctrl+p")
        await pilot.pause(0.2)
        await pilot.press("pagedown", "pageup", "pagedown", "down", "a", "pagedown", "pageup", "escape")
        assert isinstance(app.screen, MainScreen)
        await pilot.resize_terminal(80, 24)
        await pilot.press("ctrl+p")
        await pilot.pause(0.2)
        assert isinstance(app.screen, PaletteScreen)
        await pilot.resize_terminal(*size)
        await pilot.press(*"theme", "escape")
        assert isinstance(app.screen, MainScreen)

    use(order, press, size=size)


def test_textuals_own_widgets_are_drawn_in_ascii_too(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        app.do(c.SetGlyphs("ascii"))
        for key in ("ctrl+p", "slash", "colon"):
            await pilot.press("end", key)
            await pilot.pause(0.3)
            lines = read_shot(app).lines
            # On the last row `L 한국어` names the language.
            assert "".join(lines[:-1]).isascii(), "\n".join(lines)
            await pilot.press("escape")

    use(order, press)


def test_screenshots_go_to_the_pictures_or_beside_the_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    assert screenshot_folder(state) == tmp_path / "state" / "ackademy" / "screenshots"
    (tmp_path / "Pictures").mkdir()
    assert screenshot_folder(state) == tmp_path / "Pictures" / "Ackademy"
    assert short_path(screenshot_folder(state)) == "~/Pictures/Ackademy"
    assert short_path(Path("/elsewhere")) == "/elsewhere"


def test_a_line_of_a_menu_can_be_pressed(order: Run) -> None:
    async def point(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("end", "1", "2", "x")
        await pilot.pause()
        lines = read_shot(app).lines
        y = next(y for y, line in enumerate(lines) if "3 stop worker1" in line)
        await pilot.click(offset=(lines[y].index("stop"), y))
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "worker1 stopped at 1.00 s" in session_of(app).scene().branch

    use(order, point)


def test_a_menu_in_ascii_and_where_it_has_no_room(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        app.do(c.SetGlyphs("ascii"))
        app.set_language("ko")
        await pilot.press("end", "1", "2", "x", "j")
        await pilot.pause()
        lines = read_shot(app).lines
        assert all(char.isascii() or "가" <= char <= "힣" for line in lines for char in line)
        assert any("> 2 worker2" in line for line in lines)
        for size in ((30, 8), (12, 4), (3, 2)):
            await pilot.resize_terminal(*size)
            await pilot.press("down", "down", "ㅏ")
            assert [cell_len(line) for line in read_shot(app).lines] == [size[0]] * size[1]
        await pilot.press("escape")
        assert isinstance(app.screen, MainScreen)

    use(order, press)
