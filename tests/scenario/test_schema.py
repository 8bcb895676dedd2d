"""The JSON Schema that editors get accepts every scenario here, and refuses what the loader refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from simulator import cli
from simulator.scenario import ScenarioError, json_schema, parse_scenario, scenario_names
from simulator.scenario.library import find_scenario
from simulator.scenario.schema import ScenarioFile
from simulator.scenario.schema.descriptions import DESCRIPTIONS, described
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
        {"send": [{"task": "a", "cuont": 2}]},
        {"send": [{"task": "a", "count": 0}]},
        {"send": {"task": "a"}},
        {"workers": {"w": {"concurency": 2}}},
        {"workers": {"w": {"concurrency": "two"}}},
        {"queues": {"q": {"overflow": "drop-tail"}}},
        {"config": {"task_acks_late": "yes"}},
        {"polls": "sometimes"},
        {"faults": [{"kill": "worker1"}]},
        {"say": [{"at": 1, "en": 3}]},
        {"ask": [{"at": 1, "en": "?", "choices": ["a"], "answer": "sent"}]},
        {"ask": [{"at": 1, "en": "?", "choices": ["a", "b"], "answer": [1]}]},
        {"goals": [3]},
        {"exercise": {"goals": ["lost == 0"]}},
        {"exercise": {"may_change": []}},
        {"exercise": {"may_change": ["config"], "budget": {"money": 1}}},
        {"tasks": {"a": {"retry_backoff": "soon"}}},
        {"tasks": {"a": {"log": 3}}},
        {"until": 0},
        {"variants": {"v": {"set": 3}}},
    ],
)
def test_it_refuses_mistakes_as_the_loader_does(validator: Any, data: dict[str, Any]) -> None:
    assert not validator.is_valid(data)
    with pytest.raises(ScenarioError):
        parse_scenario(json.dumps(data))


def test_it_accepts_the_template_of_new(validator: Any) -> None:
    text = (Path(cli.__file__).parent / "template.yaml").read_text(encoding="utf-8")
    assert [error.message for error in validator.iter_errors(read_source(text, "template.yaml").data)] == []


@pytest.mark.parametrize(
    "data",
    [
        {"tasks": {"a": 2, "b": {"exponential": 1}, "c": None}, "workers": 3},
        {"tasks": {"a": {"retry_backoff": True, "log": "{n}"}}, "exercise": {"may_change": ["config"], "en": "x"}},
        {"title": "x", "goals": ["lost == 0", {"test": "lost == 0", "points": 2}]},
        {"ask": [{"at": 1, "en": "?", "choices": ["a", {"en": "b"}], "answer": {"a": "else"}}]},
    ],
)
def test_it_knows_the_short_forms(validator: Any, data: dict[str, Any]) -> None:
    assert [error.message for error in validator.iter_errors(data)] == []


def test_every_key_is_described_for_its_editor() -> None:
    """A new key needs a description: in its field, or in `schema/descriptions.py` if it has several places."""
    schema = json_schema()
    models = {"ScenarioFile": schema, **schema["$defs"]}
    keys = [(name, key, told) for name, model in models.items() for key, told in model.get("properties", {}).items()]
    assert len(keys) > 300
    assert [f"{name}.{key}" for name, key, told in keys if not told.get("description")] == []
    assert all(len(told["description"]) <= 120 for _, _, told in keys)


def test_no_description_is_left_over() -> None:
    schema = ScenarioFile.model_json_schema()
    models = {"ScenarioFile": schema, **schema["$defs"]}
    used = {
        text
        for name, model in models.items()
        for key, told in model.get("properties", {}).items()
        if not told.get("description") and (text := described(name, key)) is not None
    }
    assert {key for key, text in DESCRIPTIONS.items() if text not in used} == set()
