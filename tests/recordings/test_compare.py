"""The comparison notices what is wrong, whatever is made wrong in whichever recording."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulator.measure.agreement import EXACT, ONE_TURN, Happening, by_task, compare, normalise, predicted
from simulator.measure.difference import Mismatch
from tests.recordings.convert import as_scenario
from tests.recordings.experiment import NAMES, read_recording
from tests.recordings.held import held_as, tolerance_of
from tests.recordings.invariants import ENDINGS, broken
from tests.recordings.truth import closest, verdict
from tests.strategies import examples

RECORDED = [name for name in NAMES if held_as(read_recording(name)) == "order"]
AGREEING = [name for name in RECORDED if verdict(name).agrees]
LOOSE = [name for name in NAMES if name not in RECORDED]
SIDES = [*((name, "prediction") for name in AGREEING), *((name, "recording") for name in RECORDED)]

sides = pytest.mark.parametrize(("name", "side"), SIDES, ids=[f"{name}-{side}" for name, side in SIDES])


@cache
def base(name: str, side: str) -> list[Happening]:
    """The correct events: those of the prediction, if it agrees, or of the recording itself."""
    recording = read_recording(name)
    if side == "recording":
        return normalise(recording.happenings)
    return normalise(predicted(closest(recording, as_scenario(recording)).trace, set(recording.names.values())))


def agrees(mutated: list[Happening], name: str) -> bool:
    recording = read_recording(name)
    in_order = sorted(mutated, key=lambda h: h.t)
    return not compare(in_order, recording.happenings, tolerance_of(recording), recording.end).differences


@sides
def test_what_is_right_agrees_whatever_the_workers_are_called(name: str, side: str) -> None:
    right = base(name, side)
    assert agrees(right, name)
    assert agrees([replace(h, hostname=f"other-{h.hostname}", t=h.t + 100) for h in right], name)


@pytest.mark.parametrize(("apart", "order", "right"), [(0.0, "AB", True), (0.0, "BA", True), (0.01, "BA", False)])
def test_two_slots_that_are_handed_their_tasks_in_one_turn_may_start_in_either_order(
    apart: float, order: str, right: bool
) -> None:
    received = [Happening(0.0, "task-received", "w", uuid) for uuid in "AB"]
    ours = [*received, Happening(0.1, "task-started", "w", "A"), Happening(0.1 + apart, "task-started", "w", "B")]
    theirs = [*received, *(Happening(0.1, "task-started", "w", uuid) for uuid in order)]
    assert (not compare(ours, theirs, EXACT, 1.0).differences) == right


@sides
@examples(0.4)
@given(data=st.data())
def test_a_missing_event_is_noticed(name: str, side: str, data: st.DataObject) -> None:
    right = base(name, side)
    recording = read_recording(name)
    end = recording.end - recording.happenings[0].t - tolerance_of(recording).at(recording.end)
    early = [place for place, h in enumerate(right) if h.t < end - 0.3]
    place = data.draw(st.sampled_from(early))
    assert not agrees(right[:place] + right[place + 1 :], name)


@sides
@examples(0.4)
@given(data=st.data())
def test_a_wrong_worker_is_noticed(name: str, side: str, data: st.DataObject) -> None:
    right = base(name, side)
    on = {h.uuid: h.hostname for h in right}
    pairs = [(a, b) for a in sorted(on) for b in sorted(on) if a < b and on[a] != on[b]]
    if not pairs:
        return
    a, b = data.draw(st.sampled_from(pairs))
    swap = {a: on[b], b: on[a]}
    mutated = [replace(h, hostname=swap.get(h.uuid, h.hostname)) for h in right]
    assume([h.hostname for h in normalise(mutated)] != [h.hostname for h in right])  # else only the names changed
    assert not agrees(mutated, name)


@sides
@examples(0.4)
@given(data=st.data())
def test_a_wrong_time_is_noticed(name: str, side: str, data: st.DataObject) -> None:
    right = base(name, side)
    place = data.draw(st.integers(1, len(right) - 1))
    shift = data.draw(st.floats(2.5, 9)) * tolerance_of(read_recording(name)).at(right[-1].t + 100)
    mutated = [*right]
    mutated[place] = replace(right[place], t=right[place].t + shift)
    assert not agrees(mutated, name)


@sides
@examples(0.4)
@given(data=st.data())
def test_all_that_follows_being_late_is_noticed(name: str, side: str, data: st.DataObject) -> None:
    right = base(name, side)
    place = data.draw(st.integers(1, len(right) - 1))
    shift = 2.5 * tolerance_of(read_recording(name)).at(right[-1].t + 100)
    assert not agrees([*right[:place], *(replace(h, t=h.t + shift) for h in right[place:])], name)


@sides
@examples(0.4)
@given(data=st.data())
def test_a_wrong_outcome_is_noticed(name: str, side: str, data: st.DataObject) -> None:
    right = base(name, side)
    place = data.draw(st.integers(0, len(right) - 1))
    happening = right[place]
    wrong = (
        replace(happening, outcome="Other")
        if happening.outcome
        else replace(happening, type="task-failed", outcome="Other")
    )
    assert not agrees([*right[:place], wrong, *right[place + 1 :]], name)


@sides
@examples(0.4)
@given(data=st.data())
def test_another_order_on_a_worker_is_noticed(name: str, side: str, data: st.DataObject) -> None:
    right = base(name, side)
    kinds = sorted({(h.hostname, h.type) for h in right if h.type in ("task-received", "task-started")})
    pairs = [
        (a, b)
        for kind in kinds
        for a, b in pairwise([place for place, h in enumerate(right) if (h.hostname, h.type) == kind])
        if right[a].uuid != right[b].uuid and (kind[1] == "task-received" or right[b].t - right[a].t >= ONE_TURN)
    ]
    if not pairs:
        return
    a, b = data.draw(st.sampled_from(pairs))
    mutated = [*right]
    mutated[a], mutated[b] = replace(right[b], t=right[a].t), replace(right[a], t=right[b].t)
    assert not agrees(mutated, name)


def test_retried_and_the_next_receive_may_come_in_either_order() -> None:
    def side(*kinds: str) -> list[Happening]:
        return [Happening(n / 100, f"task-{kind}", "w", "A") for n, kind in enumerate(kinds)]

    one = side("received", "started", "received", "retried", "started", "succeeded")
    two = side("received", "started", "retried", "received", "started", "succeeded")
    assert [h.type for h in by_task(one)["A"]] == [h.type for h in by_task(two)["A"]]
    assert compare(one, two, EXACT).differences == []


def test_the_doubled_failure_of_a_hard_limit_counts_once() -> None:
    kinds = ["received", "started", "failed", "failed"]
    twice = [Happening(n / 100, f"task-{kind}", "w", "A", "?") for n, kind in enumerate(kinds)]
    assert len(normalise(twice)) == 3
    assert compare(twice[:3], twice, EXACT).differences == []


def test_what_the_end_cut_off_does_not_count_and_what_came_before_does() -> None:
    side = [Happening(t, "task-received", "w", f"T{n}") for n, t in enumerate((0.0, 1.0, 1.95))]
    assert compare(side, side[:2], EXACT, end=2.0).differences == []
    assert compare(side[:1], side, EXACT, end=2.0).differences != []


# -- invariants -------------------------------------------------------------------------------------------------


def breaks(happenings: list[Happening], name: str) -> list[Mismatch]:
    recording = read_recording(name)
    return broken(sorted(happenings, key=lambda h: h.t), recording, tolerance_of(recording))


VISIBLE = [name for name in LOOSE if not breaks(read_recording(name).happenings, name)]
"""Recordings whose monitor saw everything, so that they keep their own invariants."""


def test_recordings_keep_their_invariants_where_the_monitor_was_not_blind() -> None:
    unseen = [read_recording(name) for name in LOOSE if name not in VISIBLE]
    blind = {action["do"] for recording in unseen for action in recording.experiment["actions"]}
    assert blind <= {"outage"}


@pytest.mark.parametrize("name", VISIBLE)
@given(data=st.data())
def test_a_task_that_vanishes_or_ends_otherwise_breaks_an_invariant(name: str, data: st.DataObject) -> None:
    recording = read_recording(name)
    right = recording.happenings
    uuid = data.draw(st.sampled_from(sorted({h.uuid for h in right if h.type in ENDINGS})))
    assert breaks([h for h in right if h.uuid != uuid], name)
    otherwise = [replace(h, outcome="Other") if h.uuid == uuid and h.type in ENDINGS else h for h in right]
    assert breaks(otherwise, name)


@pytest.mark.parametrize("name", VISIBLE)
@given(data=st.data())
def test_a_second_execution_of_what_runs_once_breaks_an_invariant(name: str, data: st.DataObject) -> None:
    recording = read_recording(name)
    once = sorted(uuid for uuid, n in recording.executions.items() if n == 1)
    if not once:
        return
    uuid = data.draw(st.sampled_from(once))
    again = [replace(h, t=h.t + 100) for h in recording.happenings if h.uuid == uuid]
    assert breaks([*recording.happenings, *again], name)


@pytest.mark.parametrize("name", VISIBLE)
@given(data=st.data())
def test_a_start_without_a_receive_breaks_an_invariant(name: str, data: st.DataObject) -> None:
    recording = read_recording(name)
    right = recording.happenings
    place = data.draw(st.sampled_from([n for n, h in enumerate(right) if h.type == "task-received"]))
    assume(any(h.type == "task-started" and h.uuid == right[place].uuid for h in right))
    uuid = right[place].uuid
    assert breaks([h for h in right if (h.type, h.uuid) != ("task-received", uuid)], name)


AGAIN = [
    name
    for name in VISIBLE
    if max(Counter(h.uuid for h in read_recording(name).happenings if h.type == "task-received").values()) > 1
]
"""Recordings in which something is received more than once."""


@pytest.mark.parametrize("name", AGAIN)
@pytest.mark.parametrize("factor", [0.3, 3.0])
def test_a_redelivery_at_another_time_breaks_an_invariant(name: str, factor: float) -> None:
    right = normalise(read_recording(name).happenings)
    times = Counter(h.uuid for h in right if h.type == "task-received")
    often = {uuid for uuid, n in times.items() if n > 1}
    assert breaks([replace(h, t=h.t * factor) if h.uuid in often else h for h in right], name)
