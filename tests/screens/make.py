"""Pictures for the README, from the program itself: `make screens`, or `python -m tests.screens.make`."""

from __future__ import annotations

from pathlib import Path

from simulator.engine import simulate
from simulator.story.run import open_run
from simulator.tui.svg import make_svg
from tests.screens.shot import Size, take_shot
from tests.screens.test_golden import COMPARE_KILL, KILL_WORKER1, RECORDING, TO_QUESTION, TURN_DURATION

FOLDER = Path(__file__).parent / "pictures"

SIZE: Size = (80, 24)
SCENES: dict[str, tuple[str, list[str], str, str]] = {
    "three-task-order": (
        "three-task-order",
        [*TO_QUESTION, "1", "right"],
        "Three tasks, two workers",
        "Task 3개, Worker 2개",
    ),
    "question": (
        "three-task-order",
        TO_QUESTION,
        "Which worker will run Task3?",
        "Task3은 누가 실행하게 될까요?",
    ),
    "killed": (
        "three-task-order",
        [*KILL_WORKER1, "right", "right"],
        "What if worker1 is killed?",
        "만약에 worker1이 죽는다면?",
    ),
    "failed": (
        "errors-not-to-retry",
        ["end", "1", "pagedown", "pagedown", *["right"] * 3],
        "A task has failed",
        "Task 실패",
    ),
    "retrying": (
        "retry",
        ["pagedown", "pagedown", "3", "pagedown"],
        "A retry waits in a worker for its ETA",
        "재시도는 Worker 안에서 ETA를 기다린다",
    ),
    "dead-letter": (
        "dead-letter",
        ["end", "enter", "end", "pageup"],
        "Out of retries: a dead letter",
        "재시도 소진: Dead Letter",
    ),
    "lost": (
        "three-task-order:celery_defaults",
        [*TO_QUESTION, "1", "x", "1", *["right"] * 3],
        "ACKed early, the worker killed: the task is lost",
        "실행 전 ACK, Worker 강제 종료: Task 유실",
    ),
    "inspect": (
        "three-task-order:celery_defaults",
        [*TO_QUESTION, "1", "right", "right", "i", "down"],
        "Everything about a task",
        "Task의 모든 것",
    ),
    "knobs": ("three-task-order", TURN_DURATION[:-1], "Turning a knob", "설정 바꾸기"),
    "recording": (
        str(RECORDING),
        ["end", *["left"] * 24],
        "Recorded from a real Celery",
        "실제 Celery의 기록",
    ),
    "compared": (
        "three-task-order",
        [*COMPARE_KILL, "right", "right"],
        "The run and the what-if, side by side",
        "원래 실행과 만약에의 비교",
    ),
}
"""By name: scenario (and its variant), keys, titles in English and Korean."""

PICTURES = {f"{name}.{lang}": (name, lang) for name in SCENES for lang in ("en", "ko")}
"""By file name: the scene and the language."""


def make_pictures(folder: Path = FOLDER) -> list[Path]:
    """Draw every picture into a folder; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for file, (name, lang) in PICTURES.items():
        what, keys, english, korean = SCENES[name]
        what, _, variant = (what, "", "") if what.endswith(".jsonl") else what.partition(":")
        shot = take_shot(open_run(what, simulate, variant=variant or None), keys, lang=lang, size=SIZE)
        path = folder / f"{file}.svg"
        path.write_text(make_svg(shot.rows, korean if lang == "ko" else english), encoding="utf-8")
        files.append(path)
    return files


if __name__ == "__main__":
    for made in make_pictures():
        print(made.relative_to(Path.cwd()) if made.is_relative_to(Path.cwd()) else made)
