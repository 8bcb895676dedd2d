"""Completing a line of the console: commands, workers, ids, tasks and queues, as far as the moment shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.console.answers import ANSWERED, INSPECTIONS, INSTEAD
from simulator.console.control import CONTROLS, SIGNALS
from simulator.console.inspecting import registered
from simulator.console.line import GLOBAL, OPTIONS, VALUED
from simulator.story.run import Run

PREFIX = "celery -A app "
"""What the guide's commands begin with."""

MOST_CHOICES = 200
"""So many are looked for, of ids that may be thousands."""


@dataclass(frozen=True)
class Completion:
    """The line as far as it is clear, and what it may go on with where it is not."""

    text: str
    choices: tuple[str, ...] = ()


def complete(run: Run, cursor: int, text: str, others: Iterable[str] = ()) -> Completion:
    """Complete the last word of a line; `others` are commands besides Celery's."""
    if not text.strip():
        return Completion(PREFIX)
    head, gap, last = text.rpartition(" ")
    before, typed = f"{head}{gap}", head.split()
    if last.count(",") and typed[-1:] and OPTIONS["inspect"].get(typed[-1]) == "destination":
        done, _, last = last.rpartition(",")
        before += f"{done},"
    known = sorted({one for one in _choices(run, cursor, typed, last, others) if one.startswith(last)})[:MOST_CHOICES]
    if len(known) == 1:
        return Completion(f"{before}{known[0]} ")
    return Completion(before + (_shared(known) or last), tuple(known))


def _choices(run: Run, cursor: int, typed: list[str], last: str, others: Iterable[str]) -> Iterable[str]:
    world = run.world(cursor)
    words = _plain_words(typed)
    command = words[0] if words else ""
    options = {**GLOBAL, **OPTIONS.get(command, {})}
    match options.get(typed[-1]) if typed else None:
        case "destination":
            names = list(world.workers)
            return [*names, *(f"celery@{name}" for name in names if last)]
        case "app":
            return ["app"]
        case "queue":
            return world.queues
        case value if value in VALUED:
            return []
    if last.startswith("-"):
        return options
    match words:
        case []:
            return [*ANSWERED, *INSTEAD, "help", *(() if typed else ("celery", *others))]
        case ["inspect"]:
            return INSPECTIONS
        case ["control"]:
            return CONTROLS
        case ["control", "terminate"]:
            return SIGNALS
        case ["control", "revoke" | "terminate", *_] | ["inspect", "query_task", *_] | ["result"]:
            return world.tasks()
        case ["control", "rate_limit" | "time_limit"] | ["call"]:
            return registered(run, world)
        case ["control", "add_consumer" | "cancel_consumer"]:
            return world.queues
        case _:
            return []


def _shared(names: list[str]) -> str:
    """How all of them begin."""
    if not names:
        return ""
    first, last = min(names), max(names)
    return first[: next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def _plain_words(typed: list[str]) -> list[str]:
    """Without `celery`, options and their values."""
    left, found = [word for place, word in enumerate(typed) if place or word not in ("celery", "$")], []
    while left:
        word = left.pop(0)
        if not word.startswith("-"):
            found.append(word)
        elif REMOTE_AND_GLOBAL.get(word) in VALUED and left:
            left.pop(0)
    return found


REMOTE_AND_GLOBAL = {**GLOBAL, **OPTIONS["inspect"], **OPTIONS["call"]}
