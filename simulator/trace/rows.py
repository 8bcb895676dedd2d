"""Events as rows of a trace file: a struct for each type of event, its times in seconds, read and written by msgspec.

A row is written as `json.dumps` with its default separators would write it. msgspec writes the same text but for floats
with an exponent, not-a-number and infinities; those, and what it refuses to read, take the slow path through `json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from sys import intern
from typing import Any, NamedTuple, Union, get_type_hints

import msgspec
from msgspec.json import format as spaced

from simulator.trace.events import EVENT_TYPES, Event
from simulator.trace.time import MICROS, as_seconds, to_micros

TIME_FIELDS = frozenset({"t", "eta", "expires", "runtime", "end"})
"""Time fields: microseconds in an event, seconds in a file."""

_HALVES = re.compile("[\ud800-\udfff]")

MIN_PLAIN, MAX_PLAIN = 1e-4, 1e16
"""Between these, Python and msgspec write a float identically, without an exponent."""


def to_text(row: dict[str, Any]) -> str:
    """Serialise a row as one line of a trace file; half of a surrogate pair, which UTF-8 cannot say, is escaped."""
    text = json.dumps(row, ensure_ascii=False, separators=(", ", ": ")) + "\n"
    return text if text.isascii() else _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def in_seconds(row: dict[str, Any]) -> dict[str, Any]:
    """Convert a row's times from microseconds to seconds."""
    return {k: as_seconds(v) if k in TIME_FIELDS and v is not None else v for k, v in row.items()}


def in_micros(row: dict[str, Any]) -> dict[str, Any]:
    """Convert a row's times from seconds to microseconds; what is no number stays."""
    return {k: to_micros(v) if k in TIME_FIELDS and type(v) in (int, float) else v for k, v in row.items()}


def write_event(event: Event) -> str:
    """Serialise an event as a line: time, type, then the non-default fields in order."""
    return _writer_of(type(event))(event)


def read_event(line: str) -> Event:
    """Parse a line that `write_event` wrote.

    Raises:
        msgspec.DecodeError: not an event, or in a form that only `event_from_row` reads.
        UnicodeEncodeError: the line was not valid UTF-8.
    """
    return event_reader()(line)


def event_from_row(row: dict[str, Any]) -> Event:
    """Convert a row to its event; raises `msgspec.ValidationError` for anything else."""
    kind = EVENT_TYPES.get(str(row.get("type")))
    if kind is None:
        raise msgspec.ValidationError(f"type {row.get('type')!r}")
    return msgspec.convert(in_micros(row), kind)


class _Layout(NamedTuple):
    """The fields of an event type except `t`, in row order."""

    kind: type[Event]
    fields: list[tuple[Any, ...]]
    """Field definitions for `msgspec.defstruct`, times as floats."""
    times: list[int]
    """Positions of time fields."""
    loose: list[int]
    """Positions of fields that may hold any float."""


def _layout(kind: type[Event]) -> _Layout:
    hints = get_type_hints(kind)
    fields: list[tuple[Any, ...]] = []
    times, loose = [], []
    for place, field in enumerate(one for one in msgspec.structs.fields(kind) if one.name != "t"):
        of = hints[field.name]
        if field.name in TIME_FIELDS:
            times.append(place)
            of = float | None if field.default is None else float
        elif of not in (int, str, bool, str | None, int | None, tuple[str, ...]):
            loose.append(place)
        if field.default is not msgspec.NODEFAULT:
            fields.append((field.name, of, field.default))
        elif field.default_factory is not msgspec.NODEFAULT:
            fields.append((field.name, of, msgspec.field(default_factory=field.default_factory)))
        else:
            fields.append((field.name, of))
    return _Layout(kind, fields, times, loose)


# -- writing ----------------------------------------------------------------------------------------------------

_encode = msgspec.json.Encoder().encode


@cache
def _writer_of(kind: type[Event]) -> Callable[[Event], str]:
    """Create the writer of one event type."""
    layout = _layout(kind)
    tag = str(layout.kind.__struct_config__.tag)
    row = msgspec.defstruct(
        f"{layout.kind.__name__}Line", [("t", float), ("type", str), *layout.fields], omit_defaults=True, gc=False
    )
    values_of = attrgetter(*(name for name, *_ in layout.fields))
    times, loose = layout.times, layout.loose

    def write(event: Event) -> str:
        values: Sequence[Any] = values_of(event)
        if loose and not all(_is_alike(values[place]) for place in loose):
            return to_text(_slow_row(event))
        if times:
            values = _changed(values, times, _seconds)
        try:
            return spaced(_encode(row(_seconds(event.t), tag, *values)), indent=0).decode() + "\n"
        except UnicodeEncodeError:  # half of a surrogate pair in a name
            return to_text(_slow_row(event))

    return write


def _slow_row(event: Event) -> dict[str, Any]:
    row = in_seconds(msgspec.to_builtins(event))
    return {"t": row.pop("t"), "type": row.pop("type"), **row}


def _seconds(micros: int) -> float | msgspec.Raw:
    """Convert microseconds to seconds, formatted as Python does."""
    seconds = micros / MICROS
    return seconds if MIN_PLAIN <= seconds < MAX_PLAIN or not micros else msgspec.Raw(repr(seconds).encode())


def _is_alike(value: Any) -> bool:
    """Return whether Python and msgspec write a value identically."""
    kind = type(value)
    if kind is str:
        return bool(value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value))
    if kind is float:
        return bool(MIN_PLAIN <= abs(value) < MAX_PLAIN or value == 0)
    if kind is dict:
        return all(type(key) is str and _is_alike(key) and _is_alike(one) for key, one in value.items())
    if kind in (list, tuple):
        return all(map(_is_alike, value))
    return kind in (int, bool, type(None))


# -- reading ----------------------------------------------------------------------------------------------------


@cache
def event_reader() -> Callable[[str], Event]:
    """Create a fast `read_event` for reading many lines."""
    rows = {_row(layout): layout for layout in map(_layout, EVENT_TYPES.values())}
    decode = msgspec.json.Decoder(Union[tuple(rows)]).decode  # noqa: UP007 - of a tuple
    readers = {row: _reader(layout) for row, layout in rows.items()}

    def read(line: str) -> Event:
        row = decode(line)
        return readers[type(row)](row)

    return read


def _row(layout: _Layout) -> type[msgspec.Struct]:
    """Define the row struct of one event type."""
    tag = str(layout.kind.__struct_config__.tag)
    fields = [("t", float), *layout.fields]
    return msgspec.defstruct(f"{layout.kind.__name__}Row", fields, tag_field="type", tag=tag, gc=False)


def _reader(layout: _Layout) -> Callable[[Any], Event]:
    """Create the converter from rows of one type to events.

    It is compiled for the fields of its type, as `dataclasses` does: half the time of a loop over them.
    """
    values = ["round(row.t * MICROS)"]
    for place, (name, of, *_) in enumerate(layout.fields):
        value = f"row.{name}"
        if place in layout.times:
            value = f"to_micros({value}) if {value} is not None else None"
        elif of is str:  # share one string per name across all events
            value = f"intern({value})"
        if name != "inferred":
            values.append(value)
    event = f"kind({', '.join(values)}"
    source = f"lambda row: {event}, inferred=True) if row.inferred else {event})"
    known = {"kind": layout.kind, "round": round, "to_micros": to_micros, "intern": intern, "MICROS": MICROS}
    reader: Callable[[Any], Event] = eval(source, known)  # the source holds nothing but names of our own fields
    return reader


def _changed(values: Sequence[Any], places: list[int], change: Callable[[Any], Any]) -> list[Any]:
    """Return a copy of `values` with `change` applied at `places`."""
    found = [*values]
    for place in places:
        if found[place] is not None:
            found[place] = change(found[place])
    return found
