"""`run` and `list`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import Common, RunOptions, What, command
from simulator.cli.shared import DONE, complain, is_terminal, print_json
from simulator.visible import showing

if TYPE_CHECKING:
    from simulator.story.run import Run
    from simulator.trace import Trace


@command()
def run(
    what: What,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    trace: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the trace to a file; - writes it to stdout without the summary."),
    ] = None,
    options: RunOptions,
) -> int:
    """Simulate a scenario, print a summary and check its goals."""
    if as_json and trace == "-":
        options.refuse("option.stdout_twice")
    with options.opening(what) as opened:
        if trace is not None:
            write_trace_file(opened.trace, trace)
        if as_json or trace != "-":
            _summarise(opened, options.language, as_json)
    return DONE


@command("list")
def list_(
    options: Common,
    plain: Annotated[bool, typer.Option("--plain", help="Print only the names, one per line.")] = False,
) -> int:
    """List the lessons and examples with their variants."""
    from simulator.scenario import scenario_names

    names = scenario_names()
    if plain:
        for name in names:
            print(name)
        return DONE
    from simulator.scenario import ScenarioError, load_scenario
    from simulator.story.catalog import pick
    from simulator.story.report.summary import pad

    language = options.language
    width = max((len(name) for name in names), default=0)
    for name in names:
        try:
            scenario = load_scenario(name)
        except ScenarioError as error:
            complain(error.problems, language)
            continue
        title = " / ".join(pick(scenario.title, language).split("\n"))
        variants = "  ".join(f"--variant {variant}" for variant in scenario.model.variants)
        print(f"{pad(name, width)}  {title}")
        if variants:
            print(f"{' ' * width}  {variants}")
    return DONE


def write_trace_file(trace: Trace, file: str) -> None:
    """Write a trace to a file, or to stdout (`-`); raises `ScenarioError` if that fails.

    The file is complete or unchanged, even if the program is interrupted.
    """
    from simulator.scenario import Problem, ScenarioError
    from simulator.trace import write_trace
    from simulator.trace.writing import replacing

    if file == "-":
        write_trace(trace, showing(sys.stdout, json=True))
        return
    try:
        with replacing(Path(file)) as stream:
            write_trace(trace, stream)
    except OSError as error:
        problem = Problem("file.unwritable", {"file": file, "reason": error.strerror})
        raise ScenarioError([problem]) from None


def _summarise(opened: Run, lang: str, as_json: bool) -> None:
    from simulator.measure import check_goals, summary
    from simulator.story.report import summary as report
    from simulator.story.report.account_words import account_texts
    from simulator.world import account_of

    found = summary(opened.trace)
    goals = check_goals(opened.scenario.goals, opened.trace) if opened.scenario is not None else []
    if as_json:
        held = [{"test": one.goal.test, "met": one.met, "points": one.goal.points} for one in goals]
        unfinished = [one.as_data() for one in account_of(opened.trace)]
        data = {**found.as_data(), "unfinished": unfinished, "goals": held}
        print_json(data)
        return
    if is_terminal(sys.stdout):
        report.draw(found, goals, lang)
    else:
        print("\n".join(report.report_lines(found, goals, lang)))
    account = list(account_texts(opened.trace, lang))
    if account:
        print("\n".join(["", *account]))
