"""Runs of a model over the time of the recording that it was made of, for the comparison with it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from simulator.engine import simulate
from simulator.measure.calibration import FEW, Calibration, PartName, calibrate
from simulator.scenario import Edit, Scenario
from simulator.scenario.recorded import arrivals_of, lines_of
from simulator.scenario.values.paths import join_path
from simulator.trace import Trace, as_seconds
from simulator.trace import events as ev
from simulator.world.lives import lives_of

TRIED = 5
"""Runs with each part of the recording in place of the model's own."""

RUNS = 20
"""Runs of the model, each with a seed of its own, unless asked for more."""


def calibrate_model(
    recorded: Trace, scenario: Scenario, runs: int = RUNS, tell: Callable[[int], None] = lambda _: None
) -> Calibration:
    """Play a model with the recorded arrivals and compare it with the recording.

    Args:
        recorded: the recording.
        scenario: its model.
        runs: how many, at least two.
        tell: called with the number of runs that are done.

    Raises:
        ScenarioError: the model cannot be played.
        LimitReached: a run made too many events.
    """
    arrivals = arrivals_of(recorded)
    played = scenario.edited(
        Edit("send", lines_of(arrivals, recorded.end)),
        *([Edit("beat_schedule", {})] if scenario.model.beat_schedule else ()),
        Edit("until", as_seconds(recorded.end)),
    )

    def play() -> Iterator[Trace]:
        for number in range(runs):
            yield simulate(played.seeded(scenario.model.seed + number))
            tell(number + 1)

    other = _other_arrivals(Counter(one.task for one in arrivals), scenario, as_seconds(recorded.end))
    return calibrate(
        recorded,
        play(),
        other_arrivals=other,
        substitute=lambda: _substituted(recorded, played),
        advise=lambda found: _advice(found, recorded),
    )


def _substituted(recorded: Trace, played: Scenario) -> dict[PartName, Iterator[Trace]]:
    """Play the model, whose arrivals are the recorded ones already, with recorded durations, and with recorded retries.

    Durations are those of each type, in the order of its calls; of retries, the share of runs that ended in one.
    """
    durations: dict[str, list[float]] = {}
    runs: Counter[str] = Counter()
    retried: Counter[str] = Counter()
    for task in lives_of(recorded).tasks.values():
        ended = [run for run in task.runs if run.end is not None and not recorded[run.start_index].inferred]
        durations.setdefault(task.name, []).extend(as_seconds(run.end - run.start) for run in ended[:1] if run.end)
        runs[task.name] += len(ended)
        retried[task.name] += sum(run.outcome == "retried" for run in ended)
    known = played.model.tasks
    edits: dict[PartName, list[Edit]] = {
        "durations": [
            Edit(join_path(("tasks", name, "duration")), {"list": listed})
            for name, listed in durations.items()
            if name in known and listed
        ],
        "retries": [
            Edit(join_path(("tasks", name, "raises")), {error: retried[name] / runs[name]})
            for name, task in known.items()
            if runs[name] and isinstance(task.raises, dict) and len(task.raises) == 1
            for error in task.raises
        ],
    }
    return {part: _seeded(played.edited(*changes), TRIED) for part, changes in edits.items() if changes}


def _seeded(scenario: Scenario, runs: int) -> Iterator[Trace]:
    for number in range(runs):
        yield simulate(scenario.seeded(scenario.model.seed + number))


def _other_arrivals(recorded: Counter[str], scenario: Scenario, end: float) -> tuple[str, ...]:
    """Types of which the model itself sends clearly more or fewer: 3 standard deviations of a Poisson count."""
    own = Counter(one.task for one in arrivals_of(simulate(scenario.edited(Edit("until", end)))))
    return tuple(
        name
        for name in sorted({*recorded, *own})
        if abs(own[name] - recorded[name]) > 3 * math.sqrt(recorded[name] + own[name])
    )


def _advice(found: Calibration, recorded: Trace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Say what to measure or set next, most telling first."""
    if not found.sent_told:
        yield "sent", {}
    if recorded.header.recorded and not recorded.header.recorded.get("asked"):
        yield "asked", {}
    prioritised = any(isinstance(event, ev.QueueDeclared) and "x-max-priority" in event.arguments for event in recorded)
    if prioritised and recorded.header.recorded and "priorities" not in (recorded.header.recorded.get("asked") or {}):
        yield "priorities", {}
    for part in found.parts:
        if part.state == "differ":
            yield part.name, {"among": ", ".join(part.among)}
    if found.too_few:
        fewest = min(facet.recorded.count for facet in found.too_few)
        yield "longer", {"names": ", ".join(facet.name for facet in found.too_few), "count": fewest, "least": FEW}
    if found.vague:
        yield "vague", {"names": ", ".join(facet.name for facet in found.vague)}
