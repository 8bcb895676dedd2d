"""Menus of what-ifs, their pictures, and saving of a branch."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from simulator.cli.watching import _model
from simulator.engine import simulate
from simulator.scenario import Edit, load_scenario, parse_scenario
from simulator.scene.change import Change, read_change
from simulator.scene.event_lines import describe_event
from simulator.story.run import Run, open_run, read_run
from simulator.trace import events as ev
from simulator.trace import write_trace
from simulator.tui.app import AckademyApp
from simulator.tui.controls import commands as c
from simulator.tui.controls.shortcuts import JAMO
from simulator.tui.screens.choose import MenuScreen
from simulator.tui.screens.compare import CompareScreen
from simulator.tui.session import Session
from simulator.tui.whatif import list_changes
from tests.tui.drawn import main_screen

SERVICE = """
services: {smtp: {latency: 0.1}, result_backend: {}}
workers: {worker1: {}}
tasks: {send_email: {duration: 2, calls: smtp}}
send: [{at: 0, id: Task1, task: send_email}, {at: 0.5, id: Task2, task: send_email}]
"""


@pytest.fixture
def session() -> Session:
    scenario = parse_scenario(SERVICE, file="mail.yaml")
    return Session(Run(simulate(scenario), scenario), "en", motion=False)


def change(session: Session, kind: str, target: str, seconds: float | None = None) -> None:
    found = Change(kind, target, seconds)
    assert found in session.changes()
    session.branch(session.run.edited([found.edit(session.player)], simulate), found)


def screen(session: Session, width: int = 80, height: int = 24) -> str:
    rows = main_screen(session.player, session.look, width, height).cells
    return "\n".join("".join(row) for row in rows)


def to(session: Session, seconds: float) -> None:
    session.player = session.player.seek_time(int(seconds * 1_000_000))


def test_what_can_happen(session: Session) -> None:
    found = [(one.kind, one.target, one.seconds) for one in session.changes()]
    assert found == [
        ("kill", "worker1", None),
        ("stop", "worker1", None),
        ("down", "broker", 5),
        ("down", "services.smtp", 10),
        ("send", "send_email", None),
        ("restart", "worker1", None),
    ]


def test_the_chosen_worker_comes_first(order: Run) -> None:
    player = Session(order, "en").player
    assert [one.target for one in list_changes(player, "worker2")][:2] == ["worker2", "worker1"]
    assert list_changes(Session(Run(order.trace), "en").player, "") == []


def test_a_change_is_known_by_its_fault(session: Session) -> None:
    for one in session.changes():
        edit = one.edit(session.player)
        assert edit.append
        assert edit.path == ("send" if one.kind == "send" else "faults")
        assert read_change(edit) == one
    for one in (Change("set", "tasks.send_email.duration", value=3), Change("turn", "seed", value=3)):
        assert read_change(one.edit(session.player)) == one
    assert read_change(Edit("faults", {"at": 1}, append=True)) is None


def test_a_stopping_worker(session: Session) -> None:
    to(session, 1)
    change(session, "stop", "worker1")
    assert "stopped" in session.scene().notice
    assert "worker1 stopped at 1.00 s" in session.scene().branch
    to(session, 1.5)
    assert session.scene().workers[0].state == "stopping"
    assert "shutting down" in screen(session)
    assert [one.kind for one in session.changes()] == ["kill", "down", "down", "send"]  # not restart
    to(session, 2.5)
    assert session.scene().workers[0].state == "offline"
    change(session, "start", "worker1")
    to(session, 2.6)
    assert session.scene().workers[0].state == "running"
    session.do(c.Undo())
    session.do(c.Undo())
    assert not session.scene().branch


def test_the_broker_is_down(session: Session) -> None:
    to(session, 1)
    change(session, "down", "broker", 5)
    to(session, 2)
    assert not session.scene().queues[0].broker_up
    assert "broker down" in screen(session)
    assert all(one.target != "broker" for one in session.changes())
    session.set_language("ko")
    assert "Broker 중단" in screen(session)
    session.do(c.GoToMark(1))
    assert isinstance(session.run.world(session.player.cursor).event, ev.BrokerUp)


def test_a_service_is_down(session: Session) -> None:
    change(session, "down", "services.smtp", 10)
    to(session, 1)
    assert session.scene().down == ("smtp",)
    for width in (60, 80, 140):
        assert "down: smtp" in screen(session, width)
    assert all(one.target != "services.smtp" for one in session.changes())


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_task_held_for_its_eta(lang: str) -> None:
    session = Session(open_run("retry", simulate), lang, motion=False)
    session.do(c.GoToEnd())
    session.do(c.Skip())
    to(session, 10)
    assert session.scene().workers[0].scheduled == (("Task1", 61_000_000),)
    for size in ((60, 18), (80, 24), (140, 40)):
        assert "ETA Task1 61.00" in screen(session, *size)


def test_more_held_tasks_than_room() -> None:
    text = "workers: {w: {}}\ntasks: {t: 1}\nsend: [{at: 0, task: t, countdown: 60, burst: 9}]\n"
    scenario = parse_scenario(text)
    session = Session(Run(simulate(scenario), scenario), "en", motion=False)
    to(session, 30)
    assert len(session.scene().workers[0].scheduled) > 5
    assert "ETA 9" in screen(session)


def test_dead_letters_are_counted_and_fly() -> None:
    session = Session(open_run("dead-letter", simulate), "en", motion=False)
    session.do(c.GoToEnd())
    session.do(c.Skip())
    events = session.run.trace.events
    index = next(n for n, event in enumerate(events) if isinstance(event, ev.MessageDeadLettered))
    session.do(c.GoTo(index + 1))
    trail = session.scene().trail
    assert trail is not None
    assert trail.source[:2] == ("worker", "worker1")
    assert trail.target[:2] == ("queue", "failed_emails")
    assert describe_event(events[index]) == "message-dead-lettered Task1 failed_emails"
    assert session.player.playback.history.busy.values[-1] == 0
    lines = screen(session).splitlines()
    assert any("retried 3" in line for line in lines)
    assert any("dead    1" in line for line in lines)


def test_a_branch_is_saved_beside_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mail.yaml").write_text(SERVICE, encoding="utf-8")
    scenario = load_scenario("mail.yaml")
    session = Session(Run(simulate(scenario), scenario), "en", motion=False)
    assert not session.can(c.Save())
    session.do(c.Save())
    assert "Nothing to save" in session.scene().notice
    to(session, 1)
    change(session, "kill", "worker1")
    for name in ("mail-branch.yaml", "mail-branch-2.yaml"):
        session.do(c.Save())
        assert name in session.scene().notice
        assert simulate(load_scenario(name)).events == session.run.trace.events


def test_what_cannot_be_saved(tmp_path: Path, order: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session(order.edited([Edit("send.0.at", 0.25)], simulate), "en", motion=False)
    session.save(tmp_path)
    assert "Cannot save this" in session.scene().notice
    session = Session(order.edited([], simulate), "en", motion=False)
    session.save(tmp_path / "nowhere")
    assert "Cannot save this" in session.scene().notice
    assert not list(tmp_path.iterdir())


def test_changes_and_saving_by_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    order = open_run("three-task-order", simulate)

    async def press() -> None:
        app = AckademyApp(simulate, "en", order, motion=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("w")
            assert not list(tmp_path.iterdir())
            await pilot.press("end", "enter", "enter", "x", "3")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert app.session is not None
            assert app.session.scene().branch == "what if: worker1 stopped at 1.00 s"
            await pilot.press(JAMO["w"])
            assert "three-task-order-branch.yaml" in app.session.scene().notice

    asyncio.run(press())
    assert [path.name for path in tmp_path.iterdir()] == ["three-task-order-branch.yaml"]


def recording(text: str, folder: Path) -> Run:
    """The trace of a scenario as a file that was recorded, with the model made from it."""
    file = folder / "run.jsonl"
    with file.open("w", encoding="utf-8") as stream:
        write_trace(simulate(parse_scenario(text)), stream)
    recorded = read_run(str(file))
    return Run(recorded, model=partial(_model, recorded, file))


def test_a_recording_goes_on_in_its_model_where_nothing_fails_from_here_on(tmp_path: Path) -> None:
    run = recording(
        "profile: celery-rabbitmq\ntasks: {a: 2}\nworkers: {w1: {}}\nsend: [{from: 0, every: 1, count: 9, task: a}]\n"
        "faults: [{at: 3.5, kill: w1}]\nuntil: 30",
        tmp_path,
    )

    async def press() -> None:
        app = AckademyApp(simulate, "en", run, motion=False, at=3_000_000)
        async with app.run_test(size=(80, 24)) as pilot:
            for opener in ("x", "o"):
                await pilot.press(opener, "1")
                await app.workers.wait_for_complete()
                await pilot.pause()
                session = app.session
                assert session is not None
                assert session.run.parent is run
                assert session.player.time == 3_000_000
                assert not [e for e in session.run.trace if isinstance(e, ev.WorkerLost)]
                assert "c: compare with what happened" in session.scene().notice
                await pilot.press("c")
                await app.workers.wait_for_complete()
                await pilot.pause()
                assert isinstance(app.screen, CompareScreen)
                assert app.screen.pair.contrast.names("en") == ("recording", "model")
                await pilot.press("escape", "u")
                assert session.run is run

    asyncio.run(press())


def test_before_a_what_if_the_model_of_a_recording_can_be_held_against_it(tmp_path: Path) -> None:
    run = recording(
        "profile: celery-rabbitmq\ntasks: {a: 0.3}\nworkers: {w1: {concurrency: 2}}\n"
        "send: [{from: 0, every: {exponential: 0.3}, count: 250, task: a}]\nuntil: 90",
        tmp_path,
    )

    async def press() -> None:
        app = AckademyApp(simulate, "en", run, motion=False, at=3_000_000)
        async with app.run_test(size=(80, 24)) as pilot:
            for opener in ("x", "o"):
                await pilot.press(opener)
                menu = app.screen
                assert isinstance(menu, MenuScreen)
                offered = menu.entries[1][0]
                if opener == "x":
                    assert "how far this model may be trusted" in offered
                    await pilot.press("2")
                    await app.workers.wait_for_complete()
                    await pilot.pause()
                    assert isinstance(app.screen, MenuScreen)
                    offered = app.screen.entries[1][0]
                assert offered.startswith("Good for p95 waits to ")
                await pilot.press("escape")
            assert app.session is not None
            assert app.session.run is run

    asyncio.run(press())


def test_a_recording_without_a_file_cannot_be_changed() -> None:
    session = Session(Run(simulate(parse_scenario(SERVICE))), "en", motion=False)
    assert not session.can(c.AskWhatIf())
    assert not session.can(c.OpenKnobs())
