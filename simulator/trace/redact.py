"""Hiding what a trace says of data: arguments, results and exceptions' messages; only that there were some remains."""

from __future__ import annotations

import re

from msgspec import structs

from simulator.trace import events as ev
from simulator.trace.events import Event
from simulator.trace.trace import Trace

HIDDEN = "***"
"""Stands for a value that is hidden."""


def redacted_trace(trace: Trace) -> Trace:
    """The same trace without arguments, results and exceptions' messages; names of tasks, queues and workers stay."""
    return Trace(trace.header, map(_redacted, trace.events))


def redacted_exception(text: str) -> str:
    """An exception without its message, if it is the `repr` of one; else nothing of it remains.

    >>> redacted_exception("KeyError('card 4711')"), redacted_exception("Timeout()"), redacted_exception("card 4711")
    ('KeyError(***)', 'Timeout()', '***')
    """
    name = re.match(r"[A-Za-z_][\w.]*(?=\()", text)
    if name is None:
        return HIDDEN
    return text if text == f"{name[0]}()" else f"{name[0]}({HIDDEN})"


def _redacted(event: Event) -> Event:
    if isinstance(event, ev.TaskSent | ev.TaskReceived) and (event.args or event.kwargs):
        return structs.replace(event, args=(HIDDEN,), kwargs={})
    if isinstance(event, ev.ResultStored | ev.TaskSucceeded) and event.result is not None:
        return structs.replace(event, result=HIDDEN)
    if isinstance(event, ev.TaskFailed | ev.TaskRetried):
        return structs.replace(event, exception=redacted_exception(event.exception))
    return event
