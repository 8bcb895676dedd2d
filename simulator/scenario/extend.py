"""`extends`: a scenario that changes another one; and the other way round, a branch saved as such a scenario.

Mappings merge, the lists of happenings append, other lists and scalars replace; goals are not inherited.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any

import yaml

from simulator.scenario.library import find_scenario
from simulator.scenario.problems import Problem, ScenarioError
from simulator.scenario.source import MAX_BYTES, Path, Source

APPENDED = frozenset({"send", "faults", "control", "say", "ask", "chapters"})
"""Lists of occurrences: the extending scenario's come after the base's."""

NOT_INHERITED = frozenset({"goals", "extends", "schema", "id"})

MAX_GENERATIONS = 8


def find_parent(source: Source) -> FilePath | None:
    """The file that a scenario extends: by a path relative to its own, or by a lesson's name.

    Raises:
        ScenarioError: there is none such.
    """
    what = source.data.get("extends")
    if not isinstance(what, str):
        return None
    is_path = "/" in what or "\\" in what or FilePath(what).suffix != ""
    try:
        return find_scenario(FilePath(source.file).parent / what if is_path else what)
    except ScenarioError as error:
        mark = source.at(("extends",))
        raise ScenarioError(source.problem(p.code, mark, **p.params) for p in error.problems) from None


def merge_sources(parent: Source, child: Source) -> Source:
    """Merge the child over the parent. Positions are the child's; values from the parent alone have none."""
    merged = Source(child.file, child.lines, _merge(parent.data, child.data), problems=[*child.problems])
    moved = {
        key: len(parent.data[key])
        for key in APPENDED
        if isinstance(parent.data.get(key), list) and isinstance(child.data.get(key), list)
    }
    merged.keys = {_moved(path, moved): mark for path, mark in child.keys.items()}
    merged.values = {_moved(path, moved): mark for path, mark in child.values.items()}
    return merged


def _moved(path: Path, moved: dict[str, int]) -> Path:
    if len(path) > 1 and path[0] in moved and isinstance(path[1], int):
        return (path[0], path[1] + moved[str(path[0])], *path[2:])
    return path


def _merge(parent: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    result = {key: copy.deepcopy(value) for key, value in parent.items() if key not in NOT_INHERITED}
    for key, value in child.items():
        inherited = result.get(key)
        if key in APPENDED and isinstance(inherited, list) and isinstance(value, list):
            result[key] = [*inherited, *copy.deepcopy(value)]
        else:
            result[key] = _merged_value(inherited, copy.deepcopy(value))
    return result


def _merged_value(inherited: Any, value: Any) -> Any:
    if isinstance(inherited, dict) and isinstance(value, dict):
        return {**inherited, **{key: _merged_value(inherited.get(key), item) for key, item in value.items()}}
    return value


def extension_text(
    original: str,
    edits: Iterable[tuple[tuple[str, ...], Any, bool]],
    variant: str | None,
    more: Mapping[str, Any] | None = None,
) -> str:
    """YAML of a scenario that extends `original` and makes the same changes.

    Args:
        original: a lesson's name or a path, as it shall stand after `extends`.
        edits: (path, value, whether it is one more item of the list there).
        variant: the variant the edits were made in, for the comment.
        more: sections of its own.

    Raises:
        ScenarioError: an edit leads into a list, which `extends` can only add to.
    """
    data: dict[str, Any] = {"extends": original}
    for path, value, append in edits:
        if append:
            data.setdefault(path[0], []).append(value)
            continue
        if any(part.isdecimal() or part == "*" for part in path):
            raise ScenarioError([Problem("save.into_list", {"path": ".".join(path)})])
        target = data
        for part in path[:-1]:
            target = target.setdefault(part, {})
        target[path[-1]] = value
    data |= more or {}
    note = f"# Saved from {original}" + (f", variant {variant}" if variant else "") + "\n"
    return note + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_flow_style=None)


def read_file(path: FilePath, shown: str) -> str:
    """Read a scenario file, but no more than the size limit; raises `ScenarioError`."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ScenarioError([Problem("yaml.too_large", {"limit": MAX_BYTES // 1000}, file=shown)])
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError([Problem("file.not_utf8", {}, file=shown)]) from None
    except OSError as error:
        raise ScenarioError([Problem("file.unreadable", {"file": shown, "reason": error.strerror})]) from error
