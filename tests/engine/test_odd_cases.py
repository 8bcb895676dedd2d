"""Rules that only an odd case shows: without these tests, a wrong line of the engine would go unnoticed."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.engine.rules.playing import ONE, RABBIT, REDIS, play, value
from tests.engine.test_rules import NOTICED

# -- children ---------------------------------------------------------------------------------------------------


def test_the_child_in_the_slot_that_is_named_dies() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 3}}},
        tasks={"work": 5},
        send=[{"at": 0, "id": uuid, "task": "work"} for uuid in "ABC"],
        faults=[{"at": 1, "kill_child": "w", "slot": 2}],
    )
    assert [value(trace, f"state({uuid})") for uuid in "ABC"] == ["SUCCESS", "FAILURE", "SUCCESS"]


def test_an_autoscaler_that_grows_its_pool_finds_a_dead_child() -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"autoscale": [3, 1], "child_startup": 0}}},
        {"child_death": "missed"},
        tasks={"work": {"duration": 1, "kills": "child"}, "other": 1},
        send=[*ONE, {"at": 3, "task": "other"}],
    )
    assert value(trace, "finished_at(T)") == 3.0


def test_the_very_first_child_is_waited_for_even_if_it_is_idle() -> None:
    trace = play(
        {**RABBIT, "workers": {"worker1": {"concurrency": 2}}},
        {"shutdown_return": "real"},
        tasks={"short": 0.5, "long": 2.01},
        send=[{"id": "A", "task": "short"}, {"id": "B", "task": "long"}],
        faults=[{"at": 1, "stop": "worker1"}],
    )
    # Noticed at 2 s. Slot 1 is asked at 2.03 s and has left by 2.53 s, when slot 2 is asked.
    assert [e.t for e in trace if isinstance(e, ev.TaskSucceeded)] == [500_000, 2_500_000 + NOTICED]


def test_tasks_that_compute_share_the_cores_of_their_worker() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 3, "cores": 1}}},
        tasks={"count": {"duration": 2, "cpu": True}, "wait": 2},
        send=[{"id": "A", "task": "count"}, {"at": 1, "id": "B", "task": "count"}, {"id": "W", "task": "wait"}],
    )
    # A has done half when B comes, and does the rest at half the speed; so does B its first half.
    assert [value(trace, f"finished_at({uuid})") for uuid in "ABW"] == [3.0, 4.0, 2.0]


def test_children_that_die_together_are_replaced_one_by_one_and_the_parent_hears_nothing_meanwhile() -> None:
    # Slots 2 and 3 die so shortly before the timer of 5 s that it finds all three at once.
    deaths = {4: 1.0, 2: 4.985, 3: 4.99}
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 4, "child_startup": 0.5}}},
        {"child_death": "missed"},
        tasks={"work": 5.05},
        send=ONE,
        faults=[{"at": at, "kill_child": "w", "slot": slot} for slot, at in deaths.items()],
    )
    assert [e.t for e in trace if isinstance(e, ev.ChildStarted)] == [to_micros(t) for t in (5.5, 5.6, 5.7)]
    assert [e.t for e in trace if isinstance(e, ev.ResultStored)] == [to_micros(5.05)]
    assert [e.t for e in trace if isinstance(e, ev.TaskSucceeded)] == [to_micros(5.3)]


def test_a_child_keeps_the_memory_that_a_task_has_needed() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"memory": 50}}},
        tasks={"big": {"duration": 1, "memory": 300}, "small": {"duration": 1, "memory": 100}},
        send=[{"task": "small"}, {"at": 2, "task": "big"}, {"at": 4, "task": "small"}],
    )
    assert [e.memory for e in trace if isinstance(e, ev.TaskStarted)] == [150, 350, None]


def test_only_a_late_ack_can_be_taken_back_from_a_dead_child() -> None:
    trace = play(
        RABBIT,
        {"task_reject_on_worker_lost": True},
        tasks={"work": {"duration": 1, "kills": "child"}},
        send=ONE,
        until=20,
    )
    assert (value(trace, "state(T)"), value(trace, "runs(T)")) == ("FAILURE", 1)


def test_a_new_rate_limit_begins_with_a_token() -> None:
    trace = play(
        RABBIT,
        tasks={"work": {"duration": 0.1, "rate_limit": "1/m"}},
        send=[{"at": 0, "task": "work"}, {"at": 11, "id": "B", "task": "work"}],
        control=[{"at": 10, "rate_limit": "work", "rate": "1/m"}],
    )
    assert value(trace, "started_at(B)") == 11.0


# -- tasks and messages -----------------------------------------------------------------------------------------


def test_a_retry_expires_when_its_task_would_have() -> None:
    failing = {"duration": 1, "raises": ["E", None], "autoretry_for": ["E"], "default_retry_delay": 10}
    trace = play(REDIS, tasks={"work": failing}, send=[{**ONE[0], "expires": 5}])
    assert value(trace, "state(T)") == "REVOKED"


@pytest.mark.parametrize(("pool", "end"), [("prefork", 1.0), ("gevent", 3.0)])
def test_greenlets_know_no_soft_limit(pool: str, end: float) -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"pool": pool}}}, tasks={"work": {"duration": 3, "soft_time_limit": 1}}, send=ONE
    )
    assert value(trace, "finished_at(T)") == end


@pytest.mark.parametrize(("idempotent", "effects"), [(True, 1), (False, 2)])
def test_an_idempotent_task_has_its_effect_once_however_often_it_runs(idempotent: bool, effects: int) -> None:
    trace = play(
        {**REDIS, "workers": {"v": {}, "w": {"starts_at": 1}}},
        {"task_acks_late": True, "broker_transport_options": {"visibility_timeout": 5}},
        tasks={"work": {"duration": 8, "idempotent": idempotent}},
        send=ONE,
        until=20,
    )
    assert (value(trace, "runs(T)"), value(trace, "effects(T)")) == (2, effects)


def test_a_solo_worker_obeys_when_its_task_is_over() -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"pool": "solo"}}},
        tasks={"work": 5},
        send=ONE,
        control=[{"at": 1, "revoke": "Other"}],
    )
    assert [e.t for e in trace if isinstance(e, ev.SettingChanged)] == [to_micros(5)]


def test_the_first_result_of_a_header_task_is_that_of_the_chord() -> None:
    # Twice is delivered again at 5 s, to fail; its first run succeeds.
    trace = play(
        {**REDIS, "workers": {"v": {"concurrency": 2}, "w": {"starts_at": 1}}},
        {"task_acks_late": True, "broker_transport_options": {"visibility_timeout": 5}},
        tasks={"twice": 8, "slow": {"duration": 20, "acks_late": False}, "body": 1},
        send=[
            {
                "chord": {
                    "header": [{"id": "Twice", "task": "twice"}, {"id": "Slow", "task": "slow"}],
                    "body": {"id": "Body", "task": "body"},
                }
            }
        ],
        faults=[{"at": 3, "set": {"tasks.twice.raises": "ValueError"}}],
        until=40,
    )
    ended = [e.type for e in trace if getattr(e, "uuid", "") == "Twice" and e.type in ("task-succeeded", "task-failed")]
    assert ended == ["task-succeeded", "task-failed"]
    assert value(trace, "state(Body)") == "SUCCESS"


def test_what_is_rejected_may_come_back_from_a_dead_letter_queue_again_and_again() -> None:
    # The usual way to retry later without Celery: the second queue's time to live leads back to the first.
    back = {"dead_letter_exchange": "", "dead_letter_routing_key": "celery"}
    trace = play(
        RABBIT,
        {"task_acks_late": True},
        queues={
            "celery": {"dead_letter_exchange": "", "dead_letter_routing_key": "later"},
            "later": {"message_ttl": 2, **back},
        },
        tasks={"work": {"duration": 1, "reject": "discard"}},
        send=ONE,
        until=10,
    )
    assert [e.t for e in trace if isinstance(e, ev.TaskStarted)] == [to_micros(t) for t in (0, 3, 6, 9)]


def test_a_connection_begins_with_the_window_as_it_was_set() -> None:
    # Eta comes back with the lost connection, is delivered again, and makes room for one more only once.
    trace = play(
        REDIS,
        {"task_acks_late": True, "worker_prefetch_multiplier": 1},
        tasks={"later": 1, "work": 20},
        send=[{"at": 0, "id": "Eta", "task": "later", "countdown": 60}, {"at": 10, "task": "work", "count": 5}],
        faults=[{"at": 5, "disconnect": "worker1"}],
        until=15,
    )
    received = [e.uuid for e in trace if isinstance(e, ev.TaskReceived)]
    assert received == ["Eta", "Eta", "work_1"]


def test_on_redis_the_request_that_is_open_for_longest_is_served() -> None:
    # Renewed each second: at 1.3 s w2's has been open since 0.5 s; at 2.6 s w1's since 2.2, w2's since 2.3 s.
    trace = play(
        {**REDIS, "workers": {"w1": {"starts_at": 0.2}, "w2": {"starts_at": 0.5}}},
        tasks={"work": 0.1},
        send=[{"at": at, "task": "work"} for at in (1.3, 2.6)],
    )
    assert [e.hostname for e in trace if isinstance(e, ev.TaskStarted)] == ["w2", "w1"]


@pytest.mark.parametrize("base", [REDIS, RABBIT])
def test_an_eta_task_that_has_a_greenlet_gives_its_room_back(base: dict[str, Any]) -> None:
    trace = play(
        {**base, "workers": {"w": {"pool": "gevent", "concurrency": 2}}},
        {"task_acks_late": True, "worker_prefetch_multiplier": 1},
        tasks={"later": 30, "work": 30},
        send=[{"at": 0, "id": "Eta", "task": "later", "countdown": 1}, {"at": 5, "task": "work", "count": 5}],
        until=20,
    )
    assert [e.uuid for e in trace if isinstance(e, ev.TaskReceived)] == ["Eta", "work_1"]
