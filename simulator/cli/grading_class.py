"""`grade`: the solutions of a whole class, each in a process of its own."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.checking import refuse_option_files
from simulator.cli.options import Common, command
from simulator.cli.shared import DONE, FAILED, WRONG_INPUT, complain, is_terminal, print_json
from simulator.visible import raw

if TYPE_CHECKING:
    from simulator.cli.grader import Grader, Request
    from simulator.course.class_report import StudentRow

BAR = 30
"""Width of the progress bar in characters."""


@command()
def grade(
    what: Annotated[list[str], typer.Argument(metavar="FOLDER|FILE...", help="Solutions, or folders of them.")],
    *,
    against: Annotated[str, typer.Option(metavar="LESSON", help="The lesson whose exercise they solve.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a line a student, for a spreadsheet.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print students and summary as JSON.")] = False,
    as_junit: Annotated[bool, typer.Option("--junit", help="Print JUnit XML, a test case a student.")] = False,
    jobs: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=64, help="Solutions graded at once; default: the cores.")
    ] = None,
    seeds: Annotated[int, typer.Option(metavar="N", min=0, max=100, help="Number of hidden seeds.")] = 3,
    secret: Annotated[str | None, typer.Option(metavar="TEXT", help="Text the hidden seeds are derived from.")] = None,
    seconds: Annotated[
        float, typer.Option(metavar="S", min=0.1, max=86_400, help="Seconds before giving up on a solution.")
    ] = 60,
    options: Common,
) -> int:
    """Grade a class: a row a student, and what the class has understood.

    Each solution is graded as by `check --against`, in its own process with limits on time, memory and events.
    Links are not opened. Exits with 1 if anybody has not passed.
    """
    from simulator.cli.grader import Request
    from simulator.course.class_report import class_csv, class_data, class_junit, class_lines
    from simulator.course.grading import exercise_of
    from simulator.scenario import ScenarioError, load_scenario

    refuse_option_files(options)
    if as_csv + as_json + as_junit > 1:
        options.refuse("grade.one_format")
    lang = options.language
    one = "ko" if lang == "ko" else "en"
    try:
        lesson = load_scenario(against).name
        exercise_of(load_scenario(against))
    except ScenarioError as error:
        complain(error.problems, lang)
        return WRONG_INPUT
    files = list(find_solutions(what))
    if not files:
        options.refuse("grade.no_files", where=", ".join(what))
    requests = [(name, Request(file, against, seeds, secret, seconds, lang)) for name, file in files]
    rows = grade_all(requests, jobs or os.cpu_count() or 1)
    if as_csv:
        print(class_csv(rows, one), end="")
    elif as_json:
        print_json(class_data(lesson, rows))
    elif as_junit:
        print(class_junit(lesson, rows, one))
    else:
        print("\n".join(class_lines(rows, lang)))
    return DONE if all(row.passed for row in rows) else FAILED


def find_solutions(what: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Student and file: each scenario file below a folder, in order of names; a file by itself under its own name."""
    for text in what:
        folder = Path(text)
        if not folder.is_dir() or folder.is_symlink():
            yield text, text
            continue
        found = (Path(at) / name for at, _, names in os.walk(folder) for name in names)
        for file in sorted(file for file in found if file.suffix in (".yaml", ".yml")):
            yield file.relative_to(folder).as_posix(), str(file)


def grade_all(requests: Sequence[tuple[str, Request]], jobs: int) -> list[StudentRow]:
    """Grade all, several at once, each thread with its warm process; a bar on stderr if that is a terminal."""
    from simulator.cli.grader import Grader

    rows, jobs = [], min(jobs, max(1, len(requests)))
    idle: SimpleQueue[Grader] = SimpleQueue()
    with ExitStack() as stack:
        for _ in range(jobs):
            idle.put(stack.enter_context(Grader()))
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        for row in pool.map(partial(_grade_one, idle), requests):
            rows.append(row)
            if is_terminal(sys.stderr):
                done = "#" * (BAR * len(rows) // len(requests))
                end = "\n" if len(rows) == len(requests) else ""
                print(f"\r[{done:.<{BAR}}] {len(rows)}/{len(requests)}", end=end, file=raw(sys.stderr), flush=True)
    return rows


def _grade_one(idle: SimpleQueue[Grader], asked: tuple[str, Request]) -> StudentRow:
    from simulator.course.class_report import StudentRow

    name, request = asked
    grader = idle.get()
    begun = time.monotonic()
    try:
        found = grader.grade(request)
    finally:
        idle.put(grader)
    error = "\n".join(problem["message"] for problem in found.problems or ())
    return StudentRow(name, time.monotonic() - begun, found.data, error)
