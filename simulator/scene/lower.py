"""The lower panel: the timeline, meters, or what the workers log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.play.log import Entry
from simulator.play.meters import Meters, Reading
from simulator.play.player import Player

TIMELINE, METERS, LOG = "timeline", "meters", "log"
PANELS = (TIMELINE, METERS, LOG)
"""What the lower panel can show, in the order of its key."""


@dataclass(frozen=True)
class Lower:
    """What the lower panel shows; what costs a look at the whole run is fetched only when it is drawn."""

    panel: str
    dots: bool
    meters: Callable[[], tuple[Meters, Reading]]
    log: Callable[[int], list[Entry]]
    """The last so many entries, of the chosen worker or of all."""
    whose: str
    """The worker whose log it is; empty for all."""


def build_lower(player: Player, panel: str, key: str, *, dots: bool) -> Lower:
    """For what is chosen: a worker has a log of its own."""
    score, cursor = player.score, player.cursor
    whose = key if key in score.run.world(cursor).workers else ""
    return Lower(
        panel,
        dots,
        lambda: (score.meters, score.meters.read(cursor, player.time)),
        lambda count: score.log.tail(cursor, count, whose),
        whose,
    )
