"""`python -m tests.real.record FILE.yaml ...`: each scenario on each broker, as a recording that `make truth` holds.

A scenario without a profile is recorded on Redis and on RabbitMQ. What is written to `tests/recordings/scenarios` is
the first run of a few that agrees, or none where all differ; then it says how they do.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from simulator.real.words import verdict_lines
from tests.real.perform import perform
from tests.real.spacing import with_profile
from tests.recordings.performed import BROKERS, FOLDER, judged, write_rows


def record(path: Path, runs: int, *, anyway: bool) -> bool:
    """Record a scenario; whether it agreed on every broker."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    profile = data.pop("profile", None)
    good = True
    for broker in [profile] if profile else BROKERS:
        tried = []
        for _ in range(runs):
            rows = perform(data, broker)
            verdict = judged(with_profile(data, broker), rows)
            tried.append((not verdict.agrees, verdict.worst or 0.0, rows, verdict))
            if verdict.agrees:
                break
        differs, worst, rows, verdict = min(tried, key=lambda one: one[:2])
        name = f"{path.stem}_{broker.removeprefix('celery-')}"
        print(f"{name}: {'differs' if differs else f'agrees, {worst:.3f} s'}")
        if differs:
            print("\n".join(verdict_lines(verdict, "en")))
        if anyway or not differs:
            comments = "".join(f"{line}\n" for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == "#")
            text = yaml.safe_dump({"profile": broker, **data}, sort_keys=False, width=110, default_flow_style=None)
            (FOLDER / f"{name}.yaml").write_text(comments + text, encoding="utf-8")
            write_rows(FOLDER / f"{name}.jsonl", rows)
        good = good and not differs
    return good


def main(words: list[str]) -> int:
    """Record each."""
    parser = argparse.ArgumentParser(prog="python -m tests.real.record", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often it is tried")
    parser.add_argument("--anyway", action="store_true", help="write it where it differs, too")
    parser.add_argument("files", nargs="+", type=Path)
    asked = parser.parse_args(words)
    good = [record(file, asked.runs, anyway=asked.anyway) for file in asked.files]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
