"""Scenarios at random that a real Celery can play: short, and over the whole language."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Data = dict[str, Any]
Draw = Callable[[Random], Any]

QUEUES = ("celery", "mails", "reports")
TASKS = ("nap", "work", "mail", "step")
WORKERS = ("w1", "w2", "w3")
LATEST = 4.0
"""Seconds: what is sent, said or broken is so before."""


def seconds(low: float, high: float) -> Draw:
    """A time with two decimals."""
    return lambda chance: round(chance.uniform(low, high), 2)


def one_of(*values: Any) -> Draw:
    """One of these."""
    return lambda chance: chance.choice(values)


def always(value: Any) -> Draw:
    """This one."""
    return lambda chance: value


TASK: dict[str, tuple[float, Draw]] = {
    "acks_late": (0.35, one_of(True, True, False)),
    "acks_on_failure": (0.06, one_of(False)),
    "acks_on_timeout": (0.04, one_of(False)),
    "reject_on_worker_lost": (0.08, one_of(True)),
    "time_limit": (0.08, seconds(0.5, 1.5)),
    "soft_time_limit": (0.08, seconds(0.4, 1.2)),
    "catches_soft_limit": (0.06, one_of(True)),
    "rate_limit": (0.1, one_of("1/s", "2/s", "90/m")),
    "queue": (0.15, one_of(*QUEUES)),
    "priority": (0.08, one_of(0, 3, 6, 9)),
    "expires": (0.05, seconds(0.5, 3.0)),
    "track_started": (0.05, one_of(True)),
    "ignore_result": (0.05, one_of(True)),
}
"""By option of a task, how often it has it, and what it is."""
WORKER: dict[str, tuple[float, Draw]] = {
    "concurrency": (0.7, one_of(1, 1, 2, 2, 3)),
    "pool": (0.3, one_of("threads", "threads", "solo")),
    "prefetch_multiplier": (0.5, one_of(1, 1, 2, 3)),
    "queues": (0.5, lambda chance: chance.sample(QUEUES, chance.randint(1, 3))),
    "starts_at": (0.15, seconds(2.0, 4.0)),
}
CONFIG: dict[str, tuple[float, Draw]] = {
    "task_acks_late": (0.3, one_of(True)),
    "worker_prefetch_multiplier": (0.4, one_of(0, 1, 1, 2)),
    "worker_disable_prefetch": (0.06, one_of(True)),
    "task_reject_on_worker_lost": (0.06, one_of(True)),
    "worker_eta_task_limit": (0.06, one_of(1, 2, 3)),
    "worker_soft_shutdown_timeout": (0.08, seconds(0.6, 2.0)),
    "task_default_priority": (0.04, one_of(3, 5)),
    "task_time_limit": (0.03, seconds(0.8, 1.6)),
    "task_soft_time_limit": (0.03, seconds(0.8, 1.6)),
    "worker_disable_rate_limits": (0.03, one_of(True)),
}
QUEUE: dict[str, tuple[float, Draw]] = {
    "max_priority": (0.5, one_of(9, 10)),
    "max_length": (0.15, one_of(1, 2)),
    "message_ttl": (0.15, seconds(0.5, 2.0)),
}
CALL: dict[str, tuple[float, Draw]] = {
    "countdown": (0.2, seconds(0.3, 2.5)),
    "expires": (0.08, seconds(0.3, 2.0)),
    "priority": (0.12, one_of(0, 3, 6, 9)),
    "queue": (0.12, one_of(*QUEUES)),
}


def some(chance: Random, options: dict[str, tuple[float, Draw]]) -> Data:
    """Those options that chance has it have, each as often as it says."""
    return {key: draw(chance) for key, (share, draw) in options.items() if chance.random() < share}


def draw_scenario(chance: Random) -> Data:
    """A whole scenario as data, without a profile: for any broker. Its times may be too close to each other."""
    workers = {name: some(chance, WORKER) for name in WORKERS[: chance.choice((1, 1, 2, 2, 3))]}
    next(iter(workers.values())).pop("starts_at", None)
    tasks = {name: _task(chance) for name in TASKS[: chance.randint(1, 4)]}
    if any(spec.get("pool") == "solo" for spec in workers.values()):
        for task in tasks.values():
            task.pop("kills", None)  # a body that kills its own loop takes with it the events that were not sent yet
    ids = iter(f"T{n}" for n in range(1, 100))
    sends = [_send(chance, list(tasks), ids) for _ in range(chance.randint(2, 7))]
    data: Data = {
        "config": some(chance, CONFIG),
        "exceptions": {"Busy": "Exception"},
        "tasks": tasks,
        "queues": {name: some(chance, QUEUE) for name in QUEUES if chance.random() < 0.12},
        "workers": workers,
        "send": sorted(sends, key=lambda send: float(send["at"])),
        "control": [_control(chance, data_ids(sends), list(tasks), list(workers)) for _ in range(_few(chance))],
        "faults": _faults(chance, list(workers)),
    }
    if not any("celery" in spec.get("queues", ["celery"]) for spec in workers.values()):
        next(iter(workers.values())).pop("queues")
    return {key: value for key, value in data.items() if value}


def _few(chance: Random) -> int:
    return chance.choice((0, 0, 0, 1, 1, 2))


def _task(chance: Random) -> Data:
    task: Data = {"duration": round(chance.choice((0.1, 0.3, 0.5, 1.0, 1.6)) * chance.uniform(0.8, 1.3), 2)}
    task |= some(chance, TASK)
    if "time_limit" in task and "soft_time_limit" in task:  # Celery does not send it if the soft one is longer
        task["soft_time_limit"], task["time_limit"] = sorted((task["soft_time_limit"], task["time_limit"]))
    match chance.choice(("fine",) * 8 + ("fails", "retries", "retries", "asks", "rejects", "ignores", "dies")):
        case "fails":
            task["raises"] = chance.choice(("Busy", ["Busy", None]))
        case "retries":
            task |= {"raises": chance.choice((["Busy", None], ["Busy", "Busy", None], "Busy"))}
            task |= {"autoretry_for": ["Busy"], "default_retry_delay": round(chance.uniform(0.3, 1.5), 2)}
            task |= {"max_retries": chance.randint(1, 2)}
        case "asks":
            task |= {"raises": chance.choice((["Busy", None], "Busy")), "max_retries": chance.randint(1, 2)}
            retry = {"on": ["Busy"], "countdown": round(chance.uniform(0.3, 1.5), 2), "exc": chance.random() < 0.5}
            task["retry"] = retry
        case "rejects":
            task["reject"] = "discard"
        case "ignores":
            task["ignore"] = True
        case "dies":
            task["kills"] = chance.choice(("child", ["child", None]))
    return task


def _send(chance: Random, tasks: list[str], ids: Any) -> Data:
    at = round(chance.uniform(0.0, LATEST), 2)
    kind = chance.choice(("call",) * 10 + ("chain", "chain", "group", "chord"))
    if kind == "call":
        return {"at": at, **_call(chance, tasks, ids)}
    parts = [_part(chance, tasks, ids, 1) for _ in range(chance.randint(2, 3))]
    if kind == "chord":
        return {"at": at, "chord": {"header": parts, "body": _part(chance, tasks, ids, 2)}}
    return {"at": at, kind: parts}


def _part(chance: Random, tasks: list[str], ids: Any, depth: int) -> Data:
    if depth < 2 and chance.random() < 0.15:
        parts = [_part(chance, tasks, ids, depth + 1) for _ in range(2)]
        return {chance.choice(("chain", "group")): parts}
    return _call(chance, tasks, ids)


def _call(chance: Random, tasks: list[str], ids: Any) -> Data:
    return {"id": next(ids), "task": chance.choice(tasks), **some(chance, CALL)}


def data_ids(part: Any) -> list[str]:
    """The ids of all calls in a part of `send`."""
    if isinstance(part, list):
        return [uuid for item in part for uuid in data_ids(item)]
    if isinstance(part, dict):
        own = [part["id"]] if "id" in part else []
        return own + [uuid for value in part.values() for uuid in data_ids(value)]
    return []


def _control(chance: Random, ids: list[str], tasks: list[str], workers: list[str]) -> Data:
    at = round(chance.uniform(0.3, LATEST), 2)
    worker = chance.choice(workers)
    match chance.choice(("revoke", "revoke", "terminate", "rate", "limit", "grow", "shrink", "add", "cancel", "end")):
        case "revoke":
            return {"at": at, "revoke": chance.choice(ids)}
        case "terminate":
            return {"at": at, "revoke": chance.choice(ids), "terminate": True}
        case "rate":
            return {"at": at, "rate_limit": chance.choice(tasks), "rate": chance.choice(("1/s", "2/s", 0))}
        case "limit":
            return {"at": at, "time_limit": chance.choice(tasks), "hard": round(chance.uniform(0.4, 1.2), 2)}
        case "grow":
            return {"at": at, "pool_grow": worker}
        case "shrink":
            return {"at": at, "pool_shrink": worker}
        case "add":
            return {"at": at, "add_consumer": worker, "queue": chance.choice(QUEUES)}
        case "cancel":
            return {"at": at, "cancel_consumer": worker, "queue": chance.choice(QUEUES)}
    return {"at": at, "shutdown": worker}


def _faults(chance: Random, workers: list[str]) -> list[Data]:
    if chance.random() < 0.55:
        return []
    worker, at = chance.choice(workers), round(chance.uniform(0.3, LATEST), 2)
    match chance.choice(("kill", "child", "child", "warm", "warm", "cold", "soft")):
        case "kill":
            faults: list[Data] = [{"at": at, "kill": worker}]
        case "child":
            return [{"at": at, "kill_child": worker, **({"slot": 2} if chance.random() < 0.3 else {})}]
        case how:
            faults = [{"at": at, "stop": worker, "how": how}]
    if chance.random() < 0.6:
        faults.append({"at": round(at + chance.uniform(2.5, 4.0), 2), "start": worker})
    return faults
