"""A room counts one vote a device, which may change until it is closed, and outlives the program."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.web.room import LETTERS, ClassRoom, PollQuestion, RoomBroken, VoteRefused, open_room

QUESTION = PollQuestion("0/1", {"en": "Who?", "ko": "누가?"}, [{"en": "a"}, {"en": "b"}, {"en": "c"}])


def asked() -> tuple[ClassRoom, list[str]]:
    room = ClassRoom()
    room.ask(QUESTION, 1)
    return room, [room.new_device() for _ in range(3)]


def test_one_vote_a_device_that_can_be_changed_until_closing() -> None:
    room, (ann, ben, _) = asked()
    room.vote(ann, "0/1", 1, 0, 1)
    room.vote(ben, "0/1", 1, 2, 1)
    room.vote(ann, "0/1", 1, 1, 2)
    assert room.answered() == 2
    assert room.close() == (0, 1, 1)
    with pytest.raises(VoteRefused, match="closed"):
        room.vote(ann, "0/1", 1, 2, 3)
    assert room.polls["0/1"].counts() == (0, 1, 1)


def test_the_second_round_is_counted_apart_and_tells_who_moved() -> None:
    room, (ann, ben, cho) = asked()
    for device, choice in ((ann, 0), (ben, 0), (cho, 1)):
        room.vote(device, "0/1", 1, choice, 1)
    room.close()
    room.ask(QUESTION, 2)
    with pytest.raises(VoteRefused, match="closed"):
        room.vote(ann, "0/1", 1, 2, 2)  # still at the first question
    room.vote(ann, "0/1", 2, 1, 2)
    room.vote(cho, "0/1", 2, 1, 2)
    assert room.close() == (0, 2, 0)
    poll = room.polls["0/1"]
    assert poll.counts(1) == (2, 1, 0)
    assert poll.shift() == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]  # ben did not vote again


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"token": "made.up"}, "device"),
        ({"token": ""}, "device"),
        ({"token": "ä.ö"}, "device"),
        ({"key": "0/2"}, "closed"),
        ({"number": 2}, "closed"),
        ({"choice": 3}, "choice"),
        ({"choice": -1}, "choice"),
    ],
)
def test_made_up_votes_count_for_nothing(change: dict[str, object], reason: str) -> None:
    room, (ann, *_) = asked()
    vote = {"token": ann, "key": "0/1", "number": 1, "choice": 0, "order": 1} | change
    with pytest.raises(VoteRefused) as refused:
        room.vote(**vote)  # type: ignore[arg-type]
    assert refused.value.reason == reason
    assert room.answered() == 0


def test_a_vote_that_comes_again_or_late_changes_nothing() -> None:
    room, (ann, *_) = asked()
    room.vote(ann, "0/1", 1, 0, 1)
    room.vote(ann, "0/1", 1, 2, 2)
    room.vote(ann, "0/1", 1, 2, 2)  # its answer was lost on the way
    with pytest.raises(VoteRefused, match="stale"):
        room.vote(ann, "0/1", 1, 0, 1)
    assert room.close() == (0, 0, 1)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 9)), max_size=30))
def test_the_count_is_that_of_each_devices_newest_vote(votes: list[tuple[int, int, int]]) -> None:
    room, devices = asked()
    newest: dict[int, tuple[int, int]] = {}
    for device, choice, order in votes:
        try:
            room.vote(devices[device], "0/1", 1, choice, order)
            newest[device] = (order, choice)
        except VoteRefused:
            assert newest[device][0] >= order
    counted = [choice for _, choice in newest.values()]
    assert room.close() == tuple(counted.count(choice) for choice in range(3))


def test_another_rooms_devices_are_strangers() -> None:
    room, other = ClassRoom(), ClassRoom()
    assert room.device_of(other.new_device()) is None
    assert len({ClassRoom().code for _ in range(50)}) == 50
    assert set(room.code) <= set(LETTERS)


def test_nothing_is_told_of_others_before_the_reveal() -> None:
    room, (ann, ben, _) = asked()
    room.vote(ben, "0/1", 1, 2, 1)
    state = room.state_for(ann)
    assert (state["open"], state["mine"], state["right"]) == (True, None, None)
    assert set(state) == {"question", "round", "open", "right", "mine", "order"}
    room.close()
    room.reveal("0/1", 1)
    assert (room.state_for(ben)["mine"], room.state_for(ben)["right"]) == (2, 1)


def test_a_room_goes_on_after_the_program_was_killed(tmp_path: Path) -> None:
    room = open_room(tmp_path)
    assert room is not None
    room.port = 8041
    room.keep()
    room.ask(QUESTION, 1)
    ann, ben = room.new_device(), room.new_device()
    room.vote(ann, "0/1", 1, 1, 1)
    room.vote(ben, "0/1", 1, 2, 1)
    journal = tmp_path / f"{room.code}.jsonl"
    with journal.open("ab") as stream:
        stream.write(b'{"type":"vote","key":"0/1","rou')  # cut off in the middle of a line
    again = open_room(tmp_path, room.code)
    assert again is not None
    assert (again.code, again.port) == (room.code, 8041)
    assert again.answered() == 2
    again.vote(ann, "0/1", 1, 0, 2)  # the phone knows nothing of it
    assert again.close() == (1, 0, 1)
    once_more = open_room(tmp_path, room.code)
    assert once_more is not None
    assert once_more.polls["0/1"].counts() == (1, 0, 1)
    if os.name == "posix":
        assert journal.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "line",
    [
        *('{"type":"vote"}', "{}", "5", "[" * 9000, '{"type":"reveal","key":"0/2","right":0}', '{"type":"room"}'),
        *('{"type":"reveal","key":"0/1","right":9}', '{"type":"ask","question":{"key":"x"},"round":1}'),
        '{"type":"vote","key":"0/1","round":1,"device":"d","choice":3,"order":1}',
    ],
)
def test_a_damaged_record_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    room = open_room(tmp_path)
    assert room is not None
    room.keep()
    room.ask(QUESTION, 1)
    journal = tmp_path / f"{room.code}.jsonl"
    journal.write_text(f"{journal.read_text()}{line}\n")
    with pytest.raises(RoomBroken) as caught:
        open_room(tmp_path, room.code)
    assert (caught.value.journal, caught.value.line) == (journal, 3)


def test_a_class_goes_on_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "rooms").write_text("no folder")
    room = open_room(tmp_path / "rooms")
    assert room is not None
    room.keep()
    assert room.unkept
    room.ask(QUESTION, 1)
    room.vote(room.new_device(), "0/1", 1, 1, 1)
    assert room.close() == (0, 1, 0)


def test_another_class_in_a_room_that_goes_on_has_questions_of_its_own(tmp_path: Path) -> None:
    room, (ann, _, _) = asked()
    room.vote(ann, "0/1", 1, 2, 1)
    other = PollQuestion("0/1", {"en": "When?"}, [{"en": "a"}])
    room.ask(other, 1)
    assert (room.answered(), room.state_for(ann)["question"]["text"]) == (0, {"en": "When?"})


def test_rooms_are_forgotten_after_a_day(tmp_path: Path) -> None:
    room = open_room(tmp_path)
    assert room is not None
    room.keep()
    long_ago = time.time() - 25 * 3600
    os.utime(tmp_path / f"{room.code}.jsonl", (long_ago, long_ago))
    assert open_room(tmp_path, room.code) is None
    assert open_room(tmp_path, "../x") is None
