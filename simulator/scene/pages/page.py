"""Pages of rows under headings, one of them chosen: plain values, ready to draw."""

from __future__ import annotations

from simulator.scene.part import ScenePart


class PageRow(ScenePart, frozen=True):
    """A heading, or (if `name` is set) a row that can be chosen."""

    text: str
    tone: str = "text"
    """Its tone: `text`, `strong` (a heading), `dim` (an aside), `done`, `right`, `wrong`, ..."""
    name: str = ""
    """Its action: a command and its argument, as in `next:retry`; empty for a heading."""
    sign: str = ""
    """The name of the sign before it."""
    right: str = ""
    """Right-aligned text."""
    about: str = ""
    """Shown below while it is chosen."""
    wraps: bool = False
    """True if a long text wraps; otherwise it is cut."""


class Page(ScenePart, frozen=True, tag="page"):
    """A page of rows."""

    title: str
    about: str
    rows: list[PageRow]
    chosen: int
    """Index of the chosen row; -1 if none can be chosen."""
    empty: str = ""
