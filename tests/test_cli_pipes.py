"""Every command with its output in a pipe: exit status, results alone on stdout, nothing that only terminals show."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import simulate
from tests.test_cli import SLOW, Call, Ended, start

ORDER = "three-task-order"
DECORATION = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2500-\u259f\u2800-\u28ff]")
"""Control characters (escapes, carriage returns), boxes, blocks and the dots of spinners."""

COMMANDS: dict[str, list[str]] = {
    "nothing": [],
    "help": ["--help"],
    "version": ["--version"],
    "play": ["play", ORDER],
    "tell": ["tell", ORDER],
    "log": ["tell", ORDER, "--log"],
    "run": ["run", ORDER],
    "data": ["run", ORDER, "--json"],
    "trace": ["run", ORDER, "--trace", "-"],
    "list": ["list"],
    "check": ["check", "met.yaml"],
    "check as data": ["check", "met.yaml", "--json"],
    "compare": ["compare", ORDER],
    "compare two": ["compare", ORDER, "retry"],
    "inspect": ["inspect", ORDER, "--at", "1", "active"],
    "schema": ["schema"],
    "new": ["new"],
    "worksheet": ["worksheet", ORDER],
    "worksheet to print": ["worksheet", ORDER, "--to", "html", "--answers"],
}
"""Each a way to be called that ends well."""

SIMULATING = [
    ["play", ORDER],
    ["tell", ORDER],
    ["run", ORDER],
    ["check", "met.yaml"],
    ["compare", ORDER],
    ["inspect", ORDER, "--at", "1", "active"],
    ["worksheet", ORDER],
]
TAKING = ["play", "tell", "run", "check", "compare", "inspect", "worksheet", "vote"]


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    """The program in this process, in a folder with a scenario that meets its goal and one that misses it."""
    text = "{{tasks: {{a: 1}}, send: [{{at: 0, id: T, task: a}}], goals: [succeeded == {count}]}}"
    (tmp_path / "met.yaml").write_text(text.format(count=1), encoding="utf-8")
    (tmp_path / "missed.yaml").write_text(text.format(count=2), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    return Call(monkeypatch, capsys)


def is_plain(ended: Ended) -> bool:
    return DECORATION.search(ended.out + ended.err) is None


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_result_is_alone_on_stdout(name: str, lang: str, ackademy: Call, tmp_path: Path) -> None:
    ended = ackademy("--lang", lang, *COMMANDS[name])
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.strip()
    assert ended.out.endswith("\n")
    assert is_plain(ended)


@pytest.mark.parametrize("name", ["data", "check as data", "schema", "inspect"])
def test_data_is_json_and_nothing_else(name: str, ackademy: Call) -> None:
    json.loads(ackademy(*COMMANDS[name]).out)


def test_only_check_fails_over_a_missed_goal(ackademy: Call) -> None:
    checked, ran = ackademy("check", "met.yaml", "missed.yaml"), ackademy("run", "missed.yaml")
    assert (checked.status, checked.err, ran.status, ran.err) == (1, "", 0, "")
    assert "succeeded == 2" in checked.out
    assert is_plain(checked)


@pytest.mark.parametrize("command", TAKING)
@pytest.mark.parametrize("what", ["nowhere.yaml", "broken.yaml", "no-such-lesson"])
def test_bad_input_is_2_with_all_words_on_stderr(command: str, what: str, ackademy: Call, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("tasks: [", encoding="utf-8")
    more = ["--at", "1", "active"] if command == "inspect" else []
    ended = ackademy(command, what, *more)
    # What `check` finds of each file is its result: here, that it cannot be used.
    assert (ended.status, ended.out) == (2, f"{what}: unusable\n" if command == "check" else "")
    assert what.partition(".")[0] in ended.err
    assert is_plain(ended)


@pytest.mark.parametrize("words", [[*words, "--bogus"] for words in COMMANDS.values() if words])
def test_a_wrong_option_is_2(words: list[str], ackademy: Call) -> None:
    ended = ackademy(*words)
    assert (ended.status, ended.out) == (2, "")
    assert "--bogus" in ended.err
    assert is_plain(ended)


@pytest.mark.parametrize("command", TAKING)
def test_a_limit_is_2(command: str, ackademy: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "slow.yaml").write_text(SLOW, encoding="utf-8")
    monkeypatch.setattr("simulator.engine.simulate", lambda scenario: simulate(scenario, max_events=1000))
    more = ["--at", "1", "active"] if command == "inspect" else []
    ended = ackademy(command, "slow.yaml", *(["slow.yaml"] if command == "compare" else []), *more)
    assert (ended.status, ended.out) == (2, "slow.yaml: unusable\n" if command == "check" else "")
    assert "stopped: the run had produced" in ended.err
    assert is_plain(ended)


@pytest.mark.parametrize("words", SIMULATING)
def test_ctrl_c_is_130_and_silent(words: list[str], ackademy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.engine.simulate", interrupted)
    ended = ackademy(*words)
    assert (ended.status, ended.out, ended.err) == (130, "", "")


@pytest.mark.parametrize(
    ("words", "status"), [(["check", "missed.yaml"], 1), (["compare", ORDER], 0), (["play", "nowhere.yaml"], 2)]
)
def test_the_same_in_a_process_of_its_own(words: list[str], status: int, ackademy: Call) -> None:
    """The exit status reaches the shell, and the same is printed as in this process."""
    with start(*words, FORCE_COLOR="1", TERM="xterm-256color", PYTHONPATH=sys.path[0]) as process:
        out, err = process.communicate(timeout=30)
    here = ackademy(*words)
    assert (process.returncode, out.decode(), err.decode()) == (status, here.out, here.err)
    assert here.status == status


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("words", [["list"], ["tell", ORDER], ["--help"]])
def test_a_full_disk_is_told_in_words(words: list[str]) -> None:
    korean = {**os.environ, "LC_ALL": "ko_KR.UTF-8"}
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "simulator", *words]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=korean, check=False, timeout=30)
    assert ended.returncode == 2
    assert ended.stderr.decode().startswith("저장할 공간이 없습니다")
    assert ended.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("words", "status"), [(["--help"], 0), (["run", ORDER, "--json"], 0), (["tell", "nowhere.yaml"], 2)]
)
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_a_closed_stream_is_as_good_as_nowhere(words: list[str], status: int, closed: str) -> None:
    line = f'exec "{sys.executable}" -m simulator "$@" {closed}'
    ended = subprocess.run(["sh", "-c", line, "sh", *words], capture_output=True, check=False, timeout=30)
    assert ended.returncode == status
    assert b"Error" not in ended.stderr
    assert b"internal" not in ended.stderr
