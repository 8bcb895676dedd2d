"""Where each key of the format is used: packaged scenarios, and some that use what those do not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from simulator.scenario import Scenario, json_schema, load_scenario, scenario_names

FILES = sorted(Path(__file__).with_name("every_key").glob("*.yaml"))
"""Scenarios with the keys that no packaged one has."""

Key = tuple[str, str]
"""A section of the schema, as its class is called, and a key of it."""


def load_any(name: str, overrides: list[str] | None = None) -> Scenario:
    """Load a packaged scenario, or one of `FILES` by its path."""
    return load_scenario(name, overrides=overrides or ())


def keys_of(kinds: set[str]) -> set[Key]:
    """Every key of the schema whose value may be of one of `kinds`: number, integer, string."""
    schema = json_schema()
    sections = {"ScenarioFile": schema, **schema["$defs"]}
    return {
        (name, key)
        for name, section in sections.items()
        for key, value in section.get("properties", {}).items()
        if kinds & _kinds(value, schema["$defs"])
    }


def _kinds(node: dict[str, Any], defs: dict[str, Any]) -> set[str]:
    """The kinds of plain values that a node of the schema allows, also inside of a list; sections are others' keys."""
    if "$ref" in node:
        section = defs[node["$ref"].rpartition("/")[2]]
        return set() if "properties" in section else _kinds(section, defs)
    found = {node["type"]} if isinstance(node.get("type"), str) else set()
    inner = [one for kind in ("anyOf", "oneOf", "allOf") for one in node.get(kind, [])]
    inner += [node[name] for name in ("items", "additionalProperties") if isinstance(node.get(name), dict)]
    return found.union(*(_kinds(one, defs) for one in inner))


@cache
def places() -> dict[Key, list[tuple[str, str]]]:
    """Scenarios and paths at which a key has a value, by key."""
    found: dict[Key, list[tuple[str, str]]] = {}
    for name in [*map(str, FILES), *scenario_names()]:
        for key, path in _used(load_any(name).model, ()):
            found.setdefault(key, []).append((name, path))
    return found


def _used(value: Any, path: tuple[object, ...]) -> Iterator[tuple[Key, str]]:
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            key, inner = info.alias or name, getattr(value, name)
            if name in value.model_fields_set and inner is not None:
                yield (type(value).__name__, key), ".".join(map(str, (*path, key)))
            yield from _used(inner, (*path, key))
    elif isinstance(value, dict):
        for key, inner in value.items():
            if "." not in str(key):  # else its path would be another one
                yield from _used(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _used(inner, (*path, place))
