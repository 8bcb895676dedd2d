"""The presenter: a clicker is enough, nothing is told before it is asked for, few and large panels."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs
from rich.cells import cell_len
from textual.pilot import Pilot

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import parse_scenario
from simulator.scene.build import build_scene
from simulator.scene.look import Look
from simulator.scene.model import Scene
from simulator.story.run import Run, open_run
from simulator.tui.app import AckademyApp
from simulator.tui.capture.shot import read_shot
from simulator.tui.controls import commands as c
from simulator.tui.controls.keys import shortcuts_of
from simulator.tui.controls.shortcuts import PRESENT
from simulator.tui.drawing.pages.present import draw_present, room_of_present
from simulator.tui.screens.main import MainScreen
from simulator.tui.screens.present import PresentScreen
from tests.screens.shot import take_shots
from tests.tui.test_app import session_of, use, zone_of

TO_QUESTION = ["pagedown"] * 3
SIZES = [(60, 18), (80, 24), (140, 40)]


def text_of(app: AckademyApp) -> str:
    return read_shot(app).text


@pytest.mark.parametrize("key", ["P", "f5"])
def test_it_comes_and_goes_with_one_key(order: Run, key: str) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("right", "right", key)
        cursor = session_of(app).player.cursor
        assert isinstance(app.screen, PresentScreen)
        await pilot.press("right", "left", key)
        assert isinstance(app.screen, MainScreen)
        assert session_of(app).player.cursor == cursor
        await pilot.press(key, "escape")
        assert isinstance(app.screen, MainScreen)

    use(order, press)


def test_a_clicker_alone_leads_through_the_whole_lesson(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press(*TO_QUESTION, "P")
        assert "Who will run it?" in text_of(app)
        assert "worker2" in text_of(app)
        assert session_of(app).player.open_question is not None
        await pilot.press("pagedown")
        assert "when will Task3 start?" in text_of(app)
        await pilot.press("pagedown")
        verdict = session_of(app).player.verdict
        assert verdict is not None
        assert "The run has just shown it" in text_of(app)
        assert "declared first" not in text_of(app)
        await pilot.press("pagedown")
        assert session_of(app).player.verdict == verdict
        assert "✓  1  worker1" in text_of(app)
        assert "declared first" in text_of(app)
        await pilot.press(*["pagedown"] * 7)
        assert session_of(app).player.at_end
        await pilot.press(*["pageup"] * 11)
        assert session_of(app).player.time == 0

    use(order, press)


@pytest.mark.parametrize(("answer", "word"), [("1", "Correct"), ("2", "Not quite")])
def test_whether_an_answer_holds_is_told_by_a_key_only(order: Run, answer: str, word: str) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press(*TO_QUESTION, "P", answer, "2")
        assert "(your answer)" in text_of(app)
        await pilot.press("pagedown")
        assert word not in text_of(app)
        await pilot.press("enter")
        assert word in text_of(app)
        await pilot.press("left", "right")
        assert word in text_of(app)

    use(order, press)


@pytest.mark.parametrize("key", ["b", "B", "full_stop", "ㅠ"])
def test_the_black_screen_shows_nothing_until_the_next_key(order: Run, key: str) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("P", key)
        assert not text_of(app).strip()
        for row in read_shot(app).rows:
            for segment in row:
                assert segment.style is not None
                assert segment.style.bgcolor is not None
                assert segment.style.bgcolor.triplet is not None
                assert segment.style.bgcolor.triplet.hex == "#000000"
        cursor = session_of(app).player.cursor
        await pilot.press("right")
        assert "Queue celery" in text_of(app)
        assert session_of(app).player.cursor == cursor

    use(order, press)


def test_nothing_moves_while_it_is_black(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("P", "space")
        assert session_of(app).player.is_moving
        await pilot.press("b")
        assert not text_of(app).strip()
        assert not session_of(app).player.is_moving

    use(order, press)


def test_the_spotlight_goes_from_worker_to_worker(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press(*TO_QUESTION, "1", "2", "P", "right", "right")
        lit = []
        for _ in range(3):
            await pilot.press("tab")
            lit.append(session_of(app).look.selection.key)
        assert lit == ["worker1", "worker2", ""]
        await pilot.press("shift+tab")
        assert session_of(app).look.selection.key == "worker2"
        assert "Task2 generate_invoice" in text_of(app)
        assert "Task1 send_email" not in text_of(app)
        await pilot.press("escape")
        assert not session_of(app).look.selection.key
        assert isinstance(app.screen, PresentScreen)

    use(order, press)


def test_the_mouse_does_it_too(order: Run) -> None:
    async def point(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press(*TO_QUESTION, "P")
        answer = zone_of(app, c.AnswerQuestion(1))
        await pilot.click(offset=(answer.x + 1, answer.y))
        assert session_of(app).player.answers[1].choice == 1
        forward = zone_of(app, c.GoToMark(1))
        await pilot.click(offset=(forward.x, forward.y))
        worker = zone_of(app, c.Choose("worker", "worker1"))
        await pilot.click(offset=(worker.x + 1, worker.y + 1))
        assert session_of(app).look.selection.key == "worker1"
        line = zone_of(app, c.Seek())
        await pilot.click(offset=(line.x, line.y))
        assert session_of(app).player.time == 0
        leave = zone_of(app, c.Present())
        await pilot.click(offset=(leave.x, leave.y))
        assert isinstance(app.screen, MainScreen)

    use(order, point)


def test_a_what_if_from_here(order: Run) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press(*TO_QUESTION, "1", "2", "P", "x", "1")
        await app.workers.wait_for_complete()
        await pilot.press("right")
        assert isinstance(app.screen, PresentScreen)
        assert "what if: worker1 killed" in text_of(app)
        await pilot.press("u")
        assert session_of(app).run is order

    use(order, press)


@pytest.mark.parametrize("lang", ["ko", "both"])
def test_every_size_gets_full_lines_and_no_more_than_five_frames(order: Run, lang: str) -> None:
    answered = [*TO_QUESTION, "2", "2", "P", "pagedown", "enter"]
    for keys in (["P"], [*TO_QUESTION, "P"], answered, ["end", "1", "2", "end", "P"]):
        for (_, (width, height)), shot in take_shots(order, keys, [lang], SIZES).items():
            assert [cell_len(line) for line in shot.lines] == [width] * height
            assert shot.text.count("╭") <= 4


def test_a_question_is_always_asked_whole(order: Run) -> None:
    for lang, choice in (("en", "both of them"), ("ko", "두 worker가 함께")):
        for shot in take_shots(order, [*TO_QUESTION, "P"], [lang], SIZES).values():
            assert choice in shot.text.lower()


@pytest.mark.parametrize("what", ["dead-letter", "two-queues", "retry"])
def test_other_lessons(what: str) -> None:
    keys = ["P", *["pagedown"] * 9]
    for (_, (width, height)), shot in take_shots(open_run(what, simulate), keys, ["ko", "en"], SIZES[:2]).items():
        assert [cell_len(line) for line in shot.lines] == [width] * height


@pytest.mark.parametrize(
    "text",
    [
        "{workers: {}, tasks: {a: 1}, until: 1}",
        "{workers: 60, tasks: {a: 3}, send: [{at: 0, task: a, count: 20000}], until: 4}",
        "{workers: {w: {concurrency: 8}}, tasks: {a: 3}, send: [{at: 0, task: a, count: 12}], until: 123456}",
    ],
)
def test_nobody_and_a_crowd(text: str) -> None:
    scenario = parse_scenario(text)
    run = Run(simulate(scenario), scenario)
    for keys in (["P", *["right"] * 4], ["P", "end", "tab"]):
        for (_, (width, height)), shot in take_shots(run, keys, ["en"], SIZES).items():
            assert [cell_len(line) for line in shot.lines] == [width] * height


def test_no_key_of_it_needs_a_capital_or_a_function_key() -> None:
    for shortcut in shortcuts_of(PRESENT):
        if shortcut.name in ("present", "language", "end", "home"):
            continue
        plain = [key for key in shortcut.keys if not (key.isalpha() and key.isupper()) and not key.startswith("f1")]
        assert plain, shortcut.name


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 40)])
@pytest.mark.parametrize("what", ["three-task-order", "crash-early-late", "prefetch"])
def test_what_flies_stays_between_queues_and_workers(what: str, size: tuple[int, int]) -> None:
    """It covers no border and no word: beside the gap, each frame of a step is the one without anything that flies."""
    player = Player.at_start(Playback(open_run(what, simulate)))
    flown = False
    for _ in range(40):
        after = player.raw_step(shown=True)
        for since in (0.05, 0.2, 0.4):
            scene = present_scene(after.advance(since), size)
            still = structs.replace(scene, flights=[], trail=None)
            drawn, without = (draw_present(one, *size) for one in (scene, still))
            changed = {
                x
                for row, other in zip(drawn.cells, without.cells, strict=True)
                for x, (cell, there) in enumerate(zip(row, other, strict=True))
                if cell != there
            }
            flown = flown or bool(changed)
            for x in changed:
                assert all(row[x] not in "╭╮╰╯│" for row in without.cells)
        player = after.rest().answer(None) if after.rest().open_question else after.rest()
    assert flown


def present_scene(player: Player, size: tuple[int, int]) -> Scene:
    return build_scene(player, Look("en"), lambda draft: room_of_present(draft, *size))
