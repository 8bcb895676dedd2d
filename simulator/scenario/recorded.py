"""Arrivals of a recorded run: what was sent when, and `send: [{recording: run.jsonl}]`, which sends it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

from simulator.scenario.problems import Problem, nearest
from simulator.scenario.source import Source
from simulator.trace import Trace, TraceFileError, as_seconds, read_trace_file
from simulator.trace import events as ev

UNKNOWN = "?"
"""Name of a queue or sender that nobody reported."""

KEYS = {"recording", "task", "load"}
"""Keys of a line that sends what was recorded."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The first publish of a task."""

    uuid: str
    t: int
    """Microseconds; where its sending was not reported, when a worker received it."""
    task: str
    queue: str = ""
    """Empty where nobody reported it."""
    priority: int | None = None
    countdown: float = 0.0
    expires: float | None = None
    """Seconds from its sending."""
    by_worker: bool = False
    """True if a task sent it."""
    told: bool = True
    """False if its sending was not reported."""


def arrivals_of(trace: Trace) -> list[Arrival]:
    """Return the arrivals of a run in order, without retries.

    No event of Celery's tells a priority. Where workers were asked what they hold, each call of a type gets one of
    those seen, in their shares; which one depends on its id alone.
    """
    asked = trace.header.recorded.get("asked") or {}
    seen = {name: _shares(counts) for name, counts in (asked.get("priorities") or {}).items()}
    hosts = {event.hostname for event in trace if isinstance(event, ev.WorkerOnline)}
    found: dict[str, Arrival] = {}
    for event in trace:
        if isinstance(event, ev.TaskSent) and event.uuid not in found:
            found[event.uuid] = Arrival(
                event.uuid,
                event.t,
                event.name,
                "" if event.queue == UNKNOWN else event.queue,
                event.priority if event.priority is not None else _drawn(event.uuid, seen.get(event.name, ())),
                0.0 if event.eta is None else max(0.0, as_seconds(event.eta - event.t)),
                None if event.expires is None else as_seconds(event.expires - event.t),
                event.hostname in hosts or event.parent_id is not None,
                not event.inferred,
            )
    return list(found.values())


def _shares(counts: dict[str, int]) -> list[tuple[float, int]]:
    """Priorities with the share of calls up to each; none where all have that of a call that names none."""
    total, passed, found = sum(counts.values()), 0, []
    for priority, count in sorted(counts.items(), key=lambda item: int(item[0])):
        passed += count
        found.append((passed / total, int(priority)))
    return found if [priority for _, priority in found] != [0] else []


def _drawn(uuid: str, shares: Sequence[tuple[float, int]]) -> int | None:
    if not shares:
        return None
    place = int.from_bytes(blake2b(uuid.encode(), digest_size=8).digest(), "big") / 2**64
    return next((priority for share, priority in shares if place < share), shares[-1][1])


def alike(arrivals: Iterable[Arrival]) -> dict[tuple[Any, ...], list[Arrival]]:
    """Group arrivals by equal calls: task, queue, priority, countdown and expiry, times to 0.1 s."""
    groups: dict[tuple[Any, ...], list[Arrival]] = {}
    for one in arrivals:
        expires = None if one.expires is None else round(one.expires, 1)
        key = (one.task, one.queue, one.priority, round(one.countdown, 1), expires)
        groups.setdefault(key, []).append(one)
    return groups


def call_of(key: tuple[Any, ...]) -> dict[str, Any]:
    """Return the call of a group under the keys of a line under `send`."""
    task, queue, priority, countdown, expires = key
    options = {"queue": queue or None, "priority": priority, "countdown": countdown or None, "expires": expires}
    return {"task": task, **{name: value for name, value in options.items() if value is not None}}


def lines_of(arrivals: Iterable[Arrival], end: int) -> list[dict[str, Any]]:
    """Return lines under `send` that make these calls at these times, until `end` (microseconds).

    Called more often (gaps divided by a factor), they begin again from the start, so that they last as long.
    """
    return [{**_times([one.t for one in group], end), **call_of(key)} for key, group in alike(arrivals).items()]


def _times(times: list[int], end: int) -> dict[str, Any]:
    first = as_seconds(times[0])
    if times[0] == times[-1]:
        return {"at": first, **({"count": len(times)} if len(times) > 1 else {})}
    gaps = [later - earlier for earlier, later in pairwise(times)]
    until = max(end, times[-1] + 1)
    return {
        "from": first,
        "every": {"list": [as_seconds(gap) for gap in (*gaps, until - times[-1])]},
        "until": as_seconds(until),
    }


@lru_cache(maxsize=8)
def _read(path: FilePath, _changed: int) -> Trace:
    return read_trace_file(path)


def read_recording(path: FilePath) -> Trace:
    """Read a recording, once as long as its file does not change.

    Raises:
        OSError: it cannot be read.
        TraceFileError: it is no trace.
    """
    return _read(path.resolve(), path.stat().st_mtime_ns)


def expand_recordings(data: dict[str, Any], source: Source) -> list[Problem]:
    """Replace each line that sends what was recorded by the lines of its arrivals; a path is relative to the file.

    The first of them takes its place and the others come last, so that all lines of the file keep their numbers.
    """
    listed = data.get("send")
    if not isinstance(listed, list):
        return []
    problems: list[Problem] = []
    more: list[dict[str, Any]] = []
    for place, line in enumerate(listed):
        if not isinstance(line, dict) or not isinstance(line.get("recording"), str):
            continue
        found = _lines(line, source, place)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        listed[place] = found[0]
        more += found[1:]
    listed.extend(more)
    return problems


def recordings_in(data: Any) -> list[str]:
    """Return the recordings that a file's lines under `send` name, as they are written there."""
    listed = data.get("send") if isinstance(data, dict) else None
    lines = listed if isinstance(listed, list) else ()
    named = [line["recording"] for line in lines if isinstance(line, dict) and isinstance(line.get("recording"), str)]
    return list(dict.fromkeys(named))


def _lines(line: dict[str, Any], source: Source, place: int) -> list[dict[str, Any]] | Problem:
    name, wanted = line["recording"], line.get("task")
    mark = source.at(("send", place, "recording"))
    if other := sorted(set(map(str, line)) - KEYS):
        return source.problem("send.recording_alone", source.at(("send", place, other[0]), key=True), key=other[0])
    path = FilePath(source.file).parent / str(name)
    try:
        trace = read_recording(path)
    except OSError as error:
        return source.problem("send.recording_missing", mark, file=str(name), reason=error.strerror)
    except (TraceFileError, UnicodeDecodeError) as error:
        number = error.line if isinstance(error, TraceFileError) else 1
        return source.problem("send.recording_wrong", mark, file=str(name), number=number)
    arrivals = arrivals_of(trace)
    kept = [one for one in arrivals if wanted is None or one.task == wanted]
    if not kept:
        names = sorted({one.task for one in arrivals})
        meant = nearest(str(wanted), names)
        where = source.at(("send", place, "task")) if wanted is not None else mark
        return source.problem("send.recording_none", where, file=str(name), task=str(wanted or ""), meant=meant)
    load = {key: line[key] for key in ("load",) if key in line}
    return [{**found, **load} for found in lines_of(kept, trace.end)]
