"""Hostile text in every field of the scenario format and of the trace format, found by walking the schemas."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator import simulate
from simulator.scenario import ScenarioError, load_scenario
from simulator.scenario.values.paths import parse_path
from simulator.story.problems.errors import format_problems
from simulator.story.run import Run, read_run
from simulator.trace import events as ev
from simulator.visible import visible
from tests.scenario.places import FILES, keys_of, load_any, places
from tests.test_hostile_text import HOSTILE, _all, _holds, said_by
from tests.trace.examples import lines_of
from tests.trace.faces import commands, screens

MARK = "".join(HOSTILE)


@cache
def accepted() -> dict[str, list[str]]:
    """Changes that put hostile text into a field and are taken, by scenario; each refusal is looked at."""
    taken: defaultdict[str, list[str]] = defaultdict(list)
    known = places()
    for key in sorted(keys_of({"string"}) & set(known)):
        name, path = known[key][0]
        before = _value_at(load_any(name).model, path)
        hostile = f"{before if isinstance(before, str) else 'x'}{MARK}"
        value: Any = [hostile] if isinstance(before, list | tuple) else hostile
        if isinstance(before, dict):
            value = {hostile: hostile}
        change = f"{path}={_as_yaml(value)}"
        try:
            load_any(name, [*taken[name], change])
        except ScenarioError as error:
            for lang in ("en", "ko"):
                _holds(visible(format_problems(error.problems, lang)))
        else:
            taken[name].append(change)
    return dict(taken)


def _as_yaml(value: Any) -> str:
    """JSON is YAML, but for halves of a pair."""
    return json.dumps(value).replace("\\udb40\\udc41", "\\U000e0041")


def _value_at(value: Any, path: str) -> Any:
    for part in parse_path(path):
        if isinstance(value, list | tuple):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value[part]
        else:
            fields = type(value).model_fields
            value = getattr(value, next(name for name, info in fields.items() if part in (name, info.alias)))
    return value


def test_hostile_text_in_every_field_of_a_scenario_is_refused_or_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(map(len, accepted().values())) > 10  # the others are names, which are refused
    for name, changes in accepted().items():
        if not changes:
            continue
        words = [word for change in changes for word in ("--set", change)]
        said = [["tell", name, "--lang", "both"], ["worksheet", name]]
        if Path(name) in FILES:
            said += [["tell", name, "--log"], ["run", name, "--json"], ["run", name, "--trace", "-"], ["compare", name]]
            said += [["worksheet", name, "--to", "html", "--answers"], ["export", name, "--to", "celery-events"]]
        for command in said:
            _holds(said_by([*command, *words], monkeypatch))
        scenario = load_any(name, changes)
        for screen in screens(Run(simulate(scenario), scenario), 1):
            _holds("".join(screen))


def _texts_of(kind: type[ev.Event]) -> set[tuple[str, str]]:
    return {
        (kind.__name__, field.name)
        for field in msgspec.structs.fields(kind)
        if "str" in str(field.type) or "Any" in str(field.type)
    }


SELDOM = {
    *(("MessageDeadLettered", "hostname"), ("MessageDeadLettered", "source"), ("TaskSucceeded", "result")),
    *(("TaskCancelled", "hostname"), ("TaskCancelled", "uuid"), ("TaskLost", "hostname"), ("TaskLost", "uuid")),
    *(("TaskReceived", "kwargs"), ("TaskReceived", "parent_id"), ("TaskReceived", "root_id"), ("TaskSent", "kwargs")),
    *(("WorkerHeartbeat", "hostname"), ("WorkerLost", "hostname")),
}
"""Texts of events that none of these runs has: most are only in recordings."""


@cache
def _runs() -> dict[str, list[str]]:
    scenarios = {file.stem: load_any(str(file)) for file in FILES}
    scenarios["order"] = load_scenario("three-task-order")
    return {name: list(lines_of(simulate(scenario))) for name, scenario in scenarios.items()}


def test_nearly_every_text_of_an_event_is_in_one_of_these_runs() -> None:
    kinds = [one for one in vars(ev).values() if isinstance(one, type) and issubclass(one, ev.Event)]
    tags = {one.__struct_config__.tag: one for one in kinds if one.__struct_config__.tag is not None}
    left = set().union(*map(_texts_of, tags.values()))
    for lines in _runs().values():
        for row in map(json.loads, lines[1:]):
            left -= {key for key in _texts_of(tags[row["type"]]) if row.get(key[1])}
    assert left <= SELDOM


def _hostile(row: dict[str, Any]) -> dict[str, Any]:
    """Put hostile text into each text of a row that is not one of our words (a connection is lost, a rate 9/s)."""
    kept = {key: value for key, value in row.items() if value == ""}
    if row.get("setting", "").partition(".")[0] in ("connection", "rate_limit"):
        kept["value"] = row["value"]
    return {**_all(row, MARK), **kept}


@pytest.mark.parametrize("name", [*(file.stem for file in FILES), "order"])
def test_hostile_text_in_every_field_of_a_trace_is_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, *events = map(json.loads, _runs()[name])
    del header["hash"]
    header["tasks"] = {}
    file = tmp_path / "run.jsonl"
    rows = [_hostile(row) for row in (header, *events[:250])]
    file.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    for command in [*commands(str(file)), ["run", str(file), "--trace", "-"]]:
        _holds(said_by(command, monkeypatch))
    for screen in screens(Run(read_run(str(file))), 1):
        _holds("".join(screen))
