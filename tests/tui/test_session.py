"""Commands of a user in a run, without a terminal."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.scene.change import Change
from simulator.scene.model import QuestionBox, Selection
from simulator.story.run import Run, open_run
from simulator.trace.time import to_micros
from simulator.tui.controls import commands as c
from simulator.tui.session import Session


@pytest.fixture
def session(order: Run) -> Session:
    return Session(order, "en", motion=False)


def asked(session: Session) -> QuestionBox:
    question = session.scene().question
    assert question is not None
    return question


def do(session: Session, change: Change) -> None:
    session.branch(session.run.edited([change.edit(session.player)], simulate), change)


def kill(session: Session, name: str) -> None:
    do(session, Change("kill", name))


def test_the_question_end_to_end(session: Session) -> None:
    session.do(c.GoToEnd())
    assert asked(session).texts == ["Both workers are busy and only Task3 is left. Who will run it?"]
    assert not asked(session).answered
    assert not any(choice.right or choice.because for choice in asked(session).choices)
    assert not asked(session).why
    here = session.player.cursor
    session.do(c.Step(1))
    assert session.player.cursor == here
    assert "1-3" in session.scene().notice
    session.do(c.AnswerQuestion(3))
    assert not asked(session).answered
    session.do(c.AnswerQuestion(1))
    assert asked(session).texts == ["Whoever it is: when will Task3 start?"]
    session.do(c.AnswerQuestion(1))
    assert asked(session).answered
    assert not asked(session).verdict
    assert not any(choice.right for choice in asked(session).choices)
    to_verdict(session)
    assert asked(session).verdict == "wrong"
    assert [choice.text for choice in asked(session).choices if choice.right] == ["worker1"]
    assert asked(session).why
    assert session.run.trace.events[session.player.cursor - 1].type == "task-received"
    session.do(c.Step(1))
    assert asked(session).verdict == "right"  # when: at 3 s
    session.do(c.Step(1))
    assert session.scene().question is None
    for _ in range(2):
        session.do(c.Step(-1))
    assert asked(session).verdict == "wrong"
    session.do(c.GoToEnd())
    assert session.player.at_end
    assert session.run.world(session.player.cursor).task("Task3").hostname == "worker1"


def to_verdict(session: Session) -> None:
    """Go to where the run answers a question; the second one of the moment is answered first, and rightly."""
    if session.player.open_question is not None:
        session.do(c.AnswerQuestion(1))
    while session.player.verdict is None:
        assert not session.player.at_end
        session.do(c.Step(1))


@pytest.mark.parametrize(("answer", "verdict"), [(c.AnswerQuestion(0), "right"), (c.Skip(), "unknown")])
def test_right_and_unknown_answers(session: Session, answer: c.Command, verdict: str) -> None:
    session.do(c.GoToEnd())
    session.do(answer)
    assert not asked(session).verdict
    to_verdict(session)
    assert asked(session).verdict == verdict
    assert asked(session).why


def test_the_answer_comes_from_the_run() -> None:
    session = Session(open_run("three-task-order", simulate, variant="slow_email"), "en", motion=False)
    session.do(c.GoToEnd())
    session.do(c.AnswerQuestion(1))
    to_verdict(session)
    assert asked(session).verdict == "right"


def test_who_answered_for_another_run_is_neither_right_nor_wrong(session: Session) -> None:
    session.do(c.GoToEnd())
    session.do(c.AnswerQuestion(0))
    kill(session, "worker1")
    to_verdict(session)
    assert asked(session).verdict == "changed"
    assert [choice.text for choice in asked(session).choices if choice.right] == ["worker2"]
    assert not asked(session).why
    session.do(c.Undo())
    to_verdict(session)
    assert asked(session).verdict == "right"


def test_a_wrong_choice_has_its_own_reason() -> None:
    text = """
    tasks: {nap: 1}
    send: [{at: 0, id: T, task: nap}]
    ask:
      - at: 0.5
        en: When does it end?
        choices: [{id: "1", en: at 1 s}, {id: "2", en: at 2 s, because: {en: It takes one second.}}]
        answer: finished_at(T)
        why: {en: It began at once.}
    """
    scenario = parse_scenario(text)
    session = Session(Run(simulate(scenario), scenario), "en", motion=False)
    session.do(c.GoToEnd())
    session.do(c.AnswerQuestion(1))
    assert [choice.because for choice in asked(session).choices] == ["", ""]
    to_verdict(session)
    assert [choice.because for choice in asked(session).choices] == ["", "It takes one second."]


def test_a_kill_leaves_what_was_seen_and_can_be_undone(session: Session) -> None:
    for command in (c.GoToEnd(), c.Skip(), c.Skip()):
        session.do(command)
    session.do(c.Seek(40, 100))
    assert session.player.time == to_micros(2)
    before, run = session.scene(), session.run
    kill(session, "worker1")
    after = session.scene()
    assert session.run is not run
    assert run.trace.common_prefix(session.run.trace) >= session.player.cursor
    for part in ("time", "producers", "counts", "words", "question", "trail"):
        assert getattr(after, part) == getattr(before, part), part
    assert [worker.slots for worker in after.workers] == [worker.slots for worker in before.workers]
    assert "worker1" in after.branch
    session.do(c.Step(1))
    assert [worker.state for worker in session.scene().workers] == ["killed", "running"]
    session.do(c.GoToEnd())
    assert session.scene().counts["succeeded"] == 3
    session.do(c.Undo())
    assert session.run is run
    assert session.player.time == to_micros(2)
    assert session.scene().workers[0].state == "running"
    assert not session.scene().branch
    assert not session.can(c.Undo())


def test_a_later_question_in_a_branch_is_answered_by_the_branch(session: Session) -> None:
    session.do(c.GoToMark(1))
    kill(session, "worker1")
    session.do(c.GoToEnd())
    session.do(c.AnswerQuestion(0))
    to_verdict(session)
    question = asked(session)
    assert question.verdict == "wrong"
    assert [choice.text for choice in question.choices if choice.right] == ["worker2"]
    assert not question.why


def test_undo_before_the_kill_stays_where_it_is(session: Session) -> None:
    session.do(c.GoToMark(1))
    session.do(c.GoToMark(1))
    kill(session, "worker2")
    session.do(c.GoToStart())
    session.do(c.Undo())
    assert session.player.cursor == session.player.playback.opening


def test_a_trace_without_scenario_cannot_be_changed(order: Run) -> None:
    session = Session(Run(order.trace), "en")
    assert not session.can(c.AskWhatIf())
    assert session.scene().titles == ["One order, three tasks, two workers"]


def test_another_language_changes_words_only(session: Session) -> None:
    session.do(c.GoToMark(1))
    session.do(c.ToggleFuture())
    player = session.player
    told = [session.scene().words[0].text, session.scene().notice]
    session.set_language("ko")
    assert session.player is player
    assert [session.scene().words[0].text, session.scene().notice] != told
    session.set_language("en")
    assert [session.scene().words[0].text, session.scene().notice] == told


def test_choosing_goes_through_panels(session: Session) -> None:
    session.do(c.GoToMark(1))
    session.do(c.GoToMark(1))
    session.panel()
    assert session.look.selection.key == "Task1"
    session.move(1)
    assert session.zoom_target() == ("message", "Task2")
    session.panel()
    session.move(5)
    assert session.zoom_target() == ("worker", "worker2")
    session.panel()
    assert session.look.selection == Selection()
    session.panel(-1)
    assert session.look.selection.panel == "workers"
    assert session.clear()
    assert not session.clear()


def test_finding_keeps_the_future_secret(session: Session) -> None:
    session.do(c.GoToMark(1))
    session.do(c.GoToMark(1))
    assert {found.time for found in session.search("Task1")} == {500_000}
    # How many there are ahead would answer the question that is open.
    assert session.hidden("Task1") == 0
    session.do(c.ToggleFuture())
    assert session.search("task1 succeeded") == []
    session.do(c.ToggleFuture())
    session.do(c.GoToEnd())
    session.do(c.AnswerQuestion(0))
    session.do(c.AnswerQuestion(1))
    assert session.hidden("Task3") == 0
    for _ in range(2):  # both answers have to have shown
        session.do(c.GoToMark(1))
        assert session.player.verdict is not None
    assert session.hidden("Task3") > 0
    session.do(c.ToggleFuture())
    assert len(session.search("task3 succeeded")) == 1
    assert session.hidden("Task3") == 0


def test_the_future_is_not_shown_while_a_question_about_it_is_open(session: Session) -> None:
    session.do(c.GoToEnd())
    before = session.scene()
    session.do(c.ToggleFuture())
    assert session.scene().notice == "Answer every question to see the future."
    assert (session.scene().chart.future, session.scene().events) == (False, before.events)
    session.do(c.AnswerQuestion(0))
    session.do(c.AnswerQuestion(1))
    assert session.scene().chart.future
    session.do(c.GoToStart())
    assert session.scene().chart.future


def test_next_and_previous_found_go_round(session: Session) -> None:
    session.do(c.GoToEnd())
    session.do(c.Skip())
    session.do(c.Skip())
    session.do(c.GoToEnd())
    found = session.search("message-acked")
    assert len(found) == 3
    cursors = []
    for _ in range(4):
        session.do(c.GoToFound(1))
        cursors.append(session.player.cursor)
    assert cursors == [*(f.index + 1 for f in found), found[0].index + 1]
    session.do(c.GoToFound(-1))
    assert session.player.cursor == found[2].index + 1
    session.search("nothing like that")
    assert not session.can(c.GoToFound(1))
    session.do(c.GoToFound(1))
    assert session.scene().notice


def test_what_was_seen_of_a_what_if_is_not_searched_after_it_was_undone(session: Session) -> None:
    """The other run may be longer: searching on in this one went behind its end."""
    session.do(c.GoToEnd())
    session.do(c.AnswerQuestion(0))
    session.do(c.AnswerQuestion(1))
    do(session, Change("send", "send_email"))
    session.do(c.GoToEnd())
    session.undo()
    length = session.player.playback.length
    assert session.seen <= length
    assert all(found.index < length for found in session.search("task"))
