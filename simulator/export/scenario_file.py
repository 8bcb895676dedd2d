"""A scenario file written by a program: readable YAML with notes in both languages at the top."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator.scenario import Problem
from simulator.story.catalog import LANGUAGES
from simulator.story.problems.errors import message

WIDTH = 112

_PLAIN = re.compile(r"[A-Za-z_/][\w./-]*\Z", re.ASCII)
_READ_OTHERWISE = frozenset("true false null yes no on off y n".split())


@dataclass(slots=True)
class Draft:
    """A scenario as plain data, with notes on omissions and assumptions."""

    data: dict[str, Any] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def note(self, code: str, **params: object) -> None:
        """Add a note once; its words are in `story`."""
        found = Problem(code, params)
        if found not in self.notes:
            self.notes.append(found)


def scenario_text(draft: Draft, origin: Problem) -> str:
    """The text of the file, notes first; `origin` names its source."""
    lines = [*_comment(origin, "")]
    for note in draft.notes:
        lines += _comment(note, "- ")
    for key, value in draft.data.items():
        lines += ["", *_room(key, value)] if isinstance(value, dict | list) and key not in _SHORT else _room(key, value)
    return "\n".join(lines) + "\n"


_SHORT = ("title", "summary")


def _comment(note: Problem, mark: str) -> Iterable[str]:
    for lang in LANGUAGES:
        head = f"# {mark if lang == LANGUAGES[0] else ' ' * len(mark)}"
        yield from textwrap.wrap(message(note, lang), WIDTH, initial_indent=head, subsequent_indent="#   ")


def _room(key: str, value: Any) -> Iterable[str]:
    """One key of the file; a mapping's entries and a list's items on lines of their own."""
    if key in _SHORT or not isinstance(value, dict | list) or not value:
        yield f"{key}: {_flow(value)}"
    elif isinstance(value, dict):
        yield f"{key}:"
        for name, item in value.items():
            yield _folded(f"  {_flow(str(name))}: {_flow(item)}")
    else:
        yield f"{key}:"
        for item in value:
            yield _folded(f"  - {_flow(item)}")


def _folded(line: str) -> str:
    """Break a long line of numbers over several lines; quoted texts stay in one piece."""
    if len(line) <= WIDTH or '"' in line:
        return line
    return "\n".join(
        textwrap.wrap(line, WIDTH, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False)
    )


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        plain = _PLAIN.match(value) and value.lower() not in _READ_OTHERWISE
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _key(key: object) -> str:
    return _number(key) if isinstance(key, float) else _flow(str(key))


def _number(value: float) -> str:
    """A number as people write it: no exponent, no `.0`."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
