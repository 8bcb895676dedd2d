"""The real program in a real pseudo-terminal, driven by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from simulator.engine import simulate
from simulator.story.run import open_run
from simulator.story.values import second_unit
from tests.screens.shot import take_shot
from tests.tui.terminals import PAGE_DOWN, RIGHT, Terminal, open_terminal, terminals

__all__ = ["open_terminal", "terminals"]

WORDS = {
    "en": ("Who will run it?", "Noted.", "Show of hands?", "Sent to the terminal's clipboard"),
    "ko": ("누가 실행하게", "적어 두었습니다", "손을 들어", "터미널의 클립보드로 보냈습니다"),
}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_session_by_keys(lang: str, open_terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    question, noted, hands, copied = WORDS[lang]
    pictures = {"XDG_PICTURES_DIR": str(tmp_path)}
    one = open_terminal("play", "three-task-order", "--lang", lang, "--no-motion", **pictures)
    one.shows("worker2", f"0.00{second_unit(lang)}", "q ")
    for _ in range(3):
        one.press(PAGE_DOWN)
    one.shows(question)
    one.shows(f"1.00{second_unit(lang)} · ")
    # What a terminal shows is what the tests of screens see.
    headless = take_shot(open_run("three-task-order", simulate), ["pagedown"] * 3, lang=lang)
    one.wait(lambda: one.lines == headless.lines)
    one.press("P")
    one.shows(hands)
    one.press("P12")
    one.shows(noted)
    one.press("y")
    one.shows(copied)
    assert b"\x1b]52;c;" in one.written
    one.press("s")
    one.shows(".svg")
    one.press("m")
    one.wait(lambda: one.written.rfind(b"\x1b[?1000l") > one.written.rfind(b"\x1b[?1000h"))
    one.resize(100, 30)
    one.press(RIGHT)
    one.wait(lambda: cell_len(one.lines[1]) == 100 and one.lines[1].rstrip().endswith("─"))
    one.press("q")
    assert one.ends() == 0
    assert one.is_restored()
    text = (tmp_path / "Ackademy" / "three-task-order-1.00s.txt").read_text(encoding="utf-8")
    assert question.split()[0] in text


def test_what_was_chosen_is_worn_the_next_time(open_terminal: Callable[..., Terminal], own_home: Path) -> None:
    first = open_terminal("play", "three-task-order", "--theme", "light", "--glyphs", "ascii", COLORTERM="truecolor")
    first.shows("Ready. Press", "? help")
    assert "\n".join(first.lines[:-1]).isascii()
    assert first.screen.buffer[0][0].bg == "fbfaf7"
    first.press("L")
    first.shows("준비되었습니다")
    first.press("q")
    assert first.ends() == 0
    # A flag is for this time only.
    kept = own_home / ".config" / "ackademy" / "settings.toml"
    assert kept.read_text(encoding="utf-8") == 'lang = "both"\n'
    second = open_terminal("--theme", "mono", TERM="linux")
    second.shows("Queue", "1 ", "q ")
    assert b"38;2;" not in second.written
    assert b"38;5;" not in second.written
    second.press("\x03")
    assert second.ends() == 130


def test_broken_settings_are_told_and_kept(open_terminal: Callable[..., Terminal], own_home: Path) -> None:
    kept = own_home / ".config" / "ackademy" / "settings.toml"
    kept.parent.mkdir(parents=True)
    kept.write_text('theme = "dark"\nlang = \n', encoding="utf-8")
    one = open_terminal("play", "three-task-order")
    # The last rows come last: before them nobody listens yet.
    one.shows("settings.toml", "worker2", "0.00 s", "? help")
    one.press("L")
    one.shows("준비되었습니다")
    one.press("q")
    assert one.ends() == 0
    assert b"settings.toml:2: not TOML" in one.written
    assert kept.read_text(encoding="utf-8") == 'theme = "dark"\nlang = \n'


def test_a_dumb_terminal_is_told(open_terminal: Callable[..., Terminal]) -> None:
    one = open_terminal("play", "three-task-order", "--lang", "en", TERM="dumb")
    assert one.ends() == 0
    assert b"Task3" in one.written
    assert b"\x1b" not in one.written


COLOURS = re.compile(rb"\x1b\[(?:[\d;:]*;)?(?:3\d|4\d|9[0-7]|10[0-7])(?:[;:][\d;:]*)?m")
"""Select a colour, the terminal's own included (SGR 30-49, 90-107)."""


def test_no_color_sends_no_colours_and_a_choice_is_seen_all_the_same(open_terminal: Callable[..., Terminal]) -> None:
    shown = open_terminal("play", "three-task-order", "--lang", "en", NO_COLOR="1", COLORTERM="truecolor")
    shown.shows("Press → to step")
    for key in ("?", "\x1b", "/", "\x1b", "i", "\x1b", ":", "\x1b", "\x10", "\x1b", "x"):
        shown.press(key)
    shown.shows("▸ 1")
    chosen = [y for y, line in enumerate(shown.lines) if "▸ 1" in line]
    assert any(shown.screen.buffer[chosen[0]][x].reverse for x in range(80))
    shown.press("\x1b")
    shown.press("q")
    assert shown.ends() == 0
    assert not COLOURS.search(shown.written), COLOURS.findall(shown.written)[:5]
