"""Celery's events become a trace: whatever was recorded, in whatever order it arrived, and also with gaps."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.measure.agreement import COMPARED, compare, predicted
from simulator.real.recording.cluster import Cluster
from simulator.real.recording.events import RESIZED, Conversion, convert
from simulator.real.recording.known import Known, KnownWorker, Routing
from simulator.real.recording.recorder import Recorder
from simulator.scenario.recorded import arrivals_of
from simulator.scenario.values.routes import Routes
from simulator.story.why.held_back import without_child
from simulator.trace import Header, Trace, as_seconds, read_trace, write_trace
from simulator.world import timeline_of, world_at
from simulator.world.lives import lives_of
from simulator.world.processes import processes_of
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


def event(kind: str, at: float, uuid: str = "", host: str = "w1@shop", **fields: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": 100 + at, "hostname": host, **({"uuid": uuid} if uuid else {}), **fields}


def run_of(uuid: str, at: float, host: str = "w1@shop") -> list[dict[str, Any]]:
    received = event("task-received", at, uuid, host, name="pay")
    return [received, event("task-started", at + 0.1, uuid, host)]


def test_what_ends_after_the_goodbye_of_a_warm_shutdown_is_no_death() -> None:
    trace = convert(
        [
            *(event("worker-online", 0), *run_of("a", 1), *run_of("b", 1)),
            *(event("worker-offline", 2), event("task-succeeded", 3, "a", runtime=1.9, result="1")),
            *(event("task-retried", 3, "b", exception="Boom()"), event("worker-online", 5), *run_of("c", 6)),
        ],
        Known(workers={"w1": KnownWorker(("celery",), "prefork", 2, 2)}),
    )
    workers = [(e.type, as_seconds(e.t)) for e in trace if e.type.startswith("worker-")]
    assert workers == [("worker-online", 0), ("worker-offline", 2), ("worker-online", 5)]
    assert lives_of(trace).tasks["a"].outcome == "succeeded"
    assert [run.outcome for run in lives_of(trace).tasks["b"].runs] == ["retried"]


def test_what_never_ends_after_the_goodbye_died_with_its_process() -> None:
    rows = [event("worker-online", 0), *run_of("a", 1), event("worker-offline", 2), event("worker-online", 5)]
    trace = convert(rows, Known(workers={"w1": KnownWorker(("celery",), "prefork", 2, 2)}, late=["pay"]))
    assert [e.type for e in trace if e.type.startswith("worker-")] == [
        *("worker-online", "worker-offline", "worker-lost", "worker-online")
    ]
    assert [e.why for e in trace if e.type == "message-requeued"] == ["connection-lost"]  # type: ignore[attr-defined]


def test_a_pool_that_autoscales_has_the_size_that_its_worker_says() -> None:
    scaled = KnownWorker(("celery",), "prefork", 2, 8, {"autoscale": [4, 1]})
    runs = [row for number in range(3) for row in run_of(f"t{number}", 1 + number)]
    rows = [
        *(event("worker-heartbeat", 0), *runs, event(RESIZED, 5, size=4), event(RESIZED, 6, size=1)),
        *(event("task-succeeded", 9 - n, f"t{n}", runtime=1.0, result="1") for n in range(3)),
        *(event("worker-offline", 20), event("worker-online", 21)),
    ]
    trace = convert(rows, Known(workers={"w1": scaled}))
    sizes = [(as_seconds(e.t), e.size) for e in trace if e.type == "pool-resized"]  # type: ignore[attr-defined]
    # The third run shows that it has grown; a busy slot goes when it is free.
    assert sizes == [(3.1, 3), (5, 4), (6, 3), (7, 2), (8, 1)]
    assert [e.concurrency for e in trace if e.type == "worker-online"] == [2, 1]  # type: ignore[attr-defined]
    # No event of Celery's tells of children: no slot is without one.
    resized = [index for index, e in enumerate(trace) if e.type == "pool-resized"]
    workers = [world_at(trace, index + 1).workers["w1"] for index in resized]
    assert [sorted(worker.children) for worker in workers] == [list(range(1, size + 1)) for _, size in sizes]
    assert not any(map(without_child, workers))
    assert processes_of(trace).running["w1"].highest() == 4
    assert not Conversion(0, Known(workers={"w1": scaled})).notes["unended"]


def test_tasks_that_a_worker_held_before_are_there_and_end() -> None:
    conversion = Conversion(100, Known(workers={"w1": KnownWorker(("celery",), "prefork", 2, 2)}))
    conversion.greet("w1@shop")
    held = [(f"t{n}", {"uuid": f"t{n}", "name": "pay", "hostname": "w1@shop"}) for n in range(2)]
    for (_, raw), running in zip(held, (True, False), strict=True):
        conversion.hold(raw, running=running)
    for raw in (event("task-started", 1, "t1"), *(event("task-succeeded", 2 + n, f"t{n}", runtime=9) for n in (0, 1))):
        conversion.add(raw)
    conversion.release()
    trace = Trace(Header(), conversion.events)
    assert [(e.uuid, e.inferred) for e in trace if e.type == "task-started"] == [  # type: ignore[attr-defined]
        *(("t0", True), ("t1", False))
    ]
    assert world_at(trace, len(trace)).counts["succeeded"] == 2
    assert not conversion.notes["unreceived"]


@pytest.mark.parametrize(
    ("task", "consumed", "queue"),
    [
        ("pay", ("celery", "mail"), "celery"),
        ("mail.send", ("celery", "mail"), "mail"),
        ("own", ("celery", "special"), "special"),
        ("mail.send", ("other",), "other"),
        ("mail.send", ("other", "third"), "?"),
        ("mail.send", (), "mail"),
    ],
)
def test_without_task_sent_the_routes_tell_the_queue_if_its_worker_consumes_it(
    task: str, consumed: tuple[str, ...], queue: str
) -> None:
    routing = Routing([Routes([("mail.*", {"queue": "mail"})])], {"own": "special"})
    known = Known(workers={"w1": KnownWorker(consumed)}, routing=routing)
    trace = convert([event("task-received", 1, "a", name=task)], known)
    assert [e.queue for e in trace if e.type == "task-sent"] == [queue]  # type: ignore[attr-defined]


def test_what_workers_say_of_tasks_and_settings_is_kept_without_secrets() -> None:
    conf = {
        "broker_url": "redis://user:hunter2@host/0", "task_routes": {"a": "q"}, "security_key_password": "hunter2",
        "beat_schedule": {"x": {"task": "a", "schedule": 5.0, "args": ["hunter2"]}},
        "broker_transport_options": {"visibility_timeout": 9, "password": "hunter2"}, "redis_password": "hunter2",
    }  # fmt: skip
    line = "a [rate_limit=4/s max_retries=4 retry_backoff=True acks_late=False autoretry_for=(<class 'x.Y'>, 1)]"
    told = Cluster(conf={"w1@h": conf, "w2@h": conf}, registered={"w1@h": [line, "b"]}).told()
    assert "hunter2" not in str(told)
    assert told["conf"] == [{
        "workers": ["w1", "w2"],
        "settings": {
            "broker_url": "redis://", "task_routes": {"a": "q"}, "broker_transport_options": {"visibility_timeout": 9},
            "beat_schedule": {"x": {"task": "a", "schedule": 5.0}},
        },
    }]  # fmt: skip
    assert told["tasks"]["b"] == {}
    assert told["tasks"]["a"]["rate_limit"] == "4/s"
    assert told["tasks"]["a"]["retry_backoff"] is True


def test_priorities_are_counted_by_type_from_what_workers_hold_each_task_once() -> None:
    recorder = Recorder("redis://nowhere", None)
    held = [{"id": str(n), "name": "pay", "delivery_info": {"priority": n % 2 * 6}} for n in range(5)]
    for _ in range(2):
        recorder._note_priorities(Cluster(active={"w@h": held[:3]}, reserved={"w@h": held[3:]}))
    assert recorder._priorities == {"pay": {"0": 3, "6": 2}}
    asked = {"asked": {"priorities": {"pay": {"0": 1, "6": 3}, "mail": {"0": 9}}}}
    rows = [event("task-received", n, f"t{n}", name="pay" if n % 2 else "mail") for n in range(400)]
    arrivals = arrivals_of(convert(rows, header=Header(recorded=asked)))
    urgent = [one.priority for one in arrivals if one.task == "pay"].count(0)
    assert urgent == pytest.approx(50, abs=20)
    assert {one.priority for one in arrivals if one.task == "pay"} == {0, 6}
    assert {one.priority for one in arrivals if one.task == "mail"} == {None}
    assert arrivals == arrivals_of(convert(rows, header=Header(recorded=asked)))
