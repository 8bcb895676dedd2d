"""`new`: a scenario to begin with, from a template, a configuration or a recording."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from simulator.cli.options import Common, Trust, command
from simulator.cli.shared import DONE, WRONG_INPUT, complain

if TYPE_CHECKING:
    from simulator.export import Draft
    from simulator.scenario import Problem

Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True)
class FromTable:
    """Options of a scenario from a table of what ran."""

    from_csv: Annotated[
        str | None, typer.Option(metavar="FILE", help="Start from a table of what ran: CSV or JSON lines; - for stdin.")
    ] = None
    task: Annotated[str | None, typer.Option(metavar="COLUMN", help="With --from-csv: the task's name.")] = None
    arrival: Annotated[str | None, typer.Option(metavar="COLUMN", help="With --from-csv: when it was sent.")] = None
    duration: Annotated[str | None, typer.Option(metavar="COLUMN", help="With --from-csv: how long it ran.")] = None
    queue: Annotated[str | None, typer.Option(metavar="COLUMN", help="With --from-csv: its queue.")] = None
    unit: Annotated[str, typer.Option(metavar="s|ms|us|ns", help="With --from-csv: unit of durations.")] = "s"


@command()
def new(
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="File to write; default: stdout.")] = "-",
    *,
    lesson: Annotated[
        bool, typer.Option("--lesson", help="Write a whole lesson: captions, question, exercise.")
    ] = False,
    from_conf: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Start from the output of celery inspect conf --json; - for stdin."),
    ] = None,
    from_recording: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Start from a trace (.jsonl); with --from-conf, its settings are used."),
    ] = None,
    table: FromTable,
    trust: Trust = False,
    options: Common,
) -> int:
    """Write a first scenario: a commented template, or your own system. Never overwrites a file."""
    from simulator.scenario import Problem, ScenarioError
    from simulator.scenario.library import SUFFIXES
    from simulator.story.problems.errors import problems_in
    from simulator.trace import TraceFileError

    language = options.language
    sources = [lesson, from_conf is not None or from_recording is not None, table.from_csv is not None]
    if sum(sources) > 1:
        options.refuse("option.two_sources")
    if file != "-" and Path(file).suffix not in SUFFIXES:
        options.refuse("new.name", file=file)
    given = table.from_csv or from_recording or from_conf
    if (None in (table.task, table.arrival, table.duration)) if table.from_csv else _has_columns(table):
        options.refuse("table.columns")
    draft = None
    try:
        if given is None:
            text = (files("simulator.cli") / ("lesson.yaml" if lesson else "template.yaml")).read_text(encoding="utf-8")
        else:
            from simulator.export import scenario_text

            if table.from_csv is not None:
                draft = _from_table(table, options)
            elif from_recording is not None:
                draft = _from_recording(from_recording, file, from_conf, trust)
            else:
                draft = draft_from_conf(given)
            origin = "table.origin" if table.from_csv else "recording.origin" if from_recording else "conf.origin"
            text = scenario_text(draft, Problem(origin))
        problem = write_text(text, file)
    except (ScenarioError, TraceFileError) as error:
        complain(problems_in(error, str(given)), language)
        return WRONG_INPUT
    if problem is not None:
        complain([problem], language)
        return WRONG_INPUT
    if draft is not None and draft.notes:
        complain(draft.notes, language, warnings=True)
    return DONE


def _has_columns(table: FromTable) -> bool:
    return table.unit != "s" or any((table.task, table.arrival, table.duration, table.queue))


def _from_table(table: FromTable, options: Common) -> Draft:
    """Make a scenario of a table in a file or (`-`) on stdin; raises `ScenarioError`."""
    from simulator.export import UNITS, TableColumns, scenario_from_table
    from simulator.scenario import Problem, ScenarioError

    file = str(table.from_csv)
    if table.unit not in UNITS:
        options.refuse("table.unit", value=table.unit)
    columns = TableColumns(str(table.task), str(table.arrival), str(table.duration), table.queue, table.unit)
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problem = Problem("file.missing", {"file": file})
    except OSError as error:
        problem = Problem("file.unreadable", {"file": file, "reason": error.strerror})
    except UnicodeDecodeError:
        problem = Problem("table.line", {"file": file, "line": 1})
    else:
        return scenario_from_table(text, file, columns)
    raise ScenarioError([problem])


def write_text(text: str, file: str) -> Problem | None:
    """Write to a new file and print its name, or (`-`) to stdout; returns the problem, if any."""
    from simulator.scenario import Problem
    from simulator.trace.writing import create

    if file == "-":
        print(text, end="")
        return None
    try:
        create(Path(file), text.encode(errors="replace"))
    except FileExistsError:
        return Problem("file.exists", {"file": file})
    except OSError as error:
        return Problem("file.unwritable", {"file": file, "reason": error.strerror})
    print(file)
    return None


def draft_from_conf(file: str) -> Draft:
    """Make a scenario of a configuration in a file or (`-`) on stdin; raises `ScenarioError`."""
    from simulator.export import scenario_from_conf

    return _of_conf(file, scenario_from_conf)


def _of_conf(file: str, make: Callable[[str], Made]) -> Made:
    """Make something of the text of a configuration in a file or (`-`) on stdin; raises `ScenarioError`."""
    from simulator.export import NotAConfiguration
    from simulator.scenario import Problem, ScenarioError

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
        return make(text)
    except FileNotFoundError:
        problem = Problem("file.missing", {"file": file})
    except OSError as error:
        problem = Problem("file.unreadable", {"file": file, "reason": error.strerror})
    except (NotAConfiguration, UnicodeDecodeError):
        problem = Problem("conf.not", {"file": file})
    raise ScenarioError([problem])


def _from_recording(recording: str, scenario: str, conf: str | None, trust: bool) -> Draft:
    """Make a scenario of a recording, which it names by the path from its own file.

    Raises:
        ScenarioError: no model that plays can be made of it, or the configuration cannot be read.
        TraceFileError: it is no trace.
    """
    from simulator.export import read_conf, scenario_from_recording
    from simulator.story.run import read_run

    trace = read_run(recording, trust=trust)
    folder = Path.cwd() if scenario == "-" else Path(scenario).resolve().parent
    path = Path(os.path.relpath(Path(recording).resolve(), folder)).as_posix()
    return scenario_from_recording(trace, path, None if conf is None else _of_conf(conf, read_conf))
