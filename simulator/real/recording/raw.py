"""Celery's event dictionaries, field by field: their text parsed into values."""

from __future__ import annotations

import ast
import json
import math
import signal
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from simulator.trace.bounds import MOST, Violation, check_value
from simulator.trace.time import NEVER, to_micros

MAX_TEXT = 10_000
"""Longest text of arguments that is parsed as Python; Celery cuts them at 1,024 characters anyway."""

Raw = dict[str, Any]
"""An event as Celery's receiver passes it on."""


LARGEST = 2**63 - 1
"""Largest whole number of a trace."""

LAST = 32_503_680_000.0
"""Latest Unix time that is taken for one: the year 3000."""

APART = 366 * 86_400.0
"""Most seconds that the clocks of a worker and of this machine are taken to be apart."""

_Text = str | None
_Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)] | None
_Span = Annotated[float, msgspec.Meta(ge=0, le=MOST)] | None


class _Fields(msgspec.Struct):
    """Types of the fields that are read of an event, as Celery sends them (celery.events, celery.worker.request)."""

    type: Annotated[str, msgspec.Meta(pattern="^(task|worker)-")]
    timestamp: Annotated[float, msgspec.Meta(ge=0, le=LAST)]
    hostname: _Text = None
    clock: Annotated[int, msgspec.Meta(ge=0, le=LARGEST)] | None = None
    uuid: _Text = None
    name: _Text = None
    queue: _Text = None
    root_id: _Text = None
    parent_id: _Text = None
    eta: _Text = None
    expires: _Text = None
    exception: _Text = None
    retries: _Count = None
    priority: _Count = None
    runtime: _Span = None
    freq: _Span = None
    active: _Count = None
    processed: _Count = None


def is_readable(event: Any, now: float) -> bool:
    """Return whether something that was published as an event is one that a trace can hold; `now` is a Unix time.

    >>> is_readable({"type": "worker-online", "timestamp": 5.0}, 6.0), is_readable([5], 6.0)
    (True, False)
    """
    try:
        fields = msgspec.convert(event, _Fields)
        json.dumps(event, ensure_ascii=False, allow_nan=False).encode()
        check_value("event", event)
    except (msgspec.ValidationError, ValueError, TypeError, RecursionError, Violation):
        return False
    return abs(fields.timestamp - now) <= APART


def arguments(text: Any) -> tuple[Any, ...]:
    """`args` from their `repr` as Celery sends it; a single text if that is cut off or no plain Python.

    >>> arguments("(1, 'a')"), arguments("(<Order 3>,)"), arguments(None)
    ((1, 'a'), ('(<Order 3>,)',), ())
    """
    found = _literal(text)
    if isinstance(found, tuple | list):
        return tuple(found)
    return (text,) if isinstance(text, str) and text else ()


def keywords(text: Any) -> dict[str, Any]:
    """`kwargs` from their `repr` as Celery sends it; under `**` if that is cut off or no plain Python.

    >>> keywords("{'n': 1}"), keywords("{...}")
    ({'n': 1}, {'**': '{...}'})
    """
    found = _literal(text)
    if isinstance(found, dict):
        return {str(key): value for key, value in found.items()}
    return {"**": text} if isinstance(text, str) and text else {}


def _literal(text: Any) -> Any:
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        return text
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    try:
        check_value("args", found)
    except Violation:
        return None
    return found if _is_json(found) else None


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_json(item) for item in value.values())
    if isinstance(value, tuple | list):
        return all(_is_json(item) for item in value) and Ellipsis not in value
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) <= LARGEST
    return value is None or isinstance(value, str)


def moment(text: Any, origin: float) -> int | None:
    """A time as Celery writes it (ISO 8601, UTC by default) in microseconds after `origin`."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    when = to_micros(found.timestamp() - origin)
    return when if abs(when) <= NEVER else None


def runtime(value: Any) -> int | None:
    """Convert seconds to microseconds."""
    return to_micros(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def signal_number(value: Any) -> int | None:
    """A signal's number, from its number or its name."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    named = getattr(signal, str(value), None)
    return int(named) if isinstance(named, signal.Signals) else None


def text_or_none(value: Any) -> str | None:
    """A text, or None."""
    return None if value is None else str(value)
