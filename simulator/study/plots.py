"""A sweep as a page to look at.

Plots are plotly's: its script goes into the page, which then needs no network, and nothing else has to be installed for
that (altair would need a browser engine to write a page that stands by itself).
"""

from __future__ import annotations

import html

from plotly import graph_objects, io

from simulator.study import sweep_words as words
from simulator.study.sweep import Sweep
from simulator.study.sweep_report import label_of, notes, play_lines

DOTS = 2_000
"""Runs of a cell that are drawn one by one."""

PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}pre{{overflow:auto}}</style></head>
<body><h1>{title}</h1>
{plots}
<pre>{notes}</pre></body></html>
"""


def sweep_page(sweep: Sweep, title: str, what: list[str], lang: str) -> str:
    """Return an HTML page with a plot of each measure and of the goals."""
    asked = sweep.question
    figures = [_measure(sweep, place, lang) for place in range(len(asked.measures))]
    if asked.goals:
        figures.append(_goals(sweep, lang))
    plots = [io.to_html(figure, full_html=False, include_plotlyjs=not n) for n, figure in enumerate(figures)]
    text = "\n".join([*notes(sweep, lang), "", *play_lines(sweep, what, lang)])
    return PAGE.format(lang=lang, title=html.escape(title), plots="\n".join(plots), notes=html.escape(text))


def _measure(sweep: Sweep, place: int, lang: str) -> graph_objects.Figure:
    cells = [cell for cell in range(len(sweep.question.cells)) if sweep.runs.done(cell)]
    labels = [label_of(sweep, cell, lang) for cell in cells]
    figure = graph_objects.Figure()
    dots = [
        (label, value) for cell, label in zip(cells, labels, strict=True) for value in sweep.values(cell, place)[:DOTS]
    ]
    figure.add_scatter(
        x=[label for label, _ in dots],
        y=[value for _, value in dots],
        mode="markers",
        marker={"opacity": 0.25, "size": 5},
        name=words.NUMBER_OF_RUNS.text(lang),
    )
    means = [sweep.mean(cell, place) for cell in cells]
    figure.add_scatter(
        x=labels,
        y=[mean.value for mean in means],
        error_y={"type": "data", "array": [mean.half for mean in means]},
        mode="markers",
        marker={"size": 10, "symbol": "diamond"},
        name=words.INTERVAL.text(lang),
    )
    figure.update_layout(title=sweep.question.measures[place], template="plotly_white")
    return figure


def _goals(sweep: Sweep, lang: str) -> graph_objects.Figure:
    cells = [cell for cell in range(len(sweep.question.cells)) if sweep.runs.done(cell)]
    figure = graph_objects.Figure()
    for number, goal in enumerate(sweep.question.goals):
        shares = [sweep.share(cell, number) for cell in cells]
        below = [share.value - share.low for share in shares]
        figure.add_bar(
            x=[label_of(sweep, cell, lang) for cell in cells],
            y=[share.value for share in shares],
            error_y={"type": "data", "array": [0] * len(cells), "arrayminus": below},
            name=goal,
        )
    figure.update_layout(title=words.SHARE.text(lang), template="plotly_white", yaxis={"range": [0, 1.05]})
    return figure
