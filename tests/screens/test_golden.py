"""Screens of the real application, held against files. `GOLDEN=write` writes them anew: read the difference."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import pytest
from rich.cells import cell_len

from simulator.engine import simulate
from simulator.story.run import Run, open_run
from simulator.tui.app import AckademyApp
from simulator.tui.settings import UserSettings
from tests.lessons import opened
from tests.screens.shot import PLAIN, Size, same_hash, take_shots

FOLDER = Path(__file__).parent / "golden"
WRITE = os.environ.get("GOLDEN") == "write"

RECORDING = Path(__file__).parent / "data" / "recording.jsonl"
"""Two workers with three children on Redis, by `record`; the tasks' ids are UUIDs."""

TO_QUESTION = ["pagedown"] * 3
ANSWERED = [*TO_QUESTION, "1", "2"]
"""Both questions of that moment answered, and both rightly."""
KILL_WORKER1 = [*ANSWERED, "x", "1"]
TURN_DURATION = [*ANSWERED, "o", *["down"] * 5, "right", "enter"]
COMPARE_KILL = [*KILL_WORKER1, "c", "1"]
AT_CONSOLE = [*ANSWERED, "colon"]


def typed(text: str) -> list[str]:
    """The keys that type a text."""
    return [{" ": "space", "-": "minus", "_": "underscore"}.get(char, char) for char in text]


SCREENS: dict[str, list[str]] = {
    "start": [],
    "nothing-yet": ["pagedown"],
    "three-queued": ["pagedown", "pagedown"],
    "delivered": [*TO_QUESTION, "left", "left"],
    "question": TO_QUESTION,
    "answer-right": ANSWERED,
    "answer-unknown": [*TO_QUESTION, "enter", "enter"],
    "verdict-right": [*ANSWERED, "pagedown"],
    "verdict-wrong": [*TO_QUESTION, "2", "2", "pagedown"],
    "verdict-unknown": [*TO_QUESTION, "enter", "2", "pagedown"],
    "acknowledged": [*ANSWERED, "right", "right"],
    "end": [*ANSWERED, "end"],
    "future": [*ANSWERED, "f"],
    "chosen": [*TO_QUESTION, "tab"],
    "message": [*TO_QUESTION, "tab", "enter"],
    "worker": [*TO_QUESTION, "tab", "tab", "enter"],
    "inspect-queue": [*ANSWERED, "i", "tab"],
    "inspect-worker": [*ANSWERED, "i", "tab", "tab"],
    "help": ["question_mark"],
    "find": [*TO_QUESTION, "slash", *"task2"],
    "breakpoint": [*ANSWERED, "B", *typed("util > 0.5")],
    "breakpoint-reached": [*ANSWERED, "B", *typed("lost == 0 and running == 0"), "enter"],
    "what-if": [*ANSWERED, "x"],
    "killed": KILL_WORKER1,
    "killed-after": [*KILL_WORKER1, "right"],
    "killed-end": [*KILL_WORKER1, "end"],
    "undone": [*KILL_WORKER1, "right", "u"],
    "sent-another": [*ANSWERED, "x", "6", "right"],
    "knobs": [*ANSWERED, "o"],
    "knobs-turned": TURN_DURATION[:-1],
    "knobs-how-sure": [*ANSWERED, "o", "space"],
    "knob-from-now": [*TURN_DURATION, "right"],
    "knob-from-start": [*ANSWERED, "o", "left", "enter"],
    "console": AT_CONSOLE,
    "console-active": [*AT_CONSOLE, *typed("celery -A app inspect active"), "enter"],
    "console-control": [*AT_CONSOLE, *typed("celery -A app control revoke Task3"), "enter", "right"],
    "console-complete": [*AT_CONSOLE, *typed("celery -A ap inspct x"), "enter", *typed("control "), "tab"],
    "compare-choose": [*KILL_WORKER1, "c"],
    "compare": COMPARE_KILL,
    "compare-later": [*COMPARE_KILL, "right", "right"],
    "compare-end": [*COMPARE_KILL, "end"],
    "meters": [*ANSWERED, "end", "v"],
    "log": [*ANSWERED, "end", "v", "v"],
    "time-zoomed": [*ANSWERED, "right", "b", "plus", "right", "right"],
    "closing": [*TO_QUESTION, "2", "2", "end", "end", "r"],
    "closing-early": ["pagedown", "r"],
}
FAILURES: dict[str, tuple[str, list[str]]] = {
    "folded": ("retry", ["end", "3", "end", "1", "end", "1", "end"]),
    "waits-for-eta": ("retry", ["pagedown", "pagedown", "3", "pagedown"]),
    "dead-letter": ("dead-letter", ["end", "enter", "end", "left", "left", "left"]),
    "chapter": ("retry", ["pagedown", "pagedown", "3", "pagedown", "pagedown", "pagedown"]),
    "inspect-dead": ("dead-letter", ["end", "enter", "end", "i", "tab", "down"]),
    "inspect-task": ("dead-letter", ["pagedown", "i"]),
    "compare-variant": ("two-queues", ["1", "c", "1", "pagedown"]),
    "recording": (str(RECORDING), ["end", *["left"] * 24]),
    "recording-task": (str(RECORDING), ["end", *["left"] * 24, "i"]),
    "exercise": ("crash-early-late", ["end", "end", "1", "end", "r"]),
    "exercise-knobs": ("crash-early-late", ["end", "end", "1", "end", "o"]),
    "zoom-eta": ("retry", ["pagedown", "pagedown", "3", "pagedown", "z"]),
    "zoom-retry": ("retry", ["pagedown", "pagedown", "3", "pagedown", "z", "z"]),
    "zoom-killed": ("crash-early-late", ["end", "end", "1", "end", "tab", "enter"]),
    "exercise-missed": ("overflow", ["end", "2", "end", "o", "down", "right", "enter", "end", "r", "enter"]),
    "exercise-passed": (
        "crash-early-late",
        ["end", "end", "1", "end", "o", "right", "down", "down", "right", "right", "enter", "r", "enter"],
    ),
    "service-down": ("retry-storm", ["pagedown"] * 4),
    "service-refuses": ("retry-storm", [*["pagedown"] * 4, "1", "right"]),
    "reserved": ("prefetch", ["end", "1", *["right"] * 10]),
    "notice-in-full": ("retry", ["pagedown", "pagedown", "3", "end", "1", "end", "1", "end", "a"]),
    "broker-down": ("three-task-order", [*ANSWERED, "x", "5", "right"]),
}
"""Other scenarios: which, and keys."""
PRESENTER: dict[str, list[str]] = {
    "present": ["pagedown", "pagedown", "P"],
    "present-question": [*TO_QUESTION, "P"],
    "present-shown": [*TO_QUESTION, "P", "2", "2", "pagedown"],
    "present-answer": [*TO_QUESTION, "P", "2", "2", "pagedown", "enter"],
    "present-spotlight": [*ANSWERED, "P", "right", "right", "tab"],
}
"""For a room, from the smallest terminal on."""
IN_ASCII = ("start", "question", "end", "worker", "inspect-worker", "help", "present", "present-spotlight")
"""The screens that are held with ASCII signs too."""
OF_ITS_TRACE = "start"
"""The screen that is held with the hash of its own trace."""
LANGUAGES = ["en", "ko", "both"]
SIZES = [(80, 24), (140, 40)]


def hold(
    name: str, run: Run | None, keys: list[str], langs: list[str], sizes: list[Size], settings: UserSettings = PLAIN
) -> None:
    with nullcontext() if name == OF_ITS_TRACE else same_hash():
        shots = take_shots(run, keys, langs, sizes, settings)
    for (lang, (width, height)), shot in shots.items():
        assert [cell_len(line) for line in shot.lines] == [width] * height
        text = "".join(f"{line.rstrip()}\n" for line in shot.lines)
        path = FOLDER / f"{name}.{lang}.{width}x{height}.txt"
        if WRITE:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("name", SCREENS)
def test_the_three_task_order(name: str) -> None:
    run = opened("three-task-order")
    hold(name, run, SCREENS[name], LANGUAGES[: 3 if name in ("question", "killed-end") else 2], SIZES)


@pytest.mark.parametrize("name", PRESENTER)
def test_the_presenter(name: str) -> None:
    run = opened("three-task-order")
    hold(name, run, PRESENTER[name], ["en", "ko"], [(60, 20), *SIZES])


@pytest.mark.parametrize("name", IN_ASCII)
def test_ascii_signs(name: str) -> None:
    run = opened("three-task-order")
    keys = {**SCREENS, **PRESENTER}[name]
    settings = UserSettings(theme="dark", glyphs="ascii")
    hold(f"{name}.ascii", run, keys, ["en", "ko"], SIZES[:1], settings)


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name: str) -> None:
    scenario, keys = FAILURES[name]
    hold(name, opened(scenario), keys, ["en", "ko"], SIZES)


def test_the_picker() -> None:
    hold("picker", None, [], ["en", "ko"], SIZES)


MAIL = """\
title: {ko: 메일 보내기, en: Sending mail}
workers: {worker1: {concurency: 2}}
tasks: {send_email: {duration: 2, retry_backof: true}}
send: [{at: 0, id: Task1, task: send_email}]
"""


def test_mistakes_of_an_author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VISUAL", f"cp {tmp_path / 'wrong'}")
    monkeypatch.setattr(AckademyApp, "suspend", lambda _: nullcontext())
    (tmp_path / "wrong").write_text(MAIL, encoding="utf-8")
    (tmp_path / "mail.yaml").write_text("send: [{at: 0, task: a}]", encoding="utf-8")
    hold("mistakes", open_run("mail.yaml", simulate), ["e"], ["en", "ko"], SIZES)


def test_small_terminals() -> None:
    run = opened("three-task-order")
    hold("small", run, TO_QUESTION, ["en", "ko"], [(60, 18), (59, 18), (80, 17), (20, 5)])
