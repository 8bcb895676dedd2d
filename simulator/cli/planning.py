"""`plan`: the cheapest setting that meets the goals."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.calibrating import say_calibration
from simulator.cli.options import What, command
from simulator.cli.progress import ProgressBar
from simulator.cli.shared import DONE, FAILED, INTERRUPTED, WRONG_INPUT, print_json
from simulator.cli.sweeping import Confidence, Goals, PlaceOptions


@command()
def plan(
    what: What,
    *,
    over: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=VALUES", help="Settings to choose from: workers=1..20; repeatable."),
    ] = None,
    goal: Goals = None,
    cost: Annotated[
        str | None,
        typer.Option(
            metavar="EXPRESSION", help="What to keep low: 'workers*concurrency'; default: the slots of all workers."
        ),
    ] = None,
    share: Annotated[
        float, typer.Option(metavar="SHARE", min=0.01, max=0.9999, help="Share of runs that must meet the goals.")
    ] = 0.95,
    confidence: Confidence = 0.95,
    runs: Annotated[int, typer.Option(metavar="N", min=1, max=10**6, help="Runs of one setting, at most.")] = 400,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    options: PlaceOptions,
) -> int:
    """Find the cheapest setting that meets the goals, how sure that is, and why the next cheaper one does not do.

    Exits with 1 if none does.
    """
    from simulator.scenario import Problem, ScenarioError

    if options.lacks():
        return WRONG_INPUT
    with options.scenario(what) as scenario:
        from simulator.story.catalog import BOTH, LANGUAGES
        from simulator.story.report.summary import plain_table
        from simulator.study import plan_words
        from simulator.study.grid import grid_of, make_cells, parse_axis
        from simulator.study.plan_report import note_lines, plan_data, plan_lines, tried_table
        from simulator.study.planning import CheapestPlan, costs_of
        from simulator.study.requests import check_expressions

        goals = tuple(goal or (one.test for one in scenario.goals))
        if not over:
            raise ScenarioError([Problem("study.over")])
        if not goals:
            raise ScenarioError([Problem("study.no_goals")])
        check_expressions((), goals, tallied=False)
        factors = [factor for text in over for factor in parse_axis(text)]
        cells = make_cells(scenario, grid_of(factors))
        costs = costs_of(cells, cost)
        found = CheapestPlan(cells, costs, factors, goals, scenario.model.seed, runs, share, confidence)
        say_calibration(scenario, options.language)
        progress, interrupted = ProgressBar(options.language), False
        try:
            with options.place() as place:
                for done in found.search(place):
                    progress.show(done, max(done, runs))
        except KeyboardInterrupt:
            interrupted = True
        progress.end()
        words = options.words(what)
        if as_json:
            print_json(plan_data(found, words))
        else:
            for lang in LANGUAGES if options.language == BOTH else (options.language,):
                said = [plan_words.INTERRUPTED.text(lang)] if interrupted else [*plan_lines(found, words, lang)]
                print("\n".join([*said, "", *plain_table(tried_table(found, lang)), "", *note_lines(found, lang)]))
        return INTERRUPTED if interrupted else DONE if found.answer is not None else FAILED
