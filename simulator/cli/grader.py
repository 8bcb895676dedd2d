"""Grading of a solution in its own process, with limits: it can neither hang nor fill the machine.

The parent writes a request to its stdin and reads the answer from its stdout, both JSON.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

MAX_EVENTS = 300_000
"""Limit on the events of each run. The longest lesson makes about a tenth of it."""

MAX_MEGABYTES = 1_500
"""Limit on the address space, if the platform supports one. A run of so many events takes a fraction."""

OUT_OF_MEMORY = 3
"""Exit status of the process if it ran out of memory."""

SECONDS = 60
"""Time limit for one solution, all its runs together."""


@dataclass(frozen=True)
class Request:
    """A request to grade one solution."""

    file: str
    lesson: str
    seeds: int
    secret: str | None
    seconds: float
    lang: str
    events: int = MAX_EVENTS


@dataclass(frozen=True)
class Graded:
    """The result: a grade (see `course.grade_report`), or what is wrong with the file."""

    data: dict[str, Any] | None = None
    problems: list[dict[str, Any]] | None = None
    """Each with its code, message and place, for JSON."""
    text: str = ""
    """The problems in words."""


def grade_apart(request: Request) -> Graded:
    """Grade in another process; any failure of it becomes a problem in words."""
    from simulator.scenario import Problem

    # Not from the folder we stand in: that may be the student's, and hold a yaml.py.
    program = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from simulator.cli.grader import main; main()"
    path = json.dumps([folder for folder in sys.path if folder])
    command = [sys.executable, "-P", "-c", program, path]
    try:
        ended = subprocess.run(
            command,
            input=json.dumps(asdict(request)).encode(),
            capture_output=True,
            timeout=request.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _stopped(Problem("grade.time", {"seconds": request.seconds}, file=request.file), request)
    if ended.returncode == 0:
        return Graded(**json.loads(ended.stdout))
    if ended.returncode == OUT_OF_MEMORY:
        return _stopped(Problem("grade.memory", {"megabytes": MAX_MEGABYTES}, file=request.file), request)
    if ended.returncode == -getattr(signal, "SIGXCPU", 0):
        return _stopped(Problem("grade.time", {"seconds": request.seconds}, file=request.file), request)
    return _stopped(Problem("grade.stopped", {"status": ended.returncode}, file=request.file), request)


def _stopped(problem: Any, request: Request) -> Graded:
    from simulator.course.check_report import problem_data
    from simulator.story.problems.errors import format_problem

    return Graded(problems=[problem_data(problem, request.lang)], text=format_problem(problem, request.lang))


def main() -> None:
    """Run the grading process: one request, one answer."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    request = Request(**json.loads(sys.stdin.buffer.read()))
    _limit(request.seconds)
    try:
        answer = _grade(request)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    print(json.dumps(asdict(answer)))


def _limit(seconds: float) -> None:
    """Set the limits; without support from the platform, events and time are limited all the same."""
    try:
        import resource
    except ImportError:
        return
    most = max(1, int(seconds) + 1)
    for what, limit in (
        (resource.RLIMIT_CPU, most),
        (resource.RLIMIT_AS, MAX_MEGABYTES * 1_000_000),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        try:
            resource.setrlimit(what, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
        except (ValueError, OSError):
            continue


def _grade(request: Request) -> Graded:
    from simulator.course.check_report import problem_data
    from simulator.course.grade_report import as_data
    from simulator.course.grading import grade, hidden_seeds
    from simulator.course.solution import load_solution
    from simulator.engine import LimitReached, simulate
    from simulator.scenario import ScenarioError, load_scenario
    from simulator.story.problems.errors import format_problems, limit_problem

    try:
        lesson = load_scenario(request.lesson)
        solution = load_solution(request.file, lesson)
        seeds = hidden_seeds(lesson.name, request.seeds, request.secret or "")
        found = grade(lesson, solution, lambda scenario: simulate(scenario, request.events), seeds)
        return Graded(as_data(found, request.file, secret=request.secret is not None))
    except ScenarioError as error:
        problems = error.problems
    except LimitReached as error:
        problems = [limit_problem(error.events, error.time, request.file)]
    told = [problem_data(problem, request.lang) for problem in problems]
    return Graded(problems=told, text=format_problems(problems, request.lang))
