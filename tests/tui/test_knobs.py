"""The panel of knobs, and what turning one does to the run."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simulator.course.knobs import Knob
from simulator.engine import simulate
from simulator.measure import evaluate_text
from simulator.scenario import Edit, load_scenario, parse_scenario
from simulator.scene.change import Change
from simulator.scene.pages.knobs import KnobPanel, KnobRow, build_knobs, build_sure_chart
from simulator.story.run import Run, open_run
from simulator.study.knob_study import KnobStudy
from simulator.trace import events as ev
from simulator.tui.app import AckademyApp
from simulator.tui.controls import commands as c
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.pages.knobs import draw_knobs
from simulator.tui.screens.knobs import KnobsScreen
from simulator.tui.session import Session
from simulator.tui.whatif import list_sends


def do(session: Session, change: Change) -> None:
    session.branch(session.run.edited([change.edit(session.player)], simulate), change)


@pytest.fixture
def session(order: Run) -> Session:
    session = Session(order, "en", motion=False)
    for command in (c.GoToEnd(), c.Skip(), c.Skip()):
        session.do(command)
    return session


DURATION = Change("set", "tasks.notify_shipping.duration", value=5)


def test_from_now_on_all_that_was_seen_is_unchanged(session: Session) -> None:
    before = session.player
    seen = before.playback.events[: before.cursor]
    do(session, DURATION)
    assert session.player.place == before.place
    assert session.run.trace.events[: before.cursor] == seen
    (changed,) = [event for event in session.run.trace if isinstance(event, ev.SettingChanged)]
    assert changed.t == before.time + 1
    assert session.scene().branch == f"what if: tasks.notify_shipping.duration = 5 from {before.time / 1e6:.2f} s on"
    session.do(c.GoToEnd())
    assert session.run.trace.end > before.playback.run.trace.end
    session.do(c.Undo())
    assert session.run is before.playback.run
    assert session.player.place == before.place


def test_from_the_start_is_a_new_run_at_the_same_time(session: Session) -> None:
    session.do(c.Step(1))
    session.do(c.Step(1))
    before = session.player
    do(session, Change("turn", "tasks.send_email.duration", value=0.5))
    assert session.player.time == before.time
    assert session.run.trace.common_prefix(before.playback.run.trace) < before.cursor
    assert session.scene().branch == "what if: tasks.send_email.duration = 0.5"
    assert "from the start" in session.scene().notice
    session.do(c.GoToStart())
    session.do(c.Undo())
    assert session.run is before.playback.run
    assert session.player.time == 0


@pytest.mark.parametrize(
    "change",
    [
        DURATION,
        Change("turn", "config.task_acks_late", value=False),
        Change("turn", "tasks.send_email.duration", value={"exponential": 3}),
        Change("turn", "seed", value=4),
        Change("turn", "profile", value="celery-rabbitmq"),
        Change("send", "send_email", call=(("args", [1]),)),
    ],
)
def test_a_saved_branch_gives_the_same_trace(change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session(open_run("three-task-order", simulate), "en", motion=False)
    session.do(c.GoToEnd())
    session.do(c.Skip())
    session.do(c.Skip())
    do(session, change)
    session.do(c.Save())
    (path,) = tmp_path.iterdir()
    assert simulate(load_scenario(path.name)).events == session.run.trace.events


def test_what_merging_would_undo_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.yaml").write_text("workers: 2\ntasks: {t: 1}\nsend: [{at: 0, task: t}]", encoding="utf-8")
    session = Session(open_run("two.yaml", simulate), "en", motion=False)
    do(session, Change("turn", "workers", value=1))
    session.do(c.Save())
    assert "Cannot save this" in session.scene().notice
    assert [path.name for path in tmp_path.iterdir()] == ["two.yaml"]


def test_a_task_is_sent_as_the_scenario_sends_it(session: Session) -> None:
    before = session.player
    change = next(one for one in session.changes() if one.kind == "send")
    do(session, change)
    assert session.player.place == before.place
    assert "send_email sent at" in session.scene().branch
    first, *_, sent = [event for event in session.run.trace if isinstance(event, ev.TaskSent)]
    assert (sent.t, sent.uuid, sent.name) == (before.time + 1, "send_email_1", "send_email")
    assert sent.args == first.args


def test_only_what_has_a_queue_from_the_start_can_be_sent() -> None:
    scenario = parse_scenario(
        "workers: {w: {queues: [a]}}\ntasks: {one: {queue: a}, two: {queue: b}, three: 1, four: 1}\n"
        "config: {task_routes: {four: {queue: a}}}\nsend: [{at: 0, task: three, queue: a, kwargs: {x: 1}}]"
    )
    found = list_sends(scenario, ["a"])
    assert [one.target for one in found] == ["one", "three", "four"]
    assert dict(found[1].call) == {"queue": "a", "kwargs": {"x": 1}}


def test_many_workers_leave_room_for_the_rest() -> None:
    session = Session(open_run("three-task-order", simulate, overrides=["workers=300"]), "en", motion=False)
    kinds = [one.kind for one in session.changes()]
    assert len(kinds) <= 14
    assert {"kill", "stop", "down", "send"} <= set(kinds)


def test_keys_and_mouse() -> None:
    order = open_run("three-task-order", simulate, overrides=["knobs=[]"])

    async def use() -> None:
        app = AckademyApp(simulate, "en", order, motion=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("end", "1", "2", "x", "up", *["down"] * 20, "enter")
            panel = app.screen
            assert isinstance(panel, KnobsScreen)
            await pilot.press("enter")
            assert "Change it first" in panel.notice
            await pilot.press("tab")  # task_acks_late cannot change while workers run
            assert panel.value is True
            await pilot.press("left")
            assert panel.value is False
            await pilot.press("left", "right", "h", "down")
            assert panel.value == 1
            await pilot.press("up")
            assert panel.value is False  # what was turned stays, whatever else is looked at
            await pilot.press("right")
            assert panel.turned == {}
            place = next(n for n, knob in enumerate(panel.knobs) if knob.running)

            def zone(command: c.Command) -> tuple[int, int]:
                assert panel.board.canvas is not None
                found = next(z for z in panel.board.canvas.zones if z.command == command)
                return found.x + 1, found.y

            await pilot.click(offset=zone(c.Pick(place)))
            assert panel.chosen == place
            await pilot.click(offset=zone(c.TurnKnob(1)))
            await pilot.click(offset=zone(c.TurnKnob(1)))
            await pilot.click(offset=zone(c.TurnKnob(-1)))
            assert panel.value == 5
            await pilot.click(offset=zone(c.ChooseWhen(False)))
            assert not panel.from_now
            await pilot.click(offset=zone(c.ChooseWhen(True)))
            assert panel.from_now
            await pilot.click(offset=zone(c.ApplyKnob()))
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert app.session is not None
            assert app.session.scene().branch == "what if: tasks.send_email.duration = 5 from 1.00 s on"
            await pilot.press("o", "question_mark", "escape", "L", "escape")
            assert not isinstance(app.screen, KnobsScreen)

    asyncio.run(use())


@pytest.mark.parametrize(("less", "more"), [(False, True), (True, False), (True, True), (False, False)])
def test_only_ways_that_a_knob_can_be_turned_are_offered(less: bool, more: bool) -> None:
    row = KnobRow("task_acks_late", "false", turned=False, has_less=less, has_more=more, allowed="false")
    panel = KnobPanel("Knobs", "", [row], 0, [], ("from the start", "from now on"), False, "")
    canvas = draw_knobs(panel, 80, 24)
    text = canvas.lines()[2]
    assert (GLYPHS.left in text, GLYPHS.right in text) == (less, more)
    turns = {c.TurnKnob(by) for by, has in ((-1, less), (1, more)) if has}
    assert {zone.command for zone in canvas.zones if isinstance(zone.command, c.TurnKnob)} == turns
    assert set(canvas.styles[2][1:79]) == {"selected"}


def test_several_knobs_are_applied_at_once_and_taken_back_at_once() -> None:
    order = open_run("three-task-order", simulate)

    async def use() -> None:
        app = AckademyApp(simulate, "en", order, motion=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("end", "1", "2", "o", "tab", "right", "down", "right")
            panel = app.screen
            assert isinstance(panel, KnobsScreen)
            assert panel.turned == {"tasks.send_email.duration": 3, "workers": 3}
            assert "2 settings changed" in "\n".join(panel.paint(80, 24).lines())
            await pilot.press("enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
            session = app.session
            assert session is not None
            assert session.run.scenario is not None
            assert len(session.run.scenario.changes) == 2
            assert session.scene().branch == "what if: tasks.send_email.duration = 3, workers = 3"
            await pilot.press("o", "down")
            assert isinstance(app.screen, KnobsScreen)
            assert app.screen.value == 3  # and a panel that is opened again has what was applied
            await pilot.press("escape", "u")
            assert session.run is order
            assert "this is the original run" in session.scene().notice

    asyncio.run(use())


def test_undoing_one_of_two_changes_does_not_call_it_the_original(session: Session) -> None:
    do(session, DURATION)
    do(session, Change("turn", "workers", value=3))
    assert session.scene().branch.count("=") == 2
    session.do(c.Undo())
    assert "only the last change" in session.scene().notice
    session.do(c.Undo())
    assert "this is the original run" in session.scene().notice


def test_what_an_exercise_does_not_allow_is_marked_and_turns_are_from_the_start() -> None:
    session = Session(open_run("visibility-timeout", simulate), "en", motion=False)
    for command in (c.GoToEnd(), c.Skip(), c.GoToEnd()):
        session.do(command)
    panel = KnobsScreen(session)
    assert not panel.from_now
    drawn = build_knobs(panel.knobs, 0, {}, False, 0, "en")
    marked = {row.name for row in drawn.rows if row.forbidden}
    assert marked == {knob.name for knob in panel.knobs if knob.forbidden}
    assert marked
    shown = "\n".join(draw_knobs(drawn, 80, 24).lines())
    assert shown.count("not in the exercise") == len(marked)


def test_space_plays_the_values_of_a_knob_with_many_seeds_and_draws_how_sure_they_are() -> None:
    run = open_run("hockey-stick", simulate, overrides=["send.0.count=40"])

    async def drive() -> tuple[str, str]:
        app = AckademyApp(simulate, "en", run, motion=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("o")
            screen = app.screen
            assert isinstance(screen, KnobsScreen)
            await pilot.press("space")
            assert screen.study is not None
            while screen.study.done < screen.study.total:
                await pilot.pause(0.05)
            await pilot.pause(0.3)
            drawn = "\n".join(drawn_knobs(screen))
            study = screen.study
            await pilot.press("escape")
            return drawn, f"{study.cancelled}"

    drawn, cancelled = asyncio.run(drive())
    assert "mean wait (s), 20 seeds each, 95% interval" in drawn
    assert "±" in drawn
    assert cancelled == "True"


def drawn_knobs(screen: KnobsScreen) -> list[str]:
    view = screen.view(80, 23)
    assert isinstance(view, KnobPanel)
    return draw_knobs(view, 80, 23).lines()


def test_a_study_of_a_knob_has_the_same_seeds_for_each_value() -> None:
    scenario = parse_scenario(
        "{tasks: {a: {exponential: 1}}, send: [{at: 0, task: a, count: 5}], workers: 1, until: 60}"
    )
    study = KnobStudy(scenario, "workers", (1, 2, 3), 2)
    study.work()
    assert study.done == study.total == 60
    assert [len(found) for found in study.found] == [20, 20, 20]
    assert study.found[1] == [
        evaluate_text("mean(wait)", simulate(scenario.edited(Edit("workers", 2), Edit("seed", n))))
        for n in range(1, 21)
    ]
    assert all(one > other for one, other in zip(study.found[0], study.found[2], strict=True))


def test_a_value_that_the_scenario_does_not_take_has_no_runs() -> None:
    scenario = parse_scenario("{tasks: {a: 1}, send: [{at: 0, task: a}], workers: {w: {}}}")
    study = KnobStudy(scenario, "workers.w.pool", ("solo", "nonsense"), "solo")
    study.work()
    assert [len(found) for found in study.found] == [20, 0]
    knob = Knob("workers.w.pool", "solo", ("solo", "nonsense"), {"en": "", "ko": ""})
    chart = build_sure_chart(knob, study.values, study.found, study.done, study.total, "en")
    assert chart.rows[0].said.endswith("± 0")
    assert (chart.rows[1].said, chart.rows[1].dots) == ("nothing to measure", [])
    assert chart.progress == ""
