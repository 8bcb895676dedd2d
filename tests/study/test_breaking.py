"""`break` finds, without help, the schedules that Celery's settings do not survive, and says where they hold."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.engine import simulate
from simulator.measure import evaluate_text
from simulator.scenario import load_scenario
from simulator.story.catalog import BOTH
from simulator.study.break_report import broken_lines, holds_lines
from simulator.study.breaking import PAIRS, SEEDS, SINGLES, Broken, Search, Shrinking, fewer_calls
from simulator.study.executors import Here, Workplace, this_machine
from simulator.study.injections import KINDS, injections_of
from simulator.study.trials import staged
from tests.benchmarks.engine import markovian
from tests.strategies import build
from tests.test_cli import Call, ackademy  # noqa: F401 - a fixture

HERE = Workplace(Here(), 1, 0.1)

EARLY: dict[str, Any] = {
    "profile": "celery-redis",
    "workers": {"w1": {"concurrency": 2}, "w2": {}},
    "tasks": {"pay": {"duration": {"uniform": [1, 2]}}},
    "send": [{"task": "pay", "every": 1, "count": 4}, {"at": 3, "task": "pay"}],
}
SAFE = {**EARLY, "config": {"task_acks_late": True, "task_reject_on_worker_lost": True}}
SHORT_LEASE = {**SAFE, "config": {**SAFE["config"], "broker_transport_options": {"visibility_timeout": 4}}}
LEASE = {**SAFE["config"], "broker_transport_options": {"visibility_timeout": 60}}
LONG = {**SAFE, "config": LEASE, "tasks": {"pay": 15}, "workers": 2}
CHORD = {
    "profile": "celery-redis",
    "workers": 2,
    "tasks": {"part": 1, "total": 1},
    "send": [{"at": 0, "chord": {"header": [{"task": "part"}, {"task": "part"}], "body": {"task": "total"}}}],
}
STORM = {
    "profile": "celery-rabbitmq",
    "config": {"hop": 0, "task_acks_late": True, "worker_prefetch_multiplier": 1},
    "services": {"mail": {"capacity": 2}},
    "workers": {"worker1": {"pool": "gevent", "concurrency": 60}},
    "tasks": {
        "send_email": {
            "duration": 1,
            "calls": "mail",
            "autoretry_for": ["Timeout", "Overloaded"],
            "max_retries": 3,
            "default_retry_delay": 10,
        }
    },
    "send": [{"task": "send_email", "every": 1.5, "burst": 2, "count": 30}],
}
"""Lesson 20 on a quiet day: without an outage, every email goes out at once."""


def search(data: dict[str, Any], goal: str, *kinds: str, lasts: float = 5, budget: int = 400) -> Search:
    found = Search(build(data), (goal,), kinds or KINDS, (lasts,), budget)
    for done, total in found.run(HERE):
        assert done <= total
    return found


def shrunk(found: Search) -> Broken:
    assert found.found is not None
    smallest = Shrinking(found, found.found).run()
    trace = simulate(staged(smallest.scenario, smallest.seed, smallest.faults))
    assert evaluate_text(found.goals[0], trace) is not True
    assert evaluate_text(found.goals[0], simulate(smallest.scenario.seeded(smallest.seed))) is True
    return smallest


def test_early_ack_loses_a_payment_when_its_worker_is_killed() -> None:
    smallest = shrunk(search(EARLY, "lost == 0", "kill"))
    (fault,) = smallest.faults
    assert (fault.kind, fault.event, fault.is_after, smallest.sent) == ("kill", "message-acked", True, 1)


def test_a_child_that_is_killed_makes_its_task_fail_for_good() -> None:
    (fault,) = shrunk(search(EARLY, "failed == 0", "child")).faults
    assert fault.kind == "child"
    assert search(EARLY, "lost == 0", "child", budget=60).found is None


def test_late_ack_loses_nothing_and_that_is_said() -> None:
    found = search(SAFE, "lost == 0", "kill", "outage", budget=300)
    assert found.found is None
    assert found.tried[SINGLES] == len(found.possible)
    assert sum(found.tried.values()) == pytest.approx(300, abs=2)
    assert found.tried[PAIRS] > found.tried[SEEDS] > 0
    text = "\n".join(one.text(BOTH) for one in holds_lines(found))
    assert f"all {len(found.possible)} schedules of seed 1 with one fault" in text
    assert f"단일 장애 {len(found.possible)}가지 모두" in text


def test_late_ack_runs_twice_under_a_short_visibility_timeout() -> None:
    (fault,) = shrunk(search(LONG, "duplicates == 0", "slow", lasts=30)).faults
    assert fault.kind == "slow"
    assert search({**LONG, "config": SAFE["config"]}, "duplicates == 0", "slow", lasts=30, budget=40).found is None


def test_an_outage_of_the_mail_server_becomes_a_retry_storm() -> None:
    found = search(STORM, "failed == 0", "outage", lasts=30, budget=40)
    assert found.found is not None
    (fault,) = found.found.faults
    assert fault.target == "services.mail"


def test_a_chord_is_lost_with_a_part_of_its_header() -> None:
    smallest = shrunk(search(CHORD, "succeeded(total) == 1", "kill"))
    assert smallest.sent == 2
    late = {**CHORD, "config": SHORT_LEASE["config"]}
    assert search(late, "succeeded(total) == 1", "kill", budget=150).found is None


def test_a_goal_that_breaks_by_itself_needs_no_fault() -> None:
    found = search({**EARLY, "faults": [{"at": 0.5, "kill": "w1"}]}, "lost == 0")
    assert found.found is not None
    broken = Shrinking(found, found.found).run()
    assert broken.faults == ()
    assert "without any fault" in "\n".join(one.text("en") for one in broken_lines(found, broken, "lost == 0"))


def test_processes_find_the_same_schedule() -> None:
    other = Search(build(EARLY), ("lost == 0",), KINDS, (5,), 400)
    with this_machine(2) as place:
        for _ in other.run(place):
            pass
    assert other.found == search(EARLY, "lost == 0").found


def test_a_trial_with_too_many_events_is_given_up_undecided() -> None:
    found = Search(markovian("celery-redis", 300), ("lost == 0",), ("kill",), (5,), 6)
    found.setup = replace(found.setup, max_events=1000)
    for _ in found.run(HERE):
        pass
    assert (found.found, found.undecided) == (None, sum(found.tried.values()))
    assert "given up undecided" in "\n".join(one.text("en") for one in holds_lines(found))


def test_every_moment_is_named_by_an_event_and_none_comes_twice() -> None:
    scenario = build(EARLY)
    trace = simulate(scenario)
    found = injections_of(trace, scenario, KINDS, (5,))
    keys = [(one.kind, one.target, one.at) for one in found]
    assert len(keys) == len(set(keys))
    times = {event.t for event in trace}
    assert all(one.at - one.is_after in times for one in found)
    assert {one.kind for one in found} == set(KINDS)


def test_calls_are_taken_away_boldly_first() -> None:
    lines = [{"task": "a", "count": 4}, {"task": "b"}]
    found = list(fewer_calls(build({"tasks": {"a": 1, "b": 1}, "send": lines})))
    assert found[0] == [{"task": "b"}]
    assert {"task": "a", "count": 1} in found[2]
    assert [len(one) for one in found] == [1, 1, 2, 2, 2]


def test_what_is_found_is_saved_as_a_scenario_that_breaks(ackademy: Call, tmp_path: Path) -> None:  # noqa: F811
    original, saved = tmp_path / "pay.yaml", tmp_path / "broken.yaml"
    original.write_text(json.dumps(EARLY))
    words = ("break", str(original), "--faults", "kill", "--for", "5", "--save", str(saved), "--jobs", "1")
    ended = ackademy(*words)
    assert (ended.status, ended.err) == (1, "")
    assert "Broken: lost == 0" in ended.out
    assert "--variant smallest --at" in ended.out
    for variant in (None, "smallest"):
        scenario = load_scenario(saved, variant=variant)
        assert evaluate_text("lost", simulate(scenario)) == 1
        assert [goal.test for goal in scenario.goals] == ["lost == 0"]
    data = json.loads(ackademy(*words, "--json").out)
    assert data["found"]["faults"][0]["kill"] == "w1"
    assert "깨졌습니다" in ackademy(*words, "--lang", "ko").out


def test_a_variant_with_captions_of_its_own_is_saved_without_them(ackademy: Call, tmp_path: Path) -> None:  # noqa: F811
    saved = tmp_path / "broken.yaml"
    asked = ("break", "find-the-schedule", "--variant", "late", "--set", "faults=[]", "--goal", "duplicates == 0")
    ended = ackademy(*asked, "--faults", "kill", "--for", "5", "--save", str(saved), "--jobs", "1")
    assert (ended.status, ended.err) == (1, "")
    # The lesson's own faults were taken away, which `extends` cannot say: so the schedule is a variant.
    assert "--variant found --at" in ended.out
    assert evaluate_text("duplicates", simulate(load_scenario(saved, variant="found"))) == 1


def test_what_is_changed_inside_a_list_is_saved_too(ackademy: Call, tmp_path: Path) -> None:  # noqa: F811
    original, saved = tmp_path / "pay.yaml", tmp_path / "broken.yaml"
    original.write_text(json.dumps(EARLY))
    asked = ("break", str(original), "--set", "send.0.count=2", "--set", "tasks.*.duration=3", "--faults", "kill")
    ended = ackademy(*asked, "--save", str(saved), "--jobs", "1")
    assert (ended.status, ended.err) == (1, "")
    for variant, sent in (("found", 3), ("smallest", 1)):
        trace = simulate(load_scenario(saved, variant=variant))
        assert [evaluate_text(text, trace) for text in ("lost", "sent", "max(wait) < 100")] == [1, sent, True]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--faults", "fire"), "fire is no kind of fault"),
        (("--goal", "lost"), "is no condition"),
        (("--save", "/nowhere/at/all.yaml"), "all.yaml"),
    ],
)
def test_wrong_questions_are_refused(ackademy: Call, words: tuple[str, ...], told: str) -> None:  # noqa: F811
    ended = ackademy("break", "crash-early-late", "--jobs", "1", *words)
    assert ended.status == 2
    assert told in ended.err


def test_the_search_and_the_knobs_need_no_extra() -> None:
    code = "import sys\nfor name in ('numpy', 'scipy', 'dask', 'distributed', 'plotly'): sys.modules[name] = None\n"
    code += "import simulator.cli.breaking, simulator.study.break_report, simulator.study.knob_study, simulator.tui.app"
    subprocess.run([sys.executable, "-c", code], check=True)
