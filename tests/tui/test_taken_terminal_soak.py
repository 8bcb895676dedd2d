"""Every screen and every command that has a terminal, and every way in which a terminal can be taken away from it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.tui.terminals import PATIENCE, Terminal, open_terminal, terminals
from tests.tui.test_taken_terminal import wait_until_stopped

__all__ = ["open_terminal", "terminals"]

ORDER = "three-task-order"
END, RIGHT, PALETTE = "\x1b[F", "\x1b[C", "\x10"

SCREENS: dict[str, tuple[Sequence[str], Sequence[str], str]] = {
    "learn": (("learn",), (), "An empty queue"),
    "a lesson": (("learn", ORDER), (), "0.00 s"),
    "own course": (("learn", "course"), (), "mine"),
    "review": (("learn", "--review"), (), "? help"),
    "plan": (("learn", "--plan", "class-45"), (), "The rule of the day"),
    "plan's run": (("learn", "--plan", "class-45"), ("\x1b[6~",) * 2, "P leave"),
    "class": (("class", "class-45"), (), "127.0.0.1"),
    "vote": (("vote", ORDER), (), "P leave"),
    "a vote is counted": (("vote", ORDER), ("\x1b[6~", "\x1b[6~", "3"), "?"),
    "challenge": (("challenge", "--seed", "3"), (), "? help"),
    "play": (("play", ORDER), (), "0.00 s"),
    "it plays": (("play", ORDER), (" ",), "?"),
    "question": (("play", ORDER), (END,), "Who will run it?"),
    "results": (("learn", ORDER), ("r",), "?"),
    "help": (("play", ORDER), ("?",), "all commands"),
    "console": (("play", ORDER), (":",), "celery -A"),
    "what if": (("play", ORDER), ("x",), "1"),
    "settings": (("play", ORDER), ("o",), "send_email"),
    "how sure": (("play", ORDER), ("o", " "), "?"),
    "compare": (("play", ORDER), (RIGHT, "x", "1", "c", "1"), "?"),
    "breakpoint": (("play", ORDER), ("B",), "?"),
    "search": (("play", ORDER), ("/",), "?"),
    "inspect": (("play", ORDER), ("i",), "?"),
    "zoom": (("play", ORDER), ("z",), "?"),
    "presenter": (("play", ORDER), ("P",), "?"),
    "palette": (("play", ORDER), (PALETTE,), "?"),
    "until": (("play", ORDER, "--until", "succeeded == 1"), (), "? help"),
    "recording": (("play", "run.jsonl"), (), "? help"),
    "watched file": (("play", "mine.yaml", "--watch"), (), "? help"),
    "demonstration": (("lint", "mine.yaml", "--play", "1"), (), "? help"),
    "symptom": (("explain", "PENDING", "--play", "1"), (), "? help"),
}
"""By name: the command that opens a screen, the keys that lead to it, and what is shown then."""

ENDINGS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, "gone", "stopped", "no text"]

MINE = """\
title: {en: mine, ko: mine}
profile: celery-redis
config: {broker_transport_options: {visibility_timeout: 60}}
tasks: {a: {duration: 100, acks_late: true}}
workers: {w: {concurrency: 1}}
send: [{at: 0, count: 9, task: a}]
"""


@pytest.fixture
def files(tmp_path: Path, own_home: Path) -> Path:
    """What the commands are about: a scenario, a course, a recording, progress to review."""
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    course = tmp_path / "course"
    course.mkdir()
    (course / "mine.yaml").write_text(MINE, encoding="utf-8")
    (course / "course.yaml").write_text("parts: [{title: {en: A, ko: B}, lessons: [mine]}]\n", encoding="utf-8")
    recording = Path(__file__).parents[1] / "screens/data/recording.jsonl"
    (tmp_path / "run.jsonl").write_text(recording.read_text(encoding="utf-8"), encoding="utf-8")
    progress = own_home / ".local/state/ackademy/progress.json"
    progress.parent.mkdir(parents=True)
    done = {"done": True, "answers": {"1": {"first": "right", "last": "right"}}}
    progress.write_text(json.dumps({"version": 1, "lessons": {ORDER: done}}), encoding="utf-8")
    return tmp_path


@pytest.mark.soak
@pytest.mark.parametrize("ending", ENDINGS, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_gives_the_terminal_back(
    name: str, ending: signal.Signals | str, files: Path, open_terminal: Callable[..., Terminal]
) -> None:
    words, keys, shown = SCREENS[name]
    one = open_terminal(*words, "--lang", "en")
    one.wait(lambda: b"\x1b[?1049h" in one.written)
    for key in keys:
        one.press(key)
    one.shows(shown)
    while one.read(0.3):
        assert one.status is None, one.text
    if isinstance(ending, signal.Signals):
        one.process.send_signal(ending)
        assert one.ends() == 128 + ending
    elif ending == "gone":
        one.hang_up()
        assert one.process.wait(PATIENCE) == 128 + signal.SIGHUP
        return
    else:
        {"stopped": stop_and_go_on, "no text": type_what_is_no_text}[ending](one)
        one.process.send_signal(signal.SIGTERM)
        assert one.ends() == 128 + signal.SIGTERM
    assert one.is_restored()
    assert b"Traceback" not in one.written


def stop_and_go_on(one: Terminal) -> None:
    one.process.send_signal(signal.SIGTSTP)
    wait_until_stopped(one)
    while one.read(0.1):
        pass
    assert one.is_restored()
    taken = one.written.count(b"\x1b[?1049h")
    one.process.send_signal(signal.SIGCONT)
    one.wait(lambda: one.written.count(b"\x1b[?1049h") > taken)


def type_what_is_no_text(one: Terminal) -> None:
    os.write(one.end, b"\xff\xc3(\x80\xed\xa0\x80")
    while one.read(0.3):
        assert one.status is None, one.text


PLAIN: dict[str, tuple[Sequence[str], str]] = {
    "learn as text": (("learn", "--text", ORDER), "1"),
    "choose as text": (("learn", "--text"), ""),
    "review as text": (("learn", "--review", "--text"), ""),
    "tell and ask": (("tell", ORDER, "--ask"), ""),
    "run": (("run", "long.yaml"), ""),
    "sweep": (("sweep", "mine.yaml", "--vary", "workers=1..8", "--runs", "5000", "--jobs", "2"), ""),
    "plan": (("plan", "mine.yaml", "--over", "workers=1..20", "--goal", "p95(wait) < 5", "--runs", "2000"), ""),
    "break": (("break", "mine.yaml", "--goal", "lost >= 0", "--budget", "100000"), ""),
    "serve": (("serve", ORDER, "--port", "8931"), ""),
}
"""Commands that write line by line, or show how far they are."""


@pytest.mark.soak
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, "gone"], ids=str)
@pytest.mark.parametrize("name", PLAIN)
def test_every_command_that_writes_lines_ends(
    name: str, ending: signal.Signals | str, files: Path, open_terminal: Callable[..., Terminal]
) -> None:
    long = "tasks: {a: 0.00001}\nuntil: 100000\nsend: [{from: 0, every: {exponential: 0.1}, task: a}]\n"
    (files / "long.yaml").write_text(long, encoding="utf-8")
    words, _ = PLAIN[name]
    one = open_terminal(*words, "--lang", "en")
    until = time.monotonic() + 4
    while time.monotonic() < until and one.status is None:
        one.read(0.1)
    assert one.status is None, one.text
    before = children(one.process.pid)
    if isinstance(ending, signal.Signals):
        one.process.send_signal(ending)
        assert one.ends() in ((0,) if name == "serve" else (128 + ending, -ending))
        assert one.modes == one.modes_now()
    else:
        one.hang_up()
        one.process.send_signal(signal.SIGHUP)  # as the system does to whoever has it as its terminal
        one.process.wait(PATIENCE)
    assert b"Traceback" not in one.written
    assert "\u241b".encode() not in one.written  # a control sequence of our own that was shown
    wait_for_the_end_of(before)


def children(pid: int) -> list[int]:
    """All processes below one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += [int(entry.name), *children(int(entry.name))]
    return found


def wait_for_the_end_of(processes: Sequence[int]) -> None:
    until = time.monotonic() + 10
    while left := [pid for pid in processes if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < until, left
        time.sleep(0.05)
