"""The command line: exit statuses, what goes to stdout and what to stderr, pipes, languages."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import __main__ as program
from simulator import is_compiled, simulate
from simulator.scenario import load_scenario, scenario_names
from simulator.trace import read_trace

SLOW = """
tasks:
  a: {duration: 0.00001, raises: {Busy: 1}, autoretry_for: [Busy], max_retries: null, default_retry_delay: 0.0001}
send: [{at: 0, task: a}]
until: 100000
"""
"""A task that fails for ever: that it makes too many events shows only when it is run."""


class Ended:
    """The end of a command: status and output."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


class Call:
    """Runs the program in this process, its output captured: no terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *words: str) -> Ended:
        self.monkeypatch.setattr(sys, "argv", ["ackademy", *words])
        status = program.main()
        captured = self.capsys.readouterr()
        return Ended(status, captured.out, captured.err)


def start(*words: str, **environment: str) -> subprocess.Popen[bytes]:
    """The program in a process of its own, with pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


def test_help_without_a_command_where_there_is_no_terminal(ackademy: Call) -> None:
    ended = ackademy()
    assert (ended.status, ended.err) == (0, "")
    assert "Usage: ackademy" in ended.out
    commands = re.findall(r"^  (\w+) ", ended.out.partition("Commands:")[2], re.MULTILINE)
    assert (
        commands
        == (
            "learn play tell run check lint explain grade compare sweep plan break inspect list new schema record "
            "calibrate verify emit export worksheet vote class serve challenge"
        ).split()
    )


def test_version(ackademy: Call) -> None:
    told = ackademy("--version").out, ackademy("--lang", "ko", "--version").out
    engine = ("compiled engine", "컴파일된 엔진") if is_compiled() else ("pure Python engine", "순수 Python 엔진")
    assert told == tuple(f"ackademy 0.1.0 ({words})\n" for words in engine)


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['ackademy', '--help']; from simulator.__main__ import main; main()"
    code += "; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "simulator.__main__" in loaded
    assert not {"simpy", "yaml", "pydantic", "textual", "rich", "msgspec"} & loaded


def test_a_list_of_names_waits_for_neither_yaml_nor_the_schema() -> None:
    code = "import sys; sys.argv = ['ackademy', 'list', '--plain']; from simulator.__main__ import main; main()"
    code += "; print('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, _, loaded = done.stdout.partition("loaded")
    assert names.split() == scenario_names()
    # pydantic is there all the same: typer loads it to run any command with options
    assert not {"simpy", "yaml", "simulator.scenario.schema", "textual", "rich", "msgspec"} & {*loaded.split()}


def test_tell(ackademy: Call) -> None:
    english, korean = ackademy("tell", "three-task-order"), ackademy("tell", "three-task-order", "--lang", "ko")
    assert (english.status, english.err, korean.status, korean.err) == (0, "", 0, "")
    assert english.out.startswith("# One order, three tasks, two workers\n")
    assert "Broker: Queue에 Task1 저장\n" in korean.out


def test_play_without_a_terminal_tells(ackademy: Call) -> None:
    assert ackademy("play", "three-task-order").out == ackademy("tell", "three-task-order").out


@pytest.mark.parametrize(
    ("variables", "korean"),
    [
        ({"LANG": "ko_KR.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ko_KR.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR"}, True),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": ""}, False),
    ],
)
def test_the_language_follows_the_locale(
    variables: dict[str, str], korean: bool, ackademy: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("초기 상태" in ackademy("tell", "three-task-order").out) is korean
    assert "초기 상태" not in ackademy("tell", "three-task-order", "--lang", "en").out


def test_the_language_may_stand_before_the_command(ackademy: Call) -> None:
    assert "초기 상태" in ackademy("--lang", "ko", "tell", "three-task-order").out


def test_options_change_the_run(ackademy: Call) -> None:
    slow = ackademy("tell", "three-task-order", "--variant", "slow_email").out
    same = ackademy("tell", "three-task-order", "--set", "tasks.send_email.duration=10").out
    assert "[11.00 s]" in slow
    assert "[11.00 s]" in same
    assert "push: nobody asked" in ackademy("tell", "three-task-order", "--profile", "celery-rabbitmq").out
    assert "the run was set to stop at 2 s (until)" in ackademy("tell", "three-task-order", "--until", "2").out


def test_run_prints_summary_and_goals_as_plain_text(ackademy: Call) -> None:
    ended = ackademy("run", "three-task-order")
    assert (ended.status, ended.err) == (0, "")
    assert "three-task-order: profile guide, seed 1," in ended.out
    assert "  met     worker_of(Task3) == worker1\n" in ended.out
    assert ended.out.isascii()
    assert "달성" in ackademy("run", "three-task-order", "--lang", "ko").out


def test_a_missed_goal_is_no_error(ackademy: Call) -> None:
    ended = ackademy("run", "three-task-order", "--set", "tasks.send_email.duration=10")
    assert ended.status == 0
    assert "  missed  worker_of(Task3) == worker1\n" in ended.out


def test_a_run_without_a_trace_reports_the_same(ackademy: Call) -> None:
    whole, light = ackademy("run", "hockey-stick"), ackademy("run", "hockey-stick", "--no-trace")
    assert (whole.status, light.status) == (0, 0)
    assert light.out.splitlines()[1:] == whole.out.splitlines()[1:]
    assert light.out.splitlines()[0].endswith("hash none")
    data = json.loads(ackademy("run", "hockey-stick", "--no-trace", "--json").out)
    assert (data["events"], data["hash"]) == (16_002, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("three-task-order",), "worker_of(Task3) == worker1 asks for what only a trace tells"),
        (("x.jsonl",), "a scenario is needed here"),
        (("hockey-stick", "--trace", "-"), "exclude each other"),
    ],
)
def test_what_needs_a_trace_is_refused_without_one(ackademy: Call, words: tuple[str, ...], told: str) -> None:
    ended = ackademy("run", *words, "--no-trace")
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err


def test_run_as_json(ackademy: Call) -> None:
    data = json.loads(ackademy("run", "three-task-order", "--json").out)
    assert data["scenario"] == "three-task-order"
    assert data["end"] == 4.0
    assert {"test": "succeeded == 3", "met": True, "points": 1} in data["goals"]


def test_the_trace_goes_to_a_file_or_alone_to_stdout(ackademy: Call, tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    assert "Goals" in ackademy("run", "three-task-order", "--trace", str(file)).out
    ended = ackademy("run", "three-task-order", "--trace", "-")
    assert (ended.out, ended.err) == (file.read_text(encoding="utf-8"), "")
    assert read_trace(ended.out.splitlines()).hash == simulate(load_scenario("three-task-order")).hash
    told = ackademy("tell", str(file), "--lang", "ko")
    assert (told.status, told.err) == (0, "")
    assert "Broker: Queue에 Task1 저장\n" in told.out


def test_a_random_seed_is_told_on_stderr(ackademy: Call) -> None:
    ended = ackademy("run", "three-task-order", "--seed", "random", "--json")
    assert ended.err == f"seed {json.loads(ended.out)['seed']}\n"


def test_list(ackademy: Call) -> None:
    assert ackademy("list", "--plain").out.split("\n") == [*scenario_names(), ""]
    listed = ackademy("list", "--lang", "ko").out
    assert re.search("^three-task-order +주문 완료 후 3개 Task 처리$", listed, re.MULTILINE)
    assert "--variant slow_email  --variant celery_defaults\n" in listed


def test_the_log(ackademy: Call) -> None:
    assert "worker1 | [2026-01-01 00:00:01,000: INFO/MainProcess] Task send_email[Task1] received\n" in (
        ackademy("tell", "three-task-order", "--log").out
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tell", "three-task-ordr"], 'there is no scenario "three-task-ordr"; did you mean "three-task-order"?\n'),
        (["tell", "nowhere.yaml"], 'no such file: "nowhere.yaml"\n'),
        (["run", "three-task-order", "--variant", "fast"], 'there is no variant "fast"'),
        (["run", "three-task-order", "--set", "until"], '"until" is not of the form PATH=VALUE'),
        (["run", "three-task-order", "--set", "workers.worker1.queue=[a]"], 'unknown key "queue" in workers.worker1'),
        (
            ["run", "three-task-order", "--seed", "abc"],
            '--seed must be a whole number, 0 or more, or random, not "abc"\n',
        ),
        (["run", "three-task-order", "--until", "0"], "until must be >= 0.000001\n"),
        (["run", "three-task-order", "--trace", "/nowhere/x"], 'cannot write "/nowhere/x"'),
        (["tell"], "Usage: ackademy tell"),
        (["tell", "three-task-order", "--bogus"], "No such option"),
        (["tell", "three-task-order", "--lang", "fr"], "Invalid value"),
        (["bogus"], "No such command"),
    ],
)
def test_wrong_input_is_said_on_stderr_and_ends_with_2(words: list[str], said: str, ackademy: Call) -> None:
    ended = ackademy(*words)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_all_problems_of_a_file_are_said(ackademy: Call, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("tasks: {a: {duraton: 2}}\nworkers: {w: {concurency: 2}}\n", encoding="utf-8")
    ended = ackademy("run", str(file))
    assert ended.status == 2
    assert f"{file}:1:13: unknown key" in ended.err
    assert f"{file}:2:15: unknown key" in ended.err
    assert ended.err.endswith("2 problems\n")
    assert "문제 2개\n" in ackademy("run", str(file), "--lang", "ko").err


def test_warnings_go_to_stderr_unless_the_lesson_means_it(ackademy: Call, tmp_path: Path) -> None:
    file = tmp_path / "typo.yaml"
    file.write_text("{tasks: {a: 1}, send: [{task: b}]}", encoding="utf-8")
    ended = ackademy("run", str(file))
    assert ended.status == 0
    assert 'warning: there is no task "b" under tasks' in ended.err
    assert ackademy("run", "message").err == ""


def test_a_limit_ends_with_2(ackademy: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "slow.yaml"
    file.write_text(SLOW, encoding="utf-8")
    monkeypatch.setattr("simulator.engine.simulate", lambda scenario: simulate(scenario, max_events=1000))
    ended = ackademy("run", str(file))
    assert ended.status == 2
    assert re.search(r"slow\.yaml: stopped: the run had produced \d,\d{3} events by 0\.\d+ s", ended.err)


def test_a_programmers_error_is_a_message(ackademy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("out of cheese")

    monkeypatch.setattr("simulator.engine.simulate", broken)
    ended = ackademy("run", "three-task-order")
    assert ended.status == 70
    assert ended.err.startswith("ackademy: internal error: RuntimeError: out of cheese\n")


def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    file.write_text("{tasks: {a: 0.01}, send: [{from: 0, until: 60, every: 0.1, task: a}]}", encoding="utf-8")
    process = start("tell", str(file))
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(timeout=30) in (0, 141)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send")
def test_ctrl_c_ends_with_130(tmp_path: Path) -> None:
    file = tmp_path / "slow.yaml"
    file.write_text(SLOW, encoding="utf-8")
    words = [sys.executable, "-um", "simulator", "run", str(file), "--seed", "random"]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"seed ")  # the simulation begins
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 130


@pytest.mark.parametrize("encoding", ["ascii", "cp949", "latin-1"])
def test_a_console_that_cannot_show_a_character_gets_another(encoding: str) -> None:
    with start("tell", "three-task-order", "--lang", "both", PYTHONIOENCODING=encoding) as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    assert " Broker: Sends Task1 (send_email)" in out.decode(encoding)
    if encoding == "ascii":
        assert b"Producer -> Broker: Sends Task1 (send_email)" in out


def test_a_pipe_gets_utf8_in_any_locale() -> None:
    with start(
        "tell", "three-task-order", "--lang", "ko", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"
    ) as process:
        out, _ = process.communicate(timeout=30)
    assert "Broker: Queue에 Task1 저장" in out.decode("utf-8")


def test_no_colours_in_a_pipe() -> None:
    for words in (["run", "three-task-order"], ["list"], ["--help"], ["tell", "three-task-order"]):
        with start(*words, FORCE_COLOR="1") as process:
            out, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert out
        assert b"\x1b" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--follow"], "--broker"),
        (["--follow", "--broker", "redis://localhost"], "terminal"),
        (["three-task-order", "--follow", "--broker", "redis://localhost"], "no scenario"),
        (["--follow", "--broker", "redis://localhost", "--seed", "3"], "no scenario"),
        (["three-task-order", "--broker", "redis://localhost"], "--follow"),
        (["--follow", "--broker", "redis://localhost", "-o", "-"], "-o FILE"),
        (["three-task-order", "--redact"], "--follow"),
        ([], "--follow"),
    ],
)
def test_follow_needs_a_broker_and_a_terminal_and_stands_alone(words: list[str], said: str, ackademy: Call) -> None:
    for lang in ("en", "ko"):
        ended = ackademy("--lang", lang, "play", *words)
        assert (ended.status, ended.out) == (2, "")
        assert said in ended.err or lang == "ko"


@pytest.mark.parametrize("command", ["emit", "verify"])
@pytest.mark.parametrize("url", ["redis://localhost:abc", "redis://[::1", "nonsense://", "redis://localhost:1"])
def test_what_is_no_broker_is_said_in_words(command: str, url: str, ackademy: Call) -> None:
    ended = ackademy("--lang", "ko", command, "retry", "--broker", url)
    assert (ended.status, ended.out) == (2, "")
    assert "Broker" in ended.err.splitlines()[-1]


@pytest.mark.parametrize("number", ["nan", "inf", "1e300"])
@pytest.mark.parametrize(
    "words",
    [
        ("play", "retry", "--at"),
        ("inspect", "retry", "--at"),
        ("check", "retry", "--against", "retry", "--seconds"),
        ("export", "retry", "--to", "celery-events", "--start"),
    ],
)
def test_a_number_of_seconds_is_one(words: tuple[str, ...], number: str, ackademy: Call) -> None:
    ended = ackademy(*words, number)
    assert (ended.status, ended.out) == (2, "")
    assert words[-1] in ended.err
