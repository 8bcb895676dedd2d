"""`export`: a run in other formats: a page that plays it, events for monitors."""

from __future__ import annotations

import json
from contextlib import ExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import LATEST, RunOptions, What, command
from simulator.cli.shared import DONE, WRONG_INPUT, complain

if TYPE_CHECKING:
    from simulator.scenario import Problem


class RunFormat(StrEnum):
    """Formats of a run."""

    HTML = "html"
    CELERY_EVENTS = "celery-events"


@command()
def export(
    what: What,
    *,
    to: Annotated[
        RunFormat,
        typer.Option(
            help="html: one page that plays the run, without a network; "
            "celery-events: Celery's event dictionaries as JSON, one per line."
        ),
    ],
    file: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="File to write; default: stdout.")] = "-",
    variants: Annotated[
        bool, typer.Option("--variants", help="With html: all variants too, in tabs, to compare.")
    ] = False,
    start: Annotated[
        float,
        typer.Option(metavar="UNIXTIME", min=0, max=LATEST * 100, help="With celery-events: the time of the start."),
    ] = 0.0,
    options: RunOptions,
) -> int:
    """Write a run in another format. Never overwrites a file."""
    if variants and (to is not RunFormat.HTML or options.variant is not None):
        options.refuse("export.variants")
    html = to is RunFormat.HTML
    problem = _page(what, file, variants, options) if html else _events(what, file, start, options)
    if problem is not None:
        complain([problem], options.language)
        return WRONG_INPUT
    return DONE


def _page(what: str, file: str, variants: bool, options: RunOptions) -> Problem | None:
    from simulator.cli.authoring import write_text
    from simulator.export.html import player_page
    from simulator.story.catalog import BOTH

    with ExitStack() as stack:
        runs = [stack.enter_context(options.opening(what))]
        if variants and runs[0].scenario is not None:
            names = runs[0].scenario.model.variants
            runs += [stack.enter_context(options.opening(what, variant=name)) for name in names]
        # A page has a switch: unless one language is asked for, it speaks both.
        problem = write_text(player_page(runs, options.asked_language or BOTH), file)
    return problem


def _events(what: str, file: str, start: float, options: RunOptions) -> Problem | None:
    from simulator.cli.authoring import write_text
    from simulator.story.logs.celery_events import celery_events
    from simulator.visible import escaped

    with options.opening(what) as opened:
        lines = (json.dumps(raw, ensure_ascii=False) for raw in celery_events(opened.trace, start))
        problem = write_text("".join(f"{escaped(text)}\n" for text in lines), file)
    return problem
