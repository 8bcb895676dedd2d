"""How a recording is held: by its order or by invariants, with which tolerance, and why."""

from __future__ import annotations

from typing import Any

from simulator.measure.agreement import CHILD_DIED, Tolerance
from tests.recordings.experiment import Recording

PUSHED = 0.15
"""Seconds, for Redis and RabbitMQ: the recordings' own worst difference between two runs is 0.11."""
TICK = 5.0
"""Seconds: billiard's maintain_pool, at which a dead child is noticed, or earlier (celery asynpool.py: timers)."""
LONGEST_POLL = 2.0
"""Seconds: Celery's synloop caps each wait (celery worker/loops.py: synloop)."""

NOT_REPEATED: dict[str, str] = {
    "05_acks_early_kill9_redis": "which sweep restores it depends on a lock key that a killed worker may have held",
    "08_visibility_timeout_duplicate_redis": "which waiting worker gets the copy depends on the phase of its BRPOP",
    "34_reject_on_worker_lost_loop_redis": "each death is noticed at once or at the tick: how often it runs varies",
    "40_reject_redis": "how often the loop turns before the end varies",
    "46_memory_polling": "one process for worker, producer and monitor: no run is like another",
    "49_autoscale_redis": "children that start together finish in either order",
    "52_consumer_timeout_rabbitmq": "recorded once",
}
"""The recordings whose second run had another order, or that were run once, and why."""


def why_not_order(recording: Recording) -> str:
    """Why a recording is held by invariants only; empty where its order is held."""
    if any(action["do"] == "outage" for action in recording.experiment.get("actions", [])):
        return "the monitor is blind during the outage"
    return NOT_REPEATED.get(recording.name, "")


def held_as(recording: Recording) -> str:
    """`order` or `invariants`."""
    return "invariants" if why_not_order(recording) else "order"


def tolerance_of(recording: Recording) -> Tolerance:
    """What is allowed, by the experiment's transport and from the first death of a child on."""
    experiment = recording.experiment
    seconds, name = PUSHED, "push"
    if experiment["broker"] not in ("redis", "rabbitmq"):
        interval = float(experiment.get("transport_options", {}).get("polling_interval", 1.0))
        seconds, name = min(interval, LONGEST_POLL), "poll"
    died = first_death(recording)
    if died == float("inf"):
        return Tolerance(name, seconds)
    return Tolerance(f"{name}, child", seconds, died, TICK)


def why_tolerance(tolerance: Tolerance) -> str:
    """Why so much is allowed, in words."""
    how = (
        f"±{tolerance.seconds:g} s: hops of 1 to 10 ms add up"
        if tolerance.name.startswith("push")
        else f"±{tolerance.seconds:g} s: a poll's phase"
    )
    return how if tolerance.after == 0 else f"{how}; ±{tolerance.after:g} s after a child's death: noticed at a tick"


def first_death(recording: Recording) -> float:
    """When, on record, a pool child was first killed, or recycled, or not at all (infinity)."""
    experiment = recording.experiment
    types = experiment["task_types"]
    killers = {name for name, spec in types.items() if "crash" in spec}
    named = {send["id"]: send["task"] for send in _calls(experiment["send"])}
    times = [
        row["t"]
        for row in recording.rows
        if (row["type"] == "action" and "child" in row["do"])
        or (row["type"] == "probe-start" and named.get(row["uuid"]) in killers)
    ]
    times += [
        h.t
        for h in recording.happenings
        if h.outcome == "terminated" or (h.type == "task-failed" and h.outcome == CHILD_DIED)
    ]
    if recycled := _recycled(recording):
        times.append(recycled)
    return min(times, default=float("inf"))


def _recycled(recording: Recording) -> float | None:
    """When the first child had run as many tasks as it may."""
    limits = [spec.get("max_tasks_per_child") for spec in recording.experiment["workers"]]
    limits.append(recording.experiment.get("conf", {}).get("worker_max_tasks_per_child"))
    known = [limit for limit in limits if limit]
    memory = [key for key in recording.experiment.get("conf", {}) if key == "worker_max_memory_per_child"]
    ended = [h.t for h in recording.happenings if h.type in ("task-succeeded", "task-failed", "task-retried")]
    if memory:
        return ended[0] if ended else None
    return ended[min(known) - 1] if known and len(ended) >= min(known) else None


def _calls(send: Any) -> list[dict[str, Any]]:
    """Every single call in what is sent."""
    if isinstance(send, list):
        return [call for item in send for call in _calls(item)]
    if "parts" in send:
        return _calls([*send["parts"], *([send["body"]] if "body" in send else [])])
    return [send] if "id" in send else []
