"""`check` and `compare`: is a scenario right, and how do its runs differ."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.calibrating import say_calibration
from simulator.cli.options import WHAT_HELP, ChangeOptions, Common, Profile, Trust, Variants, command, seed_of
from simulator.cli.shared import DONE, FAILED, WRONG_INPUT, complain, print_json

if TYPE_CHECKING:
    from simulator.course.verdict import Checked
    from simulator.scenario import Problem
    from simulator.story.run import Run

BASE = "base"
"""Name of the scenario itself among its variants."""


@dataclass(frozen=True, kw_only=True)
class Grading:
    """Options of grading solutions."""

    against: Annotated[
        str | None, typer.Option(metavar="LESSON", help="Grade the files as solutions to this lesson's exercise.")
    ] = None
    seeds: Annotated[
        int | None, typer.Option(metavar="N", min=0, max=100, help="With --against: number of hidden seeds (3).")
    ] = None
    secret: Annotated[
        str | None, typer.Option(metavar="TEXT", help="With --against: text the hidden seeds are derived from.")
    ] = None
    seconds: Annotated[
        float | None,
        typer.Option(metavar="S", min=0.1, max=86_400, help="With --against: seconds before giving up on a file (60)."),
    ] = None


@command()
def check(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenario files, names of lessons, or folders of courses.")
    ],
    *,
    grading: Grading,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    profile: Profile = None,
    variant: Variants = None,
    options: ChangeOptions,
) -> int:
    """Check scenarios: goals, answers, translations.

    The runs of a scenario and its variants must meet every goal, and each question must have exactly one right choice.
    With --against, the files are solutions to an exercise: only what the exercise allows may be changed, and its goals
    must be met on its own seed and on hidden ones. Exits with 1 if a goal is missed or something else was changed, with
    2 if a file is invalid.
    """
    from simulator.course.check_report import as_data, check_lines

    language = options.language
    chosen: dict[str, object] = {"profile": profile, "variant": variant, "set": options.settings, "seed": options.seed}
    chosen["until"] = options.until
    if grading.against is not None:
        _refuse_any(chosen, "grade.options", options)
        refuse_option_files(options)
        return _grade(files, grading.against, grading, as_json, language)
    _refuse_any(vars(grading), "grade.needs_against", options)
    status, found = DONE, []
    files, wrong_courses = _lessons_in(files)
    if wrong_courses:
        complain(wrong_courses, language)
        status = WRONG_INPUT
    for file in files:
        checks, problems = _checked(file, variant, options.seed, options.asked(profile=profile))
        found.append(as_data(file, checks, problems, language))
        wrong = [*problems, *(problem for one in checks for problem in one.problems)]
        missed = any(not verdict.met for one in checks for verdict in one.verdicts)
        status = max(status, WRONG_INPUT if wrong else FAILED if missed else DONE)
        if not as_json:
            print("\n".join(check_lines(file, checks, language)))
            if wrong:
                complain(wrong, language)
            warnings = {(warning.code, warning.mark): warning for one in checks for warning in one.warnings}
            if warnings:
                complain(warnings.values(), language, warnings=True)
    if as_json:
        print_json(found)
    return status


def refuse_option_files(options: Common) -> None:
    """Refuse a word that is an option and a file's name: with `*.yaml`, a student's file could set the secret."""
    for word in sys.argv[1:]:
        if word.startswith("-") and Path(word).suffix in (".yaml", ".yml") and os.path.lexists(word):
            options.refuse("grade.option_file", file=word)


def _refuse_any(given: Mapping[str, object], code: str, options: Common) -> None:
    """Refuse options that do not fit, if any of them was given."""
    names = [f"--{name}" for name, value in given.items() if value not in (None, [])]
    if names:
        options.refuse(code, options=", ".join(names))


def _lessons_in(files: list[str]) -> tuple[list[str], list[Problem]]:
    """The files, those of its lessons in place of a course's folder; and what is wrong with a `course.yaml`."""
    from simulator.course.solution import find_strange_solutions
    from simulator.scenario import ScenarioError, load_course
    from simulator.scenario.library import lesson_files

    found: list[str] = []
    problems: list[Problem] = []
    for file in files:
        if not Path(file).is_dir() or Path(file).suffix:
            found.append(file)
            continue
        try:
            load_course(Path(file))
        except ScenarioError as error:
            problems += error.problems
        problems += find_strange_solutions(Path(file))
        found += map(str, lesson_files(Path(file)))
    return found, problems


def _grade(files: list[str], lesson: str, grading: Grading, as_json: bool, lang: str) -> int:
    """Grade solutions of a lesson's exercise."""
    from simulator.cli.grader import SECONDS, Grader, Request
    from simulator.course.grade_report import grade_lines

    seeds = 3 if grading.seeds is None else grading.seeds
    status, found = DONE, []
    with Grader() as grader:
        for file in files:
            graded = grader.grade(Request(file, lesson, seeds, grading.secret, grading.seconds or SECONDS, lang))
            if graded.data is None:
                status = WRONG_INPUT
                found.append({"file": file, "passed": False, "problems": graded.problems})
                print(graded.text, file=sys.stderr)
                continue
            status = max(status, DONE if graded.data["passed"] else FAILED)
            found.append(graded.data)
            if not as_json:
                print("\n".join(grade_lines(graded.data, lang)))
    if as_json:
        print_json(found)
    return status


def _checked(
    file: str, variants: list[str] | None, seed: str | None, options: dict[str, Any]
) -> tuple[list[Checked], list[Problem]]:
    """The runs of a scenario and its variants, checked; or what is wrong with the file."""
    from dataclasses import replace

    from simulator.course.craft import knob_flaws, reason_flaws
    from simulator.course.grading import find_belief_flaws
    from simulator.course.solution import find_solution_flaws
    from simulator.course.verdict import check_run
    from simulator.engine import LimitReached, simulate
    from simulator.scenario import Problem, ScenarioError, load_scenario, scenario_names
    from simulator.story.problems.errors import limit_problem
    from simulator.story.reasons import reasons_of

    if file.endswith(".jsonl"):
        return [], [Problem("trace.nothing_to_check", {"file": file})]
    try:
        number = seed_of(seed)
        base = load_scenario(file, seed=number, **options)
        names: list[str | None] = list(variants) if variants else [None, *base.model.variants]
        found: list[Checked] = []
        for name in names:
            scenario = load_scenario(file, variant=name, seed=number, **options) if name is not None else base
            checked = check_run(scenario, simulate(scenario))
            stale: Iterable[Problem] = ()
            if name is not None:
                author = found[0].trace if names[0] is None else None
                stale = reason_flaws(scenario, checked.trace, reasons_of(scenario, simulate), author)
            found.append(replace(checked, warnings=(*checked.warnings, *stale)))
        if names[0] is None and not base.edits:
            flaws = (*find_belief_flaws(base, simulate), *find_solution_flaws(base, simulate))
            found[0] = replace(found[0], problems=(*found[0].problems, *flaws))
        if file not in scenario_names():  # in a packaged lesson what looks like a mistake is meant
            knobs = knob_flaws(base, found[0].trace, simulate) if names[0] is None else ()
            found[0] = replace(found[0], warnings=(*base.warnings, *found[0].warnings, *knobs))
    except ScenarioError as error:
        return [], error.problems
    except LimitReached as error:
        return [], [limit_problem(error, file)]
    return found, []


@command()
def compare(
    what: Annotated[str, typer.Argument(metavar="WHAT", help=WHAT_HELP)],
    other: Annotated[str | None, typer.Argument(metavar="[WHAT]", help="A second run to compare with.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
    profile: Profile = None,
    variant: Variants = None,
    trust: Trust = False,
    options: ChangeOptions,
) -> int:
    """Compare two runs, or a scenario and its variants.

    Shows where they first differ and their measures side by side. One WHAT is compared with each of its variants, or
    with those given by --variant (two are compared with each other); with --set or --profile alone, with itself as
    changed.
    """
    from contextlib import ExitStack

    if variant and other is not None:
        options.refuse("option.variant_of_two")
    with ExitStack() as stack:

        def opened(file: str, **asked: object) -> Run:
            return stack.enter_context(options.opening(file, **{"profile": profile, "trust": trust, **asked}))

        runs: list[tuple[str, Run]]
        if other is not None:
            runs = [(file, opened(file)) for file in (what, other)]
        elif not variant and (profile or options.settings):
            label = " ".join([*([profile] if profile else []), *(options.settings or ())])
            runs = [(BASE, opened(what, profile=None, overrides=())), (label, opened(what))]
        else:
            base = opened(what)
            known = list(base.scenario.model.variants) if base.scenario is not None else []
            named = [(name, opened(what, variant=name)) for name in variant or known]
            runs = named if len(named) > 1 and variant else [(BASE, base), *named]
        if len(runs) < 2:
            options.refuse("compare.nothing", file=what)
        if runs[0][1].scenario is not None:
            say_calibration(runs[0][1].scenario, options.language)
        _show(runs, options.language, as_json)
    return DONE


def _show(runs: list[tuple[str, Run]], lang: str, as_json: bool) -> None:
    from simulator.story.catalog import BOTH, LANGUAGES

    if as_json:
        print_json(_as_data(runs, lang))
        return
    for one in LANGUAGES if lang == BOTH else (lang,):
        print("\n".join(_lines(runs, one)))


def _lines(runs: list[tuple[str, Run]], lang: str) -> Iterator[str]:
    from simulator.story.report.comparison import difference_lines, measure_table
    from simulator.story.report.summary import plain_table

    base, first = runs[0]
    for name, run in runs[1:]:
        for said in difference_lines((base, name), first, run, lang):
            yield said.text(lang)
        yield ""
    yield from plain_table(measure_table([name for name, _ in runs], [run for _, run in runs], lang))


def _as_data(runs: list[tuple[str, Run]], lang: str) -> dict[str, Any]:
    from simulator.story.report.comparison import first_difference, measure_rows

    def moment(told: tuple[int, str] | None) -> dict[str, Any] | None:
        return None if told is None else {"t": told[0] / 1e6, "text": told[1]}

    differences = []
    for name, run in runs[1:]:
        apart = first_difference(runs[0][1], run, lang)
        row: dict[str, Any] = {"base": runs[0][0], "run": name, "same": run.trace.hash == runs[0][1].trace.hash}
        if apart is not None:
            row |= {"index": apart.index, "one": moment(apart.one), "other": moment(apart.other)}
        differences.append(row)
    rows = measure_rows([run for _, run in runs])
    return {
        "runs": [{"name": name, "scenario": r.trace.header.scenario, "hash": r.trace.hash} for name, r in runs],
        "differences": differences,
        "measures": [{"measure": measure, "unit": unit, "values": values} for measure, unit, values in rows],
    }
