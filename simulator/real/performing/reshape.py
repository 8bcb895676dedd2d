"""Scenarios on another clock: all times scaled or shifted, and everything left out that a run does not need."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from simulator.scenario import Scenario, parse_scenario
from simulator.trace.rates import parse_rate

Data = dict[str, Any]

DESCRIPTIVE = {"variants", "goals", "ask", "say", "chapters", "knobs", "exercise", "extends", "id"}
"""Sections that explain a run without affecting it."""
CALL = {"countdown", "eta", "expires"}
SEND = {"at", "from", "until", "every", *CALL}
TASK = {"duration", "time_limit", "soft_time_limit", "expires", "default_retry_delay"}
CONFIG = {
    *("task_time_limit", "task_soft_time_limit", "worker_soft_shutdown_timeout"),
    *("result_chord_retry_interval", "consumer_timeout", "channel_tick_interval"),
}
OPTIONS = {"polling_interval", "visibility_timeout", "unacked_restore_interval", "brpop_timeout"}
FAULT = {"at", "for", "until", "latency", "every", "grace", "start_up"}
CONTROL = {"at", "soft", "hard"}
SHORTEST = 0.000001
"""Least value, in seconds, of times that must not be 0."""


def plain_data(scenario: Scenario) -> Data:
    """The parts of a scenario that affect its run, as plain data in the file's form."""
    return {key: value for key, value in scenario.data.items() if key not in DESCRIPTIVE}


def rebuilt(data: Data, name: str) -> Scenario:
    """Build a scenario from data; raises `ScenarioError`."""
    return parse_scenario(json.dumps(_rounded(data)), file=f"{name}.yaml")


def scaled(data: Data, factor: float) -> Data:
    """Scale all times by `factor`, except Celery's own constants and `retry_backoff`, which is whole seconds."""

    def times(value: Any) -> Any:
        return _quantity(value, factor)

    found = _section(data, {"until"}, times)
    found["send"] = [_send(line, SEND, times) for line in data.get("send") or []]
    found["tasks"] = {name: _task(spec, times, factor) for name, spec in (data.get("tasks") or {}).items()}
    found["workers"] = _each(data.get("workers"), {"starts_at"}, times)
    for worker in found["workers"].values():
        if worker.get("broker_transport_options"):
            worker["broker_transport_options"] = _section(worker["broker_transport_options"], OPTIONS, times)
    found["services"] = _each(data.get("services"), {"latency"}, times)
    found["queues"] = _each(data.get("queues"), {"message_ttl", "consumer_timeout"}, times)
    config = _section(data.get("config") or {}, CONFIG, times)
    if "broker_transport_options" in config:
        config["broker_transport_options"] = _section(config["broker_transport_options"], OPTIONS, times)
    found["config"] = _rated(config, "task_default_rate_limit", factor)
    found["faults"] = [_section(line, FAULT, times) for line in data.get("faults") or []]
    found["control"] = [_rated(_section(line, CONTROL, times), "rate", factor) for line in data.get("control") or []]
    found["beat_schedule"] = {name: _beat(spec, times) for name, spec in (data.get("beat_schedule") or {}).items()}
    return _without_nothing(found, data)


def shifted(data: Data, seconds: float) -> Data:
    """Shift everything by `seconds`, to make room for something before it."""

    def later(value: Any) -> Any:
        return value + seconds

    found = _section(data, {"until"}, later)
    found["send"] = [_later_send(line, seconds) for line in data.get("send") or []]
    found["faults"] = [_section(line, {"at", "until"}, later) for line in data.get("faults") or []]
    found["control"] = [_section(line, {"at"}, later) for line in data.get("control") or []]
    found["workers"] = {
        name: {**(spec or {}), "starts_at": (spec or {}).get("starts_at", 0) + seconds}
        for name, spec in (data.get("workers") or {}).items()
    }
    return _without_nothing(found, data)


def _without_nothing(found: Data, data: Data) -> Data:
    return {key: value for key, value in found.items() if value or key in data}


def _section(section: Mapping[str, Any], keys: set[str], change: Callable[[Any], Any]) -> Data:
    return {key: change(value) if key in keys and value is not None else value for key, value in section.items()}


def _each(sections: Any, keys: set[str], change: Callable[[Any], Any]) -> Data:
    return {name: _section(spec or {}, keys, change) for name, spec in (sections or {}).items()}


def _send(line: Data, keys: set[str], change: Callable[[Any], Any]) -> Data:
    """A line under `send`, with all parts of its canvas."""
    found = _section(line, keys, change)
    for key in ("each", "chain", "group"):
        if found.get(key) is not None:
            found[key] = [_send(part, keys & CALL, change) for part in found[key]]
    if found.get("chord") is not None:
        chord = found["chord"]
        header = [_send(part, keys & CALL, change) for part in chord["header"]]
        found["chord"] = {"header": header, "body": _send(chord["body"], keys & CALL, change)}
    return found


def _later_send(line: Data, seconds: float) -> Data:
    first = "from" if line.get("every") is not None else "at"
    return _send({first: 0, **line}, {"at", "from", "until", "eta"}, lambda value: value + seconds)


def _task(spec: Data, times: Callable[[Any], Any], factor: float) -> Data:
    found = _section(spec, TASK, times)
    for key in ("retry", "retry_kwargs"):
        if found.get(key):
            found[key] = _section(found[key], {"countdown"}, times)
    return _rated(found, "rate_limit", factor)


def _rated(section: Data, key: str, factor: float) -> Data:
    """Scale a rate per second: higher in a shorter time."""
    if not section.get(key):
        return section
    return {**section, key: parse_rate(section[key]) / factor}


def _beat(spec: Data, times: Callable[[Any], Any]) -> Data:
    schedule = spec["schedule"]
    schedule = _section(schedule, {"interval"}, times) if isinstance(schedule, dict) else times(schedule)
    return {**spec, "schedule": schedule, "options": _section(spec.get("options") or {}, CALL, times)}


def _quantity(value: Any, factor: float) -> Any:
    """Scale a number or a distribution."""
    if isinstance(value, dict):
        if "choice" in value:
            return {"choice": {_text(float(key) * factor): weight for key, weight in value["choice"].items()}}
        return {key: _quantity(item, factor) for key, item in value.items()}
    if isinstance(value, list):
        return [_quantity(item, factor) for item in value]
    return max(value * factor, SHORTEST) if value > 0 else value


def _text(number: float) -> str:
    return f"{number:.6f}"


def _rounded(value: Any) -> Any:
    """Round times to six decimals."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value
