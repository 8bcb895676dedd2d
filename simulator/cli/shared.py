"""What all commands share: the program, its options, exit statuses, opening a run, saying what is wrong."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from simulator.scenario import Problem
    from simulator.story.run import Run

DONE = 0
FAILED = 1
"""Only from `check` and `verify`: a goal is missed, reality differs."""
WRONG_INPUT = 2
"""Also: a limit was reached, an extra is missing, a broker does not answer."""
INTERRUPTED = 130
BROKEN_PIPE = 141

FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
"""What an operating system says where there is no room for what is written."""
TO_END = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a program to end; Windows has one of them."""

ORDER = tuple(
    "learn play tell run check compare inspect list new schema record verify emit export worksheet vote".split()
)


class Commands(TyperGroup):
    """Where every command ends: what it returns is the exit status."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order in which the help tells of them."""
        return sorted(super().list_commands(ctx), key=ORDER.index)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; Ctrl+C and a reader that has gone end it quietly."""
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _forget_output()
            raise typer.Exit(BROKEN_PIPE) from None
        except OSError as error:
            if error.errno not in FULL or error.filename is not None:
                raise
            from simulator.scenario import Problem

            _forget_output()
            complain([Problem("output.full", {"reason": error.strerror})], language_of(ctx, None))
            raise typer.Exit(WRONG_INPUT) from None
        raise typer.Exit(status)


def _forget_output() -> None:
    """The interpreter must not try to flush once more when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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


WHAT_HELP = "A lesson's name, a scenario file, or a trace (.jsonl)."
What = Annotated[str, typer.Argument(metavar="WHAT", help=WHAT_HELP)]
Profile = Annotated[str | None, typer.Option(help="Another profile: guide, celery-redis, celery-rabbitmq, ...")]
Variant = Annotated[str | None, typer.Option(help="One of the scenario's variants.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a value; may be given again.")
]
Seed = Annotated[str | None, typer.Option(metavar="N|random", help="Another seed; random prints the one it took.")]
Until = Annotated[float | None, typer.Option(metavar="SECONDS", help="End the run before this simulated time.")]
LATEST = 1e9
"""Seconds; no run is longer (`until`)."""
Lang = Annotated[Language | None, typer.Option(help="Language of all texts; default: the locale's.")]


def language_of(context: typer.Context, lang: Language | None) -> str:
    """The language asked for after the command, before it, or by the locale."""
    chosen = lang or context.obj
    if isinstance(chosen, Language):
        return chosen.value
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ko" if locale.lower().startswith("ko") else "en"


@contextmanager
def opening(lang: str, what: str, seed: str | None, asked: dict[str, Any]) -> Iterator[Run]:
    """Open a run; what is wrong with it, now or when it is told, goes to stderr in words and exits with 2."""
    from simulator.engine import LimitReached, simulate
    from simulator.scenario import ScenarioError, scenario_names
    from simulator.story.problems.errors import limit_problem, problems_in
    from simulator.story.run import open_run
    from simulator.trace import TraceFileError

    try:
        run = open_run(what, simulate, seed=seed_of(seed), **asked)
        # In a packaged lesson what looks like a mistake is meant; warnings are for authors.
        if run.scenario is not None and run.scenario.warnings and what not in scenario_names():
            complain(run.scenario.warnings, lang, warnings=True)
        yield run
    except (ScenarioError, TraceFileError) as error:
        problems = problems_in(error, what)
    except LimitReached as error:
        problems = [limit_problem(error.events, error.time, what)]
    else:
        return
    sys.stdout.flush()
    complain(problems, lang)
    raise typer.Exit(WRONG_INPUT)


def seed_of(text: str | None) -> int | None:
    """The seed that `--seed` asks for; a random one is told on stderr. Raises `ScenarioError`."""
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


def one_seed(text: str | None) -> str | None:
    """What `--seed` asks for, as the same for each of several runs: a random one is drawn here, once."""
    return str(seed_of(text)) if text == "random" else text


def complain(problems: Iterable[Problem], lang: str, warnings: bool = False) -> None:
    """Say problems on stderr."""
    from simulator.story.problems.errors import format_problems

    print(format_problems(problems, lang, warnings=warnings), file=sys.stderr)


def is_terminal(stream: TextIO) -> bool:
    """Whether a stream is a terminal that can draw."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def interactive() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and is_terminal(sys.stdout)
