"""Differences between a prediction and a recording, in both languages."""

from __future__ import annotations

from collections import Counter

from simulator.measure.agreement import Happening, compare
from simulator.measure.invariants import broken
from simulator.story.report.agreement_words import difference_line


def life(worker: str, task: str, received: float, ended: float, how: str = "task-succeeded") -> list[Happening]:
    return [
        Happening(received, "task-received", worker, task),
        Happening(received, "task-started", worker, task),
        Happening(ended, how, worker, task, "Boom" if how == "task-failed" else ""),
    ]


def test_another_end_and_one_that_is_missing() -> None:
    ours, theirs = life("w", "A", 0, 1), life("w", "A", 0, 2, "task-failed")
    (found,) = compare(ours, theirs).differences
    told = difference_line(found)
    assert told.text("en") == "A: predicted succeeded W1 at 1.00, recorded failed (Boom) W1 at 2.00"
    assert told.text("ko") == "A: 예측 1.00초 W1 succeeded, 실제 2.00초 W1 failed (Boom)"
    (found,) = compare(ours, theirs[:2]).differences
    assert difference_line(found).text("ko").endswith("실제 없음")


def test_another_order() -> None:
    ours = [*life("w", "A", 0, 1), *life("w", "B", 2, 3)]
    theirs = [*life("w", "B", 0, 1), *life("w", "A", 2, 3)]
    told = [difference_line(found).text("ko") for found in compare(ours, theirs).differences]
    assert "W1 1번째 수신: 예측 A, 실제 B" in told


def test_what_no_run_does() -> None:
    ours = [*life("w", "A", 0, 1), *life("w", "B", 2, 3), Happening(4, "task-started", "w", "C")]
    theirs = [Happening(0, "task-received", "w", "A"), *life("w", "A", 9, 10), *life("w", "B", 2, 3)]
    ours += [Happening(5, "task-received", "w", "A")]
    found = broken(ours, theirs, Counter({"A": 8, "B": 1}))
    english = [difference_line(one).text("en") for one in found]
    assert english == [
        "A: predicted 1 runs, recorded 8, expected range 4 to 16",
        "C: predicted 1 runs, recorded 0, expected range 0",
        "C: started on W1 without being received",
        "A: predicted 5.00 to 5.00 s until it is received again, recorded 9.00 to 9.00 s",
    ]
    korean = [difference_line(one).text("ko") for one in found]
    assert korean[0] == "A: 실행 횟수 예측 1, 실제 8 (허용 범위 4~16)"
    assert not any(word in text for text in korean for word in ("predicted", "recorded", "expect"))
    assert difference_line(broken([], theirs, Counter())[0]).text("ko") == "아무 일도 일어나지 않았습니다"
