"""Data packed into a page: trees of values as differences, compressed, in characters that no markup can end."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from simulator.visible import visible

Node = dict[str, Any] | list[Any]
"""A change of a value: `[value]` puts another in its place, `[]` removes it, `{key: Node}` changes its members.

Among the keys of an array's members, `length` is the new length.
"""


def difference(before: Any, after: Any) -> Node | None:
    """Return the change that turns one JSON-able value into another; None if they are equal.

    Inside lists and objects, a number and the truth value that equals it are taken to be the same.

    >>> difference({"a": [1, 2], "b": 3}, {"a": [1, 5, 6], "b": 3})
    {'a': {'length': [3], '1': [5], '2': [6]}}
    """
    if isinstance(before, dict | list | tuple) and before == after:  # at the speed of C: most do not change
        return None
    if isinstance(before, dict) and isinstance(after, dict):
        node: dict[str, Any] = {key: [] for key in before if key not in after}
        for key, value in after.items():
            if key not in before:
                node[key] = [value]
            elif (inner := difference(before[key], value)) is not None:
                node[key] = inner
        return node or None
    if isinstance(before, Sequence) and isinstance(after, Sequence) and not isinstance(before, str | bytes):
        return [after] if isinstance(after, str | bytes) else _of_lists(before, after)
    same = type(before) is type(after) and before == after
    return None if same else [after]


def _of_lists(before: Sequence[Any], after: Sequence[Any]) -> Node | None:
    node: dict[str, Any] = {"length": [len(after)]} if len(before) != len(after) else {}
    for place, value in enumerate(after):
        if place >= len(before):
            node[str(place)] = [value]
        elif (inner := difference(before[place], value)) is not None:
            node[str(place)] = inner
    return node or None


def changed(before: Any, node: Node) -> Any:
    """Apply a change, as a page's script does.

    >>> changed({"a": [1, 2], "b": 3}, {"a": {"length": [1]}, "b": []})
    {'a': [1]}
    """
    if isinstance(node, list):
        return node[0]
    if isinstance(before, Sequence):
        made = list(before)
        if "length" in node:
            made = (made + [None] * node["length"][0])[: node["length"][0]]
        for key, inner in node.items():
            if key != "length":
                made[int(key)] = changed(made[int(key)], inner)
        return made
    kept = {key: value for key, value in before.items() if node.get(key) != []}
    return kept | {key: changed(kept.get(key), inner) for key, inner in node.items() if inner != []}


def shown(value: Any) -> Any:
    """A value with every text in it made visible: nothing that a page would obey or hide stays."""
    match value:
        case str():
            return visible(value)
        case dict():
            return {visible(key): shown(item) for key, item in value.items()}
        case list() | tuple():
            return [shown(item) for item in value]
        case _:
            return value


def pack(value: Any) -> str:
    """Pack a JSON-able value: JSON, zlib (RFC 1950), Base64.

    A glance at the page's source shows nothing of it. That is no secret: whoever unpacks it can read it.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return b64encode(zlib.compress(text.encode(), 9)).decode("ascii")
