"""Celery's event dictionaries, field by field: their text parsed into values."""

from __future__ import annotations

import ast
import signal
from datetime import UTC, datetime
from typing import Any

from simulator.trace.time import to_micros

MAX_TEXT = 10_000
"""Longest text of arguments that is parsed as Python; Celery cuts them at 1,024 characters anyway."""

Raw = dict[str, Any]
"""An event as Celery's receiver passes it on."""


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
    return found if _is_json(found) else None


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_json(item) for item in value.values())
    if isinstance(value, tuple | list):
        return all(_is_json(item) for item in value) and Ellipsis not in value
    return value is None or isinstance(value, str | int | float | bool)


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
    return to_micros(found.timestamp() - origin)


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
