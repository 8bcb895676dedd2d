"""Completion of a console line: commands, workers, ids, tasks and queues visible at the moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.console.answers import ANSWERED, INSPECTIONS, INSTEAD
from simulator.console.control import CONTROLS, SIGNALS
from simulator.console.inspecting import registered
from simulator.console.line import GLOBAL, OPTIONS, VALUED
from simulator.story.run import Run

PREFIX = "celery -A app "
"""Beginning of the commands in the guide."""

MAX_CHOICES = 200
"""Limit on the candidates, as there may be thousands of ids."""


@dataclass(frozen=True)
class Completion:
    """The line completed as far as it is unambiguous, and the choices that continue it."""

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
    known = sorted({one for one in _choices(run, cursor, typed, last, others) if one.startswith(last)})[:MAX_CHOICES]
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
    """The common beginning of all names."""
    if not names:
        return ""
    first, last = min(names), max(names)
    return first[: next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def _plain_words(typed: list[str]) -> list[str]:
    """The words of a line without `celery`, options and their values."""
    left, found = [word for place, word in enumerate(typed) if place or word not in ("celery", "$")], []
    while left:
        word = left.pop(0)
        if not word.startswith("-"):
            found.append(word)
        elif REMOTE_AND_GLOBAL.get(word) in VALUED and left:
            left.pop(0)
    return found


REMOTE_AND_GLOBAL = {**GLOBAL, **OPTIONS["inspect"], **OPTIONS["call"]}
