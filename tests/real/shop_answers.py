"""What the shop's model answers, given before, and what the shop then really does.

`python -m tests.real.shop_answers FOLDER` records a normal day on each broker, makes its model, writes down the model's
answers to four questions, then does to the real shop what was asked, and prints both as a table. It takes 20 minutes,
and a machine that is not busy.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from simulator.engine import simulate
from simulator.export import scenario_from_recording, scenario_text
from simulator.measure.calibration import CLOSE, FEW, INSTANT, observe, points
from simulator.measure.load import load_of
from simulator.scenario import Edit, Problem, Scenario, load_scenario
from simulator.story.run import read_run
from simulator.study.calibrating import calibrate_model
from simulator.study.grid import scale_arrivals
from tests.real.shop_runs import BROKERS

NORMAL = ("base", ["--seconds", "90"])
ASKED: dict[str, tuple[list[str], float]] = {
    "kill": (["--seconds", "60", "--kill", "w1@20", "--start", "w1@35"], 65),
    "double": (["--seconds", "60", "--load", "2"], 65),
    "rolling": (["--seconds", "60", "--restart", "w1@15", "--restart", "w2@25", "--restart", "w3@35"], 65),
    "outage": (["--seconds", "80", "--after", "15", "--outage", "20+30"], 95),
}
"""By question: what is done to the shop, and seconds until its end."""

SEEDS = range(1, 21)
SPREAD = 0.05
"""Seconds by which the outage is longer from seed to seed: it is asked for 30 s, give or take 0.5. No one says
to a tenth how long an outage will last, and workers try again after 30 s and after 42 s."""


@dataclass(frozen=True)
class Answer:
    """Waits of one type in seconds: the model's mean over its runs, median p95, and least and largest p95."""

    mean: float
    p95: float
    low: float
    high: float


def edits_for(asked: str, scenario: Scenario, seed: int) -> list[Edit]:
    """The changes of the model that a question stands for; the recording begins a second before the customers come."""
    match asked:
        case "kill":
            faults: list[dict[str, Any]] = [{"at": 21, "kill": "w1"}, {"at": 38, "start": "w1"}]
        case "rolling":
            faults = [{"at": at, "restart": name, "start_up": 3} for at, name in ((16, "w1"), (26, "w2"), (36, "w3"))]
        case "outage":
            length = 30 + SPREAD * (seed - median(SEEDS))
            faults = [{"at": 21, "down": "broker", "for": round(length, 3)}]
        case _:
            return scale_arrivals(scenario, 2)
    return [Edit("faults", fault, append=True) for fault in faults]


def answers_of(scenario: Scenario, asked: str) -> tuple[dict[str, Answer], dict[str, str]]:
    """The model's waits by type and its verdict by queues, over its runs."""
    seen, verdicts = [], []
    for seed in SEEDS:
        changed = scenario.edited(*edits_for(asked, scenario, seed), Edit("until", ASKED[asked][1] + 1))
        trace = simulate(changed.seeded(seed))
        seen.append(observe(trace))
        verdicts.append({", ".join(load.queues): load.verdict for load in load_of(trace)})
    found = {}
    for name in sorted(scenario.model.tasks):
        runs = [
            points(sorted(run.samples["wait", "type", name])) for run in seen if ("wait", "type", name) in run.samples
        ]
        highs = [run.p95 for run in runs]
        found[name] = Answer(fmean(run.mean for run in runs), median(highs), min(highs), max(highs))
    each = {queues: [one.get(queues, "") for one in verdicts] for queues in verdicts[0]}
    return found, {queues: max(set(said), key=said.count) for queues, said in each.items()}


def waits_of(folder: Path, end: float) -> dict[str, list[float]]:
    """Waits by type in the shop's own log, in ascending order; what has not started counts with its wait so far."""
    begun = json.loads((folder / "about.json").read_text(encoding="utf-8"))["begun"]
    lines = [json.loads(line) for line in (folder / "shop.jsonl").read_text(encoding="utf-8").splitlines()]
    started: dict[str, float] = {}
    for line in sorted(lines, key=lambda line: line["t"]):
        if line["what"] == "start":
            started.setdefault(line["id"], line["t"])
    found: dict[str, list[float]] = {}
    for line in lines:
        if line["what"] == "publish" and not line["retries"] and line["t"] < begun + end:
            wait = min(started.get(line["id"], math.inf), begun + end) - line["t"]
            found.setdefault(line["name"], []).append(max(0.0, wait))
    return {name: sorted(waits) for name, waits in found.items()}


def model_of(folder: Path) -> Scenario:
    """Make the model of the recorded normal day, and return it as it is read from its file."""
    recorded = read_run(str(folder / "run.jsonl"))
    text = scenario_text(scenario_from_recording(recorded, "run.jsonl"), Problem("recording.origin"))
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    return load_scenario(folder / "model.yaml")


def write_answers(folder: Path, file: Path) -> None:
    """Make the model of the normal day in a folder and write its answers to all questions, before anything is done."""
    scenario = model_of(folder)
    calibrated = calibrate_model(read_run(str(folder / "run.jsonl")), scenario)
    said: dict[str, Any] = {"trusted": [facet.name for facet in calibrated.good], "answers": {}}
    for asked in ASKED:
        answers, verdicts = answers_of(scenario, asked)
        said["answers"][asked] = {"waits": {name: asdict(one) for name, one in answers.items()}, "verdicts": verdicts}
    file.write_text(json.dumps(said, indent=1), encoding="utf-8")


def rows_of(broker: str, folder: Path) -> Iterator[list[str]]:
    """Rows of the table: real and simulated waits for each question and type, and whether its workers keep up."""
    said = json.loads((folder / f"{broker}-answers.json").read_text(encoding="utf-8"))
    for asked, (_, end) in ASKED.items():
        place, answered = folder / f"{broker}-{asked}", said["answers"][asked]
        happened = {", ".join(load.queues): load.verdict for load in load_of(read_run(str(place / "run.jsonl")))}
        real = waits_of(place, end)
        for queues, verdict in sorted(answered["verdicts"].items()):
            shown = happened.get(queues, "?")
            yield [broker, asked, queues, "", "", "", shown, verdict, "", "right" if shown == verdict else "wrong"]
        for name, numbers in answered["waits"].items():
            if name in real:
                seen, answer = points(real[name]), Answer(**numbers)
                warned = "" if name in said["trusted"] else ", warned"
                held = "few" if seen.count < FEW else _held(seen.p95, answer) + warned
                shown_numbers = [seen.mean, answer.mean, seen.p95, answer.p95]
                band = f"{answer.low:.2f} to {answer.high:.2f}"
                yield [broker, asked, name, str(seen.count), *(f"{one:.2f}" for one in shown_numbers), band, held]


def _held(real: float, answer: Answer) -> str:
    if abs(answer.p95 - real) <= max(INSTANT, CLOSE * real):
        return "within 20 %"
    return "in the band" if answer.low <= real <= answer.high else "off"


def main() -> None:
    """Do all that is not there yet, and print the table."""
    folder = Path(sys.argv[1])
    for broker in BROKERS:
        for asked, words in (NORMAL, *((asked, words) for asked, (words, _) in ASKED.items())):
            place = folder / f"{broker}-{asked}"
            if not (place / "about.json").exists():
                run = [sys.executable, "-m", "tests.real.shop_runs", broker, str(place), "--tells-sent", *words]
                subprocess.run(run, check=True)
            answers = folder / f"{broker}-answers.json"
            if asked == NORMAL[0] and not answers.exists():
                write_answers(place, answers)
    head = ["broker", "question", "of", "count", "mean real", "model", "p95 real", "model", "its runs", "held"]
    rows = [head, ["---"] * len(head), *(row for broker in BROKERS for row in rows_of(broker, folder))]
    sys.stdout.writelines(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    main()
