"""Differences between two scenarios that affect the run, and whether an exercise allows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.scenario.load import Scenario
from simulator.scenario.schema.basics import Strict
from simulator.scenario.values.paths import join_path, parse_path

DESCRIPTIVE = frozenset(
    "schema id extends title summary say ask chapters knobs goals exercise challenge variants".split()
)
"""Sections that describe a run without changing it."""

NAMED = frozenset("tasks workers queues services beat_schedule".split())
"""Sections whose entries have names: entries come and go, and each has settings of its own."""


class _Nothing:
    """Stand-in for a value that only the other scenario has."""

    def __repr__(self) -> str:
        return "-"


NOTHING = _Nothing()

Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """A setting whose values differ between two scenarios; values as they are written."""

    parts: Parts
    before: Any
    after: Any

    @property
    def path(self) -> str:
        """Its path, as `--set` takes it."""
        return join_path(self.parts)


def find_differences(before: Scenario, after: Scenario, near: Sequence[str] = ()) -> list[SettingDifference]:
    """Every setting that differs and matters to the run: all of them, so that none hides behind others.

    Args:
        before: one scenario.
        after: the other.
        near: paths whose settings are wanted one by one, even where all around them is new.
    """
    patterns = [parse_path(text) for text in near]
    rooms = [(name, room) for name, room in _fields(before.model).items() if name not in DESCRIPTIVE]
    new = _fields(after.model)
    found = (parts for name, room in rooms for parts in _walk(room, new[name], (name,), patterns))
    return [SettingDifference(parts, _written(before, parts), _written(after, parts)) for parts in found]


def is_allowed(parts: Parts, may_change: Sequence[str]) -> bool:
    """Return True if a path lies in one that may change.

    A section of named entries, or one of them, lets entries come and go; their settings are listed one by one.

    >>> is_allowed(("tasks", "pay", "acks_late"), ["config", "tasks.*.acks_late"])
    True
    >>> [is_allowed(("workers", "w2", *key), ["workers"]) for key in ((), ("speed",))]
    [True, False]
    """
    return any(_allows(parse_path(text), parts) for text in may_change)


def _allows(pattern: Parts, parts: Parts) -> bool:
    whole = pattern[0] in NAMED and len(pattern) <= 2
    return _covers(pattern, parts) and not (whole and len(parts) > 2)


def _covers(pattern: Parts, parts: Parts) -> bool:
    return len(pattern) <= len(parts) and all(p in ("*", part) for p, part in zip(pattern, parts, strict=False))


def _walk(old: Any, new: Any, parts: Parts, patterns: list[Parts]) -> Iterator[Parts]:
    if old is NOTHING or new is NOTHING:
        # An entry that is new, or gone, is one difference, unless it may come and go, or it is named and something
        # inside it may change: then each of its settings is one, so that none hides behind the entry.
        if not _is_room(old) or not _is_room(new) or not _leads_into(patterns, parts):
            yield parts
            return
        found = list(_inside(old, new, parts, patterns))
        yield from found or [parts]
    else:
        yield from _inside(old, new, parts, patterns)


def _leads_into(patterns: list[Parts], parts: Parts) -> bool:
    """Return True if a pattern lets this entry come and go, or names it and then goes on to something inside it."""
    return (len(parts) == 2 and parts[0] in NAMED and any(_covers(pattern, parts) for pattern in patterns)) or any(
        len(pattern) > len(parts) and pattern[len(parts) - 1] == parts[-1] and _covers(pattern[: len(parts)], parts)
        for pattern in patterns
    )


def _inside(old: Any, new: Any, parts: Parts, patterns: list[Parts]) -> Iterator[Parts]:
    if isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _walk(_at(old, index), _at(new, index), (*parts, str(index)), patterns)
    elif _is_room(old) and _is_room(new):
        first, second = _entries(old, new), _entries(new, old)
        if len(parts) == 1 and first.keys() == second.keys() and list(first) != list(second):
            yield parts  # the order of declaration decides who is first at one instant
        for name in {**first, **second}:
            one, other = first.get(name, NOTHING), second.get(name, NOTHING)
            if isinstance(old, Strict) or isinstance(new, Strict):  # a field that is not written is not missing
                one, other = (None if value is NOTHING else value for value in (one, other))
            yield from _walk(one, other, (*parts, str(name)), patterns)
    elif old != new:
        yield parts


def _is_room(value: Any) -> bool:
    return isinstance(value, Strict | dict) or value is None or value is NOTHING


def _entries(value: Any, other: Any) -> dict[str, Any]:
    """The items of a section; if `other` has no such section, only those that were written."""
    if isinstance(value, Strict):
        fields = _fields(value)
        if isinstance(other, Strict):
            return fields
        written = {value.__class__.model_fields[name].alias or name for name in value.model_fields_set}
        return {name: item for name, item in fields.items() if name in written}
    return value if isinstance(value, dict) else {}


def _fields(model: Strict) -> dict[str, Any]:
    return {info.alias or name: getattr(model, name) for name, info in model.__class__.model_fields.items()}


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else NOTHING


def _written(scenario: Scenario, parts: Parts) -> Any:
    """The value at a path as its author wrote it."""
    value: Any = scenario.data
    for part in parts:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return NOTHING
    return value
