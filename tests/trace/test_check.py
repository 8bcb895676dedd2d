"""The check of a trace: what no run can be is refused at its line, and what a run or a recording is passes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from simulator import load_scenario, simulate
from simulator.scenario import Scenario, parse_scenario, scenario_names
from simulator.trace import EVENT_TYPES, TraceFileError, read_trace
from simulator.trace import events as ev
from simulator.trace import file as trace_file
from simulator.trace.check import Checker
from tests.strategies import scenarios
from tests.trace.examples import EXAMPLES, WHOLE, Example, lines_of, trace_lines


def test_every_event_has_a_rule() -> None:
    assert set(Checker().rules) == set(EVENT_TYPES.values())


def test_a_trace_that_keeps_the_rules_is_read() -> None:
    assert [event.type for event in read_trace(trace_lines(WHOLE))] == [row["type"] for row in WHOLE]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.code}:{example.line}")
def test_the_first_line_that_breaks_a_rule_is_named(example: Example) -> None:
    with pytest.raises(TraceFileError) as caught:
        read_trace(example.lines)
    assert (caught.value.code, caught.value.line) == (example.code, example.line)


def test_more_events_than_a_run_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_file, "MOST_EVENTS", 3)
    with pytest.raises(TraceFileError) as caught:
        read_trace(trace_lines(WHOLE))
    assert (caught.value.code, caught.value.line) == ("trace.many", 5)


def test_a_changed_trace_is_read_if_it_is_trusted_and_checked_all_the_same() -> None:
    changed = [line.replace("mail", "post") for line in trace_lines(WHOLE, hash="0" * 64)]
    assert read_trace(changed, trust=True)[2].name == "post"  # type: ignore[attr-defined]
    with pytest.raises(TraceFileError, match="unknown_queue"):
        read_trace([line for line in changed if "queue-declared" not in line], trust=True)


def test_a_recording_without_an_end_says_so() -> None:
    lines = [line + "\n" for line in trace_lines(WHOLE, end=0, recorded={"since": 1.0, "notes": {"late": 2}})]
    assert read_trace(lines).header.recorded["notes"] == {"late": 2, "cut": 1}
    assert read_trace([*lines[:-1], lines[-1][:9]]).header.recorded["notes"]["cut"] == 1
    whole = [*lines, json.dumps({"end": 9.0, "recorded": {"notes": {"late": 3}}})]
    assert read_trace(whole).header.recorded["notes"] == {"late": 3}


@pytest.mark.parametrize("name", scenario_names())
def test_every_packaged_scenario_makes_a_trace_that_passes(name: str) -> None:
    trace = simulate(load_scenario(name))
    assert read_trace(lines_of(trace)).hash == trace.hash


def test_a_recording_may_lack_what_led_to_an_event() -> None:
    found = [example for example in EXAMPLES if example.code in ("trace.life", "trace.slot_taken")]
    for example in found:
        header = {**json.loads(example.lines[0]), "recorded": {"since": 1.0}}
        del header["end"]
        assert len(read_trace([json.dumps(header), *example.lines[1:]])) == len(example.lines) - 1


def test_a_worker_can_be_killed_while_it_shuts_down() -> None:
    text = "profile: celery-rabbitmq\nworkers: 1\nuntil: 9\nfaults: [{at: 0.25, stop: worker1}, {at: 3, kill: worker1}]"
    trace = simulate(parse_scenario(text))
    assert [e.type for e in trace][-2:] == ["worker-offline", "worker-lost"]
    assert read_trace(lines_of(trace)).events == trace.events
    again = [*lines_of(trace), lines_of(trace)[-1]]
    with pytest.raises(TraceFileError) as caught:
        read_trace(again, trust=True)
    assert (caught.value.code, caught.value.line) == ("trace.worker_gone", len(again))


@given(scenarios())
def test_every_scenario_makes_a_trace_that_passes(scenario: Scenario) -> None:
    trace = simulate(scenario)
    assert read_trace(lines_of(trace)).events == trace.events


@pytest.mark.parametrize("then", ["cold", "kill"])
def test_a_deploy_whose_warm_shutdown_is_cut_short_makes_a_trace_that_passes(then: str) -> None:
    text = f"""
        profile: celery-rabbitmq
        tasks: {{a: 30}}
        workers: 1
        send: [{{at: 0, task: a, count: 3}}]
        faults: [{{at: 5, restart: worker1, grace: 4, then: {then}}}]
        until: 60
    """
    trace = simulate(parse_scenario(text))
    assert [event.type for event in trace if isinstance(event, ev.WorkerOnline | ev.WorkerOffline)] == [
        *("worker-online", "worker-offline", "worker-online"),
    ]
    assert read_trace(lines_of(trace)).events == trace.events
