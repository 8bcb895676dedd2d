"""The JSON Schema that editors get accepts every scenario here, and refuses what the loader refuses."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from simulator.scenario import json_schema, scenario_names
from simulator.scenario.library import find_scenario
from simulator.scenario.source import read_source


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", scenario_names())
def test_it_accepts_every_scenario(validator: Any, name: str) -> None:
    path = find_scenario(name)
    data = read_source(path.read_text(encoding="utf-8"), str(path)).data
    assert [error.message for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    "data",
    [
        {"tasks": {"a": {"durtion": 1}}},
        {"seed": "x"},
        {"send": [{"task": "a", "at": "soon"}]},
        {"tasks": {"a": {"duration": {"normal": [1]}}}},
        {"profile": 5},
        {"unknown": 1},
    ],
)
def test_it_refuses_mistakes(validator: Any, data: dict[str, Any]) -> None:
    assert not validator.is_valid(data)


@pytest.mark.parametrize(
    "data",
    [
        {"tasks": {"a": 2, "b": {"exponential": 1}, "c": None}, "workers": 3},
        {"title": "x", "goals": ["lost == 0", {"test": "lost == 0", "points": 2}]},
        {"ask": [{"at": 1, "en": "?", "choices": ["a", {"en": "b"}], "answer": {"a": "else"}}]},
    ],
)
def test_it_knows_the_short_forms(validator: Any, data: dict[str, Any]) -> None:
    assert [error.message for error in validator.iter_errors(data)] == []
