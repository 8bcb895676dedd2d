"""`break`: looks for the run that breaks a goal."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.calibrating import say_calibration
from simulator.cli.options import What, command
from simulator.cli.progress import ProgressBar
from simulator.cli.shared import DONE, FAILED, INTERRUPTED, print_json
from simulator.cli.sweeping import PlaceOptions

if TYPE_CHECKING:
    from simulator.study.breaking import Broken, Search

LASTS = (5.0, 30.0)


@command("break")
def break_(
    what: What,
    *,
    goal: Annotated[
        list[str] | None,
        typer.Option("--goal", metavar="CONDITION", help="What must hold; default: lost == 0; repeatable."),
    ] = None,
    faults: Annotated[
        str, typer.Option(metavar="KINDS", help="Faults to try, of kill, child, outage and slow.")
    ] = "kill,child,outage,slow",
    lasts: Annotated[
        list[float] | None,
        typer.Option(
            "--for",
            metavar="SECONDS",
            min=0.001,
            max=1e6,
            help="How long a fault lasts; default: 5 and 30; repeatable.",
        ),
    ] = None,
    budget: Annotated[int, typer.Option(metavar="N", min=1, max=10**7, help="Trials, at most.")] = 2000,
    save: Annotated[
        str | None, typer.Option(metavar="FILE", help="Where to save what breaks; default: WHAT-broken.yaml, here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    options: PlaceOptions,
) -> int:
    """Look for the run that breaks a goal: seeds, and faults before and after each publish, delivery, ACK and result.

    What is found is made as small as possible and saved as a scenario. Exits with 1 if a goal breaks.
    """
    from simulator.scenario import Problem, ScenarioError
    from simulator.study import break_words
    from simulator.study.breaking import Search, Shrinking
    from simulator.study.injections import KINDS
    from simulator.study.requests import check_expressions

    with options.scenario(what) as scenario:
        goals, kinds = tuple(goal or ("lost == 0",)), tuple(dict.fromkeys(faults.split(",")))
        wrong = next((kind for kind in kinds if kind not in KINDS), None)
        if wrong is not None:
            raise ScenarioError([Problem("study.fault", {"value": wrong, "known": list(KINDS)})])
        check_expressions((), goals, tallied=False)
        say_calibration(scenario, options.language)
        search = Search(scenario, goals, kinds, tuple(dict.fromkeys(lasts or LASTS)), budget)
        progress = ProgressBar(options.language)
        try:
            with options.place() as place:
                for done, total in search.run(place):
                    progress.show(done, total)
        except KeyboardInterrupt:
            progress.end()
            print(break_words.INTERRUPTED.text(options.language, done=sum(search.tried.values())), file=sys.stderr)
            _say(search, None, None, "", options, as_json)
            return INTERRUPTED
        progress.end()
        if search.found is None:
            _say(search, None, None, "", options, as_json)
            return DONE
        shrinking = Shrinking(search, search.found)
        smallest = shrinking.run()
        try:
            file = save or _free_name(scenario.name)
            variant = _save(search, shrinking.fewest, smallest, file)
        except ScenarioError:  # what was found is said all the same
            _say(search, shrinking.fewest, smallest, "", options, as_json)
            raise
        _say(search, shrinking.fewest, smallest, file, options, as_json, variant)
        return FAILED


def _free_name(name: str) -> str:
    names = (f"{name}-broken{number}.yaml" for number in ("", *(f"-{n}" for n in range(2, 10_000))))
    return next(one for one in names if not Path(one).exists())


def _save(search: Search, fewest: Broken, smallest: Broken, file: str) -> str | None:
    """Write what was found to a file; return its variant that breaks, if it is one."""
    from simulator.scenario import Problem, ScenarioError
    from simulator.study.break_report import saved_text
    from simulator.trace.writing import replacing

    text, variant = saved_text(search, fewest, smallest, str(Path(file).parent))
    try:
        with replacing(Path(file)) as stream:
            stream.write(text)
    except OSError as error:
        raise ScenarioError([Problem("file.unwritable", {"file": file, "reason": error.strerror})]) from None
    return variant


def _say(
    search: Search,
    fewest: Broken | None,
    smallest: Broken | None,
    file: str,
    options: PlaceOptions,
    as_json: bool,
    variant: str | None = None,
) -> None:
    from simulator.story.catalog import line
    from simulator.study import break_words as words
    from simulator.study.break_report import SMALLEST, broken_lines, holds_lines, moment_before

    plays = []
    if fewest is not None and not file:
        lines = [*broken_lines(search, fewest, search.missed(fewest))]
    elif fewest is not None and smallest is not None:
        named = ["--variant", variant] if variant is not None else []
        plays = [shlex.join(["ackademy", "play", file, *named, "--at", f"{moment_before(fewest):.6g}"])]
        if smallest.scenario is not fewest.scenario:
            at = f"{moment_before(smallest):.6g}"
            plays.append(shlex.join(["ackademy", "play", file, "--variant", SMALLEST, "--at", at]))
        lines = [*broken_lines(search, fewest, search.missed(fewest))]
        lines.append(line(words.SAVED, file=file))
        lines.append(line(words.PLAY, command=plays[0]))
        if len(plays) > 1:
            lines += [line(words.TASKS, tasks=smallest.sent), line(words.SMALLEST, command=plays[1])]
    else:
        lines = [*holds_lines(search)]
    if as_json:
        data = {
            "holds": fewest is None,
            "goals": list(search.goals),
            "tried": search.tried,
            "undecided": search.undecided,
        }
        found = None
        if fewest is not None:
            faults = [line for one in fewest.faults for line in one.lines]
            found = {"seed": fewest.seed, "faults": faults, "file": file, "play": plays}
        single = {"single_schedules": len(search.possible)}
        print_json({**data, **single, "found": found, "text": [one.text("en") for one in lines]})
        return
    print("\n".join(one.text(options.language) for one in lines))
