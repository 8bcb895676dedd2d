"""A plan in sentences, as a table, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from simulator.story.catalog import Words
from simulator.story.report.summary import Table
from simulator.study import plan_words as words
from simulator.study.numbers import percent, plain
from simulator.study.planning import OPEN, CheapestPlan, is_growing


def _params(plan: CheapestPlan, cell: int) -> dict[str, object]:
    found = plan.found(cell)
    label, cost = plan.cells[cell].label, plain(plan.costs[cell])
    return {"label": label, "cost": cost, "met": round(found.value * found.count), "total": found.count}


def plan_lines(plan: CheapestPlan, what: Sequence[str], lang: str) -> Iterator[str]:
    """Yield the answer, how sure it is, and why the next cheaper setting does not do."""
    share, confidence = percent(plan.share), percent(plan.confidence)

    def say(text: Words, **params: object) -> str:
        return text.text(lang, **params)

    yield say(words.GOALS, goals=", ".join(plan.goals))
    if plan.answer is None:
        yield say(words.NONE, share=share, confidence=confidence)
        return
    yield say(words.ANSWER, **_params(plan, plan.answer))
    yield say(words.SURE, **_params(plan, plan.answer), share=share, confidence=confidence)
    if plan.cheaper is None:
        yield say(words.CHEAPEST)
        return
    is_open = plan.verdict(plan.cheaper) == OPEN
    yield say(words.CHEAPER_OPEN if is_open else words.CHEAPER, **_params(plan, plan.cheaper))
    seed = plan.missed_seed(plan.cheaper)
    if seed is not None:
        yield say(words.WATCH, command=plan.cells[plan.cheaper].play(what, seed))


def tried_table(plan: CheapestPlan, lang: str) -> Table:
    """Return the cells that were played, cheapest first."""
    columns = [one.text(lang) for one in (words.SETTING, words.COST, words.RUNS, words.MEETING, words.VERDICT)]
    rows = []
    for cell in tried(plan):
        params, verdict = _params(plan, cell), words.VERDICTS[plan.verdict(cell)].text(lang)
        rows.append([str(params["label"]), str(params["cost"]), f"{params['total']}", f"{params['met']}", verdict])
    return Table(words.TRIED.text(lang), columns, rows)


def tried(plan: CheapestPlan) -> list[int]:
    """Return the cells that were played, cheapest first."""
    played = [cell for cell in range(len(plan.cells)) if plan.runs.done(cell)]
    return sorted(played, key=lambda cell: plan.costs[cell])


def note_lines(plan: CheapestPlan, lang: str) -> Iterator[str]:
    """Yield what was spent, and what the search takes for granted."""
    counts = {"cells": f"{len(plan.cells):,}", "tried": f"{len(tried(plan)):,}", "runs": f"{plan.runs.played():,}"}
    yield words.SPENT.text(lang, **counts)
    if any(map(is_growing, plan.factors)):
        yield words.GROWING.text(lang)


def plan_data(plan: CheapestPlan, what: Sequence[str]) -> dict[str, Any]:
    """Return all of a plan as plain data."""

    def cell_data(cell: int | None) -> dict[str, Any] | None:
        if cell is None:
            return None
        found, seed = plan.found(cell), plan.missed_seed(cell)
        return {
            "settings": dict(plan.cells[cell].changes),
            "cost": plan.costs[cell],
            "runs": found.count,
            "met": round(found.value * found.count) if found.count else 0,
            "low": found.low,
            "high": found.high,
            "verdict": plan.verdict(cell),
            "play_a_miss": plan.cells[cell].play(what, seed) if seed is not None else None,
        }

    return {
        "goals": [*plan.goals],
        "share": plan.share,
        "confidence": plan.confidence,
        "answer": cell_data(plan.answer),
        "next_cheaper": cell_data(plan.cheaper),
        "tried": [cell_data(cell) for cell in tried(plan)],
        "runs": plan.runs.played(),
    }
