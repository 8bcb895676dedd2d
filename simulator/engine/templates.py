"""Templates with `{name}` placeholders: arguments, results, log lines."""

from __future__ import annotations

from typing import Any


def has_braces(value: Any) -> bool:
    """Return whether a template may have placeholders."""
    if isinstance(value, str):
        return "{" in value
    if isinstance(value, dict):
        return any(has_braces(item) for item in value.values())
    return isinstance(value, list | tuple) and any(has_braces(item) for item in value)


def fill(value: Any, values: dict[str, Any]) -> Any:
    """Fill `{name}` in texts; a text that consists of a single `{name}` becomes the value itself."""
    if isinstance(value, str):
        if value.startswith("{") and value.endswith("}") and value[1:-1] in values:
            return values[value[1:-1]]
        for name, given in values.items():
            value = value.replace("{" + name + "}", str(given))
        return value
    if isinstance(value, dict):
        return {key: fill(item, values) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, values) for item in value]
    return value
