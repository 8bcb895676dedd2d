"""The measures of what goes wrong, against small runs and traces counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import Value, evaluate_text, summary
from simulator.trace import Header, Trace
from simulator.trace import events as ev
from tests.story.samples import pool_events
from tests.strategies import build

TROUBLE = {
    "profile": "guide",
    "workers": 1,
    "services": {"mail": {}},
    "queues": {"celery": {}, "small": {"max_length": 1}, "strict": {"max_length": 1, "overflow": "reject-publish"}},
    "tasks": {
        "send": {
            "duration": 1,
            "calls": "mail",
            "raises": "ValueError",
            "autoretry_for": ["ValueError"],
            "retry_kwargs": {"max_retries": 1, "countdown": 2},
            "dead_letter_queue": "dead",
        },
        "old": {"duration": 1, "expires": 1},
        "a": {"duration": 1, "queue": "small"},
        "b": {"duration": 1, "queue": "strict"},
    },
    "send": [
        {"at": 0, "id": "S", "task": "send"},
        {"at": 0, "id": "O", "task": "old"},
        {"at": 0, "task": "a", "count": 3},
        {"at": 0, "task": "b", "count": 3},
    ],
    "until": 10,
}
"""worker1 takes S at 0 to 1; O expired at 1; S is held until 3 and runs again to 4, fails, is a dead letter.

Nobody consumes small and strict: of three, small keeps the last and drops two, strict keeps the first and refuses two.
"""


@pytest.fixture(scope="module")
def trouble() -> Trace:
    return simulate(build(TROUBLE))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sent", 6),  # S, O, three of a, one of b
        ("sent(small)", 3),
        ("sent(b)", 1),
        ("failed", 1),
        ("served", 1),  # S failed after its runs
        ("revoked", 1),
        ("revoked(old)", 1),
        ("dropped", 2),
        ("dropped(small)", 2),
        ("publish_failed", 2),
        ("publish_failed(strict)", 2),
        ("publish_failed(b)", 2),
        ("retried(send)", 1),
        ("runs(S)", 2),
        ("runs(O)", 0),
        ("dead_lettered", 1),
        ("dead_lettered(S)", 1),
        ("effects(S)", 0),  # both runs raised
        ("finished_by(send)", 4.0),
        ("finished_by", None),  # a_3 and b_1 wait for ever
        ("finished_by(small)", None),
        ("sent == succeeded + failed + revoked + dropped + lost + 2", True),
        ("p95(response, send)", 4.0),
        ("max(wait)", 0.0),
        ("peak(calls.mail)", 1),  # at 0 and at 3
        ("peak(calls, 1, 3)", 0),
        ("peak(calls.mail, 3, end)", 1),
        ("max(queue, dead)", 1),
        ("max(queue, small)", 1),
    ],
)
def test_trouble(trouble: Trace, text: str, value: Value) -> None:
    assert evaluate_text(text, trouble) == value


def test_calls_are_counted_in_any_second_not_by_the_clock() -> None:
    # Starts at 0.6, 0.9, 1.2, 1.5 (within a second of 0.6: four), 2.5.
    times = [0.6, 0.9, 1.2, 1.5, 2.5]
    data: dict[str, Any] = {
        "profile": "celery-rabbitmq",
        "config": {"hop": 0},
        "workers": {"worker1": {"concurrency": 9}},
        "services": {"mail": {}},
        "tasks": {"send": {"duration": 0.1, "calls": "mail"}, "other": 0.1},
        "send": [{"at": at, "task": task} for at in times for task in ("send", "other")],
    }
    trace = simulate(build(data))
    assert evaluate_text("peak(calls.mail)", trace) == 4
    assert evaluate_text("peak(calls, 1, end)", trace) == 2
    # 2.5 is not within the second of 1.5.
    assert evaluate_text("peak(calls, 1.4, end)", trace) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # One child at 0 (50 MB): A makes it 80 at 1; killed at 3 and replaced; A again, 80 at 4; it exits at 6; B runs
        # at 8 without a child that the trace tells of, which makes one of 80.
        ("max(memory)", 80),
        ("peak(memory, worker1, 0, 1)", 50),
        ("peak(memory, 3.5, 4)", 50),
        ("peak(memory, 6.5, 8)", 0),
        ("deaths", 1),
        ("deaths(worker1)", 1),
        ("effects(A)", 2),
        ("duplicates", 1),
        ("duplicates(pay)", 1),
        ("duplicates(B)", 0),
        ("lost", 1),
        ("runs(pay)", 3),
        ("state(A)", "REJECTED"),
        # 0 to 6 with one child, 8 to 10 with one.
        ("process_seconds", 8.0),
        # A ran 1 to 3 and 4 to 5, B 8 to 9; one slot to 7, two from 7 to 10.
        ("util(worker1)", 4 / 13),
    ],
)
def test_pools_and_effects(text: str, value: Value) -> None:
    trace = pool_events()
    declared = Header(scenario="pool", end=trace.end, tasks={"pay": {"effect_at": 0.5}})
    assert evaluate_text(text, Trace(declared, trace.events)) == pytest.approx(value)


def charged(task: dict[str, Any], **more: Any) -> Trace:
    """One payment of 4 s, late ACK, whose worker dies at 3; another worker runs it again from 3 on."""
    return simulate(
        build(
            {
                "profile": "celery-rabbitmq",
                "config": {"task_acks_late": True, "hop": 0},
                "workers": 2,
                "tasks": {"pay": {"duration": 4, **task}},
                "send": [{"at": 0, "id": "P", "task": "pay"}],
                "faults": [{"at": 3, "kill": "worker1"}],
                **more,
            }
        )
    )


@pytest.mark.parametrize(
    ("task", "effects"),
    [
        ({}, []),  # told by nobody: derived
        ({"effect_at": "end"}, [7.0]),
        ({"effect_at": "start"}, [0.0, 3.0]),
        ({"effect_at": 0.5}, [2.0, 5.0]),
        ({"effect_at": 0.75}, [6.0]),  # the death at 3 comes before what completes at 3
        ({"effect_at": 0.5, "idempotent": True}, [2.0]),
        ({"idempotent": True}, [7.0]),
    ],
)
def test_a_side_effect_happens_when_the_task_says(task: dict[str, Any], effects: list[float]) -> None:
    trace = charged(task)
    assert [event.t / 1e6 for event in trace if isinstance(event, ev.Effect)] == effects
    assert evaluate_text("runs(P)", trace) == 2
    assert evaluate_text("effects(P)", trace) == max(1, len(effects))
    assert evaluate_text("duplicates(pay)", trace) == (len(effects) > 1)


def test_what_raises_has_no_effect_at_its_end_and_one_before() -> None:
    for moment, count in (("end", 0), (0.5, 1), ("start", 1)):
        trace = charged({"raises": "ValueError", "effect_at": moment}, faults=[])
        assert evaluate_text("effects(P)", trace) == count


def test_a_refused_call_or_wrong_arguments_have_no_effect() -> None:
    down = [{"at": 0, "down": "services.bank", "raises": "Timeout"}]
    refused = charged({"calls": "bank", "effect_at": "start"}, services={"bank": {"latency": 1}}, faults=down)
    assert evaluate_text("runs(P) == 1 and failed == 1 and effects(P) == 0", refused) is True
    wrong = charged({"signature": ["order"], "effect_at": "start"}, faults=[])
    assert evaluate_text("failed == 1 and effects(P) == 0", wrong) is True


def test_a_plain_run_has_no_effect_events_and_names_no_task() -> None:
    trace = charged({}, faults=[])
    assert not any(isinstance(event, ev.Effect) for event in trace)
    assert trace.header.tasks == {}
    assert evaluate_text("effects(P)", trace) == 1


def test_the_summary_counts_trouble_the_same(trouble: Trace) -> None:
    found = {t.name: t for t in summary(trouble).types}
    assert (found["send"].retried, found["send"].dead_lettered, found["send"].served) == (1, 1, 1)
    assert (found["old"].revoked, found["a"].dropped, found["b"].publish_failed) == (1, 2, 2)
    # In the system: S 0-4, O 0-1, a_1 and a_2 for no time, a_3 and b_1 to the end at 10.
    little = summary(trouble).little
    assert little is not None
    assert pytest.approx((4 + 1 + 10 + 10) / 10) == little.L
    assert pytest.approx((4 + 1 + 10 + 10) / 6) == little.W
    assert little.arrival_rate == pytest.approx(0.6)
    assert little.holds
