"""A recorded experiment as a scenario, and a recording as the facts a prediction is held against.

A recording is two files: `NAME.yaml`, the experiment, and `NAME.jsonl`, what a real Celery did, one object a line,
`t` in seconds since the first send. When workers came online and when actions were taken is input: it is read from
the recording. What then happened is predicted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from simulator.scenario import Scenario, parse_scenario

FOLDER = Path(__file__).parent
PROFILES = {"rabbitmq": "celery-rabbitmq"}
COMPARED = {
    "task-received",
    "task-started",
    "task-succeeded",
    "task-failed",
    "task-retried",
    "task-rejected",
    "task-revoked",
}


@dataclass(frozen=True)
class Happening:
    """One event of a task, as both sides tell it; `t` in seconds."""

    t: float
    type: str
    hostname: str
    uuid: str


@dataclass(frozen=True)
class Recording:
    """An experiment with what was recorded."""

    name: str
    experiment: dict[str, Any]
    rows: list[dict[str, Any]]

    @property
    def happenings(self) -> list[Happening]:
        """The compared events, in the order of their times."""
        return [
            Happening(row["t"], row["type"], row["hostname"].partition("@")[0], row["uuid"])
            for row in self.rows
            if row["source"] == "event" and row["type"] in COMPARED
        ]


def read_recording(name: str) -> Recording:
    """A recording by name."""
    experiment = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return Recording(name, experiment, [json.loads(line) for line in lines])


def as_scenario(recording: Recording) -> Scenario:
    """The scenario of an experiment. Time starts when the first worker came online."""
    experiment = recording.experiment
    online = {
        row["hostname"].partition("@")[0]: row["t"]
        for row in reversed(recording.rows)
        if row["type"] == "worker-online"
    }
    start = min([0.0, *online.values()])
    data = {
        "profile": PROFILES[experiment["broker"]],
        "config": experiment.get("conf", {}),
        "tasks": {name: _task(spec) for name, spec in experiment["task_types"].items()},
        "workers": {
            spec["name"]: {
                "concurrency": spec["concurrency"],
                "starts_at": round(online[spec["name"]] - start, 6),
                **({"queues": spec["queues"]} if "queues" in spec else {}),
            }
            for spec in experiment["workers"]
        },
        "send": [{**send, "at": round(send["at"] - start, 6)} for send in experiment["send"]],
        "faults": [_fault(row, start) for row in recording.rows if row["type"] == "action"],
        "until": round(experiment["duration"] - start, 6),
    }
    return parse_scenario(json.dumps(data), file=f"{recording.name}.yaml")


def _task(spec: dict[str, Any]) -> dict[str, Any]:
    return {"duration": spec["duration"], **spec.get("options", {})}


def _fault(row: dict[str, Any], start: float) -> dict[str, Any]:
    if row["do"] not in ("kill9", "kill9_runner"):
        raise ValueError(row["do"])
    return {"at": round(row["t"] - start, 6), "kill": row["worker"].partition("@")[0]}
