"""Every event has its sentences, and they are the guide's dialogue."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from simulator.engine import simulate
from simulator.scenario import Scenario
from simulator.story import narrate, sentence
from simulator.story.narrate.narration import TELLERS
from simulator.trace import EVENT_TYPES, Trace
from simulator.world import Timeline
from tests.lessons import played
from tests.story.samples import (
    CONTROLS,
    CRASH,
    EXPIRY,
    OUTAGES,
    OVERFLOW,
    RETRIES,
    WRONG_ARGUMENTS,
    pool_events,
    run_of,
    traces,
)
from tests.strategies import scenarios

HANGUL = re.compile("[가-힣]")


def sentences(trace: Trace, lang: str) -> list[str]:
    timeline = Timeline(trace)
    return [sentence(timeline, index, lang) for index in range(len(trace))]


def test_no_type_of_event_lacks_its_sentences() -> None:
    assert set(TELLERS) == set(EVENT_TYPES.values())


def test_every_type_of_event_is_told_in_both_languages() -> None:
    told = set()
    for trace in traces():
        timeline = Timeline(trace)
        for index, event in enumerate(trace):
            told.add(event.type)
            korean, english = sentence(timeline, index, "ko"), sentence(timeline, index, "en")
            assert HANGUL.search(korean), korean
            assert english != korean
            assert "\n" not in korean + english
            assert sentence(timeline, index, "both") == f"{korean}\n{english}"
            for first in (True, False):
                assert all(said.text("ko") and said.text("en") for said in narrate(timeline, index, first=first))
    assert told == set(EVENT_TYPES)


def test_the_guides_dialogue() -> None:
    told = sentences(played("three-task-order"), "ko")
    assert 'worker1 → Broker: "새로운 작업이 있나요?" Broker → worker1: "아직 없습니다"' in told
    assert "Producer → Broker: Task1 전송 (send_email)" in told
    assert "Broker: Queue에 Task1 저장" in told
    assert 'worker1 → Broker: "새로운 작업이 있나요?"' in told
    assert 'Broker → worker1: "예, 새로운 Task가 있습니다" Task1 send_email(12345, "user@example.com")' in told


def test_with_push_nobody_asks() -> None:
    told = "\n".join(sentences(played("three-task-order", "celery_defaults"), "en"))
    assert "Is there a new task?" not in told
    assert '"A new task for you" Task1' in told
    assert "push: nobody asked" in told


def test_the_acknowledgement_says_whether_it_is_early_or_late() -> None:
    early = sentences(played("success-and-ack", "early"), "en")
    late = sentences(played("success-and-ack"), "en")
    assert "worker1 → Broker: ACK for Task1 (before the run). The broker forgets the message" in early
    assert "worker1 → Broker: ACK for Task1 (done). The broker forgets the message" in late


def test_death_loss_and_return() -> None:
    told = sentences(run_of(CRASH), "en")
    assert "worker1: Killed (SIGKILL). It had no chance to tell the broker" in told
    assert "Broker: Connection to worker1 lost. pay_3 was not ACKed and is back in the queue (at the front)" in told
    assert any(text.startswith("pay_1: Lost.") for text in told)
    assert any(text.endswith("(redelivered)") for text in told)


def test_an_unregistered_task_was_looked_up_and_rejected() -> None:
    trace = played("message")
    timeline = Timeline(trace)
    index = next(i for i, event in enumerate(trace) if event.type == "message-dropped")
    told = [said.text("en") for said in narrate(timeline, index)]
    assert told[0] == "worker1: Task1 received, message parsed"
    assert '    "task": "tasks.send_emial",' in told
    assert told[-2].endswith("tasks.send_emial (not registered)")
    assert told[-1] == "worker1 → Broker: Task1 rejected. The broker drops the message"


def test_a_failure_says_why() -> None:
    told = sentences(run_of(WRONG_ARGUMENTS), "en")
    assert any("takes 1 positional argument but 2 were given" in text for text in told)


def test_retries_are_new_messages_of_the_worker() -> None:
    korean, english = sentences(run_of(RETRIES), "ko"), sentences(run_of(RETRIES), "en")
    assert "worker1 → Broker: Task1 재시도 요청 (1번째 재시도, 5초 뒤)" in korean
    assert "worker1: Task1 ETA 대기(scheduled). 7초까지 Worker 메모리에서 기다립니다" in korean
    assert "worker1: Task1 실패: SMTPException. 재시도합니다" in korean
    assert "worker1: Task1 실행 중: send_email(12345) (1번째 재시도)" in korean
    assert "worker1: Task1 최종 실패: SMTPException (재시도 2번 뒤)" in korean
    assert "worker1 → Broker: Requests a retry of Task1 (retry 2, in 5 s)" in english
    assert "worker1: Task1 failed for good: SMTPException (after 2 retries)" in english


def test_a_retry_is_explained_once() -> None:
    trace = run_of(RETRIES)
    index = next(i for i, event in enumerate(trace) if event.type == "task-sent" and i and event.actor == "worker1")
    first, later = (narrate(Timeline(trace), index, first=first) for first in (True, False))
    assert [said.text("ko") for said in first] == [
        "worker1: Task1에서 예외 발생. 재시도할 오류입니다",
        "worker1: 재시도는 Worker가 직접 보내는 새 메시지입니다 (id는 같고 retries=1)",
        "worker1 → Broker: Task1 재시도 요청 (1번째 재시도, 5초 뒤)",
    ]
    assert later == [first[0], first[2]]


def test_a_worker_that_holds_a_task_says_until_when() -> None:
    trace = run_of(RETRIES)
    timeline = Timeline(trace)
    scheduled = next(i for i, event in enumerate(trace) if event.type == "task-scheduled")
    assert narrate(timeline, scheduled)[-1].text("ko") == "worker1: 대기 중 (ETA: Task1 7초)"
    received = next(i for i, e in enumerate(trace) if e.type == "task-received" and i > scheduled - 2)
    assert not any("reserved" in said.text("en") for said in narrate(timeline, received))


def test_a_copy_goes_to_the_dead_letter_queue() -> None:
    told = sentences(run_of(RETRIES), "ko")
    copy = told.index("worker1 → Broker: Dead Letter Queue에 Task1 사본 전송 (failed_emails)")
    assert told[copy + 1] == "Broker: Dead Letter Queue에 Task1 저장 (failed_emails)"


def test_remote_control_limits_and_leases() -> None:
    told = sentences(run_of(CONTROLS), "en")
    for text in (
        "worker1: Revoke received for E, Z. What has not started will not run",
        "worker1: Rate limit for pay is now 30/m",
        "worker1: Rate limit for pay removed",
        "worker1: Time limits for pay will be soft 5 s, hard - once it has connected to the broker again",
        "worker1: Autoscale is now max 4, min 2",
        "worker2: Told to grow its pool by 2",
        "worker2: Told to shrink its pool by 1",
        "worker1: Now consuming celery, slow",
        "worker2: No longer consuming any queue",
        "services.mail: Now takes 1 s to respond",
        "worker1 → Broker: ACK for B (its run was stopped). The broker forgets the message",
        "worker1 → Result Backend: State of A recorded (STARTED)",
        "worker1: Soft shutdown. Running tasks have until worker_soft_shutdown_timeout",
        "Broker: The visibility timeout of D is over. It is back in the queue (at the front); the worker holding it"
        " is not told",
    ):
        assert text in told
    trace = run_of(CONTROLS)
    revoked = next(i for i, e in enumerate(trace) if e.type == "message-acked" and getattr(e, "uuid", "") == "E")
    (said,) = narrate(Timeline(trace), revoked)
    assert said.text("en").startswith("worker1 → Broker: ACK for E (revoked, will not run).")


def test_outages_and_shutdowns() -> None:
    told = sentences(run_of(OUTAGES), "en")
    for text in (
        "Broker: Down. Nothing can be sent, delivered or ACKed",
        "Broker: Connection to worker1 lost. Task1 was not ACKed and is back in the queue (at the front)",
        "Producer → Broker: Task3 could not be sent (the broker is down)",
        "Broker: Up again, with all its messages",
        "services.mail: Down. Calls raise SMTPException",
        "services.mail: Up again",
        "worker1: Warm shutdown. It takes no new tasks and only finishes what is running",
        "worker1: Shut down, offline",
        "Broker: worker1 has shut down. Task7 was not ACKed and is back in the queue (at the front)",
        "worker2: Cold shutdown. Running tasks are stopped, too",
        "worker2: Cold shutdown, offline",
    ):
        assert text in told


def test_expiry_and_overflow() -> None:
    told = sentences(run_of(OUTAGES), "ko")
    assert "Producer → Broker: Task7 전송 (pay, 만료 7.6초, priority 3)" in told
    assert "Broker: Task7 만료. Queue에서 버렸고, 어떤 Worker도 모릅니다 (celery)" in told
    told = sentences(run_of(EXPIRY), "ko")
    expired = told.index("worker1 → Broker: Task2 ACK (만료되어 실행하지 않음). Broker가 메시지를 지웁니다")
    assert told[expired + 2] == "worker1: Task2 만료로 취소(revoked). 만료 시각은 1.6초였습니다"
    told = sentences(run_of(OVERFLOW), "ko")
    assert "Broker: Queue가 가득 차서 맨 앞의 메시지를 버림: a_1 (celery)" in told
    assert "Producer → Broker: b_2 전송 실패 (Queue가 가득 참)" in told


def test_children_effects_and_rejections() -> None:
    told = sentences(pool_events(), "en")
    for text in (
        "worker1: Child process started (slot 1, 50 MB)",
        "worker1: A took effect",
        "worker1: Child process killed (slot 1, 80 MB)",
        "worker1: Child process started (slot 1, 50 MB, reason: replaced)",
        "worker1: A rejected. Its message goes back to the queue",
        "worker1: A took effect again (number 2)",
        "worker1: A rejected. Its message is not requeued",
        "A: Lost. The last copy was inside worker1 and died with it",
        "worker1: Child process exited (slot 1, 80 MB released, reason: max_tasks_per_child)",
        "worker1: The pool now has 2 slots (reason: autoscale)",
        "worker1: Heartbeat (active 0, processed 2)",
        "worker1: B cancelled while running. The task has not ended",
    ):
        assert text in told
    assert "worker1: A 작업이 또 반영됨 (2번째)" in sentences(pool_events(), "ko")


def test_a_worker_that_shuts_down_announces_no_next_task() -> None:
    trace = run_of(OUTAGES)
    timeline = Timeline(trace)
    last = max(i for i, e in enumerate(trace) if e.type == "task-succeeded" and e.actor == "worker1")
    assert [said.text("en") for said in narrate(timeline, last)] == ["worker1: Task5 succeeded (took 2 s)"]


@given(scenarios())
def test_a_sentence_knows_nothing_of_what_is_to_come(scenario: Scenario) -> None:
    trace = simulate(scenario)
    timeline = Timeline(trace)
    for index in range(0, len(trace), 1 + len(trace) // 20):
        prefix = Timeline(Trace(trace.header, trace.events[: index + 1]))
        for lang in ("ko", "en"):
            assert sentence(timeline, index, lang) == sentence(prefix, index, lang)
            told = [said.text(lang) for said in narrate(timeline, index)]
            assert told == [said.text(lang) for said in narrate(prefix, index)]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_long_values_are_cut(lang: str) -> None:
    long = "x" * 5000
    trace = run_of(f"tasks: {{t: {{returns: '{long}'}}}}\nsend: [{{task: t, args: ['{long}']}}]")
    told = sentences(trace, lang)
    assert any("xxx" in text for text in told)
    assert all(len(text) < 300 for text in told)


@pytest.mark.parametrize(("pool", "heard"), [("prefork", "has not started"), ("threads", "not handed to its pool")])
def test_what_a_revoke_reaches_depends_on_the_pool(pool: str, heard: str) -> None:
    text = f"""
profile: celery-redis
tasks: {{nap: 2}}
workers: {{w1: {{pool: {pool}}}}}
send: [{{at: 0, task: nap, id: A}}, {{at: 0.1, task: nap, id: B}}, {{at: 0.2, task: nap, id: C, expires: 1}}]
control: [{{at: 1, revoke: B}}]
"""
    trace = run_of(text)
    timeline = Timeline(trace)
    told = "\n".join(line.text("en") for index in range(len(trace)) for line in narrate(timeline, index))
    assert heard in told
    assert ("will not run). The broker" in told) == (pool == "prefork")
