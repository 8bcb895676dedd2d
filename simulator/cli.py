"""The command line: parse, call, print. Heavy imports happen inside the commands: `--help` stays quick."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from simulator.scenario import Problem
    from simulator.story.run import Run
    from simulator.trace import Trace

DONE = 0
WRONG_INPUT = 2
"""Also: a limit was reached."""
INTERRUPTED = 130
BROKEN_PIPE = 141


class Commands(TyperGroup):
    """Where every command ends: what it returns is the exit status."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; Ctrl+C and a reader that has gone end it quietly."""
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # The interpreter must not try to flush once more when it exits.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(BROKEN_PIPE) from None
        raise typer.Exit(status)


app = typer.Typer(
    cls=Commands,
    name="ackademy",
    help="Ackademy (ACK + academy): a flight simulator for Celery. Alone: choose a lesson and play it.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Language(StrEnum):
    """What `--lang` takes."""

    KO = "ko"
    EN = "en"
    BOTH = "both"


What = Annotated[str, typer.Argument(metavar="WHAT", help="A lesson's name, a scenario file, or a trace (.jsonl).")]
Profile = Annotated[str | None, typer.Option(help="Another profile: guide, celery-rabbitmq.")]
Variant = Annotated[str | None, typer.Option(help="One of the scenario's variants.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a value; may be given again.")
]
Seed = Annotated[str | None, typer.Option(metavar="N|random", help="Another seed; random prints the one it took.")]
Until = Annotated[float | None, typer.Option(metavar="SECONDS", help="End the run before this simulated time.")]
Lang = Annotated[Language | None, typer.Option(help="Language of all texts; default: the locale's.")]


@app.callback(invoke_without_command=True)
def _ackademy(
    context: typer.Context,
    lang: Lang = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> int:
    if version:
        from simulator import __version__

        print(f"ackademy {__version__}")
        raise typer.Exit(DONE)
    context.obj = lang
    if context.invoked_subcommand is not None:
        return DONE
    if not _interactive():
        print(context.get_help())
        return DONE
    from simulator.engine import simulate
    from simulator.tui.app import pick_run

    return pick_run(lang=_language(context, lang), simulate=simulate)


@app.command()
def play(
    context: typer.Context,
    what: What,
    *,
    profile: Profile = None,
    variant: Variant = None,
    settings: Set = None,
    seed: Seed = None,
    until: Until = None,
    lang: Lang = None,
) -> int:
    """Play a run in the terminal, step by step; without a terminal, tell it."""
    language = _language(context, lang)
    asked = {"profile": profile, "variant": variant, "until": until, "overrides": settings or ()}
    with _opened(language, what, seed, asked) as opened:
        if not _interactive():
            _tell(opened, language)
            return DONE
    from simulator.engine import simulate
    from simulator.tui.app import play_run

    return play_run(opened, lang=language, simulate=simulate)


@app.command()
def tell(
    context: typer.Context,
    what: What,
    *,
    log: Annotated[bool, typer.Option("--log", help="Celery's own worker log instead.")] = False,
    profile: Profile = None,
    variant: Variant = None,
    settings: Set = None,
    seed: Seed = None,
    until: Until = None,
    lang: Lang = None,
) -> int:
    """Tell a run as plain lines, a sentence an event: for pipes, logs and screen readers."""
    language = _language(context, lang)
    asked = {"profile": profile, "variant": variant, "until": until, "overrides": settings or ()}
    with _opened(language, what, seed, asked) as opened:
        _tell(opened, language, log)
    return DONE


@app.command()
def run(
    context: typer.Context,
    what: What,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
    trace: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the trace to a file; - for stdout and no summary."),
    ] = None,
    profile: Profile = None,
    variant: Variant = None,
    settings: Set = None,
    seed: Seed = None,
    until: Until = None,
    lang: Lang = None,
) -> int:
    """Simulate, and print the summary and whether the goals are met."""
    if as_json and trace == "-":
        raise typer.BadParameter("--json and --trace - would both write to stdout")
    language = _language(context, lang)
    asked = {"profile": profile, "variant": variant, "until": until, "overrides": settings or ()}
    with _opened(language, what, seed, asked) as opened:
        if trace is not None:
            _write_trace(opened.trace, trace)
        if as_json or trace != "-":
            _summarise(opened, language, as_json)
    return DONE


@app.command("list")
def list_(
    context: typer.Context,
    plain: Annotated[bool, typer.Option("--plain", help="Only the names, one a line.")] = False,
    lang: Lang = None,
) -> int:
    """List the lessons and examples, with their variants."""
    from simulator.scenario import ScenarioError, load_scenario, scenario_names

    names = scenario_names()
    if plain:
        for name in names:
            print(name)
        return DONE
    from simulator.story.catalog import pick
    from simulator.story.report import pad

    language = _language(context, lang)
    width = max((len(name) for name in names), default=0)
    for name in names:
        try:
            scenario = load_scenario(name)
        except ScenarioError as error:
            _complain(error.problems, language)
            continue
        title = " / ".join(pick(scenario.title, language).split("\n"))
        variants = "  ".join(f"--variant {variant}" for variant in scenario.model.variants)
        print(f"{pad(name, width)}  {title}")
        if variants:
            print(f"{' ' * width}  {variants}")
    return DONE


def _language(context: typer.Context, lang: Language | None) -> str:
    """The language asked for after the command, before it, or by the locale."""
    chosen = lang or context.obj
    if isinstance(chosen, Language):
        return chosen.value
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ko" if locale.lower().startswith("ko") else "en"


@contextmanager
def _opened(lang: str, what: str, seed: str | None, asked: dict[str, Any]) -> Iterator[Run]:
    """Open a run; what is wrong with it, now or when it is told, goes to stderr in words and exits with 2."""
    from simulator.engine import LimitReached, simulate
    from simulator.scenario import ScenarioError, scenario_names
    from simulator.story.errors import limit_problem, problems_in
    from simulator.story.run import open_run
    from simulator.trace import TraceFileError

    try:
        run = open_run(what, simulate, seed=_seed(seed), **asked)
        # In a packaged lesson what looks like a mistake is meant; warnings are for authors.
        if run.scenario is not None and run.scenario.warnings and what not in scenario_names():
            _complain(run.scenario.warnings, lang, warnings=True)
        yield run
    except (ScenarioError, TraceFileError) as error:
        problems = problems_in(error, what)
    except LimitReached as error:
        problems = [limit_problem(error.events, error.time, what)]
    else:
        return
    sys.stdout.flush()
    _complain(problems, lang)
    raise typer.Exit(WRONG_INPUT)


def _seed(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "random":
        from secrets import randbelow

        number = randbelow(10**6)
        print(f"seed {number}", file=sys.stderr)
        return number
    if not (text.isascii() and text.isdecimal()):
        from simulator.scenario import Problem, ScenarioError

        raise ScenarioError([Problem("option.seed", {"value": text})])
    return int(text)


def _tell(opened: Run, lang: str, log: bool = False) -> None:
    from simulator.story.tell import tell as tell_run

    for text in tell_run(opened, lang, log=log):
        print(text)


def _write_trace(trace: Trace, file: str) -> None:
    from simulator.scenario import Problem, ScenarioError
    from simulator.trace import write_trace

    with ExitStack() as stack:
        stream: TextIO = sys.stdout
        if file != "-":
            try:
                stream = stack.enter_context(open(file, "w", encoding="utf-8", newline="\n"))
            except OSError as error:
                problem = Problem("file.unwritable", {"file": file, "reason": error.strerror})
                raise ScenarioError([problem]) from None
        write_trace(trace, stream)


def _summarise(opened: Run, lang: str, as_json: bool) -> None:
    from simulator.measure import check_goals, summary
    from simulator.story import report

    found = summary(opened.trace)
    goals = check_goals(opened.scenario.goals, opened.trace) if opened.scenario is not None else []
    if as_json:
        held = [{"test": one.goal.test, "met": one.met, "points": one.goal.points} for one in goals]
        print(json.dumps({**found.as_data(), "goals": held}, ensure_ascii=False, indent=2))
    elif _is_terminal(sys.stdout):
        report.draw(found, goals, lang)
    else:
        print("\n".join(report.report_lines(found, goals, lang)))


def _complain(problems: Iterable[Problem], lang: str, warnings: bool = False) -> None:
    from simulator.story.errors import format_problems

    print(format_problems(problems, lang, warnings=warnings), file=sys.stderr)


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _interactive() -> bool:
    return sys.stdin.isatty() and _is_terminal(sys.stdout)
