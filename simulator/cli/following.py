"""`play --follow`: a running cluster on the stage while it works."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TextIO

from simulator.cli.shared import TO_END, WRONG_INPUT, complain, interactive

if TYPE_CHECKING:
    from simulator.tui.settings import SettingsFile


def follow(
    broker: str | None,
    *,
    output: str | None,
    enable: bool,
    redact: bool,
    others: bool,
    lang: str,
    kept: SettingsFile | None = None,
) -> int:
    """Show a real cluster live until it is left.

    Args:
        broker: its URL.
        output: a file that keeps the recording.
        enable: have workers send task events meanwhile.
        redact: hide arguments, results and exceptions' messages.
        others: whether something was asked for that only a scenario has.
        lang: `ko`, `en` or `both`.
        kept: how it is to look.
    """
    from simulator.scenario import Problem

    problem = None
    if broker is None:
        problem = Problem("follow.broker")
    elif others:
        problem = Problem("follow.what")
    elif output == "-":
        problem = Problem("follow.stdout")
    elif not interactive():
        problem = Problem("follow.terminal", {"url": "URL"})
    if broker is None or problem is not None:
        complain([problem or Problem("follow.broker")], lang)
        return WRONG_INPUT
    try:
        from simulator.real.recorder import BrokerSilent
    except ModuleNotFoundError as error:
        complain([Problem("real.missing", {"module": error.name})], lang)
        return WRONG_INPUT
    with ExitStack() as stack:
        from simulator.cli.recording import drop, new_file

        stream = new_file(stack, output, lang) if output is not None else None
        if output is not None and stream is None:
            return WRONG_INPUT
        try:
            return _show(stack, broker, stream, enable=enable, redact=redact, lang=lang, kept=kept)
        except BrokerSilent as error:
            if output is not None:
                drop(stack, output)
            complain([Problem("real.broker", {"reason": error.reason})], lang)
        except KeyboardInterrupt:
            if output is not None and stream is not None and not stream.tell():  # nobody has answered yet
                drop(stack, output)
            raise
    return WRONG_INPUT


def _show(
    stack: ExitStack,
    broker: str,
    stream: TextIO | None,
    *,
    enable: bool,
    redact: bool,
    lang: str,
    kept: SettingsFile | None,
) -> int:
    from simulator.engine import simulate
    from simulator.real.follow import following
    from simulator.tui.app import play_live

    for number in TO_END:
        stack.callback(signal.signal, number, signal.signal(number, _end))
    with following(broker, stream, enable=enable, redact=redact) as source:
        return play_live(source.grow, lang=lang, simulate=simulate, kept=kept)


def _end(number: int, _: Any) -> None:
    """Asked to end: give the terminal back, and the workers their settings."""
    sys.exit(128 + number)
