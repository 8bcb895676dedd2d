"""The standard a recording is held to: its order or invariants, and the reason."""

from __future__ import annotations

from simulator.measure.agreement import Tolerance
from tests.recordings.experiment import Recording

NOT_REPEATED: dict[str, str] = {
    "08_visibility_timeout_duplicate_redis": "which waiting worker gets the copy depends on the phase of its BRPOP",
    "34_reject_on_worker_lost_loop_redis": "a loop without a pause: milliseconds add up",
    "40_reject_redis": "a loop without a pause: milliseconds add up",
    "49_autoscale_redis": "children that start together finish in either order",
    "52_consumer_timeout_rabbitmq": "recorded once",
}
"""The recordings whose second run had another order, or that were run once, and why."""


def why_not_order(recording: Recording) -> str:
    """Reason why a recording is held to invariants only; empty if it is held to its order."""
    if any(action["do"] == "outage" for action in recording.experiment.get("actions", [])):
        return "the monitor is blind during the outage"
    return NOT_REPEATED.get(recording.name, "")


def held_as(recording: Recording) -> str:
    """`order` or `invariants`."""
    return "invariants" if why_not_order(recording) else "order"


def tolerance_of(recording: Recording) -> Tolerance:
    """The tolerance: larger than usual only if starts are limited by rate, each of which may be late."""
    experiment = recording.experiment
    types = {name for name, spec in experiment["task_types"].items() if spec.get("options", {}).get("rate_limit")}
    types |= {action["task"] for action in experiment.get("actions", []) if action["do"] == "rate_limit"}
    names = {row["uuid"]: row["name"] for row in recording.rows if "uuid" in row and "name" in row}
    limited = {recording.names[uuid] for uuid, name in names.items() if name in types}
    starts: dict[str, list[float]] = {}
    for happening in recording.happenings:
        if happening.type == "task-started" and happening.uuid in limited:
            starts.setdefault(happening.hostname, []).append(happening.t)
    return Tolerance(tuple(map(tuple, starts.values())))
