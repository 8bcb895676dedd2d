"""The README's examples, held to what really happens."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from simulator import simulate
from simulator.cli.shared import ORDER
from simulator.course.knobs import list_knobs
from simulator.measure import check_goals
from simulator.scenario import Edit, ScenarioError, parse_scenario, scenario_names
from simulator.scenario.course import load_course
from simulator.scenario.source import read_source
from simulator.story.problems.errors import format_problem
from simulator.story.run import open_run
from simulator.tui.app import AckademyApp
from simulator.tui.capture.shot import read_shot
from simulator.tui.controls import commands as c
from simulator.tui.controls.keys import SHORTCUTS
from simulator.tui.controls.shortcuts import MAIN, show_key
from simulator.tui.screens.compare import CompareScreen
from simulator.tui.screens.knobs import KnobsScreen
from simulator.tui.style.palettes import PALETTES

ROOT = Path(__file__).parent.parent
READMES = [("README.md", "en"), ("README.ko.md", "ko")]


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / name).read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize(("name", "lang"), READMES)
def test_the_example_plays_and_its_variant_mends_it(name: str, lang: str) -> None:
    example, *_ = blocks(name, "yaml")
    met = {}
    for variant in (None, "late"):
        scenario = parse_scenario(example, file="mine.yaml", variant=variant)
        met[variant] = [result.met for result in check_goals(scenario.goals, simulate(scenario))]
    assert met == {None: [False], "late": [True]}


@pytest.mark.parametrize(("name", "lang"), READMES)
def test_the_mishaps_meet_their_goals(name: str, lang: str) -> None:
    _, example, _ = blocks(name, "yaml")
    scenario = parse_scenario(example, file="mishaps.yaml")
    assert [result.met for result in check_goals(scenario.goals, simulate(scenario))] == [True, True]


@pytest.mark.parametrize(("name", "lang"), READMES)
def test_the_knobs_are_those_that_are_declared(name: str, lang: str) -> None:
    *_, example = blocks(name, "yaml")
    scenario = parse_scenario(example, file="knobs.yaml")
    assert not scenario.warnings
    assert [(knob.current, knob.running) for knob in list_knobs(scenario)] == [(2, True), (True, False)]
    (line,) = re.findall(r"`({at: .*?})`", (ROOT / name).read_text(encoding="utf-8"))
    fault = read_source(f"fault: {line}", "line").data["fault"]
    simulate(scenario.edited(Edit("faults", fault, append=True)))


@pytest.mark.parametrize(("name", "lang"), READMES)
def test_the_error_reads_as_shown(name: str, lang: str) -> None:
    text = "a:\n\n\nworkers: {worker1: {concurency: 2}}\n".replace("a:", "title: x")
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, file="mine.yaml")
    shown = format_problem(caught.value.problems[0], lang)
    assert shown.rstrip() in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "lang"), READMES)
def test_every_link_and_picture_exists(name: str, lang: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    assert targets
    for target in targets:
        assert (ROOT / target).is_file(), target


@pytest.mark.parametrize(("name", "lang"), READMES)
def test_it_counts_the_lessons_and_names_every_command_and_theme(name: str, lang: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    course = load_course()
    assert set(course.lessons) == set(scenario_names())
    assert re.search(rf"(?<!\d){len(course.lessons)}(?!\d)", text)
    untold = [command for command in ORDER if not re.search(rf"`(ackademy )?{command}[ `]", text)]
    assert untold == []
    assert all(theme.removeprefix("ackademy-") in text for theme in PALETTES)
    shared = {name for shortcut in SHORTCUTS for name in shortcut.also}
    for shortcut in SHORTCUTS:
        if (
            MAIN in shortcut.screens
            and not isinstance(shortcut.command, c.AnswerQuestion)
            and shortcut.name not in shared
        ):
            assert any(f"`{show_key(key)}`" in text for key in shortcut.keys), shortcut.name


def test_the_tour_works_to_the_letter() -> None:
    """Steps 2 to 5 as they are written, by keys, in the terminal that `make play` opens."""

    async def tour() -> None:
        app = AckademyApp(simulate, "en", open_run("three-task-order", simulate), motion=False)
        async with app.run_test(size=(80, 24)) as pilot:

            async def press(*keys: str) -> str:
                for key in keys:
                    await pilot.press(key)
                    await app.workers.wait_for_complete()
                    await pilot.pause()
                return read_shot(app).text

            assert 'worker1 → Broker: "Is there a new task?"' in await press("right")
            session = app.session
            assert session is not None
            await press("end")
            assert session.player.open_question is not None
            await press("home")
            assert session.player.cursor == session.player.playback.opening
            for _ in range(40):
                if session.player.open_question is not None:
                    break
                await press("right")
            assert "Who will run it?" in read_shot(app).text
            assert "when will Task3 start?" in await press("1")
            await press("2")
            for _ in range(40):
                if session.player.verdict is not None:
                    break
                await press("right")
            assert session.player.verdict is not None
            assert "worker1" in read_shot(app).text
            assert not session.scene().queues[0].count
            for _ in range(3):  # to a panel, and down to a task
                if session.look.selection.key.startswith("Task"):
                    break
                await press("down" if session.look.selection.panel else "tab")
            text = await press("enter")
            assert "argsrepr" in text
            await press("escape", "i", "escape", "escape")
            await press("x", "1")
            assert session.run.parent is not None
            await press(*["right"] * 4)
            seen = session.run.trace.events[: session.player.cursor]
            assert "message-requeued" in [event.type for event in seen]
            await press("c", "1")
            assert isinstance(app.screen, CompareScreen)
            await press("escape", "u")
            assert session.run.parent is None
            await press("o")
            assert isinstance(app.screen, KnobsScreen)

    asyncio.run(tour())
