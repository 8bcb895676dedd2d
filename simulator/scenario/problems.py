"""What can be wrong with a scenario: a code with parameters, and the place. The words are in `story`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

MAX_PROBLEMS = 50
"""So many are told, and no more looked for."""

MAX_NAMES = 500
"""Among so many names the one that was meant is looked for."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or (a warning) probably not meant."""

    code: str
    params: dict[str, object] = field(default_factory=dict)
    mark: Mark | None = None
    """Where; None when the whole file or the command line is meant."""
    file: str = ""
    source: str = ""
    """The line of the file that `mark` points into."""


class ScenarioError(Exception):
    """The scenario cannot be used; `problems` are all that was found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems by their place."""
        self.problems = sorted(problems, key=lambda p: (p.mark.line, p.mark.column) if p.mark is not None else (0, 0))
        super().__init__(", ".join(p.code for p in self.problems))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if any is near.

    >>> nearest("concurency", ["queues", "concurrency"])
    'concurrency'
    """
    found = difflib.get_close_matches(word, [str(k) for k in islice(known, MAX_NAMES)], n=1, cutoff=0.72)
    return found[0] if found else None
