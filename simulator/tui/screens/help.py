"""The help for the screen from which it was opened."""

from __future__ import annotations

from simulator.scene.pages.sheet import Block, Field, Sheet
from simulator.scene.view import View
from simulator.scene.words import labels, time_words
from simulator.story.language import say, tell
from simulator.tui.controls.commands import AnswerQuestion, Command, Digit, Escape, Move, OpenHelp
from simulator.tui.controls.keys import SHORTCUTS, shortcuts_of
from simulator.tui.controls.shortcuts import HELP
from simulator.tui.drawing.pages.sheet import SMALLEST
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.style.plain import write_keys

SIGN_STYLES = {"again": "failed", "ack": "done", "fold": "dim"}
"""Styles of symbols that have none of their own."""


class HelpScreen(BoardScreen, inherit_bindings=False):
    """The keys and symbols of a screen."""

    KIND = HELP
    BINDINGS = bindings_of(HELP)
    SMALLEST = SMALLEST

    def __init__(self, about: str) -> None:
        """Show the help for the screen `about`."""
        super().__init__()
        self.about = about

    def view(self, width: int, height: int) -> View:
        """Draw the help."""
        return help_sheet(self.about, self.lang)

    def do(self, command: Command) -> None:
        """Scroll and close; send other commands up."""
        match command:
            case Move(by):
                self.offset_rows = max(0, self.offset_rows + by)
                self.redraw()
            case OpenHelp() | Escape():
                self.dismiss(None)
            case _:
                super().do(command)


def help_sheet(screen: str, lang: str) -> Sheet:
    """Make the help of a screen: its keys, and the meaning of symbols."""
    shared = {name for one in SHORTCUTS for name in one.also}
    rows = [
        Field(write_keys(one.help_keys or one.shown), " / ".join(tell((one.help_words or one.words)._asdict(), lang)))
        for one in shortcuts_of(screen)
        if not isinstance(one.command, AnswerQuestion | Digit) and one.name not in shared
    ]
    if screen == "main":
        rows.insert(0, Field("1 2 3 4", " / ".join(tell(labels.ANSWER_A_QUESTION._asdict(), lang))))
    signs = [
        ("waiting", labels.SIGN_WAITING),
        ("running", labels.SIGN_RUNNING),
        ("done", labels.SIGN_DONE),
        ("failed", labels.SIGN_FAILED),
        ("lost", labels.SIGN_LOST),
        ("plan", labels.SIGN_PLAN),
        ("stop", labels.SIGN_STOP),
        ("chapter", labels.SIGN_CHAPTER),
        ("again", time_words.SIGN_AGAIN),
        ("ack", time_words.SIGN_ACK),
        ("bookmark", time_words.SIGN_BOOKMARK),
        ("fold", time_words.SIGN_FOLD),
    ]
    sign_rows = [Field("", say(words, lang), SIGN_STYLES.get(sign, sign), sign) for sign, words in signs]
    middle = (len(rows) * 3 + 4) // 5
    left = [Block(say(labels.KEYS, lang), rows[:middle])]
    right = [Block("", rows[middle:]), Block(say(labels.SIGNS, lang), sign_rows)]
    return Sheet(say(labels.HELP, lang), "", left, right, note=say(labels.HELP_NOTE, lang))
