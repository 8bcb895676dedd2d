"""A scenario file written by a program: readable YAML with notes in both languages at the top."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from simulator.scenario import Problem
from simulator.story.catalog import LANGUAGES
from simulator.story.problems.errors import message
from simulator.visible import SIGN, visible, visible_line

WIDTH = 112

LONGEST_NAME = 200
MOST_NUMBER = 1e15
MOST_DEPTH = 20
"""Limits on a scenario's names, numbers and nesting."""

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
    """The text of the file, notes first; `origin` names its source. Names that no scenario can have are changed."""
    names = _Names(draft.data)
    data = names.fit(draft.data)
    if names.changed:
        draft.note("draft.names", names=", ".join(name[:40] for name in names.changed.values()))
    lines = [*_comment(origin, "")]
    for note in draft.notes:
        lines += _comment(note, "- ")
    for key, value in data.items():
        lines += ["", *_room(key, value)] if isinstance(value, dict | list) and key not in _SHORT else _room(key, value)
    return "\n".join(lines) + "\n"


_SHORT = ("title", "summary")

_DATA = (*_SHORT, "args", "kwargs", "log", "dead_letter_exchange")
"""Keys whose values are texts, not names."""


def is_writable(value: Any) -> bool:
    """Return True if a value can stand in a scenario's file: numbers of its size, nested no deeper than it may be."""
    open_ones = [(value, 0)]
    while open_ones:
        one, depth = open_ones.pop()
        if isinstance(one, int | float) and not abs(one) <= MOST_NUMBER:
            return False
        inside = one.values() if isinstance(one, dict) else one if isinstance(one, list | tuple) else ()
        if inside and depth >= MOST_DEPTH:
            return False
        open_ones += [(other, depth + 1) for other in inside]
    return True


def _texts_in(value: Any) -> Iterator[str]:
    """Yield every text in a value, keys included."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts_in(item)
    elif isinstance(value, str):
        yield value


class _Names:
    """Names as a scenario can have them: printable, of at most `LONGEST_NAME` characters, and each still its own."""

    def __init__(self, data: Any) -> None:
        self.changed: dict[str, str] = {}
        """Names that were changed, with their new ones."""
        self._taken = set(_texts_in(data))

    def fit(self, value: Any, *, data: bool = False) -> Any:
        """Return a value with every name in it fitted; where it is `data`, only characters are that YAML forbids."""
        if isinstance(value, dict):
            return {
                key if isinstance(key, float) else self._name(str(key)): self.fit(item, data=data or key in _DATA)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.fit(item, data=data) for item in value]
        if not isinstance(value, str):
            return value
        return visible(value) if data else self._name(value)

    def _name(self, text: str) -> str:
        if text and len(text) <= LONGEST_NAME and text.isprintable():
            return text
        if text not in self.changed:
            printable = (char if char.isprintable() else SIGN for char in visible_line(text[:LONGEST_NAME]))
            shown = "".join(printable)[: LONGEST_NAME - 10] or "?"
            numbered = (f"{shown}{'' if number == 1 else number}" for number in count(1))
            self.changed[text] = next(name for name in numbered if name not in self._taken)
            self._taken.add(self.changed[text])
        return self.changed[text]


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
    if len(line) <= WIDTH or '"' in line or len(line.partition(": ")[0]) > WIDTH:
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
