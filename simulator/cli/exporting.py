"""`export`: a run in other formats: a page that plays it, the course as a site, a cast, events for monitors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import LATEST, WHAT_HELP, RunOptions, command
from simulator.cli.shared import DONE, WRONG_INPUT, complain
from simulator.cli.site import write_site

if TYPE_CHECKING:
    from simulator.scenario import Problem
    from simulator.story.run import Run


class RunFormat(StrEnum):
    """Formats of a run."""

    HTML = "html"
    CAST = "cast"
    PERFETTO = "perfetto"
    CELERY_EVENTS = "celery-events"


@command()
def export(
    what: Annotated[str | None, typer.Argument(metavar="WHAT", help=WHAT_HELP, show_default=False)] = None,
    *,
    to: Annotated[
        RunFormat,
        typer.Option(
            help="html: one page that plays the run, without a network; cast: a recording of the terminal "
            "(asciicast v2); perfetto: tracks and arrows for ui.perfetto.dev (Chrome's trace JSON); "
            "celery-events: Celery's event dictionaries as JSON, one per line."
        ),
    ],
    file: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="File (or folder) to write; default: stdout.")
    ] = "-",
    variants: Annotated[
        bool, typer.Option("--variants", help="With html: all variants too, in tabs, to compare.")
    ] = False,
    course: Annotated[
        bool,
        typer.Option(
            "--course", help="With html: all lessons (of the folder WHAT), as a site in the folder given by -o."
        ),
    ] = False,
    begin: Annotated[
        float | None,
        typer.Option("--from", metavar="SECONDS", min=0, max=LATEST, help="Only the part from here on."),
    ] = None,
    redact: Annotated[bool, typer.Option("--redact", help="Hide arguments, results and exception messages.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=64, help="With --course: pages made at once; default: the cores."),
    ] = None,
    speed: Annotated[
        float, typer.Option(metavar="FACTOR", min=0.01, max=1000, help="With cast: 2 is twice as fast.")
    ] = 1.0,
    real_time: Annotated[
        bool,
        typer.Option("--real-time", help="With cast: a second is a second, without stops to read and think."),
    ] = False,
    start: Annotated[
        float,
        typer.Option(metavar="UNIXTIME", min=0, max=LATEST * 100, help="With celery-events: the time of the start."),
    ] = 0.0,
    options: RunOptions,
) -> int:
    """Write a run in another format. Never overwrites a file."""
    html = to is RunFormat.HTML
    if variants and (not html or options.variant is not None):
        options.refuse("export.variants")
    if course:
        told = (variants, redact, begin, options.seed, *options.asked().values())
        given = [value for value in told if value not in (None, False, ())]
        if not html or file == "-" or given or (what is not None and not Path(what).is_dir()):
            options.refuse("export.course")
        problem = write_site(Path(file), jobs, options, None if what is None else Path(what))
    elif what is None:
        options.refuse("export.nothing")
    else:
        source = _Source(what, options, redact, begin, has_window=to is not RunFormat.CELERY_EVENTS)
        writers: dict[RunFormat, Callable[[], Problem | None]] = {
            RunFormat.HTML: lambda: _page(source, file, variants),
            RunFormat.CAST: lambda: _cast(source, file, speed, real_time),
            RunFormat.PERFETTO: lambda: _perfetto(source, file),
            RunFormat.CELERY_EVENTS: lambda: _events(source, file, start),
        }
        problem = writers[to]()
    if problem is not None:
        complain([problem], options.language)
        return WRONG_INPUT
    return DONE


@dataclass(frozen=True)
class _Source:
    """The run that is exported, and how."""

    what: str
    options: RunOptions
    redact: bool
    begin: float | None
    has_window: bool
    """True if the format can show a part of a run."""

    @contextmanager
    def opening(self, variant: str | None = None) -> Iterator[Run]:
        """Open the run, or that of a variant."""
        from simulator.trace.redact import redacted_trace
        from simulator.trace.time import MICROS, to_micros

        options = self.options
        more: dict[str, object] = {} if variant is None else {"variant": variant}
        if self.has_window and self.what.endswith(".jsonl"):  # for a trace, --until only says what to show
            more["until"] = None
        if self.begin is not None and not self.has_window:
            options.refuse("export.part")
        if self.begin is not None and options.until is not None and self.begin > options.until:
            options.refuse("export.backwards", begin=f"{self.begin:g}", end=f"{options.until:g}")
        with options.opening(self.what, **more) as run:
            if self.begin is not None and to_micros(self.begin) > run.trace.end:
                end = f"{run.trace.end / MICROS:g}"
                options.refuse("export.after", begin=f"{self.begin:g}", end=end)
            yield replace(run, trace=redacted_trace(run.trace)) if self.redact else run

    @property
    def window(self) -> tuple[int, int | None]:
        """Begin and end of the part to show, in microseconds."""
        from simulator.trace.time import to_micros

        until = self.options.until
        return to_micros(self.begin or 0.0), None if until is None else to_micros(until)


def _page(source: _Source, file: str, variants: bool) -> Problem | None:
    from simulator.cli.authoring import write_text
    from simulator.export.html import player_page
    from simulator.export.html.frames import Window
    from simulator.story.catalog import BOTH

    with ExitStack() as stack:
        runs = [stack.enter_context(source.opening())]
        if variants and runs[0].scenario is not None:
            names = runs[0].scenario.model.variants
            runs += [stack.enter_context(source.opening(name)) for name in names]
        # A page has a switch: unless one language is asked for, it speaks both.
        page = player_page(runs, source.options.asked_language or BOTH, Window(*source.window))
        problem = write_text(page, file)
    return problem


def _cast(source: _Source, file: str, speed: float, real_time: bool) -> Problem | None:
    from simulator.cli.authoring import write_text
    from simulator.tui.capture.cast import LONGEST, CastTooLong, make_cast

    begin, end = source.window
    with source.opening() as run:
        try:
            lines = list(
                make_cast(run, source.options.language, begin=begin, end=end, speed=speed, real_time=real_time)
            )
        except CastTooLong:
            source.options.refuse("export.long", minutes=f"{LONGEST / 60:g}")
        problem = write_text("".join(f"{text}\n" for text in lines), file)
    return problem


def _perfetto(source: _Source, file: str) -> Problem | None:
    from simulator.cli.authoring import write_text
    from simulator.export.chrome_trace import chrome_trace
    from simulator.story.language import first_language
    from simulator.visible import escaped

    begin, end = source.window
    with source.opening() as run:
        made = chrome_trace(run, first_language(source.options.language), begin, end)
        problem = write_text(escaped(json.dumps(made, ensure_ascii=False)) + "\n", file)
    return problem


def _events(source: _Source, file: str, start: float) -> Problem | None:
    from simulator.cli.authoring import write_text
    from simulator.story.logs.celery_events import celery_events
    from simulator.visible import escaped

    with source.opening() as opened:
        lines = (json.dumps(raw, ensure_ascii=False) for raw in celery_events(opened.trace, start))
        problem = write_text("".join(f"{escaped(text)}\n" for text in lines), file)
    return problem
