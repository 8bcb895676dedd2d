"""`worksheet` and `vote`: hand-outs, and a show of hands."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from simulator.cli.look import settings_of
from simulator.cli.shared import (
    DONE,
    WRONG_INPUT,
    Lang,
    Profile,
    Seed,
    Set,
    Until,
    Variant,
    What,
    app,
    complain,
    interactive,
    language_of,
    one_seed,
    opening,
)


class Form(StrEnum):
    """What a document is written as."""

    MD = "md"
    HTML = "html"


@app.command()
def worksheet(
    context: typer.Context,
    what: What,
    *,
    answers: Annotated[bool, typer.Option("--answers", help="The teacher's copy.")] = False,
    form: Annotated[
        Form | None, typer.Option("--to", help="Markdown, or a page to print; default: by FILE, else md.")
    ] = None,
    file: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Where to; default: stdout.")] = "-",
    profile: Profile = None,
    settings: Set = None,
    seed: Seed = None,
    until: Until = None,
    lang: Lang = None,
) -> int:
    """Write a hand-out: a timeline to fill in, the questions, what to change and record. Never over a file."""
    from contextlib import ExitStack

    from simulator.cli.authoring import write_text
    from simulator.export import worksheet as make
    from simulator.scenario import Problem

    language = language_of(context, lang)
    asked = {"profile": profile, "until": until, "overrides": settings or ()}
    seed = one_seed(seed)
    html = form is Form.HTML or (form is None and file.endswith((".html", ".htm")))
    with ExitStack() as stack:
        run = stack.enter_context(opening(language, what, seed, {**asked, "variant": None}))
        if run.scenario is None:
            complain([Problem("worksheet.no_scenario", {"file": what})], language)
            return WRONG_INPUT
        names = run.scenario.model.variants
        variants = {
            name: stack.enter_context(opening(language, what, seed, {**asked, "variant": name})) for name in names
        }
        typed = [what, *_options({"--profile": profile, "--seed": seed, "--until": until}, settings)]
        problem = write_text(make(run, variants, language, answers=answers, html=html, asked=typed), file)
    if problem is not None:
        complain([problem], language)
        return WRONG_INPUT
    sys.stdout.flush()
    return DONE


def _options(given: Mapping[str, object], settings: Sequence[str] | None) -> Iterator[str]:
    """Options as one types them; a number without needless zeros."""
    for name, value in given.items():
        if value is not None:
            yield from (name, f"{value:.15g}" if isinstance(value, float) else str(value))
    for setting in settings or ():
        yield from ("--set", setting)


@app.command()
def vote(
    context: typer.Context,
    what: What,
    *,
    question: Annotated[int, typer.Option(min=1, metavar="N", help="Begin at the N-th question.")] = 1,
    profile: Profile = None,
    variant: Variant = None,
    settings: Set = None,
    seed: Seed = None,
    until: Until = None,
    lang: Lang = None,
) -> int:
    """Let a room vote: the question large, hands typed in, bars, reveal; then the run goes on to the next one."""
    from simulator.scenario import Problem

    language = language_of(context, lang)
    asked = {"profile": profile, "variant": variant, "until": until, "overrides": settings or ()}
    with opening(language, what, seed, asked) as run:
        count = sum(stop.is_question for stop in run.stops)
    problem = None
    if not count:
        problem = Problem("vote.no_question", {"file": what})
    elif question > count:
        problem = Problem("vote.too_far", {"file": what, "question": question, "count": count})
    elif not interactive():
        problem = Problem("vote.no_terminal")
    if problem is not None:
        complain([problem], language)
        return WRONG_INPUT
    from simulator.engine import simulate
    from simulator.tui.voting import vote_on

    language, kept = settings_of(context, lang)
    return vote_on(run, lang=language, simulate=simulate, question=question, kept=kept)
