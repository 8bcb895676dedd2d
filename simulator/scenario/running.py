"""Changes to a scenario in the middle of its run: the lines `{at: T, set: {path: value}}` under `faults`.

Allowed is only what can really change while workers run: how long a task takes, what it raises, how a service answers.
Everything else is read when a process starts, so it is changed from the start of the run or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from simulator.scenario import convert, schema
from simulator.scenario.problems import nearest
from simulator.scenario.values.paths import PathError, parse_path

CHANGEABLE: dict[str, tuple[type[BaseModel], tuple[str, ...]]] = {
    "tasks": (schema.Task, ("duration", "raises")),
    "services": (schema.Service, ("latency", "rate_limit", "capacity")),
}
"""Changeable sections: each one's model and the keys that may change."""

BACKEND = "result_backend"
"""The service that stores results. Workers call it, so of its settings only the latency has an effect."""

PATTERNS = [f"{room}.<name>.{key}" for room, (_, keys) in CHANGEABLE.items() for key in keys]


@dataclass(frozen=True, slots=True)
class RunningChange:
    """One value that changes at some time during the run."""

    room: str
    """`tasks` or `services`."""
    name: str
    setting: str
    value: Any
    """The parsed value that the engine takes."""

    @property
    def subject(self) -> str:
        """Path of the task or service that changes: `tasks.send_email`."""
        return f"{self.room}.{self.name}"


def can_change_running(path: str) -> bool:
    """Return True if the value at a path may change in the middle of a run.

    >>> can_change_running("tasks.send_email.duration"), can_change_running("config.worker_concurrency")
    (True, False)
    """
    try:
        room, name, key = parse_path(path)
    except (PathError, ValueError):
        return False
    if (room, name) == ("services", BACKEND):
        return key == "latency"
    return room in CHANGEABLE and key in CHANGEABLE[room][1]


def running_changes(model: schema.ScenarioFile, path: str, value: Any) -> list[RunningChange]:
    """Changes made by `set: {path: value}`; several if the path has a `*`.

    Raises:
        PathError: with the code of the problem: the path or the value cannot be used here.
    """
    parts = parse_path(path)
    if not can_change_running(path):
        raise PathError("set.not_running", path=path, known=PATTERNS)
    room, name, key = parts
    entries: Mapping[str, Any] = getattr(model, room)
    names = [one for one in entries if (room, one) != ("services", BACKEND)] if name == "*" else [name]
    if name != "*" and name not in entries:
        raise PathError("set.unknown", path=path, name=name, room=room, meant=nearest(name, entries))
    try:
        read = getattr(CHANGEABLE[room][0].model_validate({key: value}), key)
    except ValidationError as error:
        code, params, _, _ = convert.finding(error.errors(include_url=False)[0])
        raise PathError(code, **{**params, "where": path}) from None
    return [RunningChange(room, one, key, read) for one in names]
