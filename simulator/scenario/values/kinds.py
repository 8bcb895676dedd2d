"""Kinds of value that the format takes at a path, so that a screen can offer some."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from simulator.scenario import convert
from simulator.scenario.schema import accepts
from simulator.scenario.schema.basics import Strict

BOOLEAN, INTEGER, NUMBER = "boolean", "integer", "number"


def kind_at(parts: tuple[str, ...]) -> str | tuple[Any, ...] | None:
    """`boolean`, `integer` (1 or more), `number`, or the words to choose from; None for anything else.

    >>> kind_at(("config", "task_acks_late")), kind_at(("queues", "celery", "overflow"))
    ('boolean', ('drop-head', 'reject-publish'))
    """
    room = convert.room_of(parts[:-1])
    if room is None or parts[-1] not in convert.field_names(room[1]):
        return None
    model, key = room[1], parts[-1]
    words = next(
        (_words(info.annotation) for name, info in model.model_fields.items() if key in (name, info.alias)), ()
    )
    if words:
        return words
    if not issubclass(model, Strict):
        return None
    for kind, value in ((BOOLEAN, True), (NUMBER, 2.5), (INTEGER, 2)):
        if accepts(model, key, value):
            return kind
    return None


def fields_at(parts: tuple[str, ...]) -> list[str]:
    """The keys of the section that a path leads into; empty if it leads to a value."""
    room = convert.room_of(parts)
    return convert.field_names(room[1]) if room is not None else []


def _words(annotation: Any) -> tuple[Any, ...]:
    """The values of a Literal, at any depth of a type."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next((found for found in map(_words, get_args(annotation)) if found), ())
