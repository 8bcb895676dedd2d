"""Displayed names of tasks: the id, or the first characters of it if it is a UUID."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice, pairwise

from simulator.trace import Trace
from simulator.world.index import index_of
from simulator.world.passes import Pass, pass_over

SHORTEST = 8
"""Characters shown of a UUID; more if another task's begins the same way."""

_UUID = re.compile(r"""(?<!["'0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!["'0-9a-f])""")
"""A UUID that is used as a name; one in quotes is a value, and stays as it is."""


class ShortNames(Pass):
    """Short, distinct names of a run's tasks. An id that is no UUID is its own name."""

    def __init__(self, trace: Trace) -> None:
        """Know no task yet."""
        super().__init__(trace)
        self._known = 0
        self._alike: dict[str, list[str]] = {}
        """UUIDs by first characters."""

    def extend(self, trace: Trace) -> None:
        """Add the new tasks."""
        self.trace, self.count = trace, len(trace.events)
        ids = index_of(trace).last
        for uuid in islice(ids, self._known, None):
            if _UUID.fullmatch(uuid):
                self._alike.setdefault(uuid[:SHORTEST], []).append(uuid)
        self._known = len(ids)

    def of(self, ids: Iterable[str]) -> dict[str, str]:
        """Short names of the tasks that have one, by id."""
        return {uuid: self._name(uuid) for uuid in ids if uuid[:SHORTEST] in self._alike} if self._alike else {}

    def short(self, text: str) -> str:
        """A text with task ids replaced by the short names of this run."""
        return _UUID.sub(lambda found: self._name(found[0]), text) if self._alike else text

    def _name(self, uuid: str) -> str:
        alike = self._alike.get(uuid[:SHORTEST], [])
        if alike == [uuid]:
            return uuid[:SHORTEST]
        return shorten_ids(sorted(alike)).get(uuid, uuid)


def shorten_ids(ids: list[str]) -> dict[str, str]:
    """By id its beginning, as long as it takes to tell it from all others; `ids` are sorted, of one length.

    >>> shorten_ids(["0aaaaaaa-1", "0aaaaaaa-2", "1bbbbbbb-1"])
    {'0aaaaaaa-1': '0aaaaaaa-1', '0aaaaaaa-2': '0aaaaaaa-2', '1bbbbbbb-1': '1bbbbbbb'}
    """
    shared = [0, *(_shared(one, other) for one, other in pairwise(ids)), 0]
    found = {}
    for place, uuid in enumerate(ids):
        length = max(SHORTEST, shared[place] + 1, shared[place + 1] + 1)
        found[uuid] = uuid[: length + (uuid[length - 1] == "-")]
    return found


def _shared(one: str, other: str) -> int:
    """Number of characters that two texts share at their start."""
    return next((place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]), len(one))


def names_of(trace: Trace) -> ShortNames:
    """Names of a trace's tasks, computed once and kept with it."""
    return pass_over(trace, ShortNames)
