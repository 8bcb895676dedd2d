"""Alone, `play` and `tell`: a run before one's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.learning import NoProgress
from simulator.cli.look import GlyphsWanted, Moving, Theme, remember_looks, settings_of
from simulator.cli.shared import (
    DONE,
    LATEST,
    WHAT_HELP,
    WRONG_INPUT,
    Lang,
    Profile,
    Seed,
    Set,
    Until,
    Variant,
    What,
    app,
    complain,
    interactive,
    language_of,
    opening,
)

if TYPE_CHECKING:
    from simulator.story.run import Run


@app.callback(invoke_without_command=True)
def _ackademy(
    context: typer.Context,
    lang: Lang = None,
    theme: Theme = None,
    glyphs: GlyphsWanted = None,
    motion: Moving = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> int:
    if version:
        from simulator import __version__

        print(f"ackademy {__version__}")
        raise typer.Exit(DONE)
    context.obj = lang
    remember_looks(context, theme=theme, glyphs=glyphs, motion=motion)
    if context.invoked_subcommand is not None:
        return DONE
    if not interactive():
        print(context.get_help())
        return DONE
    from simulator.cli.lessons import open_book
    from simulator.engine import simulate
    from simulator.tui.app import learn_run

    language, kept = settings_of(context, lang, theme=theme, glyphs=glyphs, motion=motion)
    return learn_run(None, lang=language, simulate=simulate, book=open_book(True, language), kept=kept)


@app.command()
def play(
    context: typer.Context,
    what: Annotated[str | None, typer.Argument(metavar="WHAT", help=WHAT_HELP, show_default=False)] = None,
    *,
    at: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0, max=LATEST, help="Begin at this simulated time.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Read the file again whenever it is saved.")] = False,
    profile: Profile = None,
    variant: Variant = None,
    settings: Set = None,
    seed: Seed = None,
    until: Until = None,
    live: Annotated[bool, typer.Option("--follow", help="A running Celery instead of WHAT, live.")] = False,
    broker: Annotated[
        str | None, typer.Option(metavar="URL", help="With --follow: the cluster's broker, redis://..., amqp://...")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="With --follow: keep the recording.")
    ] = None,
    enable_events: Annotated[
        bool, typer.Option("--enable-events", help="With --follow: have workers send task events meanwhile.")
    ] = False,
    redact: Annotated[
        bool, typer.Option("--redact", help="With --follow: hide arguments, results and exceptions' messages.")
    ] = False,
    lang: Lang = None,
    theme: Theme = None,
    glyphs: GlyphsWanted = None,
    motion: Moving = None,
) -> int:
    """Play a run in the terminal, step by step; without a terminal, tell it. Or follow a real Celery, live."""
    language, kept = language_of(context, lang), None
    if interactive():
        language, kept = settings_of(context, lang, theme=theme, glyphs=glyphs, motion=motion)
    if live:
        from simulator.cli.following import follow

        others = any(value is not None for value in (what, at, profile, variant, settings, seed, until)) or watch
        options = {"enable": enable_events, "redact": redact, "others": others}
        return follow(broker, output=output, lang=language, kept=kept, **options)
    only = {"--broker": broker, "--output": output, "--enable-events": enable_events, "--redact": redact}
    if what is None or any(only.values()):
        return _refuse(next((name for name, value in only.items() if value), ""), language)
    asked = {"profile": profile, "variant": variant, "until": until, "overrides": settings or ()}
    with opening(language, what, seed, asked) as opened:
        if watch and opened.scenario is None:
            from simulator.scenario import Problem, ScenarioError

            raise ScenarioError([Problem("trace.no_watch", {"file": what})])
        if kept is None:
            _tell(opened, language)
            return DONE
    from simulator.engine import simulate
    from simulator.tui.app import play_run

    return play_run(opened, lang=language, simulate=simulate, at=at, watch=watch, kept=kept)


def _refuse(option: str, lang: str) -> int:
    """Nothing to play, or an option that only `--follow` has."""
    from simulator.scenario import Problem

    complain([Problem("follow.alone", {"option": option}) if option else Problem("follow.nothing")], lang)
    return WRONG_INPUT


@app.command()
def tell(
    context: typer.Context,
    what: What,
    *,
    log: Annotated[bool, typer.Option("--log", help="Celery's own worker log instead.")] = False,
    ask: Annotated[bool, typer.Option("--ask", help="Ask its questions, and go on when they are answered.")] = False,
    no_progress: NoProgress = False,
    profile: Profile = None,
    variant: Variant = None,
    settings: Set = None,
    seed: Seed = None,
    until: Until = None,
    lang: Lang = None,
) -> int:
    """Tell a run as plain lines, a sentence an event: for pipes, logs and screen readers."""
    language = language_of(context, lang)
    asked = {"profile": profile, "variant": variant, "until": until, "overrides": settings or ()}
    with opening(language, what, seed, asked) as opened:
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
