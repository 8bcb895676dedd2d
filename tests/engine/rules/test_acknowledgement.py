"""When a message is acknowledged, rejected or put back."""

from __future__ import annotations

from typing import Any

from tests.engine.rules.playing import ONE, RABBIT, REDIS, play, starts, story, value

SETTLED = ("message-acked", "message-requeued", "message-dropped", "message-dead", "task-")


def settling(**task: Any) -> list[str]:
    """The events of one task whose delivery is acknowledged late, from its start on."""
    trace = play(RABBIT, {"task_acks_late": True}, until=20, tasks={"work": task}, send=ONE)
    events = story(trace, "T", *SETTLED)
    return events[events.index("task-started") + 1 :]


def test_an_early_ack_comes_before_the_start() -> None:
    trace = play(RABBIT, tasks={"work": 1}, send=ONE)
    assert story(trace, "T", "message-acked", "task-st", "task-succ") == [
        "message-acked",
        "task-started",
        "task-succeeded",
    ]


def test_a_late_ack_comes_before_the_event_of_success() -> None:
    assert settling(duration=1) == ["message-acked", "task-succeeded"]


def test_a_failure_is_acknowledged_too() -> None:
    assert settling(duration=1, raises="ValueError") == ["message-acked", "task-failed"]


def test_a_failure_without_acks_on_failure_is_rejected_and_not_put_back() -> None:
    events = settling(duration=1, raises="ValueError", acks_on_failure=False)
    assert "task-rejected" in events
    assert not {"message-acked", "message-requeued"} & set(events)


def test_a_hard_time_limit_is_acknowledged() -> None:
    assert sorted(settling(duration=5, time_limit=1)) == ["message-acked", "task-failed"]


def test_a_hard_time_limit_without_acks_on_timeout_puts_it_back() -> None:
    trace = play(
        RABBIT,
        {"task_acks_late": True},
        until=4,
        tasks={"work": {"duration": 5, "time_limit": 1, "acks_on_timeout": False}},
        send=ONE,
    )
    assert "message-requeued" in story(trace, "T")
    assert len(starts(trace)) > 1


def test_the_old_setting_speaks_for_both_of_the_new_ones() -> None:
    events = settling(duration=1, raises="ValueError", acks_on_failure_or_timeout=False)
    assert events == ["message-dropped", "task-rejected", "task-failed"]


def test_a_dead_child_fails_its_task_and_acknowledges_it() -> None:
    assert settling(duration=1, kills="child") == ["message-acked", "task-failed"]


def test_a_dead_child_with_reject_on_worker_lost_puts_it_back_without_a_failure() -> None:
    trace = play(
        RABBIT,
        {"task_acks_late": True},
        tasks={"work": {"duration": 2, "reject_on_worker_lost": True}},
        send=ONE,
        faults=[{"at": 1, "kill_child": "worker1"}],
    )
    assert "task-failed" not in story(trace, "T")
    assert (value(trace, "runs(T)"), value(trace, "state(T)")) == (2, "SUCCESS")


def test_a_dead_child_of_an_early_ack_fails_its_task() -> None:
    trace = play(RABBIT, tasks={"work": {"duration": 1, "kills": "child"}}, send=ONE)
    assert (value(trace, "state(T)"), value(trace, "runs(T)")) == ("FAILURE", 1)


def test_a_retry_acknowledges_before_it_reports() -> None:
    events = settling(duration=1, raises=["ValueError"], autoretry_for=["ValueError"], default_retry_delay=1)
    assert events.index("message-acked") < events.index("task-retried")


def test_ignore_is_acknowledged_and_celery_says_nothing() -> None:
    # task-ignored is an event of ours: without it nobody could tell that the execution is over.
    assert settling(duration=1, ignore=True) == ["message-acked", "task-ignored"]


def test_reject_to_discard_is_a_rejection_and_a_failure() -> None:
    events = settling(duration=1, reject="discard")
    assert "task-rejected" in events
    assert "task-failed" in events
    assert "message-acked" not in events


def test_reject_to_requeue_comes_again() -> None:
    trace = play(
        RABBIT, {"task_acks_late": True}, until=5.5, tasks={"work": {"duration": 1, "reject": "requeue"}}, send=ONE
    )
    assert len(starts(trace)) == 6


def test_a_rejected_message_goes_to_the_back_on_redis_and_to_its_place_on_rabbitmq() -> None:
    def order(base: dict[str, Any]) -> list[str]:
        trace = play(
            base,
            {"task_acks_late": True, "worker_prefetch_multiplier": 1},
            tasks={"bad": {"duration": 2, "reject_on_worker_lost": True}, "good": 1},
            send=[{"at": 0, "id": "B", "task": "bad"}, {"at": 0, "id": "G", "task": "good"}],
            faults=[{"at": 1, "kill_child": "worker1"}],
        )
        return starts(trace)

    assert order(REDIS) == ["B", "G", "B"]
    assert order(RABBIT) == ["B", "B", "G"]
