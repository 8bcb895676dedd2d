"""Sentences about a body that sends tasks and waits for them; a dead worker waits for nothing."""

from __future__ import annotations

from simulator.story import narrate, why
from simulator.story.narrate.gets_words import awaited_by
from simulator.story.why.waiting import why_task
from simulator.trace import Trace, to_micros
from simulator.trace import events as ev
from simulator.world import Timeline
from tests.lessons import played


def told(trace: Trace, lang: str) -> list[str]:
    timeline = Timeline(trace)
    return [said.text(lang) for index in range(len(trace)) for said in narrate(timeline, index)]


def test_what_a_body_sends_is_no_next_link_of_a_chain() -> None:
    said = told(played("get-in-task"), "en")
    assert "worker1 → Broker: While running, order_1 sends charge_1 (charge)" in said
    assert not any("next task" in line for line in said)
    assert any("next task order_1" in line for line in told(played("get-in-task", "chain"), "en"))


def test_who_waits_for_what_is_known_from_what_has_happened() -> None:
    trace = played("get-in-task", "own_queue")
    timeline = Timeline(trace)

    def awaited(uuid: str, seconds: float) -> list[str]:
        return awaited_by(timeline.at(sum(event.t < to_micros(seconds) for event in trace)), uuid)

    assert [awaited("order_1", t) for t in (1, 2.5)] == [["charge_1"], []]
    assert awaited("charge_1", 1) == []


def test_one_task_says_what_it_waits_for() -> None:
    trace = played("get-in-task", "own_queue")
    world = Timeline(trace).at(sum(event.t < to_micros(1) for event in trace))
    said = [line.text("en") for line in why_task(world, "order_2")]
    assert any("order_2 in worker1 is waiting in result.get() for charge_2" in line for line in said)


def test_without_prefetch_a_full_worker_is_not_about_to_be_served() -> None:
    trace = played("get-in-task")
    said = why(Timeline(trace).at(len(trace)), "en")
    assert "charge_1, charge_2, charge_3 must wait: every worker is busy (worker1, worker2)." in said


def test_a_queue_without_a_consumer_is_told_as_that() -> None:
    trace = played("never-runs")
    assert "must wait: nobody consumes the queue (emails)." in why(Timeline(trace).at(len(trace)), "en")


def test_a_worker_that_is_gone_waits_for_no_next_task() -> None:
    trace = played("consumer-timeout")
    timeline = Timeline(trace)
    offline = next(i for i, event in enumerate(trace) if isinstance(event, ev.WorkerOffline))
    ended = next(i for i, e in enumerate(trace) if i > offline and isinstance(e, ev.TaskSucceeded))
    said = [line.text("en") for line in narrate(timeline, ended)]
    assert said == ["worker1: Nightly succeeded (took 2700 s)"]
