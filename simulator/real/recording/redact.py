"""Hiding of arguments and results: only that there were some remains."""

from __future__ import annotations

from simulator.real.recording.raw import Raw
from simulator.trace.redact import HIDDEN, redacted_exception


def redacted(raw: Raw) -> Raw:
    """The event without arguments, results, tracebacks and exception messages; the exception's name stays.

    >>> redacted({"args": "(1,)", "kwargs": "{}", "exception": "KeyError('card 4711')"})
    {'args': '***', 'kwargs': '{}', 'exception': 'KeyError(***)'}
    """
    found = dict(raw)
    for key, empty in (("args", "()"), ("kwargs", "{}"), ("result", "None"), ("argsrepr", "()"), ("kwargsrepr", "{}")):
        if found.get(key) not in (None, empty):
            found[key] = HIDDEN
    found.pop("traceback", None)
    if isinstance(found.get("exception"), str):
        found["exception"] = redacted_exception(found["exception"])
    return found
