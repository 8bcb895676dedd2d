"""What the result backend stores."""

from __future__ import annotations

from simulator.trace import events as ev
from tests.engine.rules.playing import ONE, RABBIT, play, story, value


def test_the_state_started_is_stored_only_where_it_is_tracked() -> None:
    def stored(track: bool) -> list[str]:
        trace = play(RABBIT, {"task_track_started": track}, tasks={"work": 1}, send=ONE)
        return [e.state for e in trace if isinstance(e, ev.ResultStored)]

    assert stored(track=True) == ["STARTED", "SUCCESS"]
    assert stored(track=False) == ["SUCCESS"]


def test_an_ignored_result_is_not_stored() -> None:
    trace = play(RABBIT, {"task_ignore_result": True}, tasks={"work": 1}, send=ONE)
    assert not [e for e in trace if isinstance(e, ev.ResultStored)]
    assert value(trace, "succeeded") == 1


def test_a_result_is_stored_before_the_worker_tells_of_success() -> None:
    trace = play(RABBIT, tasks={"work": 1}, send=ONE)
    assert value(trace, 'order("result-stored", T, "task-succeeded", T)') is True


def test_an_unregistered_task_fails_without_being_received() -> None:
    trace = play(RABBIT, tasks={"other": 1}, send=ONE)
    assert story(trace, "T", "task-r", "task-f") == ["task-failed"]
