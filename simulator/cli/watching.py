"""`play` and `tell`: a run on the screen or as text."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.following import Follow, follow
from simulator.cli.options import (
    APPEARANCE,
    LATEST,
    WHAT_HELP,
    Appearance,
    Common,
    NoProgress,
    RunOptions,
    What,
    command,
    opening,
    read_settings_for,
    spell_out,
)
from simulator.cli.shared import DONE, FAILED, app, interactive

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.story.run import Run
    from simulator.trace import Trace
    from simulator.tui.settings import SettingsFile


ENGINES = {
    False: {"en": "pure Python engine", "ko": "순수 Python 엔진"},
    True: {"en": "compiled engine", "ko": "컴파일된 엔진"},
}
"""The engine in use, by whether it is compiled."""


@app.callback(invoke_without_command=True)
@spell_out
def _ackademy(
    options: Common,
    appearance: Appearance,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> int:
    if version:
        from simulator import __version__, is_compiled

        print(f"ackademy {__version__} ({ENGINES[is_compiled()][options.language]})")
        raise typer.Exit(DONE)
    context = options.context
    context.obj = options.lang
    context.meta[APPEARANCE] = appearance.flags
    if context.invoked_subcommand is not None:
        return DONE
    if not interactive():
        print(context.get_help())
        return DONE
    from simulator.cli.lessons import open_book
    from simulator.engine import simulate
    from simulator.tui.app import learn_run

    language, kept = read_settings_for(options)
    return learn_run(None, lang=language, simulate=simulate, book=open_book(True, language), kept=kept)


@dataclass(frozen=True, kw_only=True)
class PlayOptions(RunOptions):
    """Options of a run that is played: its end, or the moment up to which to play it."""

    until: Annotated[
        str | None,
        typer.Option(
            metavar="SECONDS|TEST",
            help="Stop the run before this time; or play to the first moment at which this holds: 'running == 2'.",
        ),
    ] = None  # type: ignore[assignment]  # it takes a condition as well

    @property
    def end(self) -> float | None:
        """Time in seconds before which the run is stopped, unless a condition was given."""
        try:
            return None if self.until is None else float(self.until)
        except ValueError:
            return None

    @property
    def condition(self) -> str | None:
        """The condition up to which to play."""
        return self.until if self.end is None else None


@command()
def play(
    what: Annotated[str | None, typer.Argument(metavar="WHAT", help=WHAT_HELP, show_default=False)] = None,
    *,
    at: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0, max=LATEST, help="Start at this simulated time.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Reload the file whenever it is saved.")] = False,
    asked: Follow,
    options: PlayOptions,
    appearance: Appearance,
) -> int:
    """Play a run in the terminal, step by step, or follow a real Celery live. In a pipe, tell it."""
    language, kept = read_settings_for(options, appearance) if interactive() else (options.language, None)
    if asked.live:
        given = (what, at, options.seed, options.until, *options.asked().values())
        others = watch or any(value is not False and value not in (None, ()) for value in given)
        return follow(asked, options, has_scenario_options=others, lang=language, kept=kept)
    only = (
        (asked.broker, "--broker"),
        (asked.output, "--output"),
        (asked.redact, "--redact"),
        (asked.yes, "--yes-this-broker"),
    )
    if option := next((name for value, name in (*only, (asked.enable_events, "--enable-events")) if value), ""):
        options.refuse("follow.alone", option=option)
    if what is None:
        options.refuse("follow.nothing")
    with opening(language, what, options.seed, options.asked()) as opened:
        if watch and opened.scenario is None:
            options.refuse("trace.no_watch", file=what)
        cursor = _reach(opened, options.condition, language) if options.condition is not None else None
        if cursor == 0:
            return FAILED
        if kept is None:
            if cursor is None:
                _tell(opened, language)
            return DONE
        shown = opened
        if opened.scenario is None:
            shown = replace(opened, model=partial(_model, opened.trace, Path(what)))
    return _play(shown, language, kept, at, watch, cursor)


def _model(recorded: Trace, file: Path, unbroken: int) -> Scenario:
    """Make the model of a recording in which nothing fails from a time (microseconds) on; raises `ScenarioError`."""
    from simulator.export import scenario_from_recording, scenario_text
    from simulator.scenario import Problem, parse_scenario

    draft = scenario_from_recording(recorded, file.name, unbroken=unbroken)
    return parse_scenario(scenario_text(draft, Problem("recording.origin")), file=str(file.with_suffix(".yaml")))


def _reach(opened: Run, condition: str, lang: str) -> int:
    """Say where a condition first holds; return the cursor, 0 if it never does. Raises `ScenarioError`."""
    from simulator.play.breakpoint import next_moment, read_condition
    from simulator.scene.words import labels
    from simulator.story import sentence
    from simulator.story.language import say

    trace = opened.trace
    cursor = next_moment(trace, read_condition(condition, trace))
    if cursor is None:
        print(say(labels.BREAK_NEVER, lang, test=condition), file=sys.stderr)
        return 0
    if not interactive():
        print(say(labels.BREAK_AT, lang, test=condition, time=f"{trace[cursor - 1].t / 1e6:.2f}"))
        print(opened.names.short(sentence(opened.timeline, cursor - 1, lang)))
    return cursor


def show(opened: Run, options: Common, appearance: Appearance) -> int:
    """Play a run in the terminal; in a pipe, tell it."""
    if not interactive():
        _tell(opened, options.language)
        return DONE
    return _play(opened, *read_settings_for(options, appearance))


def _play(
    opened: Run,
    lang: str,
    kept: SettingsFile,
    at: float | None = None,
    watch: bool = False,
    cursor: int | None = None,
) -> int:
    from simulator.engine import simulate
    from simulator.tui.app import play_run

    return play_run(opened, lang=lang, simulate=simulate, at=at, cursor=cursor, watch=watch, kept=kept)


@command()
def tell(
    what: What,
    *,
    log: Annotated[bool, typer.Option("--log", help="Print Celery's worker log instead.")] = False,
    ask: Annotated[bool, typer.Option("--ask", help="Ask the scenario's questions and wait for each answer.")] = False,
    no_progress: NoProgress = False,
    options: RunOptions,
) -> int:
    """Tell a run in plain lines, one sentence per event: for pipes, logs and screen readers."""
    language = options.language
    with options.opening(what) as opened:
        if ask and not log:
            from simulator.cli.lessons import hold_lesson, open_book

            hold_lesson(opened, language, open_book(not no_progress, language))
        else:
            _tell(opened, language, log)
    return DONE


def _tell(opened: Run, lang: str, log: bool = False) -> None:
    from simulator.story.tell import tell as tell_run

    for text in tell_run(opened, lang, log=log):
        print(text)
