"""A page of headed rows, one of which is chosen: plain values, ready to be drawn."""

from __future__ import annotations

from simulator.scene.part import ScenePart


class PageRow(ScenePart, frozen=True):
    """A heading, or (`name` is given) a row that can be chosen."""

    text: str
    tone: str = "text"
    """How it is meant: `text`, `strong` (a heading), `dim` (an aside), `done`, `right`, `wrong`, ..."""
    name: str = ""
    """What is done with it: a command and its argument, `next:retry`; empty for a heading."""
    sign: str = ""
    """The name of a sign before it."""
    right: str = ""
    """Flush right."""
    about: str = ""
    """Told below while it is chosen."""
    wraps: bool = False
    """Whether a long text goes on in the next line; else it is cut."""


class Page(ScenePart, frozen=True, tag="page"):
    """What is shown."""

    title: str
    about: str
    rows: list[PageRow]
    chosen: int
    """Place of the chosen row; -1 where none can be."""
    empty: str = ""
