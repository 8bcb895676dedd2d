"""Every reason and every setting that the engine can write into an event has words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given

import simulator
from simulator.engine import simulate
from simulator.scenario import Scenario
from simulator.scenario.running import CHANGEABLE
from simulator.story.narrate.mishaps import CHANGES, SHUTDOWNS, WHYS
from simulator.trace import event_line, events
from simulator.trace.events import SettingChanged
from simulator.trace.rows import read_event
from tests.strategies import scenarios

ENGINE = Path(simulator.__file__).parent / "engine"
SETTINGS = {"SettingChanged": 3, "_note": 1}
"""Functions that are given a setting's name, and its place."""


def _texts(node: ast.expr) -> Iterator[str]:
    """Texts that an expression can come to."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from _texts(node.body)
            yield from _texts(node.orelse)
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            yield text


def _nodes() -> Iterator[ast.AST]:
    for file in ENGINE.rglob("*.py"):
        yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def _given(places: dict[str, int]) -> Iterator[str]:
    for node in _nodes():
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in places and len(node.args) > places[name]:
                yield from _texts(node.args[places[name]])


REASONS = {name: set(get_args(kind)) for name, kind in vars(events).items() if name.endswith("Reason")}
"""Allowed values of each kind of reason; types ensure that the engine gives no other."""


def test_every_reason_has_words_and_no_other_has() -> None:
    assert set().union(*REASONS.values()) - {""} == set(WHYS)


@pytest.mark.parametrize("kind", [kind for kind in events.EVENT_TYPES.values() if "why" in kind.__struct_fields__])
def test_a_trace_file_with_another_reason_is_refused(kind: type[events.Event]) -> None:
    allowed = set(get_args(get_type_hints(kind)["why"]))
    assert allowed in REASONS.values()
    sample = made_up(kind)
    for why in (*allowed, "bad luck"):
        line = event_line(msgspec.structs.replace(sample, why=why))
        if why in allowed:
            assert read_event(line).why == why  # type: ignore[attr-defined]
        else:
            with pytest.raises(msgspec.ValidationError):
                read_event(line)


def made_up(kind: type[events.Event]) -> events.Event:
    """One event of a kind, made up."""
    blank: dict[Any, object] = {int: 1, str: "x", float: 1.0, bool: True}
    hints = get_type_hints(kind)
    fields = {one.name: one for one in msgspec.structs.fields(kind) if one.name not in ("t", "cause", "inferred")}
    return kind(0, -1, *(blank.get(hints[name], "") for name in fields))


def test_every_setting_has_its_sentence() -> None:
    found = {text.partition(".")[0] for text in _given(SETTINGS)}
    assert {"shutdown", "revoke", "rate_limit", "time_limit", "queues", "down", "latency", "running"} <= found
    assert found == set(CHANGES)
    assert {"warm", "soft", "cold", "consumer-timeout", "outage"} == set(SHUTDOWNS)


@given(scenarios())
def test_no_run_gives_a_reason_without_words(scenario: Scenario) -> None:
    for event in simulate(scenario):
        why = getattr(event, "why", "")
        assert not why or why in WHYS
        if isinstance(event, SettingChanged):
            changed_by_a_line = event.setting in {key for _, keys in CHANGEABLE.values() for key in keys}
            assert changed_by_a_line or event.setting.partition(".")[0] in CHANGES
