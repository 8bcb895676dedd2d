"""Reasons why nothing happens, derived from the world alone."""

from __future__ import annotations

from hypothesis import given

from simulator.engine import simulate
from simulator.scenario import Scenario
from simulator.story import why
from simulator.trace import Trace, to_micros
from simulator.world import Timeline, World
from tests.lessons import played
from tests.story.samples import CONTROLS, CRASH, OUTAGES, OVERFLOW, RETRIES, run_of
from tests.strategies import scenarios


def after(trace: Trace, seconds: float) -> World:
    """The world after everything before a time."""
    return Timeline(trace).at(sum(event.t < to_micros(seconds) for event in trace))


def test_waiting_for_the_next_question() -> None:
    trace = played("three-task-order")
    assert why(after(trace, 0.4), "en") == "The queue is empty. worker1 polls again at 1 s."
    assert why(after(trace, 0.4), "ko") == "Queue가 비어 있습니다. 다음 질문: worker1, 1초."
    assert why(after(trace, 0.9), "en") == "Task1, Task2, Task3 must wait: worker1 polls next, at 1 s."


def test_waiting_for_a_free_worker() -> None:
    said = why(after(played("three-task-order"), 2), "en")
    assert said.startswith("Task3 must wait: every worker is busy (worker1, worker2).")
    assert "Task1 has been running in worker1 since 1 s." in said


def test_idle_beside_a_reserved_task() -> None:
    said = why(after(played("three-task-order", "celery_defaults"), 5), "en")
    assert said.startswith("worker1 holds Task3 (prefetch), with worker2 idle.")


def test_the_dead_do_not_consume() -> None:
    trace = run_of("{workers: 1, tasks: {a: 1}, send: [{at: 2, task: a}], faults: [{at: 1, kill: worker1}], until: 9}")
    said = why(Timeline(trace).at(len(trace) - 1), "en") + why(Timeline(trace).at(len(trace)), "en")
    assert "a_1 must wait: no worker is alive." in said
    assert "Killed: worker1." in said


def test_a_full_window() -> None:
    said = why(after(run_of(CRASH), 1), "en")
    assert said.startswith("pay_5, pay_6 must wait: every prefetch window is full (worker1, worker2).")


def test_the_beginning_and_the_end() -> None:
    trace = played("three-task-order")
    timeline = Timeline(trace)
    assert why(timeline.at(0), "en") == "Nothing has happened yet."
    assert why(timeline.at(len(trace)), "en") == "The end: nothing more happens."
    assert why(timeline.at(0), "both") == "아직 아무 일도 일어나지 않았습니다.\nNothing has happened yet."


def test_waiting_for_an_eta() -> None:
    assert "Waiting in worker1 for the ETA: Task1 (7 s)." in why(after(run_of(RETRIES), 4), "en")
    assert "worker1 안에서 ETA 대기: Task1 (7초)." in why(after(run_of(RETRIES), 4), "ko")


def test_dead_letters_wait_for_nobody() -> None:
    trace = run_of(RETRIES)
    said = why(Timeline(trace).at(len(trace)), "en")
    assert said == "The end: nothing more happens. Kept in the dead letter queue: Task1 (failed_emails)."


def test_outages_explain_the_silence() -> None:
    trace = run_of(OUTAGES)
    assert why(after(trace, 1.5), "en").startswith("The broker is down: nothing is sent, delivered or ACKed")
    assert "services.mail is down: calls raise SMTPException." in why(after(trace, 4.8), "en")
    assert "worker1 is shutting down: it finishes what it is running" in why(after(trace, 7.5), "en")
    assert "is down" not in why(after(trace, 8.5), "en") + why(after(trace, 3.5), "en")


def test_a_worker_that_came_back_is_not_shutting_down() -> None:
    faults = "[{at: 1, stop: worker1}, {at: 5, start: worker1}]"
    trace = run_of(f"{{workers: 1, tasks: {{a: 3}}, send: [{{at: 0, task: a, count: 3}}], faults: {faults}}}")
    assert "shutting down" in why(after(trace, 2), "en")
    assert "a_2, a_3 must wait: no worker is alive." in why(after(trace, 4), "en")
    assert "shutting down" not in why(after(trace, 6), "en")


def test_a_full_queue() -> None:
    said = why(after(run_of(OVERFLOW), 0.9), "en")
    assert "The queue is full (celery, max_length 2): a new message pushes out the oldest." in said
    assert "The queue is full (strict, max_length 1): it takes no new messages." in said


def test_a_rate_limit_and_a_missing_child_hold_back() -> None:
    trace = run_of(CONTROLS)
    said = "Waiting in worker1 for the rate limit of pay: pay_3, pay_4. The next may start at 16 s."
    assert why(after(trace, 14.1), "en").startswith(said)
    assert why(after(trace, 14.1), "ko").startswith(
        "worker1 안에서 속도 제한(rate_limit: pay) 때문에 대기: pay_3, pay_4."
    )
    text = (
        "{profile: celery-redis, workers: 1, tasks: {a: {duration: 1, "
        "kills: [child, null]}}, send: [{task: a, count: 2}]}"
    )
    said = why(after(run_of(text), 3), "en")
    assert said.startswith("worker1: Slots without a child process: 1.")


def test_revoked_and_leased_messages_are_explained() -> None:
    assert "Revoked but still waiting: E. Whichever worker gets it will ACK it without running it." in why(
        after(run_of(CONTROLS), 8.5), "en"
    )
    text = """
profile: celery-redis
workers: 1
config: {task_acks_late: true}
tasks: {a: 5}
send: [{at: 0, task: a}, {at: 9, task: a}]
faults: [{at: 1, kill: worker1}]
until: 10
"""
    assert "Still leased to worker1, which no longer has it: a_1." in why(after(run_of(text), 9.5), "en")


def test_a_worker_that_shuts_down_holds_hostages() -> None:
    text = (
        "{profile: celery-rabbitmq, workers: 2, tasks: {a: 9}, "
        "send: [{task: a, count: 4}], faults: [{at: 1, stop: worker1}]}"
    )
    assert "worker1 is shutting down and holds a_3" in why(after(run_of(text), 2), "en")


def test_who_has_lost_the_broker_reconnects_later() -> None:
    text = (
        "{profile: celery-rabbitmq, workers: 1, tasks: {a: 1}, send: [{at: 4, "
        "task: a}], faults: [{at: 1, down: broker, for: 2.5}], until: 20}"
    )
    assert "worker1: Lost the connection to the broker, reconnecting." in why(after(run_of(text), 5), "en")
    assert "reconnecting" not in why(after(run_of(text), 9), "en")


def test_a_solo_worker_hears_nothing_while_it_runs() -> None:
    text = (
        "{profile: celery-rabbitmq, workers: {w: {pool: solo}}, tasks: {a: 5}, "
        "send: [{at: 0, task: a}, {at: 1, task: a}]}"
    )
    assert "w has a solo pool: while it runs a task, it handles no messages" in why(after(run_of(text), 2), "en")


@given(scenarios())
def test_no_reason_knows_what_is_to_come(scenario: Scenario) -> None:
    trace = simulate(scenario)
    timeline = Timeline(trace)
    for cursor in range(0, len(trace), 1 + len(trace) // 20):
        prefix = Timeline(Trace(trace.header, trace.events[: cursor + 1]))
        said = why(timeline.at(cursor), "ko")
        assert said
        assert said == why(prefix.at(cursor), "ko")
    assert why(timeline.at(len(trace)), "en")


def test_a_fresh_worker_looks_for_more_messages_first() -> None:
    text = (
        "{profile: celery-rabbitmq, workers: {w: {starts_at: 1}}, tasks: {a: 5}, queues: {celery: }, "
        "send: [{at: 0, id: A, task: a}]}"
    )
    trace = run_of(text)
    drain = "w has just connected: before starting A, it looks for more messages until 1.1 s."
    assert drain in why(after(trace, 1.05), "en")
    assert "A has been running in w" in why(after(trace, 2), "en")
