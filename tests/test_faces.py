"""Whatever two faces of a run say about one number is the same number, in every profile."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.measure import compare, evaluate_text, summary
from simulator.measure.summary import Summary
from simulator.play.activity import Activity
from simulator.play.changes import Changes
from simulator.play.history import Gaps, History
from simulator.play.meters import Meters
from simulator.scenario import Scenario
from simulator.story.meaning import Meaning
from simulator.story.run import Run
from simulator.story.tell import tell
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world import timeline_of, world_at
from simulator.world.index import Index
from simulator.world.lifecycle import ALIVE, OUTCOMES
from simulator.world.lives import Lives, lives_of
from simulator.world.passes import Pass, pass_over
from simulator.world.processes import Processes
from simulator.world.ready import Ready
from tests.strategies import BROKERS, build, examples, scenarios

pytestmark = pytest.mark.law

TOTALS = ("sent", *OUTCOMES, "retried", "dead_lettered", "publish_failed")
"""Numbers of the whole run that the summary (by task type), the world and the measures all have."""

TOLD = {
    "sent": r"^Tasks sent: (\d+)\.",
    "succeeded": r"Succeeded (\d+), failed",
    "failed": r", failed (\d+), lost",
    "lost": r", lost (\d+), unfinished",
    "alive": r", unfinished (\d+)$",
    "retried": r"^Also: .*Retries (\d+)",
    "revoked": r"^Also: .*Revoked (\d+)",
    "ignored": r"^Also: .*Ignored (\d+)",
    "dropped": r"^Also: .*Dropped (\d+)",
    "dead_lettered": r"^Also: .*Dead letters (\d+)",
    "publish_failed": r"^Also: .*Not sent (\d+)",
    "polls": r"^Polls: (\d+) ",
    "empty_polls": r"^Polls: \d+ \((\d+) empty\)",
}
"""Counts in the last lines of a narration; one that is missing is 0."""


def totals(report: Summary) -> dict[str, int]:
    """Sums in `run --json` over all task types and all workers."""
    counts: Counter[str] = Counter()
    for one in report.types:
        counts.update({name: getattr(one, name) for name in (*TOTALS, ALIVE, "runs")})
    for worker in report.workers:
        counts.update(polls=worker.polls, empty_polls=worker.empty_polls, deaths=worker.deaths)
    return counts


def told(run: Run) -> dict[str, int]:
    """Counts at the end of `tell`."""
    lines = list(tell(run, "en"))
    lines = lines[max(place for place, line in enumerate(lines) if line.startswith("The end:")) :]
    found = {}
    for name, pattern in TOLD.items():
        numbers = [match for line in lines if (match := re.search(pattern, line))]
        found[name] = int(numbers[-1][1]) if numbers else 0
    return found


@pytest.mark.parametrize("broker", BROKERS)
@examples(0.5)
@given(data=st.data())
def test_all_faces_say_the_same(broker: str, data: st.DataObject) -> None:
    check(data.draw(scenarios(broker)))


def check(scenario: Scenario) -> None:
    run = Run(simulate(scenario), scenario)
    trace, end = run.trace, len(run.trace)
    report, world, meters = summary(trace), world_at(trace, end), Meters(History(run))
    found, counts, reading = totals(report), world.counts, meters.read(end, trace.end)

    assert {name: counts[name] for name in TOTALS} == {name: found[name] for name in TOTALS}
    assert {name: evaluate_text(name, trace) for name in TOTALS} == {name: found[name] for name in TOTALS}
    assert (world.alive, counts["started"], counts["deaths"]) == (found[ALIVE], found["runs"], found["deaths"])
    last = told(run)
    assert last == {name: found[name] for name in last}

    assert reading.done == found["succeeded"] + found["failed"]
    dead = {(event.message, event.queue) for event in trace if isinstance(event, ev.MessageDeadLettered)}
    consumed = {queue for event in trace for queue in consumed_from(event)}
    waiting = [(m, name) for name, queue in world.queues.items() for m in queue.messages()]
    assert len(waiting) == sum(queue.left for queue in report.queues)
    # Dead letters that no worker has ever consumed do not wait for one.
    assert reading.waiting == len([one for one in waiting if not (one in dead and one[1] not in consumed)])
    assert reading.busy == sum(worker.busy for worker in world.workers.values())
    assert meters.open_waits(end, trace.end).count == len(
        [task for task in lives_of(trace).tasks.values() if task.open_wait(trace.end) is not None]
    )
    if reading.little is not None and report.little is not None:
        assert pytest.approx(report.little.L) == reading.little.L
        assert reading.little.product == pytest.approx(report.little.L)

    queues = {name: (view.longest, len(view)) for name, view in world.queues.items()}
    assert queues == {queue.name: (queue.longest, queue.left) for queue in report.queues}
    for worker in report.workers:
        running = world.workers[worker.hostname].busy
        assert worker.concurrency == world.workers[worker.hostname].concurrency
        ended = [one for one in lives_of(trace).workers[worker.hostname].runs if one.end is not None]
        assert worker.executions - len(ended) == running
    rows = {row.measure: row.one for row in compare(trace, trace).rows}
    assert {name: rows[name] for name in ("sent", *OUTCOMES, ALIVE, "runs", "retried", "polls")} == {
        name: found[name] for name in ("sent", *OUTCOMES, ALIVE, "runs", "retried", "polls")
    }


def consumed_from(event: ev.Event) -> Iterable[str]:
    """The queues that a worker consumes from this event on."""
    if isinstance(event, ev.WorkerOnline):
        return event.queues
    return event.value if isinstance(event, ev.SettingChanged) and event.setting == "queues" else ()


def test_a_task_that_is_ignored_has_ended_for_everybody() -> None:
    scenario = build(
        {
            "until": 10,
            "tasks": {"t": {"duration": 1, "raises": "Ignore"}},
            "send": [{"at": 0, "task": "t"}],
        }
    )
    check(scenario)
    trace = simulate(scenario)
    (one,) = summary(trace).types
    assert (one.ignored, one.alive, one.response.mean) == (1, 0, 1.0)


@given(scenarios(), st.data())
def test_what_is_computed_of_a_trace_that_grows_is_what_is_computed_of_all_of_it(
    scenario: Scenario, data: st.DataObject
) -> None:
    whole = simulate(scenario)
    kinds: list[type[Pass]] = [Lives, Ready, Processes, Index, Gaps, Meaning, Changes, Activity]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=3)))
    trace = Trace(whole.header, whole.events[: cuts[0]] if cuts else ())
    for cut in [*cuts, len(whole)]:
        trace = trace.grown(msgspec.structs.replace(whole.header), whole.events[:cut])
        for kind in kinds:
            pass_over(trace, kind)
        history = History(Run(trace))
        Meters(history).read(cut, trace.end)
        _ = history.lasting, history.held
        timeline_of(trace).at(data.draw(st.integers(0, cut)))
    for kind in kinds:
        assert plain(pass_over(trace, kind)) == plain(pass_over(whole, kind))
    grown, made = Meters(History(Run(trace))), Meters(History(Run(whole)))
    for name in ("lasting", "held", "holds"):
        assert plain(getattr(grown.history, name)) == plain(getattr(made.history, name))
    cursor = data.draw(st.integers(0, len(whole)))
    assert grown.read(cursor, whole.end) == made.read(cursor, whole.end)
    assert grown.open_waits(cursor, whole.end) == made.open_waits(cursor, whole.end)
    assert world_at(trace, cursor).counts == world_at(whole, cursor).counts


def plain(value: object) -> object:
    """All that an object of ours holds; not the trace, and not what a level computes of itself when asked for."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if not type(value).__module__.startswith(("simulator.world.", "simulator.play.", "simulator.story.")):
        return value
    names: Iterable[str] = getattr(type(value), "__slots__", ()) or vars(value)
    left_out = ("trace", "events", "_highest", "_lasting", "_lasting_of")
    return {name: plain(getattr(value, name)) for name in names if name not in left_out}
