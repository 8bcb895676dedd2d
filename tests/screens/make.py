"""Pictures for the README, from the program itself: `make screens`, or `python -m tests.screens.make`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from simulator.course.progress import Book, Progress
from simulator.course.stations import ClassStation
from simulator.engine import simulate
from simulator.story.catalog import Words
from simulator.story.run import Run, open_run
from simulator.tui.app import AckademyApp
from simulator.tui.capture.svg import make_svg
from simulator.tui.settings import UserSettings
from simulator.tui.style.themes import theme_name
from simulator.tui.voting import ClassApp
from tests.screens.shot import PLAIN, Shot, Size, look_at, same_hash
from tests.screens.test_golden import (
    ANSWERED,
    AT_CONSOLE,
    COMPARE_KILL,
    FAILURES,
    KILL_WORKER1,
    RECORDING,
    TO_QUESTION,
    TURN_DURATION,
    typed,
)

FOLDER = Path(__file__).parent / "pictures"

CROWD = Path(__file__).parent / "data" / "crowd.yaml"
"""Sixty-four workers."""

LANGUAGES = ("en", "ko")
LIGHT = UserSettings(theme="light", glyphs="unicode")
ASCII = UserSettings(theme="dark", glyphs="ascii")

LEARNED = ("why-delay", "empty-queue", "three-task-order", "message", "success-and-ack")
"""Lessons that somebody has behind them."""


def learn(lesson: str, progress: Progress) -> Progress:
    """With one lesson more."""
    return progress.with_done(lesson).with_answer(lesson, "1", "right")


@dataclass(frozen=True)
class Scene:
    """A picture to draw: a run, the keys pressed in it, and the application."""

    what: str
    """A scenario (with its variant after a colon) or a recording; nothing for the list of lessons."""
    keys: list[str]
    title: Words
    size: Size = (80, 24)
    settings: UserSettings = PLAIN
    votes: bool = False
    """True if a class votes at the questions."""

    def app(self) -> AckademyApp:
        """The application to press the keys in."""
        if not self.what:
            book = Book()
            for lesson in LEARNED:
                book.record(partial(learn, lesson))
            return AckademyApp(simulate, "en", None, motion=False, settings=self.settings, book=book)
        if self.votes:
            stations = [ClassStation({}, 0, self.run())]
            return ClassApp(simulate, "en", stations, motion=False, settings=self.settings)
        return AckademyApp(simulate, "en", self.run(), motion=False, settings=self.settings)

    def run(self) -> Run:
        """The run that is played."""
        name, _, variant = (self.what, "", "") if Path(self.what).suffix else self.what.partition(":")
        return open_run(name, simulate, variant=variant or None)


SCENES: dict[str, Scene] = {
    "three-task-order": Scene(
        "three-task-order", [*ANSWERED, "right"], Words("Task 3개, Worker 2개", "Three tasks, two workers")
    ),
    "question": Scene(
        "three-task-order", TO_QUESTION, Words("Task3은 누가 실행하게 될까요?", "Which worker will run Task3?")
    ),
    "killed": Scene(
        "three-task-order",
        [*KILL_WORKER1, "right", "right"],
        Words("만약에 worker1이 죽는다면?", "What if worker1 is killed?"),
    ),
    "failed": Scene(
        "errors-not-to-retry",
        ["end", "1", "pagedown", "pagedown", *["right"] * 3],
        Words("Task 실패", "A task has failed"),
    ),
    "retrying": Scene(
        "retry",
        ["pagedown", "pagedown", "3", "pagedown"],
        Words("재시도는 Worker 안에서 ETA를 기다린다", "A retry waits in a worker for its ETA"),
    ),
    "dead-letter": Scene(
        "dead-letter",
        ["end", "enter", "end", "pageup"],
        Words("재시도 소진: Dead Letter", "Out of retries: a dead letter"),
    ),
    "lost": Scene(
        "three-task-order:celery_defaults",
        [*TO_QUESTION, "1", *["right"] * 10, "2", "x", "1", *["right"] * 3],
        Words("실행 전 ACK, Worker 강제 종료: Task 유실", "ACKed early, the worker killed: the task is lost"),
    ),
    "inspect": Scene(
        "three-task-order:celery_defaults",
        [*TO_QUESTION, "1", *["right"] * 10, "2", "right", "right", "i", "down", "down"],
        Words("Task의 모든 것", "Everything about a task"),
    ),
    "knobs": Scene("three-task-order", TURN_DURATION[:-1], Words("설정 바꾸기", "Turning a knob")),
    "recording": Scene(
        str(RECORDING), ["end", *["left"] * 24], Words("실제 Celery의 기록", "A recording of real Celery")
    ),
    "compared": Scene(
        "three-task-order",
        [*COMPARE_KILL, "right", "right"],
        Words("원래 실행과 만약에의 비교", "The run and the what-if, side by side"),
    ),
    "inside-worker": Scene(*FAILURES["zoom-eta"], Words("Worker의 속", "The inside of a worker")),
    "inside-message": Scene(*FAILURES["zoom-retry"], Words("메시지의 속", "The inside of a message")),
    "meters": Scene(
        "hockey-stick",
        ["end", "1", *["pagedown"] * 4, "v"],
        Words("측정: 대기, 실행, 대기 시간, 완료", "Meters: waiting, running, wait, done"),
        size=(140, 40),
    ),
    "log": Scene(
        "retry",
        ["pagedown", "pagedown", "3", "pagedown", "v", "v"],
        Words("Worker가 남기는 로그", "The log that the workers write"),
    ),
    "console": Scene(
        "three-task-order",
        [*AT_CONSOLE, *typed("celery -A app inspect active"), "enter"],
        Words("그 순간에 celery inspect가 하는 답", "What celery inspect would answer at that moment"),
    ),
    "presenter": Scene(
        "three-task-order",
        [*TO_QUESTION, "P"],
        Words("발표 화면, 밝은 테마", "The presenter, in the light theme"),
        settings=LIGHT,
    ),
    "course": Scene("", [], Words("레슨 목록", "The lessons")),
    "goal-missed": Scene(*FAILURES["exercise-missed"], Words("아직 못 지킨 목표", "A goal is missed")),
    "exercise-knobs": Scene(*FAILURES["exercise-knobs"], Words("연습 문제의 설정", "The knobs of an exercise")),
    "vote": Scene(
        "crash-early-late",
        [*["pagedown"] * 3, *"4/9/7", "enter", "space", *"12/5/3", "enter"],
        Words("거수 투표", "A show of hands"),
        votes=True,
    ),
    "crowd": Scene(
        str(CROWD),
        ["pagedown", "right"],
        Words("Worker 64개, 하나는 강제 종료", "Sixty-four workers, one of them killed"),
        size=(140, 40),
    ),
    "ascii": Scene(
        "three-task-order",
        [*ANSWERED, "right"],
        Words("ASCII 글자로만", "In ASCII signs only"),
        settings=ASCII,
    ),
}
"""By name."""

PICTURES = {f"{name}.{lang}": (name, lang) for name in SCENES for lang in LANGUAGES}
"""By file name: the scene and the language."""


@cache
def shots_of(name: str) -> dict[tuple[str, Size], Shot]:
    """Shots of a scene in each language."""
    scene = SCENES[name]
    with same_hash():
        return look_at(scene.app(), scene.keys, LANGUAGES, [scene.size])


def draw_picture(file: str) -> str:
    """A picture by its name, as SVG."""
    name, lang = PICTURES[file]
    scene = SCENES[name]
    title = scene.title.ko if lang == "ko" else scene.title.en
    return make_svg(shots_of(name)[lang, scene.size].rows, title, theme_name(scene.settings.theme or "dark"))


def make_pictures(folder: Path = FOLDER) -> list[Path]:
    """Draw every picture into a folder; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for file in PICTURES:
        path = folder / f"{file}.svg"
        path.write_text(draw_picture(file), encoding="utf-8")
        files.append(path)
    return files


if __name__ == "__main__":
    for made in make_pictures(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(made.relative_to(Path.cwd()) if made.is_relative_to(Path.cwd()) else made)
