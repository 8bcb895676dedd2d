"""Simulating behind the screen: it is told how far it is, can be given up, and lands on the same moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from simulator.engine import simulate
from simulator.measure.moments import LOOK, Onset, OnsetSearch
from simulator.play.playback import Playback
from simulator.scenario import Scenario, parse_scenario
from simulator.scenario.conditions.goals import parse_goal
from simulator.story.run import Run, open_run
from simulator.trace import Trace
from simulator.tui.app import AckademyApp
from simulator.tui.background import Hunt, Rerun, Watch
from simulator.tui.screens.knobs import KnobsScreen
from tests.screens.shot import read_shot
from tests.test_cli import SLOW


class Slow:
    """An engine that waits in the middle until it is let go, and looks whether anybody still waits for it."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.ended = threading.Event()
        self.runs = 0

    def __call__(self, scenario: Scenario, *, watch: Watch | None = None) -> Trace:
        self.runs += 1
        try:
            while not self.go.wait(0.01):
                if watch is not None:
                    watch(12_300_000, 4567)
            return simulate(scenario)
        finally:
            self.ended.set()


def use(engine: Slow, do: Callable[[AckademyApp, Pilot[Any]], Awaitable[None]]) -> None:
    async def go() -> None:
        app = AckademyApp(engine, "en", open_run("three-task-order", simulate), motion=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("end", "1", "2")
            await do(app, pilot)

    asyncio.run(go())


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came")


def notice(app: AckademyApp) -> str:
    assert app.session is not None
    return app.session.scene().notice


def test_progress_is_shown_and_the_moment_stays() -> None:
    engine = Slow()

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = app.session
        assert session is not None
        before = session.player
        await pilot.press("x", "1")
        await until(pilot, lambda: "12.3 s, 4,567 events" in read_shot(app).text)
        await pilot.press("left", "f", "right")  # the screen goes on living
        assert session.look.future
        assert session.player.place == before.place
        engine.go.set()
        await until(pilot, lambda: session.background is None)
        assert session.player.place == before.place
        assert session.run.parent is before.playback.run
        assert "worker1 is killed" in notice(app)

    use(engine, do)


def test_who_went_on_meanwhile_comes_back_to_where_they_asked() -> None:
    engine = Slow()

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = app.session
        assert session is not None
        before = session.player
        await pilot.press("x", "1")
        await pilot.press("right", "right", "right")
        assert session.player.cursor > before.cursor
        engine.go.set()
        await until(pilot, lambda: session.background is None)
        assert session.player.place == before.place
        await pilot.press("u")
        assert session.player.place == before.place
        assert session.run is before.playback.run

    use(engine, do)


@pytest.mark.parametrize("key", ["escape", "u"])
def test_it_can_be_given_up(key: str) -> None:
    engine = Slow()

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = app.session
        assert session is not None
        run = session.run
        await pilot.press("x", "1")
        await until(pilot, lambda: engine.runs == 1)
        await pilot.press(key)
        assert "Cancelled" in notice(app)
        await until(pilot, engine.ended.is_set)
        await pilot.pause(0.1)
        assert session.run is run
        assert "Cancelled" in notice(app)

    use(engine, do)


def test_the_last_wish_counts() -> None:
    engine = Slow()

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = app.session
        assert session is not None
        await pilot.press("x", "1")
        await pilot.press("x", "2")
        engine.go.set()
        await until(pilot, lambda: session.background is None)
        await pilot.pause(0.1)
        assert session.scene().branch == "what if: worker2 killed at 1.00 s"

    use(engine, do)


def test_quitting_waits_for_nobody() -> None:
    engine = Slow()

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("x", "1")
        await until(pilot, lambda: engine.runs == 1)
        await pilot.press("q")

    use(engine, do)
    assert engine.ended.wait(5)
    assert not engine.go.is_set()


def test_what_cannot_be_simulated_is_said_and_nothing_changes() -> None:
    async def go() -> None:
        text = "workers: 2\ntasks: {t: 1}\nsend: [{at: 0, task: t}]\nfaults: [{at: 3, kill: worker2}]"
        scenario = parse_scenario(text)
        app = AckademyApp(simulate, "en", Run(simulate(scenario), scenario), motion=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("o")
            panel = app.screen
            assert isinstance(panel, KnobsScreen)
            while panel.knobs[panel.chosen].path != "workers":
                await pilot.press("down")
            await pilot.press("left", "enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert "Cannot simulate this" in notice(app)
            assert "worker2" in notice(app)
            assert app.session is not None
            assert app.session.run.parent is None

    asyncio.run(go())


def test_a_limit_is_a_problem_too() -> None:
    def refuse(scenario: Scenario, *, watch: Watch | None = None) -> Trace:
        return simulate(scenario, 3)

    rerun = Rerun(lambda: parse_scenario(SLOW))
    rerun.work(refuse)
    assert rerun.result is None
    assert rerun.problem is not None
    assert rerun.problem.code == "limit.events"


def test_a_run_that_is_there_is_not_simulated_again() -> None:
    playback = Playback(open_run("three-task-order", simulate))
    seen: list[Playback] = []
    rerun = Rerun(lambda: playback, then=seen.append)
    rerun.work(Slow())
    assert rerun.result is playback
    assert seen == [playback]


def test_a_search_ends_at_the_look_after_it_was_cancelled() -> None:
    run = open_run("sale-day", simulate)
    hunt = Hunt(OnsetSearch(run.trace, parse_goal("lost > 99")))
    hunt.work(simulate)
    assert hunt.result == Onset(None, holds=False)
    assert hunt.events > LOOK
    assert "searched up to" in hunt.progress("en")
    stopped = Hunt(OnsetSearch(run.trace, parse_goal("lost > 99")))
    stopped.cancel()
    stopped.work(simulate)
    assert (stopped.result, stopped.events) == (None, 0)
