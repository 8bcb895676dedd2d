"""From a table of what ran (CSV or JSON lines, as monitoring tools export it) to a scenario: arrivals and durations."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulator.export.arrivals import EXACT_IN_ALL, Arrivals, note_fit
from simulator.export.scenario_file import Draft
from simulator.measure.fit import fit
from simulator.scenario import Problem, ScenarioError
from simulator.scenario.problems import nearest
from simulator.trace.bounds import SECONDS
from simulator.trace.time import to_micros

UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
"""Seconds of each unit of durations."""

SINCE_1970 = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))
"""Numbers so large are times since 1970 in nano-, micro- or milliseconds: the seconds of each."""

BUSY = 0.7
"""Share of the slots' time that is busy in the workers that are assumed."""


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The columns of a table, by name."""

    task: str
    arrival: str
    duration: str
    queue: str | None = None
    unit: str = "s"
    """Unit of durations, one of `UNITS`."""


def scenario_from_table(text: str, file: str, columns: TableColumns) -> Draft:
    """Make a scenario of a table, and notes on what it leaves open.

    Raises:
        ScenarioError: a column is missing, or a cell cannot be read; each with its line.
    """
    draft = Draft()
    lines = {line: _row(line, cells, file, columns) for line, cells in _cells(text, file, columns)}
    rows = [*lines.values()]
    if not rows:
        raise ScenarioError([Problem("table.empty", {"file": file})])
    first = min(arrival for _, _, arrival, _ in rows)
    for line, (_, _, arrival, _) in lines.items():
        if arrival - first > SECONDS:
            raise _refusal("table.arrival", file, line, columns.arrival, arrival)
    rows.sort(key=lambda row: row[2])
    arrivals = Arrivals(draft, EXACT_IN_ALL)
    tasks: dict[str, Any] = {}
    sends = []
    for name in dict.fromkeys(row[0] for row in rows):
        mine = [row for row in rows if row[0] == name]
        found = fit([duration for *_, duration in mine])
        value = {"choice": dict(Counter(found.value["list"]))} if found.kind == "listed" else found.value
        note_fit(draft, "recording.durations", name, found)
        queues = {queue for _, queue, _, _ in mine if queue}
        tasks[name] = {"duration": value, "queue": min(queues)} if len(queues) == 1 else {"duration": value}
        for queue in sorted(queues) if len(queues) > 1 else [""]:
            times = [to_micros(arrival - first) for _, other, arrival, _ in mine if queue in ("", other)]
            sends.append({**arrivals.line(name, times), "task": name, **({"queue": queue} if queue else {})})
    slots = _slots(rows)
    consumed = sorted(
        {queue for _, queue, _, _ in rows if queue} | ({"celery"} if any(not row[1] for row in rows) else set())
    )
    draft.note("table.assumed", slots=slots, share=f"{BUSY:.0%}")
    draft.data = {
        "title": {"ko": "표에서 만든 시나리오", "en": "A scenario from a table"},
        "profile": "celery-redis",
        "tasks": tasks,
        "workers": {"worker1": {"queues": consumed, "concurrency": slots}},
        "send": sends,
        "knobs": [{"path": "workers.*.concurrency", "range": [1, max(16, 2 * slots)]}],
    }
    return draft


Row = tuple[str, str, float, float]
"""(task, queue, arrival in seconds, duration in seconds)."""


def _slots(rows: Sequence[Row]) -> int:
    """Return how many slots would be busy for `BUSY` of the time."""
    span = rows[-1][2] - rows[0][2]
    work = sum(duration for *_, duration in rows)
    return min(1000, max(1, math.ceil(work / span / BUSY))) if span > 0 else 1


def _cells(text: str, file: str, columns: TableColumns) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the line and the cells by column of each row; raises `ScenarioError`."""
    wanted = [name for name in (columns.task, columns.arrival, columns.duration, columns.queue) if name]
    if text.lstrip().startswith("{"):
        # No line break of Unicode ends a line: a text may hold it.
        for line, one in enumerate(text.split("\n"), start=1):
            if not one.strip():
                continue
            try:
                cells = json.loads(one)
            except ValueError:
                cells = None
            if not isinstance(cells, dict):
                raise ScenarioError([Problem("table.line", {"file": file, "line": line})])
            _check_columns(wanted, cells, file, line)
            yield line, cells
        return
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_columns(wanted, reader.fieldnames or (), file, 1)
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise ScenarioError([Problem("table.line", {"file": file, "line": reader.line_num + 1})]) from None


def _check_columns(wanted: Sequence[str], there: Any, file: str, line: int) -> None:
    missing = [
        Problem(
            "table.column",
            {"file": file, "line": line, "name": name, "meant": nearest(name, map(str, there)), "known": list(there)},
        )
        for name in wanted
        if name not in there
    ]
    if missing:
        raise ScenarioError(missing)


def _row(line: int, cells: Mapping[str, Any], file: str, columns: TableColumns) -> Row:
    """Read one row; raises `ScenarioError`."""

    def refuse(code: str, column: str) -> ScenarioError:
        return _refusal(code, file, line, column, cells[column])

    name = cells[columns.task]
    if not isinstance(name, str) or not name.strip():
        raise refuse("table.task", columns.task)
    arrival = _moment(cells[columns.arrival])
    if arrival is None:
        raise refuse("table.arrival", columns.arrival)
    duration = _number(cells[columns.duration])
    if duration is None or not 0 <= duration * UNITS[columns.unit] <= SECONDS:
        raise refuse("table.duration", columns.duration)
    queue = cells[columns.queue] if columns.queue is not None else None
    return name.strip(), str(queue or "").strip(), arrival, duration * UNITS[columns.unit]


def _refusal(code: str, file: str, line: int, column: str, cell: object) -> ScenarioError:
    value = str(cell)[:40]
    return ScenarioError([Problem(code, {"file": file, "line": line, "column": column, "value": value})])


def _number(cell: Any) -> float | None:
    """Return a finite number, or None."""
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _moment(cell: Any) -> float | None:
    """Return a time in seconds: of a number, or of a date and time (ISO 8601; without a zone it is UTC)."""
    value = _number(cell)
    if value is not None:
        return value * next((factor for least, factor in SINCE_1970 if abs(value) >= least), 1.0)
    try:
        read = datetime.fromisoformat(str(cell).strip())
    except ValueError:
        return None
    since = (read if read.tzinfo is not None else read.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return since.total_seconds()
