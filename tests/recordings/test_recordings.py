"""Recordings of a real Celery, predicted event by event."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from simulator.measure.agreement import exception_class, outcome
from tests.recordings.__main__ import main, manual, table
from tests.recordings.convert import as_data, as_scenario
from tests.recordings.experiment import Recording, read_recording
from tests.recordings.truth import ALL, verdict
from tests.recordings.unpredicted import REASONS, UNPREDICTED

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def _row(name: str) -> Any:
    marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason=REASONS[name])] if name in REASONS else []
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", [_row(name) for name in ALL])
def test_prediction_agrees_with_the_recording(name: str) -> None:
    assert verdict(name).differences == ()


def test_every_unpredicted_recording_exists_and_has_one_reason() -> None:
    listed = [name for names in UNPREDICTED.values() for name in names]
    assert sorted(listed) == sorted(set(listed) & set(ALL))


def test_the_manual_says_how_each_is_held() -> None:
    assert (HERE / "README.md").read_text(encoding="utf-8") == manual()


def test_the_table_has_a_line_for_each_and_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    lines = table([verdict(name) for name in ALL])
    assert [line.split()[0] for line in lines[1:-1]] == ALL
    assert main(["no recording has this name"]) == 0
    assert capsys.readouterr().out.startswith("recording")


def test_the_exit_status_is_1_where_any_disagrees(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ALL:
        assert main([name]) == (0 if verdict(name).agrees else 1)
    assert "agrees" in capsys.readouterr().out


def test_recordings_of_another_folder_are_held_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for suffix in ("yaml", "jsonl"):
        text = (HERE / "data" / f"48_kill9_with_standby_rabbitmq.{suffix}").read_text(encoding="utf-8")
        (tmp_path / f"other.{suffix}").write_text(text, encoding="utf-8")
    assert main([str(tmp_path / "other.yaml")]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[0] == "other"


@pytest.mark.parametrize(
    ("readme", "pattern"),
    [
        ("README.md", r"Of\s+(\d+)\s+recordings,\s+(\d+)\s+agree"),
        ("README.ko.md", r"기록\s+(\d+)개\s+가운데\s+(\d+)개"),
    ],
)
def test_the_readme_gives_the_count(readme: str, pattern: str) -> None:
    found = re.search(pattern, (ROOT / readme).read_text(encoding="utf-8"))
    assert found is not None
    assert [int(n) for n in found.groups()] == [len(ALL), sum(verdict(name).agrees for name in ALL)]


# -- the conversion ---------------------------------------------------------------------------------------------


PLACES: dict[str, list[str | int]] = {
    "experiment": [],
    "task type": ["task_types", "nap"],
    "options": ["task_types", "nap", "options"],
    "retry": ["task_types", "nap", "retry"],
    "worker": ["workers", 0],
    "call": ["send", 0],
    "part of a chord": ["send", 1, "parts", 0],
    "body of a chord": ["send", 1, "body"],
    "queue": ["conf", "task_queues", 0],
    "action": ["actions", 0],
}


def _experiment() -> dict[str, Any]:
    retry = {"countdown": 1, "max_retries": 2}
    return {
        "broker": "redis",
        "conf": {"task_queues": [{"name": "celery", "queue_arguments": {"x-max-length": 3}}]},
        "task_types": {"nap": {"duration": 1, "options": {"acks_late": True}, "retry": retry, "fail_on": [1]}},
        "workers": [{"name": "w1", "concurrency": 2, "args": ["--autoscale", "4,1", "-O", "fair", "-Q", "celery"]}],
        "send": [
            {"at": 0, "id": "a-1", "task": "nap"},
            {"at": 1, "canvas": "chord", "parts": [{"id": "h", "task": "nap"}], "body": {"id": "b", "task": "nap"}},
        ],
        "actions": [{"at": 2, "do": "kill_child", "worker": "w1"}],
        "duration": 5,
    }


ROWS: list[dict[str, Any]] = [
    {"t": -1.0, "source": "event", "type": "worker-online", "hostname": "w1@host"},
    {"t": 1.5, "source": "harness", "type": "action", "do": "revoke", "at": 1.5, "ids": ["a-1"], "terminate": True},
    {"t": 2.0, "source": "harness", "type": "action", "do": "kill_child", "at": 2, "worker": "w1"},
    {"t": 4.25, "source": "harness", "type": "action", "do": "outage", "at": 3, "for": 1},
    {"t": 5.0, "source": "harness", "type": "end-of-observation"},
]


def test_an_experiment_becomes_a_scenario() -> None:
    data = as_data(Recording("x", _experiment(), ROWS))
    assert data["profile"] == "celery-redis"
    assert data["until"] == 6.1
    assert data["queues"] == {"celery": {"max_length": 3}}
    assert data["workers"] == {"w1": {"starts_at": 0.1, "concurrency": 2, "autoscale": [4, 1], "queues": ["celery"]}}
    assert data["tasks"]["nap"] == {
        "duration": 1,
        "acks_late": True,
        "retry": {"on": ["Transient"], "exc": True, "countdown": 1},
        "max_retries": 2,
        "raises": ["Transient"],
    }
    assert data["send"] == [
        {"id": "a_1", "task": "nap", "at": 1.1},
        {"chord": {"header": [{"id": "h", "task": "nap"}], "body": {"id": "b", "task": "nap"}}, "at": 2.1},
    ]
    assert data["control"] == [{"at": 2.6, "revoke": "a_1", "terminate": True}]
    assert data["faults"] == [
        {"at": 3.1, "kill_child": "w1", "slot": 1},
        {"at": 4.1, "down": "broker", "for": 1.25},
    ]


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_key_is_an_error(place: str) -> None:
    experiment = _experiment()
    target: Any = experiment
    for step in PLACES[place]:
        target = target[step]
    target["surprise"] = 1
    with pytest.raises((ValueError, KeyError), match="surprise"):
        as_data(Recording("x", experiment, ROWS))


@pytest.mark.parametrize("words", [["--surprise", "1"], ["-x"]])
def test_an_unknown_worker_argument_is_an_error(words: list[str]) -> None:
    experiment = _experiment()
    experiment["workers"][0]["args"] = words
    with pytest.raises((ValueError, IndexError)):
        as_data(Recording("x", experiment, ROWS))


def test_an_exception_of_its_own_is_declared_and_a_builtin_is_not() -> None:
    experiment = _experiment()
    experiment["task_types"]["bad"] = {"duration": 1, "fail_on": "all", "error": "Permanent"}
    experiment["task_types"]["worse"] = {"duration": 1, "fail_on": [2], "error": "KeyError"}
    data = as_data(Recording("x", experiment, ROWS))
    assert data["exceptions"] == {"Transient": "Exception", "Permanent": "Exception"}
    assert data["tasks"]["bad"] == {"duration": 1, "raises": "Permanent"}
    assert data["tasks"]["worse"] == {"duration": 1, "raises": [None, "KeyError"]}


@pytest.mark.parametrize(("said", "slot"), [({"id": "B"}, 2), ({"pid": 11}, 1), ({}, 2), ({"slot": 4}, 4)])
def test_the_slot_of_a_killed_child_is_where_the_prediction_puts_its_task(said: dict[str, Any], slot: int) -> None:
    experiment = {
        "broker": "rabbitmq",
        "task_types": {"nap": {"duration": 3}},
        "workers": [{"name": "w1", "concurrency": 4}],
        "send": [{"at": 0, "id": "A", "task": "nap"}, {"at": 0.5, "id": "B", "task": "nap"}],
        "actions": [{"at": 2, "do": "kill_child", "worker": "w1"}],
        "duration": 5,
    }
    killed = {"t": 2.0, "source": "harness", "type": "action", "do": "kill_child", "worker": "w1", "at": 2, **said}
    begun = [
        {"t": t, "source": "probe", "type": "probe-start", "uuid": uuid, "pid": pid, "hostname": "w1@host"}
        for t, uuid, pid in ((0.0, "A", 11), (0.5, "B", 7))
    ]
    data = as_data(Recording("x", experiment, [ROWS[0], *begun, killed, ROWS[-1]]))
    assert data["faults"] == [{"at": 3.1, "kill_child": "w1", "slot": slot}]


def test_a_worker_spawned_again_is_started_again() -> None:
    again: list[dict[str, Any]] = [
        {"t": -2.0, "source": "harness", "type": "worker-spawn", "worker": "w1"},
        ROWS[0],
        {"t": 2.5, "source": "harness", "type": "worker-spawn", "worker": "w1"},
        {"t": 3.5, "source": "event", "type": "worker-online", "hostname": "w1@host"},
        {"t": 4.5, "source": "event", "type": "worker-online", "hostname": "w1@host"},  # a reconnection is none
        ROWS[-1],
    ]
    data = as_data(Recording("x", _experiment(), again))
    assert data["workers"]["w1"]["starts_at"] == 1.1
    assert data["faults"] == [{"at": 5.6, "start": "w1"}]


def test_what_was_killed_is_read_from_the_recording() -> None:
    recording = read_recording("48_kill9_with_standby_rabbitmq")
    killed = [fault["kill"] for fault in as_data(recording)["faults"]]
    assert killed == [h.hostname for h in recording.happenings if h.type == "task-started"][:1]


def test_a_converted_experiment_keeps_its_name_in_errors() -> None:
    assert as_scenario(read_recording("10_prefetch4_starves_rabbitmq")).file.startswith("10_prefetch4")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Transient('boom')", "Transient"),
        ("Retry(Retry(...), Transient('boom on attempt 1'), 1)", "Transient"),
        ("ExceptionWithTraceback()", "?"),
        ("WorkerLostError('signal 9')", "?"),
        ("celery.exceptions.SoftTimeLimitExceeded()", "SoftTimeLimitExceeded"),
        ("reject requeue=False: boom", "?"),
        ("Reject('boom', False)", "?"),
        ("None", "None"),
    ],
)
def test_the_class_of_an_exception_is_read_from_its_repr(text: str, name: str) -> None:
    assert exception_class(text) == name
    assert outcome("task-failed", {"exception": text}) == name
