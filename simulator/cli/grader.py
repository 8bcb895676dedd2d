"""Grading of each solution in its own process, with limits: it can neither hang nor fill the machine.

A `Grader` is a process that has imported everything and forks for each request, since importing takes longer than
grading. Where a platform cannot fork, it serves one request and another one is started.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from select import select
from types import TracebackType
from typing import IO, Any, Self

MAX_EVENTS = 300_000
"""Limit on the events of each run. The longest lesson makes about a tenth of it."""

MAX_MEGABYTES = 1_500
"""Limit on the address space, if the platform supports one. A run of so many events takes a fraction."""

DONE, OUT_OF_MEMORY, OUT_OF_TIME = 0, 3, 4
"""Exit statuses of a process that grades."""

CAN_FORK = hasattr(os, "fork")

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


class Grader:
    """A warm process that grades one solution after the other, each in a fork of its own."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def grade(self, request: Request) -> Graded:
        """Grade a solution; any failure of its process becomes a problem in words."""
        from simulator.scenario import Problem

        status, answer = self._ask(request)
        if status == DONE:
            return Graded(**json.loads(answer))
        late = status in (OUT_OF_TIME, -getattr(signal, "SIGXCPU", OUT_OF_TIME))
        if late:
            problem = Problem("grade.time", {"seconds": request.seconds}, file=request.file)
        elif status == OUT_OF_MEMORY:
            problem = Problem("grade.memory", {"megabytes": MAX_MEGABYTES}, file=request.file)
        else:
            problem = Problem("grade.stopped", {"status": status}, file=request.file)
        return _stopped(problem, request)

    def close(self) -> None:
        """End the process; the next request starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, request: Request) -> tuple[int, str]:
        process = self._process = self._process or _start()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):  # it has been killed: there is no answer to read either
            process.stdin.write(json.dumps(asdict(request)).encode() + b"\n")
            process.stdin.flush()
        line = process.stdout.readline()
        if not line.endswith(b"\n"):
            self.close()
            return process.returncode, ""
        if not CAN_FORK:
            self.close()
        status, answer = json.loads(line)
        return status, answer


def _start() -> subprocess.Popen[bytes]:
    # Not from the folder we stand in: that may be the student's, and hold a yaml.py.
    program = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from simulator.cli.grader import main; main()"
    path = json.dumps([folder for folder in sys.path if folder])
    command = [sys.executable, "-P", "-c", program, path]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _stopped(problem: Any, request: Request) -> Graded:
    from simulator.course.check_report import problem_data
    from simulator.story.problems.errors import format_problem

    return Graded(problems=[problem_data(problem, request.lang)], text=format_problem(problem, request.lang))


def main() -> None:
    """Run the warm process: for each request, a line of JSON, answer with an exit status and a text."""
    from simulator.course import check_report, grade_report, grading, solution  # noqa: F401 - before the forks
    from simulator.engine import simulate  # noqa: F401
    from simulator.story.problems import errors  # noqa: F401

    gc.collect()
    gc.freeze()  # a fork's collector would copy every page that it looks at
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        request = Request(**json.loads(line))
        answer = _fork(request) if CAN_FORK else _run(request)
        out.write(json.dumps(answer).encode() + b"\n")
        out.flush()


def _run(request: Request) -> tuple[int, str]:
    """Grade in this process."""
    _limit(request.seconds)
    try:
        return DONE, json.dumps(asdict(_grade(request)))
    except MemoryError:
        return OUT_OF_MEMORY, ""


def _fork(request: Request) -> tuple[int, str]:
    """Grade in a fork; it is killed when its time is over."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reader)
            status, answer = _run(request)
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(answer.encode())
        finally:
            os._exit(status)  # not through the parent's handlers and buffers
    os.close(writer)
    with os.fdopen(reader, "rb", buffering=0) as stream:
        text = _read(stream, time.monotonic() + request.seconds)
    if text is None:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return (OUT_OF_TIME, "") if text is None else (status, text)


def _read(stream: IO[bytes], until: float) -> str | None:
    """Read all that a fork writes; None if it has not ended by then."""
    parts: list[bytes] = []
    while select([stream], [], [], max(0.0, until - time.monotonic()))[0]:
        part = stream.read(1 << 16)
        if not part:
            return b"".join(parts).decode()
        parts.append(part)
    return None


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
        return Graded(as_data(found, request.file))
    except ScenarioError as error:
        problems = error.problems
    except LimitReached as error:
        problems = [limit_problem(error, request.file)]
    told = [problem_data(problem, request.lang) for problem in problems]
    return Graded(problems=told, text=format_problems(problems, request.lang))
