"""The program: its commands, exit statuses, and error messages."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from enum import StrEnum
from io import UnsupportedOperation
from typing import TYPE_CHECKING, Any, TextIO

import typer
from typer.core import TyperGroup

from simulator.visible import showing

if TYPE_CHECKING:
    from simulator.scenario import Problem

DONE = 0
FAILED = 1
"""Only from `check`, `grade`, `verify`, `calibrate` and `lint`: a goal is missed, reality differs, a setting is sure
to hurt."""
WRONG_INPUT = 2
"""Also: a limit was reached, an extra is missing, a broker does not answer."""
INTERRUPTED = 130
BROKEN_PIPE = 141
HUNG_UP = 129
"""The terminal is gone."""

FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
"""Error numbers of an operating system that has no room for the output."""
TO_END = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a program to end; Windows has one of them."""

ORDER = tuple(
    (
        "learn play tell run check lint explain grade compare sweep plan break inspect list new schema record "
        "calibrate verify emit export worksheet vote class serve challenge"
    ).split()
)


class Language(StrEnum):
    """Values of `--lang`."""

    KO = "ko"
    EN = "en"
    BOTH = "both"


class Commands(TyperGroup):
    """Runner of commands; a command returns the exit status."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order of the help."""
        return sorted(super().list_commands(ctx), key=ORDER.index)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; Ctrl+C ends it quietly, and so does an output that takes no more."""
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            ended = end_of_output(error, ctx.obj or locale_language())
            if ended is None:
                raise
            raise typer.Exit(ended) from None
        raise typer.Exit(status)


def end_of_output(error: OSError, lang: str) -> int | None:
    """The exit status if stdout or stderr takes no more, said where anybody can read it; None for any other error.

    A pipe is closed, a disk is full, or the terminal is gone.
    """
    if error.filename is not None:  # some file, not the output
        return None
    if isinstance(error, BrokenPipeError):
        status = BROKEN_PIPE
    elif error.errno == errno.EIO:
        status = HUNG_UP
    elif error.errno in FULL:
        status = WRONG_INPUT
    else:
        return None
    _forget_output()
    if status == WRONG_INPUT:
        from simulator.scenario import Problem

        with suppress(OSError):  # stderr may be the one that is full: then nobody can be told but by the status
            complain([Problem("output.full", {"reason": error.strerror})], lang)
    return status


def _forget_output() -> None:
    """Keep the interpreter from flushing once more when it exits."""
    with suppress(UnsupportedOperation):  # a stream that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    cls=Commands,
    name="ackademy",
    help="Ackademy (ACK + academy): a flight simulator for Celery. Without a command: choose a lesson and play it.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def locale_language() -> str:
    """`ko` in a Korean locale, else `en`."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ko" if locale.lower().startswith("ko") else "en"


def complain(problems: Iterable[Problem], lang: str, warnings: bool = False) -> None:
    """Print problems to stderr."""
    from simulator.story.problems.errors import format_problems

    print(format_problems(problems, lang, warnings=warnings), file=sys.stderr)


def print_json(data: object, indent: int | None = 2) -> None:
    """Print data as JSON; what a terminal would obey is escaped."""
    print(json.dumps(data, ensure_ascii=False, indent=indent), file=showing(sys.stdout, json=True))


def is_terminal(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that can draw."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def interactive() -> bool:
    """Return whether a user sits at a terminal, or at one in a browser (`serve`)."""
    if "web_driver" in os.environ.get("TEXTUAL_DRIVER", ""):
        return True
    return sys.stdin is not None and sys.stdin.isatty() and is_terminal(sys.stdout)


def needs_extra(extra: str, modules: Sequence[str], lang: str) -> bool:
    """Return True if a module of an extra is missing, after printing how to install it."""
    from importlib.util import find_spec

    from simulator.scenario import Problem

    if all(find_spec(module) is not None for module in modules):
        return False
    complain([Problem("extra.missing", {"extra": extra})], lang)
    return True
