"""`celery inspect` for a frozen moment: the same questions, answered in Celery's own shapes.

Source: celery.worker.control: active, reserved, scheduled, registered, stats; celery.worker.request: Request.info.
Process ids are made up, stable within a run: a simulated worker is no process.
"""

from __future__ import annotations

from typing import Any

from simulator.trace.time import as_seconds
from simulator.world.parts import WorkerView
from simulator.world.tasks import TaskView
from simulator.world.view import World

WHAT = ("active", "reserved", "scheduled", "registered", "stats", "revoked")
"""What can be asked."""

FIRST_PID = 1000
PIDS_APART = 100


def inspect(world: World, what: str, registered: tuple[str, ...] = ()) -> dict[str, Any]:
    """Ask every worker that lives, as `celery inspect WHAT` does.

    Args:
        world: the moment.
        what: one of `WHAT`.
        registered: names of the registered tasks; a trace does not know them.

    Returns:
        By node name (`celery@worker1`), the answer.
    """
    answers = {}
    for number, worker in enumerate(world.workers.values()):
        if worker.life == "online":
            answers[f"celery@{worker.hostname}"] = _answer(world, worker, number, what, registered)
    return answers


def _answer(world: World, worker: WorkerView, number: int, what: str, registered: tuple[str, ...]) -> Any:
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
