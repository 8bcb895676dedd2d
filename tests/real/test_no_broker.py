"""A broker that does not answer: no waiting for ever, and no empty file left behind."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_cli import Call


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


@pytest.fixture
def mute() -> Iterator[str]:
    """Accepts connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "recording.jsonl"


def test_a_mute_broker_is_told_of_soon(mute: str, file: Path, ackademy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.real.gate.PATIENCE", 0.2)
    ended = ackademy("--lang", "ko", "record", "--broker", mute, "-o", str(file))
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("Broker가 응답하지 않습니다")
    assert not file.exists()


@pytest.mark.parametrize("command", ["verify", "emit"])
def test_nobody_waits_for_ever_for_a_mute_broker(
    command: str, mute: str, ackademy: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.real.gate.PATIENCE", 0.2)
    begun = time.monotonic()
    ended = ackademy(command, "three-task-order", "--broker", mute)
    assert (ended.status, ended.out) == (2, "")
    assert "the broker does not answer" in ended.err
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("words", [("record",), ("play", "--follow")])
def test_ctrl_c_before_a_broker_answers_leaves_no_file(
    words: tuple[str, ...], mute: str, file: Path, ackademy: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.cli.following.interactive", lambda: True)
    monkeypatch.setattr("simulator.real.recording.recorder.Recorder.run", interrupted)
    monkeypatch.setattr("simulator.real.recording.follow.following", interrupted)
    assert ackademy(*words, "--broker", mute, "-o", str(file)).status == 130
    assert not file.exists()


def test_a_home_that_takes_nothing_is_told(ackademy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    ended = ackademy("verify", "message", "--broker", "memory://")
    assert (ended.status, ended.out) == (2, "")
    assert "no folder to work in can be made: /dev/null/ackademy" in ended.err


def test_a_recording_for_which_there_is_no_room_leaves_no_file(
    file: Path, ackademy: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("simulator.real.recording.recorder.Recorder.run", full)
    ended = ackademy("record", "--broker", "redis://localhost:1", "-o", str(file))
    assert ended.status == 2
    assert "no space left to write to" in ended.err
    assert not file.exists()
