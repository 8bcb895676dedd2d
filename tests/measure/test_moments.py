"""Where an expression comes to hold: in one pass what the measures find in the trace up to each moment."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.measure import evaluate_text
from simulator.measure.measures import COUNTS
from simulator.measure.moments import OnsetSearch, Watch, not_of_a_moment, strange_names
from simulator.scenario import Scenario, parse_scenario
from simulator.scenario.conditions.goals import parse_goal
from simulator.trace import Trace
from simulator.trace.events import TaskSent
from simulator.world.lives import TaskLife
from tests.lessons import played
from tests.strategies import QUEUES, WORKERS, scenarios

PLAIN = [*COUNTS, "publish_failed", "deaths", "polls", "empty_polls", "queue_length", "unacked", "running"]
PLAIN.remove("runs")
PLAIN.remove("effects")
OF_TIMES = [f"{name}({what})" for name in ("mean", "p50", "p95", "max") for what in ("wait", "response", "finished")]
OF_LEVELS = [f"{name}({what})" for name in ("max", "peak") for what in ("queue", "processes", "memory")]


def asked(trace: Trace) -> list[str]:
    ids = sorted({event.uuid for event in trace if isinstance(event, TaskSent)})[:2]
    texts = [*PLAIN, *OF_TIMES, *OF_LEVELS, "age_at(end)"]
    texts += [f"{name}({queue})" for name in ("queue_length", "unacked", "sent") for queue in QUEUES]
    texts += [f"{name}({worker})" for name in ("running", "deaths", "polls") for worker in WORKERS]
    for uuid in ids:
        texts += [f'{name}("{uuid}")' for name in ("runs", "effects", "retried", "lost", "publish_failed")]
        texts += [f'{name}("{uuid}")' for name in ("state", "worker_of", "position", "started_at", "finished_at")]
        texts += [f'p95(wait, "{uuid}")', f'age_at(end, "{uuid}")']
    return texts


@pytest.mark.law
@settings(max_examples=15)
@given(scenario=scenarios(), data=st.data())
def test_its_values_are_those_of_the_trace_up_to_there(scenario: Scenario, data: st.DataObject) -> None:
    trace = simulate(scenario)
    texts = asked(trace)
    watches = {text: Watch(trace, parse_goal(text)) for text in texts}
    looks = {*data.draw(st.lists(st.integers(0, max(0, len(trace) - 1)), max_size=3)), len(trace) - 1}
    for index, event in enumerate(trace):
        found = {text: watch.take(event) for text, watch in watches.items()}
        if index in looks:
            header = msgspec.structs.replace(trace.header, end=event.t, silent_polls={})
            there = Trace(header, trace.events[: index + 1])
            named = {word.value for text in texts for word in strange_names(parse_goal(text), there)}
            # A name that is yet to come may mean something else so far: a type, until there is a task of that id.
            known = [text for text in texts if not any(name in text for name in named)]
            for text in known:
                value = evaluate_text(text, there)  # an age counts from half a millisecond later there
                assert found[text] == (pytest.approx(value, abs=0.0011) if "age_at" in text else value), text


def cursors(trace: Trace, text: str, start: int = 0) -> list[int]:
    found: list[int] = []
    while (cursor := OnsetSearch(trace, parse_goal(text), found[-1] if found else start).run().cursor) is not None:
        found.append(cursor)
    return found


def test_it_comes_to_hold_each_time_it_had_not_held_before() -> None:
    trace = played("three-task-order")
    times = [trace[cursor - 1].t / 1e6 for cursor in cursors(trace, "queue_length(celery) > 0")]
    assert times == [0.5]
    starts = cursors(trace, "running(worker1) == 1")
    assert [trace[cursor - 1].type for cursor in starts] == ["task-started", "task-started"]
    assert cursors(trace, "running(worker1) == 1", starts[0]) == [starts[1]]
    assert cursors(trace, "lost > 0") == []
    assert cursors(trace, "lost == 0") == [1]
    assert cursors(trace, "running(worker1) == 1 and not queue_length(celery) > 0") == [starts[1]]


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("queue_length(celery) > 3 and running == 2", None),
        ("p95(wait, send_email) > 1 or state(Task1) == SUCCESS", None),
        ("age_at(end) > 60", None),
        ("age_at(3) > 60", "age_at"),
        ("lost > 0 and util > 0.5", "util"),
        ("mean(queue) > 2", "mean"),
        ("peak(queue, 0, 5) > 2", "peak"),
        ("throughput(0, end) > 2", "throughput"),
        ("end > 5", "end"),
    ],
)
def test_what_sums_up_a_run_is_not_of_a_moment(text: str, measure: str | None) -> None:
    assert not_of_a_moment(parse_goal(text)) == measure


def test_a_name_that_the_run_knows_nothing_of_is_told() -> None:
    trace = played("three-task-order")
    text = "queue_length(orders) > 1 and running(worker7) > 0 and state(Task1) == SUCCESS and lost(send_email) == 0"
    assert [word.value for word in strange_names(parse_goal(text), trace)] == ["orders", "worker7"]


def test_it_takes_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tasks there are, an event is read once, and looks at the task that it is about."""
    looked: list[str] = []

    def count(task: TaskLife) -> int:
        looked.append(task.uuid)
        return 0

    monkeypatch.setitem(COUNTS, "lost", count)
    trace = simulate(
        parse_scenario("tasks: {work: 0.1}\nsend: [{from: 0, every: 0.1, count: 500, task: work}]\nuntil: 90")
    )
    assert cursors(trace, "lost > 0") == []
    assert 500 < len(looked) < len(trace)
