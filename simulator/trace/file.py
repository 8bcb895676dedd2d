"""Trace files: JSON lines, a header and then one event a line, times in seconds.

A recording is written while it happens, so its header cannot know the end. Its last line may say it (`end_line`);
where the recorder was killed there is none, and the line it was writing may be cut off: then the trace ends with the
last whole event.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec

from simulator.trace.events import EVENT_TYPES, Event
from simulator.trace.time import as_seconds, to_micros
from simulator.trace.trace import TRACE_VERSION, Header, Trace

TIME_FIELDS = frozenset({"t", "eta", "expires", "runtime", "end"})
"""Fields that hold a time: microseconds in an event, seconds in a file."""


class TraceFileError(Exception):
    """A trace file that cannot be read: `code` and `params` say why, `line` where (from 1)."""

    def __init__(self, code: str, line: int, **params: object) -> None:
        """Keep code, line and parameters for whoever words them."""
        super().__init__(code, line, params)
        self.code = code
        self.line = line
        self.params = params


def event_to_row(event: Event) -> dict[str, Any]:
    """An event as a JSON-ready mapping, time first, times in seconds."""
    row = _in_seconds(msgspec.to_builtins(event))
    return {"t": row.pop("t"), "type": row.pop("type"), **row}


def event_from_row(row: dict[str, Any]) -> Event:
    """The event that a row describes; raises `msgspec.ValidationError` for anything else."""
    kind = EVENT_TYPES.get(str(row.get("type")))
    if kind is None:
        raise msgspec.ValidationError(f"type {row.get('type')!r}")
    return msgspec.convert(_in_micros(row), kind)


def write_trace(trace: Trace, stream: IO[str]) -> None:
    """Write a whole trace; the same trace gives the same bytes everywhere."""
    stream.write(_header(trace.header, {"hash": trace.hash}))
    for event in trace.events:
        stream.write(event_line(event))


def header_line(header: Header) -> str:
    """The first line of a trace whose events are yet to come."""
    return _header(header, {})


def event_line(event: Event) -> str:
    """One event as a line of a trace file."""
    return _line(event_to_row(event))


def end_line(end: int, recorded: dict[str, Any]) -> str:
    """The last line of a recording that ended as it should; `end` in microseconds."""
    return _line({"end": as_seconds(end), "recorded": recorded})


def read_trace(lines: Iterable[str]) -> Trace:
    """Read a trace and check version, causes, order and hash; raises `TraceFileError`."""
    rows = _rows(lines)
    try:
        _, first = next(rows)
    except StopIteration:
        raise TraceFileError("trace.empty", 1) from None
    if "trace" not in first:
        raise TraceFileError("trace.header", 1)
    if first["trace"] != TRACE_VERSION:
        raise TraceFileError("trace.version", 1, found=first["trace"], known=TRACE_VERSION)
    promised = first.pop("hash", None)
    del first["trace"]
    try:
        header = msgspec.convert(_in_micros(first), Header)
    except (msgspec.ValidationError, TypeError) as error:
        raise TraceFileError("trace.header", 1) from error
    closing: dict[str, Any] = {}
    events = tuple(_events(rows, closing))
    if header.recorded:
        end = to_micros(closing.get("end", 0.0))
        last = events[-1].t if events else 0
        more = {**header.recorded, **closing.get("recorded", {})}
        header = msgspec.structs.replace(header, end=max(header.end, end, last), recorded=more)
    trace = Trace(header, events)
    if promised is not None and promised != trace.hash:
        raise TraceFileError("trace.hash", 1, promised=str(promised)[:8], found=trace.short_hash)
    return trace


def _events(rows: Iterator[tuple[int, dict[str, Any]]], closing: dict[str, Any]) -> Iterator[Event]:
    """The events; what the last line of a recording says goes into `closing`."""
    before = -(2**62)
    for index, (number, row) in enumerate(rows):
        if closing or ("type" not in row and isinstance(row.get("end"), int | float)):
            if closing or not isinstance(row.get("recorded"), dict):
                raise TraceFileError("trace.event", number, kind=row.get("type"))
            closing.update(row)
            continue
        try:
            event = event_from_row(row)
        except (msgspec.ValidationError, TypeError) as error:
            raise TraceFileError("trace.event", number, kind=row.get("type")) from error
        if event.cause >= index:
            raise TraceFileError("trace.cause", number, cause=event.cause)
        if event.t < before:
            raise TraceFileError("trace.order", number)
        before = event.t
        yield event


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    recorded = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            if not line.isascii():
                line.encode()  # what is no UTF-8 has come as lone surrogates
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            if recorded and not line.endswith("\n"):
                return  # whoever wrote it was killed in the middle of the line
            raise TraceFileError("trace.json", number) from error
        if not isinstance(row, dict):
            raise TraceFileError("trace.json", number)
        recorded = recorded or "recorded" in row
        yield number, row


def _header(header: Header, more: dict[str, Any]) -> str:
    return _line({"trace": TRACE_VERSION, **_in_seconds(msgspec.to_builtins(header)), **more})


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(", ", ": ")) + "\n"


def _in_seconds(row: dict[str, Any]) -> dict[str, Any]:
    return {k: as_seconds(v) if k in TIME_FIELDS and v is not None else v for k, v in row.items()}


def _in_micros(row: dict[str, Any]) -> dict[str, Any]:
    return {k: to_micros(v) if k in TIME_FIELDS and v is not None else v for k, v in row.items()}
