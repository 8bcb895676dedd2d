"""A performance of a scenario as a recording: `NAME.yaml` is the scenario, `NAME.jsonl` what a real Celery did.

The first line says when it began and ended, which workers came online when, and what was done to whom; each other line
is one of Celery's events, `t` in seconds after time 0. Names of the stage are left out, so that a recording can be
judged again at any time, by whatever the engine predicts then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.real.performing.ensemble import Performance, PerformedFault
from simulator.real.performing.prepared import Prepared, prepare
from simulator.real.performing.verdict import Verdict, judge
from simulator.scenario import Scenario, parse_scenario

BROKERS = ("celery-redis", "celery-rabbitmq")
"""The profiles with a broker of their own, on which a scenario is performed unless it names another."""
URLS = {
    "celery-redis": "redis://127.0.0.1:6379/0",
    "celery-rabbitmq": "amqp://guest:guest@127.0.0.1:5672//",
    "celery-filesystem": "memory://",
}
"""By profile, the broker on which it is performed; to judge a recording, none has to answer."""
FOLDER = Path(__file__).parent / "scenarios"
SCENARIOS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
"""Every recorded scenario here."""
BEGIN = '{"start":'
"""Beginning of the recording of a scenario."""
FIELDS = ("uuid", "name", "queue", "retries", "eta", "expires", "exception", "requeue", "expired", "terminated")
"""Fields of an event that are kept, besides its type, time and sender."""

Row = dict[str, Any]


def rows_of(prepared: Prepared, performance: Performance) -> list[Row]:
    """The lines of a recording."""
    start, run = performance.start, prepared.plan.run
    header: Row = {"start": round(start, 6), "end": round(performance.end - start, 6)}
    header["online"] = {name: [round(t - start, 6) for t in times] for name, times in performance.online.items()}
    header["deeds"] = [asdict(deed) for deed in performance.deeds]
    header["executions"] = performance.executions
    header |= {"sent": [round(t, 6) for t in performance.sent], "said": [round(t, 6) for t in performance.said]}
    rows = [header]
    for raw in performance.raws:
        if raw["type"] == "worker-heartbeat":
            continue
        kept = {key: raw[key] for key in FIELDS if raw.get(key) not in (None, False, 0)}
        # A process that only sends is called gen<pid>@<host>.
        host = "producer" if str(raw["hostname"]).startswith("gen") else raw["hostname"]
        row = {"t": round(float(raw["timestamp"]) - start, 6), "type": raw["type"], "hostname": host, **kept}
        rows.append(json.loads(json.dumps(row).replace(f"@{run}", "").replace(f"{run}.", "")))
    return rows


def performance_of(rows: Iterable[Row]) -> Performance:
    """The performance that was recorded."""
    header, *events = rows
    start = float(header["start"])
    raws = [{"timestamp": start + row["t"], **row} for row in events]
    online = {name: [start + t for t in times] for name, times in header["online"].items()}
    deeds = [PerformedFault(**deed) for deed in header["deeds"]]
    done = header["executions"], header.get("sent", []), header.get("said", [])
    return Performance(start, start + header["end"], raws, online, deeds, *done)


def judged(scenario: Scenario, rows: Iterable[Row]) -> Verdict:
    """The verdict on a recorded performance."""
    return judge(prepare(scenario, URLS[scenario.model.profile], here=False), performance_of(rows))


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write the lines of a recording."""
    path.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows), encoding="utf-8")


def read_rows(path: Path) -> list[Row]:
    """Read the lines of a recording."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def scenario_path(name: str) -> Path | None:
    """Path of a recorded scenario, by its name, or its path without the suffix; None for an experiment."""
    path = FOLDER / f"{name}.yaml"
    return path if path.exists() and path.with_suffix(".jsonl").read_text(encoding="utf-8").startswith(BEGIN) else None


def judged_file(path: Path) -> Verdict:
    """The verdict on a recording in files: the scenario's, and beside it the one with what happened."""
    scenario = parse_scenario(path.read_text(encoding="utf-8"), file=path.name)
    return judged(scenario, read_rows(path.with_suffix(".jsonl")))
