"""`learn`: the course, in the terminal or as plain lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import Common, NoProgress, Seed, command, opening, read_settings_for, seed_of
from simulator.cli.shared import DONE, WRONG_INPUT, complain, interactive

if TYPE_CHECKING:
    from simulator.course.progress import Book
    from simulator.tui.settings import SettingsFile


@command()
def learn(
    lesson: Annotated[
        str | None,
        typer.Argument(metavar="[LESSON|FOLDER]", help="A lesson, or the folder of a course; default: the list."),
    ] = None,
    *,
    text: Annotated[bool, typer.Option("--text", help="Plain lines: read a question, type an answer.")] = False,
    review: Annotated[bool, typer.Option("--review", help="Review: earlier questions about new runs.")] = False,
    count: Annotated[int, typer.Option(metavar="N", min=1, max=100, help="With --review: number of questions.")] = 5,
    guide: Annotated[
        bool, typer.Option("--guide", help="Show which lesson teaches which section of the guide.")
    ] = False,
    plan: Annotated[
        str | None, typer.Option(metavar="PLAN", help="Lead a class through a plan: class-60, class-45 or a file.")
    ] = None,
    no_progress: NoProgress = False,
    seed: Seed = None,
    options: Common,
) -> int:
    """Learn lesson by lesson: predict what will happen, see it, change it.

    Your answers and progress are stored only on this computer, in progress.json in the state directory.
    """
    from simulator.cli.lessons import open_book
    from simulator.scenario import ScenarioError, load_course
    from simulator.scenario.library import own_course

    language = options.language
    if plan is not None:
        from simulator.cli.classroom import lead_class

        return lead_class(plan, options)
    folder = Path(lesson) if lesson is not None and Path(lesson).is_dir() else None
    if folder is not None:
        lesson = None
    elif lesson is not None and Path(lesson).suffix:
        folder = own_course(Path(lesson))
    try:
        course = load_course(folder)
        if guide:
            from simulator.course.syllabus import guide_lines

            print("\n".join(guide_lines(course, language)))
            return DONE
        book = open_book(not no_progress, language)
        if review:
            kept = None
            if interactive() and not text:
                language, kept = read_settings_for(options)
            return _review(language, book, seed, count, kept, folder)
        if not interactive() or text:
            return _text(language, book, lesson, seed, folder, ask=text or lesson is not None)
        return _play(*read_settings_for(options), book, lesson, seed, folder)
    except ScenarioError as error:
        complain(error.problems, language)
        return WRONG_INPUT


def _review(lang: str, book: Book, seed: str | None, count: int, kept: SettingsFile | None, folder: Path | None) -> int:
    """Run a review on screens with these settings, or as plain lines."""
    from random import Random
    from secrets import randbelow

    from simulator.cli.lessons import review
    from simulator.course.review import count_items, draw_items
    from simulator.engine import simulate
    from simulator.scenario import Problem

    given = seed_of(seed)
    number = randbelow(10**6) if given is None else given
    total = count_items(book.progress, count, folder)
    if not total:
        complain([Problem("review.nothing")], lang)
        return WRONG_INPUT
    if kept is None:
        review(lang, book, number, total, folder)
        return DONE
    from simulator.tui.app import review_runs

    items = draw_items(book.progress, simulate, Random(number), total, folder)
    return review_runs(items, total, lang=lang, simulate=simulate, book=book, kept=kept)


def _text(lang: str, book: Book, lesson: str | None, seed: str | None, folder: Path | None, *, ask: bool) -> int:
    from simulator.cli.lessons import choose_lessons, hold_lesson, read_syllabus
    from simulator.course.syllabus import syllabus_lines

    if lesson is not None:
        with opening(lang, lesson, seed, {}) as opened:
            hold_lesson(opened, lang, book)
    elif ask:
        choose_lessons(lang, book, folder)
    else:
        print("\n".join(syllabus_lines(read_syllabus(book, folder), lang)))
    return DONE


def _play(lang: str, kept: SettingsFile, book: Book, lesson: str | None, seed: str | None, folder: Path | None) -> int:
    from simulator.engine import simulate
    from simulator.tui.app import learn_run

    run = None
    if lesson is not None:
        with opening(lang, lesson, seed, {}) as opened:
            run = opened
    return learn_run(run, lang=lang, simulate=simulate, book=book, kept=kept, folder=folder)
