"""A controller in the loop: workers that come and go by what it reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.measure import evaluate_text
from simulator.scenario import Scenario, ScenarioError, parse_scenario
from simulator.trace import Trace
from simulator.trace.events import SettingChanged, WorkerLost, WorkerOffline, WorkerOnline
from simulator.trace.time import as_seconds
from simulator.world.seek import Timeline
from tests.strategies import examples

TEXT = """
profile: celery-rabbitmq
config: {{task_acks_late: true, worker_prefetch_multiplier: 1, worker_concurrency: 1, shutdown_return: ideal}}
workers: {workers}
tasks: {{work: {work}}}
send: [{{at: 0, task: work, count: {count}}}]
until: {until}
scale: [{{workers: "w*", by: {by}, every: 10, stabilization: 0, {more}}}]
"""


def scenario(
    by: str = "queue_length(celery) / 5",
    more: str = "",
    *,
    count: int = 20,
    work: float = 4,
    until: float = 400,
    workers: str = "{w1: {}, w2: {}, w3: {}}",
) -> Scenario:
    return parse_scenario(TEXT.format(by=by, more=more, count=count, work=work, until=until, workers=workers))


def wanted(trace: Trace) -> list[tuple[float, int]]:
    changes = [event for event in trace if isinstance(event, SettingChanged) and event.setting == "replicas"]
    return [(as_seconds(event.t), event.value) for event in changes]


def times(trace: Trace, kind: type[WorkerOnline | WorkerOffline | WorkerLost], worker: str) -> list[float]:
    return [round(as_seconds(e.t), 2) for e in trace if isinstance(e, kind) and e.hostname == worker]


def test_it_follows_its_reading_and_rounds_up() -> None:
    """At 10 s 17 of 20 wait: 17/5 is four, and three is all there are; at 20 s it is 9, at 30 s 4."""
    trace = simulate(scenario())
    assert wanted(trace) == [(10.0, 3), (20.0, 2), (30.0, 1)]
    assert [times(trace, WorkerOnline, name) for name in ("w1", "w2", "w3")] == [[0.0], [10.0], [10.0]]
    assert times(trace, WorkerOffline, "w1") == []
    assert len(times(trace, WorkerOffline, "w2")) == len(times(trace, WorkerOffline, "w3")) == 1


def test_a_worker_takes_its_time_to_start_and_counts_meanwhile() -> None:
    trace = simulate(scenario(more="start_up: 25"))
    assert wanted(trace)[0] == (10.0, 3)
    assert times(trace, WorkerOnline, "w2") == [35.0]
    assert times(trace, WorkerOnline, "w3") == [35.0]


def test_one_that_still_starts_is_the_first_to_go() -> None:
    trace = simulate(scenario("queue_length(celery) / 8", "start_up: 100", count=12, work=2))
    assert wanted(trace) == [(20.0, 1)] or wanted(trace) == []
    gone = simulate(scenario("queue_length(celery) / 4", "start_up: 100", count=8, work=2))
    assert wanted(gone) == []
    many = simulate(scenario("queue_length(celery) / 4", "start_up: 100", count=12, work=2))
    assert wanted(many) == [(10.0, 2), (20.0, 1)]
    assert times(many, WorkerOnline, "w2") == []
    assert times(many, WorkerOffline, "w1") == []


def test_what_it_does_not_see_it_does_not_count() -> None:
    """A worker that prefetches everything leaves a queue of length 0: KEDA would scale to its minimum."""
    greedy = "{w1: {prefetch_multiplier: 0}, w2: {}, w3: {}}"
    assert wanted(simulate(scenario(workers=greedy))) == []
    seen = simulate(scenario("(queue_length(celery) + unacked(celery)) / 5", workers=greedy))
    assert wanted(seen)[0] == (10.0, 3)


def test_utilisation_is_what_runs_over_its_target() -> None:
    trace = simulate(scenario("running / 0.7", until=100))
    assert wanted(trace)[:2] == [(10.0, 2), (20.0, 3)]


def test_within_its_tolerance_it_leaves_things_as_they_are() -> None:
    """Two run of two; 1.08 of what there is would be three."""
    steady = simulate(scenario("running * 1.08", "min: 2", until=30))
    assert wanted(steady) == []
    moved = simulate(scenario("running * 1.08", "min: 2, tolerance: 0", until=30))
    assert wanted(moved)[0] == (10.0, 3)


def test_it_stops_workers_only_when_the_largest_wish_of_its_window_is_smaller() -> None:
    calm = parse_scenario(
        TEXT.format(
            by="queue_length(celery) / 5", more="", count=20, work=4, until=400, workers="{w1: {}, w2: {}, w3: {}}"
        ).replace("stabilization: 0", "stabilization: 100")
    )
    # The last wish for three is that of 10 s; the window has passed it at 110 s.
    assert [time for time, size in wanted(simulate(calm)) if size == 1] == [pytest.approx(120, abs=10)]


def test_the_newest_goes_first_and_dies_after_its_grace() -> None:
    trace = simulate(scenario("queue_length(celery) / 4", "grace: 3", work=30, count=8, until=300))
    killed = [name for name in ("w1", "w2", "w3") if times(trace, WorkerLost, name)]
    assert killed == ["w2"]
    lost = times(trace, WorkerLost, "w2")[0]
    asked = [as_seconds(e.t) for e in trace if isinstance(e, SettingChanged) and e.setting == "shutdown"]
    assert lost == asked[0] + 3
    # What it was running goes back, and makes the queue long enough for another one at 60 s.
    assert wanted(trace)[:3] == [(10.0, 2), (50.0, 1), (60.0, 2)]
    assert evaluate_text("succeeded", trace) == 8


def test_a_deployment_of_none_wakes_up_for_a_message() -> None:
    trace = simulate(
        parse_scenario(
            TEXT.format(
                by="queue_length(celery)", more="min: 0", count=1, work=4, until=100, workers="{w1: {}}"
            ).replace("until: 100\n", "")
        )
    )
    assert times(trace, WorkerOnline, "w1") == [10.0]
    assert trace.header.stopped == "done"
    assert as_seconds(trace.end) < 20


def test_a_dead_worker_is_replaced_at_the_next_look() -> None:
    text = TEXT.format(by="2", more="min: 2", count=6, work=8, until=100, workers="{w1: {}, w2: {}, w3: {}}")
    trace = simulate(parse_scenario(text + "faults: [{at: 3, kill: w2}]\n"))
    assert wanted(trace) == []
    assert times(trace, WorkerOnline, "w2") == [0.0, 10.0]


def test_one_that_a_deploy_brings_back_counts_and_goes_if_it_is_one_too_many() -> None:
    """w3 restarts at 19 s and is back at 22 s, while two are wanted from 20 s on: it is the newest."""
    text = TEXT.format(
        by="queue_length(celery) / 5", more="", count=20, work=4, until=400, workers="{w1: {}, w2: {}, w3: {}}"
    )
    trace = simulate(parse_scenario(text + "faults: [{at: 19, restart: w3, grace: 60}]\n"))
    assert wanted(trace)[:2] == [(10.0, 3), (20.0, 2)]
    assert times(trace, WorkerOnline, "w3") == [10.0, 22.1]
    assert [time for time in times(trace, WorkerOffline, "w3") if time > 22.2][:1] == [pytest.approx(34, abs=4)]
    gone = simulate(parse_scenario(text + "faults: [{at: 10, restart: w3, grace: 60}]\n"))
    assert max(times(gone, WorkerOffline, "w3"), default=0) < 60  # and nothing is left of the deploy's deadline
    assert not [e for e in gone if isinstance(e, SettingChanged) and e.setting == "shutdown" and e.value == "cold"]


def test_a_controller_that_reads_nothing_changes_nothing() -> None:
    assert wanted(simulate(scenario("1 / queue_length(celery)", count=1))) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{workers: v*, by: running}", "worker.unknown"),
        ("{workers: w*, by: running, max: 4}", "scale.too_few"),
        ("{workers: w*, by: running, min: 3, max: 2}", "scale.bounds"),
        ("{workers: w*, by: runing}", "goal.unknown_name"),
        ("{workers: w*, by: running > 3}", "scale.signal"),
        ("{workers: w*, by: p95(wait)}", "scale.signal"),
        ("{workers: w*, by: queue_length(mail) / 3}", "goal.unknown_queue"),
        ("{workers: w*, by: 'running /'}", "goal.syntax"),
        ("{workers: w*, by: running}, {workers: w2, by: running}", "scale.twice"),
    ],
)
def test_what_is_written_wrongly_is_refused_in_its_place(line: str, code: str) -> None:
    with pytest.raises(ScenarioError) as error:
        parse_scenario(f"workers: {{w1: {{}}, w2: {{}}, w3: {{}}}}\nscale: [{line}]\n")
    assert code in [problem.code for problem in error.value.problems]
    assert all(problem.mark is not None and problem.mark.line == 2 for problem in error.value.problems)


def test_one_that_is_scaled_takes_no_time_of_its_own_to_start() -> None:
    with pytest.raises(ScenarioError) as error:
        parse_scenario("workers: {w1: {starts_at: 4}}\nscale: [{workers: w1, by: running}]\n")
    assert [problem.code for problem in error.value.problems] == ["scale.starts_at"]


@given(
    by=st.sampled_from(["queue_length(celery) / 3", "(queue_length + unacked) / 2", "running / 0.5", "0"]),
    more=st.sampled_from(["min: 0, start_up: 7", "start_up: 25, grace: 1", "replicas: 2, grace: 0", "max: 2"]),
    work=st.sampled_from([0.25, 3.0, 12.0]),
    profile=st.sampled_from(["celery-redis", "celery-rabbitmq", "celery-sqs"]),
)
@examples(0.5)
def test_whatever_comes_and_goes_every_task_ends_once(by: str, more: str, work: float, profile: str) -> None:
    text = TEXT.format(by=by, more=more, count=9, work=work, until=5000, workers="{w1: {}, w2: {}, w3: {}}")
    text = text.replace("celery-rabbitmq", profile)
    if profile != "celery-rabbitmq":
        text = text.replace("shutdown_return: ideal", "broker_transport_options: {visibility_timeout: 30}")
    trace = simulate(parse_scenario(text))
    world = Timeline(trace).at(len(trace))
    asleep = "min: 0" in more and by in ("running / 0.5", "0")  # nothing that runs: nothing to wake up for
    assert world.counts["succeeded"] == (0 if asleep else 9)
    online = sum(worker.life == "online" for worker in world.workers.values())
    assert online <= 3
