"""A folder with a `course.yaml` is a course: listed, learned, checked, reviewed, with progress of its own."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
from pathlib import Path

import pytest

from simulator.course.grading import grade
from simulator.course.progress import Book
from simulator.course.review import count_items
from simulator.course.solution import model_solution
from simulator.engine import simulate
from simulator.measure import evaluate_text
from simulator.scenario import Edit, load_scenario
from simulator.tui.app import AckademyApp
from simulator.tui.screens.learn import LearnScreen
from simulator.tui.screens.main import MainScreen
from tests.screens.shot import read_shot
from tests.test_cli import Call

COURSE = """
title: {en: "Deploys", ko: "배포"}
parts: [{title: {en: "One", ko: "하나"}, lessons: [deploy, retry]}]
"""
RETRY = "extends: retry\ntitle: {en: Ours, ko: 우리 것}\n"


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, ackademy: Call, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two lessons, one of them as `new --lesson` writes it, the other named like a packaged one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    course = tmp_path / "deploys"
    course.mkdir()
    (course / "course.yaml").write_text(COURSE, encoding="utf-8")
    assert ackademy("new", "--lesson", "deploys/01-deploy.yaml").status == 0
    (course / "02-retry.yaml").write_text(RETRY, encoding="utf-8")
    return Path("deploys")


def test_a_new_lesson_is_whole_and_right(folder: Path, ackademy: Call) -> None:
    lesson = load_scenario(folder / "01-deploy.yaml")
    model = lesson.model
    assert all([model.say, model.ask, model.goals, model.knobs, model.chapters, model.variants, model.exercise])
    ended = ackademy("--lang", "en", "check", "deploys/01-deploy.yaml")
    assert (ended.status, ended.err) == (0, "")
    solved = "extends: deploys/01-deploy.yaml\nworkers: {new: {concurrency: 1}}\n"
    for text, status in ((solved, 0), ("extends: deploys/01-deploy.yaml\n", 1)):
        Path("mine.yaml").write_text(text, encoding="utf-8")
        assert ackademy("grade", "mine.yaml", "--against", "deploys/01-deploy.yaml", "--seeds", "0").status == status


def test_a_solution_is_told_what_it_may_extend(folder: Path, ackademy: Call) -> None:
    solution = Path("class/ann.yaml")
    solution.parent.mkdir()
    solution.write_text("extends: retry\n", encoding="utf-8")
    ended = ackademy("--lang", "en", "check", str(solution), "--against", "deploys/01-deploy.yaml")
    assert ended.status == 2
    (what,) = re.findall(r"`extends: (.*)`", ended.err)
    solution.write_text(f"extends: {what}\nworkers: {{new: {{concurrency: 1}}}}\n", encoding="utf-8")
    assert ackademy("check", str(solution), "--against", "deploys/01-deploy.yaml", "--seeds", "0").status == 0


def test_the_list_names_commands_that_work_and_keeps_progress_apart(
    folder: Path, ackademy: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = ackademy("--lang", "en", "learn", "deploys").out
    assert "Start: ackademy learn deploys/01-deploy.yaml" in listed
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n" * 9))
    learned = ackademy("--lang", "en", "learn", "deploys/02-retry.yaml", "--text").out
    assert "ackademy check mine.yaml --against deploys/02-retry.yaml" in learned
    assert "extends: deploys/02-retry.yaml" in learned
    assert "Next: A deploy in the middle of a report (ackademy learn deploys/01-deploy.yaml)" in learned
    kept = json.loads(Path("state/ackademy/progress.json").read_text(encoding="utf-8"))["lessons"]
    assert list(kept) == ["deploys/retry"]  # not the packaged lesson of that name


def test_a_review_asks_about_the_course(folder: Path) -> None:
    book = Book()
    book.record(lambda progress: progress.with_done("deploys/deploy"))
    assert count_items(book.progress, 9, folder) == 1
    assert count_items(book.progress, 9) == 0


def test_check_of_the_folder_checks_all_of_it(folder: Path, ackademy: Call) -> None:
    ended = ackademy("--lang", "en", "check", "deploys")
    assert ended.status == 0
    assert "deploys/01-deploy.yaml: " in ended.out
    assert "deploys/02-retry.yaml: " in ended.out
    (folder / "course.yaml").write_text("parts: [{title: x, lessons: [deploi]}]", encoding="utf-8")
    ended = ackademy("--lang", "en", "check", "deploys")
    assert ended.status == 2
    assert 'course.yaml:1:30: there is no lesson "deploi"; did you mean "deploy"?' in ended.err


@pytest.mark.parametrize("command", ["learn", "check", "vote"])
def test_a_folder_without_a_course(command: str, tmp_path: Path, ackademy: Call) -> None:
    ended = ackademy("--lang", "en", command, str(tmp_path))
    assert ended.status == 2
    assert "there is no course.yaml in this folder" in ended.err


def test_the_course_in_the_terminal(folder: Path) -> None:
    book = Book()
    app = AckademyApp(simulate, "en", None, book=book, folder=folder, motion=False)

    async def session() -> str:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert isinstance(app.screen, LearnScreen)
            told = read_shot(app).text
            await pilot.press("down", "enter")
            await pilot.pause()
            assert isinstance(app.screen, MainScreen)
            assert app.session is not None
            await pilot.press("end", "end", "1", "end", "end", "1", "end")
            await pilot.pause()
            return told

    told = asyncio.run(session())
    assert "A deploy in the middle of a report" in told
    assert "Who runs" not in told
    assert "deploys/retry" in book.progress.lessons


def test_the_misconception_of_a_new_lesson_is_told_by_its_name(folder: Path, ackademy: Call) -> None:
    wrong = "extends: deploys/01-deploy.yaml\nworkers: {old: {concurrency: 2}}\n"
    Path("kim.yaml").write_text(wrong, encoding="utf-8")
    ended = ackademy("grade", "kim.yaml", "--against", "deploys/01-deploy.yaml", "--seeds", "0", "--json")
    assert ended.status == 1
    (tried,) = json.loads(ended.out)["summary"]["tried"]
    assert tried["believed"]["en"] == "A larger pool goes on with the rest while it shuts down"


def test_hand_outs_of_a_whole_course(folder: Path, ackademy: Call) -> None:
    sheet = ackademy("worksheet", "deploys", "--lang", "en")
    assert (sheet.status, sheet.err) == (0, "")
    assert re.findall(r"^# Worksheet: (.*)$", sheet.out, re.M) == ["A deploy in the middle of a report", "Ours"]
    assert "ackademy play deploys/01-deploy.yaml --lang en" in sheet.out
    page = ackademy("worksheet", "deploys", "--to", "html", "--lang", "ko").out
    assert (page.count("<h1>"), page.count("<!doctype html>")) == (2, 1)
    assert "<title>배포</title>" in page


def test_hand_outs_of_a_plan_have_each_lesson_once_and_its_table_to_fill_in(ackademy: Call) -> None:
    empty, full = (ackademy("worksheet", "class-60", "--lang", "en", *more).out for more in ((), ("--answers",)))
    assert len(re.findall(r"^# Worksheet: ", empty, re.M)) == 3
    (row,) = re.findall(r"^\| Late ACK \|(.*)\|(.*)\|$", empty, re.M)
    assert [cell.strip() for cell in row] == ["", ""]
    (row,) = re.findall(r"^\| Late ACK \|(.*)\|(.*)\|$", full, re.M)
    assert [cell.strip() for cell in row] == ["2", "6"]  # runs of pay_1, and payments that succeed
    homework = ackademy("worksheet", "class-45", "--lang", "en").out
    assert "--variant" in homework  # a variant is played as a station of its own


def test_what_is_neither_lesson_nor_course_nor_plan_is_told(tmp_path: Path, ackademy: Call) -> None:
    (tmp_path / "plan.yaml").write_text("minutes: 5\nstations: []\n", encoding="utf-8")
    for what in (str(tmp_path), str(tmp_path / "plan.yaml"), "class-6o"):
        ended = ackademy("worksheet", what)
        assert ended.status == 2
        assert ended.err


def test_a_course_written_from_the_guide_alone(ackademy: Call) -> None:
    folder = Path(__file__).parent / "reminders"
    ended = ackademy("--lang", "en", "check", str(folder))
    assert (ended.status, ended.err) == (0, "")
    exercise = load_scenario(folder / "01-reminders.yaml")
    solved = exercise.edited(*(Edit(path, value) for path, value in model_solution(exercise).items()))
    # Due at 21 s, six of 4 s: one by one in the worker that holds them, three in each of two, or two rounds of three.
    cases = [(exercise, 45.0), (exercise.with_variant("both"), 33.0), (solved, 29.0)]
    assert [evaluate_text("finished_by", simulate(case)) for case, _ in cases] == pytest.approx(
        [at for _, at in cases], abs=0.001
    )
    assert grade(exercise, solved, simulate).passed


def test_a_new_file_has_a_name_that_can_be_read(folder: Path, ackademy: Call) -> None:
    ended = ackademy("--lang", "en", "new", "--lesson", "mine")
    assert ended.status == 2
    assert 'a scenario is only read from a file whose name ends in .yaml: "mine"' in ended.err
    assert not Path("mine").exists()


NIGHTLY = Path(__file__).parent / "nightly"
"""A course that somebody new wrote from the guide alone."""


def test_a_newcomers_course_is_right(ackademy: Call) -> None:
    ended = ackademy("--lang", "en", "check", str(NIGHTLY))
    assert (ended.status, ended.err) == (0, "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nightly-reprt: {}", 'solutions.yaml:1:1: there is no lesson "nightly-reprt"; did you mean "nightly-report"?'),
        ("nightly-report: {config.task_rutes: {}}", 'unknown key "task_rutes" in config'),
        (
            "nightly-report: {tasks.report.duration: 1}",
            "changes what its exercise does not allow: tasks.report.duration",
        ),
        ("nightly-report: {workers.main.concurrency: 3}", "does not solve the exercise"),
        ("nightly-report: [", "solutions.yaml:"),
    ],
)
def test_a_model_solution_is_tried(text: str, told: str, ackademy: Call, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(NIGHTLY, course)
    (course / "solutions.yaml").write_text(f"{text}\n", encoding="utf-8")
    ended = ackademy("--lang", "en", "check", str(course))
    assert ended.status == 2
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_a_file_that_extends_nothing_is_told_how_to_begin(ackademy: Call, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    changed = "workers: {main: {concurrency: 2}}\n"
    mine.write_text(f"tasks: {{mail: 1}}\n{changed}", encoding="utf-8")
    lesson = str(NIGHTLY / "01-nightly-report.yaml")
    said = ackademy("--lang", "en", "check", str(mine), "--against", lesson, "--seeds", "0").out
    (line,) = re.findall(r"begin it with `(extends: .*)`", said)
    mine.write_text(f"{line}\n{changed}", encoding="utf-8")
    graded = ackademy("--lang", "en", "check", str(mine), "--against", lesson, "--seeds", "0")
    assert (graded.status, "begin it with" in graded.out) == (1, False)
    assert "met" in graded.out
