"""A run as plain lines."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.scenario import parse_scenario, scenario_names
from simulator.story.run import Run, open_run
from simulator.story.tell import tell
from tests.lessons import opened
from tests.story.goldens import hold
from tests.story.samples import CONTROLS, CRASH, OUTAGES, RETRIES


def told(what: str, lang: str, variant: str | None = None, log: bool = False) -> str:
    return "\n".join(tell(opened(what, variant), lang, log=log))


def run_text(text: str) -> Run:
    scenario = parse_scenario(text)
    return Run(simulate(scenario), scenario)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("variant", [None, "celery_defaults"])
def test_three_task_order(lang: str, variant: str | None) -> None:
    name = f"three-task-order{'.' + variant if variant else ''}.{lang}.txt"
    hold(name, told("three-task-order", lang, variant))


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_crash(lang: str) -> None:
    hold(f"crash.{lang}.txt", "\n".join(tell(run_text(CRASH), lang)))


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_message(lang: str) -> None:
    hold(f"message.{lang}.txt", told("message", lang))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(("name", "text"), [("retries", RETRIES), ("outages", OUTAGES), ("controls", CONTROLS)])
def test_what_goes_wrong(name: str, text: str, lang: str) -> None:
    hold(f"{name}.{lang}.txt", "\n".join(tell(run_text(text), lang)))


def test_in_both_languages_each_line_comes_twice() -> None:
    both = told("three-task-order", "both").split("\n")
    korean, english = told("three-task-order", "ko").split("\n"), told("three-task-order", "en").split("\n")
    assert [row for row in both if row in korean] != both
    assert len(both) == sum(1 if ko == en else 2 for ko, en in zip(korean, english, strict=True))


def test_idle_questions_are_folded() -> None:
    lines = told("empty-queue", "en").split("\n")
    assert "(… 18 more empty polls until 9 s)" in lines
    assert sum("Is there a new task?" in row for row in lines) == 2


def test_an_answer_comes_when_the_run_has_shown_it() -> None:
    lines = told("three-task-order", "en").split("\n")
    question = lines.index("Question 1: Both workers are busy and only Task3 is left. Who will run it?")
    taken = next(i for i, row in enumerate(lines) if row.startswith("worker1: Task3 is running"))
    answer = lines.index("Answer to question 1: 1. worker1")
    assert question < taken < answer < lines.index("[4.00 s]")


def test_an_answer_by_elimination_comes_at_the_end() -> None:
    ask = "{at: 0, en: How many?, choices: [one, none], answer: {one: succeeded == 1, none: else}}"
    lines = list(tell(run_text(f"{{tasks: {{a: 1}}, until: 2, ask: [{ask}]}}"), "en"))
    assert lines.index("Answer to question 1: 2. none") > lines.index('Broker → worker2: "Not yet"')


def test_a_run_that_was_cut_short_answers_nothing() -> None:
    lines = list(tell(open_run("three-task-order", simulate, until=2), "en"))
    assert "Answer to question 1: This run does not decide it" in lines


def test_long_queues_are_cut() -> None:
    lines = list(tell(run_text("{tasks: {a: 1}, send: [{task: a, count: 30}], until: 0.5}"), "en"))
    assert "Queue: [a_1, a_2, a_3, a_4, a_5, a_6, a_7, a_8, a_9, a_10, … +20]" in lines


def test_several_queues_are_named() -> None:
    lines = list(tell(run_text("{tasks: {a: {queue: high}}, send: [{task: a}], until: 0.5}"), "en"))
    assert "Queue celery: [ ]" in lines
    assert "Queue high: [a_1]" in lines
    assert "Broker: a_1 stored in the queue (high)" in lines


def test_questions_that_are_no_events_are_counted() -> None:
    lines = list(tell(run_text("{polls: found, until: 10}"), "en"))
    assert lines[-1] == "Polls: 20 (20 empty)"


LONG = 6_000
"""Events of a run whose variants only `make soak` tells."""


@pytest.mark.soak
@pytest.mark.parametrize("name", scenario_names())
def test_every_variant_can_be_told_in_both_languages(name: str) -> None:
    run = opened(name)
    assert run.scenario is not None
    for variant in run.scenario.model.variants:
        assert told(name, "ko", variant)
        assert told(name, "en", variant)


@pytest.mark.parametrize("name", scenario_names())
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_lesson_and_variant_can_be_told(name: str, lang: str) -> None:
    run = opened(name)
    assert run.scenario is not None
    # The others are told in turn: one variant in Korean, the next in English.
    variants = [*run.scenario.model.variants][lang == "en" :: 2] if len(run.trace) < LONG else []
    for variant in (None, *variants):
        text = told(name, lang, variant)
        assert "{" not in text.replace("{\n", "").replace('{"', "").replace("{}", "")


def test_celerys_own_log() -> None:
    hold("log.three-task-order.txt", told("three-task-order", "en", log=True))
    hold("log.message.txt", told("message", "ko", log=True))


def test_the_log_tells_failures_and_names_the_child() -> None:
    text = (
        "{workers: {w: {concurrency: 2}}, tasks: {pay: {duration: 1, signature: []}}, send: [{task: pay, args: [1]}]}"
    )
    lines = list(tell(run_text(text), "en", log=True))
    assert lines == [
        "[2026-01-01 00:00:00,000: INFO/MainProcess] celery@w ready.",
        "[2026-01-01 00:00:00,000: INFO/MainProcess] Task pay[pay_1] received",
        "[2026-01-01 00:00:00,000: ERROR/ForkPoolWorker-1] Task pay[pay_1] raised unexpected: "
        "TypeError('pay() takes 0 positional arguments but 1 was given')",
    ]


def test_the_log_has_what_a_body_logs_when_it_begins() -> None:
    task = '{duration: 1, signature: [to], log: "sending to {to}, number {n}", raises: [E], autoretry_for: [E]}'
    send = "[{task: mail, args: [user@example.com], at: 0}, {task: mail, at: 200}]"
    lines = list(tell(run_text(f"{{workers: 1, tasks: {{mail: {task}}}, send: {send}}}"), "en", log=True))
    said = [line for line in lines if "sending" in line]
    assert said == [
        "[2026-01-01 00:00:00,000: INFO/ForkPoolWorker-1] mail[mail_1]: sending to user@example.com, number 1",
        "[2026-01-01 00:01:01,000: INFO/ForkPoolWorker-1] mail[mail_1]: sending to user@example.com, number 1",
    ]  # a retry logs again; a body that is called with wrong arguments does not begin
    place = lines.index(said[0])
    assert lines[place - 1].endswith("Task mail[mail_1] received")
    assert "Task mail[mail_1] retry:" in lines[place + 1]


def test_a_logged_line_cannot_command_a_terminal() -> None:
    task = '{log: "{0}"}'
    text = f'{{workers: 1, tasks: {{mail: {task}}}, send: [{{task: mail, args: ["\\e[2Jx"]}}]}}'
    lines = list(tell(run_text(text), "en", log=True))
    assert any(line.endswith("[2Jx") for line in lines)
    assert not any("\x1b" in line for line in lines)


def test_the_log_of_what_goes_wrong() -> None:
    hold("log.retries.txt", "\n".join(tell(run_text(RETRIES), "en", log=True)))
    hold("log.controls.txt", "\n".join(tell(run_text(CONTROLS), "en", log=True)))
    hold("log.outages.txt", "\n".join(tell(run_text(OUTAGES), "en", log=True)))


def test_the_log_says_in_how_many_seconds_a_retry_comes() -> None:
    for countdown in ("0", "2.5"):
        task = f"{{duration: 1, raises: [E], autoretry_for: [E], retry_kwargs: {{countdown: {countdown}}}}}"
        lines = list(tell(run_text(f"{{workers: 1, tasks: {{a: {task}}}, send: [{{task: a}}]}}"), "en", log=True))
        assert lines[2].endswith(f"Task a[a_1] retry: Retry in {countdown}s: E()")


def test_a_caption_can_stand_after_a_shutdown_was_asked_for() -> None:
    say = "say: [{after: {stop: worker1}, en: It was told to go}, {before: {event: worker-offline}, en: Now it goes}]"
    faults = "faults: [{at: 1.5, stop: worker1}]"
    text = f"{{workers: 1, tasks: {{a: 3}}, send: [{{at: 0, task: a}}], {faults}, {say}}}"
    lines = list(tell(run_text(text), "en"))
    told = lines.index("Note: It was told to go")
    assert lines[told - 1].startswith("worker1: Warm shutdown.")
    assert lines[lines.index("Note: Now it goes") + 1] == "worker1: Shut down, offline"
