"""Paths into a scenario: `tasks.send_email.duration`, `send.0.every`, `tasks["app.mail"].duration`, `tasks.*.queue`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair: a byte of a command line that is no UTF-8."""

_PART = re.compile(r"""\.?(?:(?P<star>\*)|(?P<word>[^\s.\[\]"'*]+)|\[(?P<q>["'])(?P<quoted>.*?)(?P=q)\])""")


class PathError(Exception):
    """A path that cannot be parsed or leads nowhere: `code` and `params`."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep the code and parameters for the message."""
        super().__init__(code, params)
        self.code = code
        self.params = params


def parse_path(text: str) -> tuple[str, ...]:
    """The parts of a path; raises `PathError`.

    >>> parse_path('tasks["app.mail"].duration')
    ('tasks', 'app.mail', 'duration')
    """
    parts: list[str] = []
    place = 0
    while place < len(text):
        match = _PART.match(text, place)
        if match is None or (match[0].startswith(".") == (place == 0) and not match["quoted"]):
            raise PathError("path.syntax", path=text)
        parts.append(match["star"] or match["word"] or match["quoted"])
        place = match.end()
    if not parts or _HALF.search(text):
        raise PathError("path.syntax", path=text)
    return tuple(parts)


def set_path(data: dict[str, Any], text: str, value: Any) -> None:
    """Set the value at a path, making mappings on the way; `*` means every entry. Raises `PathError`."""
    *parents, last = parse_path(text)
    targets: list[Any] = [data]
    for part in parents:
        targets = [child for target in targets for child in _children(target, part, text)]
    for target in targets:
        if isinstance(target, list):
            for index in _indices(target, last, text):
                target[index] = value
        elif isinstance(target, dict):
            for key in list(target) if last == "*" else [last]:
                target[key] = value
        else:
            raise PathError("path.nowhere", path=text)


def get_path(data: Any, text: str) -> Any:
    """The value at a path, or None if nothing is written; for `*` the value all entries share. Raises `PathError`."""
    found = [data]
    for part in parse_path(text):
        if part == "*":
            found = [item for one in found for item in (one.values() if isinstance(one, dict) else one or ())]
        else:
            found = [_item(one, part) for one in found]
    return found[0] if found and all(one == found[0] for one in found) else None


def _item(target: Any, part: str) -> Any:
    if isinstance(target, dict):
        return target.get(part)
    if isinstance(target, list) and part.isdecimal() and int(part) < len(target):
        return target[int(part)]
    return None


def _children(target: Any, part: str, text: str) -> list[Any]:
    if isinstance(target, list):
        return [target[index] for index in _indices(target, part, text)]
    if not isinstance(target, dict):
        raise PathError("path.nowhere", path=text)
    if part == "*":
        return list(target.values())
    if target.get(part) is None:
        target[part] = {}
    return [target[part]]


def _indices(target: list[Any], part: str, text: str) -> list[int]:
    if part == "*":
        return list(range(len(target)))
    if not part.isdecimal() or int(part) >= len(target):
        raise PathError("path.index", path=text, part=part, count=len(target))
    return [int(part)]


def join_path(parts: Iterable[str]) -> str:
    """The text of a path; a name with dots or spaces is put in brackets.

    >>> join_path(["tasks", "app.mail", "duration"]), join_path(["send", "0", "at"])
    ('tasks["app.mail"].duration', 'send.0.at')
    """
    text = ""
    for part in parts:
        if any(char in " .[]\"'*" for char in part):
            quote = "'" if '"' in part else '"'
            text += f"[{quote}{part}{quote}]"
        else:
            text += f".{part}" if text else part
    return text
