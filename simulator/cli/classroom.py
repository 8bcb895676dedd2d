"""`worksheet` and `vote`: hand-outs, and a show of hands."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import (
    WHAT_HELP,
    ChangeOptions,
    Common,
    Profile,
    RunOptions,
    catching,
    command,
    opening,
    read_settings_for,
)
from simulator.cli.shared import DONE, WRONG_INPUT, complain, interactive
from simulator.visible import visible

if TYPE_CHECKING:
    from simulator.course.stations import ClassStation
    from simulator.export.document import Block
    from simulator.scene.pages.ballot import Ballot
    from simulator.tui.screens.phones import Phones

    Sheets = tuple[Mapping[str, str], list[list[Block]]]
    """A title by language, and the parts of each sheet."""


class DocumentFormat(StrEnum):
    """Formats of a document."""

    MD = "md"
    HTML = "html"


@command()
def worksheet(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A lesson, a scenario file, the folder of a course, or a plan.")
    ],
    *,
    answers: Annotated[bool, typer.Option("--answers", help="Include the answers (teacher's copy).")] = False,
    form: Annotated[
        DocumentFormat | None,
        typer.Option("--to", help="Markdown or printable HTML; default: by FILE's extension, else md."),
    ] = None,
    file: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="File to write; default: stdout.")] = "-",
    profile: Profile = None,
    options: ChangeOptions,
) -> int:
    """Write a worksheet: a timeline to fill in, questions, exercises. Never overwrites a file."""
    from simulator.cli.authoring import write_text
    from simulator.export import bind_sheets
    from simulator.scenario.plan import is_plan

    language = options.language
    html = form is DocumentFormat.HTML or (form is None and file.endswith((".html", ".htm")))
    with catching(language, what):
        if Path(what).is_dir():
            title, sheets = _sheets_of_course(Path(what), profile, answers, options)
        elif is_plan(what):
            title, sheets = _sheets_of_plan(what, profile, answers, options)
        else:
            title, sheet = _sheet(what, None, profile, answers, options)
            sheets = [sheet]
        problem = write_text(visible(bind_sheets(sheets, title, language, html=html)), file)
    if problem is not None:
        complain([problem], language)
        return WRONG_INPUT
    sys.stdout.flush()
    return DONE


def _sheet(
    what: str, variant: str | None, profile: str | None, answers: bool, options: ChangeOptions
) -> tuple[Mapping[str, str], list[Block]]:
    """Make the sheet of a lesson: its title, and its parts."""
    from contextlib import ExitStack

    from simulator.course.solution import model_solution
    from simulator.export import sheet_blocks

    with ExitStack() as stack:
        run = stack.enter_context(options.opening(what, profile=profile, variant=variant))
        if run.scenario is None:
            options.refuse("worksheet.no_scenario", file=what)
        others = [] if variant is not None else run.scenario.model.variants
        variants = {name: stack.enter_context(options.opening(what, profile=profile, variant=name)) for name in others}
        given = {"--variant": variant, "--profile": profile, "--seed": options.seed_text, "--until": options.until}
        typed = [what, *_options(given, options.settings)]
        solution = model_solution(run.scenario) if answers and variant is None else {}
        made = sheet_blocks(run, variants, options.language, answers=answers, asked=typed, solution=solution)
    return run.title, made


def _sheets_of_course(folder: Path, profile: str | None, answers: bool, options: ChangeOptions) -> Sheets:
    """Make the sheets of all lessons of a course, in its order; raises `ScenarioError`."""
    from simulator.course.syllabus import lessons_in
    from simulator.scenario import load_course

    course, known = load_course(folder), lessons_in(folder)
    sheets = [_sheet(known[name][0], None, profile, answers, options)[1] for name in course.lessons]
    return course.title or {"en": folder.name}, sheets


def _sheets_of_plan(what: str, profile: str | None, answers: bool, options: ChangeOptions) -> Sheets:
    """Make the sheets of what a class plays, each once, and its tables to fill in; raises `ScenarioError`."""
    from simulator.course.stations import make_stations
    from simulator.engine import simulate
    from simulator.export import table_blocks
    from simulator.scenario.plan import load_plan

    plan, scenarios = load_plan(what)
    sheets: dict[object, list[Block]] = {}
    for place, (station, scenario) in enumerate(zip(make_stations(plan, scenarios, simulate), scenarios, strict=True)):
        if station.table is not None:
            sheets[place] = table_blocks(station.text, station.table, options.language, answers=answers)
        elif scenario is not None:
            key = scenario.file, scenario.variant
            if key not in sheets:
                sheets[key] = _sheet(scenario.what, scenario.variant, profile, answers, options)[1]
    return plan.title, [*sheets.values()]


def _options(given: Mapping[str, object], settings: Sequence[str] | None) -> Iterator[str]:
    """Options as one types them; a number without needless zeros."""
    for name, value in given.items():
        if value is not None:
            yield from (name, f"{value:.15g}" if isinstance(value, float) else str(value))
    for setting in settings or ():
        yield from ("--set", setting)


@command()
def vote(
    what: Annotated[str, typer.Argument(metavar="WHAT", help=f"{WHAT_HELP[:-1]}, or the folder of a course.")],
    *,
    question: Annotated[int, typer.Option(min=1, metavar="N", help="Start at question N.")] = 1,
    options: RunOptions,
) -> int:
    """Put questions to a show of hands: count, discuss, count again, and let the run tell who was right.

    Leads through the lesson on the presenter's screen. The counts are printed at the end.
    """
    if Path(what).is_dir():
        return _vote_on_course(Path(what), options)
    with options.opening(what) as run:
        count = sum(stop.is_question for stop in run.stops)
    if not count:
        options.refuse("vote.no_question", file=what)
    if question > count:
        options.refuse("vote.too_far", file=what, question=question, count=count)
    if not interactive():
        options.refuse("vote.no_terminal")
    from simulator.course.stations import ClassStation

    return _hold([ClassStation({}, 0, run)], None, question, options)


def _vote_on_course(folder: Path, options: RunOptions) -> int:
    """Lead through all lessons of a course, in its order."""
    from simulator.course.syllabus import lessons_in
    from simulator.scenario import ScenarioError, load_course

    try:
        course = load_course(folder)
    except ScenarioError as error:
        complain(error.problems, options.language)
        return WRONG_INPUT
    if not interactive():
        options.refuse("vote.no_terminal")
    known = lessons_in(folder)
    stations = _stations_of([known[name][0] for name in course.lessons], options.language)
    return _hold(stations, course.title or {"en": folder.name, "ko": folder.name}, 1, options)


def _stations_of(lessons: Sequence[str], lang: str) -> list[ClassStation]:
    """A station for each lesson, with its summary; problems are printed and end the program."""
    from simulator.course.stations import ClassStation

    stations = []
    for lesson in lessons:
        with opening(lang, lesson, None, {}) as run:
            text = run.scenario.model.summary if run.scenario is not None else None
            stations.append(ClassStation(text or run.title, 0, run))
    return stations


def lead_class(plan: str, options: Common) -> int:
    """Lead a class through a plan, in the presenter."""
    made = _planned(plan, options)
    return made if isinstance(made, int) else _hold(*made, 1, options)


def _planned(plan: str, options: Common) -> tuple[list[ClassStation], Mapping[str, str]] | int:
    """The stations of a plan and its title, or the exit status if it has problems."""
    from simulator.course.stations import make_stations
    from simulator.engine import LimitReached, simulate
    from simulator.scenario import ScenarioError
    from simulator.scenario.plan import load_plan
    from simulator.story.problems.errors import limit_problem

    try:
        told, scenarios = load_plan(plan)
        if not interactive():
            options.refuse("vote.no_terminal")
        stations = make_stations(told, scenarios, simulate)
    except ScenarioError as error:
        complain(error.problems, options.language)
        return WRONG_INPUT
    except LimitReached as error:
        complain([limit_problem(error, plan)], options.language)
        return WRONG_INPUT
    return stations, told.title


def _hold(
    stations: list[ClassStation],
    title: Mapping[str, str] | None,
    question: int,
    options: Common,
    phones: Phones | None = None,
    ballots: dict[str, Ballot] | None = None,
) -> int:
    """Hold a class in the terminal, then print what was voted; `ballots` receives it."""
    from simulator.engine import simulate
    from simulator.tui.voting import ClassApp, counts_lines

    language, kept = read_settings_for(options)
    app = ClassApp(simulate, language, stations, title, question, kept=kept, phones=phones)
    status = app.run()
    if ballots is not None:
        ballots |= {f"{place}/{number}": ballot for (place, number), ballot in app.ballots.items()}
    for line in counts_lines(app.stations, app.ballots, language):
        print(line)
    return status if status is not None else app.return_code or DONE


@command("class")
def hold_class(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLAN|LESSON...]", help="A plan (class-60, class-45 or a file), or lessons."),
    ] = None,
    *,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to serve at; 0.0.0.0: the network of the classroom.")
    ] = "127.0.0.1",
    room: Annotated[str | None, typer.Option(metavar="CODE", help="Go on with a room, its votes and address.")] = None,
    file: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write all counts to FILE as CSV at the end.")
    ] = None,
    options: Common,
) -> int:
    """Hold a class in which phones vote: a QR code, one page, no account.

    Leads through the plan or the lessons on the presenter's screen; hands can be counted as well. Serves this computer
    only, unless --host says otherwise. If the program ends, `--room` goes on. Needs the extra `web`.
    """
    from simulator.cli.lessons import rooms_folder
    from simulator.cli.shared import needs_extra
    from simulator.scenario import Problem

    if needs_extra("web", ("aiohttp", "segno"), options.language):
        return WRONG_INPUT
    if file is not None and Path(file).exists():
        options.refuse("file.exists", file=file)
    if not interactive():
        options.refuse("class.no_terminal")
    made = _class_of(what or ["class-60"], options)
    if isinstance(made, int):
        return made
    from simulator.scene.pages.ballot import Ballot
    from simulator.web.phones import RoomPhones
    from simulator.web.room import RoomBroken, open_room
    from simulator.web.server import RoomServer, is_near

    try:
        opened = open_room(rooms_folder(), room)
    except RoomBroken as error:
        options.refuse("class.broken_room", file=str(error.journal), line=error.line)
    except OSError as error:
        options.refuse("file.unreadable", file=str(rooms_folder()), reason=error.strerror)
    if opened is None:
        options.refuse("class.no_room", room=room)
    server = RoomServer(opened, host)
    try:
        server.start()
    except OSError as error:
        options.refuse("class.no_port", host=host, reason=error.strerror or str(error))
    if not is_near(host):
        complain([Problem("class.in_network", {"address": server.address})], options.language, warnings=True)
    from simulator.cli.authoring import write_text

    phones, ballots, problem = RoomPhones(server), dict[str, Ballot](), None
    try:
        status = _hold(*made, 1, options, phones, ballots)
    finally:  # also if the terminal is gone, so that the counts cannot be printed
        server.close()
        if file is not None:
            problem = write_text(phones.csv(ballots), file)
    if problem is not None:
        complain([problem], options.language)
        return WRONG_INPUT
    if opened.unkept:
        complain([Problem("class.unkept", {"reason": opened.unkept})], options.language, warnings=True)
        return status
    from simulator.scene.words.class_words import GOES_ON
    from simulator.story.language import say

    print(say(GOES_ON, options.language, code=opened.code), file=sys.stderr)
    return status


def _class_of(what: list[str], options: Common) -> tuple[list[ClassStation], Mapping[str, str]] | int:
    """The stations of a plan, or of lessons, with a title."""
    from simulator.scenario.plan import is_plan

    if len(what) == 1 and is_plan(what[0]):
        return _planned(what[0], options)
    stations = _stations_of(what, options.language)
    title = stations[0].run.title if len(stations) == 1 and stations[0].run is not None else {"en": "Ackademy"}
    return stations, title
