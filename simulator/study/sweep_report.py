"""A sweep as tables for people and for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from simulator.story.catalog import Words
from simulator.story.report.summary import Table, pad
from simulator.study import sweep_words as words
from simulator.study.jobs import fingerprint
from simulator.study.numbers import percent, plain, said
from simulator.study.statistics import FEWEST, ConfidenceInterval
from simulator.study.sweep import Sweep
from simulator.visible import TableWriter

CHART = 40
"""Width of the chart in characters."""

LONGEST = 1000
"""Most characters of a command that is printed."""


def sweep_table(sweep: Sweep, lang: str) -> Table:
    """Return the cells, best first: measures, differences to the first cell, shares of the goals."""
    asked, order = sweep.question, sweep.order()
    differs = len(asked.cells) > 1
    columns = [words.SETTING.text(lang), words.RUNS.text(lang)]
    for measure in asked.measures:
        columns += [measure, *([words.VERSUS.text(lang)] if differs else [])]
    columns += [words.GOAL.text(lang, number=n + 1) for n in range(len(asked.goals))]
    rows = []
    for cell in order:
        row = [label_of(sweep, cell, lang), f"{sweep.runs.done(cell):,}"]
        for place in range(len(asked.measures)):
            row.append(said(sweep.mean(cell, place)))
            if differs:
                row.append(_difference(sweep, cell, place))
        row += [_share(sweep.share(cell, goal), lang) for goal in range(len(asked.goals))]
        rows.append(row)
    return Table(words.TITLE.text(lang), columns, rows)


def label_of(sweep: Sweep, cell: int, lang: str) -> str:
    """Return a cell's settings."""
    return sweep.question.cells[cell].label or words.AS_IT_IS.text(lang)


def _difference(sweep: Sweep, cell: int, measure: int) -> str:
    if cell == 0:
        return ""
    found = sweep.difference(cell, measure)
    return said(found, mark=True) + (" *" if is_significant(found) else "")


def is_significant(difference: ConfidenceInterval) -> bool:
    """Return whether a difference is known not to be 0."""
    return not math.isnan(difference.low) and difference.excludes(0)


def _share(share: ConfidenceInterval, lang: str) -> str:
    if not share.count:
        return "-"
    met = round(share.value * share.count)
    return words.AT_LEAST.text(lang, met=f"{met:,}", total=f"{share.count:,}", bound=percent(share.low))


def chart_lines(sweep: Sweep, lang: str) -> Iterator[str]:
    """Yield a dot plot of the first measure, in the order of the cells: mean and interval on one scale."""
    asked = sweep.question
    found = [(cell, sweep.mean(cell, 0)) for cell in range(len(asked.cells))] if asked.measures else []
    known = [one for one in found if not math.isnan(one[1].low)]
    if len(known) < 2:
        return
    low, high = min(one.low for _, one in known), max(one.high for _, one in known)
    if high <= low:
        return
    yield words.CHART.text(lang, measure=asked.measures[0], confidence=percent(asked.confidence))
    width = max(len(label_of(sweep, cell, lang)) for cell, _ in known)

    def at(value: float) -> int:
        return round((value - low) / (high - low) * (CHART - 1))

    for cell, one in known:
        line = [" "] * CHART
        line[at(one.low) : at(one.high) + 1] = "-" * (at(one.high) - at(one.low) + 1)
        line[at(one.low)], line[at(one.high)] = "[", "]"
        line[at(one.value)] = "o"
        yield f"  {pad(label_of(sweep, cell, lang), width)}  {''.join(line).rstrip()}"
    yield f"  {' ' * width}  {plain(low)}{plain(high).rjust(CHART - len(plain(low)))}"


def notes(sweep: Sweep, lang: str) -> Iterator[str]:
    """Yield what one must know to read the table."""
    asked = sweep.question
    confidence = percent(asked.confidence)

    def note(text: Words, **params: object) -> str:
        return text.text(lang, **params, confidence=confidence)

    for number, goal in enumerate(asked.goals, start=1):
        yield f"{words.GOAL.text(lang, number=number)}: {goal}"
    yield note(words.SAME_SEEDS, first=asked.first_seed)
    if len(asked.cells) > 1 and asked.measures:
        yield note(words.DIFFERENCES, base=label_of(sweep, 0, lang))
    if asked.goals:
        yield note(words.BOUND)
    if asked.measures and min(map(sweep.runs.done, range(len(asked.cells)))) < FEWEST:
        yield note(words.FEW, count=FEWEST)
    for cell, seconds in enumerate(sweep.runs.warm_ups):
        if seconds:
            yield note(words.WARM_UP, seconds=f"{seconds:g}", label=label_of(sweep, cell, lang))
    if asked.precision is not None:
        yield note(words.PRECISE, precision=percent(asked.precision))
        for cell in sweep.imprecise():
            params = {"runs": sweep.runs.done(cell), "label": label_of(sweep, cell, lang)}
            yield note(words.NOT_PRECISE, precision=percent(asked.precision), **params)


def play_lines(sweep: Sweep, what: Sequence[str], lang: str) -> Iterator[str]:
    """Yield the commands that play a telling run of each cell; `what` are the words that name the scenario."""
    yield words.PLAY.text(lang)
    for cell in sweep.order():
        command = sweep.question.cells[cell].play(what, sweep.telling_seed(cell))
        if len(command) > LONGEST:  # recorded arrivals, each moved
            command = words.LONG.text(lang, label=label_of(sweep, cell, lang))
        yield f"  {command}"


def write_csv(sweep: Sweep, stream: TextIO) -> None:
    """Write a row a run: its settings, its seed, and its numbers; empty where there is nothing to measure."""
    asked = sweep.question
    paths = list(dict.fromkeys(path for cell in asked.cells for path, _ in cell.changes))
    out = TableWriter(stream)
    out.row([*paths, "seed", *asked.expressions])
    for settings, seed, values in rows_of(sweep):
        out.row([*(settings.get(path, "") for path in paths), seed, *("" if v is None else v for v in values)])


def rows_of(sweep: Sweep) -> Iterator[tuple[dict[str, Any], int, list[float | None]]]:
    """Yield (settings, seed, values) of each run, by cell and seed."""
    asked = sweep.question
    for cell, one in enumerate(asked.cells):
        columns = [sweep.runs.of(cell, place) for place in range(len(asked.expressions))]
        for place in range(sweep.runs.done(cell)):
            values = [None if math.isnan(column[place]) else column[place] for column in columns]
            yield dict(one.changes), asked.first_seed + place, values


def sweep_data(sweep: Sweep, what: Sequence[str]) -> dict[str, Any]:
    """Return all of a sweep as plain data: cells, best first, and a row a run."""
    asked = sweep.question
    return {
        "ackademy": fingerprint(),
        "confidence": asked.confidence,
        "measures": [*asked.measures],
        "goals": [*asked.goals],
        "cells": [_cell_data(sweep, cell, what) for cell in sweep.order()],
        "runs": [
            {"settings": settings, "seed": seed, "values": dict(zip(asked.expressions, values, strict=True))}
            for settings, seed, values in rows_of(sweep)
        ],
    }


def _cell_data(sweep: Sweep, cell: int, what: Sequence[str]) -> dict[str, Any]:
    asked, one = sweep.question, sweep.question.cells[cell]
    measures = {}
    for place, measure in enumerate(asked.measures):
        difference = sweep.difference(cell, place)
        quantiles = {f"p{round(100 * q)}": _interval(sweep.quantile(cell, place, q)) for q in (0.5, 0.95)}
        measures[measure] = {
            "mean": _interval(sweep.mean(cell, place)),
            "of_runs": quantiles,
            "vs_first": {**_interval(difference), "significant": is_significant(difference)} if cell else None,
        }
    return {
        "settings": dict(one.changes),
        "runs": sweep.runs.done(cell),
        "warm_up": sweep.runs.warm_ups[cell],
        "measures": measures,
        "goals": {goal: _interval(sweep.share(cell, number)) for number, goal in enumerate(asked.goals)},
        "play": one.play(what, sweep.telling_seed(cell)),
    }


def _interval(interval: ConfidenceInterval) -> dict[str, Any]:
    return {
        name: value if math.isfinite(value) else None
        for name, value in (("value", interval.value), ("low", interval.low), ("high", interval.high))
    } | {"count": interval.count}
