"""The bottom line of a screen, and the commands that have an effect at the moment."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.play.player import Player
from simulator.scene.look import Look
from simulator.scene.moment import answer_keys
from simulator.scene.words import labels, live_words
from simulator.story.language import say
from simulator.tui.controls import commands as c
from simulator.tui.controls.keys import shortcuts_of
from simulator.tui.controls.shortcuts import CLOSING, FIND, INSPECT, MAIN, PICKER, ZOOM, show_key

RANKS: dict[str, dict[str, int]] = {
    INSPECT: {"escape": 1, "find": 7},
    ZOOM: {"zoom": 1, "escape": 1, "find": 7},
}
"""Ranks that differ on a screen from those in the table of shortcuts: with lists or pages, `escape` comes early."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A command in the bottom line."""

    key: str
    label: str
    command: c.Command | None
    """None if a hint stands for several keys, so that a click on it would be ambiguous."""
    rank: int = 0


def can_do(player: Player, look: Look, command: c.Command) -> bool:
    """Return True if a command would have an effect now."""
    run = player.playback.run
    asked = player.open_question is not None
    match command:
        case c.Undo():
            return run.parent is not None
        case c.Save():
            return run.parent is not None and run.scenario is not None
        case c.EditScenario():
            return run.scenario is not None
        case c.AskWhatIf() | c.OpenKnobs():
            return (run.scenario is not None or run.model is not None) and not asked
        case c.OpenSummary():
            return run.scenario is not None and not asked
        case c.Compare():
            has_other = run.parent is not None or (run.scenario is not None and bool(run.scenario.model.variants))
            return has_other and not asked
        case c.NextCase():
            return run.scenario is not None and bool(run.scenario.model.variants) and not asked
        case c.GoToFound():
            return look.has_found
        case c.Enter():
            return bool(look.selection.key)
        case _:
            return True


def player_hints(player: Player, look: Look, screen: str) -> list[Hint]:
    """List the commands possible now, most useful first."""
    hints = [
        hint for hint in screen_hints(screen, look.lang) if hint.command is None or can_do(player, look, hint.command)
    ]
    if look.live and not player.at_end:
        hints.insert(0, Hint("end", say(live_words.TO_LIVE, look.lang), c.GoToEnd()))
    if not _is_time_to_sum_up(player):
        hints = [hint for hint in hints if hint.command != c.OpenSummary()]
    if player.playback.run.is_changed or not (player.knows_end and player.answered):
        hints = [hint for hint in hints if hint.command != c.NextCase()]
    if player.playback.run.parent is not None:
        # Who has just asked what if wants to see the difference.
        hints.sort(key=lambda hint: 2 if hint.command == c.Compare() else hint.rank)
    if screen == MAIN and player.open_question is not None:
        answers = [
            Hint(answer_keys(player), say(labels.ANSWER, look.lang), None),
            Hint("enter", say(labels.DO_NOT_KNOW, look.lang), c.Skip()),
        ]
        if look.selection.key:
            answers.pop()
        return answers + [hint for hint in hints if hint.command not in (c.Step(), c.Play())]
    return hints


def _is_time_to_sum_up(player: Player) -> bool:
    """Return True if the summary is to be offered: at the end, or if a changed run may solve the exercise."""
    run = player.playback.run
    has_exercise = run.scenario is not None and run.scenario.model.exercise is not None
    return player.at_end or (has_exercise and run.is_changed)


def screen_hints(screen: str, lang: str) -> list[Hint]:
    """The bottom line of a screen, for any session."""
    hints = []
    ranks = RANKS.get(screen, {})
    for one in sorted(shortcuts_of(screen), key=lambda one: ranks.get(one.name, one.rank)):
        if one.name == screen and screen != ZOOM:
            continue  # where we are already; a zoom goes on
        if one.short is None or (one.command == c.Escape() and screen in (MAIN, PICKER)):
            continue
        hints.append(Hint(one.pair or show_key(one.keys[0]), say(one.short, lang), one.command, one.rank))
    if screen in (PICKER, FIND, CLOSING):
        hints = [hint for hint in hints if hint.command != c.Enter()]
        hints.insert(0, Hint("enter", say(labels.OPEN if screen == PICKER else labels.GO_THERE, lang), c.Enter()))
        hints.insert(0, Hint("↑ ↓", say(labels.CHOOSE_LINE, lang), c.Move(1)))
    return hints
