"""Pictures for the README, from the program itself: `make screens`, or `python -m tests.screens.make`."""

from __future__ import annotations

from pathlib import Path

from simulator.engine import simulate
from simulator.story.run import open_run
from tests.screens.shot import Size, take_shot
from tests.screens.svg import make_svg
from tests.screens.test_golden import KILL_WORKER1, TO_QUESTION

FOLDER = Path(__file__).parent / "pictures"

PICTURES: dict[str, tuple[str, Size, list[str], str]] = {
    "three-task-order.en": ("en", (80, 24), [*TO_QUESTION, "1", "right"], "Three tasks, two workers"),
    "three-task-order.ko": ("ko", (80, 24), [*TO_QUESTION, "1", "right"], "Task 3개, Worker 2개"),
    "question.en": ("en", (80, 24), TO_QUESTION, "Which worker will run Task3?"),
    "question.ko": ("ko", (80, 24), TO_QUESTION, "Task3은 누가 실행하게 될까요?"),
    "killed.en": ("en", (80, 24), [*KILL_WORKER1, "right", "right"], "What if worker1 is killed?"),
    "killed.ko": ("ko", (80, 24), [*KILL_WORKER1, "right", "right"], "만약에 worker1이 죽는다면?"),
}
"""By file name: language, size, keys, title."""


def make_pictures(folder: Path = FOLDER) -> list[Path]:
    """Draw every picture into a folder; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, (lang, size, keys, title) in PICTURES.items():
        shot = take_shot(open_run("three-task-order", simulate), keys, lang=lang, size=size)
        path = folder / f"{name}.svg"
        path.write_text(make_svg(shot, title), encoding="utf-8")
        files.append(path)
    return files


if __name__ == "__main__":
    for made in make_pictures():
        print(made.relative_to(Path.cwd()) if made.is_relative_to(Path.cwd()) else made)
