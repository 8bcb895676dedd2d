"""An event in its context, and the interface of the functions that tell it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from simulator.story.catalog import Line
from simulator.story.values import Called
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world import Timeline, World

DEFAULT_QUEUE = "celery"
"""Celery's default queue: its name goes without saying."""

DEFAULT_PRODUCER = "producer"


@dataclass(frozen=True, slots=True)
class EventContext:
    """An event in its context. `first`: no such event was told before, so it may be told at length."""

    timeline: Timeline
    index: int
    first: bool = True

    @property
    def event(self) -> Any:
        """The event itself."""
        return self.timeline.trace.events[self.index]

    @property
    def world(self) -> World:
        """The world right after the event."""
        return self.timeline.at(self.index + 1)

    def sent(self) -> ev.TaskSent | None:
        """The publishing of the event's message; None in a recording that lacks it."""
        return self.timeline.index.publish(self.event.message)

    def name(self) -> str:
        """The name of the event's task."""
        sent = self.sent()
        return sent.name if sent is not None else "?"

    def call(self) -> Called | str:
        """The call that the event's message asks for."""
        sent = self.sent()
        return Called(sent.name, sent.args, sent.kwargs) if sent is not None else ""

    def runs_next(self) -> bool:
        """True if the event's delivery starts with the very next event."""
        events = self.timeline.trace.events
        if self.index + 1 >= len(events):
            return False
        following = events[self.index + 1]
        return isinstance(following, ev.TaskStarted) and following.delivery_tag == self.event.delivery_tag

    def before(self, kind: type[ev.Event]) -> ev.Event | None:
        """The latest earlier event of that type for the same delivery."""
        index, before, events = self.index, self.timeline.index.before, self.timeline.trace.events
        tag = self.event.delivery_tag
        while (index := before[index]) >= 0:
            if type(events[index]) is kind and getattr(events[index], "delivery_tag", 0) == tag:
                return events[index]
        return None


class Teller(NamedTuple):
    """The functions that tell an event."""

    short: Callable[[EventContext], Line]
    """One line from the event and its task alone: cheap enough for a list of hundreds."""
    full: Callable[[EventContext], list[Line]] | None = None
    """As many lines as needed, with access to the world."""


def transport_of(trace: Trace) -> str:
    """The transport that the run's workers reported; empty if none did."""
    online = next((event for event in trace.events if isinstance(event, ev.WorkerOnline)), None)
    return str(online.settings.get("transport", "")) if online is not None else ""


def publisher_name(hostname: str) -> str:
    """The name of a publisher in a sentence."""
    return "Producer" if hostname == DEFAULT_PRODUCER else hostname
