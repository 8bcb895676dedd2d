"""Trace files: what is written is read again, and what is wrong is refused by line."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import load_scenario, simulate
from simulator.trace import (
    Header,
    Trace,
    TraceFileError,
    end_line,
    event_line,
    format_seconds,
    header_line,
    read_trace,
    to_micros,
    write_trace,
)
from simulator.trace import events as ev
from simulator.trace import file as trace_file
from simulator.trace.file import check_lengths, read_trace_file


def written(trace: Trace) -> list[str]:
    text = StringIO()
    write_trace(trace, text)
    return text.getvalue().splitlines()


@pytest.fixture
def lines() -> list[str]:
    return written(simulate(load_scenario("three-task-order")))


def test_header_and_events_as_the_format_says(lines: list[str]) -> None:
    header = json.loads(lines[0])
    assert header["trace"] == 1
    assert header["scenario"] == "three-task-order"
    assert header["profile"] == "guide"
    assert header["end"] == 4.0
    assert len(header["hash"]) == 64
    sent = next(row for row in map(json.loads, lines[1:]) if row["type"] == "task-sent")
    assert list(sent)[:2] == ["t", "type"]
    assert sent["t"] == 0.5
    assert sent["uuid"] == "Task1"
    assert sent["name"] == "send_email"
    assert sent["args"] == [12345, "user@example.com"]
    succeeded = next(row for row in map(json.loads, lines[1:]) if row["type"] == "task-succeeded")
    assert succeeded["runtime"] == 2.0
    assert succeeded["result"] == {"ko": "이메일 발송 성공", "en": "email sent"}


def replaced(lines: list[str], number: int, **changes: object) -> list[str]:
    row = {**json.loads(lines[number - 1]), **changes}
    return [*lines[: number - 1], json.dumps(row), *lines[number:]]


def test_damage_is_found_where_it_is(lines: list[str]) -> None:
    damaged = {
        ("trace.empty", 1): [],
        ("trace.header", 1): lines[1:],
        ("trace.version", 1): replaced(lines, 1, trace=99),
        ("trace.json", 4): [*lines[:3], '{"t": 0.0, "type": "po'],
        ("trace.event", 6): replaced(lines, 6, type="no-such-event"),
        ("trace.event", 7): replaced(lines, 7, uuid=7),
        ("trace.cause", 8): replaced(lines, 8, cause=900),
        ("trace.order", 9): replaced(lines, 9, t=0.0),
        ("trace.event", 10): replaced(lines, 10, t=1e305),
        ("trace.event", 11): replaced(lines, 11, t=float("nan")),
        ("trace.hash", 1): replaced(lines, 2, arguments={"max_length": 9}),
    }
    for (code, number), text in damaged.items():
        with pytest.raises(TraceFileError) as caught:
            read_trace(text)
        assert (caught.value.code, caught.value.line) == (code, number)


def recording(lines: list[str]) -> list[str]:
    header = {key: value for key, value in json.loads(lines[0]).items() if key not in ("hash", "end")}
    return [json.dumps({**header, "recorded": {"since": 1.5}}) + "\n", *(line + "\n" for line in lines[1:])]


def test_a_recording_whose_recorder_was_killed_ends_with_its_last_whole_line(lines: list[str]) -> None:
    whole = recording([line.rstrip("\n") for line in lines])
    for cut in range(1, len(whole[-1]) - 1):
        trace = read_trace([*whole[:-1], whole[-1][:cut]])
        assert len(trace) == len(whole) - 2
        assert trace.end == trace[-1].t
    with pytest.raises(TraceFileError, match="json"):
        read_trace([*whole[:4], whole[4][:20] + "\n", *whole[5:]])


def test_a_recording_that_ended_as_it_should_says_when_and_what_was_put_right(lines: list[str]) -> None:
    whole = recording([line.rstrip("\n") for line in lines])
    trace = read_trace([*whole, end_line(99_000_000, {"notes": {"late": 2}})])
    assert trace.end == 99_000_000
    assert trace.header.recorded == {"since": 1.5, "notes": {"late": 2}}
    with pytest.raises(TraceFileError):
        read_trace([*whole, end_line(99_000_000, {}), whole[-1]])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
TIMES = st.integers(0, 10**15) | st.integers(0, 200)


BEFORE = [
    ev.QueueDeclared(0, -1, "q"),
    ev.WorkerOnline(0, -1, "w", ("q",), "prefork", 1, 1),
    ev.TaskSent(0, -1, "p", "é", "work", 1, "q"),
    ev.MessageQueued(0, -1, "é", 1, "q", 0),
    ev.MessageDelivered(0, -1, "é", 1, "q", 1, "w"),
    ev.TaskReceived(0, -1, "w", "é", "work", 1, 1),
    ev.TaskStarted(0, -1, "w", "é", 1, 1, 1),
]


@given(TIMES, st.none() | TIMES, VALUES, st.dictionaries(st.text(), VALUES, max_size=3), st.floats(0, 1e9))
def test_a_line_is_what_json_writes_and_reads_back_as_the_same_event(
    t: int, eta: int | None, value: object, kwargs: dict[str, object], memory: float
) -> None:
    events = [
        ev.TaskSent(t, -1, "p", "é", "work", 2, "q", args=(value,), kwargs=kwargs, eta=eta, inferred=True),
        ev.TaskSucceeded(t, -1, "w", "é", 1, 1, 1, runtime=t, result=value),
        ev.ChildStarted(t, -1, "w", 1, memory=memory),
        ev.SettingChanged(t, -1, "w", "custom", value),
        ev.BrokerDown(t, -1),
    ]
    lines = [event_line(event) for event in events]
    trace = read_trace([header_line(Header(end=t)), *map(event_line, BEFORE), *lines])
    for event, line, read in zip(events, lines, trace.events[len(BEFORE) :], strict=True):
        row = json.loads(line)
        assert line == json.dumps(row, ensure_ascii=False) + "\n"
        assert list(row)[:2] == ["t", "type"]
        assert row["t"] == t / 1e6
        assert event_line(read) == line
        assert repr(read) == repr(event)


def test_seconds_are_exact_to_the_microsecond() -> None:
    assert to_micros(0.1 + 0.2) == 300_000
    assert format_seconds(to_micros(10.500007)) == "10.500007"
    assert format_seconds(-1_500_000) == "-1.50"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no such device")
def test_a_device_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_file, "LONGEST_OF_ALL", 1000)
    with pytest.raises(TraceFileError) as caught:
        read_trace_file(Path("/dev/zero"))
    assert (caught.value.code, caught.value.line) == ("trace.json", 1)


def test_common_prefix() -> None:
    one = simulate(load_scenario("three-task-order"))
    other = simulate(load_scenario("three-task-order", variant="slow_email"))
    shared = one.common_prefix(other)
    assert 0 < shared < len(one)
    assert one.events[:shared] == other.events[:shared]
    assert one.events[shared] != other.events[shared]
    assert one.common_prefix(one) == len(one)


def test_a_line_that_would_not_fit_into_memory_is_refused_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "run.jsonl"
    monkeypatch.setattr(trace_file, "BLOCK", 64)
    monkeypatch.setattr(trace_file, "LONGEST_OF_ALL", 100)
    file.write_text("\n".join(["x" * 100, "", "y" * 99] * 3), encoding="utf-8")
    check_lengths(file)
    for place in range(9):
        texts = ["x" * 40] * 9
        texts[place] = "y" * 101
        file.write_text("\n".join(texts), encoding="utf-8")
        with pytest.raises(TraceFileError) as caught:
            check_lengths(file)
        assert (caught.value.code, caught.value.line) == ("trace.long", place + 1)
