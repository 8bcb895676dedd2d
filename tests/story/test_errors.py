"""Every code of a problem is worded, with parameters that are there, and reads as an editor can follow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from simulator.cli import app
from simulator.course.craft import reason_flaws
from simulator.course.grading import find_belief_flaws
from simulator.course.verdict import check_run
from simulator.engine import LimitReached, Simulation, simulate
from simulator.scenario import Edit, Mark, Problem, ScenarioError, load_scenario, parse_scenario
from simulator.scenario.checks.memory import VARIABLE, memory_limit
from simulator.scenario.convert import finding
from simulator.scenario.schema.basics import Strict
from simulator.scenario.source import read_source
from simulator.story.problems.errors import format_problem, format_problems, limit_problem, problems_in
from simulator.story.problems.problem_words import PROBLEMS
from simulator.story.reasons import reasons_of
from simulator.story.run import Run, open_run
from simulator.story.stops import AnswerError, right_choice
from simulator.trace import TraceFileError, read_trace, write_trace
from tests.engine.test_memory import Nowhere, stopped_for_quiet
from tests.sources import PACKAGE, modules
from tests.story.goldens import hold
from tests.trace.examples import EXAMPLES

SEND = "send: [{%s}]"
ASK = "ask: [{at: 0, en: Who?, choices: [a, b], answer: %s}]"

SCENARIOS = {
    "yaml.too_large": "# " + "x" * 1_000_000,
    "yaml.characters": "title: a\x07b",
    "yaml.not_a_mapping": "- one\n- two",
    "yaml.tab": "tasks:\n\tsend_email: 2",
    "yaml.syntax": "tasks: {send_email: 2",
    "yaml.alias": "tasks: &tasks {a: 1}",
    "yaml.documents": "until: 1\n---\nuntil: 2",
    "yaml.too_many": "until: [" + "1, " * 100_000 + "1]",
    "yaml.too_deep": "until: " + "[" * 60 + "]" * 60,
    "yaml.tag": "until: !!python/object:os.system 1",
    "yaml.key_not_text": "? [a, b]\n: 1",
    "yaml.boolish_key": "send: [{task: a, on: 1}]",
    "yaml.boolish": "config: {task_acks_late: yes}",
    "yaml.duplicate": "tasks: {a: 1, a: 2}",
    "yaml.clock": "until: 1:30",
    "yaml.number": "seed: 0x10",
    "key.missing": SEND % "each: [{args: [1]}]",
    "key.unknown": "zzz: 1",
    "key.did_you_mean": "workers: {worker1: {concurency: 2}}",
    "key.belongs": "max_retries: 3",
    "key.old": "config: {CELERYD_MAX_TASKS_PER_CHILD: 1000}",
    "key.planned": "config: {worker_pool_restarts: true}",
    "value.planned": "config: {broker_url: 'mongodb://localhost'}",
    "type.integer": "seed: [1]",
    "type.number": "until: soon",
    "type.boolean": "config: {task_acks_late: 1}",
    "type.text": SEND % "task: a, id: A, producer: web, until: 3, from: 1, every: 1, queue: q"
    + "\nask: [{at: 0, en: [1], choices: [a, b], answer: sent}]",
    "type.list": "send: {task: a}",
    "type.mapping": "config: [1]",
    "value.bound": "until: -1",
    "value.one_of": "polls: sometimes",
    "value.celery_version": "celery_version: 4.4",
    "version.lacks": "{celery_version: 5.3, config: {worker_soft_shutdown_timeout: 3}}",
    "version.deaf": "{celery_version: 5.3, profile: celery-redis, tasks: {a: 1}, workers: {w: {}}, "
    "send: [{at: 0, task: a}], faults: [{at: 1, down: broker, for: 1}]}",
    "value.timezone": "config: {timezone: Mars/Olympus}",
    "value.time_zero": "time_zero: tomorrow",
    "list.too_short": "ask: [{at: 0, en: Who?, choices: [a], answer: sent}]",
    "list.too_long": "ask: [{at: 0, en: Who?, choices: [a, b, c, d, e], answer: sent}]",
    "seconds": SEND % "task: a, at: -1",
    "name": SEND % "task: ''",
    "identifier": SEND % "task: a, id: Task-1",
    "text": "title: {fr: Commande}",
    "effect_at": "tasks: {a: {effect_at: middle}}",
    "raises": "tasks: {a: {raises: {SMTPException: 2}}}",
    "profile": "profile: gide",
    "broker_url": "config: {broker_url: 'reddis://x'}",
    "workers.count": "workers: 5000",
    "distribution.shape": "tasks: {a: {duration: [1, 2]}}",
    "distribution.kind": "tasks: {a: {duration: {exponetial: 2}}}",
    "distribution.exponential": "tasks: {a: {exponential: 0}}",
    "distribution.uniform": "tasks: {a: {uniform: [4, 1]}}",
    "distribution.normal": "tasks: {a: {normal: 2}}",
    "distribution.lognormal": "tasks: {a: {lognormal: {median: 2}}}",
    "distribution.choice": "tasks: {a: {choice: [1, 2]}}",
    "distribution.list": "tasks: {a: {list: []}}",
    "send.recording_missing": SEND % "recording: none.jsonl",
    "send.recording_alone": SEND % "recording: none.jsonl, count: 2",
    "send.needs_every": SEND % "task: a, from: 1",
    "send.at_or_every": SEND % "task: a, at: 1, every: 2",
    "send.commits_or_outbox": SEND % "task: a, commits: 1, outbox: 5",
    "send.commits_canvas": SEND % "chain: [{task: a}], commits: 1",
    "worker.task": "tasks: {pay: 1}\nworkers: {w: {tasks: [pya]}}\nsend: [{at: 0, task: pay}]",
    "send.countdown_or_eta": SEND % "task: a, countdown: 1, eta: 2",
    "send.task_or_each": SEND % "task: a, each: [{task: b}]",
    "send.each_has_options": SEND % "each: [{task: a}], priority: 9",
    "canvas.one_kind": SEND % "chain: [{task: a}, {task: b, group: [{task: c}]}]",
    "canvas.has_options": SEND % "chain: [{task: a}, {task: b}], priority: 9",
    "gets.id": "tasks: {a: {gets: [{task: a, id: A}]}}",
    "canvas.immutable": SEND % "task: a, immutable: true",
    "queue.classic_limit": "profile: celery-rabbitmq\nqueues: {celery: {queue_type: classic, delivery_limit: 3}}\n",
    "queue.quorum_priority": "profile: celery-rabbitmq\nqueues: {celery: {delivery_limit: 3, max_priority: 3}}\n",
    "canvas.rpc": "tasks: {a: 1}\nconfig: {result_backend: 'rpc://'}\n"
    + SEND % "chain: [{group: [{task: a}]}, {task: a}]",
    "result_backend": "config: {result_backend: 'reddis://'}",
    "beat.until": "tasks: {a: 1}\nbeat_schedule: {tick: {task: a, schedule: 5}}",
    "beat.place": "config: {beat_schedule: {tick: {task: a, schedule: 5}}}",
    "beat.schedule": "until: 9\ntasks: {a: 1}\nbeat_schedule: {tick: {task: a, schedule: {}}}",
    "beat.crontab": "until: 9\ntasks: {a: 1}\nbeat_schedule: {tick: {task: a, schedule: {crontab: {minute: 60}}}}",
    "beat.name": "until: 9\ntasks: {a: 1}\nworkers: {beat: {}}\nbeat_schedule: {tick: {task: a, schedule: 5}}",
    "beat.nothing": "workers: {worker1: {beat: true}}",
    "send.every_zero": SEND % "task: a, every: 0",
    "send.until": SEND % "task: a, from: 3, until: 2, every: 1",
    "send.id_twice": "tasks: {a: 1}\nsend:\n  - {task: a, id: Task1}\n  - {task: a, id: Task1}",
    "send.unregistered": "tasks: {send_email: 1}\n" + SEND % "task: send_emial",
    "worker.unknown": "faults: [{at: 1, kill: worker3}]",
    "fault.one_action": "faults: [{at: 1, kill: worker1, start: worker2}]",
    "fault.belongs": "faults: [{at: 1, kill: worker1, how: cold}]",
    "fault.no_sweep": "profile: celery-rabbitmq\nfaults: [{at: 1, kill: worker1, during: sweep}]",
    "fault.no_connection": "profile: celery-sqs\nfaults: [{at: 1, disconnect: worker1}]",
    "fault.down": "services: {mail: {}}\nfaults: [{at: 1, down: services.mial}]",
    "set.not_running": "faults: [{at: 1, set: {config.worker_concurrency: 4}}]",
    "set.unknown": "tasks: {send_email: 1}\nfaults: [{at: 1, set: {tasks.send_emial.duration: 4}}]",
    "fault.for_or_until": "faults: [{at: 1, down: broker, for: 2, until: 3}]",
    "fault.rolling_every": "faults: [{at: 1, rolling: [worker1]}]",
    "scale.bounds": "scale: [{workers: worker*, by: running, min: 2, replicas: 1}]",
    "scale.too_few": "scale: [{workers: worker*, by: running, max: 9}]",
    "scale.twice": "scale: [{workers: worker*, by: running}, {workers: worker1, by: running}]",
    "scale.starts_at": "workers: {w: {starts_at: 3}}\nscale: [{workers: w, by: running}]",
    "scale.signal": "scale: [{workers: worker*, by: p95(wait) > 3}]",
    "fault.until": "faults: [{at: 4, down: broker, until: 3}]",
    "worker.memory_limit": "workers: {w: {concurrency: 4, memory: 100, memory_limit: 300}}",
    "worker.autoscale": "workers: {w: {autoscale: [3, 10]}}",
    "control.one_command": "control: [{at: 1, revoke: a_1, shutdown: all}]",
    "control.belongs": "control: [{at: 1, revoke: a_1, rate: 3}]",
    "control.needs": "control: [{at: 1, add_consumer: all}]",
    "task.unknown": "tasks: {send_email: 1}\ncontrol: [{at: 1, rate_limit: send_emial, rate: 1/s}]",
    "rate": "tasks: {a: {rate_limit: 10/d}}",
    "service.unknown": "services: {mail: {}}\ntasks: {a: {calls: mial}}",
    "route.pattern": "config: {task_routes: {'/shop.(/': shop}}",
    "route.dead_letter_queue": "profile: celery-rabbitmq\nconfig: {task_routes: {a: {dead_letter_queue: failed}}}",
    "knob.range_or_values": "knobs: [{path: tasks.a.duration, range: [1, 9], values: [1, 2], en: How long}]",
    "moment.one": "say: [{after: {event: poll, kill: worker1}, en: Hello}]",
    "stop.one_moment": "say: [{at: 1, after: {event: poll}, en: Hello}]",
    "stop.no_words": "say: [{at: 1}]",
    "event.unknown": "say: [{after: {event: task-begun}, en: Hello}]",
    "ask.no_such_choice": ASK % "{c: sent == 1}",
    "ask.two_else": ASK % "{a: else, b: else}",
    "variant.empty": "variants: {same: {}}",
    "goal.too_long": "goals: ['" + "1 + " * 200 + "1 == 1']",
    "goal.brackets": "tasks: {pay: 1}\n" + SEND % "task: pay" + "\ngoals: [lost == 0, started_at(pay_1, 2) >= 30]",
    "goal.syntax": "goals: ['lost = 0']",
    "goal.not_allowed": "goals: [lost ** 2 == 0]",
    "goal.unknown_measure": "goals: [suceeded(a) == 1]",
    "goal.arguments": "goals: [runs() == 1]",
    "goal.subject": "goals: [mean(runs) == 1]",
    "goal.argument_name": "goals: [runs(1) == 1]",
    "goal.argument_number": "tasks: {pay: 1}\ngoals: ['started_at(pay_1, pay) == 1']",
    "goal.unknown_name": "tasks: {pay: 1}\n" + SEND % "task: pay, id: Task1" + "\ngoals: [worker_of(Task1) == wroker1]",
    "goal.unknown_id": "tasks: {pay: 1}\n"
    + SEND % "task: pay, id: Task1"
    + "\ngoals: [lost == 0 and state(Task2) == SUCCESS]",
    "goal.unknown_task": "tasks: {send_email: 1}\n" + SEND % "task: send_email" + "\ngoals: [runs(send_emial) == 1]",
    "goal.unknown_worker": "workers: {bulk: {}}\ngoals: [util(fast) > 0.5]",
    "goal.unknown_queue": "queues: {normal: {}}\ngoals: ['max(queue, normel) < 5']",
    "goal.unknown_service": "services: {mail: {}}\ngoals: ['peak(calls.mial, 3, end) <= 20']",
    "path.no_such": "tasks: {pay: 1}\nexercise: {may_change: [tasks.pya.acks_late], ko: 고치기, en: Repair it}",
    "path.no_key": "tasks: {pay: 1}\nknobs: [{path: tasks.pay.durtion, range: [1, 9], ko: 시간, en: Time}]",
    "exception.loop": "exceptions: {Timeout: Slow, Slow: Timeout}",
    "say.look": "say: [{at: 1, look: [wroker1], ko: 보세요, en: Look}]",
    "exercise.too_wide": "tasks: {pay: 1}\nexercise: {may_change: [config, tasks.pay], ko: 고치기, en: Repair it}",
    "exercise.misconception": "tasks: {a: 1}\nexercise: {may_change: [workers], ko: 고치기, en: Repair it, "
    "misconceptions: [{set: {tasks.a.acks_late: true}, ko: 믿음, en: A belief}]}",
    "ask.answer": ASK % "[worker1]",
    "task.soft_above_hard": "tasks: {a: {soft_time_limit: 3, time_limit: 2}}",
    "task.retry_backoff": "tasks: {a: {retry_backoff: soon}}",
    "variant.too_much": SEND % ", ".join(["task: a"])
    + "\nworkers: 2000\nvariants: {"
    + ", ".join(f"v{n}: {{set: {{seed: {n}}}}}" for n in range(30))
    + "}",
    "idle.acks_late": "tasks: {a: 1}\n" + SEND % "task: a" + "\nconfig: {task_acks_late: true}",
    "idle.pushed": "profile: celery-rabbitmq\nconfig: {broker_transport_options: {polling_interval: 2}}",
    "idle.no_autoretry": "tasks: {a: {raises: E, retry_backoff: 2}}",
    "idle.no_backoff": "tasks: {a: {raises: E, autoretry_for: [E], retry_jitter: false}}",
    "idle.backoff_wins": "tasks: {a: {raises: E, autoretry_for: [E], retry_backoff: 2, retry_kwargs: {countdown: 9}}}",
    "idle.no_retry": "tasks: {a: {raises: E, max_retries: 5}}",
    "idle.never_fails": "tasks: {a: {duration: 1, dead_letter_queue: failed}}",
    "idle.priority": "profile: celery-rabbitmq\ntasks: {a: 1}\n" + SEND % "task: a, priority: 9",
    "idle.not_consumed": "tasks: {a: 1}\nworkers: {w: {queues: [high]}}\nsend: [{task: a}]",
    "idle.nothing_sent": "tasks: {a: 1}\nworkers: {w: {queues: [celery, hihg]}}\n" + SEND % "task: a",
    "idle.queue": "queues: {high: {max_length: 3}}",
    "idle.overflow": "queues: {celery: {overflow: reject-publish}}",
    "idle.service": "services: {mail: {latency: 1}}\ntasks: {a: 1}",
    "idle.result_backend": "services: {result_backend: {rate_limit: 5}}",
    "idle.exception": "exceptions: {SMTPException: OSError}\ntasks: {a: {raises: OSError}}",
    "idle.route": "config: {task_routes: {send_emial: {queue: mail}}}\ntasks: {send_email: 1}",
    "idle.all_workers": "config: {worker_concurrency: 4}\nworkers: {w: {concurrency: 2}}",
    "idle.after_end": "until: 10\nfaults: [{at: 10, kill: worker1}]",
    "idle.no_leases": "profile: celery-rabbitmq\nconfig: {broker_transport_options: {visibility_timeout: 60}}",
    "idle.redis_only": "profile: celery-rabbitmq\nconfig: {worker_disable_prefetch: true}",
    "idle.sqs_only": "profile: celery-redis\nconfig: {broker_transport_options: {wait_time_seconds: 5}}",
    "idle.amqp_only": "profile: celery-redis\nworkers: 1\nqueues: {celery: {message_ttl: 5}}",
    "idle.dead_letters": "profile: celery-redis\nworkers: 1\nqueues: {celery: {delivery_limit: 2}}",
    "idle.half_redrive": "profile: celery-sqs\nworkers: 1\nqueues: {celery: {delivery_limit: 2}}",
    "idle.no_dead_letters": "profile: celery-rabbitmq\nqueues: {celery: {dead_letter_routing_key: dead}}",
    "idle.no_gossip": "workers: {w: {without_gossip: true}}",
    "idle.no_time_limits": "config: {worker_pool: threads}\ntasks: {a: {time_limit: 3}}",
    "idle.no_children": "workers: {w: {pool: solo, max_tasks_per_child: 3}}",
    "idle.rate_limits_off": "config: {worker_disable_rate_limits: true}\ntasks: {a: {rate_limit: 3/m}}",
    "idle.not_late": "profile: celery-redis\ntasks: {a: {reject_on_worker_lost: true}}",
    "idle.no_autoscale": "workers: {w: {}}\ncontrol: [{at: 1, autoscale: w, max: 5}]",
    "idle.solo": "workers: {w: {pool: solo}}\ncontrol: [{at: 1, pool_grow: w}]",
    "idle.revokes_nothing": "tasks: {a: 1}\nsend: [{task: a, id: Task1}]\ncontrol: [{at: 1, revoke: Task2}]",
    "idle.no_terminate": "workers: {w: {pool: threads}}\ntasks: {a: 1}\nsend: [{task: a}]\n"
    "control: [{at: 1, revoke: a_1, terminate: true}]",
    "idle.start": "faults: [{at: 3, start: worker1}]",
}
"""A scenario for each code that a text can raise."""

OVERRIDES = {
    "set.shape": "until",
    "path.syntax": "tasks..a=1",
    "path.nowhere": "until.x=1",
    "path.index": "send.7.at=1",
}


def of_scenario(code: str) -> list[Problem]:
    try:
        return parse_scenario(SCENARIOS[code], file="bad.yaml").warnings
    except ScenarioError as error:
        return error.problems


def of_override(code: str) -> list[Problem]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario("until: 3\ntasks: {a: 1}\nsend: [{task: a}]", overrides=[OVERRIDES[code]])
    return caught.value.problems


TWICE = {
    "an alias bomb": ("yaml.alias", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"),
    "a bool as a key, by YAML 1.1": ("yaml.boolish_key", "faults: [{at: 1, off: worker1}]"),
    "an empty mapping is a scenario, an empty list is none": ("yaml.not_a_mapping", "[]"),
    "a key of Celery 3 with a new one near": ("key.old", "config: {CELERY_ACKS_LATE: true}"),
    "a prefixed key": ("key.old", "config: {CELERY_TASK_ROUTES: {}}"),
    "known to Celery": ("key.planned", "config: {worker_pool_restarts: true}"),
    "brackets cut by a comma": ("goal.brackets", "goals: [max(wait, pay) < 3]"),
    "a place in a folded list": ("key.did_you_mean", "send:\n  - task: a\n    cuont: 3"),
}
"""More of the ways into a code that an author meets."""


def test_an_empty_file_is_a_scenario() -> None:
    assert parse_scenario("").model.send == []
    assert parse_scenario("# nothing but a comment\n").model.until is None


@pytest.mark.parametrize("name", TWICE)
def test_another_way_into_a_code(name: str) -> None:
    code, text = TWICE[name]
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, file="bad.yaml")
    assert code in [problem.code for problem in caught.value.problems]
    (problem, *_) = [problem for problem in caught.value.problems if problem.code == code]
    for lang in ("ko", "en"):
        head, shown, caret = format_problem(problem, lang).splitlines()
        assert re.match(r"bad\.yaml:\d+:\d+: ", head)
        assert shown[caret.index("^")] not in (" ", "")


def of_files(folder: Path) -> Iterator[Problem]:
    latin = folder / "latin.yaml"
    latin.write_bytes("title: Müller".encode("latin-1"))
    closed = folder / "folder.jsonl"
    closed.mkdir()
    (folder / "a").mkdir()
    trace = folder / "run.jsonl"
    (folder / "broken.jsonl").write_text("{}\n", encoding="utf-8")
    with (folder / "idle.jsonl").open("w", encoding="utf-8") as stream:
        write_trace(simulate(parse_scenario("send: [{task: pay}]")), stream)
    (folder / "broken.yaml").write_text(SEND % "recording: broken.jsonl", encoding="utf-8")
    (folder / "idle.yaml").write_text(SEND % "recording: idle.jsonl, task: pai", encoding="utf-8")
    for what, profile, variant in (
        ("three-task-ordr", None, None),
        ("nowhere.yaml", None, None),
        (str(latin), None, None),
        (str(closed), None, None),
        (f"{folder}/a", None, None),
        (f"{folder}/broken.yaml", None, None),
        (f"{folder}/idle.yaml", None, None),
        (str(trace), "guide", None),
        ("three-task-order", None, "slow_mail"),
    ):
        with pytest.raises(ScenarioError) as caught:
            open_run(what, simulate, profile=profile, variant=variant)
        for problem in caught.value.problems:
            params = {key: _short(value, folder) for key, value in problem.params.items()}
            yield Problem(problem.code, params, problem.mark, str(_short(problem.file, folder)), problem.source)


def _short(value: object, folder: Path) -> object:
    return value.replace(f"{folder}/", "") if isinstance(value, str) else value


def of_extensions(folder: Path) -> list[Problem]:
    """A scenario that extends itself, and one that no `extends` can express."""
    file = folder / "loop.yaml"
    file.write_text("extends: ./loop.yaml", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    with pytest.raises(ScenarioError) as refused:
        load_scenario("three-task-order").edited(Edit("send.0.at", 1)).extension()
    found = [*caught.value.problems, *refused.value.problems]
    return [Problem(p.code, p.params, p.mark, str(_short(p.file, folder)), p.source) for p in found]


def of_traces() -> Iterator[Problem]:
    for example in {example.code: example for example in EXAMPLES}.values():
        with pytest.raises(TraceFileError) as caught:
            read_trace(example.lines)
        yield from problems_in(caught.value, "run.jsonl")
    yield from problems_in(TraceFileError("trace.many", 10_000_002), "run.jsonl")
    with pytest.raises(ScenarioError) as refused:
        Run(simulate(load_scenario("three-task-order"))).edited([Edit("until", 1)], simulate)
    yield from refused.value.problems


def of_answers() -> Iterator[Problem]:
    for answer in ("{a: sent == 9}", "{a: sent == 0, b: sent == 0}"):
        scenario = parse_scenario(f"until: 1\n{ASK % answer}", file="bad.yaml")
        with pytest.raises(AnswerError) as caught:
            right_choice(scenario.model.ask[0], simulate(scenario))
        yield from problems_in(caught.value, "bad.yaml")
    scenario = parse_scenario("title: {ko: 주문}\nuntil: 1\n" + ASK.replace("at: 0", "at: 9") % "sent", file="bad.yaml")
    yield from check_run(scenario, simulate(scenario)).warnings
    varied = "tasks: {a: 1}\nworkers: 1\nsend: [{task: a}]\n"
    varied += 'ask: [{at: 0, en: Q, ko: 질문, choices: ["1", "2"], answer: finished_by, why: {en: So., ko: 그래서.}}]\n'
    varied += "variants: {slow: {en: Slow, ko: 느림, set: {tasks.a.duration: 2}}}\n"
    scenario = parse_scenario(varied, file="bad.yaml", variant="slow")
    yield from reason_flaws(scenario, simulate(scenario), reasons_of(scenario, simulate))
    timed = varied.replace("So.", "At 3.3 s.").replace("finished_by", "sent").replace("[{task", "[{at: 3.3, task")
    timed = timed.replace("tasks.a.duration: 2", "send.0.at: 4")
    base, scenario = parse_scenario(timed, file="bad.yaml"), parse_scenario(timed, file="bad.yaml", variant="slow")
    yield from reason_flaws(scenario, simulate(scenario), reasons_of(scenario, simulate), simulate(base))
    beliefs = "{set: {workers: 2}, misses: [1], ko: 믿음, en: A belief}, {set: {workers: 1}, ko: 믿음, en: A belief}"
    text = "tasks: {a: 1}\nsend: [{task: a, count: 2}]\nexercise: {may_change: [workers], ko: 고치기, en: Repair it,\n"
    text += f"  goals: [finished_by == 1],\n  misconceptions: [{beliefs}]}}\n"
    yield from find_belief_flaws(parse_scenario(text, file="bad.yaml"), simulate)


def of_runs() -> Iterator[Problem]:
    """A run that does not end, and one in which something cannot happen."""
    slow = "tasks: {a: 9}\nsend: [{task: a, count: 2}]\nfaults: [{at: 1, stop: worker1}, {at: 2, start: worker1}]"
    with pytest.raises(ScenarioError) as refused:
        simulate(parse_scenario(slow, file="bad.yaml"))
    yield from refused.value.problems
    for line in (
        "task: a, every: {choice: {0.001: 1}}",
        "task: a, every: 0.001",
        'task: a, count: 100000, args: ["%s"]' % ("{n}" * 10_000),
    ):
        scenario = parse_scenario(SEND % line, file="bad.yaml")
        with pytest.raises(LimitReached) as caught:
            simulate(scenario, max_events=300_000 if "count" in line else 1000)
        yield limit_problem(caught.value, "bad.yaml")
    storm = parse_scenario(SEND % "task: a, every: {choice: {0.001: 1}}")
    for sink in (None, Nowhere()):
        with pytest.raises(LimitReached) as caught:
            Simulation(storm, memory=100_000, sink=sink).run()
        yield limit_problem(caught.value, "bad.yaml")
    yield limit_problem(stopped_for_quiet(), "bad.yaml")
    with pytest.raises(ScenarioError) as refused:
        memory_limit({VARIABLE: "2 GB"})
    yield from refused.value.problems


def of_commands(folder: Path) -> Iterator[Problem]:
    """Problems that only a command line can have."""
    there = folder / "mine.yaml"
    there.write_text("until: 1", encoding="utf-8")
    with (folder / "whole.jsonl").open("w", encoding="utf-8") as stream:
        write_trace(simulate(load_scenario(str(there))), stream)
    told: list[Problem] = []
    with pytest.MonkeyPatch.context() as patch:
        for module in ("options", "checking", "running", "authoring", "classroom", "exporting"):
            patch.setattr(f"simulator.cli.{module}.complain", lambda problems, *_, **__: told.extend(problems))
        for command in (
            ["check", str(folder / "run.jsonl")],
            ["new", str(there)],
            ["run", str(there), "--seed", "abc"],
            ["run", str(there), "--trace", str(folder / "no" / "where.jsonl")],
            ["run", str(there), "--trace", "-", "--json"],
            ["new", str(folder / "other.yaml"), "--lesson", "--from-recording", "b"],
            ["calibrate", str(there)],
            ["calibrate", str(folder / "whole.jsonl")],
            ["calibrate", str(there), str(there)],
            ["compare", str(there)],
            ["compare", str(there), str(there), "--variant", "a"],
            ["worksheet", str(folder / "whole.jsonl")],
            ["play", str(folder / "whole.jsonl"), "--watch"],
            ["play", str(there), "--until", "util > 0.5"],
            ["play", str(there), "--until", "queue_length(mails) > 5"],
            ["vote", str(there)],
            ["vote", "crash-early-late", "--question", "9"],
            ["vote", "crash-early-late"],
            ["export", "--to", "html"],
            ["export", str(there), "--to", "cast", "--variants"],
            ["export", "--to", "cast", "--course"],
            ["export", str(there), "--to", "celery-events", "--from", "1"],
            ["export", str(there), "--to", "html", "--from", "5", "--until", "2"],
            ["export", str(there), "--to", "html", "--from", "50"],
            ["export", "consumer-timeout", "--to", "cast", "--real-time"],
        ):
            assert CliRunner().invoke(app, command).exit_code == 2
    for problem in told:
        yield Problem(problem.code, {k: _short(v, folder) for k, v in problem.params.items()}, file="")


def unforeseen() -> Problem:
    """A kind of value that no room of the format has: what pydantic says of it is worded all the same."""

    class Odd(Strict):
        day: date

    source = read_source("day: someday", "bad.yaml")
    with pytest.raises(ValidationError) as caught:
        Odd.model_validate(source.data)
    code, params, path, _ = finding(caught.value.errors()[0])
    return source.problem(code, source.at(path), **params)


def everything(folder: Path) -> list[Problem]:
    """One problem of each code, each as somebody meets it."""
    found = [next(p for p in of_scenario(code) if p.code == code) for code in SCENARIOS]
    found += [next(p for p in of_override(code) if p.code == code) for code in OVERRIDES]
    found += [*of_files(folder), *of_extensions(folder), *of_traces(), *of_answers()]
    found += [*of_runs(), *of_commands(folder), unforeseen()]
    return found


@pytest.mark.parametrize("code", SCENARIOS)
def test_an_example_raises_its_code(code: str) -> None:
    assert code in [problem.code for problem in of_scenario(code)]


def test_every_code_has_words_and_every_word_an_example(tmp_path: Path) -> None:
    met = {problem.code for problem in everything(tmp_path)}
    assert met == set(PROBLEMS)
    assert codes_in_the_source() <= met


FAMILIES = (
    "yaml file scenario extends variant set path key value type list goal distribution send worker workers fault "
    "service route knob moment stop save idle say exercise exception task canvas beat control"
)
CODE = re.compile(rf"({FAMILIES.replace(' ', '|')}|event|ask|trace|answer|limit|option)\.[a-z_0-9]+\Z")
ONE_WORD = {"problem", "_bad", "PydanticCustomError"}
"""Functions whose first argument is a code, even where it has no dot."""


def codes_in_the_source() -> set[str]:
    """Whatever looks like a code anywhere in the program."""
    found = set()
    for file, tree in modules().items():
        # The terminal's words and those of the real Celery are held by tests of their own.
        if {"tui", "real"} & {*file.relative_to(PACKAGE).parts} or file.name == "problem_words.py":
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and CODE.match(node.value)
                and not node.value.endswith(".yaml")
            ):
                found.add(node.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ONE_WORD:
                code = node.args[0]
                found |= {str(code.value)} if isinstance(code, ast.Constant) else set()
    assert len(found) > 60
    return found


def is_warning(problem: Problem) -> bool:
    """Return True if the scenario can be run all the same."""
    return problem.code in SCENARIOS and problem.code in [one.code for one in warnings_of(problem.code)]


def warnings_of(code: str) -> list[Problem]:
    try:
        return parse_scenario(SCENARIOS[code], file="bad.yaml").warnings
    except ScenarioError:
        return []


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_each_problem_in_words(lang: str, tmp_path: Path) -> None:
    hold(f"errors.{lang}.txt", "\n".join(format_problem(p, lang, warning=is_warning(p)) for p in everything(tmp_path)))


def test_the_caret_stands_under_the_place_in_cells() -> None:
    problem = Problem("yaml.boolish", {"text": "yes"}, Mark(3, 9), "bad.yaml", 'ko: "주문", yes')
    assert format_problem(problem, "en").splitlines()[1:] == [
        '    3 | ko: "주문", yes',
        "      |           ^",
    ]


def test_a_long_line_is_cut_around_the_place() -> None:
    source = "a: " + "x" * 900_000 + ", on: yes, " + "y" * 900_000
    problem = Problem("yaml.boolish", {"text": "yes"}, Mark(1, source.index("yes") + 1), "bad.yaml", source)
    _, shown, caret = format_problem(problem, "en").splitlines()
    assert len(shown) < 120
    assert shown[caret.index("^") :].startswith("yes")


def test_nothing_that_a_terminal_obeys_comes_through() -> None:
    problem = Problem("file.missing", {"file": "\x1b[2Jx.yaml"}, Mark(1, 1), "b\x1b.yaml", "\x1b]0;title\x07")
    shown = format_problem(problem, "en")
    assert "[2Jx.yaml" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_many_problems_are_counted_and_warnings_say_so() -> None:
    problem = Problem("ask.two_else", {}, Mark(2, 1), "bad.yaml")
    assert format_problems([problem, problem], "en").endswith("\n2 problems")
    assert format_problems([problem], "en") == "bad.yaml:2:1: only one choice can be else"
    assert format_problems([problem], "ko", warnings=True).startswith("bad.yaml:2:1: 경고: ")
    assert format_problems([problem], "both").count("\n") == 1
