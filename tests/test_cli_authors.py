"""The commands for those who write scenarios: check, compare, inspect, new, schema."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from simulator.console.answers import Output, interpret
from simulator.engine import simulate
from simulator.scenario import scenario_names
from simulator.story.run import open_run
from tests.test_cli import Call

FLAWED = """
title: {ko: 이메일}
tasks: {a: 2, b: 1}
workers: 1
send: [{at: 0, id: A, task: a}, {at: 0, id: B, task: b}]
ask:
  - {at: 0, en: Who is first?, choices: [A, B], answer: {A: position(A) == 1, B: position(A) == 1}}
goals:
  - {test: started_at(B) <= 1, points: 3, ko: "B 먼저", en: B first}
  - succeeded == 2
  - failed == 1
  - lost == 0 and runs(A) == 1
"""


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


@pytest.fixture
def flawed(tmp_path: Path) -> str:
    file = tmp_path / "flawed.yaml"
    file.write_text(FLAWED, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", scenario_names())
def test_the_lessons_are_right(name: str, ackademy: Call) -> None:
    ended = ackademy("check", name)
    assert (ended.status, ended.err) == (0, "")


def test_check_says_what_decided_against_a_goal(flawed: str, ackademy: Call) -> None:
    ended = ackademy("check", flawed)
    lines = [line.strip() for line in ended.out.splitlines()]
    assert lines[0] == f"{flawed}: 2 of 6 points"
    missed = lines.index("missed  3  started_at(B) <= 1  (B first)")
    assert lines[missed + 1 : missed + 3] == [
        "started_at(B) = 2",
        "decided at [2.00 s] worker1: B is running: b()",
    ]
    never = lines.index("missed  1  failed == 1")
    assert lines[never + 1 : never + 3] == ["failed = 0", "nothing happened that would meet it"]
    assert "결정된 순간 [2.00초] worker1: B 실행 중: b()" in ackademy("check", flawed, "--lang", "ko").out


def test_check_wants_one_true_choice_and_both_languages(flawed: str, ackademy: Call) -> None:
    ended = ackademy("check", flawed)
    assert ended.status == 2
    assert "question 1: 2 choices are true in this run; there must be exactly one" in ended.err
    assert "warning: title has no text in en" in ended.err
    assert "warning: ask.0 has no text in ko" in ended.err


def test_check_ends_with_1_where_only_goals_are_missed(ackademy: Call) -> None:
    ended = ackademy("check", "three-task-order", "--set", "tasks.send_email.duration=10")
    assert (ended.status, ended.err) == (1, "")
    assert "worker_of(Task3) = worker2" in ended.out
    assert ackademy("check", "three-task-order", "--variant", "slow_email").out.count("points") == 1


def test_check_as_json(flawed: str, ackademy: Call) -> None:
    ended = ackademy("check", "priorities", flawed, "nowhere.yaml", "run.jsonl", "--json")
    assert (ended.status, ended.err) == (2, "")
    right, wrong, missing, trace = json.loads(ended.out)
    assert right["valid"]
    variants = [None, "no_max_priority", "max_priority", "prefetch", "redis", "redis_zero"]
    assert [run["variant"] for run in right["runs"]] == variants
    assert [run["questions"][0]["answer"] for run in right["runs"]] == ["2", "7", "2", "6", "7", "2"]
    assert not wrong["valid"]
    goal = wrong["runs"][0]["goals"][0]
    assert (goal["met"], goal["values"], goal["event"]["t"]) == (False, {"started_at(B)": 2.0}, 2.0)
    assert [problem["code"] for problem in missing["problems"]] == ["file.missing"]
    assert [problem["code"] for problem in trace["problems"]] == ["trace.nothing_to_check"]


def test_check_finds_the_offender_in_a_long_run(ackademy: Call, tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    text = "{polls: found, tasks: {a: 0.01}, send: [{from: 0, until: 60, every: 0.1, task: a}]"
    text += ", goals: [succeeded < 400]}"
    file.write_text(text, encoding="utf-8")
    assert "[40.00 s] worker2 → Result Backend: Result of a_400 stored" in ackademy("check", str(file)).out


def test_compare_a_scenario_with_its_variants(ackademy: Call) -> None:
    ended = ackademy("compare", "retry")
    assert (ended.status, ended.err) == (0, "")
    assert "base / backoff: They diverge here\n" in ended.out
    assert "  base: [1.00 s] worker1 → Broker: Requests a retry of Task1 (retry 1, in 60 s)\n" in ended.out
    assert "  backoff: [1.00 s] worker1 → Broker: Requests a retry of Task1 (retry 1, in 2 s)\n" in ended.out
    assert "Settings of celery_defaults: Worker: Does not poll" in ended.out
    measures = ended.out[ended.out.index("Measures\n") :].splitlines()
    assert measures[1].split() == ["measure", "base", "backoff", "celery_defaults"]
    assert measures[-1].split() == ["end", "123.00", "s", "9.00", "s", "363.00", "s"]


@pytest.mark.parametrize(
    ("words", "header"),
    [
        (["priorities", "--variant", "prefetch"], "base / prefetch"),
        (["priorities", "--variant", "max_priority", "--variant", "prefetch"], "max_priority / prefetch"),
        (["priorities", "--set", "workers=2"], "base / workers=2"),
        (["priorities", "two-queues"], "priorities / two-queues"),
    ],
)
def test_what_is_compared_with_what(words: list[str], header: str, ackademy: Call) -> None:
    assert ackademy("compare", *words).out.startswith(f"{header}: They diverge here\n")
    assert f"{header}: 여기서 달라집니다\n" in ackademy("compare", *words, "--lang", "both").out


def test_compare_the_same(ackademy: Call, tmp_path: Path) -> None:
    file = str(tmp_path / "run.jsonl")
    ackademy("run", "retry", "--trace", file)
    assert ackademy("compare", "retry", file).out.startswith(f"{file}: Identical to retry, event by event\n")
    assert ackademy("compare", file).status == 2
    assert ackademy("compare", "retry", file, "--variant", "backoff").status == 2


def test_compare_as_json(ackademy: Call) -> None:
    data = json.loads(ackademy("compare", "retry", "--variant", "backoff", "--json").out)
    assert [run["name"] for run in data["runs"]] == ["base", "backoff"]
    (difference,) = data["differences"]
    assert (difference["same"], difference["one"]["t"], difference["other"]["t"]) == (False, 1.0, 1.0)
    assert {"measure": "end", "unit": "s", "values": [123.0, 9.0]} in data["measures"]


def test_inspect_answers_as_celery_does(ackademy: Call) -> None:
    (held,) = json.loads(ackademy("inspect", "retry", "scheduled", "--at", "30").out)["celery@worker1"]
    assert (held["eta"], held["priority"], held["request"]["id"]) == (61.0, 6, "Task1")
    assert json.loads(ackademy("inspect", "retry", "reserved", "--at", "30").out) == {"celery@worker1": []}
    (running,) = json.loads(ackademy("inspect", "retry", "--at", "61.5").out)["celery@worker1"]
    assert (running["name"], running["time_start"]) == ("send_email", 61.0)
    assert json.loads(ackademy("inspect", "retry", "registered").out) == {"celery@worker1": ["send_email"]}
    conf = json.loads(ackademy("inspect", "two-queues", "conf", "--at", "1").out)["celery@worker1"]
    assert conf["task_acks_late"] is True
    assert conf["broker_url"] == "guide://"
    assert ackademy("inspect", "retry", "bogus").status == 2


@pytest.mark.parametrize("question", ["active", "stats", "registered", "conf", "active_queues", "clock", "ping"])
def test_the_console_answers_as_inspect_does(ackademy: Call, question: str) -> None:
    run = open_run("retry", simulate)
    cursor = sum(event.t <= 61_500_000 for event in run.trace)
    answer = interpret(run, cursor, 61_500_000, f"celery -A app inspect {question} --json")
    assert isinstance(answer, Output)
    assert "\n".join(answer.lines) == ackademy("inspect", "retry", question, "--at", "61.5").out.rstrip("\n")


def test_a_trace_can_be_inspected(ackademy: Call, tmp_path: Path) -> None:
    file = str(tmp_path / "run.jsonl")
    ackademy("run", "retry", "--trace", file)
    assert json.loads(ackademy("inspect", file, "registered").out) == {"celery@worker1": ["send_email"]}
    assert json.loads(ackademy("inspect", file, "stats").out)["celery@worker1"]["total"] == {"send_email": 3}
    assert json.loads(ackademy("inspect", file, "conf").out)["celery@worker1"]["worker_pool"] == "prefork"


def test_the_template_is_right_and_is_never_written_over_a_file(ackademy: Call, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    ended = ackademy("new", str(file))
    assert (ended.status, ended.out) == (0, f"{file}\n")
    assert ackademy("new").out == file.read_text(encoding="utf-8")
    checked = ackademy("check", str(file))
    assert (checked.status, checked.err) == (0, "")
    assert ackademy("tell", str(file)).status == 0
    again = ackademy("new", str(file))
    assert again.status == 2
    assert "already exists and will not be overwritten" in again.err
    assert 'cannot write "/nowhere/x.yaml"' in ackademy("new", "/nowhere/x.yaml").err


def test_schema(ackademy: Call) -> None:
    data = json.loads(ackademy("schema").out)
    assert "tasks" in data["properties"]
    assert data["$schema"].startswith("https://json-schema.org/")


def test_check_tells_what_does_nothing(ackademy: Call, tmp_path: Path) -> None:
    file = tmp_path / "idle.yaml"
    file.write_text("services: {mail: {}}\ntasks: {a: 1}\nsend: [{task: a}]\n", encoding="utf-8")
    ended = ackademy("check", str(file))
    assert ended.status == 0
    assert f'{file}:1:12: warning: "services.mail" has no effect here' in ended.err
    assert "호출하는 Task가 없는 서비스입니다" in ackademy("check", str(file), "--lang", "ko").err
    assert ackademy("check", "message").err == ""


def test_a_folder_in_place_of_a_file(ackademy: Call, tmp_path: Path) -> None:
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    ended = ackademy("check", str(folder))
    assert ended.status == 2
    assert f'"{folder}" is a folder, not a file' in ended.err


def test_a_random_seed_is_told(ackademy: Call, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("tasks: {a: {exponential: 1}}\nsend: [{task: a, count: 3}]\n", encoding="utf-8")
    ended = ackademy("run", str(file), "--seed", "random", "--json")
    assert ended.status == 0
    seed = ended.err.removeprefix("seed ").strip()
    assert ackademy("run", str(file), "--seed", seed, "--json").out == ended.out


def test_a_scenario_is_made_from_a_configuration_and_says_what_it_assumes(tmp_path: Path, ackademy: Call) -> None:
    conf = tmp_path / "conf.json"
    settings = {"broker_url": "redis://:secret@db.example/0", "task_routes": {"a": {"queue": "q"}}, "mine": 1}
    conf.write_text(json.dumps({"w@host": settings}), encoding="utf-8")
    made = tmp_path / "made.yaml"
    ended = ackademy("new", "--from-conf", str(conf), str(made), "--lang", "ko")
    assert (ended.status, ended.out) == (0, f"{made}\n")
    assert "경고: 알 수 없는 설정: mine" in ended.err
    text = made.read_text(encoding="utf-8")
    assert "Unknown settings, not Celery's: mine" in text
    assert "알 수 없는 설정: mine" in text
    assert "secret" not in text
    assert "db.example" not in text
    assert ackademy("run", str(made)).status == 0
    assert ackademy("new", "--from-conf", str(conf), str(made)).status == 2
    conf.write_text("{}", encoding="utf-8")
    refused = ackademy("new", "--from-conf", str(conf))
    assert (refused.status, refused.out) == (2, "")
    assert "is not the output of celery inspect conf" in refused.err
    assert ackademy("new", "--from-conf", str(tmp_path / "none")).status == 2


def test_a_scenario_is_made_from_a_recording(tmp_path: Path, ackademy: Call) -> None:
    trace, made = tmp_path / "run.jsonl", tmp_path / "made.yaml"
    ackademy("run", "retry", "--trace", str(trace))
    ended = ackademy("new", "--from-recording", str(trace), str(made))
    assert ended.status == 0
    assert "max_retries is unknown (at most 2 were seen)" in ended.err
    told = ackademy("run", str(made), "--json")
    assert json.loads(told.out)["types"][0]["retried"] == 2
    trace.write_text("nothing\n", encoding="utf-8")
    assert ackademy("new", "--from-recording", str(trace)).status == 2
    assert ackademy("new", "--from-recording", str(trace), "--from-conf", str(trace)).status == 2


@pytest.mark.parametrize("words", [("compare", "retry"), ("worksheet", "retry")])
def test_several_runs_of_one_command_have_one_random_seed(words: tuple[str, ...], ackademy: Call) -> None:
    ended = ackademy(*words, "--seed", "random")
    assert (ended.status, ended.err.count("seed ")) == (0, 1)


def test_the_commands_on_a_work_sheet_give_its_run(flawed: str, ackademy: Call) -> None:
    options = ("--seed", "5", "--set", "tasks.send_email.duration=7", "--until", "90")
    sheet = ackademy("worksheet", "retry", *options, "--lang", "en").out
    typed = next(line.strip() for line in sheet.splitlines() if line.startswith("    ackademy play "))
    assert typed.endswith(" --lang en")
    words = typed.split()[2:-2]
    told = re.search(r"seed 5, trace (\w+)", sheet)
    assert told is not None
    assert json.loads(ackademy("run", *words, "--json").out)["hash"].startswith(told[1])
    assert f"ackademy play {flawed} --lang en" in ackademy("worksheet", flawed, "--lang", "en").out
