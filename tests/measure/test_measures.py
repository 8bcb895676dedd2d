"""Every measure of the goal language, against a run counted by hand.

The run: worker1 alone, late ACK, asks at 0, 1, 2 ...; A (2 s) and B (1 s) sent at 0.5, an unknown name C at 4.2;
worker1 is killed at 2.5 while A runs, and comes back at 3.

    0.0 asks in vain | 1.0 takes A | 2.5 dies, A is ready again, first | 3.0 is back, takes A | 5.0 A done, takes B
    6.0 B done, takes C: NotRegistered, asks again in vain
"""

from __future__ import annotations

import pytest

from simulator import simulate
from simulator.measure import MEASURED, Value, evaluate_text, spread, summary
from simulator.scenario.conditions.goals import MEASURES
from simulator.story.report.measures import DEFINITIONS
from simulator.trace import Trace
from simulator.world.lives import lives_of
from tests.strategies import build


@pytest.fixture(scope="module")
def trace() -> Trace:
    return simulate(
        build(
            {
                "tasks": {"a": 2, "b": 1},
                "workers": {"worker1": {}},
                "send": [
                    {"at": 0.5, "id": "A", "task": "a"},
                    {"at": 0.5, "id": "B", "task": "b"},
                    {"at": 4.2, "id": "C", "task": "c"},
                ],
                "faults": [{"at": 2.5, "kill": "worker1"}, {"at": 3, "start": "worker1"}],
            }
        )
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sent", 3),
        ("sent(a)", 1),
        ("succeeded", 2),
        ("failed", 1),
        ("failed(C)", 1),
        ("lost", 0),
        ("runs(A)", 2),
        ("runs(celery)", 3),
        ("state(A)", "SUCCESS"),
        ("state(C)", "FAILURE"),
        ("state(nobody)", "PENDING"),
        ("worker_of(A)", "worker1"),
        ("worker_of(C)", None),
        ("started_at(A)", 1.0),
        ("started_at(A, 2)", 3.0),
        ("started_at(A, 3)", None),
        ("finished_at(A)", 5.0),
        ("finished_at(B)", 6.0),
        ("finished_by", 6.0),
        ("polls", 6),
        ("empty_polls", 2),
        ("empty_polls(worker1)", 2),
        ("queue_at(0.7)", 2),
        ("queue_at(1)", 1),
        ("queue_at(2.6, celery)", 2),
        ('queue_after("message-requeued", A)', ["A", "B"]),
        ('queue_after("task-received", A)', ["B"]),
        ('queue_after("task-received", C)', None),
        ('order("message-acked", A, "task-received", B)', True),
        ('order("task-received", B, "message-acked", A)', False),
        ('order("task-received", C, "task-sent", A)', False),
        ("started_at(A, 2) - started_at(A) == 2", True),
        ("1 <= runs(A) < 3 and not lost", True),
        ("succeeded == 3 or failed == 1", True),
        ("worker_of(A) in [worker1, worker2]", True),
        ("started_at(C) > 0", False),
        ("started_at(C) == 0", False),
        ("sent / 0 == 1", False),
        ("0.5 * sent == 1.5", True),
        ("-1 < lost", True),
        ("deaths", 1),
        ("deaths(worker1)", 1),
        ("polls_per_hour", 3600.0),
        ("throughput(4, 7)", 0.667),
        ("throughput(2, 2)", None),
        ("mean(wait)", 2.5),
        ("max(response)", 5.5),
        ("p50(finished)", 6.0),
        ("max(queue)", 2),
        ("position(B)", 2),
        ("arrival_rate", 0.5),
        ("W", 3.933333),
        ("util(worker1)", 4.5 / 5.5),
        ("retried + revoked + dropped + dead_lettered + publish_failed", 0),
        # A and B succeeded; C failed without a run.
        ("served", 2),
        ("served(C)", 0),
        # A ran twice, and its first run ended at half its time: one effect each.
        ("effects(A)", 1),
        ("effects(celery)", 2),
        ("duplicates", 0),
        ("finished_by(a)", 5.0),
        ("finished_by(C) == end", True),
        ("end", 6.0),
        ("polls_per_hour(worker1)", 3600.0),
        # One child from 0 to 2.5 and from 3 to 6, at 50 MB.
        ("process_seconds", 5.5),
        ("process_seconds(worker1)", 5.5),
        ("max(processes)", 1),
        ("mean(processes)", 0.917),
        ("max(memory)", 50),
        ("peak(memory, worker1)", 50),
        # It dies at 2.5, but has 50 MB until then.
        ("peak(memory, 2.6, 3)", 0),
        # Ready: 2 from 0.5 to 1, 1 to 2.5, 2 to 3, 1 to 4.2, 2 to 5, 1 to 6.
        ("peak(queue)", 2),
        ("peak(queue, celery, 1, 2.5)", 2),
        ("peak(queue, 1.5, 2.5)", 1),
        ("mean(queue)", 1.217),
        # 0 for 0.5 s, 1 for 0.0 to 3.7 s of 6 s: half of the time it is no more than 1.
        ("p50(queue)", 1),
        ("p95(queue, celery)", 2),
        ("util", 4.5 / 5.5),
        # A and B succeeded at 5 and 6, the last instant.
        ("throughput(4, end)", 1.0),
        ("throughput(4, end, a)", 0.5),
        ("L", 1.966667),
    ],
)
def test_measure(trace: Trace, text: str, value: Value) -> None:
    assert evaluate_text(text, trace) == value


def test_no_measure_is_left_out(trace: Trace) -> None:
    assert set(MEASURES) == set(MEASURED) == set(DEFINITIONS)


def test_summary_counts_the_same(trace: Trace) -> None:
    found = summary(trace)
    a, b, c = found.types
    assert (a.sent, a.runs, a.succeeded, a.wait.mean, a.response.max) == (1, 2, 1, 0.5, 4.5)
    assert (b.wait.mean, b.response.mean) == (4.5, 5.5)
    assert (c.failed, c.runs, c.wait.count) == (1, 0, 0)
    (worker,) = found.workers
    # Online 0 to 2.5 and 3 to 6; busy 1 to 2.5 and 3 to 6.
    assert (worker.busy, worker.executions, worker.deaths) == (4.5, 3, 1)
    assert worker.utilisation == pytest.approx(4.5 / 5.5)
    (queue,) = found.queues
    # 2 from 0.5 to 1, 1 to 2.5, 2 to 3, 1 to 4.2, 2 to 5, 1 to 6.
    assert queue.mean == pytest.approx((1.0 + 1.5 + 1.0 + 1.2 + 1.6 + 1.0) / 6)
    assert (queue.longest, queue.messages, queue.left) == (2, 4, 0)
    assert found.little is not None
    assert pytest.approx(found.little.product) == found.little.L
    assert pytest.approx((4.5 + 5.5 + 1.8) / 3) == found.little.W


def test_early_ack_and_death_lose_the_task() -> None:
    trace = simulate(
        build(
            {
                "profile": "celery-rabbitmq",
                "workers": 2,
                "tasks": {"pay": 4},
                "send": [{"at": 0, "task": "pay", "count": 6}],
                "faults": [{"at": 2, "kill": "worker1"}],
            }
        )
    )
    assert evaluate_text("lost == 1 and lost(pay_1) == 1 and succeeded == 5", trace) is True
    assert evaluate_text("state(pay_1)", trace) == "STARTED"
    assert lives_of(trace).tasks["pay_1"].response is None


def test_spread_is_exact_on_few_values() -> None:
    found = spread([4.0, 1.0, 3.0, 2.0])
    assert (found.count, found.mean, found.p50, found.p95, found.max) == (4, 2.5, 2.0, 4.0, 4.0)
    assert spread([]).mean is None
