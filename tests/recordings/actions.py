"""Actions of the harness on workers and broker, as faults and control lines; their times come from the recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.recordings.experiment import Recording, identifier

OBSERVING = {"snapshot", "inspect", "results"}
KILLS = {"kill9", "kill9_runner", "kill_worker"}
CHILD_KILLS = {"kill_child", "kill9_child", "kill_child_runner", "kill_child_of"}
STOPS = {"term": "warm", "int": "warm", "quit": "cold"}
ALWAYS = {"at", "do"}
KEYS = {
    **{key: {"worker", "id"} for key in KILLS},
    **{key: {"worker", "id", "slot", "pid", "signal"} for key in CHILD_KILLS},
    **{key: {"worker"} for key in STOPS},
    "outage": {"for"},
    "beat": set(),
    "start": {"worker"},
    "revoke": {"id", "ids", "terminate", "signal"},
    "rate_limit": {"task", "rate"},
    "time_limit": {"task", "soft", "hard"},
    "pool_grow": {"worker", "n"},
    "pool_shrink": {"worker", "n"},
    "autoscale": {"worker", "max", "min"},
    "add_consumer": {"worker", "queue"},
    "cancel_consumer": {"worker", "queue"},
    "shutdown": {"worker"},
}
"""By action, what may be said of it, besides when."""
ROW = {"t", "source", "type", "timestamp", "reply", "hostname", "slot", "pid", "pids"}

Line = dict[str, Any]


@dataclass(frozen=True)
class Started:
    """In which slot a task was started."""

    uuid: str
    hostname: str
    slot: int


def convert_actions(
    recording: Recording, start: float, predict: Callable[[float], list[Started]]
) -> tuple[list[Line], list[Line]]:
    """Faults and control lines; `start` is the scenario's time 0, `predict` what is started before a time."""
    for action in recording.experiment.get("actions", []):
        _check(action)
    faults: list[Line] = []
    control: list[Line] = []
    free = 0.0
    for row in recording.rows:
        if row["type"] != "action":
            continue
        do = row["do"]
        _check({key: value for key, value in row.items() if key in ALWAYS or key not in ROW})
        at = row["t"] - start
        if do == "outage":
            # Its row is written when the broker is back: it began when it was due, or when the harness was free.
            begin = max(float(row["at"]), free)
            faults.append({"at": begin - start, "down": "broker", "for": max(row["t"] - begin, float(row["for"]))})
        elif do in KILLS:
            faults.append({"at": at, "kill": _whom(recording, row)})
        elif do in CHILD_KILLS:
            faults.append({"at": at, "kill_child": _whom(recording, row), "slot": _slot(recording, row, predict)})
        elif do in STOPS:
            faults.append({"at": at, "stop": _whom(recording, row), "how": STOPS[do]})
        elif do not in ("beat", "start"):  # beat is a worker, a start is read from worker-online
            control += _control(row, do, at)
        free = row["t"]
    return faults, control


def _check(action: Line) -> None:
    do = action["do"]
    if do in OBSERVING:
        return
    if do not in KEYS:
        raise ValueError(f"unknown action {do}")
    if unknown := sorted(set(action) - ALWAYS - KEYS[do]):
        raise ValueError(f"action {do}: unknown {', '.join(unknown)}")


def _control(row: Line, do: str, at: float) -> list[Line]:
    """A remote-control command, action first."""
    if do == "revoke":
        ids = row["ids"] if "ids" in row else [row["id"]]
        extra: Line = {key: row[key] for key in ("terminate", "signal") if key in row}
        return [{"at": at, "revoke": identifier(uuid), **extra} for uuid in ids]
    whom = {"rate_limit": "task", "time_limit": "task", "add_consumer": "queue", "cancel_consumer": "queue"}.get(
        do, "worker"
    )
    extra = {key: row[key] for key in KEYS[do] - {whom} if key in row}
    return [{"at": at, do: row[whom].partition("@")[0] if whom == "worker" else row[whom], **extra}]


def _whom(recording: Recording, row: Line) -> str:
    """The worker an action was for: named, or the one that ran a task then."""
    if name := row.get("worker") or row.get("hostname"):
        return str(name).partition("@")[0]
    started = [r for r in _begun(recording, row["t"]) if r["uuid"] == row["id"]]
    return str(started[-1]["hostname"]).partition("@")[0]


def _begun(recording: Recording, t: float) -> list[Line]:
    return [row for row in recording.rows if row["type"] == "probe-start" and row["t"] <= t]


def _slot(recording: Recording, row: Line, predict: Callable[[float], list[Started]]) -> int:
    """The slot whose child was killed: where the prediction puts the task that the child ran."""
    if "slot" in row:
        return int(row["slot"])
    begun = _begun(recording, row["t"])
    if "id" in row:
        uuid = str(row["id"])
    elif "pid" in row:
        uuid = next((str(r["uuid"]) for r in reversed(begun) if r["pid"] == row["pid"]), "")
    else:
        ended = {(r["uuid"], r["pid"]) for r in recording.rows if r["type"] == "probe-end"}
        unfinished = [r for r in begun if (r["uuid"], r["pid"]) not in ended]
        uuid = str(unfinished[-1]["uuid"]) if unfinished else ""
    slots = [started.slot for started in predict(row["t"]) if started.uuid == identifier(uuid)] if uuid else []
    return slots[-1] if slots else 1
