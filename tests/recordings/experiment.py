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
    # Half a second before the first worker, so that what was sent before there were workers has a time.
    start = min([0.0, *online.values()]) - 0.5
    data = {
        "profile": PROFILES[experiment["broker"]],
        "config": {k: v for k, v in experiment.get("conf", {}).items() if k != "task_queues"},
        "tasks": {name: _task(spec) for name, spec in experiment["task_types"].items()},
        "workers": {
            spec["name"]: {
                "concurrency": spec["concurrency"],
                "starts_at": round(online[spec["name"]] - start, 6),
                **({"queues": spec["queues"]} if "queues" in spec else {}),
            }
            for spec in experiment["workers"]
        },
        "queues": _queues(experiment.get("conf", {})),
        "send": [_send(send, start) for send in experiment["send"]],
        "faults": [_fault(row, start) for row in recording.rows if row["type"] == "action"],
        "until": round(experiment["duration"] - start, 6),
    }
    return parse_scenario(json.dumps(data), file=f"{recording.name}.yaml")


def _task(spec: dict[str, Any]) -> dict[str, Any]:
    task = {"duration": spec["duration"], **spec.get("options", {})}
    if "fail_on" in spec:
        last = max(spec["fail_on"])
        task["raises"] = ["Transient" if n in spec["fail_on"] else None for n in range(1, last + 1)]
    if "retry" in spec:
        task["retry"] = {"on": ["Transient"], "countdown": spec["retry"]["countdown"], "exc": True}
        task["max_retries"] = spec["retry"]["max_retries"]
    return task


def _send(send: dict[str, Any], start: float) -> dict[str, Any]:
    line = {key: value for key, value in send.items() if key not in ("at", "before_workers")}
    return {**line, "at": 0.0 if send.get("before_workers") else round(send["at"] - start, 6)}


def _queues(conf: dict[str, Any]) -> dict[str, Any]:
    return {
        queue["name"]: {key: value for key, value in queue.items() if key != "name"}
        for queue in conf.get("task_queues", [])
    }


def _fault(row: dict[str, Any], start: float) -> dict[str, Any]:
    if row["do"] not in ("kill9", "kill9_runner"):
        raise ValueError(row["do"])
    return {"at": round(row["t"] - start, 6), "kill": row["worker"].partition("@")[0]}
