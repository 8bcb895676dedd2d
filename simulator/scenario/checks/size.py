"""Lower bounds on the size of a run that its file already tells, so that no run begins that must end at a limit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from simulator.scenario.checks.memory import VARIABLE, memory_of
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem
from simulator.scenario.schema import Call, Part, ScenarioFile, Send
from simulator.scenario.source import Path
from simulator.trace.time import to_micros

MANY = 100_000
"""Arrivals of a Poisson process from which on their number is as good as known."""

LEAST = 0.95
"""Share of them that comes at least: at `MANY`, sixteen standard deviations below the mean."""


def find_excess(
    scenario: Scenario, most_events: int, until: int, most_bytes: int = sys.maxsize
) -> tuple[int, Problem] | None:
    """Return the least number of events and the problem of a scenario that is sure to exceed a limit.

    Args:
        scenario: the scenario.
        most_events: the limit on events.
        until: the end of the run in microseconds.
        most_bytes: the limit on memory.
    """
    model = scenario.model
    each = _events_of_message(model)
    events = size = 0
    for path, published, arguments in _published(model, until if each else 0):
        events += each * published
        size += arguments
        memory = memory_of(events, 0, size)
        code = "limit.sure" if events > most_events else "limit.memory" if memory > most_bytes else ""
        if code:
            mark = scenario.source.at(path)
            params: dict[str, object] = {
                "events": f"{events:,}",
                "most": f"{most_events:,}",
                "mb": f"{memory / 1e6:,.0f}",
                "most_mb": f"{most_bytes / 1e6:,.0f}",
                "name": VARIABLE,
            }
            return events, scenario.source.problem(code, mark, **params)
    return None


def _published(model: ScenarioFile, until: int) -> Iterator[tuple[Path, int, int]]:
    """Yield each place that sends, with the messages that it publishes at least, and the bytes of their arguments."""
    for index, send in enumerate(model.send):
        occasions = _occasions(send, until)
        calls = send.each or ([send] if send.task is not None else [])
        yield ("send", index), occasions * _at_once(send), occasions * sum(map(size_of_arguments, calls))
    for name, entry in model.beat_schedule.items():
        # A fault may stop beat; a crontab sends at most once a minute.
        if entry.schedule.interval is not None and model.has_own_beat and not model.faults:
            yield ("beat_schedule", name), (until - 1) // max(1, to_micros(entry.schedule.interval)), 0


def _events_of_message(model: ScenarioFile) -> int:
    """Return the events that every published message has at least; 0 if it is not even sure that one is published."""
    if any(fault.down is not None or fault.slow is not None for fault in model.faults):
        return 0
    may_be_refused = (
        any(queue is not None and queue.max_length is not None for queue in model.queues.values()),
        any(task.lock is not None for task in model.tasks.values()),
        model.config.maxmemory is not None,
    )
    return 1 if any(may_be_refused) else 2


def _occasions(send: Send, until: int) -> int:
    """Return how often a line sends at least before `until`."""
    first = to_micros(send.at if send.at is not None else send.from_ or 0)
    end = min(until, to_micros(send.until)) if send.until is not None else until
    if first >= end or send.commits is not None or send.outbox is not None:
        return 0
    count, interval, occasions = 1, send.interval, send.occasions
    if interval is None:
        count = occasions or 1
    elif interval.kind == "constant":
        count = (end - 1 - first) // max(1, to_micros(interval.numbers[0])) + 1
        if occasions is not None:
            count = min(count, occasions)
    elif interval.kind == "exponential":
        likely = (end - first) / max(1, to_micros(interval.numbers[0]))
        if likely > MANY:
            count = int(LEAST * likely)
        if occasions is not None:
            count = min(count, occasions)
    return count * send.burst


def _at_once(send: Send) -> int:
    """Return how many messages a line publishes at once on each occasion."""
    return len(send.each) if send.each is not None else _first_of(send)


def _first_of(part: Part) -> int:
    if part.task is not None:
        return 1
    if part.chain is not None:
        return _first_of(part.chain[0])
    return sum(map(_first_of, part.chord.header if part.chord is not None else part.group or ()))


def size_of_arguments(call: Call) -> int:
    """Return the bytes that the arguments of each message take at least: those with placeholders are made anew."""
    return sum(map(_size_of, [*call.args, *call.kwargs.values()]))


def _size_of(value: Any) -> int:
    if not _has_placeholder(value):
        return 0
    if isinstance(value, str):
        return 50 + len(value)
    return sum(8 + _size_of(item) for item in _inside(value))


def _has_placeholder(value: Any) -> bool:
    return "{" in value if isinstance(value, str) else any(map(_has_placeholder, _inside(value)))


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list | tuple):
        yield from value
