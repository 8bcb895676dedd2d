"""The bottom line: which commands can do something now, the most useful first."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.play.player import Player
from simulator.scene.build import Look
from simulator.scene.moment import answer_keys
from simulator.scene.words import labels, live_words
from simulator.story.language import say
from simulator.tui.commands import CLOSING, FIND, INSPECT, KEY_PAIRS, MAIN, PICKER, ZOOM, commands_of, show_key


@dataclass(frozen=True, slots=True)
class Hint:
    """A command in the bottom line."""

    key: str
    label: str
    action: str
    argument: str
    rank: int


def is_possible(player: Player, look: Look, name: str) -> bool:
    """Whether a command can do something now."""
    run = player.score.run
    open_question = player.open_question
    match name:
        case "undo":
            return run.parent is not None
        case "save":
            return run.parent is not None and run.scenario is not None
        case "edit":
            return run.scenario is not None
        case "what_if" | "knobs" | "closing":
            return run.scenario is not None and open_question is None
        case "compare":
            has_other = run.parent is not None or (run.scenario is not None and bool(run.scenario.model.variants))
            return has_other and open_question is None
        case "next_found" | "previous_found":
            return look.has_found
        case "enter":
            return bool(look.selection.key)
        case _:
            return True


def find_hints(player: Player, look: Look, screen: str) -> list[Hint]:
    """The bottom line: what can be done now, most useful first."""
    hints = [hint for hint in screen_hints(screen, look.lang) if is_possible(player, look, hint.action)]
    if look.live and not player.at_end:
        hints.insert(0, Hint("end", say(live_words.TO_LIVE, look.lang), "end", "", 0))
    if not _is_closing(player):
        hints = [hint for hint in hints if hint.action != "closing"]
    if player.score.run.parent is not None:
        # Who has just asked what if wants to see the difference.
        hints.sort(key=lambda hint: 2 if hint.action == "compare" else hint.rank)
    if screen == MAIN and player.open_question is not None:
        answers = [
            Hint(answer_keys(player), say(labels.ANSWER, look.lang), "", "", 0),
            Hint("enter", say(labels.DO_NOT_KNOW, look.lang), "skip", "", 0),
        ]
        if look.selection.key:
            answers.pop()
        return answers + [hint for hint in hints if hint.action not in ("step", "play")]
    return hints


def _is_closing(player: Player) -> bool:
    """Whether how it went is what to look at now: at the end, or when a changed run may solve the exercise."""
    run = player.score.run
    has_exercise = run.scenario is not None and run.scenario.model.exercise is not None
    return player.at_end or (has_exercise and run.parent is not None)


def screen_hints(screen: str, lang: str) -> list[Hint]:
    """The bottom line of a screen, whatever is possible."""
    hints = []
    # Where a list or a page is looked at, the way back comes early.
    ranks = {INSPECT: {"escape": 1, "find": 7}, ZOOM: {"zoom": 1, "escape": 1, "find": 7}}.get(screen, {})
    for command in sorted(commands_of(screen), key=lambda command: ranks.get(command.name, command.rank)):
        if command.name == screen and screen != ZOOM:
            continue  # where we are already; a zoom goes on
        if command.short is None or (command.name == "escape" and screen == MAIN):
            continue
        if command.name == "escape" and screen == PICKER:
            continue
        key = KEY_PAIRS.get(command.name) or show_key(command.keys[0])
        hints.append(Hint(key, say(command.short, lang), command.action, command.argument, command.rank))
    if screen in (PICKER, FIND, CLOSING):
        hints = [hint for hint in hints if hint.action != "enter"]
        hints.insert(0, Hint("enter", say(labels.OPEN if screen == PICKER else labels.GO_THERE, lang), "enter", "", 0))
        hints.insert(0, Hint("↑ ↓", say(labels.CHOOSE_LINE, lang), "down", "", 0))
    return hints
