"""Symptoms: found by error message or by words, and everything they point to exists."""

from __future__ import annotations

import pytest

from simulator.advice.findings import RULES
from simulator.advice.lint import DEMOS
from simulator.advice.symptom_words import SAID
from simulator.advice.symptoms import SYMPTOMS, find_symptoms
from simulator.scenario import scenario_names


def test_each_symptom_has_words_in_both_languages_and_points_to_what_exists() -> None:
    assert {one.name for one in SYMPTOMS} == set(SAID)
    assert DEMOS.is_dir()
    for one in SYMPTOMS:
        assert set(one.rules) <= {path.stem for path in DEMOS.glob("*.yaml")}
        assert set(one.lessons) <= set(scenario_names())
        assert one.lessons
        assert one.look
        assert all(words.ko != words.en for words in SAID[one.name])
        assert all(phrase == phrase.lower() for phrase in one.phrases)
    assert RULES.keys() >= {rule for one in SYMPTOMS for rule in one.rules}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Timed out waiting for UP message from <ForkProcess(ForkPoolWorker-2, started daemon)>", "child-not-up"),
        ("runs twice", "runs-twice"),
        ("never starts", "never-starts"),
        ("PENDING", "pending"),
        ("PreconditionFailed: 406 PRECONDITION_FAILED - delivery acknowledgement on channel 1", "precondition-failed"),
        ("Received unregistered task of type 'shop.charge'.", "unregistered"),
        ("billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 3.", "worker-lost"),
        ("RuntimeError: Never call result.get() within a task!", "deadlock"),
        ("TimeLimitExceeded(300,)", "time-limit"),
        ("my queue keeps growing", "queue-grows"),
        ("Task가 두 번 실행돼요", "runs-twice"),
        ("배포하면 작업이 사라져요", "deploy-loses"),
    ],
)
def test_a_message_or_a_few_words_find_the_symptom(text: str, name: str) -> None:
    assert find_symptoms(text)[0].name == name


@pytest.mark.parametrize("text", ["", "zzz", "the", "hello world"])
def test_what_nobody_knows_finds_nothing(text: str) -> None:
    assert find_symptoms(text) == []
