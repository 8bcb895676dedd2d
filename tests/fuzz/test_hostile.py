"""Hostile text in each text of each kind of input, one at a time: refused or taken, and nothing in it is obeyed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from tests.fuzz.mutations import places_in
from tests.fuzz.targets import TARGETS
from tests.test_hostile_text import HOSTILE, OBEYED, SURROGATE

MARKS = {"pairs": "".join(HOSTILE), "half": f"{''.join(HOSTILE)}{SURROGATE}"}
"""What is put in; JSON cannot be read with half of a pair, which leaves the rest of the program untried."""
VALUES = ["progress", "course", "plan", "design", "cluster", "conf"]
"""Inputs that are one value, in JSON or YAML."""
LINES = ["room", "live", "runs"]
"""Inputs that are a value a line."""
TEXTS = ["settings", "table", "symptom", "goal", "set", "console", "vote"]
"""Inputs that are a text; the mark comes after every other word."""
MOST = 8
"""Inputs of a target that are tried here."""


def marked(value: Any, mark: str) -> Iterator[Any]:
    """Yield a value with the mark in one of its texts, or of its keys, for each of them; then in all texts."""
    count = len(places_in(value))
    for place in range(count):
        for of_key in (False, True):
            changed = deepcopy(value)
            inside, key = places_in(changed)[place]
            if of_key and isinstance(inside, dict):
                inside[key + mark] = inside.pop(key)
            elif not of_key and isinstance(inside[key], str):
                inside[key] += mark
            else:
                continue
            yield changed
    changed = deepcopy(value)
    for inside, key in places_in(changed):
        if isinstance(inside[key], str):
            inside[key] += mark
    yield changed


def _dumped(value: Any) -> str:
    """Write JSON, which is YAML too: half of a pair as it is said there, the rest as it is."""
    return json.dumps(value, default=str)


def inputs(name: str, mark: str) -> Iterator[str]:
    """Yield the inputs of a target with the mark in them."""
    seed = TARGETS[name].seeds()[0]
    if name in VALUES:
        yield from map(_dumped, marked(yaml.safe_load(seed), mark))
    elif name in LINES:
        lines = seed.splitlines()
        for place, line in enumerate(lines):
            for changed in marked(json.loads(line), mark):
                yield "\n".join([*lines[:place], _dumped(changed), *lines[place + 1 :], ""])
    else:
        for text in TARGETS[name].seeds():
            words = text.split(" ")
            for place in range(len(words)):
                yield " ".join([*words[:place], words[place] + mark, *words[place + 1 :]])


def test_every_kind_of_input_is_tried_here_or_by_its_schema() -> None:
    assert {*VALUES, *LINES, *TEXTS} == TARGETS.keys() - {"scenario", "trace"}


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("name", [*VALUES, *LINES, *TEXTS])
def test_hostile_text_is_refused_or_shown(name: str, mark: str) -> None:
    found = [*inputs(name, MARKS[mark])]
    tried = [TARGETS[name].give(text) for text in found[:: max(1, len(found) // MOST)]]
    _holds("".join(text for one in tried for text in one.said))


@pytest.mark.soak
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("name", [*VALUES, *LINES, *TEXTS])
def test_hostile_text_everywhere_is_refused_or_shown(name: str, mark: str) -> None:
    for text in inputs(name, MARKS[mark]):
        _holds("".join(TARGETS[name].give(text).said))


def _holds(text: str) -> None:
    assert not OBEYED & set(text) - {"\n"}
