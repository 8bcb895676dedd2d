"""More targets: files of a learner, of a teacher and of studies, tables, symptoms, and what a live Celery says."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from simulator import load_scenario, simulate
from simulator.cli.shared import app
from simulator.course.closing import close_run, closing_lines
from simulator.course.progress import Book
from simulator.course.review import count_items
from simulator.course.stations import make_stations
from simulator.course.syllabus import guide_lines, make_syllabus, syllabus_lines
from simulator.engine import LimitReached
from simulator.export import TableColumns, bind_sheets, scenario_from_table, scenario_text, table_blocks
from simulator.real.recording.cluster import Cluster, readable_answers
from simulator.real.recording.events import convert
from simulator.real.recording.raw import is_readable
from simulator.scenario import Problem, Scenario, ScenarioError, parse_scenario, scenario_names
from simulator.scenario.course import Course, parse_course
from simulator.scenario.library import COURSE, PLANS, library_folder
from simulator.scenario.plan import load_plan
from simulator.scene.pages.learn import closing_page, learn_page
from simulator.scene.pages.station import build_station
from simulator.story.catalog import pick
from simulator.story.problems.errors import format_problems
from simulator.story.run import Run
from simulator.study.grid import make_cells, read_design
from simulator.study.runs import Runs, RunsFile
from simulator.trace import Header, read_trace
from simulator.trace.file import end_line, event_line, header_line
from simulator.tui.drawing.view import draw_lines
from simulator.tui.settings import read_settings
from simulator.visible import showing, visible
from simulator.web.phones import RoomPhones
from simulator.web.room import PollQuestion, RoomBroken, open_room
from simulator.web.server import RoomServer
from tests.fuzz import mutations
from tests.fuzz.trying import EVENTS, Target, Tried, faces, refused

SIZE = (100, 30)
LANGUAGES = ("ko", "en", "both")


@contextmanager
def written(text: str, name: str) -> Iterator[Path]:
    """A file with a text, and with bytes that are none where the text has halves of pairs."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        yield file


def _cut_up(random: Random, seeds: Sequence[str]) -> str:
    return mutations.cut_up(random, random.choice(seeds))


def _misfit(random: Random, seeds: Sequence[str]) -> str:
    """Damage JSON or YAML: its text, or the values in it."""
    text = random.choice(seeds)
    if random.random() < 0.3:
        return mutations.cut_up(random, text)
    return mutations.dumped(mutations.damaged_value(random, mutations.parsed(text), random.randint(1, 3)))


def _lines(random: Random, seeds: Sequence[str]) -> str:
    """Damage one of several lines of JSON, or their text."""
    lines = random.choice(seeds).splitlines()
    if random.random() < 0.3:
        return mutations.cut_up(random, "\n".join(lines) + "\n")
    place = random.randrange(len(lines))
    lines[place] = mutations.dumped(mutations.damaged_value(random, json.loads(lines[place]), random.randint(1, 2)))
    return "\n".join(lines) + "\n"


@cache
def _lesson(name: str) -> Run:
    scenario = load_scenario(name)
    return Run(simulate(scenario), scenario)


LESSON = "three-task-order"


# -- a learner's files ------------------------------------------------------------------------------------------


def settings_seeds() -> list[str]:
    """Settings, with comments."""
    return [
        '# mine\ntheme = "dark"\nlang = "ko"  # 한국어\nglyphs = "ascii"\nmotion = false\nspeed = 2.0\n',
        "",
        "x = 1\n",
    ]


def give_settings(text: str) -> Tried:
    """Read settings and change one: what is not it, and a file with problems, stays as it was."""
    with written(text, "settings.toml") as file:
        kept, before = read_settings(file), file.read_bytes()
        said = [visible(problem.text(lang)) for problem in kept.problems for lang in ("ko", "en")]
        kept.keep("theme", "light")
        assert not said or file.read_bytes() == before
        assert said or read_settings(file).problems == []
    return Tried(not said, said)


def progress_seeds() -> list[str]:
    """Progress in a lesson and its variant, and in what is none."""
    one = {"first": "wrong", "last": "right", "tries": 2, "choice": "worker2", "right_once": True}
    mine = {"done": True, "answers": {"1": one, "who": one}, "exercise": True, "cases": ["celery_defaults"]}
    return [json.dumps({"version": 1, "lessons": {LESSON: mine, "retry": {"answers": {"1": one}}, "gone": mine}})]


@cache
def _no_lesson(what: str) -> Scenario | None:
    return load_scenario(what) if what in (LESSON, "retry") else None


def give_progress(text: str) -> Tried:
    """Read a learner's progress, show what follows from it, and add an answer."""
    with written(text, "progress.json") as file:
        book = Book(file)
        progress = book.progress
        syllabus = make_syllabus(_course(), _no_lesson, progress)
        said = [line for lang in LANGUAGES for line in syllabus_lines(syllabus, lang)]
        count_items(progress, 5)
        closing = close_run(_lesson(LESSON), {1: 0}, syllabus.after(LESSON), progress.of(LESSON))
        said += closing_lines(closing, "both")
        page = closing_page(closing, None, "en", ended=True, changed=False, busy=False)
        drawn = [*draw_lines(learn_page(syllabus, LESSON, "ko"), *SIZE), *draw_lines(page, *SIZE)]
        before = file.read_bytes() if file.exists() else b""
        book.record(lambda progress: progress.with_answer(LESSON, "1", "right"))
        assert book.progress.of(LESSON).answers["1"].last == "right"
        assert Book(file).progress == book.progress or file.read_bytes() == before
        said += [format_problems(book.problems, lang) for lang in ("ko", "en")]
    return Tried(not book.problems, [*map(visible, said), *drawn])


# -- a teacher's files ------------------------------------------------------------------------------------------


@cache
def _course() -> Course:
    return parse_course((library_folder() / COURSE).read_text(encoding="utf-8"), COURSE, _names())


@cache
def _names() -> list[str]:
    return scenario_names()


def course_seeds() -> list[str]:
    """A course of two parts; and the packaged one."""
    own = {
        "title": {"ko": "내 강의", "en": "My course"},
        "parts": [{"title": {"ko": "가", "en": "A"}, "summary": {"ko": "나", "en": "B"}, "lessons": [LESSON]},
                  {"title": {"ko": "다", "en": "C"}, "lessons": ["retry"]}],
        "guide": [{"section": "1. 시작", "en": "1. Begin", "lessons": [LESSON]}],
    }  # fmt: skip
    return [json.dumps(own), (library_folder() / COURSE).read_text(encoding="utf-8")]


def give_course(text: str) -> Tried:
    """Read a course, and show its parts."""
    try:
        course = parse_course(text, "course.yaml", _names())
    except ScenarioError as error:
        return refused(error)
    syllabus = make_syllabus(course, _no_lesson, Book().progress)
    said = [line for lang in LANGUAGES for line in (*syllabus_lines(syllabus, lang), *guide_lines(course, lang))]
    drawn = [line for lang in LANGUAGES for line in draw_lines(learn_page(syllabus, LESSON, lang), *SIZE)]
    return Tried(True, [*map(visible, said), *drawn])


def plan_seeds() -> list[str]:
    """Plans of a class with a text, a lesson, a variant and a table; the last is packaged."""
    table = {"cases": ["base", "celery_defaults"], "columns": [{"measure": "lost", "ko": "유실", "en": "lost"}]}
    stations = [
        {"minutes": 2, "ko": "먼저", "en": "First"},
        {"minutes": 9.5, "lesson": LESSON, "ko": "보세요", "en": "Watch"},
        {"minutes": 5, "lesson": LESSON, "variant": "celery_defaults"},
        {"minutes": 5, "lesson": LESSON, "ko": "채우세요", "en": "Fill in", **table},
    ]
    packaged = (library_folder() / PLANS / "class-45.yaml").read_text(encoding="utf-8")
    return [json.dumps({"title": {"ko": "수업", "en": "A class"}, "minutes": 45, "stations": stations}), packaged]


def give_plan(text: str) -> Tried:
    """Read the plan of a class, and show its stations on the screen and as a sheet."""
    with written(text, "plan.yaml") as file:
        try:
            plan, scenarios = load_plan(str(file))
            made = make_stations(plan, scenarios, lambda scenario: simulate(scenario, max_events=EVENTS))
        except ScenarioError as error:
            return refused(error)
        except LimitReached:
            return Tried(True)
    said, drawn = [], []
    for station in made:
        for lang in LANGUAGES:
            drawn += draw_lines(build_station(station, pick(plan.title, "en"), "", lang, revealed=True), *SIZE)
        if station.table is not None:
            blocks = table_blocks(station.text, station.table, "en", answers=True)
            said += [bind_sheets([blocks], plan.title, "both", html=html) for html in (True, False)]
    return Tried(True, [*map(visible, said), *drawn])


def room_seeds() -> list[str]:
    """The journal of a room in which two phones voted twice."""
    with TemporaryDirectory() as folder:
        room = open_room(Path(folder))
        assert room is not None
        room.keep()
        devices = [room.new_device() for _ in range(2)]
        for number in (1, 2):
            room.ask(PollQuestion("0/1", {"en": "Who?", "ko": "누가?"}, [{"en": "a"}, {"en": "b", "ko": "나"}]), number)
            for device in devices:
                room.vote(device, "0/1", number, number - 1, number)
            room.close()
        room.reveal("0/1", 1)
        (file,) = Path(folder).iterdir()
        return [file.read_text(encoding="utf-8").replace(room.code, CODE)]


CODE = "abcde"


def give_room(text: str) -> Tried:
    """Go on with a room: what was voted, as a table and as a phone sees it."""
    with written(text, f"{CODE}.jsonl") as file:
        try:
            room = open_room(file.parent, CODE)
        except RoomBroken as error:
            return Tried(False, [visible(f"{error.journal}:{error.line}")])
        if room is None:
            return Tried(False)
        room.ask(PollQuestion("0/2", {"en": "?"}, [{"en": "a"}]), 1)
        room.vote(room.new_device(), "0/2", 1, 0, 1)
        state = msgspec.json.encode(room.state_for("")).decode()
        return Tried(True, [RoomPhones(RoomServer(room)).csv({}), state])


# -- studies ----------------------------------------------------------------------------------------------------


def design_seeds() -> list[str]:
    """Cells of a study."""
    cells = [{"workers.worker1.concurrency": 2, "tasks.send_email.duration": {"exponential": 1}}, {"arrivals": 1.5}]
    return [json.dumps(cells), "- {config.task_acks_late: true}\n- {seed: 3, profile: celery-sqs}\n"]


def give_design(text: str) -> Tried:
    """Read the cells of a study, and change a scenario by each."""
    with written(text, "design.yaml") as file:
        try:
            return Tried(
                True,
                [visible(repr(cell.changes)) for cell in make_cells(load_scenario(LESSON), read_design(str(file)))],
            )
        except ScenarioError as error:
            return refused(error)


@cache
def _runs() -> list[Scenario]:
    return [load_scenario(LESSON), load_scenario("retry")]


def runs_seeds() -> list[str]:
    """A file of runs, with one of another study."""
    with written("", "runs.jsonl") as file:
        runs = Runs(_runs(), ["lost", "p95(wait)"], 1)
        kept = RunsFile(str(file), runs)
        kept.close()
        rows = [[runs.key(0), 1, [0.0, 1.5]], [runs.key(1), 2, [None, 2]], ["0" * 16, 3, [1, 2]]]
        return [file.read_text(encoding="utf-8") + "".join(f"{json.dumps(row)}\n" for row in rows)]


def give_runs(text: str) -> Tried:
    """Take the runs that a file has, and play what is missing: nothing here."""
    with written(text, "runs.jsonl") as file:
        runs = Runs(_runs(), ["lost", "p95(wait)"], 1)
        try:
            RunsFile(str(file), runs).close()
        except ScenarioError as error:
            return refused(error)
        return Tried(True, [visible(repr([runs.played(), [*runs.of(0, 1)]]))])


# -- tables, symptoms -------------------------------------------------------------------------------------------


def table_seeds() -> list[str]:
    """Tables of what ran."""
    csv = "task,at,took,queue\nsend_email,2026-01-05T09:00:00Z,0.5,mail\nreport,2026-01-05T09:00:02+09:00,1.5,\n"
    lines = [{"task": "a", "at": 1767600000.5 + n, "took": 0.1 * n, "queue": "q"} for n in range(12)]
    return [csv, "\n".join(map(json.dumps, lines))]


def give_table(text: str) -> Tried:
    """Make a scenario of a table; the loader takes what comes of it."""
    columns = TableColumns("task", "at", "took", "queue")
    try:
        draft = scenario_from_table(text, "fuzz.csv", columns)
    except ScenarioError as error:
        return refused(error)
    made = scenario_text(draft, Problem("table.origin", {"file": "fuzz.csv"}))
    parse_scenario(made, file="made.yaml")
    return Tried(True, [visible(format_problems(draft.notes, "both", warnings=True)), made])


def symptom_seeds() -> list[str]:
    """Error messages and a few words."""
    return [
        "Timed out waiting for UP message from <ForkProcess(1)>",
        "PENDING forever",
        "delivery acknowledgement",
        "느린",
    ]


def give_symptom(text: str) -> Tried:
    """Ask for the causes of a symptom."""
    out = io.StringIO()
    lang = LANGUAGES[len(text) % 2]
    with redirect_stdout(showing(out)), redirect_stderr(showing(out)):
        status = app(["explain", "--lang", lang, "--", text], standalone_mode=False)
    return Tried(status == 0, [out.getvalue()])


# -- a live Celery ----------------------------------------------------------------------------------------------

NOW = 1_800_000_000.0


def live_seeds() -> list[str]:
    """What two workers say: events, a line each."""
    about: dict[str, Any] = {"hostname": "w1@host", "freq": 2.0, "active": 0, "processed": 0, "pid": 7, "sw_ver": "5.6"}
    sent = {
        "type": "task-sent",
        "uuid": "A",
        "name": "shop.mail",
        "args": "(1,)",
        "kwargs": "{'n': 1}",
        "queue": "mail",
    }
    kinds = ["received", "started", "succeeded", "failed", "retried", "revoked", "rejected"]
    ended = {
        "result": "'ok'",
        "runtime": 0.5,
        "exception": "ValueError('no')",
        "eta": "2027-01-15T08:00:05",
        "retries": 1,
    }
    rows = [
        {**about, "type": "worker-online"},
        {**about, "type": "worker-heartbeat"},
        {**sent, "hostname": "gen1@host"},
    ]
    rows += [
        {**sent, **ended, "type": f"task-{kind}", "hostname": "w1@host", "uuid": uuid}
        for kind in kinds
        for uuid in "AB"
    ]
    rows += [{**about, "type": "worker-offline"}]
    timed = [{**row, "timestamp": NOW + place, "clock": place} for place, row in enumerate(rows)]
    return ["\n".join(map(json.dumps, timed)) + "\n"]


@dataclass
class Heard:
    """What a recorder says when it has ended."""

    notes: dict[str, int]
    clocks: dict[str, float] = field(default_factory=dict)
    progress: Any = None


def give_live(text: str) -> Tried:
    """Take events as a recorder does, read the recording, and look at it."""
    readable, left = [], 0
    for line in text.splitlines():
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):  # Kombu says so before an event reaches the recorder
            left += 1
            continue
        if is_readable(event, NOW):
            readable.append({**event, "local_received": NOW})
        else:
            left += 1
    trace = convert(readable, origin=NOW)
    header = Header(scenario="recording", stopped="recorded", polls="found", recorded={"since": NOW})
    closing = end_line(max((event.t for event in trace), default=0), {"notes": {"unreadable": left}})
    lines = [header_line(header), *map(event_line, trace), closing]
    again = read_trace(lines, trust=True)
    choice = len(text) % 16
    if choice in (8, 9):  # asks for a scenario, which needs some that were answered
        choice = 0
    return Tried(not left, [*faces(Run(again), choice)])


def cluster_seeds() -> list[str]:
    """Workers' answers to remote control."""
    held = [{"id": "A", "name": "shop.mail", "args": [1], "kwargs": {}, "delivery_info": {"priority": 3}}]
    conf = {
        "task_acks_late": True,
        "broker_url": "redis://h",
        "task_routes": {"a.*": {"queue": "q"}},
        "beat_schedule": {"b": {"task": "a", "schedule": 5.0, "args": []}},
    }
    pool = {"max-concurrency": 2, "implementation": "celery.concurrency.prefork:TaskPool"}
    stats = {"pool": pool, "prefetch_count": 8, "autoscaler": {"current": 2, "max": 4, "min": 1}}
    said = {"stats": stats, "queues": [{"name": "mail", "queue_arguments": {"x-max-priority": 9}}], "conf": conf,
            "active": held, "reserved": held, "registered": ["shop.mail [rate_limit=4/s acks_late=True]"]}  # fmt: skip
    return [json.dumps({key: {"w1@host": value} for key, value in said.items()})]


def give_cluster(text: str) -> Tried:
    """Take answers as a recorder does."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return Tried(False)
    if not isinstance(said, dict):
        return Tried(False)
    cluster = Cluster(**{kind: readable_answers(kind, said.get(kind)) for kind in CLUSTER})
    cluster.known(transport="redis", leases=True)
    told = [cluster.told(), [*cluster.held()], [*cluster.priorities()], cluster.running, cluster.workers]
    header = Header(recorded={"since": NOW, "asked": cluster.told()}, stopped="recorded", polls="found")
    read_trace([header_line(header), end_line(0, {"asked": cluster.told()})])
    return Tried(True, [visible(repr(told))])


CLUSTER = ("stats", "queues", "conf", "active", "reserved", "registered")


TARGETS: dict[str, Target] = {
    "settings": Target(settings_seeds, _cut_up, give_settings),
    "progress": Target(progress_seeds, _misfit, give_progress),
    "course": Target(course_seeds, _misfit, give_course),
    "plan": Target(plan_seeds, _misfit, give_plan),
    "room": Target(room_seeds, _lines, give_room),
    "design": Target(design_seeds, _misfit, give_design),
    "runs": Target(runs_seeds, _lines, give_runs),
    "table": Target(table_seeds, _cut_up, give_table),
    "symptom": Target(symptom_seeds, _cut_up, give_symptom),
    "live": Target(live_seeds, _lines, give_live),
    "cluster": Target(cluster_seeds, _misfit, give_cluster),
}
