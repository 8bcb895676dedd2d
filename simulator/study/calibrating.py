"""Runs of a model over the time of the recording that it was made of, for the comparison with it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from simulator.engine import simulate
from simulator.measure.calibration import FEW, Calibration, calibrate
from simulator.scenario import Edit, Scenario
from simulator.scenario.recorded import arrivals_of, lines_of
from simulator.trace import Trace, as_seconds
from simulator.trace import events as ev

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
    return calibrate(recorded, play(), other_arrivals=other, advise=lambda found: _advice(found, recorded))


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
