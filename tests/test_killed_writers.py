"""Killed at any moment, a lesson leaves progress that can be read, and a grading of a class no process."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from simulator.course.progress import Book
from tests.marked import MARK, processes

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")

ORDER = "three-task-order"
LATEST = float(os.environ.get("LATEST", "4"))
"""Seconds after its start that a command is killed at the latest."""

TEACH = """
import sys
from simulator.course.progress import Book
from pathlib import Path
book = Book(Path(sys.argv[1]))
while True:
    book.record(lambda progress: progress.with_answer("three-task-order", "1", "right", "worker2"))
"""
"""Answers without end: a kill falls into the middle of a write."""


def killed(command: list[str], chance: random.Random, folder: Path) -> str:
    """Start a command, kill it at some moment; returns the mark that its processes have."""
    mark = uuid.uuid4().hex
    environment = {**os.environ, MARK: mark, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(chance.uniform(0.1, LATEST))
    process.send_signal(signal.SIGKILL)
    process.wait()
    return mark


def rounds(count: int, folder: Path) -> None:
    chance = random.Random(int(os.environ.get("SEED", random.randrange(10**6))))
    progress = folder / "progress.json"
    solutions = folder / "class"
    solutions.mkdir()
    for number in range(40):
        text = f"extends: {ORDER}\nseed: {number}\n"
        (solutions / f"s{number}.yaml").write_text(text, encoding="utf-8")
    grading = [sys.executable, "-m", "simulator", "grade", "class", "--against", "crash-early-late", "--jobs", "2"]
    tries = 0
    for _ in range(count):
        killed([sys.executable, "-c", TEACH, str(progress)], chance, folder)
        book = Book(progress)
        book.record(lambda now: now.with_done(ORDER))
        assert book.problems == []
        mine = Book(progress).progress.of(ORDER)
        assert mine.done
        assert sum(answer.tries for answer in mine.answers.values()) >= tries  # nothing that was kept is lost
        tries = sum(answer.tries for answer in mine.answers.values())
        mark = killed(grading, chance, folder)
        until = time.monotonic() + 20
        while processes(mark):
            assert time.monotonic() < until, processes(mark)
            time.sleep(0.05)
    for file in folder.glob("*.part"):  # half a file, that nobody takes for one: removed once it is old
        os.utime(file, (0, 0))
    Book(progress).record(lambda now: now.with_exercise(ORDER))
    assert sorted(file.name for file in folder.iterdir()) == ["class", "progress.json"]


@pytest.mark.soak
def test_killed_again_and_again(tmp_path: Path) -> None:
    rounds(int(os.environ.get("ROUNDS", "30")), tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_study_that_is_killed_leaves_no_process(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("tasks: {a: 1}\nsend: [{at: 0, count: 50, task: a}]\n", encoding="utf-8")
    mark = uuid.uuid4().hex
    command = ["sweep", "mine.yaml", "--vary", "workers=1..8", "--runs", "50000", "--jobs", "2"]
    environment = {**os.environ, MARK: mark, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *command], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 30
    while len(processes(mark)) < 5:  # itself, what it forks from, what cleans up, and two that play
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait() == -number
    while processes(mark):
        assert time.monotonic() < until, processes(mark)
        time.sleep(0.05)
