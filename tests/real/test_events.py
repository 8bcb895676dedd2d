"""Celery's events become a trace: whatever was recorded, in whatever order it arrived, and also with gaps."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.measure.agreement import COMPARED, compare, predicted
from simulator.real.events import Conversion, convert
from simulator.real.known import Known, KnownWorker
from simulator.trace import Header, Trace, as_seconds, read_trace, write_trace
from simulator.world import timeline_of, world_at
from tests.recordings.experiment import NAMES, identifier, read_recording
from tests.recordings.held import tolerance_of

TOLD = {*COMPARED, "task-cancelled"}


def raws(name: str) -> list[dict[str, Any]]:
    return [row for row in read_recording(name).rows if row["source"] == "event"]


def known(name: str) -> Known:
    experiment = read_recording(name).experiment
    late = [task for task, spec in experiment["task_types"].items() if spec.get("options", {}).get("acks_late")]
    return Known(late=late, leases=experiment["broker"] == "redis")


def told(trace: Trace) -> list[tuple[str, str, str]]:
    return [(e.type, e.uuid, e.hostname) for e in trace if e.type in TOLD and not e.inferred]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_becomes_a_trace_that_tells_the_same_and_can_be_read_back(name: str) -> None:
    trace = convert(raws(name), known(name))
    rows = sorted((r for r in raws(name) if r["type"] in TOLD), key=lambda r: r["timestamp"])
    assert told(trace) == [(r["type"], r["uuid"], r["hostname"].partition("@")[0]) for r in rows]
    file = io.StringIO()
    write_trace(trace, file)
    assert read_trace(file.getvalue().splitlines()).hash == trace.hash
    world = world_at(trace, len(trace))
    tasks = {r["uuid"] for r in raws(name) if r["type"] == "task-succeeded"}
    assert {uuid for uuid in tasks if world.task(uuid).state == "SUCCESS"} == tasks


@pytest.mark.parametrize(
    "name", ["01_three_tasks_two_workers_redis", "03_retry_exhausted_redis", "31_canvas_failure_redis"]
)
def test_the_trace_agrees_with_the_recording_it_is_made_of(name: str) -> None:
    recording = read_recording(name)
    trace = convert(raws(name), known(name))
    ours = predicted(trace, set(recording.names))
    theirs = recording.happenings
    names = {h.uuid: identifier(h.uuid) for h in ours}
    ours = [replace(h, uuid=names[h.uuid]) for h in ours]
    found = compare(ours, theirs, tolerance_of(recording))
    assert found.differences == []
    assert found.worst is not None
    assert found.worst < 0.002


def test_what_no_celery_reports_is_marked() -> None:
    trace = convert(raws("01_three_tasks_two_workers_redis"))
    broker = {"queue-declared", "message-queued", "message-delivered", "message-acked"}
    assert {e.type for e in trace if e.inferred} == broker
    assert not any(e.inferred for e in trace if e.type not in broker)


def test_a_task_that_nobody_saw_being_sent_was_sent_by_somebody_unknown() -> None:
    rows = [r for r in raws("01_three_tasks_two_workers_redis") if r["type"] != "task-sent"]
    conversion = Conversion(rows[0]["timestamp"])
    for row in rows:
        conversion.add(row)
    trace = Trace(Header(), conversion.release())
    sent = [e for e in trace if e.type == "task-sent"]
    assert [(e.inferred, e.hostname, e.queue) for e in sent] == [(True, "?", "?")] * 3  # type: ignore[attr-defined]
    assert conversion.notes["unsent"] == 3
    assert world_at(trace, len(trace)).counts["succeeded"] == 3


def test_a_worker_that_was_there_before_the_recording_is_concluded() -> None:
    rows = [r for r in raws("01_three_tasks_two_workers_redis") if r["type"] != "worker-online"]
    online = [e for e in convert(rows) if e.type == "worker-online"]
    assert [e.inferred for e in online] == [True, True]


def test_a_killed_worker_is_lost_once_its_heartbeats_are_missing() -> None:
    lost = [e for e in convert(raws("05_acks_early_kill9_redis")) if e.type == "worker-lost"]
    assert [(e.hostname, e.inferred) for e in lost] == [("w1", True)]  # type: ignore[attr-defined]


def test_a_task_that_comes_back_is_late_acknowledged_and_shows_why_it_came_back() -> None:
    name = "48_kill9_with_standby_rabbitmq"
    rows = raws(name)
    trace = convert(rows)
    assert [e.why for e in trace if e.type == "message-requeued"] == ["connection-lost"]  # type: ignore[attr-defined]
    acks = [e for e in trace if e.type == "message-acked"]
    ends = [e for e in trace if e.type == "task-succeeded"]
    assert len(acks) == len(ends) == 1


def test_names_workers_and_limits_that_are_known_are_used() -> None:
    pool = KnownWorker(("celery",), "threads", 2, 8)
    trace = convert(raws("32_pool_threads_rabbitmq"), Known(workers={"w1": pool}))
    online = next(e for e in trace if e.type == "worker-online")
    assert (online.pool, online.concurrency, online.queues) == ("threads", 2, ("celery",))  # type: ignore[attr-defined]
    assert not [e for e in trace if e.type == "pool-resized"]


@pytest.mark.parametrize("name", ["03_retry_exhausted_redis", "34_reject_on_worker_lost_loop_redis", "40_reject_redis"])
@given(data=st.data())
def test_lost_and_reordered_events_still_make_a_trace_that_plays(name: str, data: st.DataObject) -> None:
    rows = raws(name)
    kept = [row for row in rows if data.draw(st.integers(0, 9)) > 1]
    shuffled = data.draw(st.permutations(kept))
    trace = convert(shuffled, known(name))
    assert all(e.cause < index for index, e in enumerate(trace))
    assert [e.t for e in trace] == sorted(e.t for e in trace)
    world = timeline_of(trace).at(len(trace))
    assert world.counts["started"] == sum(e.type == "task-started" for e in trace)
    assert convert(kept, known(name)).hash == trace.hash


def test_watching_gives_the_same_as_reading() -> None:
    rows = raws("30_canvas_redis")
    start = min(r["timestamp"] for r in rows)
    watched = Conversion(start)
    for row in rows:
        watched.add(row)
        watched.release(row["timestamp"] - 0.5)
    watched.release()
    assert watched.events == list(convert(rows))


@pytest.mark.parametrize(
    "raw", [{}, {"type": "task-sent"}, {"type": 3, "timestamp": 1.0}, {"type": "x", "timestamp": "y"}]
)
def test_what_is_no_event_is_counted_and_left_out(raw: dict[str, Any]) -> None:
    conversion = Conversion(0.0)
    conversion.add(raw)
    assert conversion.release() == []
    assert conversion.notes["unreadable"] == 1


def test_times_are_seconds_since_the_first_event() -> None:
    rows = raws("22_eta_order_redis")
    trace = convert(rows)
    assert trace[0].t == 0
    assert as_seconds(trace[-1].t) == pytest.approx(rows[-1]["timestamp"] - rows[0]["timestamp"], abs=0.01)
    scheduled = [e for e in trace if e.type == "task-scheduled"]
    assert scheduled
    assert all(e.inferred and e.eta > e.t for e in scheduled)  # type: ignore[attr-defined]
