"""The summary of a run and its goals as tables: what `ackademy run` prints."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as Drawn
from rich.text import Text

from simulator.measure import GoalResult, Spread, Summary
from simulator.story.catalog import BOTH, LANGUAGES, Words, pick
from simulator.visible import raw, visible


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of text: the first `names` of them flush left, the others (numbers) flush right."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    names: int = 1


RUN = Words(
    "{scenario}: profile {profile}, seed {seed}, 이벤트 {events}개, hash {hash}",
    "{scenario}: profile {profile}, seed {seed}, {events} events, hash {hash}",
)
NO_HASH = Words("없음", "none")
"""In place of the hash of a run that has left no trace."""
ENDED = {
    "done": Words("{end}초에 끝: 더 일어날 일이 없음", "Ended at {end} s: nothing more happens"),
    "until": Words("{end}초에 끝: 정해 둔 시각 (until)", "Ended at {end} s, as set (until)"),
    "recorded": Words("기록이 {end}초에서 끝남", "The recording ends at {end} s"),
    "cap": Words("{end}초에 끝: 한도에 이름, 할 일이 남아 있음", "Ended at {end} s: limit reached, work left"),
}
LITTLE = Words(
    "리틀의 법칙: L = {L}, lambda x W = {rate}/초 x {W}초 = {product} ({holds})",
    "Little's law: L = {L}, lambda x W = {rate}/s x {W} s = {product} ({holds})",
)
HOLDS = Words("성립", "it holds")
HOLDS_NOT = Words("성립하지 않음", "it does not hold")
SECONDS = Words("{number}초", "{number} s")
TASKS = Words("Task", "Tasks")
WAITS = Words("대기 시간 (전송 → 첫 실행)", "Wait (sent to first start)")
RESPONSES = Words("응답 시간 (전송 → 최종 상태)", "Response (sent to final state)")
SINCE_RECEIVED = (
    Words("대기 시간 (받음 → 첫 실행)", "Wait (received to first start)"),
    Words("응답 시간 (받음 → 최종 상태)", "Response (received to final state)"),
)
"""Waits and responses of a recording that does not tell when tasks were sent."""
WORKERS = Words("Worker", "Workers")
QUEUES = Words("Queue", "Queues")
GOALS = Words("목표", "Goals")
MET = Words("달성", "met")
MISSED = Words("미달성", "missed")
NAME = Words("이름", "name")
RESULT = Words("결과", "result")
TEST = Words("조건", "test")
TASK_COLUMNS = (
    Words("전송", "sent"),
    Words("성공", "succeeded"),
    Words("실패", "failed"),
    Words("유실", "lost"),
    Words("미완료", "unfinished"),
    Words("실행", "runs"),
)
TROUBLE_COLUMNS = (
    Words("재시도", "retried"),
    Words("취소", "revoked"),
    Words("무시", "ignored"),
    Words("버려짐", "dropped"),
    Words("Dead Letter", "dead letters"),
    Words("전송 실패", "not sent"),
    Words("중복", "duplicates"),
)
"""Columns shown if any of their values is not zero."""
TIME_COLUMNS = (
    Words("평균", "mean"),
    Words("p50", "p50"),
    Words("p95", "p95"),
    Words("최대", "max"),
)
WORKER_COLUMNS = (
    Words("자리", "slots"),
    Words("실행", "runs"),
    Words("바쁨", "busy"),
    Words("가동률", "utilisation"),
    Words("질문", "polls"),
    Words("빈손", "empty"),
    Words("강제 종료", "deaths"),
)
QUEUE_COLUMNS = (
    Words("메시지", "messages"),
    Words("최대 길이", "longest"),
    Words("평균 길이", "mean length"),
    Words("남음", "left"),
)


def headlines(summary: Summary, lang: str) -> list[str]:
    """The run, its outcome, and Little's law."""
    run = RUN.text(
        lang,
        scenario=summary.scenario or "-",
        profile=summary.profile or "-",
        seed=summary.seed,
        events=f"{summary.events:,}",
        hash=summary.hash[:8] or NO_HASH.text(lang),
    )
    lines = [run, ENDED.get(summary.stopped, ENDED["done"]).text(lang, end=_number(summary.end))]
    little = summary.little
    if little is not None:
        rate, product = _number(little.arrival_rate), _number(little.product)
        holds = HOLDS if little.holds else HOLDS_NOT
        numbers = {"L": _number(little.L), "rate": rate, "W": _number(little.W), "product": product}
        lines.append(LITTLE.text(lang, **numbers, holds=holds.text(lang)))
    return lines


def tables(summary: Summary, goals: Sequence[GoalResult], lang: str) -> list[Table]:
    """Tables of tasks, workers, queues and goals; an empty one is left out.

    The task table has a column for each kind of trouble that any task had.
    """
    troubles = _troubles(summary)
    wait_title, response_title = (WAITS, RESPONSES) if summary.since == "sent" else SINCE_RECEIVED
    shown = [column for column in range(len(TROUBLE_COLUMNS)) if any(row[column] for row in troubles.values())]
    types = [
        [
            t.name,
            *_counts(t.sent, t.succeeded, t.failed, t.lost, t.alive, t.runs),
            *_counts(*(troubles[t.name][column] for column in shown)),
        ]
        for t in summary.types
    ]
    waits = [[t.name, *_times(t.wait, lang)] for t in summary.types]
    responses = [[t.name, *_times(t.response, lang)] for t in summary.types]
    workers = [
        [
            w.hostname,
            *_counts(w.concurrency, w.executions),
            SECONDS.text(lang, number=_number(w.busy)),
            f"{w.utilisation:.0%}",
            *_counts(w.polls, w.empty_polls, w.deaths),
        ]
        for w in summary.workers
    ]
    queues = [[q.name, *_counts(q.messages, q.longest), _number(q.mean), str(q.left)] for q in summary.queues]
    held = [[(MET if one.met else MISSED).text(lang), _goal(one, lang)] for one in goals]
    found = [
        _table(TASKS, (*TASK_COLUMNS, *(TROUBLE_COLUMNS[column] for column in shown)), types, lang),
        _table(wait_title, TIME_COLUMNS, waits, lang),
        _table(response_title, TIME_COLUMNS, responses, lang),
        _table(WORKERS, WORKER_COLUMNS, workers, lang),
        _table(QUEUES, QUEUE_COLUMNS, queues, lang),
        Table(GOALS.text(lang), [RESULT.text(lang), TEST.text(lang)], held, names=2),
    ]
    return [table for table in found if table.rows]


def _troubles(summary: Summary) -> dict[str, list[int]]:
    """Counts for `TROUBLE_COLUMNS`, by task type."""
    return {
        t.name: [t.retried, t.revoked, t.ignored, t.dropped, t.dead_lettered, t.publish_failed, t.duplicates]
        for t in summary.types
    }


def report_lines(summary: Summary, goals: Sequence[GoalResult], lang: str) -> Iterator[str]:
    """The whole report as aligned text, in `ko`, `en` or (one after the other) `both`."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        yield from headlines(summary, one)
        for table in tables(summary, goals, one):
            yield ""
            yield from plain_table(table)


def draw(summary: Summary, goals: Sequence[GoalResult], lang: str) -> None:
    """Print the report on the terminal, as tables that fit its width."""
    console = Console(highlight=False, file=raw(sys.stdout))
    for one in LANGUAGES if lang == BOTH else (lang,):
        for text in headlines(summary, one):
            console.print(Text(visible(text)))
        for table in tables(summary, goals, one):
            console.print(_drawn(table))


def draw_table(table: Table) -> None:
    """Print one table on the terminal."""
    Console(highlight=False, file=raw(sys.stdout)).print(_drawn(table))


def _drawn(table: Table) -> Drawn:
    drawn = Drawn(title=table.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for column, name in enumerate(table.columns):
        drawn.add_column(Text(name), overflow="fold", justify="left" if column < table.names else "right")
    for row in table.rows:
        drawn.add_row(*(Text(visible(text)) for text in row))
    return drawn


def plain_table(table: Table) -> list[str]:
    """A table as aligned text, columns two spaces apart; widths are terminal cells."""
    rows = [table.columns, *table.rows]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(table.columns))]
    lines = [table.title]
    for row in rows:
        cells = [
            pad(text, width) if column < table.names else " " * (width - cell_len(text)) + text
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines


def pad(text: str, width: int) -> str:
    """Text filled up with spaces to a width in terminal cells."""
    return text + " " * (width - cell_len(text))


def _table(title: Words, columns: Sequence[Words], rows: list[list[str]], lang: str) -> Table:
    return Table(title.text(lang), [NAME.text(lang), *(column.text(lang) for column in columns)], rows)


def _goal(result: GoalResult, lang: str) -> str:
    """A goal's condition, followed by its wording if it has one."""
    words = pick(result.goal.text, lang)
    return f"{result.goal.test}  ({words})" if words else result.goal.test


def _counts(*counts: int) -> list[str]:
    return [f"{count:,}" for count in counts]


def _times(spread: Spread, lang: str) -> list[str]:
    values = (spread.mean, spread.p50, spread.p95, spread.max)
    return [SECONDS.text(lang, number=_number(value)) if value is not None else "-" for value in values]


def _number(value: float) -> str:
    return f"{value:,.2f}"
