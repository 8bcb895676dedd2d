"""`challenge`: a scenario as a game, with a seed of one's own."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.options import Appearance, ChangeOptions, command
from simulator.cli.shared import DONE, WRONG_INPUT, complain, interactive
from simulator.cli.watching import show

RANDOM = 10_000
"""Seeds that are drawn are below this: short enough to be read out."""

CARD = 78
"""Columns of the card as a picture."""


@command()
def challenge(
    what: Annotated[
        str | None, typer.Argument(metavar="[WHAT]", help="A scenario with a challenge; default: the packaged one.")
    ] = None,
    *,
    card: Annotated[bool, typer.Option("--card", help="Only print the card: score, losses, changes, replay.")] = False,
    file: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Save the card in a new file: .svg is a picture, else text."
        ),
    ] = None,
    options: ChangeOptions,
    appearance: Appearance,
) -> int:
    """Play a challenge with a seed of your own, change what you like, and get a card to share.

    In the program, r shows the card; in a pipe, or with --card, it is printed.
    """
    from dataclasses import replace
    from secrets import randbelow

    from simulator.cli.authoring import write_text
    from simulator.course.challenge import card_lines, challenged, make_card
    from simulator.scenario import load_scenario, scenario_names

    if what is None:
        what = next((name for name in scenario_names() if load_scenario(name).model.challenge is not None), None)
        if what is None:
            options.refuse("challenge.nothing")
    if options.seed is None:
        options = replace(options, seed=str(1 + randbelow(RANDOM - 1)))
    with options.opening(what) as run:
        if run.scenario is None:
            options.refuse("challenge.no_challenge", file=what)
        made = make_card(challenged(run.scenario), run.scenario, run.trace)
        if made is None:
            options.refuse("challenge.no_challenge", file=what)
        if card or file is not None or not interactive():
            lines = list(card_lines(made, options.language))
            problem = write_text(_card_text(lines, file), file or "-")
            if problem is not None:
                complain([problem], options.language)
                return WRONG_INPUT
            return DONE
    return show(run, options, appearance)


def _card_text(lines: list[str], file: str | None) -> str:
    """The card as a picture if the file is to be one, else as text."""
    if file is None or not file.endswith(".svg"):
        return "".join(f"{line}\n" for line in lines)
    from rich.segment import Segment
    from rich.style import Style

    from simulator.story.texts import wrap
    from simulator.tui.capture.svg import make_svg
    from simulator.visible import visible_line

    head, *rest = map(visible_line, lines)
    rows = [[Segment(head, Style(bold=True))], [Segment("")]]
    rows += [[Segment(part)] for line in rest for part in wrap(line, CARD)]
    return make_svg(rows, head)
