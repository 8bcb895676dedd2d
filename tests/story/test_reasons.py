"""Every reason and every setting that the engine can write into an event has words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given

import simulator
from simulator.engine import simulate
from simulator.scenario import Scenario
from simulator.scenario.running import CHANGEABLE
from simulator.story.narrate.mishaps import CHANGES, SHUTDOWNS, WHYS
from simulator.trace.events import SettingChanged
from tests.strategies import scenarios

ENGINE = Path(simulator.__file__).parent / "engine"
REASONS = {
    "exit": 1,
    "quit": 0,
    "resize": 2,
    "requeue": 2,
    "discard": 2,
    "drop": 2,
    "_dead_letter": 2,
    "_end": 1,
    "end_child": 1,
    "lose": 1,
    "_tell_lost": 2,
    "ChildExited": 5,
    "ChildStarted": 5,
    "MessageDropped": 5,
}
"""Functions of the engine that are given a reason, and the place of it among their arguments."""
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


def reasons() -> set[str]:
    found = set(_given(REASONS))
    for node in _nodes():
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("why", "reason"):
            found |= {*_texts(node.value)}
        elif isinstance(node, ast.FunctionDef) and node.name == "refuses":
            found |= {
                t for one in ast.walk(node) if isinstance(one, ast.Return) and one.value for t in _texts(one.value)
            }
        elif isinstance(node, ast.Tuple) and isinstance(node.elts[-1:], list) and len(node.elts) == 3:
            found |= {t for t in _texts(node.elts[2]) if t in ("replaced", "grown")}
    return found


def test_every_reason_has_words() -> None:
    found = reasons()
    assert {"killed", "max-memory", "consumer-timeout", "visibility-timeout", "gone", "expired", "broker-down"} <= found
    assert {"replaced", "grown", "autoscale", "pool_grow", "shrunk", "cancelled", "time-limit", "failed"} <= found
    assert found <= set(WHYS)


def test_every_setting_has_its_sentence() -> None:
    found = {text.partition(".")[0] for text in _given(SETTINGS)}
    assert {"shutdown", "revoke", "rate_limit", "time_limit", "queues", "down", "latency", "running"} <= found
    assert found == set(CHANGES)
    assert {"warm", "soft", "cold", "consumer-timeout"} == set(SHUTDOWNS)


@given(scenarios())
def test_no_run_gives_a_reason_without_words(scenario: Scenario) -> None:
    for event in simulate(scenario):
        why = getattr(event, "why", "")
        assert not why or why in WHYS
        if isinstance(event, SettingChanged):
            changed_by_a_line = event.setting in {key for _, keys in CHANGEABLE.values() for key in keys}
            assert changed_by_a_line or event.setting.partition(".")[0] in CHANGES
