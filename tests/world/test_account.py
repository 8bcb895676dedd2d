"""The closing account: every unfinished thing is named, with where it is and whether it goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given

from simulator.course.closing import close_run
from simulator.engine import simulate
from simulator.scenario import Scenario, load_scenario, parse_scenario
from simulator.scene.pages.learn import closing_page
from simulator.story.report.account_words import account_lines
from simulator.story.run import Run
from simulator.story.tell import tell
from simulator.trace import Trace, read_trace, write_trace
from simulator.world import account_of
from simulator.world.lives import lives_of
from tests.strategies import scenarios
from tests.test_cli import Call, ackademy

__all__ = ["ackademy"]

CASES = Path(__file__).parents[1] / "cases"


def accounted(text: str) -> list[dict[str, Any]]:
    return [one.as_data() for one in account_of(simulate(parse_scenario(text)))]


def test_an_unsent_chord_body_names_the_member_that_was_dropped() -> None:
    trace = simulate(load_scenario(CASES / "chord-member-dropped.yaml"))
    assert [one.as_data() for one in account_of(trace)] == [
        {"kind": "gone", "names": ["P3"], "why": "dropped:expired"},
        {"kind": "unsent", "names": ["Merge"], "why": "never", "waits_for": [{"task": "P3", "why": "dropped"}]},
    ]
    terminated = simulate(load_scenario(CASES / "chord-member-dropped.yaml", variant="terminate"))
    assert account_of(terminated) == []  # its failure is stored: nobody waits for it


def test_a_task_whose_child_died_unnoticed_is_named() -> None:
    found = accounted(
        """
        profile: celery-redis
        until: 4
        workers: {w: {}}
        tasks: {kill_me: {duration: 1, kills: child}}
        send: [{at: 1, task: kill_me, id: Task1}]
        """
    )
    assert [(one["kind"], one["names"], one["where"], one["acked"]) for one in found] == [
        ("unnoticed", ["Task1"], "w", True)
    ]
    assert 2 <= found[0]["since"] < 2.1


def test_what_follows_an_unsent_part_is_unsent_too_and_what_may_still_come_is_told_apart() -> None:
    found = accounted(
        """
        profile: celery-redis
        workers: {w: {concurrency: 2}}
        tasks: {step: 1, long: 100}
        send: [{at: 0, chain: [{id: A, task: long}, {id: B, task: step}, {id: C, task: step}]}]
        until: 10
        """
    )
    assert found == [
        {"kind": "active", "names": ["A"], "where": "w", "since": 3e-06, "acked": True},
        {"kind": "unsent", "names": ["B"], "why": "not-yet", "waits_for": [{"task": "A", "why": "alive"}]},
        {"kind": "unsent", "names": ["C"], "why": "not-yet", "waits_for": [{"task": "B", "why": "unsent"}]},
    ]


def test_a_chain_whose_worker_died_will_never_go_on() -> None:
    found = accounted(
        """
        profile: celery-rabbitmq
        workers: {w: {}}
        tasks: {step: 1}
        send: [{at: 0, chain: [{id: A, task: step}, {id: B, task: step}, {id: C, task: step}]}]
        faults: [{at: 0.5, kill: w}]
        """
    )
    assert found == [
        {"kind": "gone", "names": ["A"], "why": "lost:acked"},
        {"kind": "unsent", "names": ["B"], "why": "never", "waits_for": [{"task": "A", "why": "lost"}]},
        {"kind": "unsent", "names": ["C"], "why": "never", "waits_for": [{"task": "B", "why": "unsent"}]},
    ]


REVOKE = """
profile: celery-redis
workers: {w: {starts_at: 5}, other: {queues: [other], starts_at: %s}}
tasks: {remind: 1}
send: [{at: 0, id: Early, task: remind}]
control: [{at: 2, revoke: Early%s}]
"""


def test_a_command_that_no_worker_hears_is_named() -> None:
    unheard = [{"kind": "unheard", "names": ["Early"], "where": "revoke", "since": 2.0}]
    assert accounted(REVOKE % (6, "")) == unheard
    assert accounted(REVOKE % (0, "")) == []
    # Somebody is there, but it was not meant for them.
    assert accounted(REVOKE % (0, ", destination: [w]")) == unheard


def test_each_message_is_named_with_who_holds_it_and_when_it_would_come_back() -> None:
    found = accounted(
        """
        profile: celery-redis
        config:
          task_acks_late: true
          worker_prefetch_multiplier: 2
          visibility_sweep: ideal
          broker_transport_options: {visibility_timeout: 60}
        workers: {w: {concurrency: 1}}
        tasks: {nap: 100}
        send:
          - {at: 0, id: A, task: nap}
          - {at: 1, id: E, task: nap, countdown: 30}
          - {at: 2, id: B, task: nap}
          - {at: 3, id: C, task: nap}
          - {at: 4, id: D, task: nap, queue: nobody}
        until: 10
        """
    )
    assert found == [
        {"kind": "ready", "names": ["C"], "where": "celery"},
        {"kind": "ready", "names": ["D"], "where": "nobody", "why": "no-consumer"},
        {"kind": "scheduled", "names": ["E"], "where": "w", "due": 31.0, "returns": 61.000001},
        {"kind": "reserved", "names": ["B"], "where": "w", "returns": 62.000001},
        {"kind": "active", "names": ["A"], "where": "w", "since": 3e-06, "returns": 60.000001},
    ]


OUTAGE = """
profile: celery-redis
config:
  worker_prefetch_multiplier: 4
  visibility_sweep: %s
  broker_transport_options: {visibility_timeout: 60}
workers: {w: {concurrency: 1}}
tasks: {nap: 30}
send: [{at: 0, id: A, task: nap}, {at: 1, task: nap, count: 2}]
faults: [{at: 5, %s}]
until: 10
"""


def test_what_left_a_workers_memory_is_named_with_the_time_it_comes_back() -> None:
    survives = OUTAGE.replace("config:", "config:\n  outage_crash: ideal")
    leased = {"kind": "leased", "names": ["nap_1", "nap_2"], "where": "w", "since": 5.0, "returns": 61.000001}
    assert accounted(survives % ("ideal", "down: broker"))[0] == leased | {"why": "broker-down"}
    ends = accounted(OUTAGE % ("ideal", "down: broker"))  # as Celery 5.7 does
    assert ends[0] == leased | {"why": "shutdown"}
    killed = accounted(OUTAGE % ("ideal", "kill: w"))
    assert killed[0] == leased | {"why": "killed"}
    assert killed[1] == {"kind": "gone", "names": ["A"], "why": "lost:acked"}
    # The real sweep looks every 100 s, from when a worker has connected.
    restarted = accounted((OUTAGE % ("real", "kill: w")).replace("kill: w}", "kill: w}, {at: 6, start: w}"))
    assert restarted[0] == leased | {"why": "killed", "returns": 106.0}


def test_a_revoke_that_died_with_its_only_worker_is_named() -> None:
    found = accounted(
        """
        profile: celery-rabbitmq
        workers: {w: {}}
        tasks: {remind: 1}
        send: [{at: 0, id: Later, task: remind, countdown: 100}]
        control: [{at: 1, revoke: Later}]
        faults: [{at: 2, kill: w}, {at: 4, start: w}]
        until: 10
        """
    )
    assert found[-1] == {"kind": "forgotten", "names": ["Later"], "since": 1.000001}


def test_a_publish_that_breaks_a_canvas_off_leaves_the_rest_untried() -> None:
    found = accounted(
        """
        profile: celery-redis
        config: {task_publish_retry: false}
        workers: {w: {}}
        tasks: {part: 1}
        send: [{at: 1, chord: {header: [{id: P, task: part}, {id: Q, task: part}], body: {id: Body, task: part}}}]
        faults: [{at: 0, down: broker, for: 2}]
        """
    )
    assert found == [
        {"kind": "unsent", "names": ["Q"], "why": "never"},
        {
            "kind": "unsent",
            "names": ["Body"],
            "why": "never",
            "waits_for": [{"task": "P", "why": "unpublished"}, {"task": "Q", "why": "unsent"}],
        },
    ]


def test_run_tell_and_the_last_page_say_the_same_and_json_has_it_as_data(ackademy: Call) -> None:
    case = str(CASES / "chord-member-dropped.yaml")
    scenario = load_scenario(case)
    run = Run(simulate(scenario), scenario)
    for lang in ("ko", "en"):
        texts = [told.text(lang) for told in account_lines(run.trace)]
        assert len(texts) == 2
        printed = ackademy("run", case, "--lang", lang).out
        told = list(tell(run, lang))
        page = closing_page(close_run(run, {}), None, lang, ended=True, changed=False, busy=False)
        unseen = closing_page(close_run(run, {}), None, lang, ended=False, changed=False, busy=False)
        for text in texts:
            assert text in printed
            assert f"  {text}" in told
            assert text in [row.text for row in page.rows]
            assert text not in [row.text for row in unseen.rows]
    data = json.loads(ackademy("run", case, "--json").out)
    assert data["unfinished"] == [one.as_data() for one in account_of(run.trace)]


def test_the_account_survives_the_trace_file(tmp_path: Path) -> None:
    for text in (OUTAGE % ("ideal", "kill: w"), (CASES / "chord-member-dropped.yaml").read_text("utf-8")):
        trace = simulate(parse_scenario(text))
        file = tmp_path / "trace.jsonl"
        with file.open("w", encoding="utf-8") as stream:
            write_trace(trace, stream)
        assert account_of(trace)
        assert account_of(read_trace(file.read_text("utf-8").splitlines(keepends=True))) == account_of(trace)


def unfinished_tasks(trace: Trace) -> set[str]:
    return {task.uuid for task in lives_of(trace).tasks.values() if task.outcome == "alive"}


@given(scenarios())
def test_every_task_without_an_end_is_named_and_worded(scenario: Scenario) -> None:
    trace = simulate(scenario)
    account = account_of(trace)
    placed = [name for one in account if one.kind not in ("unheard", "forgotten", "unsent") for name in one.names]
    assert unfinished_tasks(trace) <= set(placed)
    for told in account_lines(trace, most=1000):
        assert "{" not in told.text("ko")
        assert told.text("en")
