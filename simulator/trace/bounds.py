"""Bounds on what a trace's events and header may hold: counts, times, memory, nesting, and the settings we know.

Whoever shows or folds a trace that keeps them need not ask whether a number is finite or a setting has its type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import starmap
from typing import Any

from simulator.trace.rates import parse_rate
from simulator.trace.time import MICROS, NEVER, to_micros
from simulator.trace.trace import Header

MOST = 10**15
"""Upper bound of numbers that count or identify something, as of the numbers in a scenario."""
SLOTS = 10_000
"""Upper bound of the slots of a pool; a scenario may ask for 1,000 of a worker."""
ALL_SLOTS = 3_000_000
"""Upper bound of the slots of all lives of all workers: a scenario's 2,000 of 1,000 each, and half as many again.
A fold makes each of them."""
SECONDS = 1e9
"""Upper bound of times, in seconds, as in a scenario."""
LATEST = to_micros(SECONDS)
"""The same in microseconds."""
MEGABYTES = 1e9
"""Upper bound of a process's memory."""
LONGEST_NUMBER = 30
"""Characters of a number that a problem shows."""
DEPTH = 20
"""Upper bound of the nesting of arguments, results and settings."""

_PLAIN = frozenset({str, int, float, bool, type(None)})


class Violation(Exception):
    """A rule of traces that an event breaks: `code` and `params` say which."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep code and parameters."""
        super().__init__(code, params)
        self.code = code
        self.params = params


def beyond(field: str, value: float) -> Violation:
    """Return the violation of a field whose value is out of its bounds; a very long number is cut."""
    text = str(value)
    return Violation(
        "trace.bound", field=field, value=text if len(text) <= LONGEST_NUMBER else f"{text[:LONGEST_NUMBER]}…"
    )


# -- numbers ----------------------------------------------------------------------------------------------------


def check_count(field: str, value: int) -> None:
    """Refuse a number below 0 or above `MOST`."""
    if not 0 <= value <= MOST:
        raise beyond(field, value)


def check_size(field: str, value: int) -> None:
    """Refuse a number of slots, or a slot, that no pool has."""
    if not 0 <= value <= SLOTS:
        raise beyond(field, value)


def check_memory(value: float) -> None:
    """Refuse megabytes that no process takes, and what is not a number."""
    if not 0 <= value <= MEGABYTES:
        raise beyond("memory", value)


def check_moment(field: str, value: int) -> None:
    """Refuse a time or a span that is out of reach, in microseconds; before the run may be."""
    if not -NEVER <= value <= NEVER:
        raise beyond(field, value / MICROS if abs(value) < 10 * NEVER else value // MICROS)


# -- values -----------------------------------------------------------------------------------------------------


def check_value(field: str, value: Any) -> None:
    """Refuse a value that is nested too deeply."""
    if type(value) not in _PLAIN and _depth(value) > DEPTH:
        raise Violation("trace.nesting", field=field, most=DEPTH)


def _depth(value: Any) -> int:
    """Return how deeply a value is nested, or just more than `DEPTH`: 0 for a plain one."""
    level, depth = [value], -1
    while level and depth <= DEPTH:
        depth += 1
        level = [inner for outer in level for inner in _inside(outer)]
    return depth


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def check_call(event: Any) -> None:
    """Refuse arguments, a number of retries or a priority that no message carries."""
    for value in event.args:
        if type(value) not in _PLAIN:
            check_value("args", value)
    if event.kwargs:
        check_value("kwargs", event.kwargs)
    if event.retries:
        check_count("retries", event.retries)
    if event.eta is not None:
        check_moment("eta", event.eta)
    if event.expires is not None:
        check_moment("expires", event.expires)


# -- header -----------------------------------------------------------------------------------------------------


def check_header(header: Header) -> None:
    """Refuse a header whose times, counts, traits or unsent parts no run has."""
    if not 0 <= header.end <= LATEST:
        raise Violation("trace.time")
    for tasks in header.tasks.values():
        _check(tasks, TRAITS)
    for count in header.silent_polls.values():
        check_count("silent_polls", count)
    for seconds in header.returns.values():
        if not _is_seconds(seconds):
            raise Violation("trace.value", field="returns")
    if header.recorded:
        _check(header.recorded, RECORDED)
    _check_waits(header.unsent)


def check_end(end: float, recorded: Mapping[str, Any], last: int) -> None:
    """Refuse the end line of a recording that ends before its last event, at `last` microseconds."""
    if not _is_seconds(end):
        raise Violation("trace.time")
    if to_micros(end) < last:
        raise Violation("trace.end")
    _check(recorded, RECORDED)


def _check_waits(waits: Mapping[str, list[str]]) -> None:
    """Refuse parts of canvases that wait for each other in a circle."""
    open_parts = {part: {one for one in needed if one in waits} for part, needed in waits.items()}
    wanted: dict[str, list[str]] = {}
    for part, needed in open_parts.items():
        for one in needed:
            wanted.setdefault(one, []).append(part)
    free = [part for part, needed in open_parts.items() if not needed]
    done = 0
    while free:
        done += 1
        one = free.pop()
        for part in wanted.get(one, ()):
            open_parts[part].discard(one)
            if not open_parts[part]:
                free.append(part)
    if done < len(waits):
        raise Violation("trace.value", field="unsent")


# -- settings ---------------------------------------------------------------------------------------------------


def _is_number(value: Any, most: float = MOST, least: float = 0) -> bool:
    return type(value) in (int, float) and least <= value <= most


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST


def _is_seconds(value: Any) -> bool:
    return _is_number(value, SECONDS)


def _is_flag(value: Any) -> bool:
    return type(value) is bool


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_names(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_text, value))


def _is_rate(value: Any) -> bool:
    try:
        return math.isfinite(parse_rate(value))
    except ValueError:
        return False


def _is_note(name: str, value: Any) -> bool:
    """Accept a count, and for the `clocks` the seconds of each host."""
    if name == "clocks":
        return isinstance(value, Mapping) and all(_is_number(one, least=-MOST) for one in value.values())
    return _is_count(value)


def _is_asked(asked: Mapping[str, Any]) -> bool:
    """Accept what workers said: settings of groups of workers, attributes of tasks, counts of priorities by task."""
    groups, tasks, seen = asked.get("conf", []), asked.get("tasks", {}), asked.get("priorities", {})
    return (
        isinstance(groups, list)
        and all(isinstance(one, Mapping) and _is_names(one.get("workers")) for one in groups)
        and all(isinstance(one.get("settings"), Mapping) for one in groups)
        and all(
            isinstance(of, Mapping) and all(isinstance(one, Mapping) for one in of.values()) for of in (tasks, seen)
        )
        and all(
            key.isdecimal() and len(key) < 4 and _is_count(n) and n for one in seen.values() for key, n in one.items()
        )
    )


def _or_none(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or test(value)


def _pair_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list | tuple) and len(value) == 2 and all(map(test, value))


Tests = Mapping[str, Callable[[Any], bool]]

SETTINGS: Tests = {
    "autoscale": _pair_of(_is_count),
    "max_tasks_per_child": _or_none(_is_count),
    "memory": lambda value: _is_number(value, MEGABYTES),
    "phase": _or_none(_is_seconds),
    "polling_interval": _or_none(_is_seconds),
    "startup_drain": _is_flag,
    "static_window": _is_flag,
    "task_acks_late": _is_flag,
    "transport": _is_text,
    "worker_disable_prefetch": _is_flag,
    "worker_disable_rate_limits": _is_flag,
    "worker_eta_task_limit": _or_none(_is_count),
}
"""Settings of a worker that this program reads, each with its test."""

CHANGES: Tests = {
    "autoscale": _pair_of(_or_none(_is_count)),
    "breaker": lambda value: value in ("open", "closed"),
    "capacity": _or_none(_is_count),
    "connection": lambda value: value in ("lost", "restored"),
    "down": _or_none(_is_text),
    "latency": lambda value: _is_number(value, SECONDS),
    "pool_grow": _is_count,
    "pool_shrink": _is_count,
    "queues": _is_names,
    "rate_limit": _is_rate,
    "replicas": _is_count,
    "revoke": lambda value: _is_text(value) or _is_names(value),
    "shutdown": _is_text,
    "time_limit": _pair_of(_or_none(_is_seconds)),
    "unacked_mutex": _is_seconds,
}
"""Changes of settings that this program reads, by the first word of their names."""

TRAITS: Tests = {
    "calls": _is_text,
    "effect_at": lambda value: _is_number(value, 1),
    "gets": _is_names,
    "idempotent": lambda value: _is_flag(value) or value == "args",
    "rate_limit": _is_rate,
}
"""Traits of a task type in the header that this program reads."""

RECORDED: Tests = {
    "asked": lambda value: isinstance(value, Mapping) and _is_asked(value),
    "notes": lambda value: isinstance(value, Mapping) and all(starmap(_is_note, value.items())),
    "since": lambda value: _is_number(value, 1e11),
}
"""Facts in the header of a recording."""


def check_settings(settings: Mapping[str, Any]) -> None:
    """Refuse a worker's settings that have another type than ours."""
    _check(settings, SETTINGS)


def check_arguments(arguments: Mapping[str, Any]) -> None:
    """Refuse arguments of a queue that are nested too deeply."""
    _check(arguments, {})


def check_change(setting: str, value: Any) -> None:
    """Refuse a change to a value that the setting cannot have."""
    _check({setting.partition(".")[0]: value}, CHANGES)


def _check(given: Mapping[str, Any], tests: Tests) -> None:
    for name, value in given.items():
        test = tests.get(name)
        if test is not None and not test(value):
            raise Violation("trace.value", field=name)
        check_value(name, value)
