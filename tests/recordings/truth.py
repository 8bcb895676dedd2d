"""The verdict on each recording: does the prediction agree?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from simulator.measure.agreement import TOLERANCE, compare, normalise, predicted
from simulator.real.performing.luck import MatchedRun, match_draws
from simulator.scenario import Scenario, ScenarioError
from simulator.story.problems.errors import format_problem
from simulator.story.report.agreement_words import difference_line
from simulator.trace import Trace, as_seconds
from tests.recordings.convert import as_scenario, started_at
from tests.recordings.experiment import NAMES, Recording, identifier, read_recording
from tests.recordings.held import held_as, tolerance_of
from tests.recordings.invariants import broken
from tests.recordings.performed import SCENARIOS, judged_file, scenario_path

ALL = sorted([*NAMES, *SCENARIOS])
"""Every recording here: of an experiment, or of a scenario."""
INTERNAL = ("unacked", "_kombu", "celeryev", "celery.pidbox")


@dataclass(frozen=True)
class Verdict:
    """The verdict on one recording."""

    name: str
    held: str
    differences: tuple[str, ...]
    worst: float | None
    """The worst error of a predicted time in seconds, where the order agrees."""
    told: int = 0
    """Number of draws with an unusual outcome."""

    @property
    def agrees(self) -> bool:
        """True if there is no difference."""
        return not self.differences


@cache
def verdict(name: str) -> Verdict:
    """Predict a recorded experiment, or a recorded scenario, and hold the prediction against what happened."""
    path = scenario_path(name)
    if path is not None:
        return _verdict_on_scenario(path)
    recording = read_recording(name)
    name = recording.name
    try:
        scenario = as_scenario(recording)
    except ScenarioError as refused:
        reason = format_problem(refused.problems[0], "en").splitlines()[0]
        reason = reason.partition(": ")[2]
        return Verdict(name, held_as(recording), (f"refused: {reason}",), None)
    fallen = closest(recording, scenario)
    ids, tolerance = set(recording.names.values()), tolerance_of(recording)
    trace, differences, worst = fallen.trace, fallen.comparison.differences, fallen.comparison.worst
    if held_as(recording) != "order":
        differences, worst = broken(predicted(trace, ids), recording, tolerance), _first_receives(trace, recording)
    said = [difference_line(difference).text("en") for difference in differences]
    more = [*_states(trace, recording), *_ready(trace, recording)]
    return Verdict(name, held_as(recording), (*said, *more), worst, len(fallen.forced))


def closest(recording: Recording, scenario: Scenario) -> MatchedRun:
    """The prediction with its draws as they fell."""
    ids, theirs, tolerance = set(recording.names.values()), recording.happenings, tolerance_of(recording)
    return match_draws(scenario, lambda trace: compare(predicted(trace, ids), theirs, tolerance, recording.end))


def _verdict_on_scenario(path: Path) -> Verdict:
    found = judged_file(path)
    said = tuple(difference_line(difference).text("en") for difference in found.differences)
    return Verdict(path.stem, found.held, said, found.worst, len(found.told))


def _first_receives(trace: Trace, recording: Recording) -> float:
    """The worst error of the times at which tasks were first received: told, not judged, where order is not held."""
    times: list[dict[str, float]] = []
    for side in (predicted(trace, set(recording.names.values())), recording.happenings):
        first: dict[str, float] = {}
        for happening in normalise(side) if side else []:
            if happening.type == "task-received":
                first.setdefault(happening.uuid, happening.t)
        times.append(first)
    return max((abs(times[0][uuid] - times[1][uuid]) for uuid in times[0].keys() & times[1].keys()), default=0.0)


def _states(trace: Trace, recording: Recording) -> list[str]:
    """The stored states where the harness looked at results."""
    looked, states = recording.states
    stored: dict[str, str] = {}
    for event in trace:
        if event.type == "result-stored" and as_seconds(event.t) <= looked - started_at(recording):
            stored[event.uuid] = event.state  # type: ignore[attr-defined]
    return [
        f"{uuid}: predicted state {stored.get(identifier(uuid), 'PENDING')}, recorded {state}"
        for uuid, state in states.items()
        if stored.get(identifier(uuid), "PENDING") != state
    ]


def _ready(trace: Trace, recording: Recording) -> list[str]:
    """Differences in the ready messages of a queue, at the times at which the harness looked, within the tolerance."""
    wrong = []
    for row in recording.rows:
        if row["type"] != "broker-snapshot":
            continue
        seen: dict[str, int] = defaultdict(int)
        for key, value in row["state"].items():
            if not key.startswith(INTERNAL):
                queue = key.partition("<sep>")[0].partition("\x06")[0]
                seen[queue] += value["ready"] if isinstance(value, dict) else value
        at = row["t"] - started_at(recording)
        moments = _lengths(trace, at - TOLERANCE, at + TOLERANCE)
        for queue in sorted({*seen, *moments}):
            if seen[queue] not in (found := moments.get(queue, {0})):
                ready = " or ".join(map(str, sorted(found)))
                wrong.append(f"queue {queue}: predicted {ready} ready at {row['t']:.2f}, recorded {seen[queue]}")
    return wrong


def _lengths(trace: Trace, begin: float, end: float) -> dict[str, set[int]]:
    """By queue, how many ready messages it had from `begin` to `end` (scenario time)."""
    length: dict[str, int] = defaultdict(int)
    during: dict[str, set[int]] = {}
    for event in trace:
        t = as_seconds(event.t)
        if t > end:
            break
        if t >= begin and not during:
            during = {queue: {n} for queue, n in length.items()}
        queue = getattr(event, "queue", "")
        if event.type in ("message-queued", "message-requeued", "message-dead-lettered"):
            length[queue] += 1
        elif event.type == "message-delivered" or (event.type == "message-dropped" and not event.delivery_tag):  # type: ignore[attr-defined]
            length[queue] -= 1
        if event.type == "message-dead-lettered" and event.source and not event.delivery_tag:  # type: ignore[attr-defined]
            length[event.source] -= 1  # type: ignore[attr-defined]
        if t >= begin and queue:
            during.setdefault(queue, set()).add(length[queue])
    return during or {queue: {n} for queue, n in length.items()}
