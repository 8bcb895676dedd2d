"""Drawing for terminals that can show only ASCII.

Nearly all symbols are replaced one for one after drawing. This module covers those that need another text: an arrow key
must not become `<` or `>`, which are keys of their own, and digits made of half blocks would be illegible.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

PLAIN: ContextVar[bool] = ContextVar("PLAIN", default=False)
"""Set while a board is drawn."""


@contextmanager
def plain(only: bool) -> Iterator[None]:
    """Mark all drawing within as being for a terminal with ASCII `only`, or with any symbols."""
    token = PLAIN.set(only)
    try:
        yield
    finally:
        PLAIN.reset(token)


ARROWS = {"←": "left", "→": "right", "↑": "up", "↓": "down"}


def write_keys(text: str) -> str:
    """A text with arrow keys, written with their names if there are no arrow symbols.

    >>> write_keys("← →")
    '← →'
    """
    if PLAIN.get():
        for arrow, name in ARROWS.items():
            text = text.replace(arrow, name)
    return text
