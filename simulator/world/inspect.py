"""`celery inspect` for a frozen moment: the same queries, answered in Celery's own shapes.

Source: celery.worker.control: active, reserved, scheduled, registered, stats, active_queues, clock, ping, query_task;
celery.worker.request: Request.info.
Process ids are invented, and stable within a run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from simulator.trace.time import as_seconds
from simulator.world.parts import WorkerView
from simulator.world.tasks import TaskView
from simulator.world.view import World

WHAT = ("active", "reserved", "scheduled", "registered", "stats", "revoked", "active_queues", "clock", "ping")
"""The supported queries."""

FIRST_PID = 1000
PIDS_APART = 100


def inspect(
    world: World, what: str, registered: tuple[str, ...] = (), own: Mapping[str, Collection[str]] = MappingProxyType({})
) -> dict[str, Any]:
    """Query every live worker, as `celery inspect WHAT` does.

    Args:
        world: the moment.
        what: one of `WHAT`.
        registered: names of the registered tasks; a trace does not know them.
        own: those of workers that have others, by worker.

    Returns:
        The reply of each node, by name (`celery@worker1`).
    """
    answers = {}
    for number, worker in enumerate(world.workers.values()):
        if worker.life == "online":
            names = own.get(worker.hostname, registered)
            answers[f"celery@{worker.hostname}"] = _answer(world, worker, number, what, names)
    return answers


def query(world: World, uuids: Sequence[str]) -> dict[str, Any]:
    """Query every live worker for tasks by id, as `celery inspect query_task` does.

    Returns:
        By node name, then task id: the task's state there (`active`, `reserved`, `scheduled`) and its request; nothing
        for tasks that the node does not hold.
    """
    answers: dict[str, Any] = {}
    for node in inspect(world, "ping"):
        answers[node] = {}
    for state in ("active", "reserved", "scheduled"):
        for node, found in inspect(world, state).items():
            for one in found:
                info = one.get("request", one)
                if info["id"] in uuids:
                    answers[node][info["id"]] = [state, info]
    return answers


def _answer(world: World, worker: WorkerView, number: int, what: str, registered: Collection[str]) -> Any:
    pid = FIRST_PID + PIDS_APART * number
    match what:
        case "active":
            return [
                _request(world, worker, running.uuid, pid + running.slot, running.started_at, running.acked)
                for running in worker.active()
            ]
        case "reserved":
            return [_request(world, worker, uuid, None, None, False) for uuid in worker.reserved()]
        case "scheduled":
            return [
                {"eta": as_seconds(eta), "priority": 6, "request": _request(world, worker, uuid, None, None, False)}
                for uuid, eta in worker.scheduled()
            ]
        case "registered":
            return sorted(registered)
        case "revoked":
            return worker.revoked()
        case "stats":
            return _stats(world, worker, pid)
        case "active_queues":
            return [_queue(world, name) for name in worker.queues]
        case "clock":
            return {"clock": world.cursor}
        case "ping":
            return {"ok": "pong"}
        case _:
            raise ValueError(what)


def _request(
    world: World, worker: WorkerView, uuid: str, pid: int | None, started: int | None, acked: bool
) -> dict[str, Any]:
    task: TaskView = world.task(uuid)
    attempt = task.attempts[-1] if task.attempts else None
    return {
        "id": uuid,
        "name": task.name,
        "args": list(task.args),
        "kwargs": task.kwargs,
        "type": task.name,
        "hostname": f"celery@{worker.hostname}",
        "time_start": None if started is None else as_seconds(started),
        "acknowledged": acked,
        "delivery_info": {
            "exchange": "",
            "routing_key": task.queue,
            "priority": task.priority,
            "redelivered": attempt is not None and attempt.redelivered,
        },
        "worker_pid": pid,
    }


def _stats(world: World, worker: WorkerView, pid: int) -> dict[str, Any]:
    info = worker.info
    return {
        "total": worker.accepted(),
        "pid": pid,
        "clock": str(world.cursor),
        "uptime": int(as_seconds(world.t - worker.since)),
        "pool": {
            "implementation": f"celery.concurrency.{info.pool}:TaskPool",
            "max-concurrency": worker.concurrency,
            "processes": [pid + slot for slot in sorted(worker.children)],
        },
        "broker": {"transport": info.settings.get("transport")},
        "prefetch_count": worker.window or 0,
    }


def _queue(world: World, name: str) -> dict[str, Any]:
    """Return a queue in kombu's form (kombu.entity: Queue.as_dict), as far as a run determines it."""
    arguments = world.queues[name].arguments if name in world.queues else {}
    return {
        "name": name,
        "exchange": {"name": name, "type": "direct", "durable": True, "auto_delete": False},
        "routing_key": name,
        "queue_arguments": arguments or None,
        "durable": True,
        "exclusive": False,
        "auto_delete": False,
        "max_length": arguments.get("max_length"),
        "max_priority": arguments.get("max_priority"),
    }
