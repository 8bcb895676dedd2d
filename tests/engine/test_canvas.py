"""Chains, groups and chords: what follows what, what is never sent, and who says so."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.scenario import ScenarioError
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world import world_at
from tests.strategies import build

TASKS = {
    "step": {"duration": 0.3, "returns": "done {0}"},
    "plain": {"duration": 0.3, "returns": "done"},
    "slow": {"duration": 1, "returns": "slow"},
    "fail": {"duration": 0.3, "raises": "Transient"},
}
TWO = {"w1": {"concurrency": 2}}


def played(*send: dict[str, Any], **data: Any) -> Trace:
    return simulate(build({"profile": "celery-rabbitmq", "tasks": TASKS, "workers": TWO, "send": list(send), **data}))


def chain(*ids: str, **tasks: str) -> dict[str, Any]:
    return {"at": 0, "chain": [{"id": name, "task": tasks.get(name, "plain")} for name in ids]}


def chord(*header: tuple[str, str], body: str = "body", **more: Any) -> dict[str, Any]:
    parts = [{"id": name, "task": task} for name, task in header]
    return {"at": 0, "chord": {"header": parts, "body": {"id": body, "task": "plain"}}, **more}


def story(trace: Trace, *kinds: str) -> list[str]:
    """`kind uuid` of the events of these kinds (`task-` may be left out), in order."""
    wanted = {*kinds, *(f"task-{kind}" for kind in kinds)}
    return [f"{e.type.removeprefix('task-')} {e.uuid}" for e in trace if e.type in wanted]  # type: ignore[attr-defined]


def states(trace: Trace, *ids: str) -> list[object]:
    return [evaluate_text(f'state("{name}")', trace) for name in ids]


def test_a_child_sends_the_next_link_before_it_stores_and_long_before_its_parent_reports() -> None:
    trace = played(chain("c1", "c2"))
    assert story(trace, "sent", "received", "started", "result-stored", "succeeded") == [
        "sent c1",
        "received c1",
        "started c1",
        "sent c2",
        "result-stored c1",
        "received c2",
        "started c2",
        "succeeded c1",
        "result-stored c2",
        "succeeded c2",
    ]


def test_a_chains_family_is_on_its_events() -> None:
    sent = [e for e in played(chain("c1", "c2", "c3")) if isinstance(e, ev.TaskSent)]
    assert [(e.uuid, e.root_id, e.parent_id) for e in sent] == [
        ("c1", "c1", None),
        ("c2", "c1", "c1"),
        ("c3", "c1", "c2"),
    ]


def test_a_result_is_the_first_argument_of_the_next_unless_that_is_immutable() -> None:
    parts = [{"task": "plain"}, {"task": "step", "args": [7]}, {"task": "step", "args": [8], "immutable": True}]
    sent = [e for e in played({"at": 0, "chain": parts}) if isinstance(e, ev.TaskSent)]
    assert [e.args for e in sent] == [(), ("done", 7), (8,)]


def test_after_a_failing_link_nothing_is_sent_and_all_that_follows_is_stored_as_failed() -> None:
    trace = played(chain("c1", "cF", "c3", "c4", cF="fail"))
    assert story(trace, "sent") == ["sent c1", "sent cF"]
    assert states(trace, "c1", "cF", "c3", "c4") == ["SUCCESS", "FAILURE", "FAILURE", "FAILURE"]
    counts = world_at(trace, len(trace)).counts
    assert (counts["sent"], counts["succeeded"], counts["failed"]) == (2, 1, 1)
    assert "c3" not in world_at(trace, len(trace))
    assert evaluate_text("runs(c3)", trace) == 0


def test_a_group_is_sent_at_once_in_order() -> None:
    trace = played({"at": 0, "group": [{"id": "g1", "task": "slow"}, {"id": "g2", "task": "plain"}]})
    assert story(trace, "sent", "succeeded") == ["sent g1", "sent g2", "succeeded g2", "succeeded g1"]
    assert [e.root_id for e in trace if isinstance(e, ev.TaskSent)] == ["g1", "g2"]


def test_the_members_of_a_group_in_a_header_are_sent_in_reverse() -> None:
    def part(*names: str) -> list[dict[str, Any]]:
        return [{"id": name, "task": "plain"} for name in names]

    inner = {"group": [*part("B"), {"group": part("C", "D")}, *part("E")]}
    header = [*part("A"), inner, *part("F")]
    trace = played({"at": 0, "chord": {"header": header, "body": part("body")[0]}})
    assert [e.uuid for e in trace if isinstance(e, ev.TaskSent)] == ["A", "E", "D", "C", "B", "F", "body"]
    alone = played({"at": 0, "group": header})
    assert [e.uuid for e in alone if isinstance(e, ev.TaskSent)] == ["A", "B", "C", "D", "E", "F"]


def test_whoever_ends_the_header_last_sends_the_body_after_storing() -> None:
    trace = played(chord(("h1", "slow"), ("h2", "plain")))
    assert story(trace, "sent", "received", "result-stored", "succeeded")[4:] == [
        "result-stored h2",
        "succeeded h2",
        "result-stored h1",
        "sent body",
        "received body",
        "succeeded h1",
        "result-stored body",
        "succeeded body",
    ]
    (body,) = (e for e in trace if isinstance(e, ev.TaskSent) and e.uuid == "body")
    assert (body.args, body.root_id, body.parent_id) == ((["slow", "done"],), "h1", "h1")


def test_a_failing_header_fails_the_body_without_running_it_when_the_header_is_over() -> None:
    trace = played(chord(("hF", "fail"), ("h1", "slow")))
    assert "sent body" not in story(trace, "sent")
    assert states(trace, "hF", "h1", "body") == ["FAILURE", "SUCCESS", "FAILURE"]
    (stored,) = (e for e in trace if isinstance(e, ev.ResultStored) and e.uuid == "body")
    assert stored.t == 1_000_003
    assert stored.result == "ChordError('Dependency hF raised Transient()')"
    assert world_at(trace, len(trace)).counts["sent"] == 2


def test_a_group_that_something_follows_is_a_chord_and_a_chord_may_be_a_link() -> None:
    group = {"group": [{"id": "g1", "task": "plain"}, {"id": "g2", "task": "slow"}]}
    trace = played(
        {
            "at": 0,
            "chain": [{"id": "a", "task": "plain"}, group, {"id": "b", "task": "plain"}, {"id": "c", "task": "plain"}],
        }
    )
    assert story(trace, "sent") == ["sent a", "sent g1", "sent g2", "sent b", "sent c"]
    args = {e.uuid: e.args for e in trace if isinstance(e, ev.TaskSent)}
    assert args == {"a": (), "g1": ("done",), "g2": ("done",), "b": (["done", "slow"],), "c": ("done",)}
    assert {e.root_id for e in trace if isinstance(e, ev.TaskSent)} == {"a"}


def test_a_chain_in_a_header_counts_when_its_last_link_is_done() -> None:
    inner = {"chain": [{"id": "x", "task": "plain"}, {"id": "y", "task": "plain"}]}
    body = {"chain": [{"id": "b1", "task": "plain"}, {"id": "b2", "task": "plain"}]}
    trace = played({"at": 0, "chord": {"header": [{"id": "h", "task": "plain"}, inner], "body": body}})
    assert story(trace, "sent") == ["sent h", "sent x", "sent y", "sent b1", "sent b2"]
    broken = {"chain": [{"id": "x", "task": "fail"}, {"id": "y", "task": "plain"}]}
    trace = played({"at": 0, "chord": {"header": [{"id": "h", "task": "plain"}, broken], "body": body}})
    assert states(trace, "x", "y", "b1", "b2") == ["FAILURE"] * 4


def test_a_retry_keeps_its_place_in_the_chain() -> None:
    tasks = {
        **TASKS,
        "shaky": {"duration": 0.3, "raises": ["Transient"], "retry": {"on": ["Transient"], "countdown": 1}},
    }
    trace = played(chain("c1", "c2", "c3", c2="shaky"), tasks=tasks)
    assert story(trace, "sent", "retried") == ["sent c1", "sent c2", "sent c2", "retried c2", "sent c3"]
    assert [e.parent_id for e in trace if isinstance(e, ev.TaskSent)] == [None, "c1", "c1", "c2"]
    assert states(trace, "c3") == ["SUCCESS"]


def test_a_worker_that_dies_between_sending_the_next_link_and_storing_makes_both_run_twice() -> None:
    late = {"task_acks_late": True, "hop": 0.1, "worker_prefetch_multiplier": 1}
    workers = {"w1": {}, "w2": {"starts_at": 0.2}}
    # c1 starts at 0.3 and sends c2 at 0.6; its result would be stored at 0.7.
    trace = played(chain("c1", "c2"), config=late, workers=workers, faults=[{"at": 0.65, "kill": "w1"}])
    assert evaluate_text("runs(c1)", trace) == 2
    assert evaluate_text("runs(c2)", trace) == 2
    assert states(trace, "c1", "c2") == ["SUCCESS", "SUCCESS"]
    assert world_at(trace, len(trace)).counts["sent"] == 2


def test_a_link_lost_with_its_worker_ends_the_chain_in_silence() -> None:
    trace = played(chain("c1", "c2"), faults=[{"at": 0.2, "kill": "w1"}])
    assert story(trace, "sent", "lost") == ["sent c1", "lost c1"]
    assert states(trace, "c2") == ["PENDING"]


def test_where_the_next_link_cannot_be_sent_the_task_fails_with_that() -> None:
    trace = played(chain("c1", "c2", "c3"), faults=[{"at": 0.1, "down": "broker"}], until=2)
    assert [e.uuid for e in trace if isinstance(e, ev.PublishFailed)] == ["c2"]
    (stored,) = (e for e in trace if isinstance(e, ev.ResultStored) and e.uuid == "c1")
    assert (stored.state, stored.result) == ("FAILURE", "OperationalError()")
    assert states(trace, "c2", "c3") == ["FAILURE", "FAILURE"]


def test_an_unregistered_link_leaves_the_rest_pending() -> None:
    trace = played(chain("c1", "c2", "c3", c2="nobody_knows"))
    assert states(trace, "c1", "c2", "c3") == ["SUCCESS", "FAILURE", "PENDING"]


def test_an_expired_header_task_fails_the_chord() -> None:
    header = [{"id": "h1", "task": "slow"}, {"id": "h2", "task": "plain", "expires": 0.5}]
    body = {"id": "body", "task": "plain"}
    trace = played({"at": 0, "chord": {"header": header, "body": body}}, workers={"w1": {}})
    assert states(trace, "h2", "body") == ["REVOKED", "FAILURE"]


@pytest.mark.parametrize(("slots", "starts"), [(3, 4), (1, 12), (6, 2)])
def test_lesson_24_the_callback_starts_when_the_last_header_task_is_done(slots: int, starts: float) -> None:
    six = [("slow", "two")] * 6
    header = [{"task": task} for _, task in six]
    send = {"at": 0, "chord": {"header": header, "body": {"id": "callback", "task": "plain"}}}
    tasks = {**TASKS, "two": 2}
    trace = played(send, tasks=tasks, workers={"w1": {"concurrency": slots}})
    assert evaluate_text("started_at(callback)", trace) == starts
    failing = played(send, tasks={**TASKS, "two": {"duration": 2, "raises": "ValueError"}})
    assert evaluate_text("runs(callback)", failing) == 0
    assert states(failing, "callback") == ["FAILURE"]


def test_without_a_counter_a_task_looks_each_second_and_the_body_is_late() -> None:
    header = [{"task": "long"}] * 2
    send = {"at": 0, "chord": {"header": header, "body": {"id": "callback", "task": "plain"}}}
    config = {"result_backend": "db+sqlite://"}
    trace = played(send, tasks={**TASKS, "long": 2.4}, workers={"w1": {"concurrency": 3}}, config=config)
    assert evaluate_text("started_at(callback)", trace) == 3
    assert evaluate_text('retried("celery.chord_unlock")', trace) == 2
    assert story(trace, "sent")[:3] == ["sent celery.chord_unlock_1", "sent long_1", "sent long_2"]
    counted = played(send, tasks={**TASKS, "long": 2.4}, workers={"w1": {"concurrency": 3}})
    assert evaluate_text("started_at(callback)", counted) == 2.4
    tasks = {**TASKS, "long": {"duration": 2.4, "raises": "ValueError"}}
    failing = played(send, tasks=tasks, workers={"w1": {"concurrency": 3}}, config=config)
    assert states(failing, "callback", "celery.chord_unlock_1") == ["FAILURE", "SUCCESS"]


def run_twice(**tasks: Any) -> Trace:
    """A chord on Redis whose header tasks outlive the visibility timeout, so that each is delivered once more."""
    options = {"visibility_timeout": 4, "unacked_restore_interval": 0.2, "unacked_restore_throttle": 1}
    config = {"task_acks_late": True, "worker_prefetch_multiplier": 1, "broker_transport_options": options}
    return played(
        chord(("h1", "part"), ("h2", "part")),
        profile="celery-redis",
        tasks={**TASKS, "part": {"duration": 6, "returns": "part", **tasks}},
        workers={name: {"concurrency": 2} for name in ("w1", "w2")},
        config={**config, "visibility_sweep": "ideal"},
        until=60,
    )


def test_a_header_task_that_runs_twice_counts_once() -> None:
    trace = run_twice()
    assert [evaluate_text(f"runs({name})", trace) for name in ("h1", "h2", "body")] == [2, 2, 1]
    assert [e.args for e in trace if isinstance(e, ev.TaskSent) and e.uuid == "body"] == [(["part", "part"],)]


def test_a_chord_fails_once_however_often_its_header_does() -> None:
    trace = run_twice(raises="Transient")
    assert evaluate_text("runs(h1)", trace) == 2
    failures = [e for e in trace if isinstance(e, ev.ResultStored) and e.uuid == "body"]
    assert [e.state for e in failures] == ["FAILURE"]


IGNORED = {"quiet": {"duration": 0.3, "ignore_result": True}}


def test_a_backend_that_counts_does_so_for_ignored_results() -> None:
    trace = played(chord(("h1", "quiet"), ("h2", "plain")), tasks={**TASKS, **IGNORED})
    assert states(trace, "body") == ["SUCCESS"]


def test_without_a_counter_an_ignored_result_is_asked_for_forever() -> None:
    config = {"result_backend": "db+sqlite://"}
    trace = played(chord(("h1", "quiet"), ("h2", "plain")), tasks={**TASKS, **IGNORED}, config=config, until=30)
    assert states(trace, "h1", "h2", "body") == ["SUCCESS", "SUCCESS", "PENDING"]
    assert evaluate_text('retried("celery.chord_unlock")', trace) == 29


def test_without_a_counter_an_unregistered_header_task_fails_the_body() -> None:
    send = chord(("h1", "plain"), ("h2", "nobody_knows"))
    failing = played(send, config={"result_backend": "db+sqlite://"}, until=30)
    assert states(failing, "h2", "body") == ["FAILURE", "FAILURE"]
    counted = played(send, until=30)
    assert states(counted, "h2", "body") == ["FAILURE", "PENDING"]


def test_a_link_in_front_of_the_others_changes_no_draw() -> None:
    tasks = {"work": {"exponential": 1}, "other": 0.1}
    parts = [{"id": f"c{n}", "task": "work"} for n in range(3)]

    def runtimes(*extra: dict[str, Any]) -> list[int]:
        trace = played({"at": 0, "chain": [*extra, *parts]}, tasks=tasks, config={"hop": 0.0})
        return [e.runtime for e in trace if isinstance(e, ev.TaskSucceeded) and e.uuid.startswith("c")]

    assert runtimes() == runtimes({"task": "other"})


def test_what_is_no_canvas_is_refused() -> None:
    for send in (
        {"at": 0, "chain": []},
        {"at": 0, "chord": {"body": {"task": "plain"}}},
        {"at": 0, "chord": {"header": [], "body": {"task": "plain"}}},
        {"at": 0, "chain": [{"id": "a", "task": "plain"}, {"id": "a", "task": "plain"}]},
        {"at": 0, "call": "plain"},
    ):
        with pytest.raises(ScenarioError):
            played(send)
