"""`new --from-conf`: the settings of a real worker become a scenario that plays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.engine import simulate
from simulator.export import Draft, NotAConfiguration, scenario_from_conf, scenario_text
from simulator.export.conf_parts import read_schedule
from simulator.measure import summary
from simulator.scenario import Problem, Scenario, parse_scenario
from simulator.scenario.values.routes import routers_in

DATA = Path(__file__).parent / "data"
ORIGIN = Problem("conf.origin")


def draft_of(name: str) -> Draft:
    return scenario_from_conf((DATA / f"conf-{name}.json").read_text(encoding="utf-8"))


def scenario_of(draft: Draft) -> Scenario:
    return parse_scenario(scenario_text(draft, ORIGIN))


def of(settings: dict[str, Any]) -> Draft:
    return scenario_from_conf(json.dumps({"w@host": settings}))


def noted(draft: Draft) -> set[str]:
    return {note.code for note in draft.notes}


@pytest.mark.parametrize(("name", "transport"), [("redis", "redis"), ("rabbitmq", "amqp")])
def test_a_real_configuration_plays(name: str, transport: str) -> None:
    scenario = scenario_of(draft_of(name))
    assert scenario.settings.transport == transport
    found = summary(simulate(scenario)).as_data()
    assert found["types"], "something must be sent"
    assert not scenario.warnings


def test_settings_routes_queues_beat_and_annotations_are_taken_over() -> None:
    model = scenario_of(draft_of("redis")).model
    assert (model.config.task_acks_late, model.config.worker_prefetch_multiplier) == (True, 1)
    assert (model.config.task_time_limit, model.config.worker_max_tasks_per_child) == (300, 100)
    options = model.config.broker_transport_options
    assert options is not None
    assert options.visibility_timeout == 7200
    mail = model.tasks["shop.mail.send"]
    assert (mail.queue, mail.priority, mail.rate_limit) == ("mail", 5, "10/m")
    assert set(model.queues) == {"default", "mail", "reports"}
    assert model.beat_schedule["clean"].schedule.interval == 30
    crontab = model.beat_schedule["nightly"].schedule.crontab
    assert crontab is not None
    assert (crontab.hour, crontab.minute) == (3, 30)
    assert list(model.workers) == ["web1"]


def test_limits_of_a_rabbitmq_queue_are_taken_over() -> None:
    model = scenario_of(draft_of("rabbitmq")).model
    jobs, slow = model.queues["e5jobs"], model.queues["e5slow"]
    assert jobs is not None
    assert slow is not None
    assert (jobs.max_length, jobs.overflow, jobs.message_ttl, jobs.dead_letter_exchange) == (
        1000, "reject-publish", 60, "",
    )  # fmt: skip
    assert slow.max_priority == 9
    assert [entry.schedule.interval for entry in model.beat_schedule.values()][:2] == [120, 15]


def test_no_host_and_no_password_is_written() -> None:
    for name in ("redis", "rabbitmq"):
        text = scenario_text(draft_of(name), ORIGIN)
        assert parse_scenario(text).model.workers
        assert "127.0.0.1" not in text
        assert "guest" not in text
        assert "@" not in text


def test_what_is_not_simulated_or_not_known_is_listed() -> None:
    draft = of(
        {
            "broker_url": "redis://",
            "task_always_eager": True,
            "worker_direct": False,
            "my_own_setting": 1,
            "broker_transport_options": {"fantasy": 2},
            "task_annotations": {"a": {"base": "x", "max_retries": 1}},
            "task_routes": ["app.Router", {"a": "q"}],
            "worker_pool": "celery_aio_pool.pool:AsyncIOPool",
        }
    )
    found = {note.code: note.params for note in draft.notes}
    listed = {str(note.params.get("setting")) for note in draft.notes if note.code == "conf.not_simulated"}
    assert listed == {"task_always_eager", "broker_transport_options.fantasy", "task_annotations.a.base"}
    assert found["conf.unknown"] == {"settings": "my_own_setting"}
    assert found["conf.router"] == {"value": "app.Router"}
    assert found["conf.value"]["setting"] == "worker_pool"
    assert found["conf.retry"]["setting"] == "task_annotations.a.max_retries"
    assert scenario_of(draft).model.tasks["a"].queue == "q"


def test_assumptions_are_said() -> None:
    draft = of({"broker_url": "sentinel://x", "task_routes": {"app.*": {"queue": "q"}}})
    assert {"conf.assumed", "conf.near", "conf.stand_in", "conf.consumes", "conf.concurrency"} <= noted(draft)
    assert scenario_of(draft).model.tasks["app.task"].queue == "q"


def test_workers_that_differ_keep_what_is_their_own() -> None:
    both = {
        "a@h": {"broker_url": "amqp://", "worker_concurrency": 2, "task_acks_late": True},
        "b@h": {"broker_url": "amqp://", "worker_concurrency": 8, "task_acks_late": False},
    }
    draft = scenario_from_conf(json.dumps(both))
    workers = scenario_of(draft).model.workers
    assert (workers["a"].concurrency, workers["b"].concurrency) == (None, 8)
    assert [note.params for note in draft.notes if note.code == "conf.differs"] == [{"setting": "task_acks_late"}]


def test_old_names_and_the_printed_form_are_understood() -> None:
    draft = scenario_from_conf(
        '->  w@h: OK\n    {\n "CELERY_ACKS_LATE": true, "broker_url": "amqp://"\n }\n\n1 node online.'
    )
    assert draft.data["config"]["task_acks_late"] is True


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": 1}', '{"a@b": {"x": 1}}', "hello", '{"a@b": ["error"]}'])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotAConfiguration):
        scenario_from_conf(text)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        (30, 30),
        ("0:02:00", 120),
        ("1 day, 1:00:00.500000", 90000.5),
        ("<freq: 2.00 minutes>", 120),
        ("<crontab: 30 3 * * mon (m/h/dM/MY/d)>",
         {"crontab": {"minute": 30, "hour": 3, "day_of_week": "mon"}}),
        ("<crontab: 0 4 1 * * (m/h/d/dM/MY)>", {"crontab": {"minute": 0, "hour": 4, "day_of_week": 1}}),
        ("<solar: sunrise at latitude 1, longitude: 2>", None),
        (None, None),
    ],
)  # fmt: skip
def test_printed_schedules_are_read(printed: object, read: object) -> None:
    assert read_schedule(printed) == read


def test_routers_in_every_form_of_celery_are_read() -> None:
    assert routers_in([{"a": {"queue": "q"}}, "app.Router"]) == ([[("a", {"queue": "q"})]], ["app.Router"])
    assert routers_in({"a": "q", "b": 3}) == ([[("a", {"queue": "q"})]], [("b", 3)])
    assert routers_in({"re.compile('(')": "q"}) == ([[]], [("re.compile('(')", "q")])
    assert routers_in(None) == ([], [])
    assert routers_in([[["a.*", "x"], ["b", {"queue": {"name": "y"}}]]])[0] == [
        [("a.*", {"queue": "x"}), ("b", {"queue": "y"})]
    ]


def test_routes_of_a_configuration_are_tried_as_celery_tries_them() -> None:
    conf = {
        "broker_url": "redis://",
        "task_routes": [
            {"shop.*": {"queue": "shop"}, "shop.billing.refund": {"queue": "refunds"}, "re.compile('^m')": "media"},
            {"shop.billing.refund": "never", "mail": "mail"},
        ],
        "task_annotations": {"*": {"rate_limit": "10/m"}, "shop.*": {"rate_limit": "1/m"}},
    }
    draft = of(conf)
    tasks = draft.data["tasks"]
    assert {name: task["queue"] for name, task in tasks.items()} == {
        "shop.billing.refund": "refunds",  # the exact name, although the glob stands before it
        "mail": "media",  # the first router that has a route, by a regular expression
    }
    assert {task["rate_limit"] for task in tasks.values()} == {"10/m"}  # annotations know names and *, no globs


def test_names_that_a_scenario_cannot_have_are_changed_and_stay_different() -> None:
    routes = {"a\x1b": {"queue": "b"}, "a\x07": {}, "a␛": {}, "x" * 300: {}, "x" * 301: {}}
    draft = of({"broker_url": "redis://", "task_routes": routes})
    model = scenario_of(draft).model
    assert list(model.tasks)[:3] == ["a␛2", "a␇", "a␛"]
    assert len(model.tasks) == 5
    assert model.tasks["a␛2"].queue == "b"
    assert "draft.names" in noted(draft)


@pytest.mark.parametrize(
    "settings",
    [
        {"task_queues": [{"name": "a", "queue_arguments": {"x-max-length": 10**18}}]},
        {"beat_schedule": {"a": {"task": "a", "schedule": 5, "kwargs": {"n": 10**400}}}},
        {"task_annotations": {"a": {"rate_limit": float("inf")}}},
    ],
)
def test_numbers_that_a_scenario_cannot_have_are_left_out_with_a_note(settings: dict[str, Any]) -> None:
    draft = of({"broker_url": "redis://", **settings})
    assert scenario_of(draft).model.tasks
    assert "conf.value" in noted(draft)
