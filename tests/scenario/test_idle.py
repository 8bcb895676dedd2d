"""Settings that do nothing are told, and are not where a variant, a knob or an exercise gives them a meaning."""

from __future__ import annotations

import pytest

from simulator.scenario import load_scenario, parse_scenario, scenario_names


def told(text: str) -> list[tuple[object, str]]:
    return [(w.params.get("path"), w.code) for w in parse_scenario(text).warnings if w.code.startswith("idle.")]


@pytest.mark.parametrize("name", scenario_names())
def test_no_lesson_has_a_setting_without_effect(name: str) -> None:
    assert load_scenario(name).warnings == []


LATE = "tasks: {a: 1}\nsend: [{task: a}]\nconfig: {task_acks_late: true}\n"


@pytest.mark.parametrize(
    "meaning",
    [
        "faults: [{at: 1, kill: worker1}]",
        "faults: [{at: 1, stop: worker1}]",
        "faults: [{at: 1, down: broker, for: 3}]",
        "variants: {crash: {en: A crash, set: {faults: [{at: 1, kill: worker1}]}}}",
        "variants: {early: {en: Early, set: {config.task_acks_late: false, faults: [{at: 1, kill: worker1}]}}}",
        "knobs: [{path: config.task_acks_late, values: [true, false], en: When}]",
        "exercise: {may_change: [config], en: Change it, goals: [lost == 0]}",
        "workers: {w: {prefetch_multiplier: 1}}",
    ],
)
def test_a_setting_with_a_meaning_is_not_idle(meaning: str) -> None:
    assert told(LATE) == [("config.task_acks_late", "idle.acks_late")]
    assert told(LATE + meaning) == []


def test_a_knob_of_something_else_gives_no_meaning() -> None:
    knob = "knobs: [{path: tasks.a.duration, range: [1, 9], en: How long}]"
    assert told(LATE + knob) == [("config.task_acks_late", "idle.acks_late")]


def test_a_variant_that_leaves_a_setting_idle_gives_it_no_meaning() -> None:
    assert told(LATE + "variants: {slow: {en: Slow, set: {tasks.a.duration: 9}}}") != []


def test_what_a_setting_waits_for_may_come_from_a_knob() -> None:
    task = "tasks: {a: {raises: E, autoretry_for: [E], retry_jitter: false}}\n"
    assert told(task) == [("tasks.a.retry_jitter", "idle.no_backoff")]
    assert told(task + "knobs: [{path: tasks.a.retry_backoff, values: [1, 2], en: Backoff}]") == []


@pytest.mark.parametrize("where", ["%s", "variants: {late: {en: Late, set: {%s}}}"])
def test_what_a_setting_waits_for_may_come_in_the_middle_of_the_run(where: str) -> None:
    task = "tasks: {a: {duration: 1, dead_letter_queue: dead}}\n"
    assert told(task) == [("tasks.a.dead_letter_queue", "idle.never_fails")]
    assert told(task + where % "faults: [{at: 5, set: {tasks.a.raises: OSError}}]") == []
    assert told(task + where % "faults: [{at: 5, set: {tasks.a.duration: 2}}]") != []


def test_a_typing_error_that_a_variant_puts_right_is_meant() -> None:
    typo = "tasks: {mail: 1}\nsend: [{task: mial}]\n"
    assert [w.code for w in parse_scenario(typo).warnings] == ["send.unregistered"]
    assert parse_scenario(typo + "variants: {right: {en: Right, set: {send.0.task: mail}}}").warnings == []


@pytest.mark.parametrize(
    "text",
    [
        "profile: celery-rabbitmq\ntasks: {a: {priority: 3}}\nsend: [{task: a}]\nqueues: {celery: {max_priority: 9}}",
        "tasks: {a: {priority: 3}}\nsend: [{task: a, priority: 5}]",
        "tasks: {a: {calls: m, dead_letter_queue: d}}\nservices: {m: {}}",
        "exceptions: {Timeout: Slow, Slow: OSError}\ntasks: {a: {raises: {Timeout: 0.5}}}",
        "queues: {dead: {}}\ntasks: {a: {raises: E, dead_letter_queue: dead}}",
        "tasks: {a: {queue: q}}\nworkers: {w: {queues: [q]}}\nsend: [{task: a}]",
        "workers: 0\ntasks: {a: 1}\nsend: [{task: a}]",
        "faults: [{at: 1, kill: worker1}, {at: 2, start: worker1}]",
        "workers: {w: {starts_at: 5}}\nfaults: [{at: 3, start: w}]",
        "until: 10\nsend: [{at: 9.9, task: a}]\ntasks: {a: 1}",
        "services: {result_backend: {latency: 1}}",
    ],
)
def test_what_works_is_not_told(text: str) -> None:
    assert told(text) == []


def test_a_task_in_a_list_of_several_is_found_at_its_place() -> None:
    text = "profile: celery-rabbitmq\ntasks: {a: 1, b: 1}\nsend: [{at: 0, each: [{task: a}, {task: b, priority: 1}]}]"
    assert told(text) == [("send.0.each.1.priority", "idle.priority")]


@pytest.mark.parametrize(
    "text",
    [
        "profile: celery-redis\nconfig: {broker_transport_options: {visibility_timeout: 60}}",
        "profile: celery-sqs\nconfig: {broker_transport_options: {visibility_timeout: 60, wait_time_seconds: 5}}",
        "profile: celery-sqs\nworkers: 1\nqueues: {celery: {delivery_limit: 2, dead_letter_exchange: ''}}",
        "profile: celery-rabbitmq\nqueues: {celery: {message_ttl: 5, dead_letter_exchange: dlx}}\nworkers: 1",
        "workers: {w: {pool: gevent}}\ntasks: {a: {time_limit: 3}}",
        "workers: {w: {pool: solo}, v: {}}\ntasks: {a: {soft_time_limit: 3}}",
        "workers: {w: {max_tasks_per_child: 3}}\nconfig: {worker_pool: prefork}",
        "tasks: {a: {acks_late: true, reject_on_worker_lost: true}}\nfaults: [{at: 1, kill: worker1}]",
        "workers: {w: {autoscale: [3, 1]}}\ncontrol: [{at: 1, autoscale: all, max: 5}]",
        "tasks: {a: 1}\nsend: [{task: a}]\ncontrol: [{at: 1, revoke: a_1, terminate: true}]",
    ],
)
def test_what_the_pool_or_the_transport_can_do_is_not_told(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "profile: celery-sqs\nworkers: 1\nqueues: {celery: {delivery_limit: 2}}",
            [("queues.celery.delivery_limit", "idle.half_redrive")],
        ),
        (
            "profile: celery-redis\nworkers: 1\nqueues: {celery: {delivery_limit: 2}}",
            [("queues.celery.delivery_limit", "idle.dead_letters")],
        ),
        (
            "workers: {w: {pool: gevent}}\ntasks: {a: {soft_time_limit: 3}}",
            [("tasks.a.soft_time_limit", "idle.no_time_limits")],
        ),
        (
            "workers: {w: {pool: threads}}\nfaults: [{at: 1, kill_child: w}]",
            [("faults.0.kill_child", "idle.no_children")],
        ),
        (
            "tasks: {a: 1}\nsend: [{task: a, id: A}]\ncontrol: [{at: 1, revoke: [A, B]}]",
            [("control.0.revoke.1", "idle.revokes_nothing")],
        ),
    ],
)
def test_what_they_cannot_do_is_told_at_its_place(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected
