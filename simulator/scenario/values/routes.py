"""`task_routes` as Celery reads it: an exact task name, then the first pattern that matches, in the order written.

Source: celery.app.routes: MapRoute.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

RouteT = TypeVar("RouteT")

_PRINTED = re.compile(r"re\.compile\(r?(['\"])(?P<pattern>.*)\1\)")
"""The repr of a compiled expression, which is how `inspect conf` shows one."""


def compile_pattern(key: str) -> re.Pattern[str] | None:
    """Compile the key of a route that stands for many tasks; None for an exact name.

    Args:
        key: a name; a glob, which has a `*`; or a regular expression, `/.../` or `re.compile('...')`.

    Raises:
        re.error: the regular expression has a mistake.
    """
    printed = _PRINTED.fullmatch(key)
    if printed is not None:
        return re.compile(printed["pattern"].replace(r"\\", "\\"))
    if len(key) > 1 and key[0] == key[-1] == "/":
        return re.compile(key[1:-1])
    return re.compile(fnmatch.translate(key)) if "*" in key else None


class Routes(Generic[RouteT]):
    """A compiled `task_routes`. Look-ups cost one `dict` access for an exact name, else one match for each pattern."""

    def __init__(self, routes: Mapping[str, RouteT] | Iterable[tuple[str, RouteT]]) -> None:
        """Compile a mapping, or pairs in the order they are tried; raises `re.error`."""
        pairs = routes.items() if isinstance(routes, Mapping) else routes
        self._exact: dict[str, tuple[str, RouteT]] = {}
        self._patterns: list[tuple[re.Pattern[str], tuple[str, RouteT]]] = []
        for key, route in pairs:
            pattern = compile_pattern(key)
            if pattern is None:
                self._exact[key] = key, route
            else:
                self._patterns.append((pattern, (key, route)))

    def find(self, task: str) -> RouteT | None:
        """Return the route of the task with this name, or None."""
        entry = self._entry(task)
        return entry[1] if entry is not None else None

    def key_of(self, task: str) -> str | None:
        """Return the key, as written, under which the route of this task stands, or None."""
        entry = self._entry(task)
        return entry[0] if entry is not None else None

    def _entry(self, task: str) -> tuple[str, RouteT] | None:
        exact = self._exact.get(task)
        if exact is not None:
            return exact
        return next((entry for pattern, entry in self._patterns if pattern.match(task)), None)


Router = list[tuple[str, dict[str, Any]]]


def routers_in(value: Any) -> tuple[list[Router], list[Any]]:
    """Read `task_routes`: its routers in the order they are tried, each as (name or pattern, options).

    Returns:
        The routers, and what could not be read: classes, functions, expressions with a mistake.

    Source: celery.app.routes: prepare (one router, or a list of them), MapRoute (a mapping, or a list of pairs).
    """
    found: list[Router] = []
    unread: list[Any] = []
    for router in value if isinstance(value, list) else [] if value is None else [value]:
        pairs = list(router.items()) if isinstance(router, dict) else router
        if not isinstance(pairs, list):
            unread.append(router)
            continue
        read = [(pair, _pair(pair)) for pair in pairs]
        found.append([route for _, route in read if route is not None])
        unread += [pair for pair, route in read if route is None]
    return found, unread


def _pair(pair: Any) -> tuple[str, dict[str, Any]] | None:
    options = _route(pair[1]) if isinstance(pair, list | tuple) and len(pair) == 2 else None
    return (str(pair[0]), options) if options is not None and is_pattern_valid(str(pair[0])) else None


def is_pattern_valid(key: str) -> bool:
    """Return True if a name, glob or printed expression can be parsed."""
    try:
        compile_pattern(key)
    except re.error:
        return False
    return True


def _route(value: Any) -> dict[str, Any] | None:
    """The options of a route; a queue written in full is replaced by its name."""
    if isinstance(value, str):
        return {"queue": value}
    if not isinstance(value, dict):
        return None
    queue = value.get("queue")
    return {**value, "queue": queue["name"]} if isinstance(queue, dict) and "name" in queue else dict(value)
