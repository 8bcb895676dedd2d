"""The numbers that the lessons promise, as literals.

That every question has one true answer and every goal is met, in every variant, is held in tests/story/test_verdict.py;
what else the lessons have, and the answers to their exercises, in tests/course.
"""

from __future__ import annotations

import pytest

from simulator import load_scenario, simulate
from simulator.measure import estimate, evaluate_text, mean_wait
from tests.lessons import played, variants

NUMBERS: list[tuple[str, str | None, dict[str, object]]] = [
    # Two slots of 5 s: 0 to 5 and 1 to 6 s; the third, of 2 s, runs from 5 to 10 s.
    ("why-delay", None, {"finished_at(checkout_1)": 5.0, "max(response, checkout)": 8.0}),
    # Three orders of 5 s of work, from 0.05 s on, two workers: the last one ends at 8.05 s.
    ("why-delay", "delay", {"max(response, checkout)": 0.05, "finished_by": 8.05, "succeeded": 12}),
    # 25 rounds of 5 s; the last of fifty came at 4.9 s and ran in the last round, which began at 120.1 s.
    ("why-delay", "rush", {"max(response, checkout)": 120.2, "finished_by(checkout)": 125.1}),
    # 250 s of work in two workers.
    ("why-delay", "rush_delay", {"max(response, checkout)": 0.05, "finished_by": 125.05}),
    ("priorities", None, {"position(URGENT)": 2}),
    ("priorities", "no_max_priority", {"position(URGENT)": 7, "started_at(URGENT)": 6.0}),
    ("priorities", "prefetch", {"position(URGENT)": 6, "started_at(URGENT)": 5.0}),
    ("priorities", "redis", {"position(URGENT)": 7, "started_at(URGENT)": 6.0}),
    ("priorities", "redis_zero", {"position(URGENT)": 2}),
    # The last urgent mail that starts before the end (59 s) came at 53.1 s; the one of 60 s would have waited for 6.0.
    ("two-queues", None, {"succeeded(normal_priority)": 0, "max(wait, high_priority)": 5.9}),
    ("two-queues", "worker_each", {"succeeded(normal_priority)": 5, "max(wait, high_priority)": 5.9}),
    ("two-queues", "round_robin", {"succeeded(normal_priority)": 5, "max(wait, high_priority)": 10.4}),
    ("two-queues", "redis", {"succeeded(normal_priority)": 5, "max(wait, high_priority)": 10.4}),
    # Five of 1 s come in between, whenever chance has it; the urgent ones wait that much longer in the end.
    ("two-queues", "rabbitmq", {"succeeded(normal_priority)": 5, "max(wait, high_priority)": 10.4}),
    ("two-queues", "redis_priority", {"succeeded(normal_priority)": 0}),
    ("pools", None, {"finished_by": 2.0}),
    ("pools", "threads_cpu", {"finished_by": 8.0}),
    ("pools", "prefork_cpu", {"finished_by": 2.0}),
    ("pools", "prefork_two_cores", {"finished_by": 4.0}),
    ("pools", "solo", {"finished_by": 8.0}),
    ("memory", None, {"peak(memory)": 150.0, "finished_by": 104.0}),
    ("memory", "never", {"peak(memory)": 550.0, "finished_by": 100.0}),
    ("memory", "each", {"peak(memory)": 55.0, "finished_by": 199.0}),
    ("memory", "by_memory", {"peak(memory)": 105.0, "finished_by": 109.0}),
    # Children leave at 20, 46, 72 and 98 s, which is noticed at 25, 50, 75 and 100 s.
    ("memory", "real", {"peak(memory)": 150.0, "finished_by": 121.3}),
    ("beat", None, {"queue_at(119.9)": 3, "sent": 11, "succeeded": 7}),
    ("beat", "two_workers", {"queue_at(119.9)": 0}),
    ("beat", "expires", {"queue_at(119.9)": 0, "revoked": 3}),
    ("looking-inside", None, {"started_at(Later)": 60.0, "queue_at(11)": 1}),
    ("looking-inside", "prefetch_4", {"queue_at(11)": 0}),
    ("polling-interval", "tenth", {"polls_per_hour": pytest.approx(36_000, rel=0.03)}),
    ("polling-interval", "one", {"polls_per_hour": pytest.approx(3_780, rel=0.03)}),
    ("polling-interval", "five", {"polls_per_hour": pytest.approx(900, rel=0.05)}),
    ("polling-interval", None, {"polls_per_hour": pytest.approx(540, rel=0.05)}),
    # One run: L = lambda x W in each; see below for the mean of thirty.
    ("littles-law", None, {"mean(queue)": 3.284, "arrival_rate": 0.79764, "mean(wait)": 4.117}),
    ("littles-law", "priorities", {"mean(queue)": 3.246, "mean(wait, send_login_code)": 1.46}),
    ("littles-law", "two_workers", {"mean(queue)": 0.206, "mean(wait)": 0.257}),
    ("littles-law", "celery_defaults", {"mean(queue)": 1.152, "mean(wait)": 4.117}),
    ("hockey-stick", None, {"mean(response)": 19.301}),
    ("hockey-stick", "load_80", {"mean(response)": 5.02}),
    ("hockey-stick", "load_90", {"mean(response)": 10.056}),
    ("hockey-stick", "constant", {"mean(response)": 10.788}),
    ("hockey-stick", "pool_of_four", {"mean(response)": 5.24}),
    ("find-the-schedule", None, {"lost": 2, "effects(pay_3)": 1, "runs(pay_1)": 1, "succeeded": 2}),
    ("find-the-schedule", "late", {"lost": 0, "duplicates": 2, "runs(pay_4)": 2, "succeeded": 4}),
    ("one-seed", None, {"mean(wait)": 9.12, "succeeded": 60}),
    ("one-seed", "yesterday", {"mean(wait)": 1.238}),
    ("one-seed", "two_slots", {"mean(wait)": 0.261}),
    ("prefetch", None, {"finished_by(send_email)": 63.0}),
    ("prefetch", "multiplier_1", {"finished_by(send_email)": 61.0}),
    ("prefetch", "late", {"finished_by(send_email)": 7.0}),
    ("prefetch", "disable_prefetch", {"finished_by(send_email)": 7.0}),
    ("crash-early-late", None, {"lost": 1, "runs(pay_1)": 1, "succeeded": 5}),
    ("crash-early-late", "late", {"lost": 0, "runs(pay_1)": 2, "succeeded": 6, "finished_by": 24.0}),
    ("crash-early-late", "late_redis", {"started_at(pay_1, 2)": 30.0, "lost": 0}),
    ("crash-early-late", "late_redis_real", {"started_at(pay_1, 2)": 100.0, "lost": 0}),
    ("crash-early-late", "child", {"state(pay_1)": "FAILURE", "finished_at(pay_1)": 2.0, "runs(pay_1)": 1}),
    ("crash-early-late", "child_reject", {"runs(pay_1)": 2, "succeeded": 6}),
    ("crash-early-late", "child_real", {"state(pay_1)": "FAILURE", "finished_at(pay_1)": 5.0}),
    ("visibility-timeout", None, {"effects(charge)": 2, "started_at(Order1, 2)": 60.0}),
    ("visibility-timeout", "three_workers", {"effects(charge)": 3, "started_at(Order1, 3)": 120.0}),
    ("visibility-timeout", "early", {"effects(charge)": 1}),
    ("visibility-timeout", "countdown", {"effects(charge)": 3, "started_at(Order1)": 150.0}),
    ("visibility-timeout", "longer_timeout", {"effects(charge)": 1, "runs(Order1)": 1}),
    ("visibility-timeout", "idempotency_key", {"effects(charge)": 1, "runs(Order1)": 2}),
    ("visibility-timeout", "real", {"effects(charge)": 1}),
    # Attempts at 30, 40, ... 80 s, ten of which get through each time; the last ten end at 81 s.
    ("retry-storm", None, {"succeeded": 60, "peak(calls.mail, 30, end)": 100, "finished_by": 81.0}),
    # At 31, 63, 127 and 255 s.
    ("retry-storm", "backoff", {"succeeded": 40, "peak(calls.mail, 30, end)": 100, "finished_by": 256.0}),
    ("retry-storm", "backoff_jitter", {"succeeded": 100, "peak(calls.mail, 30, end)": 8}),
    ("retry-storm", "jitter_alone", {"succeeded": 60, "peak(calls.mail, 30, end)": 100}),
    ("poison", None, {"succeeded(send_email)": 0, "runs(Poison)": 34}),
    ("poison", "default", {"finished_by(send_email)": 13.0, "failed(Poison)": 1, "runs(Poison)": 1}),
    # RabbitMQ gives up when the returns exceed the limit, so three deaths need a limit of two.
    ("poison", "delivery_limit", {"finished_by(send_email)": 19.0, "runs(Poison)": 3, "dead_lettered": 1}),
    ("poison", "delivery_limit_3", {"finished_by(send_email)": 22.0, "runs(Poison)": 4, "dead_lettered": 1}),
    ("poison", "redis", {"finished_by(send_email)": 13.0, "runs(Poison)": 30}),
    ("poison", "real", {"succeeded(send_email)": 0, "runs(Poison)": 20}),
    ("autoscaling", None, {"mean(wait)": 4.0, "process_seconds": 620.0}),
    ("autoscaling", "always_8", {"mean(wait)": 4.0, "process_seconds": 1600.0}),
    ("autoscaling", "always_1", {"mean(wait)": 49.0}),
    # A burst: one child is alone for 5 s; then the seven others are there, one fork of 0.1 s after the other.
    ("autoscaling", "slow_start", {"mean(wait)": 8.51}),
    # Looked at 30, 60, ... s: quiet since 0 s is not longer than 30 s at 30 s, and at 60 s there is work again.
    ("autoscaling", "real", {"mean(wait)": 4.0, "process_seconds": 1040.0}),
    ("overflow", None, {"served": 70, "dropped": 50}),
    ("overflow", "no_limit", {"served": 120, "finished_by": 120.0, "max(wait)": 59.5}),
    ("overflow", "reject_publish", {"served": 70, "publish_failed": 50}),
    ("overflow", "expires", {"served": 65, "revoked": 55}),
    ("group-and-chord", None, {"started_at(Album)": 4.0}),
    ("group-and-chord", "one_slot", {"started_at(Album)": 12.0}),
    ("group-and-chord", "six_slots", {"started_at(Album)": 2.0}),
    ("group-and-chord", "one_fails", {"runs(Album)": 0, "state(Album)": "FAILURE"}),
    ("group-and-chord", "no_counter", {"started_at(Album)": 3.0}),
    ("sale-day", None, {"dead_lettered(send_email)": 33, "lost": 3, "publish_failed": 25}),
    ("sale-day", "patient", {"dead_lettered(send_email)": 11}),
    ("sale-day", "patient_jitter", {"dead_lettered(send_email)": 0, "lost": 4}),
    ("sale-day", "all_late", {"lost": 0, "duplicates(notify_shipping)": 1}),
    ("sale-day", "no_outage", {"lost": 0, "dead_lettered": 0, "publish_failed": 0, "succeeded(send_email)": 195}),
    ("sale-day", "twice_the_orders", {"dead_lettered(send_email)": 82}),
]


@pytest.mark.parametrize(("name", "variant", "numbers"), NUMBERS)
def test_the_numbers_of_a_lesson(name: str, variant: str | None, numbers: dict[str, object]) -> None:
    trace = played(name, variant)
    assert {measure: evaluate_text(measure, trace) for measure in numbers} == numbers


@pytest.mark.parametrize("variant", [None, "five", "one", "tenth"])
def test_polling_costs_half_the_interval(variant: str | None) -> None:
    interval = {None: 10.0, "five": 5.0, "one": 1.0, "tenth": 0.1}[variant]
    wait = evaluate_text("mean(wait)", played("polling-interval", variant))
    assert wait == pytest.approx(interval / 2, rel=0.1)


def test_every_variant_of_these_lessons_has_its_numbers() -> None:
    held = {(name, variant) for name, variant, _ in NUMBERS}
    names = {name for name, _ in held} - {"priorities", "two-queues", "polling-interval"}
    runs = {(name, variant) for name in names for variant in variants(name)}
    assert runs - held == set()


# -- how sure the random lessons are -------------------------------------------------------------------------------

RUNS = pytest.mark.parametrize("runs", [6, pytest.param(30, marks=pytest.mark.soak)])
"""So many runs that differ in their seed: thirty in `make soak`."""


def means(runs: int, name: str, variant: str | None, *measures: str) -> list[list[float]]:
    """Each measure in so many runs."""
    traces = [simulate(load_scenario(name, variant=variant, seed=seed)) for seed in range(1, runs + 1)]
    return [[float(str(evaluate_text(measure, trace))) for trace in traces] for measure in measures]


@RUNS
def test_littles_law_holds_in_each_run_and_the_mean_is_that_of_theory(runs: int) -> None:
    lengths, rates, waits = means(runs, "littles-law", None, "mean(queue)", "arrival_rate", "mean(wait)")
    for length, rate, wait in zip(lengths, rates, waits, strict=True):
        assert length == pytest.approx(rate * wait, rel=0.005)
    assert estimate(waits).holds(mean_wait(1, 0.8, 1))
    assert estimate(lengths).holds(0.8 * mean_wait(1, 0.8, 1))
    assert max(waits) > 1.5 * min(waits)  # a single run is one of many


@pytest.mark.parametrize(
    ("variant", "theory"),
    [
        ("load_80", 1 + mean_wait(1, 0.8, 1)),
        ("load_90", 1 + mean_wait(1, 0.9, 1)),
        ("constant", 1 + 0.95 / (2 * 0.05)),  # Pollaczek and Khinchine: half the wait of random service times
        ("pool_of_four", 1 + mean_wait(4, 3.8, 1)),
        (None, 1 + mean_wait(1, 0.95, 1)),
    ],
)
@RUNS
def test_the_hockey_stick_is_that_of_theory(variant: str | None, theory: float, runs: int) -> None:
    """Two thousand tasks from an empty queue on: near the edge a run is not yet as bad as it gets, by a tenth or so."""
    (responses,) = means(runs, "hockey-stick", variant, "mean(response)")
    found = estimate(responses)
    assert found.low <= theory <= found.high / 0.85
    lesson = evaluate_text("mean(response)", played("hockey-stick", variant))
    assert lesson == pytest.approx(theory, rel=0.1)  # the one run that is shown is a typical one


@RUNS
def test_days_of_the_same_settings_differ_as_one_seed_says(runs: int) -> None:
    """A day of sixty emails at 80% load: 3 s on average; the two days that are shown are far from it, not absurd."""
    (waits,) = means(runs, "one-seed", None, "mean(wait)")
    assert estimate(waits).holds(2.92)
    assert min(waits) < 1.5
    assert max(waits) > 6
    (two,) = means(runs, "one-seed", "two_slots", "mean(wait)")
    assert all(fewer < more for fewer, more in zip(two, waits, strict=True))


@RUNS
def test_jitter_saves_the_mails_with_any_seed(runs: int) -> None:
    saved, peaks = means(runs, "retry-storm", "backoff_jitter", "succeeded", "peak(calls.mail, 30, end)")
    assert estimate(saved).mean >= 99
    assert min(saved) >= 98
    assert max(peaks) <= 12


@RUNS
def test_autoscaling_is_the_same_with_any_seed(runs: int) -> None:
    """Nothing in it is drawn: its durations and bursts are fixed."""
    waits, used = means(runs, "autoscaling", None, "mean(wait)", "process_seconds")
    assert set(waits) == {4.0}
    assert set(used) == {620.0}


@RUNS
def test_a_sale_day_goes_as_told_with_any_seed(runs: int) -> None:
    dead, lost = means(runs, "sale-day", None, "dead_lettered(send_email)", "lost")
    patient, jitter = (
        means(runs, "sale-day", v, "dead_lettered(send_email)")[0] for v in ("patient", "patient_jitter")
    )
    assert min(dead) > 20
    assert min(lost) > 0
    assert estimate(jitter).high < estimate(patient).low < estimate(patient).high < estimate(dead).low
