"""Whether what is being drawn is for a terminal that can show nothing but ASCII.

Nearly all signs are replaced one for one when the drawing is done. Here is what needs another text, not another sign:
an arrow key must not become `<` or `>`, which are keys of their own, and figures made of half blocks cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

PLAIN: ContextVar[bool] = ContextVar("PLAIN", default=False)
"""Set while a board is painted."""


@contextmanager
def plain(only: bool) -> Iterator[None]:
    """While in it, what is painted is for a terminal that shows ASCII `only`, or any signs."""
    token = PLAIN.set(only)
    try:
        yield
    finally:
        PLAIN.reset(token)


ARROWS = {"←": "left", "→": "right", "↑": "up", "↓": "down"}


def write_keys(text: str) -> str:
    """A text in which arrows stand for keys, with their names where there are no arrows.

    >>> write_keys("← →")
    '← →'
    """
    if PLAIN.get():
        for arrow, name in ARROWS.items():
            text = text.replace(arrow, name)
    return text
