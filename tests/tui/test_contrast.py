"""The chain of contrast cases: after a lesson's answer the next case, with what it changes; and the exercise's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.course.contrast import AS_IT_IS, list_cases, next_case
from simulator.course.learn_words import IN_PRODUCTION, WHY_IT_WORKS
from simulator.course.progress import Book
from simulator.engine import simulate
from simulator.scenario import load_course, load_scenario
from simulator.story.run import open_run, play_scenario
from simulator.story.texts import wrap
from simulator.tui.app import AckademyApp
from simulator.tui.screens.closing import ClosingScreen
from simulator.tui.session import Session

Steps = Callable[[AckademyApp, Pilot[int]], Awaitable[None]]


def learn(name: str, steps: Steps, book: Book | None = None) -> None:
    async def use() -> None:
        app = AckademyApp(simulate, "en", open_run(name, simulate), motion=False, book=book or Book())
        async with app.run_test(size=(80, 24)) as pilot:
            await steps(app, pilot)

    asyncio.run(use())


async def press(app: AckademyApp, pilot: Pilot[int], *keys: str) -> Session:
    for key in keys:
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert app.session is not None
    return app.session


def test_one_key_leads_from_case_to_case_each_with_what_it_changes() -> None:
    book = Book()

    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        session = await press(app, pilot, "end", "end", "2", "end")
        assert "a: predict again" in session.scene().notice
        seen = []
        for _ in range(6):
            session = await press(app, pilot, "a")
            seen.append(session.run.scenario.variant if session.run.scenario is not None else "")
            assert session.player.cursor == session.player.playback.opening
            assert session.scene().notice.startswith("Changed: ")
            if len(seen) == 1:
                assert session.scene().notice.startswith("Changed: task_acks_late: false → true.")
                assert session.scene().branch
            await press(app, pilot, "end", "end", "1", "end")
        assert seen == list(load_scenario("crash-early-late").model.variants)
        session = await press(app, pilot, "a")
        assert "You have played every variant" in session.scene().notice

    learn("crash-early-late", steps, book)
    assert book.progress.of("crash-early-late").cases == list(load_scenario("crash-early-late").model.variants)


def test_the_end_page_lists_the_cases_and_enter_plays_the_next() -> None:
    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        await press(app, pilot, "end", "1", "2", "end", "right")
        page = app.screen
        assert isinstance(page, ClosingScreen)
        rows = [row for row in page.page().rows if row.name.startswith("case:")]
        assert [row.right for row in rows] == ["not yet", "not yet"]
        assert page.chosen == "case:slow_email"
        assert "duration: 2 → 10" in next(row.about for row in rows if row.name == page.chosen)
        session = await press(app, pilot, "enter")
        assert session.run.scenario is not None
        assert session.run.scenario.variant == "slow_email"
        await press(app, pilot, "end", "2", "2", "end", "right")
        page = app.screen
        assert isinstance(page, ClosingScreen)
        listed = {row.name: row.right for row in page.page().rows if row.name.startswith("case:")}
        assert listed == {f"case:{AS_IT_IS}": "", "case:celery_defaults": "not yet"}
        assert page.chosen == "case:celery_defaults"
        about = next(row.about for row in page.page().rows if row.name == page.chosen)
        assert about == "profile: guide → celery-rabbitmq"  # one thing, against the case just seen

    learn("three-task-order", steps)


def test_no_case_before_the_answer() -> None:
    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        session = await press(app, pilot, "end", "a")
        assert session.run.scenario is not None
        assert session.run.scenario.variant is None
        assert session.player.open_question is not None

    learn("three-task-order", steps)


@pytest.mark.parametrize("name", load_course().lessons)
def test_every_case_says_all_that_it_changes_and_the_chain_visits_each_once(name: str) -> None:
    scenario = load_scenario(name)
    for case in list_cases(scenario):
        assert case.change_texts(scenario)
        assert case.label("ko")
        assert case.label("en")
    played: list[str] = []
    while (following := next_case(scenario, played)) is not None:
        played.append(following.name)
        scenario = following.scenario
    assert played == list(scenario.model.variants)


def test_after_a_later_case_none_before_it_is_offered() -> None:
    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        case = load_scenario("three-task-order", variant="celery_defaults")
        assert next_case(case) is None
        app.play(play_scenario(case, simulate))
        session = await press(app, pilot, "end", "1", "end", "a")
        assert session.run.scenario is not None
        assert session.run.scenario.variant == "celery_defaults"
        assert "No variant after this one is left to play" in session.scene().notice

    learn("three-task-order", steps)


def test_an_edited_copy_of_a_lesson_is_graded_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`e`, a change that misses, `r`, check: which goal, where; `e` again, and it passes and says why."""
    monkeypatch.chdir(tmp_path)
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i "$CHANGE" "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    monkeypatch.setattr("simulator.tui.app.AckademyApp.suspend", lambda self: nullcontext())
    book = Book()

    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        await press(app, pilot, "end", "end", "1", "end")
        monkeypatch.setenv("CHANGE", "s/^until: 30/until: 29/")
        session = await press(app, pilot, "e")
        assert "r: check my solution" in session.scene().notice
        assert session.run.is_changed
        await press(app, pilot, "r", "enter")
        page = app.screen
        assert isinstance(page, ClosingScreen)
        assert page.grade is not None
        assert [change.path for change in page.grade.forbidden] == ["until"]
        await press(app, pilot, "escape")
        monkeypatch.setenv("CHANGE", "s/^until: 29/until: 30/; s/queues: \\[celery\\]/queues: [emails]/")
        await press(app, pilot, "e", "r", "enter")
        page = app.screen
        assert isinstance(page, ClosingScreen)
        assert page.grade is not None
        assert not page.grade.passed
        texts = [row.text for row in page.page().rows]
        assert any("workers.worker1.queues" in text and "emails" in text for text in texts)
        assert page.chosen.startswith("go:")
        session = await press(app, pilot, "enter")
        assert not isinstance(app.screen, ClosingScreen)
        monkeypatch.setenv("CHANGE", "s/{queues: \\[emails\\]}/{queues: [celery, emails], concurrency: 2}/")
        await press(app, pilot, "e", "r", "enter")
        page = app.screen
        assert isinstance(page, ClosingScreen)
        assert page.grade is not None
        assert page.grade.passed
        shown = " ".join(row.text for row in page.page().rows)
        assert "Why it works: " in shown
        assert "In production: " in shown

    learn("never-runs", steps, book)
    assert book.progress.of("never-runs").exercise


def test_after_a_knob_the_summary_holds_the_learners_goals() -> None:
    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        await press(app, pilot, "end", "end", "1", "end", "o", "right", "enter", "end", "r")
        page = app.screen
        assert isinstance(page, ClosingScreen)
        assert page.closing.run.is_changed
        tests = [verdict.goal.test for verdict in page.closing.verdicts]
        exercise = load_scenario("never-runs").model.exercise
        assert exercise is not None
        assert tests == [goal.test for goal in exercise.goals]
        texts = [row.text for row in page.page().rows]
        assert {goal.text["en"] for goal in exercise.goals} <= set(texts)

    learn("never-runs", steps)


def test_every_exercise_says_why_its_solution_works_and_what_one_would_do_in_production() -> None:
    for name in load_course().lessons:
        exercise = load_scenario(name).model.exercise
        if exercise is None:
            continue
        for said, text in ((WHY_IT_WORKS, exercise.why), (IN_PRODUCTION, exercise.in_production)):
            assert text is not None, name
            for lang in ("ko", "en"):
                assert len(wrap(said.text(lang, text=text[lang]), 72)) <= 3, (name, lang)


def test_a_key_of_the_summary_leaves_it_behind() -> None:
    """After `a` on the summary, `escape` on the next case leads to the list, not to the summary of the case before."""
    book = Book()

    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        await press(app, pilot, "end", "1", "2", "end", "r")
        depth = len(app.screen_stack)
        session = await press(app, pilot, "a")
        assert session.run.scenario is not None
        assert session.run.scenario.variant == "slow_email"
        assert len(app.screen_stack) == depth - 1
        assert not any(isinstance(screen, ClosingScreen) for screen in app.screen_stack)

    learn("three-task-order", steps, book)


def test_the_summary_says_when_no_case_is_left() -> None:
    book = Book()
    for name in load_scenario("three-task-order").model.variants:
        book.record(lambda progress, name=name: progress.with_case("three-task-order", name))  # type: ignore[misc]

    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        session = await press(app, pilot, "end", "1", "2", "end", "r", "a")
        assert not isinstance(app.screen, ClosingScreen)
        assert "You have played every variant" in session.scene().notice

    learn("three-task-order", steps, book)


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's editor: makes the change that the environment variable CHANGE tells."""
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "editor.sh"
    script.write_text('#!/bin/sh\nsed -i "$CHANGE" "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    monkeypatch.setattr("simulator.tui.app.AckademyApp.suspend", lambda self: nullcontext())
    return script


@pytest.mark.parametrize("row", ["", "edit:"])
def test_the_file_is_edited_from_the_summary(row: str, editor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`e`, or `enter` on its row, where the exercise is read: the run that follows holds the change."""
    assert editor.exists()
    monkeypatch.setenv("CHANGE", "s/task_acks_late: false/task_acks_late: true/")

    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        await press(app, pilot, "end", "end", "1", "end", "r")
        page = app.screen
        assert isinstance(page, ClosingScreen)
        if row:
            page.choose(row)
        session = await press(app, pilot, "enter" if row else "e")
        assert not isinstance(app.screen, ClosingScreen)
        assert session.run.scenario is not None
        assert session.run.scenario.value_at("config.task_acks_late") is True
        assert "r: check my solution" in session.scene().notice

    learn("crash-early-late", steps)


@pytest.mark.parametrize(("case", "passed"), [("late", True), ("late_redis", False)])
def test_from_a_variant_the_exercise_is_still_the_lessons(
    case: str, passed: bool, editor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a variant changes counts as changed: allowed or not, and a solution that passes is stored."""
    assert editor.exists()
    monkeypatch.setenv(
        "CHANGE", "s/task_acks_late: false/task_acks_late: true/; s/worker2: {}/worker2: {concurrency: 2}/"
    )
    book = Book()

    async def steps(app: AckademyApp, pilot: Pilot[int]) -> None:
        await press(app, pilot, "end", "end", "1", "end", "r")
        page = app.screen
        assert isinstance(page, ClosingScreen)
        page.choose(f"case:{case}")
        await press(app, pilot, "enter", "e", "r", "enter")
        page = app.screen
        assert isinstance(page, ClosingScreen)
        assert page.grade is not None
        assert "config.task_acks_late" in [change.path for change in page.grade.changes]
        assert page.grade.passed is passed
        assert bool(page.grade.forbidden) is not passed

    learn("crash-early-late", steps, book)
    assert book.progress.of("crash-early-late").exercise is passed
