"""A shortcut: a command, its keys and its words; and the screens that have shortcuts."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.story.catalog import Words
from simulator.tui.controls import commands as c

JAMO = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓㅏㅣㅡㅜㅐㅔㅂㄱㄴㅅㅕㅍㅈㅌㅛㅋ",
        strict=True,
    )
)
"""Jamo that a Korean (two-set) keyboard in Hangul mode sends for each small letter."""

SHOWN = {
    "right": "→",
    "left": "←",
    "up": "↑",
    "down": "↓",
    "shift+right": "shift+→",
    "shift+left": "shift+←",
    "pagedown": "page down",
    "pageup": "page up",
    "escape": "esc",
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "comma": ",",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "backspace": "⌫",
    "equals_sign": "=",
    "left_square_bracket": "[",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "backslash": "\\",
    "plus": "+",
    "minus": "-",
    "right_square_bracket": "]",
}
"""Displayed names of keys that differ from Textual's."""

MAIN, ZOOM, INSPECT, HELP, FIND, MENU, PICKER = "main", "zoom", "inspect", "help", "find", "menu", "picker"
KNOBS, COMPARE, VOTE, CLOSING, PRESENT, STATION = "knobs", "compare", "vote", "closing", "present", "station"
CONSOLE, PROBLEMS = "console", "problems"
"""The screens."""

PLAYER_SCREENS = (MAIN, ZOOM, INSPECT)
"""Screens on which one can move through the run."""

MOVING_SCREENS = (*PLAYER_SCREENS, COMPARE)
"""Screens on which one can step."""

PAGES = (INSPECT, PICKER, CLOSING, CONSOLE)
"""Screens that the page keys scroll."""

ROOM_SCREENS = (*PLAYER_SCREENS, PRESENT)
"""The same with the presenter, which has few commands."""

EVERYWHERE = (MAIN, ZOOM, INSPECT, KNOBS, COMPARE, PRESENT, PICKER, CLOSING)
"""All screens except those laid over others for a moment."""

WITH_HELP = (*EVERYWHERE, HELP, VOTE, STATION)

WITH_LISTS = (*WITH_HELP, FIND, MENU, PROBLEMS)

MARK_SCREENS = (MAIN, ZOOM, COMPARE, PRESENT)
"""Screens on which the page keys go to the next mark instead of scrolling."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A command as the user sees it: its keys and its words."""

    name: str
    """Its name in the console, for commands that can be typed there."""
    command: c.Command
    keys: tuple[str, ...]
    """Textual's names of the keys, the displayed one first."""
    words: Words
    """Its description in help and palette."""
    short: Words | None = None
    """Its label in the bottom line; None: it is never shown there."""
    screens: tuple[str, ...] = (MAIN,)
    also: tuple[str, ...] = ()
    """Names of commands that share its line in the help."""
    help_words: Words | None = None
    """The description of the group in the help."""
    help_keys: str = ""
    pair: str = ""
    """Keys of two commands, if one hint stands for both in the bottom line."""
    rank: int = 9
    """Rank in the bottom line; a narrow line drops the highest ranks first."""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Its keys, and for each small letter the jamo on the same key."""
        return (*self.keys, *(JAMO[key] for key in self.keys if key in JAMO))

    @property
    def shown(self) -> str:
        """Its keys as they are displayed."""
        return " ".join(show_key(key) for key in self.keys)


def show_key(key: str) -> str:
    """The displayed name of a key.

    >>> show_key("right"), show_key("full_stop"), show_key("g")
    ('→', '.', 'g')
    """
    return SHOWN.get(key, key)
