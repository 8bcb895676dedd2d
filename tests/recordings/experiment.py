"""A recorded experiment and what happened in it.

Each `data/NAME.yaml` is an experiment in its own small format (task types, workers, what is sent when, actions);
`data/NAME.jsonl`, what a real Celery did, one object a line, `t` in seconds since the first send: Celery's events,
probes written by the task bodies, and what the harness did and looked at.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from simulator.measure.agreement import COMPARED, Happening, outcome

DATA = Path(__file__).parent / "data"


def identifier(uuid: str) -> str:
    """An experiment's id as one of a scenario, which has to be an identifier."""
    cleaned = re.sub(r"\W", "_", uuid)
    return cleaned if cleaned.isidentifier() else f"_{cleaned}"


def worker_of(row: dict[str, Any], key: str = "hostname") -> str:
    """The worker's bare name: `w1` of `w1@host`."""
    return str(row.get(key, "")).partition("@")[0]


@dataclass(frozen=True)
class Recording:
    """An experiment with what was recorded."""

    name: str
    experiment: dict[str, Any]
    rows: list[dict[str, Any]]

    @cached_property
    def ids(self) -> set[str]:
        """The ids the experiment gives to its tasks."""
        found: set[str] = set()

        def visit(send: Any) -> None:
            if isinstance(send, dict):
                found.update([send["id"]] if "id" in send else [])
                for value in send.values():
                    visit(value)
            elif isinstance(send, list):
                for item in send:
                    visit(item)

        visit(self.experiment["send"])
        return found

    @cached_property
    def names(self) -> dict[str, str]:
        """By recorded id the name both sides use: beat draws ids, so its tasks count as `<task>#<n>`."""
        drawn: Counter[str] = Counter()
        names = {uuid: identifier(uuid) for uuid in self.ids}
        for row in self.rows:
            if row["source"] == "event" and "uuid" in row and row["uuid"] not in names and "name" in row:
                drawn[row["name"]] += 1
                names[row["uuid"]] = f"{row['name']}#{drawn[row['name']]}"
        return names

    @cached_property
    def happenings(self) -> list[Happening]:
        """The compared events, in the order of their times."""
        return [
            Happening(
                row["t"],
                row["type"],
                worker_of(row),
                self.names.get(row["uuid"], row["uuid"]),
                outcome(row["type"], row),
            )
            for row in self.rows
            if row["source"] == "event" and row["type"] in COMPARED
        ]

    @cached_property
    def executions(self) -> Counter[str]:
        """Number of times that each task's body began, as the bodies wrote it, even while no monitor could see."""
        return Counter(self.names.get(row["uuid"], row["uuid"]) for row in self.rows if row["type"] == "probe-start")

    @property
    def end(self) -> float:
        """End of the observation."""
        return next(
            (row["t"] for row in self.rows if row["type"] == "end-of-observation"),
            float(self.experiment["duration"]),
        )

    @property
    def states(self) -> tuple[float, dict[str, str]]:
        """Time of the last look at the results, and the stored state of each; PENDING if nothing was stored."""
        looked = [row for row in self.rows if row["type"] == "results"]
        return (looked[-1]["t"], looked[-1]["states"]) if looked else (self.end, {})


@cache
def read_recording(name: str) -> Recording:
    """A recording by name, or by its path without the suffix."""
    experiment = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    lines = (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return Recording(Path(name).name, experiment, [json.loads(line) for line in lines])


NAMES = sorted(path.stem for path in DATA.glob("*.yaml"))
"""Every recording here."""
