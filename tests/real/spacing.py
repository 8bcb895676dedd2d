"""Decisions of a run, and whether they are far enough apart that their order is no race."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from simulator.engine import simulate
from simulator.scenario import Scenario, ScenarioError, parse_scenario
from simulator.trace import Trace, as_seconds
from simulator.trace.events import NO_CAUSE

Data = dict[str, Any]

APART = 0.2
"""Seconds between two decisions; hops of a few milliseconds, and what a busy machine adds, do not change the order."""
REACTION = 0.03
"""Seconds within which an event is a reaction to its cause, and no decision of its own."""
QUIET = 0.5
"""Seconds at the end of a run in which nothing happens any more."""
LONGEST = 12.0
"""Seconds that a run may take."""
MAX_EVENTS = 600
ENDS = ("task-succeeded", "task-failed", "task-retried", "task-rejected")
SILENT = {"queue-declared", "worker-heartbeat", "poll", "effect", "result-stored"}
RETIMED = {"at", "countdown", "eta", "expires", "duration", "default_retry_delay", "time_limit", "soft_time_limit",
           "hard", "soft", "message_ttl", "starts_at", "worker_soft_shutdown_timeout"}  # fmt: skip
"""Times that may be changed to move decisions apart."""


def decisions(trace: Trace) -> list[float]:
    """Times at which something happened by itself: an action of a producer, a fault or a timer.

    What is sent at one instant, a group, counts once if it goes into one queue with one priority and one worker waits:
    else it matters how much later each is sent, which a simulation does not know.
    """
    found: list[float] = []
    events: Sequence[Any] = list(trace)
    alone = sum(event.type == "worker-online" for event in events) == 1
    lines: dict[int, set[Any]] = defaultdict(set)
    for event in events:
        if event.type == "task-sent" and event.cause == NO_CAUSE:
            lines[event.t].add((event.queue, event.priority))
    for event in events:
        if event.type in SILENT or (event.type == "worker-online" and event.t == 0):
            continue
        if event.cause == NO_CAUSE or as_seconds(event.t - events[event.cause].t) > REACTION:
            when = as_seconds(event.t)
            is_more = bool(found) and event.type == "task-sent" and event.cause == NO_CAUSE and found[-1] == when
            if not (is_more and alone and len(lines[event.t]) == 1):
                found.append(when)
    return found


def deadlines(trace: Trace, scenario: Scenario) -> int:
    """Number of executions that end or begin so close to a limit that it could have gone either way.

    A time limit that was not reached and an expiry that did not come are no events.
    """
    ending: dict[tuple[str, str], Any] = {}
    expiry: dict[str, int] = {}
    found = 0
    for event in trace:
        at: Any = event
        if event.type == "task-sent":
            expiry[at.uuid] = at.expires
        elif event.type in ("task-started", "task-received", "task-revoked"):
            if expiry.get(at.uuid) is not None:
                found += abs(as_seconds(at.t - expiry[at.uuid])) < APART and event.type != "task-revoked"
            if event.type == "task-started":
                ending[at.hostname, at.uuid] = at
        elif event.type in ENDS and (at.hostname, at.uuid) in ending:
            begun = ending.pop((at.hostname, at.uuid))
            took = as_seconds(at.t - begun.t)
            for limit in _limits(scenario, begun, trace):
                found += abs(took - limit) < APART and (took < limit or _almost_ended(scenario, begun, trace, limit))
    return found


def _almost_ended(scenario: Scenario, begun: Any, trace: Trace, limit: float) -> bool:
    """True if the body would have ended by itself soon after the limit: a slow parent may let it."""
    duration = scenario.model.tasks[_name(begun, trace)].duration
    return duration.kind == "constant" and limit <= duration.numbers[0] < limit + APART


def _name(begun: Any, trace: Trace) -> str:
    return next((e.name for e in trace if e.type == "task-sent" and e.uuid == begun.uuid), "")  # type: ignore[attr-defined]


def _limits(scenario: Scenario, begun: Any, trace: Trace) -> list[float]:
    """The time limits of an execution."""
    name = _name(begun, trace)
    spec, config, control = scenario.model.tasks.get(name), scenario.model.config, scenario.model.control
    own = (spec.time_limit, spec.soft_time_limit) if spec is not None else ()
    said = [limit for line in control if line.time_limit == name for limit in (line.hard, line.soft)]
    return [limit for limit in (*own, config.task_time_limit, config.task_soft_time_limit, *said) if limit]


def closeness(data: Data, trace: Trace) -> int:
    """Number of pairs of decisions that are too close to each other."""
    sends = sorted(float(send["at"]) for send in data["send"])
    return sum(b - a < APART for side in (sends, decisions(trace)) for a, b in pairwise(side))


def with_profile(data: Data, profile: str, *, ends: float | None = None) -> Scenario:
    """The scenario on one broker."""
    more = {} if ends is None else {"until": ends}
    return parse_scenario(json.dumps({**data, "profile": profile, **more}), file="drawn.yaml")


def rehearse(data: Data, profile: str) -> Trace | None:
    """The predicted run; None where there is no such scenario, or it is too long."""
    try:
        trace = simulate(with_profile(data, profile, ends=LONGEST))
    except ScenarioError:
        return None
    return trace if len(trace) < MAX_EVENTS else None


def space_out(data: Data, profiles: Sequence[str], chance: Random, tries: int = 400) -> Data | None:
    """Change times until all decisions are apart on every broker; None where that does not succeed.

    The result has an `until`, some time after the last event.
    """
    best, most = data, _badness(data, profiles)
    for _ in range(tries):
        if most is None:
            return None
        if not most:
            return _ended(best, profiles)
        tried = _retimed(best, chance)
        badness = _badness(tried, profiles)
        if badness is not None and badness <= most:
            best, most = tried, badness
    return None


def _badness(data: Data, profiles: Sequence[str]) -> int | None:
    """Number of pairs that are too close; None if the scenario cannot be played."""
    total = 0
    for profile in profiles:
        trace = rehearse(data, profile)
        if trace is None:
            return None
        total += closeness(data, trace) + deadlines(trace, with_profile(data, profile))
    return total


def _ended(data: Data, profiles: Sequence[str]) -> Data | None:
    last = 0.0
    for profile in profiles:
        trace = rehearse(data, profile)
        if trace is None or not any(event.type == "task-received" for event in trace):
            return None
        last = max([last, *(as_seconds(event.t) for event in trace if event.type not in SILENT)])
    return {**data, "until": round(min(last + QUIET, LONGEST), 2)}


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of the times."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if key in RETIMED and isinstance(inner, int | float) and not isinstance(inner, bool):
            yield (*path, key)
        else:
            yield from _leaves(inner, (*path, key))


def _retimed(data: Data, chance: Random) -> Data:
    """The same with one time changed."""
    copied: Data = json.loads(json.dumps(data))
    path = chance.choice(list(_leaves(copied)))
    place: Any = copied
    for key in path[:-1]:
        place = place[key]
    factor = chance.choice((0.3, 0.6, 1.0))
    place[path[-1]] = round(max(0.05, place[path[-1]] + factor * chance.uniform(-1.0, 1.0)), 2)
    copied["send"].sort(key=lambda send: float(send["at"]))
    return copied
