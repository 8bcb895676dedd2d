"""Traces: the events of a run in order, with a header about the run as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from simulator.trace.events import Event

TRACE_VERSION = 1
"""Version of the trace file's format."""

RESULT_EXPIRES = 86400.0
"""Seconds for which results are kept by default (celery.app.defaults: result_expires)."""

_ENCODER = msgspec.json.Encoder()


class Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Metadata of a run."""

    scenario: str = ""
    """The scenario's name."""
    title: dict[str, str] = {}
    """The scenario's title by language."""
    profile: str = ""
    seed: int = 0
    end: int = 0
    """End of the run, in microseconds; no event is later."""
    stopped: str = "done"
    """Reason for the end: `done` (nothing left), `until` (asked for), `cap` (work was left at the default limit),
    `recorded` (a recording ended there), `live` (the run continues; this is its trace so far).
    """
    polls: str = "every"
    """`every` poll is an event, or only those that `found` a message."""
    silent_polls: dict[str, int] = {}
    """Number of empty polls without an event, by worker (`polls: found`)."""
    tasks: dict[str, dict[str, Any]] = {}
    """Declared traits that no event carries, by task type: `calls` (a service), `idempotent`, `effect_at`.

    Types without any are absent."""
    unsent: dict[str, list[str]] = {}
    """The parts of canvases that were not sent by the end and have no result, by id: the tasks that each waits for.

    It waits for none where the canvas broke off while it was being sent."""
    returns: dict[str, float] = {}
    """By message still leased at the end, when the broker would put it back, in seconds: the first sweep after its
    visibility timeout, or the timeout itself where no worker sweeps."""
    result_expires: float = RESULT_EXPIRES
    """Seconds after which a stored result is gone; 0: never."""
    versions: dict[str, str] = {}
    """Versions of engine and scenario format."""
    recorded: dict[str, Any] = {}
    """For a recording of real Celery: `since` (Unix time of 0) and, once it has ended, `notes` (what had to be
    corrected, and how often). Empty for a simulation."""


class Trace(Sequence[Event]):
    """All events of a run, in order; immutable."""

    def __init__(self, header: Header, events: Iterable[Event]) -> None:
        """Keep the events in a tuple, which the garbage collector can untrack."""
        self.header = header
        self.events = tuple(events)
        self.derived: dict[type, Any] = {}
        """Results computed from the trace, by type; they live as long as the trace."""

    def grown(self, header: Header, events: Sequence[Event]) -> Trace:
        """Return a longer trace; passes computed on this one carry over if the new one begins with its events.

        This trace must not be used afterwards: the shared passes continue in the new one.
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
        """End of the run, in microseconds."""
        return self.header.end

    @property
    def goes_on(self) -> bool:
        """True if the run is still live, so that more events will follow."""
        return self.header.stopped == "live"

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the events, in hexadecimal; the first eight digits identify the run on screen."""
        digest = hashlib.sha256()
        for start in range(0, len(self.events), 4096):
            digest.update(_encoded(self.events[start : start + 4096]))
        return digest.hexdigest()

    @property
    def short_hash(self) -> str:
        """The first eight digits of the hash, short enough to compare by eye."""
        return self.hash[:8]

    def common_prefix(self, other: Trace) -> int:
        """Return the number of leading events that two traces share."""
        count = 0
        for mine, theirs in zip(self.events, other.events, strict=False):
            if mine != theirs:
                break
            count += 1
        return count


def _encoded(events: Sequence[Event]) -> bytes:
    try:
        return _ENCODER.encode_lines(events)
    except UnicodeEncodeError:  # half of a surrogate pair, as a file may escape it
        return json.dumps(msgspec.to_builtins(events), separators=(",", ":")).encode()


class LimitReached(Exception):
    """Raised if a run exceeds the limit of events; `events` and `time` (microseconds) tell how far it came.

    `problem` says where a scenario has what is sure to exceed a limit, if that stopped the run before it began.
    """

    def __init__(self, events: int, time: int, problem: object = None) -> None:
        """Keep the progress at which the limit was reached."""
        super().__init__(events, time, problem)
        self.events = events
        self.time = time
        self.problem = problem
