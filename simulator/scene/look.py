"""The user's view settings that a scene is built for, apart from the place in the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.play.axis import Span
from simulator.scene.model import Selection
from simulator.story.catalog import Words
from simulator.story.language import first_language

TIMELINE, METERS, LOG = "timeline", "meters", "log"
PANELS = (TIMELINE, METERS, LOG)
"""The lower panel's contents, in the order of its key."""

WHOLE = Span()
"""The whole run."""

NOTHING = Selection()


@dataclass(frozen=True)
class Notice:
    """A message to the user, shown until the next command."""

    words: Words
    params: Mapping[str, object]

    def text(self, lang: str) -> str:
        """Return the text in the first language."""
        one = first_language(lang)
        params = {name: value.text(one) if isinstance(value, Words) else value for name, value in self.params.items()}
        return self.words.text(one, **params)


@dataclass(frozen=True)
class Look:
    """The user's view settings, apart from the place in the run."""

    lang: str = "en"
    selection: Selection = NOTHING
    future: bool = False
    notice: Notice | None = None
    has_found: bool = False
    """True if a search has results."""
    live: bool = False
    """True if the run is live."""
    span: Span = WHOLE
    """The visible part of the run."""
    bookmarks: tuple[tuple[int, int], ...] = ()
    """(cursor, time) of each bookmark, in order."""
    panel: str = TIMELINE
    """The content of the lower panel."""
    dots: bool = False
    """True if charts use dots instead of blocks."""
    motion: bool = True
    """True if flights are animated; else only the path of the last event is marked."""
