"""The table of commands: known keys, no key twice, a twin for every small letter."""

from __future__ import annotations

import pytest
from textual.keys import KEY_ALIASES, Keys, _character_to_key

from simulator.tui.controls.keys import SHORTCUTS, shortcuts_of
from simulator.tui.controls.shortcuts import (
    COMPARE,
    CONSOLE,
    FIND,
    HELP,
    INSPECT,
    JAMO,
    KNOBS,
    MAIN,
    MENU,
    PICKER,
    PRESENT,
    PROBLEMS,
    ZOOM,
)

KNOWN = {key.value for key in Keys} | set(KEY_ALIASES)
SCREENS = (MAIN, ZOOM, INSPECT, HELP, FIND, MENU, PICKER, KNOBS, COMPARE, CONSOLE, PROBLEMS, PRESENT)

HOUSE = {
    "play": "space",
    "home": "home g",
    "end": "end G",
    "step": "right l",
    "back": "left h",
    "raw_step": "shift+right full_stop",
    "raw_back": "shift+left comma",
    "next_mark": "pagedown right_square_bracket",
    "previous_mark": "pageup left_square_bracket",
    "slower": "less_than_sign",
    "faster": "greater_than_sign",
    "normal": "equals_sign",
    "panel": "tab",
    "enter": "enter",
    "escape": "escape",
    "find": "slash",
    "next_found": "n",
    "previous_found": "N",
    "zoom": "z",
    "what_if": "x",
    "undo": "u",
    "save": "w",
    "knobs": "o",
    "compare": "c",
    "future": "f",
    "bookmark": "b",
    "breakpoint": "B",
    "view": "v",
    "language": "L",
    "palette": "ctrl+p",
    "console": "colon",
    "edit": "e",
    "present": "P f5",
    "screenshot": "s",
    "copy": "y",
    "mouse": "m",
    "help": "question_mark",
    "quit": "q ctrl+c",
}
"""The keys that were agreed on."""


def test_the_keys_are_the_agreed_ones() -> None:
    keys = {shortcut.name: " ".join(shortcut.keys) for shortcut in SHORTCUTS}
    assert {name: keys[name] for name in HOUSE} == HOUSE


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_does_two_things(screen: str) -> None:
    keys = [key for shortcut in shortcuts_of(screen) for key in shortcut.all_keys]
    assert len(keys) == len(set(keys))


def test_every_key_is_known_to_textual() -> None:
    for shortcut in SHORTCUTS:
        for key in shortcut.keys:
            bare = key.removeprefix("shift+").removeprefix("ctrl+")
            assert (
                key in KNOWN or bare in KNOWN or len(bare) == 1 or bare in map(_character_to_key, "?:,.<>=[]/+-{}()\\")
            )


def test_small_letters_have_their_jamo_and_capitals_none() -> None:
    assert len(set(JAMO.values())) == 26
    for shortcut in SHORTCUTS:
        twins = set(shortcut.all_keys) - set(shortcut.keys)
        assert twins == {JAMO[key] for key in shortcut.keys if len(key) == 1 and key.islower()}


def test_no_essential_command_needs_a_letter() -> None:
    essential = ("play", "step", "back", "home", "end", "panel", "up", "down", "enter", "escape", "find", "help")
    for shortcut in SHORTCUTS:
        if shortcut.name in essential:
            assert any(len(key) > 1 for key in shortcut.keys), shortcut.name


def test_both_languages_are_there() -> None:
    for shortcut in SHORTCUTS:
        for words in filter(None, (shortcut.words, shortcut.short, shortcut.help_words)):
            assert words.ko
            assert words.en
