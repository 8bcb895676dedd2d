"""Parsing of a console line as Celery's own program would."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.console import words
from simulator.console.hangul_keys import has_hangul, latin_keys
from simulator.scenario.problems import nearest
from simulator.story.catalog import Line, line, plain

GLOBAL = {"-A": "app", "--app": "app", "-C": "", "--no-color": "", "-q": "quiet", "--quiet": "quiet"}
"""Options allowed with every command, with their meaning; `--app` has none here and is dropped."""

REMOTE = {
    **{"-d": "destination", "--destination": "destination", "-t": "timeout", "--timeout": "timeout"},
    **{"-j": "json", "--json": "json"},
}

OPTIONS: dict[str, dict[str, str]] = {
    "inspect": {**REMOTE, "--list": "list"},
    "control": {**REMOTE, "--list": "list"},
    "status": REMOTE,
    "events": {"-d": "dump", "--dump": "dump"},
    "call": {
        **{"-a": "args", "--args": "args", "-k": "kwargs", "--kwargs": "kwargs", "--queue": "queue"},
        **{"--countdown": "countdown", "--expires": "expires"},
    },
    "result": {},
}
"""Options of each command that is answered here."""

VALUED = frozenset({"app", "destination", "timeout", "args", "kwargs", "queue", "countdown", "expires"})
SECONDS = frozenset({"timeout", "countdown", "expires"})


class NotUnderstood(Exception):
    """A line that cannot be answered; `said` is the reason."""

    def __init__(self, *said: Line) -> None:
        """Keep the words."""
        super().__init__()
        self.said = said


@dataclass(frozen=True)
class Typed:
    """A command with its arguments and options."""

    command: str
    """`inspect`, `control`, ...; empty if only `celery` was typed."""
    arguments: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)

    @property
    def destination(self) -> tuple[str, ...]:
        """The bare names of the workers addressed; empty: all."""
        names = self.options.get("destination", "").split(",")
        return tuple(bare_name(name.strip()) for name in names if name.strip())

    def has(self, flag: str) -> bool:
        """Return True if an option without a value was given."""
        return flag in self.options


def bare_name(node: str) -> str:
    """A worker's name from a node name.

    >>> bare_name("celery@worker1"), bare_name("worker1@host"), bare_name("worker1")
    ('worker1', 'worker1', 'worker1')
    """
    head, _, tail = node.partition("@")
    return tail if head == "celery" and tail else head


def read_line(text: str) -> Typed:
    """Parse a line; raises `NotUnderstood`."""
    text = text.encode(errors="replace").decode()  # half of a surrogate pair is in no name
    try:
        tokens = shlex.split(text)
    except ValueError:
        raise NotUnderstood(line(words.QUOTES)) from None
    tokens = tokens[1:] if tokens[:1] == ["$"] else tokens
    tokens = tokens[1:] if tokens[:1] == ["celery"] else tokens
    command = find_command(tokens)
    known = {**GLOBAL, **OPTIONS.get(command, {})}
    rest: list[str] = []
    options: dict[str, str] = {}
    left = list(tokens)
    while left:
        token = left.pop(0)
        if not token.startswith("-") or token == "-" or _is_number(token):
            rest.append(token)
        elif command and command not in OPTIONS:
            continue  # nothing of it is simulated, whatever it is told
        else:
            _take_option(token, left, known, options)
    return Typed(command, tuple(rest[1:]), options)


def find_command(tokens: list[str]) -> str:
    """The first word that is neither an option nor the value of one."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if not token.startswith("-"):
            return token
        place += 2 if GLOBAL.get(token) in VALUED else 1
    return ""


def _take_option(token: str, left: list[str], known: dict[str, str], options: dict[str, str]) -> None:
    name, sign, value = token.partition("=")
    if name[:2] != "--" and name not in known and len(name) > 2 and known.get(name[:2]) in VALUED:
        name, sign, value = token[:2], "=", token[2:]  # -dworker1
    if name in ("-h", "--help"):
        options["list"] = ""
        return
    if name not in known:
        options_here = [option for option in known if option.startswith("--")]
        meant = suggest(name, known)
        raise NotUnderstood(line(words.UNKNOWN_OPTION, what=name, meant=meant, known=", ".join(options_here)))
    what = known[name]
    if what in VALUED:
        if not sign and not left:
            raise NotUnderstood(line(words.NEEDS_VALUE, option=name))
        value = value if sign else left.pop(0)
    if what in SECONDS and not _is_number(value):
        raise NotUnderstood(line(words.NOT_SECONDS, value=value))
    if what == "destination" and what in options:
        value = f"{options[what]},{value}"
    options[what] = value


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def suggest(word: str, known: Iterable[str]) -> Line:
    """A hint naming the closest known word; empty if none is close."""
    found = nearest(word, known)
    return plain("") if found is None else line(words.MEANT, meant=found)


def typed_in_hangul(text: str) -> tuple[Line, ...]:
    """A hint for a line typed in Hangul mode: the Latin letters of its keys."""
    if not has_hangul(text):
        return ()
    # With shift that key writes the same letter.
    meant = re.sub(r"(?<!\S)-a(?!\S)", "-A", latin_keys(text))
    return (line(words.HANGUL, meant=meant),)
