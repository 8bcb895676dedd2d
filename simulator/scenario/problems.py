"""Problems with a scenario: a code with parameters, and a position. `story` puts them into words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

MAX_PROBLEMS = 50
"""Most problems reported; the search stops there."""

MAX_NAMES = 500
"""Most known names among which a misspelt one is looked up."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """An error, or (a warning) something probably not intended."""

    code: str
    params: dict[str, object] = field(default_factory=dict)
    mark: Mark | None = None
    """Position in the file; None if the whole file or the command line is meant."""
    file: str = ""
    source: str = ""
    """The line of the file that `mark` points into."""


class ScenarioError(Exception):
    """A scenario that cannot be used; `problems` are all that was found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems by position."""
        self.problems = sorted(problems, key=lambda p: (p.mark.line, p.mark.column) if p.mark is not None else (0, 0))
        super().__init__(", ".join(p.code for p in self.problems))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The closest known word, if any is close.

    >>> nearest("concurency", ["queues", "concurrency"])
    'concurrency'
    """
    found = difflib.get_close_matches(word, [str(k) for k in islice(known, MAX_NAMES)], n=1, cutoff=0.72)
    return found[0] if found else None
