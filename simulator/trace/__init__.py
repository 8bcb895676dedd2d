"""Traces: the events of a run, the trace they form, and its file format."""

from simulator.trace.events import EVENT_TYPES, Event
from simulator.trace.file import (
    TraceFileError,
    end_line,
    event_line,
    header_line,
    read_trace,
    read_trace_file,
    write_trace,
)
from simulator.trace.time import MICROS, NEVER, as_seconds, format_seconds, to_micros
from simulator.trace.trace import Header, LimitReached, Trace

__all__ = [
    "EVENT_TYPES",
    "MICROS",
    "NEVER",
    "Event",
    "Header",
    "LimitReached",
    "Trace",
    "TraceFileError",
    "as_seconds",
    "end_line",
    "event_line",
    "format_seconds",
    "header_line",
    "read_trace",
    "read_trace_file",
    "to_micros",
    "write_trace",
]
