"""Trace files: JSON lines, a header and then one event a line, times in seconds.

A recording is written live, so its header cannot know the end. The last line may give it (`end_line`);
where the recorder was killed there is none, and the line it was writing may be cut off: then the trace ends with the
last whole event, and its notes say `cut`.

What is read is checked (`check`), so that nobody after it need ask whether a trace makes sense.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

import msgspec

from simulator.trace.bounds import LATEST, Violation, check_end, check_header
from simulator.trace.check import Checker
from simulator.trace.collecting import without_collecting
from simulator.trace.events import Event
from simulator.trace.rows import event_from_row, event_reader, in_micros, in_seconds, to_text, write_event
from simulator.trace.time import as_seconds, to_micros
from simulator.trace.trace import TRACE_VERSION, Header, Trace

WRONG = (msgspec.ValidationError, TypeError, ValueError, OverflowError)
"""Exceptions raised by a row that is not a valid event or header."""

MOST_EVENTS = 10_000_000
"""Upper bound of a trace's events, as of a run's."""

LONGEST = 1_000_000
"""Upper bound of an event's line, in characters."""

UNREAD = (msgspec.DecodeError, ValueError, OverflowError, RecursionError)
"""Exceptions raised by a line that the fast path cannot read."""


BLOCK = 1 << 20

LONGEST_OF_ALL = 50_000_000
"""Upper bound of any line, in bytes; the header of a long run says what it left unsent and leased."""


class TraceFileError(Exception):
    """A trace file that cannot be read: `code` and `params` say why, `line` where (from 1)."""

    def __init__(self, code: str, line: int, **params: object) -> None:
        """Keep code, line and parameters; the message is worded elsewhere."""
        super().__init__(code, line, params)
        self.code = code
        self.line = line
        self.params = params


def write_trace(trace: Trace, stream: IO[str]) -> None:
    """Write a whole trace; the same trace gives the same bytes everywhere."""
    stream.write(_header(trace.header, {"hash": trace.hash}))
    stream.writelines(map(write_event, trace.events))


def header_line(header: Header) -> str:
    """Return the first line of a trace whose events follow."""
    return _header(header, {})


def event_line(event: Event) -> str:
    """Return an event as a line of a trace file."""
    return write_event(event)


def end_line(end: int, recorded: dict[str, Any]) -> str:
    """Return the last line of a recording that ended cleanly; `end` in microseconds."""
    return to_text({"end": as_seconds(end), "recorded": recorded})


def read_trace_file(file: Path, *, trust: bool = False) -> Trace:
    """Read the trace in a file, as `read_trace` does.

    Raises:
        OSError: the file cannot be read.
        TraceFileError: for the first line that is wrong.
    """
    check_lengths(file)
    with file.open(encoding="utf-8", errors="surrogateescape") as lines:
        if file.is_file():
            return read_trace(lines, trust=trust)
        # A pipe or a device cannot be looked at first, and need not have lines at all.
        return read_trace(iter(partial(lines.readline, LONGEST_OF_ALL), ""), trust=trust)


def check_lengths(file: Path) -> None:
    """Refuse a file with a line that is too long to be taken into memory.

    Raises:
        OSError: the file cannot be read.
        TraceFileError: for the first such line.
    """
    if not file.is_file() or file.stat().st_size <= LONGEST_OF_ALL:
        return
    number, length = 1, 0
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            first = block.find(b"\n")
            length += len(block) if first < 0 else first
            if length > LONGEST_OF_ALL:
                raise TraceFileError("trace.long", number)
            if first >= 0:
                number += block.count(b"\n")
                length = len(block) - 1 - block.rfind(b"\n")


def read_trace(lines: Iterable[str], *, trust: bool = False) -> Trace:
    """Read a trace and check it: header, version, hash, order, causes, identities, bounds.

    Args:
        lines: of the file.
        trust: read it although its hash is not the one in its header; all else is checked.

    Raises:
        TraceFileError: for the first line that is wrong.
    """
    numbered = enumerate(lines, start=1)
    first = next((row for number, line in numbered if (row := _row(number, line)) is not None), None)
    if first is None:
        raise TraceFileError("trace.empty", 1)
    header, promised = _read_header(first)
    closing: dict[str, Any] = {}
    with without_collecting():
        events = tuple(_events(numbered, closing, recorded=bool(header.recorded)))
    last = events[-1].t if events else 0
    if header.recorded:
        header = _closed(header, closing, last)
    elif header.end < last:
        raise TraceFileError("trace.end", 1)
    trace = Trace(header, events)
    if promised is not None and promised != trace.hash and not trust:
        raise TraceFileError("trace.hash", 1, promised=str(promised)[:8], found=trace.short_hash)
    return trace


def _read_header(row: dict[str, Any]) -> tuple[Header, Any]:
    """Return the header, and the hash that it promises."""
    if "trace" not in row:
        raise TraceFileError("trace.header", 1)
    if row["trace"] != TRACE_VERSION or isinstance(row["trace"], bool):
        raise TraceFileError("trace.version", 1, found=row["trace"], known=TRACE_VERSION)
    promised = row.pop("hash", None)
    del row["trace"]
    try:
        header = msgspec.convert(in_micros(row), Header)
        check_header(header)
    except WRONG as error:
        raise TraceFileError("trace.header", 1) from error
    except Violation as wrong:
        raise TraceFileError(wrong.code, 1, **wrong.params) from wrong
    return header, promised


def _closed(header: Header, closing: dict[str, Any], last: int) -> Header:
    """Complete the header of a recording: by its end line, or noting that it was cut off."""
    end = max(header.end, to_micros(closing.get("end", 0.0)), last)
    more = {**header.recorded, **closing.get("recorded", {})}
    if not closing and not header.end:
        more["notes"] = {**more.get("notes", {}), "cut": 1}
    return msgspec.structs.replace(header, end=end, recorded=more)


def _events(numbered: Iterable[tuple[int, str]], closing: dict[str, Any], *, recorded: bool) -> Iterator[Event]:
    """Yield the events after the header, checked; a recording's end line goes into `closing`."""
    before, index, read_event = 0, -1, event_reader()
    rules = Checker(recorded=recorded).rules
    for number, line in numbered:
        try:
            event = read_event(line)
        except UNREAD:
            try:
                row = _row(number, line)
            except TraceFileError:
                if recorded and not line.endswith("\n"):
                    return  # the writer was killed in the middle of the line
                raise
            if row is None:
                continue
            if not closing and _is_closing(row):
                _check_end(number, row, before)
                closing.update(row)
                continue
            event = _event(number, row)
        index += 1
        t = event.t
        if closing:
            raise TraceFileError("trace.event", number, kind=event.type)
        if not -1 <= event.cause < index:
            raise TraceFileError("trace.cause", number, cause=event.cause)
        if not before <= t <= LATEST:
            raise TraceFileError("trace.order" if 0 <= t < before else "trace.time", number)
        if index >= MOST_EVENTS or len(line) > LONGEST:
            raise TraceFileError("trace.long" if index < MOST_EVENTS else "trace.many", number)
        try:
            rules[type(event)](event)
        except Violation as wrong:
            raise TraceFileError(wrong.code, number, **wrong.params) from wrong
        before = t
        yield event


def _check_end(number: int, row: dict[str, Any], last: int) -> None:
    try:
        check_end(row["end"], row["recorded"], last)
    except Violation as wrong:
        raise TraceFileError(wrong.code, number, **wrong.params) from wrong


def _is_closing(row: dict[str, Any]) -> bool:
    return "type" not in row and isinstance(row.get("end"), int | float) and isinstance(row.get("recorded"), dict)


def _event(number: int, row: dict[str, Any]) -> Event:
    try:
        return event_from_row(row)
    except WRONG as error:
        raise TraceFileError("trace.event", number, kind=row.get("type")) from error


def _row(number: int, line: str) -> dict[str, Any] | None:
    """Parse a line into a row; None for an empty one."""
    if not line.strip():
        return None
    try:
        line.encode()  # invalid UTF-8 arrives as lone surrogates
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TraceFileError("trace.json", number) from error
    if not isinstance(row, dict):
        raise TraceFileError("trace.json", number)
    return row


def _header(header: Header, more: dict[str, Any]) -> str:
    return to_text({"trace": TRACE_VERSION, **in_seconds(msgspec.to_builtins(header)), **more})
