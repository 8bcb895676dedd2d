"""The course as a site: an index, and a page a lesson, several made at once."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from simulator.cli.options import Common, opening
from simulator.cli.shared import WRONG_INPUT

if TYPE_CHECKING:
    from simulator.export.html.page import Links
    from simulator.scenario import Problem


def write_site(folder: Path, jobs: int | None, options: Common, course: Path | None) -> Problem | None:
    """Write a course into a folder and print the names of the files; returns the problem, if any.

    Args:
        folder: is made if it is not there; no file in it is overwritten.
        jobs: pages made at once; None: one a core.
        options: the language; without one, pages speak both.
        course: the folder of an own course; None: the packaged one.
    """
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    from simulator.cli.authoring import write_text
    from simulator.cli.lessons import open_book, read_syllabus
    from simulator.export.html.site import INDEX, index_page, links_of, page_name
    from simulator.scenario import Problem, ScenarioError, load_scenario
    from simulator.story.catalog import BOTH

    lang = options.asked_language or BOTH
    try:
        syllabus = read_syllabus(open_book(False, options.language), course)
        for lesson in syllabus.lessons:
            if lesson.scenario is None:
                load_scenario(lesson.what)
    except ScenarioError as error:
        return error.problems[0]
    names = [INDEX, *map(page_name, syllabus.lessons)]
    if taken := next((folder / name for name in names if (folder / name).exists()), None):
        return Problem("file.exists", {"file": str(taken)})
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Problem("file.unwritable", {"file": str(folder), "reason": error.strerror})
    # Fresh processes: a fork would copy whatever threads hold at that moment.
    with ProcessPoolExecutor(jobs or os.cpu_count() or 1, get_context("spawn")) as pool:
        making = {
            pool.submit(lesson_page, lesson.what, lang, options.language, links_of(syllabus, lesson)): page_name(lesson)
            for lesson in syllabus.lessons
        }
        try:
            for made in as_completed(making):
                page = made.result()
                if page is None:
                    raise typer.Exit(WRONG_INPUT)
                if problem := write_text(page, str(folder / making[made])):
                    return problem
        finally:
            pool.shutdown(cancel_futures=True)
    # The index comes last: whoever sees it finds all that it names.
    return write_text(index_page(syllabus, lang), str(folder / INDEX))


def lesson_page(what: str, lang: str, said_in: str, links: Links) -> str | None:
    """Make the page of a lesson with its variants; None if it cannot be run, which is said in a language."""
    from simulator.export.html import player_page

    try:
        with ExitStack() as stack:
            run = stack.enter_context(opening(said_in, what, None, {}))
            variants = run.scenario.model.variants if run.scenario is not None else {}
            runs = [run, *(stack.enter_context(opening(said_in, what, None, {"variant": name})) for name in variants)]
            page = player_page(runs, lang, links=links)
    except typer.Exit:
        return None
    return page
