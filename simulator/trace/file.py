"""Trace files: JSON lines, a header and then one event a line, times in seconds."""

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
    header = _in_seconds(msgspec.to_builtins(trace.header))
    _write(stream, {"trace": TRACE_VERSION, **header, "hash": trace.hash})
    for event in trace.events:
        _write(stream, event_to_row(event))


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
    trace = Trace(header, _events(rows))
    if promised is not None and promised != trace.hash:
        raise TraceFileError("trace.hash", 1, promised=str(promised)[:8], found=trace.short_hash)
    return trace


def _events(rows: Iterator[tuple[int, dict[str, Any]]]) -> Iterator[Event]:
    before = -(2**62)
    for index, (number, row) in enumerate(rows):
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
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise TraceFileError("trace.json", number) from error
        if not isinstance(row, dict):
            raise TraceFileError("trace.json", number)
        yield number, row


def _write(stream: IO[str], row: dict[str, Any]) -> None:
    stream.write(json.dumps(row, ensure_ascii=False, separators=(", ", ": ")) + "\n")


def _in_seconds(row: dict[str, Any]) -> dict[str, Any]:
    return {k: as_seconds(v) if k in TIME_FIELDS and v is not None else v for k, v in row.items()}


def _in_micros(row: dict[str, Any]) -> dict[str, Any]:
    return {k: to_micros(v) if k in TIME_FIELDS and v is not None else v for k, v in row.items()}
