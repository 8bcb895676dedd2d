"""The YAML reader: positions, limits, and YAML's surprises."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario import Mark, ScenarioError, parse_scenario
from simulator.scenario.source import read_source


def codes(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text)
    return [problem.code for problem in caught.value.problems]


def test_data_and_places() -> None:
    source = read_source('a: {b: [1, 2.5, "x"]}\nc:\n  - null\n  - true\n  - ~\n', "f.yaml")
    assert source.data == {"a": {"b": [1, 2.5, "x"]}, "c": [None, True, None]}
    assert source.at(("a", "b", 1)) == Mark(1, 12)
    assert source.at(("a", "b"), key=True) == Mark(1, 5)
    assert source.at(("c", 1)) == Mark(4, 5)
    assert source.at(("a", "missing", "deep")) == Mark(1, 4)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tasks: {on: 1}", "yaml.boolish_key"),
        ("tasks: {x: yes}", "yaml.boolish"),
        ("until: 1:30", "yaml.clock"),
        ("until: 010", "yaml.number"),
        ("until: .inf", "yaml.number"),
        ("until: 1e400", "yaml.number"),
        ("seed: 1\nseed: 2", "yaml.duplicate"),
        ("tasks: &a {x: 1}", "yaml.alias"),
        ("title: !!python/object/apply:os.system [ls]", "yaml.tag"),
        ("title: !!binary aGk=", "yaml.tag"),
        ("- 1", "yaml.not_a_mapping"),
        ("a: 1\n---\nb: 2", "yaml.documents"),
        ("{a: 1}: 2", "yaml.key_not_text"),
        ("a: [1", "yaml.syntax"),
        ("a:\n\t- 1", "yaml.tab"),
        ("title: \x07", "yaml.characters"),
        ("x: " + "[" * 200 + "]" * 200, "yaml.too_deep"),
        ("x: [" + "1," * 200_000 + "1]", "yaml.too_many"),
        ("title: " + "x" * 1_100_000, "yaml.too_large"),
    ],
)
def test_surprises_are_errors(text: str, code: str) -> None:
    assert code in codes(text)


def test_an_empty_file_is_a_scenario() -> None:
    scenario = parse_scenario("")
    assert list(scenario.model.workers) == ["worker1", "worker2"]


def test_all_errors_at_once_in_the_order_of_the_file() -> None:
    text = "seed: x\ntasks: {a: {durtion: 1}}\nsend: [{task: a, at: -1}]\ngoals: [lost =! 0]\n"
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, file="f.yaml")
    found = [(p.code, p.mark.line if p.mark else 0) for p in caught.value.problems]
    assert found == [("type.integer", 1), ("key.did_you_mean", 2), ("seconds", 3), ("goal.syntax", 4)]
    assert all(
        p.file == "f.yaml" and p.source == text.splitlines()[p.mark.line - 1] for p in caught.value.problems if p.mark
    )


ALPHABET = st.sampled_from([*"abz019.:-_[]{},\"'#&*!|>%@ \n\t", "tasks", "send", "at", "on", "1:30", "é", "한", "\x00"])


@given(st.lists(ALPHABET, max_size=60).map("".join))
def test_any_text_is_a_scenario_or_a_clear_error(text: str) -> None:
    begin = time.perf_counter()
    with suppress(ScenarioError):
        parse_scenario(text)
    assert time.perf_counter() - begin < 5
