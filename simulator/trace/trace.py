"""A trace: an append-only list of events, and what is known about the run as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from simulator.trace.events import Event

TRACE_VERSION = 1
"""Version of the trace file's format."""

_ENCODER = msgspec.json.Encoder()


class Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known about a run besides its events."""

    scenario: str = ""
    """The scenario's name."""
    title: dict[str, str] = {}
    """Its title by language."""
    profile: str = ""
    seed: int = 0
    end: int = 0
    """When the run ends, in microseconds; no event is later."""
    stopped: str = "done"
    """Why it ended: `done` (nothing left), `until` (asked for), `cap` (work was left at the default limit),
    `recorded` (a recording ended there), `live` (it goes on: this is all so far)."""
    polls: str = "every"
    """Which polls are events: `every` one, or those that `found` something."""
    silent_polls: dict[str, int] = {}
    """By worker, the empty polls that happened without an event (`polls: found`)."""
    tasks: dict[str, dict[str, Any]] = {}
    """By task type, what it declares and no event says: `calls` (a service, at each start), `idempotent`, `effect_at`.

    Only those that declare any of it."""
    versions: dict[str, str] = {}
    """Versions of engine and scenario format."""
    recorded: dict[str, Any] = {}
    """Of a recording of a real Celery: `since` (Unix time of 0) and, once it has ended, `notes` (what had to be put
    right, and how often). Empty for a simulation."""


class Trace(Sequence[Event]):
    """All events of a run, in order; immutable."""

    def __init__(self, header: Header, events: Iterable[Event]) -> None:
        """Keep the events, in a tuple: the garbage collector need not walk through one of such events."""
        self.header = header
        self.events = tuple(events)
        self.derived: dict[type, Any] = {}
        """What others have computed from the trace and keep with it, by its type; it goes when the trace goes."""

    def grown(self, header: Header, events: Sequence[Event]) -> Trace:
        """The trace by now: what was computed from this one is kept where the new one begins with its events.

        This one is not to be used any more: what is kept with both reads on in the new one.
        """
        trace = Trace(header, events)
        if trace.events[: len(self.events)] == self.events:
            trace.derived = self.derived
        return trace

    def __len__(self) -> int:
        return len(self.events)

    def __getitem__(self, index: int) -> Event:  # type: ignore[override]
        return self.events[index]

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    @property
    def end(self) -> int:
        """When the run ends, in microseconds."""
        return self.header.end

    @property
    def goes_on(self) -> bool:
        """Whether this is only what has happened so far: behind its last event there is more to come."""
        return self.header.stopped == "live"

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the events, as hexadecimal digits; its first eight name the run on screen."""
        digest = hashlib.sha256()
        for start in range(0, len(self.events), 4096):
            digest.update(_ENCODER.encode_lines(self.events[start : start + 4096]))
        return digest.hexdigest()

    @property
    def short_hash(self) -> str:
        """What a room full of people can compare: the first eight digits of the hash."""
        return self.hash[:8]

    def common_prefix(self, other: Trace) -> int:
        """How many events two traces share from their start on."""
        count = 0
        for mine, theirs in zip(self.events, other.events, strict=False):
            if mine != theirs:
                break
            count += 1
        return count


class LimitReached(Exception):
    """A run made more events than the limit; `events` and simulated `time` (microseconds) say how far it came."""

    def __init__(self, events: int, time: int) -> None:
        """Keep how far it came."""
        super().__init__(events, time)
        self.events = events
        self.time = time
