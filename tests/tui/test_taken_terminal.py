"""A terminal that is taken away, stopped, or types what is no text: it is given back as it was, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.terminals import PATIENCE, Terminal, open_terminal, terminals

__all__ = ["open_terminal", "terminals"]

ORDER = "three-task-order"
SCREENS = {
    "play": (("play", ORDER), "", "0.00 s"),
    "learn": (("learn",), "", "An empty queue"),
    "vote": (("vote", ORDER), "", "P leave"),
    "help": (("play", ORDER), "?", "all commands"),
    "console": (("play", ORDER), ":", "celery -A"),
    "what if": (("play", ORDER), "x", "▸ 1"),
}
"""Command, a key, and what is shown then."""


def open_screen(name: str, open_terminal: Callable[..., Terminal]) -> Terminal:
    words, key, shown = SCREENS[name]
    one = open_terminal(*words, "--lang", "en")
    one.shows("? help")
    if key:
        one.press(key)
    one.shows(shown)
    return one


@pytest.mark.parametrize(
    ("name", "number"),
    [*((name, signal.SIGTERM) for name in SCREENS), ("play", signal.SIGINT), ("play", signal.SIGQUIT)],
)
def test_a_request_to_end_gives_the_terminal_back(
    name: str, number: signal.Signals, open_terminal: Callable[..., Terminal]
) -> None:
    one = open_screen(name, open_terminal)
    one.process.send_signal(number)
    assert one.ends() == 128 + number
    assert one.is_restored()
    assert b"Traceback" not in one.written


@pytest.mark.parametrize("name", ["play", "vote"])
def test_a_terminal_that_is_gone_ends_it(name: str, open_terminal: Callable[..., Terminal]) -> None:
    one = open_screen(name, open_terminal)
    one.hang_up()
    assert one.process.wait(PATIENCE) == 128 + signal.SIGHUP


@pytest.mark.parametrize("by", ["ctrl+z", "SIGTSTP", "SIGSTOP"])
def test_stopped_and_continued(by: str, open_terminal: Callable[..., Terminal]) -> None:
    one = open_screen("play", open_terminal)
    if by == "ctrl+z":
        one.press("\x1a")
    else:
        one.press("")
        one.process.send_signal(getattr(signal, by))
    wait_until_stopped(one)
    while one.read(0.1):
        pass
    if by != "SIGSTOP":  # nobody can react to that one
        assert one.is_restored()
    taken = one.written.count(b"\x1b[?1049h")
    one.process.send_signal(signal.SIGCONT)
    one.wait(lambda: one.written.count(b"\x1b[?1049h") > taken)
    one.screen.reset()
    one.press("?")
    one.shows("all commands")
    one.press("q")
    assert one.ends() == 0
    assert one.is_restored()


def wait_until_stopped(one: Terminal) -> None:
    until = time.monotonic() + PATIENCE
    while not one.process.is_stopped():
        assert time.monotonic() < until, one.text
        one.read(0.05)


def test_what_is_no_text_is_left_out(open_terminal: Callable[..., Terminal]) -> None:
    one = open_screen("play", open_terminal)
    one.press("")
    os.write(one.end, b"\xff\xc3(\x80")
    one.press("?")
    one.shows("all commands")
    one.press("q")
    assert one.ends() == 0


def test_an_answer_survives_the_end_of_the_terminal(open_terminal: Callable[..., Terminal], own_home: Path) -> None:
    one = open_terminal("learn", ORDER, "--lang", "en", TEXTUAL_ANIMATIONS="none")
    one.shows("0.00 s", "? help")
    for _ in range(3):
        one.press("\x1b[6~")
    one.shows("Who will run it?")
    one.press("1")
    one.shows("when will Task3 start?")
    one.hang_up()
    assert one.process.wait(PATIENCE) == 128 + signal.SIGHUP
    kept = json.loads((own_home / ".local" / "state" / "ackademy" / "progress.json").read_text(encoding="utf-8"))
    assert kept["lessons"][ORDER]["answers"]
