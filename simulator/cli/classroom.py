"""`worksheet` and `vote`: hand-outs, and a show of hands."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from simulator.cli.options import ChangeOptions, Profile, RunOptions, What, command, read_settings_for
from simulator.cli.shared import DONE, WRONG_INPUT, complain, interactive
from simulator.visible import visible


class DocumentFormat(StrEnum):
    """Formats of a document."""

    MD = "md"
    HTML = "html"


@command()
def worksheet(
    what: What,
    *,
    answers: Annotated[bool, typer.Option("--answers", help="Include the answers (teacher's copy).")] = False,
    form: Annotated[
        DocumentFormat | None,
        typer.Option("--to", help="Markdown or printable HTML; default: by FILE's extension, else md."),
    ] = None,
    file: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="File to write; default: stdout.")] = "-",
    profile: Profile = None,
    options: ChangeOptions,
) -> int:
    """Write a worksheet: a timeline to fill in, questions, exercises. Never overwrites a file."""
    from contextlib import ExitStack

    from simulator.cli.authoring import write_text
    from simulator.export import worksheet as make

    language = options.language
    html = form is DocumentFormat.HTML or (form is None and file.endswith((".html", ".htm")))
    with ExitStack() as stack:
        run = stack.enter_context(options.opening(what, profile=profile))
        if run.scenario is None:
            options.refuse("worksheet.no_scenario", file=what)
        variants = {
            name: stack.enter_context(options.opening(what, profile=profile, variant=name))
            for name in run.scenario.model.variants
        }
        given = {"--profile": profile, "--seed": options.seed_text, "--until": options.until}
        typed = [what, *_options(given, options.settings)]
        problem = write_text(visible(make(run, variants, language, answers=answers, html=html, asked=typed)), file)
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


@command()
def vote(
    what: What,
    *,
    question: Annotated[int, typer.Option(min=1, metavar="N", help="Start at question N.")] = 1,
    options: RunOptions,
) -> int:
    """Put questions to a show of hands: type the counts, reveal the answer, go on to the next."""
    with options.opening(what) as run:
        count = sum(stop.is_question for stop in run.stops)
    if not count:
        options.refuse("vote.no_question", file=what)
    if question > count:
        options.refuse("vote.too_far", file=what, question=question, count=count)
    if not interactive():
        options.refuse("vote.no_terminal")
    from simulator.engine import simulate
    from simulator.tui.voting import vote_on

    language, kept = read_settings_for(options)
    return vote_on(run, lang=language, simulate=simulate, question=question, kept=kept)
