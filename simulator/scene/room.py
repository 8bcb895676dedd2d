"""Available room: limits on the size of a scene, set by its renderer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """Limits of lists, and columns of charts; 0: that part is left out."""

    events: int = 0
    """Lines of the event list."""
    items: int = 0
    """Messages per queue, from its head."""
    levels: int = 0
    """Columns of each queue's history."""
    workers: int = 0
    """Workers shown with their contents, besides the chosen one."""
    log: int = 0
    """Log entries."""
    time: int = 0
    """Columns of the timeline."""
    rows: int = 0
    """Rows of the timeline; if there are more slots, they share one."""
    meters: int = 0
    """Columns of each meter."""
    scrubber: int = 0
    """Columns of the scrubber."""


FULL = Room(events=50, items=50, levels=60, workers=50, log=50, time=100, rows=50, meters=60, scrubber=100)
"""Generous room for consumers without a fixed screen size."""
