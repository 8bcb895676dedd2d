"""Names by what is true of each: what is asked of hundreds at once is looked up, not asked of each."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Set
from typing import Any

Fact = tuple[str, Hashable]
"""Something that is true of a name: what is told of it, and which value that has."""

NONE: Set[str] = frozenset()


class Groups:
    """Names by facts. It never changes, so that moments which follow each other share what stays as it is."""

    __slots__ = ("_facts", "_groups", "_places")

    def __init__(self) -> None:
        """Start without names."""
        self._facts: dict[str, Set[Fact]] = {}
        self._groups: dict[Fact, Set[str]] = {}
        self._places: dict[str, int] = {}

    def after(self, changed: Mapping[str, Set[Fact]]) -> Groups:
        """Return the groups once `changed` is true of those names; new names come last."""
        other = Groups()
        other._facts, other._groups = {**self._facts, **changed}, self._groups.copy()
        new = changed.keys() - self._facts.keys()
        other._places = self._places if not new else {name: place for place, name in enumerate(other._facts)}
        comes: dict[Fact, set[str]] = {}
        goes: dict[Fact, set[str]] = {}
        for name, facts in changed.items():
            before = self._facts.get(name, frozenset())
            for fact in facts - before:
                comes.setdefault(fact, set()).add(name)
            for fact in before - facts:
                goes.setdefault(fact, set()).add(name)
        for fact in comes.keys() | goes.keys():
            other._groups[fact] = (self.of(fact) - goes.get(fact, NONE)) | comes.get(fact, NONE)
        return other

    def of(self, fact: Fact) -> Set[str]:
        """Return all names of which a fact is true."""
        return self._groups.get(fact, NONE)

    def values(self, told: str) -> Iterator[tuple[Any, Set[str]]]:
        """Yield every value of what is told, with the names that have it."""
        return ((fact[1], names) for fact, names in self._groups.items() if fact[0] == told and names)

    def in_order(self, names: Set[str]) -> list[str]:
        """Return names in the order in which they first came."""
        return sorted(names, key=self._places.__getitem__)
