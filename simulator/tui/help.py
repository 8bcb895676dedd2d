"""The help: all keys of a screen, and what the signs mean."""

from __future__ import annotations

from simulator.scene.sheet import Row, Section, Sheet
from simulator.scene.words import labels, time_words
from simulator.story.language import say, tell
from simulator.tui.commands import COMMANDS
from simulator.tui.plain import write_keys

SIGN_STYLES = {"again": "failed", "ack": "done", "fold": "dim"}
"""Of signs that have no style of their own."""


def help_sheet(screen: str, lang: str) -> Sheet:
    """All keys of a screen, and what the signs mean."""
    shared = {name for command in COMMANDS for name in command.also}
    rows = [
        Row(
            write_keys(command.told_keys or command.shown),
            " / ".join(tell((command.told or command.words)._asdict(), lang)),
        )
        for command in COMMANDS
        if screen in command.screens and not command.argument and command.name not in shared
    ]
    if screen == "main":
        rows.insert(0, Row("1 2 3 4", " / ".join(tell(labels.ANSWER_A_QUESTION._asdict(), lang))))
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
    sign_rows = [Row("", say(words, lang), SIGN_STYLES.get(sign, sign), sign) for sign, words in signs]
    middle = (len(rows) * 3 + 4) // 5
    left = [Section(say(labels.KEYS, lang), rows[:middle])]
    right = [Section("", rows[middle:]), Section(say(labels.SIGNS, lang), sign_rows)]
    return Sheet(say(labels.HELP, lang), "", left, right, note=say(labels.HELP_NOTE, lang))
