"""The prediction holds on a real Celery, scenario by scenario."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulator.cli import app
from simulator.measure.agreement import DRIFT, EXACT, TOLERANCE, Happening, Tolerance
from simulator.measure.difference import differs
from simulator.real.performing.application import make_app
from simulator.real.performing.limits import Refused
from simulator.real.performing.plan import make_plan, new_run, without_password
from simulator.real.performing.prepared import list_playable, prepare
from simulator.real.performing.reshape import plain_data, rebuilt, scaled, shifted
from simulator.real.performing.stage import Stage
from simulator.real.performing.verdict import Verdict, alike_workers, throttled
from simulator.real.verify import verify
from simulator.real.words import LIMITS, refusal, verdict_lines
from simulator.scenario import parse_scenario, scenario_names
from simulator.trace import read_trace
from simulator.world import world_at
from tests.lessons import lesson
from tests.real.brokers import URLS, case, needs
from tests.real.stories import CASES, STORIES


def performed(text: str, url: str, name: str = "story") -> Verdict:
    return verify(prepare(parse_scenario(text, file=f"{name}.yaml"), url))


@pytest.mark.real
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "broker"), [case(*one) for one in CASES])
def test_the_prediction_agrees_with_a_real_celery(name: str, broker: str) -> None:
    verdict = performed(STORIES[name][1], URLS[broker], name)
    assert verdict.differences == (), "\n".join(verdict_lines(verdict, "en"))
    assert any(event.type == "task-received" for event in verdict.recording)
    world_at(verdict.recording, len(verdict.recording))  # the recording plays


ALONE = """
tasks: {nap: 0.1, bad: {duration: 0.1, raises: ValueError}}
workers: {w1: {pool: solo}}
send: [{id: A, task: nap, at: 0.3}, {id: B, task: bad, at: 0.35}, {id: C, task: nap, at: 1.5}]
"""
AGAIN = """
exceptions: {Busy: Exception}
tasks: {again: {duration: 0.1, raises: [Busy, null], autoretry_for: [Busy], default_retry_delay: 0.3}}
workers: {w1: {pool: solo}}
send: [{id: A, task: again, at: 0.1}]
"""


@pytest.mark.real
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", [ALONE, AGAIN], ids=["alone", "again"])
def test_without_a_broker_it_runs_in_a_process_of_its_own(text: str) -> None:
    verdict = performed(text, "memory://")
    assert verdict.differences == ()  # in order, or where its polls came at other moments, as invariants


@pytest.mark.real
@pytest.mark.filterwarnings("ignore")
@needs("redis")
def test_a_wrong_prediction_is_told_with_its_first_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = tmp_path / "wrong.yaml"
    scenario.write_text("tasks: {nap: 0.6}\nworkers: {w1: {}}\nsend: [{id: A, task: nap, at: 0}]\n", encoding="utf-8")
    # What runs is made to take longer than what is predicted.
    make = make_plan

    def slower(*args: object) -> object:
        plan = make(*args)  # type: ignore[arg-type]
        plan.behaviours["A"][0]["sleep"] += 0.4
        return plan

    monkeypatch.setattr("simulator.real.performing.prepared.make_plan", slower)
    kept = tmp_path / "kept.jsonl"
    words = ["verify", str(scenario), "--broker", URLS["redis"], "--keep", str(kept), "--json"]
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 1, found.output
    told = json.loads(found.stdout)
    assert not told["agrees"]
    assert re.match(r"A: predicted succeeded w1 at 0\.6\d, recorded succeeded w1 at 1\.0", told["differences"][0])
    trace = read_trace(kept.read_text(encoding="utf-8").splitlines())
    assert world_at(trace, len(trace)).task("A").state == "SUCCESS"
    assert "takes about" in found.stderr
    assert "ackademy.verify." in found.stderr


@pytest.mark.parametrize(("gap", "is_race"), [(0.0, True), (0.5, False)])
def test_sends_that_are_close_together_may_be_a_race_between_workers_that_are_alike(gap: float, is_race: bool) -> None:
    text = f"tasks: {{a: 1}}\nworkers: 2\nsend: [{{task: a, at: 0}}, {{task: a, at: {gap}}}]\n"
    prepared = prepare(parse_scenario(text), "amqp://")
    alike = alike_workers(prepared.scenario)
    verdict = Verdict(
        *(
            prepared,
            prepared.trace,
            prepared.trace,
            "order",
            EXACT,
            (differs("nothing"),),
            None,
            frozenset(),
            alike,
            {},
            (),
        )
    )
    assert verdict.is_race == is_race
    assert any("race" in line for line in verdict_lines(verdict, "en")) == is_race


@pytest.mark.real
@pytest.mark.filterwarnings("ignore")
@needs("rabbitmq")
@pytest.mark.parametrize("routed", ["there", "astray"])
def test_a_real_celery_routes_by_itself_so_that_a_wrong_route_is_noticed(
    routed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
config: {task_routes: {'/ma.*/': {queue: mails}}}
tasks: {mail: 0.2, nap: {duration: 0.2, queue: naps}}
workers: {w1: {queues: [mails]}, w2: {queues: [naps]}}
send: [{id: M, task: mail, at: 0}, {id: N, task: nap, at: 0.1}]
until: 1
"""
    make = make_plan

    def astray(*args: object) -> object:
        plan = make(*args)  # type: ignore[arg-type]
        plan.conf["task_routes"]["/ma.*/"]["queue"] = "naps"
        return plan

    if routed == "astray":
        monkeypatch.setattr("simulator.real.performing.prepared.make_plan", astray)
    assert performed(text, URLS["rabbitmq"]).agrees == (routed == "there")


# -- without a broker -------------------------------------------------------------------------------------------


def test_calls_say_no_more_than_the_scenario_says_of_them() -> None:
    text = """
config: {task_routes: {mail: {queue: mails}}, task_default_priority: 3}
tasks: {mail: 1, nap: {duration: 1, queue: naps, priority: 5, expires: 9}}
workers: {w1: {queues: [mails, naps, celery]}}
send: [{id: M, task: mail}, {id: N, task: nap, at: 1}, {id: O, task: nap, at: 2, queue: celery, countdown: 1}]
"""
    plan = prepare(parse_scenario(text), "amqp://").plan
    assert [send["call"]["options"] for send in plan.sends] == [{}, {}, {"queue": "celery", "countdown": 1.0}]
    assert plan.conf["task_routes"] == {"mail": {"queue": "mails"}}
    assert plan.tasks["nap"]["queue"] == "naps"
    assert plan.tasks["nap"]["options"] == {"priority": 5, "expires": 9.0}


@pytest.mark.parametrize(
    ("asked", "broker", "used", "told"),
    [
        ("", "redis://h/1", "redis://h/1", None),
        ("", "amqp://", None, None),
        ("redis://", "redis://h/1", "redis://h/1", None),
        ("redis://", "amqp://", None, "no_backend"),
        ("rpc://", "redis://h/1", None, "no_backend"),
        ("file://", "amqp://", "file://", None),
        ("db+sqlite://", "redis://h/1", "file://", "backend"),
        ("cache+memcached://", "redis://h/1", "redis://h/1", "backend"),
    ],
)
def test_the_result_backend_is_the_scenarios_or_it_says_that_it_is_another(
    asked: str, broker: str, used: str | None, told: str | None
) -> None:
    config = f"config: {{result_backend: '{asked}'}}\n" if asked else ""
    prepared = prepare(parse_scenario(f"{config}tasks: {{a: 1}}\nsend: [{{task: a}}]\nworkers: 1\n"), broker)
    assert prepared.plan.backend == used
    codes = [limit.code for limit in prepared.deviations if "backend" in limit.code]
    assert codes == ([told] if told else [])


@pytest.mark.filterwarnings("ignore::celery.exceptions.CDeprecationWarning")
def test_no_application_knows_the_tasks_of_another() -> None:
    texts = [f"tasks: {{nap: {{duration: 1, queue: {queue}}}}}\nsend: [{{task: nap}}]\n" for queue in ("a", "b")]
    plans = [prepare(parse_scenario(text), "amqp://").plan for text in texts]
    queues = [make_app(plan).tasks["nap"].queue for plan in plans]
    assert queues == [f"{plan.prefix}{queue}" for plan, queue in zip(plans, "ab", strict=True)]


@pytest.mark.parametrize(("slot", "victim"), [("", "A"), (", slot: 2", "B"), (", slot: 3", "")])
def test_the_child_to_be_killed_is_the_one_in_that_slot(slot: str, victim: str) -> None:
    text = f"""
tasks: {{nap: 2}}
workers: {{w1: {{concurrency: 3}}}}
send: [{{id: A, task: nap, at: 0}}, {{id: B, task: nap, at: 0.5}}]
faults: [{{at: 1, kill_child: w1{slot}}}]
"""
    assert [fault["runs"] for fault in prepare(parse_scenario(text), "amqp://").plan.faults] == [victim]


def test_a_rate_limited_run_may_drift_with_each_start_and_nothing_else_may() -> None:
    scenario = parse_scenario("tasks: {a: {duration: 0.1, rate_limit: 2/s}, b: 0.1}\nsend: [{task: a}]\n")
    happenings = [Happening(n / 2, "task-started", "w", f"a{n}") for n in range(600)]
    happenings += [Happening(n / 2, "task-started", "w", f"b{n}") for n in range(600)]
    starts = throttled(scenario, happenings, {h.uuid: h.uuid[0] for h in happenings})
    tolerance = Tolerance(starts)
    assert [len(times) for times in starts] == [600]
    assert tolerance.at(-1.0) == TOLERANCE
    assert tolerance.at(10.0) == pytest.approx(TOLERANCE + 21 * DRIFT)
    assert tolerance.moved(-2.0).at(12.0) == tolerance.at(10.0)


@pytest.mark.parametrize("url", ["redis://10.1.2.3/0", "amqp://user:secret@example.com//"])
def test_a_broker_elsewhere_is_refused_without_a_word_and_its_password_is_not_shown(url: str) -> None:
    found = CliRunner().invoke(app, ["verify", "three-task-order", "--broker", url])
    assert found.exit_code == 2
    assert "--yes-this-broker" in found.stderr
    assert "secret" not in found.stderr


def test_a_broker_that_does_not_answer_ends_with_2() -> None:
    found = CliRunner().invoke(app, ["verify", "three-task-order", "--broker", "redis://127.0.0.1:1/0", "--lang", "ko"])
    assert found.exit_code == 2
    assert "응답하지 않습니다" in found.stderr


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "celery" else find(name))
    for words in (["verify", "three-task-order"], ["emit", "three-task-order", "--broker", "redis://127.0.0.1:1/0"]):
        found = CliRunner().invoke(app, words)
        assert found.exit_code == 2
        assert "ackademy[real]" in found.stderr


REFUSED = {
    "endless": "until: 1\n",
    "crontab": "tasks: {a: 1}\nuntil: 5\nbeat_schedule: {x: {task: a, schedule: {crontab: {minute: 5}}}}\n",
    "broker_down": "tasks: {a: 1}\nsend: [{task: a}]\nfaults: [{at: 1, down: broker, for: 1}]\n",
    "service": "tasks: {a: {calls: s}}\nservices: {s: {capacity: 1}}\nsend: [{task: a}]\n",
    "cores": "tasks: {a: {duration: 1, cpu: true}}\nworkers: {w: {cores: 1}}\nsend: [{task: a}]\n",
    "chord": "tasks: {a: 1}\nsend: [{chord: {header: [{task: a}], body: {task: a}}}]\n",
    "pool": "tasks: {a: 1}\nworkers: {w: {pool: eventlet}}\nsend: [{task: a}]\n",
    "kills_worker": "tasks: {a: {duration: 1, kills: worker}}\nsend: [{task: a}]\n",
    "lock": "tasks: {a: {duration: 1, lock: {by: send}}}\nsend: [{task: a}]\n",
    "gets": "tasks: {a: {gets: [b]}, b: 1}\nsend: [{task: a}]\n",
}


@pytest.mark.parametrize("code", [code for code in REFUSED if code != "endless"])
def test_what_cannot_be_real_is_refused_before_anything_starts(code: str) -> None:
    with pytest.raises(Refused) as caught:
        prepare(parse_scenario(REFUSED[code]), "amqp://")
    assert code in {limit.code for limit in caught.value.limits}


def test_a_refusal_tells_the_place() -> None:
    with pytest.raises(Refused) as caught:
        prepare(parse_scenario(REFUSED["lock"]), "amqp://")
    assert [line.text("en").split(": this cannot")[0] for line in refusal(caught.value.limits)] == [
        "scenario.yaml:1:32"
    ]


def test_a_worker_that_starts_later_is_not_stopped_before() -> None:
    """Nor does anything happen in the simulation (search: seed 2026-5)."""
    workers = "workers: {w1: {}, w2: {starts_at: 2}}\ntasks: {a: 1}\nsend: [{task: a}]\n"
    lines = "faults: [{at: 1, stop: w2}, {at: 3, stop: w2}, {at: 1, kill: w1}, {at: 1, kill_child: w2}]\n"
    plan = prepare(parse_scenario(f"{workers}until: 5\n{lines}"), "amqp://").plan
    assert [fault["early"] for fault in plan.faults] == [True, False, False, True]

    class Still(Stage):
        def spawn(self, name: str) -> None:
            raise AssertionError(name)

    stage = Still(plan)
    stage.carry_out_fault(0, plan.faults[0])
    assert [(deed.fault, deed.what) for deed in stage.deeds] == [(0, "nothing")]


def test_where_there_is_no_broker_other_lessons_are_offered() -> None:
    refused = CliRunner().invoke(app, ["verify", "three-task-order", "--lang", "en"])
    assert refused.exit_code == 2
    lessons = list_playable("memory://")
    assert len(lessons) == 3
    assert f"Try: ackademy verify {lessons[0][0]}" in refused.stderr


def test_memory_has_one_worker() -> None:
    with pytest.raises(Refused) as caught:
        prepare(parse_scenario("tasks: {a: 1}\nworkers: 2\nsend: [{task: a}]\n"), "memory://")
    assert [limit.code for limit in caught.value.limits] == ["one_process"]


def test_every_limit_has_words_in_both_languages() -> None:
    for words in LIMITS.values():
        assert set(re.findall(r"{(\w+)}", words.ko)) == set(re.findall(r"{(\w+)}", words.en))
        assert re.search("[가-힣]", words.ko)


def test_passwords_are_not_shown_and_runs_have_names_of_their_own() -> None:
    assert without_password("amqp://me:secret@host:1//") == "amqp://me:***@host:1//"
    assert new_run() != new_run()


def movable() -> list[str]:
    """The lessons that depend on nothing but when things are sent: no worker's phase, no beat, no controller."""
    models = {name: lesson(name).model for name in scenario_names()}
    return [
        name
        for name, model in models.items()
        if not model.beat_schedule and not model.scale and not any(worker.phase for worker in model.workers.values())
    ]


@pytest.mark.parametrize("name", movable())
def test_a_scenario_moved_in_time_does_the_same_later(name: str) -> None:
    from simulator.engine import simulate

    data = plain_data(lesson(name))
    first, later = simulate(rebuilt(data, name)), simulate(rebuilt(shifted(data, 2), name))
    kinds = ("task-sent", "task-received", "task-started", "task-succeeded", "task-failed")
    told = [[(e.type, e.uuid, e.t - by) for e in t if e.type in kinds] for t, by in ((first, 0), (later, 2_000_000))]  # type: ignore[attr-defined]
    assert told[0] == told[1]


def test_everything_is_scaled_but_what_celery_counts_in_whole_seconds() -> None:
    text = """
config: {worker_soft_shutdown_timeout: 4, broker_transport_options: {visibility_timeout: 8}}
tasks:
  a: {duration: {uniform: [1, 2]}, time_limit: 4, rate_limit: 10/s, default_retry_delay: 3, retry_backoff: 2}
workers: {w: {starts_at: 2}}
send: [{task: a, every: 2, count: 3, from: 1}, {chain: [{task: a, countdown: 3}, {task: a}], at: 5}]
beat_schedule: {b: {task: a, schedule: 6, options: {expires: 2}}}
faults: [{at: 3, stop: w}]
until: 20
"""
    found = scaled(plain_data(parse_scenario(text)), 0.5)
    assert found["tasks"]["a"]["duration"] == {"uniform": [0.5, 1.0]}
    assert found["tasks"]["a"]["retry_backoff"] == 2
    assert found["tasks"]["a"]["rate_limit"] == pytest.approx(20)
    assert found["send"][0] | {"task": "a"} == {"task": "a", "every": 1.0, "count": 3, "from": 0.5}
    assert found["send"][1]["chain"][0]["countdown"] == 1.5
    assert found["beat_schedule"]["b"]["schedule"] == 3.0
    assert (found["until"], found["faults"][0]["at"], found["workers"]["w"]["starts_at"]) == (10.0, 1.5, 1.0)
    assert found["config"]["broker_transport_options"]["visibility_timeout"] == 4.0
    rebuilt(found, "scaled")


@pytest.mark.parametrize(("pool", "sleeps"), [("prefork", True), ("gevent", False)])
def test_a_body_that_computes_really_does_among_greenlets_where_it_matters(pool: str, sleeps: bool) -> None:
    send = "send: [{at: 0, task: burn}]"
    text = f"tasks: {{burn: {{duration: 1, cpu: true}}}}\nworkers: {{w: {{pool: {pool}}}}}\n{send}\n"
    prepared = prepare(parse_scenario(text), "redis://", here=False)
    assert ("sleeps" in [limit.code for limit in prepared.deviations]) == sleeps
    assert prepared.plan.tasks["burn"]["cpu"]


def test_a_pool_whose_library_is_missing_is_refused_where_it_would_be_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.real.performing.limits.find_spec", lambda name: None)
    scenario = parse_scenario("tasks: {a: 1}\nworkers: {w: {pool: gevent}}\nsend: [{at: 0, task: a}]\n")
    with pytest.raises(Refused):
        prepare(scenario, "redis://")
    assert prepare(scenario, "redis://", here=False).plan.workers["w"]["pool"] == "gevent"
