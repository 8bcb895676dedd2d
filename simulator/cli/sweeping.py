"""`sweep`: a grid of settings, each played with many seeds."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from simulator.cli.calibrating import say_calibration
from simulator.cli.options import RunOptions, What, command
from simulator.cli.progress import ProgressBar
from simulator.cli.shared import DONE, INTERRUPTED, WRONG_INPUT, is_terminal, print_json
from simulator.visible import showing

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.study.executors import Workplace
    from simulator.study.runs import RunsFile
    from simulator.study.sweep import Sweep

DEFAULT_MEASURES = ("mean(wait)", "p95(wait)", "lost")
LIBRARIES = ("numpy", "scipy")


@dataclass(frozen=True, kw_only=True)
class PlaceOptions(RunOptions):
    """Options of commands that play many runs."""

    executor: Annotated[
        str | None,
        typer.Option(metavar="dask[://HOST:PORT]", help="Play on a Dask cluster; dask alone starts one here."),
    ] = None
    jobs: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=256, help="Processes on this machine; default: its cores.")
    ] = None

    def words(self, what: str) -> list[str]:
        """The words that name the scenario on a command line: WHAT and what changes it, but for the seed."""
        found = [what]
        for name, value in (("--profile", self.profile), ("--variant", self.variant), ("--until", self.until)):
            found += [name, str(value)] if value is not None else []
        return [*found, *(word for text in self.settings or () for word in ("--set", text))]

    @contextmanager
    def place(self) -> Iterator[Workplace]:
        """Open the place where runs are played; raises `ScenarioError`."""
        if self.executor is None:
            from simulator.study.executors import this_machine

            with this_machine(self.jobs) as place:
                yield place
        else:
            from simulator.study.cluster import cluster

            with cluster(self.executor, self.jobs) as place:
                yield place

    def lacks(self, *libraries: str) -> bool:
        """Return whether the extra `study` is missing, after printing how to install it."""
        from importlib.util import find_spec

        from simulator.cli.shared import complain
        from simulator.scenario import Problem

        wanted = (*LIBRARIES, *libraries, *(("distributed",) if self.executor else ()))
        missing = [name for name in wanted if find_spec(name) is None]
        if missing:
            complain([Problem("study.extra", {"missing": ", ".join(missing)})], self.language)
        return bool(missing)


Measures = Annotated[
    list[str] | None,
    typer.Option("--measure", metavar="EXPRESSION", help="What to measure: 'p95(wait)', lost, ...; repeatable."),
]
Goals = Annotated[
    list[str] | None,
    typer.Option(
        "--goal",
        metavar="CONDITION",
        help="What to meet; repeatable. Default: the scenario's goals, if nothing is measured.",
    ),
]
Confidence = Annotated[
    float, typer.Option(metavar="SHARE", min=0.5, max=0.9999, help="Confidence of intervals and bounds.")
]


@command()
def sweep(
    what: What,
    *,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=VALUES", help="A setting and its values: 1,2,4 or 1..8 or 1..9/2; repeatable."),
    ] = None,
    design: Annotated[
        str | None, typer.Option(metavar="FILE", help="A YAML list of settings to try, instead of a grid.")
    ] = None,
    scale_arrivals: Annotated[
        str | None, typer.Option(metavar="FACTORS", help="Also with so many times as many calls: 1,2.")
    ] = None,
    measure: Measures = None,
    goal: Goals = None,
    runs: Annotated[int, typer.Option(metavar="N", min=1, max=10**8, help="Runs of each setting, at most.")] = 50,
    precision: Annotated[
        str | None, typer.Option(metavar="PERCENT", help="Stop once each mean is known to this: 5%.")
    ] = None,
    confidence: Confidence = 0.95,
    warm_up: Annotated[
        str | None, typer.Option(metavar="SECONDS|auto", help="Seconds at the start of each run that do not count.")
    ] = None,
    batches: Annotated[
        bool,
        typer.Option("--batches", help="One long run of each setting, its waits in 20 batches, in place of many runs."),
    ] = False,
    resume: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Keep each run there as it ends; what is there is not played again."),
    ] = None,
    csv: Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write a row a run; - for stdout.")] = None,
    as_json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write all as JSON; - for stdout.")
    ] = None,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Write a page with plots.")] = None,
    options: PlaceOptions,
) -> int:
    """Try settings, each with the same seeds: means with intervals, differences, shares of runs that meet goals."""
    from simulator.scenario import Problem, ScenarioError

    if options.lacks(*(("plotly",) if html else ())):
        return WRONG_INPUT
    if csv == "-" and as_json == "-":
        options.refuse("option.stdout_twice")
    with options.scenario(what) as scenario:
        from simulator.study.grid import ARRIVALS, Factor, grid_of, make_cells, parse_axis, read_design
        from simulator.study.requests import check_expressions
        from simulator.study.sweep import Sweep, SweepRequest

        axes = [axis for text in vary or () for axis in parse_axis(text)]
        if design is not None and axes:
            raise ScenarioError([Problem("study.vary_or_design")])
        factors = (
            [Factor(ARRIVALS, axis.values) for axis in parse_axis(f"{ARRIVALS}={scale_arrivals}")]
            if scale_arrivals
            else []
        )
        settings = grid_of([*axes, *factors])
        if design is not None:
            settings = [(*one, *more) for one in read_design(design) for more in settings]
        cells = make_cells(scenario, settings)
        seconds = _seconds(warm_up)
        goals = tuple(goal or (() if measure else (one.test for one in scenario.goals)))
        measures = tuple(measure or DEFAULT_MEASURES)
        if batches:
            return _batches(
                what, [cell.scenario for cell in cells], measures or DEFAULT_MEASURES[:1], seconds, confidence, options
            )
        check_expressions(measures, goals, tallied=seconds != 0)
        question = SweepRequest(
            cells, measures, goals, scenario.model.seed, runs, _share(precision), confidence, seconds
        )
        say_calibration(scenario, options.language)
        found = Sweep(question)
        interrupted = _play(found, resume, options)
        shown = _write(found, what, options, csv, as_json, html)
        if not shown:
            _show(found, what, options, interrupted)
        return INTERRUPTED if interrupted else DONE


def _share(text: str | None) -> float | None:
    from simulator.scenario import Problem, ScenarioError

    if text is None:
        return None
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise ScenarioError([Problem("study.precision", {"value": text})])
    return share


def _seconds(text: str | None) -> float | None:
    """Read `--warm-up`; None is `auto`."""
    from simulator.scenario import Problem, ScenarioError

    if text is None:
        return 0.0
    if text == "auto":
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 1e9:
        raise ScenarioError([Problem("study.warm_up", {"value": text})])
    return seconds


def _play(found: Sweep, resume: str | None, options: PlaceOptions) -> bool:
    """Play all runs; return whether that was interrupted."""
    from simulator.study.runs import RunsFile

    file: RunsFile | None = RunsFile(resume, found.runs) if resume is not None else None
    progress = ProgressBar(options.language, found.runs.played())
    try:
        with options.place() as place:
            for done, total in found.play(place, file):
                progress.show(done, total)
    except KeyboardInterrupt:
        return True
    finally:
        progress.end()
        if file is not None:
            file.close()
    return False


def _write(
    found: Sweep, what: str, options: PlaceOptions, csv: str | None, as_json: str | None, html: str | None
) -> bool:
    """Write the files that are asked for; return whether one of them is stdout."""
    from simulator.study.sweep_report import sweep_data, write_csv

    words = options.words(what)
    if csv is not None:
        with _file(csv) as stream:
            write_csv(found, stream)
    if as_json == "-":
        print_json(sweep_data(found, words))
    elif as_json is not None:
        with _file(as_json, json=True) as stream:
            json.dump(sweep_data(found, words), stream, ensure_ascii=False, indent=1)
    if html is not None:
        from simulator.study.plots import sweep_page

        one = "ko" if options.language == "ko" else "en"
        with _file(html) as stream:
            stream.write(sweep_page(found, " ".join(words), words, one))
    return "-" in (csv, as_json)


@contextmanager
def _file(name: str, *, json: bool = False) -> Iterator[TextIO]:
    """Open a file to write, or stdout (`-`), where nothing is obeyed; raises `ScenarioError` if that fails."""
    from simulator.scenario import Problem, ScenarioError
    from simulator.trace.writing import replacing

    try:
        with nullcontext(sys.stdout) if name == "-" else replacing(Path(name)) as stream:
            yield showing(stream, json=json)
    except OSError as error:
        raise ScenarioError([Problem("file.unwritable", {"file": name, "reason": error.strerror})]) from None


def _show(found: Sweep, what: str, options: PlaceOptions, interrupted: bool) -> None:
    from simulator.story.catalog import BOTH, LANGUAGES
    from simulator.story.report.summary import draw_table, plain_table
    from simulator.study import sweep_words
    from simulator.study.sweep_report import chart_lines, notes, play_lines, sweep_table

    for lang in LANGUAGES if options.language == BOTH else (options.language,):
        table = sweep_table(found, lang)
        if interrupted:
            print(sweep_words.INTERRUPTED.text(lang, done=found.runs.played()))
        if is_terminal(sys.stdout):
            draw_table(table)
        else:
            print("\n".join(plain_table(table)))
        chart = [*chart_lines(found, lang)]
        print("\n".join(["", *notes(found, lang), *(["", *chart] if chart else []), ""]))
        print("\n".join(play_lines(found, options.words(what), lang)))


def _batches(
    what: str,
    scenarios: Sequence[Scenario],
    measures: Sequence[str],
    warm_up: float | None,
    confidence: float,
    options: PlaceOptions,
) -> int:
    from simulator.story.catalog import BOTH, LANGUAGES
    from simulator.study import sweep_words
    from simulator.study.numbers import percent, said
    from simulator.study.statistics import BATCHES
    from simulator.study.sweep import find_warm_up, one_long_run

    for scenario in scenarios:
        seed = scenario.model.seed
        cut = find_warm_up(scenario, seed) if warm_up is None else warm_up
        found = one_long_run(scenario, measures, cut, confidence)
        for lang in LANGUAGES if options.language == BOTH else (options.language,):
            print(sweep_words.ONE_RUN.text(lang, seed=seed, batches=BATCHES, confidence=percent(confidence)))
            if cut:
                print(sweep_words.WARM_UP.text(lang, seconds=f"{cut:g}", label=what))
            for measure, interval in zip(measures, found, strict=True):
                print(f"  {measure}  {said(interval)}")
    return DONE
