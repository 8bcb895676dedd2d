"""Writing a scenario beside its run: the editor, reading the file again, mistakes, `--watch`."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.scenario import load_course, load_scenario, scenario_files
from simulator.scenario.differences import DESCRIPTIVE, find_differences
from simulator.scene.change import Change
from simulator.story.run import Run, open_run
from simulator.tui.app import AckademyApp
from simulator.tui.authoring import FileWatch, copy_lesson, editor_command, run_editor
from simulator.tui.controls import commands as c
from simulator.tui.screens.main import MainScreen
from simulator.tui.screens.problems import ProblemsScreen
from simulator.tui.session import Session
from tests.screens.shot import read_shot

MAIL = """\
workers: {worker1: {}}
tasks: {send_email: {duration: 2}}
send: [{at: 0, id: Task1, task: send_email}, {at: 1, id: Task2, task: send_email}]
"""

Use = Callable[["Desk"], Awaitable[None]]


class Desk:
    """An author, an editor and a run."""

    def __init__(self, app: AckademyApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def session(self) -> Session:
        assert self.app.session is not None
        return self.app.session

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def look(self) -> None:
        """As the timer does: twice, since only what stands still counts."""
        for _ in range(2):
            self.app.author.look(self.session)
            await self.settle()

    def to(self, seconds: float) -> None:
        self.session.player = self.session.player.seek_time(int(seconds * 1e6))

    def shown(self) -> str:
        return read_shot(self.app).text

    def notice(self) -> str:
        return self.session.scene().notice


def at_desk(what: str, use: Use, *, watch: bool = False, size: tuple[int, int] = (110, 30), **asked: Any) -> None:
    run = open_run(what, simulate, **asked)

    async def go() -> None:
        app = AckademyApp(simulate, "en", run, motion=False, watch=watch)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await use(Desk(app, pilot))

    asyncio.run(go())


@pytest.fixture
def mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario in the current directory, and a terminal that can be left."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    left = []

    @contextmanager
    def suspend(app: AckademyApp) -> Iterator[None]:
        left.append(app)
        yield

    monkeypatch.setattr(AckademyApp, "suspend", suspend)
    path = tmp_path / "mail.yaml"
    path.write_text(MAIL, encoding="utf-8")
    return path


def use_editor(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str, options: str = "") -> None:
    """An editor that does what a shell script says; the file is its last argument."""
    editor = folder / "my editor"
    editor.write_text(f"#!/bin/sh\nfor file; do :; done\n{script}\n", encoding="utf-8")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", f"'{editor}' {options}")


def test_the_editor_is_the_persons_own() -> None:
    assert editor_command({"EDITOR": "vim"}) == ["vim"]
    assert editor_command({"EDITOR": "vim", "VISUAL": "code --wait"}) == ["code", "--wait"]
    assert editor_command({}) == editor_command({"EDITOR": ""}) == editor_command({"EDITOR": "'"}) == []


# -- e ----------------------------------------------------------------------------------------------------------


def test_a_change_of_the_future_keeps_the_place(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_editor(monkeypatch, mail.parent, """printf '%s\\n' "faults: [{at: 2.5, kill: worker1}]" >> "$file" """, "-n")

    async def use(desk: Desk) -> None:
        desk.to(1.5)
        before = desk.session.player
        await desk.press("e")
        after = desk.session.player
        assert (after.cursor, after.time) == (before.cursor, before.time)
        assert after.playback.run.trace.hash != before.playback.run.trace.hash
        assert any(event.type == "worker-lost" for event in after.playback.run.trace)
        assert desk.notice() == "Reloaded: mail.yaml. Everything up to here is unchanged."
        assert desk.session.run.parent is None

    at_desk("mail.yaml", use)


def test_a_change_of_the_past_keeps_the_time(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_editor(monkeypatch, mail.parent, """sed -i 's/at: 0,/at: 0.25,/' "$file" """)

    async def use(desk: Desk) -> None:
        desk.to(1.5)
        await desk.press("e")
        assert desk.session.player.time == 1_500_000
        assert desk.notice().startswith("Reloaded: mail.yaml. What came before has changed")

    at_desk("mail.yaml", use)


def test_nothing_edited_is_nothing_read(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_editor(monkeypatch, mail.parent, "true")

    async def use(desk: Desk) -> None:
        run = desk.session.run
        await desk.press("e")
        assert desk.session.run is run
        assert desk.notice() == "The file is unchanged."
        use_editor(monkeypatch, mail.parent, "exit 3")
        await desk.press("e")
        assert "(status 3)" in desk.notice()
        use_editor(monkeypatch, mail.parent, """printf '# a note\\n' >> "$file" """)
        await desk.press("e")
        assert desk.notice() == "Reloaded: mail.yaml. The run is the same."

    at_desk("mail.yaml", use)


def test_no_editor_and_no_such_editor(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(desk: Desk) -> None:
        await desk.press("e")
        assert desk.notice() == "No editor is set: set the environment variable EDITOR. The file: mail.yaml"
        monkeypatch.setenv("EDITOR", "/nowhere/editor -w")
        await desk.press("e")
        assert "/nowhere/editor -w (No such file or directory)" in desk.notice()

    at_desk("mail.yaml", use)


def test_where_no_editor_can_open(order: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")

    async def use(desk: Desk) -> None:
        await desk.press("e")
        assert "play --watch" in desk.notice()

    at_desk("three-task-order", use)


def test_a_mistake_is_told_in_place_and_the_run_stays(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_editor(monkeypatch, mail.parent, """sed -i 's/duration/duratoin/' "$file" """)

    async def use(desk: Desk) -> None:
        desk.to(1.5)
        before = desk.session.player
        await desk.press("e")
        assert desk.session.player == before
        assert isinstance(desk.app.screen, ProblemsScreen)
        text = desk.shown()
        assert "There is a problem: mail.yaml" in text
        assert "mail.yaml:2:22" in text
        assert 'did you mean "duration"?' in text
        assert "^" in text
        use_editor(monkeypatch, mail.parent, """sed -i 's/duratoin: 2/duration: 3/' "$file" """)
        await desk.press("e")
        assert isinstance(desk.app.screen, MainScreen)
        assert desk.session.player.cursor == before.cursor
        assert desk.session.run is not before.playback.run

    at_desk("mail.yaml", use)


def test_the_panel_closes_and_scrolls(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = ", ".join(f"t{n}: {{x{n}: 1}}" for n in range(40))
    use_editor(monkeypatch, mail.parent, f"""printf 'tasks: {{{tasks}}}\\nsend: 3\\n' > "$file" """)

    async def use(desk: Desk) -> None:
        await desk.press("e")
        assert "41 problems: mail.yaml" in desk.shown()
        first = desk.shown()
        await desk.press("down", "down")
        assert desk.shown() != first
        await desk.press("escape")
        assert isinstance(desk.app.screen, MainScreen)

    at_desk("mail.yaml", use)


def test_what_ifs_are_undone_and_that_is_said(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_editor(monkeypatch, mail.parent, """sed -i 's/duration: 2/duration: 3/' "$file" """)

    async def use(desk: Desk) -> None:
        desk.to(0.5)
        change = Change("kill", "worker1")
        desk.session.branch(desk.session.run.edited([change.edit(desk.session.player)], simulate), change)
        await desk.press("right", "e")
        assert desk.session.run.parent is None
        assert desk.notice().endswith("The what-ifs were undone.")
        assert not desk.session.can(c.Undo())

    at_desk("mail.yaml", use)


def test_what_was_asked_on_the_command_line_holds_after_reading_again(
    mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_editor(monkeypatch, mail.parent, """printf 'variants: {two: {set: {workers: 2}}}\\n' >> "$file" """)

    async def use(desk: Desk) -> None:
        await desk.press("e")
        scenario = desk.session.run.scenario
        assert scenario is not None
        assert scenario.value_at("tasks.send_email.duration") == 9
        assert scenario.value_at("seed") == 5

    at_desk("mail.yaml", use, seed=5, overrides=["tasks.send_email.duration=9"])


def test_answers_hold_as_long_as_the_questions_are_the_same(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = copy_lesson(load_scenario("three-task-order"), mail.parent)
    use_editor(monkeypatch, mail.parent, """printf '# a note\\n' >> "$file" """)

    async def use(desk: Desk) -> None:
        await desk.press("pagedown", "pagedown", "pagedown", "1", "e")
        assert desk.session.player.answers
        use_editor(monkeypatch, mail.parent, """sed -i 's/Who will run it/Who has it next/' "$file" """)
        await desk.press("e")
        assert not desk.session.player.answers

    at_desk(lesson.name, use)


def test_a_lesson_is_copied_never_over_a_file(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = mail.parent / "three-task-order.yaml"
    taken.write_text("mine", encoding="utf-8")
    original = Path(load_scenario("three-task-order").file).read_bytes()
    use_editor(monkeypatch, mail.parent, """sed -i 's/^seed:.*//' "$file"; printf '\\nseed: 9\\n' >> "$file" """)

    async def use(desk: Desk) -> None:
        await desk.press("e")
        copy = mail.parent / "three-task-order-2.yaml"
        assert copy.exists()
        assert "your copy: three-task-order-2.yaml" in desk.notice()
        scenario = desk.session.run.scenario
        assert scenario is not None
        assert (scenario.model.seed, scenario.file) == (9, "three-task-order-2.yaml")
        # From now on it is that file.
        use_editor(monkeypatch, mail.parent, """sed -i 's/seed: 9/seed: 8/' "$file" """)
        await desk.press("e")
        assert "three-task-order-2.yaml" in desk.notice()
        assert not (mail.parent / "three-task-order-3.yaml").exists()

    at_desk("three-task-order", use)
    assert taken.read_text(encoding="utf-8") == "mine"
    assert Path(load_scenario("three-task-order").file).read_bytes() == original


@pytest.mark.parametrize("name", load_course().lessons)
def test_the_copy_of_a_lesson_runs_alike_and_does_not_solve_its_exercise(name: str, tmp_path: Path) -> None:
    lesson = load_scenario(name)
    copied = load_scenario(copy_lesson(lesson, tmp_path))
    assert not [change for change in find_differences(lesson, copied) if change.path[0] not in DESCRIPTIVE]
    assert (copied.model.ask, copied.model.goals) == (lesson.model.ask, lesson.model.goals)
    if lesson.model.exercise is None:
        assert copied.model == lesson.model
        return
    assert copied.model.exercise is not None
    assert copied.model.exercise.goals == lesson.model.exercise.goals
    assert (copied.model.exercise.why, copied.model.exercise.in_production) == (None, None)
    assert not copied.model.variants
    played = next(iter(lesson.model.variants))
    kept = load_scenario(copy_lesson(load_scenario(name, variant=played), tmp_path), variant=played)
    assert [*kept.model.variants] == [played]
    text = Path(copied.file).read_text(encoding="utf-8")
    assert "# Other variants and explanations are not in this copy" in text
    assert text.startswith(Path(lesson.file).read_text(encoding="utf-8").splitlines()[0])


def test_a_copy_with_a_mistake_is_the_one_to_be_mended(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_editor(monkeypatch, mail.parent, """printf 'nonsense: 1\\n' >> "$file" """)

    async def use(desk: Desk) -> None:
        await desk.press("e")
        assert isinstance(desk.app.screen, ProblemsScreen)
        use_editor(monkeypatch, mail.parent, """sed -i 's/nonsense: 1/seed: 9/' "$file" """)
        await desk.press("e")
        assert desk.session.run.scenario is not None
        assert desk.session.run.scenario.file == "retry.yaml"
        assert not (mail.parent / "retry-2.yaml").exists()

    at_desk("retry", use)


def test_an_unedited_copy_does_not_stay(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_editor(monkeypatch, mail.parent, "true")

    async def use(desk: Desk) -> None:
        await desk.press("e")
        assert not (mail.parent / "three-task-order.yaml").exists()
        assert desk.notice() == "The file is unchanged."

    at_desk("three-task-order", use)


# -- --watch ----------------------------------------------------------------------------------------------------


def test_a_saved_file_is_read_again(mail: Path) -> None:
    async def use(desk: Desk) -> None:
        assert "Watching mail.yaml" in desk.notice()
        desk.to(1.5)
        mail.write_text(MAIL.replace("duration: 2", "duration: 3"), encoding="utf-8")
        await desk.look()
        assert desk.session.player.time == 1_500_000
        assert desk.session.run.trace.end == 6_000_000
        mail.write_text(MAIL.replace("duration: 2", "duration: [2"), encoding="utf-8")
        await desk.look()
        assert isinstance(desk.app.screen, ProblemsScreen)
        assert "reloaded as soon as you save the file" in desk.shown()
        assert desk.session.run.trace.end == 6_000_000
        mail.write_text(MAIL.replace("duration", "duratio"), encoding="utf-8")
        await desk.look()
        assert "duratio" in desk.shown()
        # Some editors put another file in its place.
        (mail.parent / "mail.yaml~").write_text(MAIL.replace("duration: 2", "duration: 5"), encoding="utf-8")
        (mail.parent / "mail.yaml~").rename(mail)
        await desk.look()
        assert isinstance(desk.app.screen, MainScreen)
        assert desk.session.run.trace.end == 10_000_000

    at_desk("mail.yaml", use, watch=True)


def test_a_missing_file_is_a_mistake_until_it_is_back(mail: Path) -> None:
    async def use(desk: Desk) -> None:
        mail.unlink()
        await desk.look()
        assert isinstance(desk.app.screen, ProblemsScreen)
        mail.write_text(MAIL, encoding="utf-8")
        await desk.look()
        assert isinstance(desk.app.screen, MainScreen)

    at_desk("mail.yaml", use, watch=True)


def test_what_a_file_extends_is_watched_too(mail: Path) -> None:
    child = mail.parent / "child.yaml"
    child.write_text("extends: ./mail.yaml\nseed: 4\n", encoding="utf-8")
    assert [file.name for file in scenario_files(child)] == ["child.yaml", "mail.yaml"]

    async def use(desk: Desk) -> None:
        mail.write_text(MAIL.replace("duration: 2", "duration: 3"), encoding="utf-8")
        await desk.look()
        assert desk.session.run.trace.end == 6_000_000
        child.write_text("extends: [", encoding="utf-8")
        await desk.look()
        assert isinstance(desk.app.screen, ProblemsScreen)
        child.write_text("extends: ./mail.yaml\ntasks: {send_email: {duration: 4}}\n", encoding="utf-8")
        await desk.look()
        assert desk.session.run.trace.end == 8_000_000

    at_desk("child.yaml", use, watch=True)


def test_only_what_stands_still_counts(mail: Path) -> None:
    watch = FileWatch(mail)
    assert not watch.changed()
    mail.write_text(MAIL + "# 1", encoding="utf-8")
    assert not watch.changed()
    mail.write_text(MAIL + "# 12", encoding="utf-8")
    assert not watch.changed()
    assert watch.changed()
    assert not watch.changed()
    os.utime(mail, ns=(1, 1))
    assert [watch.changed(), watch.changed()] == [False, True]


def test_the_timer_looks(mail: Path) -> None:
    async def use(desk: Desk) -> None:
        mail.write_text(MAIL.replace("duration: 2", "duration: 3"), encoding="utf-8")
        for _ in range(40):
            await desk.pilot.pause(0.1)
            if desk.session.run.trace.end == 6_000_000:
                break
        assert desk.session.run.trace.end == 6_000_000

    at_desk("mail.yaml", use, watch=True)


def test_bookmarks_stay_at_their_times_in_a_run_that_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "mail.yaml"
    file.write_text(MAIL, encoding="utf-8")
    session = Session(open_run(str(file), simulate), "en", motion=False)
    for seconds in (1.0, 3.5, 4.0):
        session.player = session.player.seek_time(int(seconds * 1e6))
        session.do(c.ToggleBookmark())
    assert [time for _, time in session.look.bookmarks] == [1_000_000, 3_500_000, 4_000_000]
    file.write_text(MAIL.replace("duration: 2", "duration: 1.8"), encoding="utf-8")
    playback = Playback(open_run(str(file), simulate))
    session.reload(playback, str(file))
    assert playback.end[1] < 4_000_000
    assert [time for _, time in session.look.bookmarks] == [1_000_000, 3_500_000]
    for cursor, time in session.look.bookmarks:
        assert session.player.seek_time(time).cursor == cursor


@pytest.mark.skipif(os.name == "nt", reason="sends a signal")
def test_ctrl_c_in_an_editor_is_the_editors(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    program = (
        "import os, signal, sys, time\n"
        f"signal.signal(signal.SIGINT, lambda *_: open({str(heard)!r}, 'w').close())\n"
        "os.kill(os.getppid(), signal.SIGINT)\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "time.sleep(0.1)\n"
        "sys.exit(3)\n"
    )
    before = signal.getsignal(signal.SIGINT)
    assert run_editor([sys.executable, "-c", program]) == 3
    assert heard.exists()
    assert signal.getsignal(signal.SIGINT) is before
