"""`run` and `list`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.calibrating import say_calibration
from simulator.cli.options import Common, RunOptions, What, command
from simulator.cli.shared import DONE, complain, is_terminal, print_json
from simulator.visible import showing

if TYPE_CHECKING:
    from simulator.measure import GoalResult, Summary
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
    no_trace: Annotated[
        bool, typer.Option("--no-trace", help="Measure on the way and keep no events: for runs of millions of tasks.")
    ] = False,
    options: RunOptions,
) -> int:
    """Simulate a scenario, print a summary and check its goals."""
    if no_trace:
        if trace is not None:
            options.refuse("study.no_trace")
        return _run_without_trace(what, as_json, options)
    if as_json and trace == "-":
        options.refuse("option.stdout_twice")
    with options.opening(what) as opened:
        if options.settings and opened.scenario is not None:
            say_calibration(opened.scenario, options.language)
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


def _run_without_trace(what: str, as_json: bool, options: RunOptions) -> int:
    from simulator.measure import GoalResult, can_tally, evaluate_tally, summarise_tally
    from simulator.scenario import Problem, ScenarioError
    from simulator.scenario.conditions.goals import parse_goal
    from simulator.study.light import tally_run

    with options.scenario(what) as scenario:
        tests = [(goal, parse_goal(goal.test)) for goal in scenario.goals]
        needy = [goal.test for goal, test in tests if not can_tally(test)]
        if needy:
            raise ScenarioError([Problem("study.needs_trace", {"test": test}, file=what) for test in needy])
        tally = tally_run(scenario)
        goals = [GoalResult(goal, evaluate_tally(test, tally) is True) for goal, test in tests]
        _report(summarise_tally(tally), goals, options.language, as_json)
    return DONE


def _summarise(opened: Run, lang: str, as_json: bool) -> None:
    from simulator.measure import check_goals, summary
    from simulator.measure.load import load_of
    from simulator.story.report.account_words import account_texts
    from simulator.story.report.load_words import load_texts
    from simulator.world import account_of

    goals = check_goals(opened.scenario.goals, opened.trace) if opened.scenario is not None else []
    if as_json:
        unfinished = [one.as_data() for one in account_of(opened.trace)]
        load = [asdict(one) for one in load_of(opened.trace)]
        _report(summary(opened.trace), goals, lang, as_json, load=load, unfinished=unfinished)
        return
    _report(summary(opened.trace), goals, lang, as_json)
    for texts in (load_texts(opened.trace, lang), account_texts(opened.trace, lang)):
        lines = list(texts)
        if lines:
            print("\n".join(["", *lines]))


def _report(found: Summary, goals: Sequence[GoalResult], lang: str, as_json: bool, **more: object) -> None:
    from simulator.story.report import summary as report

    if as_json:
        held = [{"test": one.goal.test, "met": one.met, "points": one.goal.points} for one in goals]
        print_json({**found.as_data(), **more, "goals": held})
    elif is_terminal(sys.stdout):
        report.draw(found, goals, lang)
    else:
        print("\n".join(report.report_lines(found, goals, lang)))
