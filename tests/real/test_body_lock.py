"""Locks of the bodies of a stage."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from simulator.real.performing.body_lock import release, take
from simulator.real.performing.limits import Limit, Refused
from simulator.real.performing.prepared import prepare
from simulator.scenario import parse_scenario


def test_a_lock_is_taken_once_until_it_is_released(tmp_path: Path) -> None:
    first = take(str(tmp_path), "pay(1)", 60)
    assert first
    assert not take(str(tmp_path), "pay(1)", 60)
    assert take(str(tmp_path), "pay(2)", 60)
    release(str(tmp_path), "pay(1)", first)
    assert take(str(tmp_path), "pay(1)", None)


def test_who_comes_after_the_lease_gets_it_and_is_not_robbed_of_it(tmp_path: Path) -> None:
    late = take(str(tmp_path), "pay", 0.01)
    time.sleep(0.02)
    assert take(str(tmp_path), "pay", 60)
    release(str(tmp_path), "pay", late)
    assert not take(str(tmp_path), "pay", 60)


def test_of_many_at_once_one_gets_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: take(str(tmp_path), "pay", 60), range(40)))
    assert sum(map(bool, tokens)) == 1


def test_locks_of_sends_are_refused() -> None:
    text = "tasks: {a: {lock: {by: %s}}}\nworkers: {w: {}}\nsend: [{at: 0, task: a}]"
    assert prepare(parse_scenario(text % "body"), "redis://").plan.tasks["a"]["lock"]["lease"] == 3600
    with pytest.raises(Refused) as refusal:
        prepare(parse_scenario(text % "send"), "redis://")
    assert refusal.value.limits == [Limit("lock", {"task": "a"}, ("tasks", "a", "lock"), "scenario.yaml:1:19")]
