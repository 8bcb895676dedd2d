"""`challenge`: a scenario as a game, with a seed of one's own."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.options import Appearance, ChangeOptions, command
from simulator.cli.shared import DONE, interactive
from simulator.cli.watching import show

RANDOM = 10_000
"""Seeds that are drawn are below this: short enough to be read out."""


@command()
def challenge(
    what: Annotated[
        str | None, typer.Argument(metavar="[WHAT]", help="A scenario with a challenge; default: the packaged one.")
    ] = None,
    *,
    card: Annotated[bool, typer.Option("--card", help="Only print the card: score, losses, changes, replay.")] = False,
    options: ChangeOptions,
    appearance: Appearance,
) -> int:
    """Play a challenge with a seed of your own, change what you like, and get a card to share.

    In the program, r shows the card; in a pipe, or with --card, it is printed.
    """
    from dataclasses import replace
    from secrets import randbelow

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
        if card or not interactive():
            print("\n".join(card_lines(made, options.language)))
            return DONE
    return show(run, options, appearance)
