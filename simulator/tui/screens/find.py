"""The search for events."""

from __future__ import annotations

from simulator.scene.event_lines import EVENT_TONES, describe_event
from simulator.scene.words import labels
from simulator.story import sentence
from simulator.story.language import first_language, say
from simulator.trace.time import MICROS
from simulator.tui.commands import GoTo
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.sheet import Choice, Choices
from simulator.tui.screens.search import SearchScreen
from simulator.tui.session import Session


class FindScreen(SearchScreen):
    """The events that fit what is typed; dismissed with the place to go to."""

    def __init__(self, session: Session) -> None:
        """Search in a session, from what was sought there last."""
        super().__init__(session.sought)
        self.session = session
        self.hidden = 0

    @property
    def placeholder(self) -> str:
        """What can be sought."""
        return say(labels.FIND_HINT, self.lang)

    def search(self, text: str) -> None:
        """Find events, and count those that lie in the hidden future."""
        self.session.search(text)
        self.hidden = self.session.hidden(text)

    def choices(self) -> Choices:
        """The events in their order."""
        run, lang = self.session.run, self.lang
        lines = []
        for found in self.session.found:
            event = run.trace.events[found.index]
            text = f"{found.time / MICROS:8.2f}  {run.names.short(describe_event(event))}"
            lines.append(Choice(text, style=EVENT_TONES.get(type(event), "text"), command=GoTo(found.index + 1)))
        about = say(labels.FOUND_COUNT, lang, count=len(lines)) if self.text else ""
        if self.hidden:
            about += " · " + say(labels.FUTURE_COUNT, lang, count=self.hidden)
        empty = say(labels.NOT_FOUND, lang) if self.text.strip() else ""
        return Choices(say(labels.FIND, lang), about, lines, self.chosen, empty)

    def paint(self, width: int, height: int) -> Canvas:
        """The list, and the chosen event in words."""
        canvas = super().paint(width, height)
        run, found = self.session.run, self.session.found
        if found and height > 10:
            told = sentence(run.timeline, found[self.chosen].index, first_language(self.lang))
            canvas.fill(0, height - 2, width, 1)
            canvas.put(3, height - 2, run.names.short(told.splitlines()[0]), "dim", width - 4)
        return canvas
