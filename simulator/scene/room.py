"""How much of a run a scene tells: as much as whoever draws it has room for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """Limits for what could be very much, and columns for what is drawn over time; 0: none of it is looked up."""

    events: int = 0
    """Lines of the event list."""
    items: int = 0
    """Messages of each queue, from its head on."""
    levels: int = 0
    """Columns of the history of each queue."""
    workers: int = 0
    """Workers of which is told what they hold; the chosen one always is."""
    log: int = 0
    """Entries of the log."""
    time: int = 0
    """Columns of the timeline."""
    rows: int = 0
    """Rows of the timeline: where there are more slots, they share one."""
    meters: int = 0
    """Columns of each meter."""
    scrubber: int = 0
    """Columns of the line that stands for the whole run."""


FULL = Room(events=50, items=50, levels=60, workers=50, log=50, time=100, rows=50, meters=60, scrubber=100)
"""Something of everything, for whoever has no screen of a certain size."""
