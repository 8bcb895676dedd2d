"""`play --follow`: a running cluster on the stage while it works."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from simulator.cli.options import Common, YesThisBroker
from simulator.cli.shared import TO_END, WRONG_INPUT, interactive

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.trace import Trace
    from simulator.tui.settings import SettingsFile


@dataclass(frozen=True, kw_only=True)
class Follow:
    """Options of following a running cluster."""

    live: Annotated[bool, typer.Option("--follow", help="Follow a running Celery live, instead of WHAT.")] = False
    broker: Annotated[
        str | None, typer.Option(metavar="URL", help="With --follow: the cluster's broker, redis://... or amqp://...")
    ] = None
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="With --follow: save the recording.")
    ] = None
    enable_events: Annotated[
        bool, typer.Option("--enable-events", help="With --follow: turn on the workers' task events while following.")
    ] = False
    redact: Annotated[
        bool, typer.Option("--redact", help="With --follow: hide arguments, results and exception messages.")
    ] = False
    yes: YesThisBroker = False


def follow(
    asked: Follow, options: Common, *, has_scenario_options: bool, lang: str, kept: SettingsFile | None = None
) -> int:
    """Show a real cluster live until the user leaves.

    Args:
        asked: which cluster, and how.
        options: where errors go.
        has_scenario_options: whether options were given that only a scenario has.
        lang: `ko`, `en` or `both`.
        kept: the user's settings.
    """
    broker, output = asked.broker, asked.output
    if broker is None:
        options.refuse("follow.broker")
    if has_scenario_options:
        options.refuse("follow.what")
    if output == "-":
        options.refuse("follow.stdout")
    if not interactive():
        options.refuse("follow.terminal", url="URL")
    try:
        from simulator.real.recording.recorder import BrokerSilent
    except ModuleNotFoundError as error:
        options.refuse("real.missing", module=error.name)
    from simulator.cli.recording import drop, new_file, refuses_address

    if refuses_address(broker, asked.yes, lang):
        return WRONG_INPUT
    with ExitStack() as stack:
        stream = new_file(stack, output, lang) if output is not None else None
        if output is not None and stream is None:
            return WRONG_INPUT
        try:
            return _show(stack, asked, stream, lang=lang, kept=kept)
        except BrokerSilent as error:
            if output is not None:
                drop(stack, output)
            options.refuse("real.broker", reason=error.reason)
        except KeyboardInterrupt:
            if output is not None and stream is not None and not stream.tell():  # nobody has answered yet
                drop(stack, output)
            raise


def _show(stack: ExitStack, asked: Follow, stream: TextIO | None, *, lang: str, kept: SettingsFile | None) -> int:
    from simulator.engine import simulate
    from simulator.real.recording.follow import following
    from simulator.tui.app import play_live

    for number in TO_END:
        stack.callback(signal.signal, number, signal.signal(number, _end))
    with following(str(asked.broker), stream, enable=asked.enable_events, redact=asked.redact) as source:
        return play_live(source.grow, live_model, lang=lang, simulate=simulate, kept=kept)


def live_model(recorded: Trace, unbroken: int) -> Scenario:
    """Make the model of what has been recorded so far, in which nothing fails from a time (microseconds) on.

    There is no file to refer to, so its arrivals are written into it as they were, those of beat among them. Raises
    `ScenarioError`.
    """
    from simulator.export import scenario_from_recording, scenario_text
    from simulator.scenario import Edit, Problem, parse_scenario
    from simulator.scenario.recorded import arrivals_of, lines_of
    from simulator.trace import Trace

    # What was computed of the recording is continued by the screen while this runs in a thread of its own.
    own = Trace(recorded.header, tuple(recorded.events))
    draft = scenario_from_recording(own, unbroken=unbroken)
    model = parse_scenario(scenario_text(draft, Problem("recording.origin")), file="live.yaml")
    beat = [Edit("beat_schedule", {})] if model.model.beat_schedule else []
    return model.edited(Edit("send", lines_of(arrivals_of(own), own.end)), *beat)


def _end(number: int, _: Any) -> None:
    """End on a signal: restore the terminal and the workers' settings."""
    sys.exit(128 + number)
