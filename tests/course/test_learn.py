"""The course as plain lines and in the terminal: its list, its questions, how a lesson went, the exercise."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec import structs
from rich.cells import cell_len
from textual.pilot import Pilot

from simulator.course.closing import close_run
from simulator.course.knobs import list_knobs
from simulator.course.progress import Book, Progress
from simulator.course.review import draw_items
from simulator.course.syllabus import load_lesson, make_syllabus
from simulator.engine import simulate
from simulator.scenario import load_course, load_scenario, scenario_names
from simulator.scene.pages.learn import closing_page, learn_page
from simulator.scene.pages.page import Page
from simulator.story.run import Run, open_run
from simulator.story.tell import tell
from simulator.tui.app import AckademyApp
from simulator.tui.controls import commands as c
from simulator.tui.drawing.pages.page import draw_page
from simulator.tui.learner import Learner, grade_branch
from simulator.tui.screens.closing import ClosingScreen
from simulator.tui.screens.learn import LearnScreen
from simulator.tui.screens.main import MainScreen
from simulator.tui.session import Session
from tests.screens.shot import read_shot
from tests.test_cli import Call

ORDER = "three-task-order"


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def progress(**done: bool) -> Progress:
    found = Progress()
    for name in done:
        found = found.with_done(name.replace("_", "-"))
    return found


def syllabus_of(found: Progress) -> Any:
    return make_syllabus(load_course(), load_lesson, found)


# -- the list ---------------------------------------------------------------------------------------------------


def test_the_list_goes_on_where_something_was_done_last() -> None:
    first, second, third, fourth, *_ = load_course().lessons
    assert syllabus_of(Progress()).current.name == first
    begun = Progress().with_done(first).with_answer(third, "0", "right")
    assert syllabus_of(begun).current.name == third
    assert syllabus_of(begun.with_done(third)).current.name == fourth
    assert syllabus_of(begun.with_done(third).with_done(second)).current.name == fourth
    assert syllabus_of(begun.with_answer(first, "0", "wrong")).current.name == second


def test_the_next_lesson_is_the_first_that_is_not_done() -> None:
    first, second, third, *_ = load_course().lessons
    assert syllabus_of(Progress()).next.name == first
    found = syllabus_of(Progress().with_done(first).with_done(third))
    assert found.next.name == second
    assert found.after(second).name == load_course().lessons[3]
    assert found.after(load_course().lessons[-1]).name == second
    every = Progress()
    for name in scenario_names():
        every = every.with_done(name)
    assert syllabus_of(every).next is None
    assert syllabus_of(every).after(first) is None


def test_a_lesson_that_no_part_has_is_listed_all_the_same() -> None:
    course = load_course().model_copy(update={"parts": load_course().parts[:1]})
    found = make_syllabus(course, load_lesson, Progress())
    assert {lesson.name for lesson in found.lessons} == set(scenario_names())
    assert found.units[-1].title["en"] == "Other scenarios"


def test_the_list_as_lines(ackademy: Call) -> None:
    ended = ackademy("learn")
    assert (ended.status, ended.err) == (0, "")
    assert f"The way of a message (0 of {len(load_course().parts[0].lessons)} done)" in ended.out
    for name in scenario_names():
        assert f" {name} " in ended.out
    assert "메시지 하나의 길" in ackademy("learn", "--lang", "ko").out


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_way_from_the_guide(lang: str, ackademy: Call) -> None:
    out = ackademy("learn", "--guide", "--lang", lang).out
    for section in load_course().guide:
        assert section.text[lang] in out
    assert "three-task-order, prefetch" in out


# -- a lesson as plain lines ------------------------------------------------------------------------------------


def test_nothing_is_told_before_the_question_is_answered() -> None:
    run = open_run(ORDER, simulate)
    told: list[str] = []
    at: list[int] = []

    def ask(_: object) -> int:
        at.append(len(told))
        return 1

    told.extend(text for text in _each(tell(run, "en", ask=ask), told))
    question = next(n for n, text in enumerate(told) if text.startswith("Question 1:"))
    assert at == [question + 4, question + 8]  # two questions of three choices
    assert "Answer to question 1: 1. worker1" in told
    assert "Not quite. You said: 2. worker2" in told
    assert "Task3 is running" in "\n".join(told[at[0] :])
    assert "Task3 is running" not in "\n".join(told[: at[0]])


def _each(lines: Any, told: list[str]) -> Any:
    for text in lines:
        told.append(text)
    return ()


def test_a_whole_lesson_through_a_pipe(ackademy: Call, typed: Callable[[str], None]) -> None:
    typed("7\nworker1\n1\n2\n")
    ended = ackademy("tell", ORDER, "--ask")
    lines = ended.out.splitlines()
    assert ended.status == 0
    assert lines.count("There is no such choice.") == 2
    assert "You were right: 1. worker1" in lines
    end = lines.index("## Summary")
    assert lines[end + 1] == "Questions: 2 of 2 right"
    assert "Goals: 5 of 5 met" in lines
    assert lines[-1].startswith("Next: ")
    assert "(2/2 right)" in ackademy("learn").out
    assert " done  three-task-order" in ackademy("learn").out


def test_input_that_ends_lets_the_run_go_on_and_is_no_answer(ackademy: Call, typed: Callable[[str], None]) -> None:
    typed("")
    ended = ackademy("tell", ORDER, "--ask", "--lang", "ko")
    assert ended.status == 0
    assert "입력이 끝났습니다." in ended.out
    assert "답하지 않음" in ended.out
    assert "  완료  " not in ackademy("learn", "--lang", "ko").out


def test_enter_is_i_do_not_know(ackademy: Call, typed: Callable[[str], None]) -> None:
    typed("\n\n")
    assert 'You answered "not sure".' in ackademy("tell", ORDER, "--ask").out
    assert "(0/2 right)" in ackademy("learn").out


def test_a_changed_lesson_is_not_recorded(ackademy: Call, typed: Callable[[str], None]) -> None:
    typed("2\n2\n")
    assert "You were right: 2. worker2" in ackademy("tell", ORDER, "--ask", "--variant", "slow_email").out
    assert " done " not in ackademy("learn").out


def test_the_contrast_cases_are_told_as_text_and_recorded(ackademy: Call, typed: Callable[[str], None]) -> None:
    typed("2\n2\n")
    ackademy("tell", ORDER, "--ask", "--variant", "slow_email")
    typed("1\n2\n")
    told = ackademy("learn", ORDER, "--text").out
    assert "Predict again with a change (1 of 2 played)" in told
    assert "Sending the email takes 10 s (played)" in told
    assert "tasks.send_email.duration: 2 → 10" in told
    assert f"ackademy tell {ORDER} --variant celery_defaults --ask" in told


def test_the_course_as_a_conversation(ackademy: Call, typed: Callable[[str], None]) -> None:
    typed("empty-queue\n3\n2\n1\n2\n99\nq\n")
    ended = ackademy("learn", "--text")
    assert ended.status == 0
    assert "(2 of " in ended.out
    assert "There is no such lesson." in ended.out
    assert ended.out.count("## Summary") == 2


def test_a_lesson_that_does_not_exist(ackademy: Call) -> None:
    ended = ackademy("learn", "retri")
    assert ended.status == 2
    assert 'did you mean "retry"?' in ended.err


def test_every_lesson_can_be_closed_in_both_languages() -> None:
    from simulator.course.closing import closing_lines

    for name in scenario_names():
        run = open_run(name, simulate)
        closing = close_run(run, {stop.number: 0 for stop in run.stops if stop.is_question})
        assert closing.met == len(closing.verdicts) > 0, name
        for lang in ("ko", "en"):
            text = "\n".join(closing_lines(closing, lang))
            assert ("ackademy check mine.yaml" in text) == (closing.exercise is not None)


# -- in the terminal --------------------------------------------------------------------------------------------

Use = Callable[[AckademyApp, Pilot[Any]], Awaitable[None]]


def use(what: str | None, do: Use, *, book: Book | None = None, at: int | None = None, lang: str = "en") -> AckademyApp:
    async def go() -> AckademyApp:
        run = open_run(what, simulate) if what is not None else None
        app = AckademyApp(simulate, lang, run, motion=False, book=book, at=at)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await do(app, pilot)
        return app

    return asyncio.run(go())


async def press(app: AckademyApp, pilot: Pilot[Any], *keys: str) -> str:
    for key in keys:
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
    return read_shot(app).text


def test_a_lesson_from_the_list_to_the_next_one() -> None:
    book = Book()
    lessons = load_course().lessons
    place = lessons.index(ORDER)
    second, third = lessons[place : place + 2]
    for name in lessons[:place]:
        book.record(lambda progress, name=name: progress.with_done(name))  # type: ignore[misc]

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, LearnScreen)
        assert app.screen.chosen == second
        text = await press(app, pilot, "enter", "end")
        assert isinstance(app.screen, MainScreen)
        assert "Who will run it?" in text
        assert not book.progress.of(second).answers
        text = await press(app, pilot, "1", "2", "end")
        assert "a: predict again" in text
        assert book.progress.of(second).answers["who"].first == "right"
        assert book.progress.of(second).done
        text = await press(app, pilot, "right")
        assert isinstance(app.screen, ClosingScreen)
        assert "Questions: 2 of 2 right" in text
        # That the author's own tests hold is no news to a learner.
        assert "Goals" not in text
        app.screen.choose(f"next:{third}")
        await press(app, pilot, "enter")
        assert isinstance(app.screen, MainScreen)
        assert app.session is not None
        assert app.session.run.trace.header.scenario == third
        text = await press(app, pilot, "escape")
        assert isinstance(app.screen, LearnScreen)
        assert app.screen.chosen == third
        assert "2/2 right" in text

    use(None, do, book=book)


def test_a_wrong_answer_is_wrong_and_what_was_not_seen_is_not_told() -> None:
    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        text = await press(app, pilot, "right", "r")
        assert isinstance(app.screen, ClosingScreen)
        assert "Goals" not in text
        assert "in the run:" not in text
        text = await press(app, pilot, "escape", "end", "2", "1", "end", "right", "up", "up", "up")
        assert "Questions: 0 of 2 right" in text
        assert "wrong; what happened: worker1" in text

    use(ORDER, do, book=Book())


def test_an_exercise_is_solved_with_its_knobs() -> None:
    book = Book()

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        text = await press(app, pilot, "end", "end", "1", "end", "right")
        assert "Lose no task, and be done within 14 s." in text
        text = await press(app, pilot, "o")
        assert "▸ task_acks_late" in text
        assert text.index("tasks.pay.acks_late") < text.index("tasks.pay.duration")
        text = await press(app, pilot, "right", "down", "down", "right", "right", "enter")
        assert "r summary" in text
        text = await press(app, pilot, "r")
        assert "Check my solution" in text
        text = await press(app, pilot, "enter")
        assert "✓ done within 14 s" in text, text
        assert book.progress.of("crash-early-late").exercise
        await press(app, pilot, "enter")
        assert app.session is not None
        assert app.session.run.parent is None

    use("crash-early-late", do, book=book)


def test_a_missed_goal_leads_to_its_moment() -> None:
    book = Book()

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        turned = ["o", "down", "right", "enter"]
        text = await press(app, pilot, "end", "2", "end", *turned, "r")
        assert "Check my solution" in text
        text = await press(app, pilot, "enter")
        assert "Exercise (not yet)" in text
        assert "enter: go to that moment" in text
        assert not book.progress.of("overflow").exercise
        await press(app, pilot, "enter")
        assert app.session is not None
        assert app.session.player.time == 10_000_000

    use("overflow", do, book=book)


def test_what_may_not_be_changed_is_told() -> None:
    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await press(app, pilot, "end", "end", "1", "x", "1", "r")
        text = await press(app, pilot, "enter")
        assert "Not allowed to change: faults.1" in text

    use("crash-early-late", do, book=Book())


def test_a_run_that_is_only_played_is_not_recorded(own_home: Path) -> None:
    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        text = await press(app, pilot, "end", "1", "2", "end", "right", "right")
        assert isinstance(app.screen, MainScreen)
        assert "a: predict again" in text
        text = await press(app, pilot, "r")
        assert "Questions: 2 of 2 right" in text

    use(ORDER, do)
    assert not list(own_home.rglob("progress.json"))


def test_a_run_can_begin_at_a_time() -> None:
    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        assert app.session is not None
        assert app.session.player.time == 3_000_000
        assert app.session.player.open_question is None

    use(ORDER, do, at=3_000_000)
    session = Session(open_run(ORDER, simulate), "en")
    session.start_at(10**12)
    assert session.player.at_end
    session = Session(open_run(ORDER, simulate), "en")
    session.start_at(0)
    assert session.player.time == 0


def test_the_knobs_of_an_exercise_are_what_it_lets_be_changed() -> None:
    from simulator.scenario import parse_scenario

    text = (
        "tasks: {a: {duration: 1, raises: E, autoretry_for: [E]}, b: 1}\nqueues: {celery: {max_length: 7}}\n"
        "exercise: {ko: x, en: x, may_change: [tasks.*.max_retries, queues.celery, config], goals: [lost == 0]}"
    )
    knobs = {knob.path: knob for knob in list_knobs(parse_scenario(text))}
    assert {"tasks.a.max_retries", "tasks.b.max_retries", "config.task_acks_late"} <= set(knobs)
    assert knobs["queues.celery.max_length"].current == 7
    assert 8 in knobs["queues.celery.max_length"].values
    assert knobs["queues.celery.overflow"].values == ("drop-head", "reject-publish")
    assert not [path for path in knobs if "duration" in path or path == "seed"]
    for knob in knobs.values():
        assert knob.current in knob.values


def test_answers_are_recorded_once_each() -> None:
    book = Book()

    async def do(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await press(app, pilot, "end", "1", "2", "end", "home", "end", "right", "escape", "left")

    run: Run = open_run(ORDER, simulate)
    assert run.parent is None
    use(ORDER, do, book=book)
    assert book.progress.of(ORDER).answers["who"].tries == 1


def test_a_review_in_the_terminal() -> None:
    book = Book()
    for name in (ORDER, "retry"):
        book.record(lambda progress, name=name: progress.with_done(name))  # type: ignore[misc]
    items = list(draw_items(book.progress, simulate, Random(3), 2))

    async def go() -> None:
        app = AckademyApp(simulate, "en", motion=False, book=book, review=(iter(items), 2))
        async with app.run_test(size=(80, 24)) as pilot:
            text = await press(app, pilot)
            assert app.session is not None
            assert app.session.player.open_question is not None
            assert "Review 1 of 2" in text
            text = await press(app, pilot, "r")
            assert isinstance(app.screen, MainScreen)
            text = await press(app, pilot, str(items[0].right + 1), "r")
            assert "Questions: 1 of 1 right" in text
            assert "Next question (2 of 2)" in text
            text = await press(app, pilot, "enter")
            assert "Review 2 of 2" in text
            text = await press(app, pilot, "enter", "r")
            assert "Finish the review" in text
            await press(app, pilot, "enter")
            assert isinstance(app.screen, LearnScreen)

    asyncio.run(go())
    answers = [next(iter(book.progress.of(item.lesson).answers.values())) for item in items]
    assert [answer.last for answer in answers] == ["right", "unknown"]


@cache
def pages() -> list[Page]:
    run = open_run("overflow", simulate)
    closing = close_run(run, {1: 0}, syllabus_of(Progress()).next)
    grade = grade_branch(Run(run.trace, run.scenario, run), simulate)
    found = [learn_page(syllabus_of(Progress()), name, "both") for name in ("", "overflow")]
    return found + [
        structs.replace(closing_page(closing, grade, lang, ended=True, changed=changed, busy=False), chosen=3)
        for lang in ("ko", "both", "en")
        for changed in (False, True)
    ]


@pytest.mark.parametrize("size", [(40, 8), (60, 18), (80, 24), (140, 40)])
def test_pages_fill_every_size(size: tuple[int, int]) -> None:
    for page in pages():
        lines = draw_page(page, *size).lines()
        assert [cell_len(line) for line in lines] == [size[0]] * size[1]


def test_what_is_to_be_done_is_told_in_full() -> None:
    text = "\n".join(draw_page(pages()[-1], 80, 24).lines())
    assert "Have every email either done or dropped" in text
    assert "done." in text


def test_each_time_a_question_is_answered_counts_in_whatever_session() -> None:
    scenario = load_scenario("retry")
    run = Run(simulate(scenario), scenario)
    learner = Learner(Book())
    for _ in range(20):
        session = Session(run, "en", motion=False, lesson=True)
        session.start_at_question()
        session.do(c.AnswerQuestion(0))
        learner.note(session)
        learner.note(session)
        del session
    (answered,) = learner.book.progress.of("retry").answers.values()
    assert answered.tries == 20


def test_a_folder_with_brackets_in_its_name_is_told_as_it_is() -> None:
    async def go() -> str:
        app = AckademyApp(simulate, "en", open_run("retry", simulate), motion=False)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            app.tell("kept in [x]a[/b]")
            await pilot.pause(0.3)
            return read_shot(app).text

    assert "kept in [x]a[/b]" in asyncio.run(go())
