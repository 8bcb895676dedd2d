"""Runs compared in words: the first difference of each from the first run, and their measures in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.measure import Row, compare
from simulator.story.catalog import Line, Words, line
from simulator.story.narrate.narration import sentence
from simulator.story.narrate.settings import describe_workers
from simulator.story.report.summary import Table
from simulator.story.run import Run
from simulator.story.values import ClockTime, shown_seconds
from simulator.trace import events as ev

SAME = Words("{name}: {base} 실행과 모든 이벤트가 같습니다", "{name}: Identical to {base}, event by event")
DIVERGE = Words("{base} / {name}: 여기서 달라집니다", "{base} / {name}: They diverge here")
SETTINGS = Words("  설정 {name}: {text}", "  Settings of {name}: {text}")
MOMENT = Words("  {name}: [{when}] {text}", "  {name}: [{when}] {text}")
ENDED = Words("  {name}: 더 일어나는 일이 없습니다", "  {name}: Nothing more happens")
UNTOLD = Words("  이벤트의 세부만 다릅니다 ({kind})", "  Only details of events differ ({kind})")
MEASURES = Words("측정값", "Measures")
MEASURE = Words("항목", "measure")
SECONDS = Words("{number}초", "{number} s")
ROWS = {
    "sent": Words("전송", "sent"),
    "succeeded": Words("성공", "succeeded"),
    "failed": Words("실패", "failed"),
    "revoked": Words("취소", "revoked"),
    "ignored": Words("무시", "ignored"),
    "dropped": Words("버려짐", "dropped"),
    "lost": Words("유실", "lost"),
    "alive": Words("미완료", "unfinished"),
    "runs": Words("실행", "runs"),
    "retried": Words("재시도", "retried"),
    "mean wait": Words("대기 평균", "mean wait"),
    "p95 wait": Words("대기 p95", "p95 wait"),
    "max wait": Words("대기 최대", "max wait"),
    "mean response": Words("응답 평균", "mean response"),
    "p95 response": Words("응답 p95", "p95 response"),
    "busy slots": Words("바쁜 시간", "busy time"),
    "polls": Words("질문", "polls"),
    "end": Words("끝", "end"),
}
"""Names of measures; any other keeps its own."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """First difference between two runs: the index, and the event there in each (None: it has ended)."""

    index: int
    one: tuple[int, str] | None
    """Time in microseconds, and the sentence."""
    other: tuple[int, str] | None


def first_difference(one: Run, other: Run, lang: str) -> Divergence | None:
    """The first event that reads differently in two runs; None if they read the same throughout.

    Declarations (queues, workers) are left out: `settings_apart` reports those.
    """
    shared = one.trace.common_prefix(other.trace)
    if shared == len(one.trace) == len(other.trace):
        return None
    declared = min(_declared(one), _declared(other))
    for index in range(max(shared, declared), max(len(one.trace), len(other.trace))):
        mine, theirs = _told(one, index, lang), _told(other, index, lang)
        if mine is None or theirs is None or _shown(mine) != _shown(theirs):
            return Divergence(index, mine, theirs)
    return None


def difference_lines(names: tuple[str, str], one: Run, other: Run, lang: str) -> list[Line]:
    """Describe the point where two runs diverge."""
    base, name = names
    found = compare(one.trace, other.trace)
    if found.first is None:
        return [line(SAME, name=name, base=base)]
    lines = [line(DIVERGE, name=name, base=base)]
    for label, run, against in ((base, one, other), (name, other, one)):
        ways, theirs = (_ways(which, lang) for which in (run, against))
        lines += [line(SETTINGS, name=label, text=text) for text in ways if text not in theirs]
    apart = first_difference(one, other, lang)
    if apart is None:
        event = found.one or found.other
        return [*lines, line(UNTOLD, kind=event.type if event is not None else "-")]
    for label, told in ((base, apart.one), (name, apart.other)):
        if told is None:
            lines.append(line(ENDED, name=label))
        else:
            lines.append(line(MOMENT, name=label, when=ClockTime(told[0]), text=told[1]))
    return lines


def measure_rows(runs: Sequence[Run]) -> list[tuple[str, str, list[float | None]]]:
    """(measure, unit, its value in each run) of every measure that any run has."""
    columns: list[list[Row]] = [compare(runs[0].trace, run.trace).rows for run in runs[1:]]
    rows = [
        (row[0].measure, row[0].unit, [row[0].one, *(cell.other for cell in row)]) for row in zip(*columns, strict=True)
    ]
    return [row for row in rows if any(row[2])]


def measure_table(names: Sequence[str], runs: Sequence[Run], lang: str) -> Table:
    """The measures of all runs side by side."""
    rows = [
        [ROWS[measure].text(lang) if measure in ROWS else measure, *(cell_text(value, unit, lang) for value in values)]
        for measure, unit, values in measure_rows(runs)
    ]
    return Table(MEASURES.text(lang), [MEASURE.text(lang), *names], rows)


def cell_text(value: float | None, unit: str, lang: str) -> str:
    """A measure in its unit, as a table shows it."""
    if value is None:
        return "-"
    if unit == "s":
        return SECONDS.text(lang, number=f"{value:,.2f}")
    return f"{value:.0%}" if unit == "%" else f"{value:,g}"


def _declared(run: Run) -> int:
    kinds = (ev.QueueDeclared, ev.WorkerOnline)
    return next((i for i, event in enumerate(run.trace) if not isinstance(event, kinds)), len(run.trace))


def _ways(run: Run, lang: str) -> list[str]:
    online = [event for event in run.trace.events[: _declared(run)] if isinstance(event, ev.WorkerOnline)]
    return [said.text(lang) for said in describe_workers(online)]


def _told(run: Run, index: int, lang: str) -> tuple[int, str] | None:
    if index >= len(run.trace):
        return None
    return run.trace[index].t, sentence(run.timeline, index, lang)


def _shown(told: tuple[int, str]) -> tuple[str, str]:
    return shown_seconds(told[0]), told[1]
