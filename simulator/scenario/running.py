"""What a scenario may change while its run goes on: the lines `{at: T, set: {path: value}}` under `faults`.

Only what really can change around running workers: how long a task takes, what it raises, how a service answers.
All else is read when a process starts, and is changed from the start of the run or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from simulator.scenario import convert, schema
from simulator.scenario.paths import PathError, parse_path
from simulator.scenario.problems import nearest

CHANGEABLE: dict[str, tuple[type[BaseModel], tuple[str, ...]]] = {
    "tasks": (schema.Task, ("duration", "raises")),
    "services": (schema.Service, ("latency", "rate_limit", "capacity")),
}
"""By room: its model, and what of it may change."""

BACKEND = "result_backend"
"""The service that stores results. Workers call it, not tasks: `slow` and `down` reach it, `set` does not."""

PATTERNS = [f"{room}.<name>.{key}" for room, (_, keys) in CHANGEABLE.items() for key in keys]


@dataclass(frozen=True, slots=True)
class RunningChange:
    """One thing that works otherwise from some moment on."""

    room: str
    """`tasks` or `services`."""
    name: str
    setting: str
    value: Any
    """As the engine takes it: what the format makes of the written value."""

    @property
    def subject(self) -> str:
        """Whom it is about, as a path: `tasks.send_email`."""
        return f"{self.room}.{self.name}"


def can_change_running(path: str) -> bool:
    """Whether what is at a path may change while a run goes on.

    >>> can_change_running("tasks.send_email.duration"), can_change_running("config.worker_concurrency")
    (True, False)
    """
    try:
        room, name, key = parse_path(path)
    except (PathError, ValueError):
        return False
    return room in CHANGEABLE and key in CHANGEABLE[room][1] and (room, name) != ("services", BACKEND)


def running_changes(model: schema.ScenarioFile, path: str, value: Any) -> list[RunningChange]:
    """What `set: {path: value}` changes; several things where the path has a `*`.

    Raises:
        PathError: with the code of the problem: the path or the value cannot be used here.
    """
    parts = parse_path(path)
    if not can_change_running(path):
        raise PathError("set.not_running", path=path, known=PATTERNS)
    room, name, key = parts
    entries: Mapping[str, Any] = getattr(model, room)
    names = [one for one in entries if one != BACKEND or room != "services"] if name == "*" else [name]
    if name != "*" and name not in entries:
        raise PathError("set.unknown", path=path, name=name, room=room, meant=nearest(name, entries))
    try:
        read = getattr(CHANGEABLE[room][0].model_validate({key: value}), key)
    except ValidationError as error:
        code, params, _, _ = convert.finding(error.errors(include_url=False)[0])
        raise PathError(code, **{**params, "where": path}) from None
    return [RunningChange(room, one, key, read) for one in names]
