"""Times, values, calls and lists of names, formatted for a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.story.catalog import LANGUAGES, Line, Words, line, plain
from simulator.trace.events import TaskReceived, TaskSent
from simulator.trace.time import MICROS, as_seconds, format_seconds

MILLI = 1000
"""Microseconds in a millisecond, the finest time shown: a hop between processes takes one."""

LONGEST = 60
"""Most characters shown of a value or an argument."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """A time or duration in a sentence, in microseconds; rounded to the millisecond, without trailing zeros."""

    micros: int

    def text(self, lang: str) -> str:
        """Return `1 s` or `1초`, `2.5 s` or `2.5초`."""
        return shown_seconds(self.micros, 0) + second_unit(lang)


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time at the head of a line, in microseconds; rounded to the millisecond, with at least two decimals."""

    micros: int

    def text(self, lang: str) -> str:
        """Return `1.00 s` or `1.00초`."""
        return shown_seconds(self.micros) + second_unit(lang)


def second_unit(lang: str) -> str:
    """Return the unit after a number of seconds: `초`, or a space and `s`. Both take two cells."""
    return " s" if lang == "en" else "초"


def clock_text(micros: int, lang: str = "") -> str:
    """Write seconds with two decimals, as in a column of times or on a clock; with their unit if `lang` is given.

    >>> clock_text(1_234_567), clock_text(1_000_000, "en"), clock_text(1_000_000, "ko")
    ('1.23', '1.00 s', '1.00초')
    """
    return f"{micros / MICROS:.2f}{second_unit(lang) if lang else ''}"


def shown_seconds(micros: int, decimals: int = 2) -> str:
    """Write seconds rounded to the millisecond, with this many decimals at least.

    >>> shown_seconds(500_003), shown_seconds(500_003, 0), shown_seconds(1_234_567)
    ('0.50', '0.5', '1.235')
    """
    return format_seconds((micros + MILLI // 2) // MILLI * MILLI, decimals)


def in_language(value: Any, lang: str) -> Any:
    """A value with one text in place of each `{ko: ..., en: ...}` in it, as a scenario may write it.

    >>> in_language([1, {"city": {"ko": "서울", "en": "Seoul"}}], "en"), in_language({"ko": 1}, "en")
    ([1, {'city': 'Seoul'}], {'ko': 1})
    """
    match value:
        case dict() if value.keys() == set(LANGUAGES) and all(isinstance(text, str) for text in value.values()):
            return value[lang]
        case dict():
            return {key: in_language(item, lang) for key, item in value.items()}
        case list() | tuple():
            return [in_language(item, lang) for item in value]
        case _:
            return value


@dataclass(frozen=True, slots=True)
class LocalizedValue:
    """A value of a trace, with localized texts in it."""

    value: Any

    def text(self, lang: str) -> str:
        """In one language."""
        return value_text(in_language(self.value, lang))


@dataclass(frozen=True, slots=True)
class Called:
    """A call, with localized texts in it."""

    name: str
    args: Sequence[Any]
    kwargs: Mapping[str, Any]

    def text(self, lang: str) -> str:
        """In one language."""
        return call_text(self.name, in_language(self.args, lang), in_language(self.kwargs, lang))


@dataclass(frozen=True, slots=True)
class _Field:
    """A line of a message's body."""

    key: str
    value: Any

    def text(self, lang: str) -> str:
        return f'    "{self.key}": {shorten(_json(in_language(self.value, lang)), 2 * LONGEST)}'


def value_text(value: Any, limit: int = LONGEST) -> str:
    """A value as Python writes it, but text in double quotes as in the guide; shortened to `limit` characters.

    >>> value_text({"city": "서울", "express": True})
    '{"city": "서울", "express": True}'
    """
    return shorten(_written(value), limit)


def shorten(text: str, limit: int = LONGEST) -> str:
    """Text of at most `limit` characters, with an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _written(value: Any) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case dict():
            return "{" + ", ".join(f"{_written(k)}: {_written(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_written(item) for item in value) + "]"
        case _:
            return repr(value)


def exception_text(exception: Any) -> str:
    """An exception's repr as people write it: only the name if it has no arguments.

    >>> exception_text("SMTPException()"), exception_text("TypeError('pay() takes 0 ...')")
    ('SMTPException', "TypeError('pay() takes 0 ...')")
    """
    return shorten(str(exception).removesuffix("()"), 2 * LONGEST)


def call_text(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], limit: int = LONGEST) -> str:
    """A call in Python syntax.

    >>> call_text("send_email", [12345, "user@example.com"], {"urgent": True})
    'send_email(12345, "user@example.com", urgent=True)'
    """
    given = [value_text(arg) for arg in args] + [f"{key}={value_text(arg)}" for key, arg in kwargs.items()]
    return f"{name}({shorten(', '.join(given), limit)})"


_ENTRY = Words("{entry},", "{entry},")
_LAST_ENTRY = Words("{entry}", "{entry}")


def message_lines(message: TaskSent | TaskReceived) -> list[Line]:
    """The contents of a message as JSON, one line a field; times in seconds from the start."""
    fields: dict[str, Any] = {
        "id": message.uuid,
        "task": message.name,
        "args": list(message.args),
        "kwargs": message.kwargs,
        "retries": message.retries,
        "eta": _seconds(message.eta),
        "expires": _seconds(message.expires),
    }
    *rows, last = (_Field(key, value) for key, value in fields.items())
    return [plain("{"), *(line(_ENTRY, entry=row) for row in rows), line(_LAST_ENTRY, entry=last), plain("}")]


def _seconds(micros: int | None) -> float | None:
    return None if micros is None else round(as_seconds(micros), 3)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts joined by a separator, each in its own language."""

    parts: tuple[Line, ...]
    between: str = ""

    def text(self, lang: str) -> str:
        """All parts in one language."""
        return self.between.join(part.text(lang) for part in self.parts)


_AND_MORE = Words("{names} 외 {more}개", "{names} and {more} more")


def name_list(names: Sequence[str], most: int = 3, more: int = 0) -> Line:
    """The first `most` names with commas, and the number of the rest; `more` counts those not in `names`."""
    shown = ", ".join(names[:most])
    left = max(0, more) + max(0, len(names) - most)
    return line(_AND_MORE, names=shown, more=left) if left else plain(shown)


def queue_text(uuids: Sequence[str], length: int) -> str:
    """A queue in the guide's notation, the next task first; `length` is its total length.

    >>> queue_text(["Task2", "Task3"], 2), queue_text([], 0), queue_text(["a_1"], 9)
    ('[Task2, Task3]', '[ ]', '[a_1, … +8]')
    """
    if not length:
        return "[ ]"
    rest = [f"… +{length - len(uuids)}"] if length > len(uuids) else []
    return "[" + ", ".join([*uuids, *rest]) + "]"


def flow_text(value: object) -> str:
    """A value in a scenario's one-line syntax.

    >>> flow_text({"exponential": 2.0}), flow_text([True, None]), flow_text("a")
    ('{exponential: 2}', '[true, null]', 'a')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    return str(value)
