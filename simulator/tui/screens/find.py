"""The search for events."""

from __future__ import annotations

from simulator.scene.event_lines import EVENT_TONES, describe_event
from simulator.scene.words import labels
from simulator.story import sentence
from simulator.story.language import first_language, say
from simulator.trace.time import MICROS
from simulator.tui.controls.commands import GoTo
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.screens.search import Match, SearchScreen
from simulator.tui.session import Session


class FindScreen(SearchScreen):
    """Events that match the typed text; dismissed with the place to go to."""

    def __init__(self, session: Session) -> None:
        """Search in a session, beginning with its last search."""
        super().__init__(session.sought)
        self.session = session
        self.hidden = 0

    @property
    def placeholder(self) -> str:
        """The hint in an empty search line."""
        return say(labels.FIND_HINT, self.lang)

    def search(self, text: str) -> list[Match]:
        """Find events, and count those in the hidden future."""
        run = self.session.run
        found = self.session.search(text)
        self.hidden = self.session.hidden(text)
        events = [run.trace.events[one.index] for one in found]
        return [
            Match(
                f"{event.t / MICROS:8.2f}  {run.names.short(describe_event(event))}",
                GoTo(one.index + 1),
                EVENT_TONES.get(type(event), "text"),
            )
            for one, event in zip(found, events, strict=True)
        ]

    def heading(self) -> tuple[str, str, str]:
        """The number of matches, and of those that lie ahead."""
        about = say(labels.FOUND_COUNT, self.lang, count=len(self.fits)) if self.text else ""
        if self.hidden:
            about += " · " + say(labels.FUTURE_COUNT, self.lang, count=self.hidden)
        return say(labels.FIND, self.lang), about, say(labels.NOT_FOUND, self.lang) if self.text.strip() else ""

    def paint(self, width: int, height: int) -> Canvas:
        """Draw the list, and the selected event in words."""
        canvas = super().paint(width, height)
        run, chosen = self.session.run, self.chosen
        if chosen is not None and isinstance(chosen.command, GoTo) and height > 10:
            told = sentence(run.timeline, chosen.command.cursor - 1, first_language(self.lang))
            canvas.put(3, height - 2, run.names.short(told.splitlines()[0]), "dim", width - 4)
        return canvas
