"""`lint` and `explain` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_cli import Call

CONF = {
    "w1@host": {"broker_url": "redis://localhost/0", "task_acks_late": True,
                "broker_transport_options": {"visibility_timeout": 3600}},
    "w2@host": {"broker_url": "redis://localhost/0", "task_acks_late": True,
                "broker_transport_options": {"visibility_timeout": 60}},
}  # fmt: skip


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


@pytest.fixture
def conf(tmp_path: Path) -> str:
    file = tmp_path / "conf.json"
    file.write_text(json.dumps(CONF), encoding="utf-8")
    return str(file)


def test_two_workers_of_one_redis_with_two_timeouts(ackademy: Call, conf: str) -> None:
    ended = ackademy("lint", conf, "--json")
    assert ended.status == 1
    found = {one["rule"]: one for one in json.loads(ended.out)}
    evidence = found["two-visibility-timeouts"]["evidence"]
    assert evidence == {
        "workers.w2.broker_transport_options.visibility_timeout": "60",
        "workers.w1.broker_transport_options.visibility_timeout": "3600",
    }
    assert found["two-visibility-timeouts"]["certain"]
    assert not found["late-ack-runs-twice"]["certain"]


def test_the_report_names_rule_evidence_consequence_and_remedy(ackademy: Call, conf: str) -> None:
    ended = ackademy("lint", conf, "--lang", "en")
    assert ended.out.splitlines()[:6] == [
        f"{conf}: 3 findings, 1 of them certain",
        "",
        " 1  certain  Workers that share a Redis have different visibility timeouts",
        "      workers.w2.broker_transport_options.visibility_timeout: 60",
        "      workers.w1.broker_transport_options.visibility_timeout: 3600",
        "    Workers look for expired deliveries themselves. The one with the short timeout puts back what the other "
        "is still running.",
    ]
    assert ended.out.splitlines()[-1] == f"See it happen: ackademy lint {conf} --play N"


def test_only_what_is_certain_fails(ackademy: Call, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("{profile: celery-rabbitmq, tasks: {a: 1}, send: [{at: 0, task: a}]}", encoding="utf-8")
    ended = ackademy("lint", str(file), "--lang", "ko")
    assert (ended.status, "주의  실행 전에 ACK합니다" in ended.out) == (0, True)
    file.write_text("{profile: celery-rabbitmq, tasks: {a: {duration: 1, acks_late: true, idempotent: true}}}",
                    encoding="utf-8")  # fmt: skip
    ended = ackademy("lint", str(file), "--lang", "en")
    assert (ended.status, ended.out) == (0, f"{file}: no rule objects\n")


def test_a_demonstration_is_told_in_a_pipe(ackademy: Call, conf: str) -> None:
    ended = ackademy("lint", conf, "--play", "1", "--lang", "en")
    assert ended.status == 0
    assert ended.out.startswith("# Workers that share a Redis have different visibility timeouts")
    assert "report_1" in ended.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lint", "missing.json"), "missing.json"),
        (("lint", "no-such-lesson"), "no-such-lesson"),
        (("lint", "success-and-ack", "--play", "9"), "there is no number 9; the last one is 1"),
        (("explain", "zzz"), "no symptom matches 'zzz'"),
        (("explain", "unregistered", "--play", "1"), "there is nothing to play"),
    ],
)
def test_wrong_input_is_refused(ackademy: Call, words: tuple[str, ...], said: str) -> None:
    ended = ackademy(*words, "--lang", "en")
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_a_file_that_is_no_configuration(ackademy: Call, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("[1, 2]", encoding="utf-8")
    ended = ackademy("lint", str(file), "--lang", "en")
    assert (ended.status, str(file) in ended.err) == (2, True)


def test_an_error_message_is_explained(ackademy: Call) -> None:
    ended = ackademy("explain", "406", "PRECONDITION_FAILED", "--lang", "en")
    assert ended.status == 0
    lines = ended.out.splitlines()
    assert lines[0] == "RabbitMQ closes the channel because an ACK is overdue"
    assert "  Lessons: consumer-timeout" in lines
    assert "    2  A task with a late ACK takes longer than RabbitMQ's consumer_timeout" in lines
    told = ackademy("explain", "406 PRECONDITION_FAILED", "--play", "2", "--lang", "en")
    assert told.out.startswith("# A task with a late ACK takes longer than RabbitMQ's consumer_timeout")


def test_all_symptoms_are_listed(ackademy: Call) -> None:
    english, korean = ackademy("explain", "--lang", "en"), ackademy("explain", "--lang", "ko")
    assert len(english.out.splitlines()) == len(korean.out.splitlines()) == 25
    assert "  runs-twice              Task가 두 번 실행됩니다" in korean.out.splitlines()
    data = json.loads(ackademy("explain", "runs twice", "--json", "--lang", "en").out)
    assert data[0]["symptom"] == "runs-twice"
    assert data[0]["lessons"] == ["visibility-timeout", "crash-early-late"]
