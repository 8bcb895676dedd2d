"""Numbers of every size at every key: refused, played, or stopped at a limit."""

from __future__ import annotations

import sys

import pytest

from simulator.engine import simulate
from tests.scenario.extremes import costs, table
from tests.scenario.places import FILES, keys_of, load_any, places

OF_FILES = {("ScenarioFile", "extends"), ("Send", "recording"), ("Subtask", "id")}
"""Texts that name other files, or that are refused wherever they stand."""


def test_every_key_that_takes_numbers_or_text_is_used_somewhere() -> None:
    assert keys_of({"number", "integer", "string"}) - set(places()) == OF_FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_with_every_key_plays(file: object) -> None:
    assert len(simulate(load_any(str(file)))) > 100


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="needs a fork")
def test_numbers_of_every_size_are_refused_or_played_within_limits() -> None:
    found = list(costs())
    told = table(found)
    assert len(found) > 2000
    assert not [one for one in found if one.came.startswith(("raised", "hung"))], told
    assert not [one for one in found if one.megabytes > 320], told
    assert not [one for one in found if one.seconds > 1 and one.came != "stopped"], told
