"""One performance of a scenario, beside others on the same machine."""

from __future__ import annotations

from fcntl import LOCK_EX, flock
from pathlib import Path
from tempfile import gettempdir

from simulator.real.performing.prepared import prepare
from simulator.real.performing.stage import Stage
from tests.real.drawing import Data
from tests.real.spacing import with_profile
from tests.recordings.performed import URLS, Row, rows_of

ASSEMBLY = Path(gettempdir()) / "ackademy-search.lock"
"""Workers start one stage after the other: importing Celery keeps a core busy."""


class Orderly(Stage):
    """A stage that starts its workers while no other does."""

    def assemble(self) -> None:
        """As any; one stage at a time."""
        with open(ASSEMBLY, "w", encoding="ascii") as lock:
            flock(lock, LOCK_EX)
            super().assemble()


def perform(data: Data, profile: str) -> list[Row]:
    """Run a scenario on its broker; the lines of its recording."""
    prepared = prepare(with_profile(data, profile), URLS[profile])
    with Orderly(prepared.plan) as stage:
        return rows_of(prepared, stage.play())
