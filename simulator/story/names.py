"""What a task is called in front of people: by its id, and by the first characters of it where that is a UUID."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from simulator.trace import Trace

SHORTEST = 8
"""Characters of a UUID that are shown; more where another task's begins the same way."""

_UUID = re.compile(r"""(?<!["'0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!["'0-9a-f])""")
"""One that stands as a name; in quotes it is a value, and stays as it is."""


class Names:
    """The short names of a run's tasks, no two alike. What is no UUID is its own name."""

    def __init__(self, trace: Trace) -> None:
        """One pass over the events."""
        ids = {getattr(event, "uuid", "") for event in trace.events}
        self._short = shorten_ids(sorted(uuid for uuid in ids if _UUID.fullmatch(uuid)))

    def of(self, ids: Iterable[str]) -> dict[str, str]:
        """The short names of those tasks that have one, by id."""
        return {uuid: self._short[uuid] for uuid in ids if uuid in self._short} if self._short else {}

    def short(self, text: str) -> str:
        """A text with the short names of this run's tasks in place of their ids."""
        if not self._short:
            return text
        return _UUID.sub(lambda found: self._short.get(found[0], found[0]), text)


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
    """How many characters two texts have in common at their start."""
    return next((place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]), len(one))


def names_of(trace: Trace) -> Names:
    """The names of a trace, kept with it."""
    names: Names | None = trace.derived.get("names")
    if names is None:
        names = trace.derived["names"] = Names(trace)
    return names
