"""Invariants that hold in every run of a recorded experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.measure import invariants
from simulator.measure.agreement import Happening, Tolerance
from simulator.measure.difference import Mismatch
from tests.recordings.experiment import Recording

ENDINGS = invariants.ENDINGS


def broken(ours: Sequence[Happening], recording: Recording, tolerance: Tolerance) -> list[Mismatch]:
    """Properties of a prediction that no run has; empty if it has none."""
    sweep = float(recording.experiment.get("transport_options", {}).get("unacked_restore_interval", 0))
    queues = {recording.names[row["uuid"]]: row["queue"] for row in recording.rows if _in_line(row)}
    return invariants.broken(ours, recording.happenings, recording.executions, tolerance, sweep, queues)


def _in_line(row: dict[str, Any]) -> bool:
    """Return True if a task was sent to wait in its queue for its turn."""
    return row["type"] == "task-sent" and not row.get("eta") and not row.get("priority") and not row.get("retries")
