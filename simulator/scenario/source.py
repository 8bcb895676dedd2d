"""YAML text parsed into plain data, with the position of every key and value.

The text is read as a stream of YAML's parsing events, in one loop without recursion, so that size, depth and
aliases are bounded before anything is built, and only mappings, lists, text, numbers, true, false and null exist.
Of YAML 1.1's surprises (`on` is true, `1:30` is 90, a later duplicate key wins) each is an error with a hint.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from simulator.scenario.problems import MAX_PROBLEMS, Mark, Problem, ScenarioError

MAX_BYTES = 1_000_000
MAX_NODES = 20_000
"""Limit on values in a file; this many load in well under a second even if all are wrong."""
MAX_DEPTH = 50

READ_AS_TEXT = frozenset({("retry", "on")})
"""Keys of the format (with their parent) that YAML 1.1 would read as booleans, and this reader does not."""

Path = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(0|[1-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?([0-9][0-9_]*)?\.?[0-9]+([eE][-+]?[0-9]+)?\Z|[-+]?[0-9][0-9_]*\.([eE][-+]?[0-9]+)?\Z")
_CLOCK = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?\Z")
_ODD_NUMBER = re.compile(r"[-+]?(0[0-9_]+|0[xob][0-9a-fA-F_]+|\.inf|\.nan|\.Inf|\.NaN)\Z")
_BOOLISH = frozenset({"yes", "no", "on", "off"})


@dataclass(slots=True)
class Source:
    """A parsed file: its data and the positions of everything in it."""

    file: str
    lines: list[str]
    data: Any = None
    keys: dict[Path, Mark] = field(default_factory=dict)
    """Position of the key of a path (for a list's item: the item)."""
    values: dict[Path, Mark] = field(default_factory=dict)
    """Position at which the value of a path begins."""
    problems: list[Problem] = field(default_factory=list)

    def problem(self, code: str, mark: Mark | None, **params: object) -> Problem:
        """A problem of this file, with its line of text."""
        line = self.lines[mark.line - 1] if mark is not None and mark.line <= len(self.lines) else ""
        return Problem(code, params, mark, self.file, line)

    def at(self, path: Path, *, key: bool = False, offset: int = 0) -> Mark | None:
        """The position of a path, or of its nearest ancestor that was written down."""
        for cut in range(len(path), -1, -1):
            marks = self.keys if key and cut == len(path) else self.values
            mark = marks.get(path[:cut]) or self.values.get(path[:cut])
            if mark is not None:
                if not offset or cut < len(path):
                    return mark
                # The place of a quoted text is its quote.
                quoted = self.lines[mark.line - 1][mark.column - 1 : mark.column] in ("'", '"')
                return Mark(mark.line, mark.column + offset + quoted)
        return None


def read_source(text: str, file: str) -> Source:
    """Parse `text`; raises `ScenarioError` if it is no YAML mapping or exceeds a limit.

    Lesser findings (duplicate keys, odd scalars) are collected in `Source.problems`, so that all are reported at once.
    """
    source = Source(file, text.splitlines())
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ScenarioError([source.problem("yaml.too_large", None, limit=MAX_BYTES // 1000)])
    try:
        _Builder(source).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        found = error.problem_mark or error.context_mark
        mark = Mark(found.line + 1, found.column + 1) if found is not None else None
        raise ScenarioError([source.problem(*_syntax(source, mark))]) from None
    except (yaml.YAMLError, UnicodeError):
        raise ScenarioError([source.problem("yaml.characters", None)]) from None
    if source.data is None and not source.problems:
        source.data = {}
    if not isinstance(source.data, dict):
        raise ScenarioError([*source.problems, source.problem("yaml.not_a_mapping", Mark(1, 1))])
    return source


def _syntax(source: Source, mark: Mark | None) -> tuple[str, Mark | None]:
    if mark is not None and mark.line <= len(source.lines) and "\t" in source.lines[mark.line - 1][: mark.column]:
        return "yaml.tab", mark
    return "yaml.syntax", mark


class _Frame:
    """A mapping or list under construction."""

    __slots__ = ("key", "key_ok", "path", "value")

    def __init__(self, value: dict[str, Any] | list[Any], path: Path) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None
        self.key_ok = True

    def next_path(self) -> Path:
        if isinstance(self.value, list):
            return (*self.path, len(self.value))
        return (*self.path, self.key if self.key is not None else "")


class _Builder:
    """Fills a `Source` from YAML's events."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.stack: list[_Frame] = []
        self.nodes = 0
        self.documents = 0

    def build(self, events: Any) -> None:
        for event in events:
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise ScenarioError([self.source.problem("yaml.alias", mark)])
            if isinstance(event, yaml.NodeEvent):
                self.count(mark)
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    raise ScenarioError([self.source.problem("yaml.documents", mark)])
            elif isinstance(event, yaml.ScalarEvent):
                self.scalar(event, mark)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self.open(event, mark)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self.stack.pop()

    def count(self, mark: Mark) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ScenarioError([self.source.problem("yaml.too_many", mark, limit=MAX_NODES)])
        if len(self.stack) > MAX_DEPTH:
            raise ScenarioError([self.source.problem("yaml.too_deep", mark, limit=MAX_DEPTH)])
        if len(self.source.problems) > MAX_PROBLEMS:
            raise ScenarioError(self.source.problems)

    def add(self, code: str, mark: Mark, **params: object) -> None:
        self.source.problems.append(self.source.problem(code, mark, **params))

    def open(self, event: yaml.CollectionStartEvent, mark: Mark) -> None:
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            self.add("yaml.tag", mark, tag=event.tag)
        if self.awaits_key():
            raise ScenarioError([self.source.problem("yaml.key_not_text", mark)])
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self.place(value, mark)
        self.stack.append(_Frame(value, path))

    def scalar(self, event: yaml.ScalarEvent, mark: Mark) -> None:
        if self.awaits_key():
            self.key(event, mark)
            return
        self.place(self.read(event, mark), mark)

    def awaits_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def key(self, event: yaml.ScalarEvent, mark: Mark) -> None:
        frame = self.stack[-1]
        text = event.value
        if event.implicit[0] and text.lower() in _BOOLISH and (*frame.path[-1:], text) not in READ_AS_TEXT:
            self.add("yaml.boolish_key", mark, key=text)
        frame.key, frame.key_ok = text, True
        path = (*frame.path, text)
        if isinstance(frame.value, dict) and text in frame.value:
            first = self.source.keys[path]
            self.add("yaml.duplicate", mark, key=text, first=first.line)
            frame.key_ok = False
        else:
            self.source.keys[path] = mark

    def place(self, value: Any, mark: Mark) -> Path:
        """Add a finished or opened value to its parent and note its position."""
        if not self.stack:
            self.source.data = value
            self.source.values[()] = mark
            return ()
        frame = self.stack[-1]
        path = frame.next_path()
        if isinstance(frame.value, list):
            frame.value.append(value)
            self.source.keys[path] = self.source.values[path] = mark
        else:
            assert frame.key is not None
            if frame.key_ok:
                frame.value[frame.key] = value
                self.source.values[path] = mark
            frame.key = None
        return path

    def read(self, event: yaml.ScalarEvent, mark: Mark) -> Any:
        text = event.value
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:str"):
            self.add("yaml.tag", mark, tag=event.tag)
        if not event.implicit[0] or event.tag is not None:
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return text.lower() == "true"
        if text.lower() in _BOOLISH:
            self.add("yaml.boolish", mark, text=text)
        elif _CLOCK.match(text):
            self.add("yaml.clock", mark, text=text)
        elif _ODD_NUMBER.match(text):
            self.add("yaml.number", mark, text=text)
        elif _INT.match(text) or _FLOAT.match(text):
            return self.number(text, mark)
        return text

    def number(self, text: str, mark: Mark) -> int | float | str:
        plain = text.replace("_", "")
        value = float(plain)
        if not math.isfinite(value) or abs(value) > 1e15:
            self.add("yaml.number", mark, text=text[:40])
            return 0
        return int(plain) if _INT.match(text) else value
