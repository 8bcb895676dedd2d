"""Targets: a function for each kind of input, which tells what the program says of it, and whether it was taken."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from zlib import crc32

import msgspec

from simulator import load_scenario, simulate
from simulator.advice.lint import lint
from simulator.console.answers import Order, interpret
from simulator.console.complete import complete
from simulator.console.control import CONTROLS
from simulator.engine import LimitReached
from simulator.export import NotAConfiguration, scenario_from_conf, scenario_text
from simulator.scenario import Problem, ScenarioError, parse_scenario, scenario_names
from simulator.scenario.library import find_scenario
from simulator.story.problems.errors import format_problems
from simulator.story.run import Run
from simulator.trace import TraceFileError, read_trace
from simulator.visible import visible
from simulator.web.room import ClassRoom, PollQuestion
from simulator.web.server import RoomServer
from tests.fuzz import mutations
from tests.fuzz.files import TARGETS as FILES
from tests.fuzz.trying import EVENTS, Target, Tried, faces, play, refused
from tests.scenario.fuzz import mutated
from tests.trace.damage import damaged
from tests.trace.examples import lines_of

DATA = Path(__file__).parents[1]

# -- scenarios --------------------------------------------------------------------------------------------------


@cache
def scenario_seeds() -> list[str]:
    """The packaged scenarios."""
    return [find_scenario(name).read_text(encoding="utf-8") for name in scenario_names()]


def _damaged_scenario(random: Random, seeds: Sequence[str]) -> str:
    return mutated(random) if random.random() < 0.4 else mutations.misfit(random, random.choice(seeds))


def give_scenario(text: str) -> Tried:
    """Load a scenario; play it."""
    try:
        scenario = parse_scenario(text, file="fuzz.yaml")
    except ScenarioError as error:
        return refused(error)
    return play(scenario, crc32(text.encode("utf-8", "surrogatepass")))


# -- traces -----------------------------------------------------------------------------------------------------

SHOWN = "three-task-order retry dead-letter revoke autoscaling group-and-chord rate-limits shutdown".split()
LONGEST = 120


@cache
def trace_seeds() -> list[str]:
    """Beginnings of lessons' traces without their hash, and of recordings."""
    found = []
    for name in SHOWN:
        header, *events = lines_of(simulate(load_scenario(name)))
        row = json.loads(header)
        del row["hash"]
        found.append("\n".join([json.dumps(row), *events[:LONGEST]]))
        del row["end"]
        row["recorded"] = {"since": 1.0, "notes": {"late": 2, "clocks": {"host": 0.5}}}
        found.append("\n".join([json.dumps(row), *events[: LONGEST // 2]]))
    recording = (DATA / "screens/data/recording.jsonl").read_text(encoding="utf-8").splitlines()
    found.append("\n".join([*recording[:LONGEST], recording[-1]]))
    return found


def _damaged_trace(random: Random, seeds: Sequence[str]) -> str:
    text = random.choice(seeds)
    if random.random() < 0.1:
        return mutations.cut_up(random, text)
    lines = text.splitlines()
    end = random.choice([len(lines), len(lines), random.randint(2, len(lines))])
    return "\n".join(damaged(lines[:end], random)) + "\n"


def give_trace(text: str) -> Tried:
    """Read a trace, and show it in one way."""
    try:
        trace = read_trace(text.splitlines(keepends=True), trust=True)
    except TraceFileError as error:
        return refused(error)
    return Tried(True, [*faces(Run(trace), crc32(text.encode("utf-8", "surrogatepass")))])


# -- configurations ---------------------------------------------------------------------------------------------


@cache
def conf_seeds() -> list[str]:
    """Configurations of real workers."""
    return [(DATA / f"export/data/conf-{name}.json").read_text(encoding="utf-8") for name in ("redis", "rabbitmq")]


def _damaged_conf(random: Random, seeds: Sequence[str]) -> str:
    text = random.choice(seeds)
    if random.random() < 0.2:
        return mutations.cut_up(random, text)
    return mutations.dumped(mutations.damaged_value(random, json.loads(text), random.randint(1, 4)))


def give_conf(text: str) -> Tried:
    """Make a scenario of a configuration; the loader takes what comes of it."""
    try:
        draft = scenario_from_conf(text)
    except NotAConfiguration:
        return Tried(False)
    made = scenario_text(draft, Problem("conf.origin"))
    scenario = parse_scenario(made, file="made.yaml")
    choice = crc32(text.encode("utf-8", "surrogatepass"))
    played = play(scenario, choice).said if choice % 8 == 0 else ()
    found = [f"{one.rule('ko')} {one.finding.evidence} {one.remedy('en')}" for one in lint(scenario)]
    return Tried(
        True, [visible(format_problems(draft.notes, "both", warnings=True)), made, *played, *map(visible, found)]
    )


# -- settings: --set and goals ----------------------------------------------------------------------------------

CHANGED = "three-task-order retry two-queues group-and-chord".split()


@cache
def setting_seeds() -> list[str]:
    """Changes of settings as variants and knobs make them."""
    found = ["seed=2", "until=5", "profile=celery-sqs", "config.task_acks_late=true", "workers.worker1.concurrency=2"]
    found += ["send.0.count=3", "tasks.*.duration={exponential: 1}", "send.0.at=1.5", 'title.en="a"']
    for name in scenario_names():
        for variant in load_scenario(name).model.variants.values():
            found += [f"{path}={json.dumps(value, default=str)}" for path, value in (variant.set or {}).items()]
    return found


def _damaged_setting(random: Random, seeds: Sequence[str]) -> str:
    text = mutations.cut_up(random, random.choice(seeds))
    return f"{random.randrange(len(CHANGED))}{text}"


def give_setting(text: str) -> Tried:
    """Change a setting of a lesson (by the first character) as `--set` does; play it now and then."""
    name, change = CHANGED[ord(text[:1] or "0") % len(CHANGED)], text[1:]
    try:
        scenario = load_scenario(name, overrides=[change])
    except ScenarioError as error:
        return refused(error)
    choice = crc32(text.encode("utf-8", "surrogatepass"))
    return play(scenario, choice // 4) if choice % 4 == 0 else Tried(True)


@cache
def goal_seeds() -> list[str]:
    """Goals and answers of the lessons."""
    found = ["not lost == 0 and p95(wait, send_email) < 2 or order(sent, Task1, started, Task1)"]
    for name in scenario_names():
        model = load_scenario(name).model
        found += [goal.test for goal in model.goals]
        found += [ask.answer for ask in model.ask if isinstance(ask.answer, str)]
    return found


ASKED = """\
profile: guide
tasks: {send_email: {duration: 1}}
workers: 2
send: [{at: 0, task: send_email, id: Task1}, {at: 0, task: send_email, id: Task2}]
"""


def give_goal(text: str) -> Tried:
    """Load a scenario with a goal and with an answer; evaluate them on its run."""
    quoted = json.dumps(text)
    ask = f'{{at: 1, ko: "?", en: "?", choices: [a, b], answer: {quoted}}}'
    try:
        scenario = parse_scenario(f"{ASKED}goals: [{quoted}]\nask: [{ask}]\n")
    except ScenarioError as error:
        return refused(error)
    return play(scenario, 4)


# -- the console ------------------------------------------------------------------------------------------------


@cache
def _console_run() -> Run:
    scenario = load_scenario("three-task-order")
    return Run(simulate(scenario), scenario)


@cache
def console_seeds() -> list[str]:
    """Lines that the console knows."""
    commands = ["inspect active", "inspect stats -d worker1", "status", "events --dump", "help", "list bindings"]
    commands += [f"control {name} 1 worker1" for name in CONTROLS]
    commands += ["control revoke Task1 --terminate --signal KILL", "control rate_limit send_email 10/m", "purge -f"]
    commands += ["call send_email --args '[1]' --kwargs '{\"a\": 1}' --countdown 3 --queue mail", "result Task1"]
    commands += [
        "control time_limit send_email 1.5 3",
        "control autoscale 2 8",
        "control add_consumer q",
        "ㅑㅜㄴㅔㄷㅊㅅ",
    ]
    return [f"celery -A app {command}" for command in commands] + commands


def give_line(text: str) -> Tried:
    """Answer a line at a moment; carry out what it orders."""
    run = _console_run()
    cursor = crc32(text.encode("utf-8", "surrogatepass")) % (len(run.trace) + 1)
    time = run.trace[cursor - 1].t if cursor else 0
    complete(run, cursor, text)
    found = interpret(run, cursor, time, text)
    if not isinstance(found, Order):
        return Tried(not found.failed, [visible(found.text(lang)) for lang in ("ko", "en")])
    assert run.scenario is not None
    try:
        scenario = run.scenario.edited(*found.edits)
    except ScenarioError as error:
        return refused(error)
    try:
        other = Run(simulate(scenario, max_events=EVENTS), scenario, run)
    except LimitReached:
        return Tried(True)
    return Tried(True, [visible(found.answer(other).text(lang)) for lang in ("ko", "en")])


# -- votes ------------------------------------------------------------------------------------------------------


def _room() -> tuple[RoomServer, str]:
    room = ClassRoom(code="abcde", secret="0" * 32)
    room.ask(PollQuestion("0/1", {"en": "?"}, [{"en": "a"}, {"en": "b"}]), 1)
    return RoomServer(room), room.new_device()


@cache
def vote_seeds() -> list[str]:
    """What a phone sends: its cookie, and below it the vote."""
    vote = json.dumps({"key": "0/1", "round": 1, "choice": 1, "order": 1})
    return [f"\n{vote}", f"1234.5678\n{vote}"]


def give_vote(text: str) -> Tried:
    """Count a vote of a phone; its cookie is a real one where the text has none."""
    server, token = _room()
    cookie, _, body = text.partition("\n")
    raw = body.encode("utf-8", "surrogatepass")
    status, said = server.receive_vote(cookie or token, raw)
    state = msgspec.json.encode(server.room.state_for(cookie))
    return Tried(status == 200, [json.dumps(said, ensure_ascii=False), state.decode()])


def _cut_up(random: Random, seeds: Sequence[str]) -> str:
    return mutations.cut_up(random, random.choice(seeds))


def _damaged_vote(random: Random, seeds: Sequence[str]) -> str:
    cookie, _, body = random.choice(seeds).partition("\n")
    if random.random() < 0.3:
        return mutations.cut_up(random, f"{cookie}\n{body}")
    vote = {**json.loads(body), "choice": random.randrange(2), "order": random.randrange(10**9)}
    return f"{cookie}\n{mutations.dumped(mutations.damaged_value(random, vote, random.randint(0, 1)))}"


TARGETS: dict[str, Target] = {
    "scenario": Target(scenario_seeds, _damaged_scenario, give_scenario),
    "trace": Target(trace_seeds, _damaged_trace, give_trace),
    "conf": Target(conf_seeds, _damaged_conf, give_conf),
    "set": Target(setting_seeds, _damaged_setting, give_setting),
    "goal": Target(goal_seeds, _cut_up, give_goal),
    "console": Target(console_seeds, _cut_up, give_line),
    "vote": Target(vote_seeds, _damaged_vote, give_vote),
    **FILES,
}
