"""A run that goes on while it is looked at: the trace grows, the cursor stays where the person is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from simulator.cli.following import live_model
from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Motion
from simulator.scenario import parse_scenario
from simulator.story.run import Run
from simulator.trace import Header, Trace
from simulator.tui import following
from simulator.tui.app import AckademyApp
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import player_hints
from simulator.tui.controls.shortcuts import MAIN
from simulator.tui.following import Following
from simulator.tui.session import Session
from tests.screens.shot import read_shot

WHOLE = simulate(
    parse_scenario(
        "profile: celery-redis\ntasks: {nap: 1}\nworkers: {w1: {concurrency: 2}}\n"
        "send: [{task: nap, every: 0.5, count: 12}]\n"
    )
)


def so_far(count: int, end: int | None = None, whole: Trace = WHOLE) -> Trace:
    """Its first events, as a run that goes on."""
    events = whole.events[:count]
    last = events[-1].t if events else 0
    return Trace(Header(profile="celery-redis", stopped="live", recorded={"since": 1.0}, end=end or last), events)


def live(count: int) -> Session:
    session = Session(Run(so_far(count)), "en", motion=False)
    session.go_live()
    return session


def grown(session: Session, trace: Trace) -> Session:
    session.grow(Playback(Run(trace)))
    return session


def test_who_stands_at_the_end_stays_at_the_end() -> None:
    session = live(20)
    for count in (20, 31, 50):
        grown(session, so_far(count))
        assert (session.player.cursor, session.scene().transport.motion) == (count, "live")
    later = grown(session, so_far(50, WHOLE.events[49].t + 700_000))
    assert later.player.time == WHOLE.events[49].t + 700_000, "the clock goes on where nothing happens"


def test_the_way_to_the_new_end_is_seen_as_a_step() -> None:
    session = Session(Run(so_far(20)), "en")
    session.go_live()
    grown(session, so_far(31))
    assert (session.player.motion, session.player.origin[0]) == (Motion.STEP, 20)
    session.advance(1.0)
    assert (session.player.motion, session.player.cursor) == (Motion.REST, 31)


def test_who_has_stepped_back_stays_and_is_told_how_to_return() -> None:
    session = live(40)
    session.do(c.Step(-1))
    here = session.player.place
    world = session.run.world(here[0]).counts
    grown(session, so_far(60))
    scene = session.scene()
    assert (session.player.place, scene.transport.motion) == (here, "paused")
    assert session.run.world(here[0]).counts == world
    assert scene.transport.events == 60
    assert player_hints(session.player, session.look, MAIN)[0].command == c.GoToEnd()
    session.do(c.GoToEnd())
    grown(session, so_far(70))
    assert session.player.cursor == 70


def test_space_at_the_end_stays_there_until_asked_otherwise() -> None:
    session = live(40)
    session.do(c.Play())
    assert grown(session, so_far(50)).player.cursor == 40
    session.do(c.GoToEnd())
    assert grown(session, so_far(60)).player.cursor == 60
    session.do(c.Play())
    session.do(c.Play())
    assert grown(session, so_far(70)).player.cursor == 70


def test_playing_goes_on_over_a_growth_and_ends_up_live() -> None:
    session = live(20)
    session.do(c.GoToStart())
    session.do(c.Play())
    for count in range(21, 60):
        session.advance(0.3)
        grown(session, so_far(count))
        assert session.player.motion is Motion.PLAY or session.player.at_end
    while not session.player.at_end:
        session.advance(5.0)
    assert grown(session, so_far(80)).player.cursor == 80


@pytest.mark.parametrize("count", range(2, 60, 3))
def test_events_that_come_to_stand_in_another_order_move_nobody_in_time(count: int) -> None:
    session = live(60)
    for _ in range(5):
        session.do(c.Step(-1))
    here = session.player.time
    events = list(so_far(60).events)
    mixed = [*events[:count], *(msgspec.structs.replace(e, cause=-1) for e in reversed(events[count:]))]
    changed = [msgspec.structs.replace(e, t=events[place].t) for place, e in enumerate(mixed)]
    grown(session, Trace(so_far(60).header, changed))
    assert session.player.time == here
    assert session.player.cursor <= 60
    session.do(c.GoToEnd())
    assert grown(session, so_far(3)).player.cursor == 3, "even a shorter one"


def test_nothing_is_said_to_be_over_while_it_goes_on() -> None:
    session = live(40)
    for lang, over in (("en", "The end"), ("ko", "끝")):
        session.set_language(lang)
        assert not [told.text for told in session.scene().words if over in told.text]
    session.grow(
        Playback(Run(Trace(msgspec.structs.replace(so_far(40).header, stopped="recorded"), so_far(40).events)))
    )
    session.stop_growing()
    assert any("recording ends" in told.text for told in session.scene().words) or session.lang == "ko"
    assert session.scene().transport.motion == "ended"


def test_the_wait_between_two_looks_grows_with_what_a_look_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.01, 10.0, 12.0])
    monkeypatch.setattr(following, "monotonic", lambda: next(times))
    source = Following(lambda: so_far(20))
    source.grow()
    assert source.pause == following.EVERY
    source.grow()
    assert source.pause == pytest.approx(20.0)


# -- on a screen ----------------------------------------------------------------------------------------------------

Use = Callable[[AckademyApp, Pilot[Any]], Awaitable[None]]


class Source:
    """Gives what it is told to give."""

    def __init__(self, trace: Trace) -> None:
        self.trace: Trace | None = trace

    def __call__(self) -> Trace | None:
        return self.trace


def watch(source: Source, do: Use, monkeypatch: pytest.MonkeyPatch, lang: str = "en") -> None:
    """Start the application on a source, and look often."""
    monkeypatch.setattr(following, "EVERY", 0.05)
    monkeypatch.setattr(following, "SHARE", 0)

    async def go() -> None:
        app = AckademyApp(simulate, lang, motion=False, following=Following(source, live_model))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await do(app, pilot)

    asyncio.run(go())


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    for _ in range(400):
        if holds():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_screen_follows_from_nothing_and_every_look_works_on_the_way(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(so_far(0))

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = app.session
        assert session is not None

        async def give(count: int) -> None:
            source.trace = so_far(count)
            await until(pilot, lambda: session.player.playback.length == count)
            await pilot.pause()

        assert ("live" if lang == "en" else "실시간") in read_shot(app).text
        for count in (1, 2, 5, 9, 14, 25, 40):
            await give(count)
            assert session.player.cursor == count
        await pilot.press("left", "left")
        here = session.player.place
        for count, keys in ((41, "z"), (44, "i"), (50, "slash"), (57, "tab")):
            await pilot.press(keys)
            await give(count)
            await pilot.press("escape")
        assert session.player.place == here
        await give(60)
        assert ("end: back to live" if lang == "en" else "end: 실시간으로") in read_shot(app).text
        await pilot.press("end")
        await give(70)
        assert session.player.cursor == 70

    watch(source, do, monkeypatch, lang)


def test_a_live_run_branches_into_its_model_and_grows_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(so_far(60))

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = app.session
        assert session is not None
        recorded = session.run
        await pilot.press("left", "x", "1")
        await until(pilot, lambda: session.run is not recorded)
        branch = session.run
        assert branch.scenario is not None
        assert not session.look.live
        source.trace = so_far(70)
        await until(pilot, lambda: app._following is not None and app._following.playback.length == 70)
        await pilot.pause()
        assert session.run is branch
        await pilot.press("u")
        assert session.look.live
        assert session.player.playback.length == 70
        await pilot.press("end")
        assert session.player.cursor == 70

    watch(source, do, monkeypatch)


def test_a_source_that_ends_leaves_all_there_was(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(so_far(30))

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        session = app.session
        assert session is not None
        source.trace = None
        await until(pilot, lambda: not session.look.live)
        await pilot.pause()
        assert session.player.cursor == 30
        assert "The recording has ended" in read_shot(app).text
        await pilot.press("left")
        assert session.player.cursor < 30

    watch(source, do, monkeypatch)
