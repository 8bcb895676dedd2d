"""Parts of Celery's configuration with a structure of their own: queues, beat's schedule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from simulator.scenario.schema import ScenarioFile, accepts

CRON_FIELDS = {
    "m": "minute",
    "h": "hour",
    "d": "day_of_week",
    "dM": "day_of_month",
    "MY": "month_of_year",
}
"""Letters after the fields of a printed crontab. Source: celery.schedules: crontab.__repr__."""

_CRONTAB = re.compile(r"<crontab: (?P<fields>.+?) \((?P<letters>[\w/]+)\)>")
_EVERY = re.compile(r"<freq: (?P<number>[\d.]+) (?P<unit>second|minute|hour|day)s?>")
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_DELTA = re.compile(r"(?:(?P<days>\d+) days?, )?(?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d(?:\.\d+)?)")

_MILLISECONDS = {"x-message-ttl": "message_ttl", "x-consumer-timeout": "consumer_timeout"}
_AS_IS = {
    "x-max-length": "max_length",
    "x-overflow": "overflow",
    "x-max-priority": "max_priority",
    "x-dead-letter-exchange": "dead_letter_exchange",
    "x-dead-letter-routing-key": "dead_letter_routing_key",
    "x-delivery-limit": "delivery_limit",
    "x-queue-type": "queue_type",
}


def queue_limits(entry: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The limits in an entry of `task_queues`, under the scenario format's names; seconds."""
    arguments = entry.get("queue_arguments")
    for key, value in arguments.items() if isinstance(arguments, dict) else ():
        if key in _MILLISECONDS:
            yield _MILLISECONDS[key], value / 1000 if isinstance(value, int | float) else value
        else:
            yield _AS_IS.get(str(key), str(key)), value
    for key in ("max_priority", "max_length", "message_ttl", "max_length_bytes", "expires"):
        if entry.get(key) is not None:
            yield key, entry[key]


def beat_entry(entry: dict[str, Any]) -> dict[str, Any] | None:
    """An entry of `beat_schedule`; None if it cannot be used (a solar schedule, a custom class)."""
    schedule = read_schedule(entry.get("schedule"))
    if schedule is None or not isinstance(entry.get("task"), str):
        return None
    read: dict[str, Any] = {"task": entry["task"], "schedule": schedule}
    for key, kind in (("args", list), ("kwargs", dict)):
        if entry.get(key) and isinstance(entry[key], kind):
            read[key] = entry[key]
    given = entry.get("options")
    options = given if isinstance(given, dict) else {}
    kept = {key: options[key] for key in ("queue", "countdown", "expires", "priority") if key in options}
    if kept:
        read["options"] = kept
    return read if accepts(ScenarioFile, "beat_schedule", {"entry": read}) else None


def read_schedule(value: Any) -> float | dict[str, Any] | None:
    """Parse a schedule to seconds or `{crontab: {...}}`: a number, a printed `timedelta`, `schedule` or `crontab`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if value > 0 else None
    if not isinstance(value, str):
        return None
    if match := _EVERY.fullmatch(value):
        return float(match["number"]) * _UNITS[match["unit"]]
    if match := _DELTA.fullmatch(value):
        return int(match["days"] or 0) * 86400 + int(match["h"]) * 3600 + int(match["m"]) * 60 + float(match["s"])
    if match := _CRONTAB.fullmatch(value):
        letters, fields = match["letters"].split("/"), match["fields"].split()
        if len(letters) == len(fields) and set(letters) <= set(CRON_FIELDS):
            pairs = zip(letters, fields, strict=True)
            return {"crontab": {CRON_FIELDS[letter]: _field(text) for letter, text in pairs if text != "*"}}
    return None


def _field(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
