"""The verdict on a performance: predict once more from its real inputs, and compare with the recording.

Input, and read from the recording, is when workers came online, when something was sent, said or broken; all else is
predicted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, pairwise
from typing import Any

from simulator.engine import simulate
from simulator.engine.chances import Drawn
from simulator.measure.agreement import (
    Happening,
    Tolerance,
    by_task,
    compare,
    matched,
    normalise,
    predicted,
)
from simulator.measure.difference import Mismatch
from simulator.measure.invariants import broken
from simulator.real.performing.application import split_id
from simulator.real.performing.ensemble import Performance, PerformedFault
from simulator.real.performing.luck import match_draws
from simulator.real.performing.plan import Plan
from simulator.real.performing.prepared import Prepared
from simulator.real.performing.reshape import Data, plain_data, rebuilt, shifted
from simulator.real.recording.events import Conversion
from simulator.real.recording.known import Known, KnownWorker
from simulator.scenario import Scenario
from simulator.trace import Header, Trace, as_seconds, to_micros

RACE = 0.03
"""Gap between sends, in seconds, below which a worker may not have polled in between."""
LOOSE = {"message-requeued": ("visibility-timeout", "rejected", "consumer-timeout"), "pool-resized": ("autoscale",)}
"""Events, by their `why`, that make the order of a real run vary."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on a prediction. Both traces have the same clock."""

    prepared: Prepared
    prediction: Trace
    recording: Trace
    held: str
    """`order`, or `invariants` if the order of a real run varies."""
    tolerance: Tolerance
    differences: tuple[Mismatch, ...]
    worst: float | None
    """The largest error of a time in seconds, if the order agrees."""
    ids: frozenset[str]
    alike: dict[str, tuple[str, ...]]
    told: dict[str, int]
    """Unusual outcomes of draws, by name."""
    drawn: tuple[Drawn, ...]
    """All draws of the prediction."""

    @property
    def agrees(self) -> bool:
        """True if there is no difference."""
        return not self.differences

    @property
    def is_race(self) -> bool:
        """True if sends follow so closely, with several workers to go to, that a difference may be chance."""
        times = sorted(send["at"] for send in self.prepared.plan.sends)
        close = any(b - a < RACE for a, b in pairwise(times))
        return close and any(len(group) > 1 for group in self.alike.values())

    @cached_property
    def sides(self) -> tuple[list[Happening], list[Happening]]:
        """Prediction and recording in a common form."""
        ours, theirs = (predicted(trace, self.ids, self.prepared.beats) for trace in (self.prediction, self.recording))
        return normalise(ours, {}) if ours else [], normalise(theirs, self._names) if theirs else []

    @cached_property
    def _names(self) -> dict[str, str]:
        ours, theirs = (predicted(trace, self.ids, self.prepared.beats) for trace in (self.prediction, self.recording))
        return matched(ours, theirs, self.alike)

    @property
    def exchanged(self) -> dict[str, str]:
        """Names of the recording's workers in the prediction, for workers that are alike and were swapped."""
        return {name: other for name, other in self._names.items() if name != other}

    def tasks(self) -> list[tuple[str, list[Happening], list[Happening]]]:
        """Predicted and recorded events of each task, in the order of their first events."""
        mine, real = (by_task(side) for side in self.sides)
        return [(uuid, mine.get(uuid, []), real.get(uuid, [])) for uuid in dict.fromkeys([*mine, *real])]


def judge(prepared: Prepared, performance: Performance) -> Verdict:
    """Compare the prediction with the recording."""
    shift = 0.1 - min([0.0, *(t - performance.start for times in performance.online.values() for t in times)])
    origin = performance.start - shift
    end = performance.end - origin
    data = _as_performed(prepared, performance, shift, end)
    scenario = rebuilt(data, prepared.scenario.name)
    recording = record(prepared, performance, origin, end)
    ids = frozenset(uuid for uuid in prepared.plan.behaviours if not uuid.startswith("beat."))
    beats = prepared.beats
    theirs = predicted(recording, ids, beats)
    names = {e.uuid: e.name for e in recording if e.type == "task-sent"}  # type: ignore[attr-defined]
    tolerance = Tolerance(throttled(prepared.scenario, theirs, names))
    alike = alike_workers(prepared.scenario)
    fallen = match_draws(scenario, lambda trace: compare(predicted(trace, ids, beats), theirs, tolerance, end, alike))
    prediction, found = fallen.trace, fallen.comparison
    ours = predicted(prediction, ids, beats)
    held, differences, worst = "order", found.differences, found.worst
    if differences and (is_loose(prediction) or prepared.plan.transport == "memory"):
        held, worst = "invariants", None
        names = {h.uuid: h.uuid for h in theirs}
        seen = Counter({names.get(uuid, uuid): n for uuid, n in performance.executions.items() if uuid in names})
        for happening in theirs:
            if happening.uuid not in performance.executions and happening.type == "task-started":
                seen[happening.uuid] += 1
        differences = broken(ours, theirs, seen, tolerance, _redelivery_slack(prepared))
    draws = dict(fallen.forced), fallen.drawn
    return Verdict(
        *(prepared, prediction, recording, held, tolerance, tuple(differences), worst, ids, alike, *draws),
    )


def _redelivery_slack(prepared: Prepared) -> float:
    """Seconds by which what is received again may come at another time: on Redis, the interval of sweeps."""
    if prepared.plan.transport == "redis":
        return as_seconds(prepared.scenario.settings.worker_options.restore_interval)
    return 0.0


def _as_performed(prepared: Prepared, performance: Performance, shift: float, end: float) -> Data:
    """The scenario with its real inputs: times at which workers came online and things broke."""
    data = shifted(plain_data(prepared.scenario), shift)
    data["until"] = end
    start = performance.start
    workers: dict[str, Any] = data["workers"] if data.get("workers") else {}
    restarts: dict[str, list[float]] = {}
    for name, times in performance.online.items():
        if name in workers:
            workers[name] = {**workers[name], "starts_at": times[0] - start + shift}
            restarts[name] = [t - start + shift for t in times[1:]]
    faults = data.get("faults") or []
    deployed: list[Data] = []
    for deed in sorted(performance.deeds, key=lambda deed: deed.t):
        fault = dict(faults[deed.fault])
        at = deed.t + shift
        online = next((t for t in restarts.get(deed.hostname, []) if t >= at), None)
        if deed.what == "start" and online is not None:
            at = online
        if "restart" in fault or "rolling" in fault:
            if deed.what == "start" and online is None:
                continue  # it was not online in time
            how = {"how": deed.how} if deed.what == "stop" else {}
            deployed.append({"at": at, deed.what: deed.hostname, **how})
            continue
        fault["at"] = at
        if deed.what == "kill_child" and deed.uuid:
            fault["slot"] = _slot(data, deed, at) or 1
        faults[deed.fault] = fault
    undone = {deed.fault for deed in performance.deeds if deed.what == "nothing"}
    kept = (index not in undone and not {"restart", "rolling"} & {*fault} for index, fault in enumerate(faults))
    faults = [*compress(faults, kept), *(fault for fault in deployed if fault["at"] < end)]
    if prepared.plan.beat and not any(spec["beat"] for spec in prepared.plan.workers.values()):
        began = _beat_start(prepared, performance)
        if began is not None:
            workers = {**workers, "beat": {"beat": True, "queues": ["nothing"], "starts_at": began - start + shift}}
    control = data.get("control") or []
    if len(performance.said) == len(control):
        control = [{**line, "at": t + shift} for line, t in zip(control, performance.said, strict=True)]
    sends = _as_sent(data.get("send") or [], [t + shift for t in performance.sent])
    return {**data, "workers": workers, "faults": faults, "send": sends, "control": control}


def _as_sent(lines: list[Data], times: list[float]) -> list[Data]:
    """Sends at the times they were really made (a busy machine is late); only if each line is one call."""
    if len(times) != len(lines) or any(line.get(key) for line in lines for key in ("every", "count", "burst", "each")):
        return lines
    places = sorted(range(len(lines)), key=lambda place: float(lines[place].get("at") or 0.0))
    late = dict(zip(places, times, strict=True))
    return [{**line, "at": late[place]} for place, line in enumerate(lines)]


def _slot(data: Data, deed: PerformedFault, at: float) -> int | None:
    """The slot that the prediction gives to the task of the killed child."""
    earlier = {**data, "until": at, "faults": [f for f in data.get("faults") or [] if f["at"] < at]}
    slots = [
        e.slot  # type: ignore[attr-defined]
        for e in simulate(rebuilt(earlier, "earlier"))
        if e.type == "task-started" and e.uuid == deed.uuid  # type: ignore[attr-defined]
    ]
    return slots[-1] if slots else None


def _beat_start(prepared: Prepared, performance: Performance) -> float | None:
    """Start of beat: its n-th send of an entry minus n intervals, which may be late and never early."""
    found = []
    for raw in performance.raws:
        entry, _, number = split_id(str(raw.get("uuid", "")))[0].removeprefix("beat.").rpartition(".")
        if raw["type"] == "task-sent" and entry in prepared.plan.beat and not raw.get("retries"):
            found.append(float(raw["timestamp"]) - int(number) * float(prepared.plan.beat[entry]["schedule"]))
    return min(found, default=None)


def record(prepared: Prepared, performance: Performance, origin: float, end: float) -> Trace:
    """Make a trace of the performance: Celery's events, the rest inferred."""
    plan = prepared.plan
    known = known_facts(plan, prepared.trace, prepared.scenario)
    conversion = Conversion(origin, known)
    producers = {call["id"]: "producer" for send in plan.sends for call in [send.get("call")] if call}
    for raw in performance.raws:
        if float(raw["timestamp"]) > performance.end:
            continue
        sender = None
        if raw["type"] == "task-sent" and not raw.get("retries"):
            sender = split_id(str(raw["uuid"]))[1] or producers.get(str(raw["uuid"]))
        conversion.add(raw if sender is None else {**raw, "hostname": sender})
    for deed in performance.deeds:
        if deed.what == "kill":
            conversion.add({"type": "worker-lost", "timestamp": performance.start + deed.t, "hostname": deed.hostname})
    conversion.release()
    scenario = prepared.scenario
    header = Header(
        scenario=scenario.name,
        title=scenario.title,
        profile=scenario.model.profile,
        seed=scenario.model.seed,
        end=max(to_micros(end), max((e.t for e in conversion.events), default=0)),
        stopped="until",
        polls="found",
    )
    return Trace(header, conversion.events)


def alike_workers(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Interchangeable workers: configured alike, and not named by any fault or command. Workers by name."""
    model = scenario.model
    named = {fault.worker for fault in model.faults}
    for line in model.control:
        named |= {getattr(line, line.command)} if isinstance(getattr(line, line.command), str) else set()
        named |= set(line.destination or ())
    groups: dict[str, list[str]] = {}
    for name, spec in model.workers.items():
        own = f"named {name}" if name in named else ""
        groups.setdefault(spec.model_dump_json() + own, []).append(name)
    return {name: tuple(group) for group in groups.values() for name in group}


def is_loose(trace: Trace) -> bool:
    """Return True if the order of a real run varies."""
    return any(getattr(event, "why", "") in LOOSE.get(event.type, ()) for event in trace)


def throttled(
    scenario: Scenario, theirs: Sequence[Happening], names: Mapping[str, str]
) -> tuple[tuple[float, ...], ...]:
    """Times at which each rate limit let a task start; `names`: the tasks' names by id."""
    limited = {name for name, spec in scenario.model.tasks.items() if spec.rate_limit}
    limited |= {line.rate_limit for line in scenario.model.control if line.rate_limit is not None}
    everything = bool(scenario.settings.task_default_rate_limit)
    found: dict[tuple[str, str], list[float]] = {}
    for happening in theirs:
        name = names.get(happening.uuid, happening.uuid.partition("#")[0])
        if happening.type == "task-started" and (everything or name in limited):
            found.setdefault((happening.hostname, name), []).append(happening.t)
    return tuple(tuple(times) for times in found.values())


def known_facts(plan: Plan, trace: Trace, scenario: Scenario) -> Known:
    """Facts that the conversion may assume, since we set everything up ourselves."""
    online = {e.hostname: e for e in trace if e.type == "worker-online"}  # type: ignore[attr-defined]
    workers = {
        name: KnownWorker(e.queues, e.pool, e.concurrency, e.prefetch_count, e.settings)  # type: ignore[attr-defined]
        for name, e in online.items()
    }
    queues = {e.queue: e.arguments for e in trace if e.type == "queue-declared"}  # type: ignore[attr-defined]
    default = scenario.settings.task_acks_late
    late = [n for n, t in scenario.model.tasks.items() if (default if t.acks_late is None else t.acks_late)]
    return Known(workers, queues, late, plan.transport == "redis", plan.prefix)
