"""How a person looks at a run, besides where: what a scene is built for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.play.axis import Span
from simulator.scene.model import Selection
from simulator.story.catalog import Words
from simulator.story.language import first_language

TIMELINE, METERS, LOG = "timeline", "meters", "log"
PANELS = (TIMELINE, METERS, LOG)
"""What the lower panel can show, in the order of its key."""

WHOLE = Span()
"""All of the time."""

NOTHING = Selection()


@dataclass(frozen=True)
class Notice:
    """A word to the person, until the next command."""

    words: Words
    params: Mapping[str, object]

    def text(self, lang: str) -> str:
        """In the first language."""
        one = first_language(lang)
        params = {name: value.text(one) if isinstance(value, Words) else value for name, value in self.params.items()}
        return self.words.text(one, **params)


@dataclass(frozen=True)
class Look:
    """How a person looks at a run, besides where."""

    lang: str = "en"
    selection: Selection = NOTHING
    future: bool = False
    notice: Notice | None = None
    has_found: bool = False
    """Whether something was searched for."""
    live: bool = False
    """Whether the run goes on while it is looked at."""
    span: Span = WHOLE
    """Which part of the time is looked at."""
    bookmarks: tuple[tuple[int, int], ...] = ()
    """(cursor, time) of each, in order."""
    panel: str = TIMELINE
    """What the lower panel shows."""
    dots: bool = False
    """Whether charts are lines of dots, not blocks."""
    motion: bool = True
    """Whether what travels is seen to travel; without it, only the way of the last event is marked."""
