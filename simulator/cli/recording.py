"""`record`: a running cluster becomes a trace."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer

from simulator.cli.options import Common, YesThisBroker, command
from simulator.cli.shared import DONE, TO_END, WRONG_INPUT, complain, is_terminal
from simulator.visible import raw, showing

if TYPE_CHECKING:
    from simulator.real.recording.recorder import RecordingProgress


@command()
def record(
    *,
    broker: Annotated[str, typer.Option(metavar="URL", help="The cluster's broker: redis://... or amqp://...")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Trace file to write; - for stdout.")],
    enable_events: Annotated[
        bool,
        typer.Option(
            "--enable-events",
            help="Turn on the workers' task events while recording. Without it, the cluster is left untouched.",
        ),
    ] = False,
    redact: Annotated[bool, typer.Option("--redact", help="Hide arguments, results and exception messages.")] = False,
    for_: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", min=0.1, help="Stop after this many seconds.")
    ] = None,
    yes: YesThisBroker = False,
    options: Common,
) -> int:
    """Listen to a running Celery and write a trace until Ctrl+C. Never overwrites a file."""
    from simulator.story.report.recording import progress_line, summary_lines

    language = options.language
    try:
        from simulator.real.recording.recorder import BrokerSilent, Recorder
    except ModuleNotFoundError as error:
        options.refuse("real.missing", module=error.name)
    if refuses_address(broker, yes, language):
        return WRONG_INPUT

    def show(progress: RecordingProgress) -> None:
        if is_terminal(sys.stderr):
            print(f"\r\x1b[2K{progress_line(progress, language)}", end="", file=raw(sys.stderr), flush=True)

    with ExitStack() as stack:
        stream = showing(sys.stdout, json=True) if output == "-" else new_file(stack, output, language)
        if stream is None:
            return WRONG_INPUT
        recorder = Recorder(broker, stream, enable=enable_events, redact=redact)
        for number in TO_END:  # workers that were asked for events are told to stop
            stack.callback(signal.signal, number, signal.signal(number, _interrupt))
        try:
            recorder.run(for_, show)
        except BrokerSilent as error:
            drop(stack, output)
            options.refuse("real.broker", reason=error.reason)
        except (KeyboardInterrupt, OSError):
            if recorder.header is None:  # before anything could be recorded
                drop(stack, output)
            raise
    if is_terminal(sys.stderr):
        print(file=sys.stderr)
    for text in summary_lines(recorder, output, language):
        print(text, file=sys.stderr)
    return DONE


def refuses_address(broker: str, yes: bool, lang: str) -> bool:
    """Return whether nothing may connect to a broker, after printing why."""
    from simulator.real import words
    from simulator.real.gate import refused_addresses

    found = refused_addresses(broker, allowed=yes)
    for one in words.refusal(found):
        print(one.text(lang), file=sys.stderr)
    return bool(found)


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


def new_file(stack: ExitStack, output: str, lang: str) -> TextIO | None:
    """Open a new file until the stack ends; prints the reason and returns None if that fails."""
    from simulator.scenario import Problem

    try:
        return stack.enter_context(open(output, "x", encoding="utf-8", newline="\n"))
    except FileExistsError:
        complain([Problem("file.exists", {"file": output})], lang)
    except OSError as error:
        complain([Problem("file.unwritable", {"file": output, "reason": error.strerror})], lang)
    return None


def drop(stack: ExitStack, output: str) -> None:
    """Remove a file in which nothing was recorded."""
    from pathlib import Path

    try:
        stack.close()
    finally:  # on a full disk, closing fails as well
        if output != "-":
            Path(output).unlink(missing_ok=True)
