"""`celery control` in the console: each worker's reply, and the scenario lines that send the command.

Source: celery.worker.control, whose replies these are; a command that a worker refuses changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.console import words
from simulator.console.line import NotUnderstood, Typed
from simulator.scenario.schema import ABOUT_TASKS
from simulator.story.catalog import line
from simulator.trace.rates import parse_rate
from simulator.world import WorkerView, World

CONTROLS = {
    "revoke": "[id1 [id2 [... [idN]]]]",
    "terminate": "<signal> [id1 [id2 [... [idN]]]]",
    "rate_limit": "<task_name> <rate_limit (e.g., 5/s | 5/m | 5/h)>",
    "time_limit": "<task_name> <soft_secs> [hard_secs]",
    "pool_grow": "[N=1]",
    "pool_shrink": "[N=1]",
    "autoscale": "[max [min]]",
    "add_consumer": "<queue>",
    "cancel_consumer": "<queue>",
    "shutdown": "",
}
"""Commands with the usage of their arguments, as Celery prints it."""

SIGNALS = ("SIGTERM", "SIGKILL", "SIGQUIT", "SIGUSR1")

NO_GROW = "AttributeError(\"'TaskPool' object has no attribute 'grow'\")"
NO_SHRINK = "AttributeError(\"'TaskPool' object has no attribute 'shrink'\")"
ALL_BUSY = 'ValueError("Can\'t shrink pool. All processes busy!")'
GROWING = ("prefork", "processes", "gevent", "eventlet")
"""Pools that can be resized; `solo` and `threads` have no such method."""

Reply = dict[str, str]
"""`{"ok": text}` or `{"error": text}`."""


def control_line(typed: Typed) -> dict[str, Any]:
    """A typed command as a line under `control`, without its time; raises `NotUnderstood`.

    A command about workers has None in their place: it stands for one worker after the other.
    """
    command, args = typed.arguments[0], list(typed.arguments[1:])
    match command, args:
        case "revoke", [_, *_]:
            return {"revoke": _ids(args)}
        case "terminate", [sign, _, *_]:
            return {"revoke": _ids(args[1:]), "terminate": True, "signal": _signal(sign)}
        case "rate_limit", [name, rate]:
            return {"rate_limit": name, "rate": rate}
        case "time_limit", [name, soft, *hard] if len(hard) < 2:
            found = {"time_limit": name, "soft": _seconds(soft)}
            return found | ({"hard": _seconds(hard[0])} if hard else {})
        case (("pool_grow" | "pool_shrink"), [*count]) if len(count) < 2:
            return {command: None, "n": _count(count[0]) if count else 1}
        case "autoscale", [most, *least] if len(least) < 2:
            return {"autoscale": None, "max": _count(most)} | ({"min": _count(least[0])} if least else {})
        case (("add_consumer" | "cancel_consumer"), [queue]):
            return {command: None, "queue": queue}
        case "shutdown", []:
            return {"shutdown": None}
        case _:
            raise NotUnderstood(line(words.USAGE, usage=f"control {command} {CONTROLS[command]}".rstrip()))


def control_text(written: Mapping[str, Any]) -> str:
    """A line under `control` in the form one would type.

    >>> control_text({"at": 2.0, "pool_grow": "worker1", "n": 2})
    'pool_grow 2 -d worker1'
    """
    command = next(name for name in CONTROLS if written.get(name) is not None)
    whom = written[command]
    nodes = written.get("destination") or ([] if command in ABOUT_TASKS or whom == "all" else [whom])
    ids = [whom] if isinstance(whom, str) else list(whom)
    parts: list[Any] = []
    if written.get("terminate"):
        command, parts = "terminate", [written.get("signal", SIGNALS[0])]
    parts += ids if "revoke" in written else [whom] if command in ABOUT_TASKS else []
    parts += [
        written[key] for key in ("rate", "soft", "hard", "n", "max", "min", "queue") if written.get(key) is not None
    ]
    tail = ["-d", ",".join(nodes)] if nodes else []
    return " ".join([command, *map(str, parts), *tail])


def reply_of(world: World, worker: WorkerView, written: Mapping[str, Any], tasks: tuple[str, ...]) -> Reply:
    """A worker's reply to a line under `control`; `tasks` are the names of the registered ones."""
    command = next(name for name in _REPLIES if name in written)
    return _REPLIES[command](world, worker, written, tasks)


def _ids(args: list[str]) -> str | list[str]:
    return args[0] if len(args) == 1 else args


def _signal(text: str) -> str:
    name = text.upper() if text.upper().startswith("SIG") else f"SIG{text.upper()}"
    if name not in SIGNALS:
        raise NotUnderstood(line(words.NOT_SIGNAL, value=text, known=", ".join(SIGNALS)))
    return name


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise NotUnderstood(line(words.NOT_SECONDS, value=text))
    return seconds


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= 1000):
        raise NotUnderstood(line(words.NOT_COUNT, value=text))
    return int(text)


def _revoked(world: World, worker: WorkerView, written: Mapping[str, Any], _: tuple[str, ...]) -> Reply:
    ids = [written["revoke"]] if isinstance(written["revoke"], str) else written["revoke"]
    if not written.get("terminate"):
        return {"ok": f"tasks {{{', '.join(map(repr, ids))}}} flagged as revoked"}
    held = {*(one.uuid for one in worker.active()), *worker.reserved(), *(uuid for uuid, _ in worker.scheduled())}
    found = [uuid for uuid in ids if uuid in held]
    return {"ok": f"terminate: {', '.join(found)}" if found else "terminate: tasks unknown"}


def _rate(_: World, worker: WorkerView, written: Mapping[str, Any], tasks: tuple[str, ...]) -> Reply:
    try:
        parse_rate(written["rate"])
    except ValueError as error:
        return {"error": f"Invalid rate limit string: {error!r}"}
    return {"ok": "new rate limit set successfully"} if written["rate_limit"] in tasks else {"error": "unknown task"}


def _time(_: World, worker: WorkerView, written: Mapping[str, Any], tasks: tuple[str, ...]) -> Reply:
    return {"ok": "time limits set successfully"} if written["time_limit"] in tasks else {"error": "unknown task"}


def _resized(_: World, worker: WorkerView, written: Mapping[str, Any], tasks: tuple[str, ...]) -> Reply:
    command = "pool_grow" if "pool_grow" in written else "pool_shrink"
    if "autoscale" in worker.info.settings:
        return {"error": f"{command} is not supported with autoscale. Adjust autoscale range instead."}
    if worker.info.pool not in GROWING:
        return {"error": NO_GROW if command == "pool_grow" else NO_SHRINK}
    if command == "pool_shrink" and worker.busy >= worker.concurrency:
        return {"error": ALL_BUSY}
    return {"ok": f"pool will {command.removeprefix('pool_')}"}


def _scaled(world: World, worker: WorkerView, written: Mapping[str, Any], tasks: tuple[str, ...]) -> Reply:
    bounds = worker.info.settings.get("autoscale")
    if bounds is None:
        return {"error": "ValueError('Autoscale not enabled')"}
    changed = world.settings.get((worker.hostname, "autoscale"), bounds)
    most, least = (new if new is not None else old for new, old in zip(changed, bounds, strict=True))
    return {"ok": f"autoscale now max={written.get('max', most)} min={written.get('min', least)}"}


def _added(_: World, worker: WorkerView, written: Mapping[str, Any], tasks: tuple[str, ...]) -> Reply:
    return {"ok": f"add consumer {written['queue']}"}


def _dropped(_: World, worker: WorkerView, written: Mapping[str, Any], tasks: tuple[str, ...]) -> Reply:
    return {"ok": f"no longer consuming from {written['queue']}"}


_REPLIES: dict[str, Callable[[World, WorkerView, Mapping[str, Any], tuple[str, ...]], Reply]] = {
    "revoke": _revoked,
    "rate_limit": _rate,
    "time_limit": _time,
    "pool_grow": _resized,
    "pool_shrink": _resized,
    "autoscale": _scaled,
    "add_consumer": _added,
    "cancel_consumer": _dropped,
    "shutdown": lambda *_: {"ok": ""},
}
