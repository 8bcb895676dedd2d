"""Everything that a stage creates, written down beforehand, so that it can be removed: by itself or by a later stage.

Each stage has its own folder below the user's state directory: its plan, the logs of its processes, its owner
(`owner.json`). A folder whose owner is gone belongs to a dead run. On Redis, an expiring key also names the owner of a
prefix; a prefix without a living owner belongs to a dead run, on whichever machine it ran.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redis import Redis

from simulator.real.gate import bounded
from simulator.real.performing.plan import PREFIX, RESULTS, Plan, load_plan, transport_of

if TYPE_CHECKING:
    from celery import Celery

OWNER = "owner.json"
UNSAID = 1.0
"""Age in seconds from which a folder without an owner belongs to a dead run."""
ALIVE = 60
"""Seconds that the key on Redis outlives its owner."""


def state_folder() -> Path:
    """The folder that holds the folders of stages."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "ackademy" / "verify"


def started(pid: int) -> str:
    """Start time of a process in the system's own unit; empty if it is unknown or the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stream:
            return stream.read().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def is_running(pid: int, when: str) -> bool:
    """Return True if the process exists and is still the same one."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not when or started(pid) == when


def make_folder(run: str) -> Path:
    """Make a stage's folder, with its owner noted in it."""
    folder = state_folder() / run
    folder.mkdir(mode=0o700, parents=True)
    try:
        (folder / RESULTS).mkdir()
        owner = {"pid": os.getpid(), "started": started(os.getpid()), "host": socket.gethostname()}
        (folder / OWNER).write_text(json.dumps(owner), encoding="utf-8")
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def dead_folders() -> Iterator[Path]:
    """The folders of stages whose owner is gone."""
    for folder in sorted(state_folder().glob(f"{PREFIX}*")):
        try:
            owner = json.loads((folder / OWNER).read_text(encoding="utf-8"))
            if owner["host"] == socket.gethostname() and is_running(owner["pid"], owner["started"]):
                continue
        except (FileNotFoundError, ValueError, KeyError, TypeError):  # killed before it had said who it is
            if time.time() - folder.stat().st_mtime < UNSAID:
                continue  # or just about to say it
        except OSError:
            continue
        yield folder


def claim(app: Celery, plan: Plan) -> None:
    """Claim a prefix on the broker; to be repeated more often than every `ALIVE` seconds."""
    if plan.transport == "redis":
        with app.connection_for_write() as connection:
            owner = f"{socket.gethostname()} {os.getpid()} {started(os.getpid())}"
            _client(connection).set(f"{plan.run}:owner", owner, ex=ALIVE)


def sweep(app: Celery, broker: str) -> list[str]:
    """Remove everything that dead runs have left on this broker and this machine; returns their names."""
    found = []
    for folder in dead_folders():
        try:
            plan = load_plan(str(folder / "plan.json"))
        except (OSError, ValueError, TypeError):
            shutil.rmtree(folder, ignore_errors=True)
            continue
        if plan.transport == "memory" or _place(plan.broker) == _place(broker):
            remove(app, plan)
            shutil.rmtree(folder, ignore_errors=True)
            found.append(plan.run)
    if transport_of(broker) == "redis":
        found += _sweep_redis(app)
    return list(dict.fromkeys(found))


def remove(app: Celery, plan: Plan) -> None:
    """Remove everything that a stage has created on the broker, as far as it exists."""
    if plan.transport == "redis":
        with app.connection_for_write() as connection:
            _delete(_client(connection), plan.run)
    elif plan.transport == "amqp":
        with app.connection_for_write() as connection:
            _delete_queues(connection, plan)
    if plan.backend is not None and plan.backend.startswith("redis") and plan.transport != "redis":
        _delete(_backend_client(plan.backend), plan.run)


def _delete_queues(connection: Any, plan: Plan) -> None:
    names = [plan.prefix + queue["name"] for queue in plan.queues]
    names += [f"{name}@{plan.run}.{plan.prefix}control.pidbox" for name in plan.workers]
    for name in names:
        connection.default_channel.queue_delete(name)
    control = f"{plan.prefix}control.pidbox"
    for name in (*names, *plan.exchanges, f"{plan.prefix}events", control, f"reply.{control}"):
        connection.default_channel.exchange_delete(name)


def _place(url: str) -> str:
    return url.partition("://")[2].rpartition("@")[2]


def _client(connection: Any) -> Any:
    """The Redis client below a connection, without the prefix that the stage's own has."""
    return Redis(connection_pool=connection.default_channel.pool)


def _backend_client(url: str) -> Any:
    return Redis.from_url(url, **bounded(url))


def _delete(client: Any, run: str) -> None:
    for pattern in (f"{run}:*", f"{run}.*"):
        keys = list(client.scan_iter(match=pattern, count=1000))
        if keys:
            client.delete(*keys)


def _sweep_redis(app: Celery) -> list[str]:
    """Prefixes on Redis without a living owner."""
    dead = []
    with app.connection_for_write() as connection:
        client = _client(connection)
        keys = [key.decode(errors="replace") for key in client.scan_iter(match=f"{PREFIX}*", count=1000)]
        runs = sorted({key.removeprefix(PREFIX).partition(":")[0].partition(".")[0] for key in keys})
        for rest in runs:
            run = f"{PREFIX}{rest}"
            owner = client.get(f"{run}:owner")
            if owner is not None and not _is_dead(owner.decode(errors="replace")):
                continue
            _delete(client, run)
            dead.append(run)
    return dead


def _is_dead(owner: str) -> bool:
    """Return True if an owner ran on this machine and is gone."""
    host, pid, when = [*owner.split(" "), "", "", ""][:3]
    return host == socket.gethostname() and pid.isdecimal() and not is_running(int(pid), when)
