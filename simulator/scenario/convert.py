"""Conversion of pydantic's errors into our problems: a code, parameters, and a position in the file."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from simulator.scenario import schema
from simulator.scenario.checks import known
from simulator.scenario.problems import nearest
from simulator.scenario.source import Path
from simulator.scenario.values.distributions import MIN_SPAN

_ROOMS: dict[tuple[str, ...], tuple[str, type[BaseModel]]] = {
    (): ("scenario", schema.ScenarioFile),
    ("config",): ("config", schema.Config),
    ("config", "broker_transport_options"): ("broker_transport_options", schema.TransportOptions),
    ("config", "task_routes", "*"): ("route", schema.Route),
    ("config", "task_annotations", "*"): ("annotation", schema.Annotation),
    ("config", "task_publish_retry_policy"): ("publish_retry_policy", schema.PublishRetryPolicy),
    ("tasks", "*", "retry_kwargs"): ("retry_kwargs", schema.RetryKwargs),
    ("tasks", "*", "retry"): ("retry", schema.BodyRetry),
    ("tasks", "*", "gets"): ("gets", schema.Gets),
    ("tasks", "*", "gets", "tasks", "*"): ("subtask", schema.Subtask),
    ("queues", "*"): ("queue", schema.Queue),
    ("services", "*"): ("service", schema.Service),
    ("tasks", "*"): ("task", schema.Task),
    ("workers", "*"): ("worker", schema.Worker),
    ("send", "*"): ("send", schema.Send),
    ("send", "*", "each", "*"): ("call", schema.Call),
    ("send", "*", "chain", "*"): ("part", schema.Part),
    ("send", "*", "group", "*"): ("part", schema.Part),
    ("send", "*", "chord"): ("chord", schema.Chord),
    ("send", "*", "chord", "header", "*"): ("part", schema.Part),
    ("send", "*", "chord", "body"): ("part", schema.Part),
    ("beat_schedule", "*"): ("beat", schema.BeatEntry),
    ("beat_schedule", "*", "schedule"): ("schedule", schema.Schedule),
    ("beat_schedule", "*", "schedule", "crontab"): ("crontab", schema.Crontab),
    ("beat_schedule", "*", "options"): ("beat_options", schema.BeatOptions),
    ("chapters", "*"): ("chapter", schema.Chapter),
    ("knobs", "*"): ("knob", schema.Knob),
    ("faults", "*"): ("fault", schema.Fault),
    ("control", "*"): ("control", schema.Control),
    ("say", "*"): ("say", schema.Say),
    ("ask", "*"): ("ask", schema.Ask),
    ("ask", "*", "choices", "*"): ("choice", schema.Choice),
    ("goals", "*"): ("goal", schema.Goal),
    ("exercise",): ("exercise", schema.Exercise),
    ("exercise", "budget"): ("budget", schema.Budget),
    ("exercise", "goals", "*"): ("goal", schema.Goal),
    ("variants", "*"): ("variant", schema.Variant),
    ("variants", "*", "goals", "*"): ("goal", schema.Goal),
    ("say", "*", "before"): ("moment", schema.Moment),
    ("say", "*", "after"): ("moment", schema.Moment),
    ("ask", "*", "before"): ("moment", schema.Moment),
    ("ask", "*", "after"): ("moment", schema.Moment),
}

_TYPES = {
    "int_type": "type.integer",
    "int_from_float": "type.integer",
    "float_type": "type.number",
    "bool_type": "type.boolean",
    "string_type": "type.text",
    "list_type": "type.list",
    "dict_type": "type.mapping",
    "model_type": "type.mapping",
    "model_attributes_type": "type.mapping",
}
_BOUNDS = {
    "greater_than": ">",
    "greater_than_equal": ">=",
    "less_than": "<",
    "less_than_equal": "<=",
}


def room_of(path: Path) -> tuple[str, type[BaseModel]] | None:
    """The section of the format that a path leads into, with its model."""
    for pattern, room in _ROOMS.items():
        if len(pattern) == len(path) and all(p in ("*", str(q)) for p, q in zip(pattern, path, strict=True)):
            return room
    return None


def field_names(model: type[BaseModel]) -> list[str]:
    """The keys that a model accepts, as they are written in a file."""
    return [info.alias or name for name, info in model.model_fields.items()]


def finding(error: Any) -> tuple[str, dict[str, object], Path, bool]:
    """One of pydantic's errors as (code, parameters, path, whether the key rather than its value is meant)."""
    kind: str = error["type"]
    path: Path = tuple(part for part in error["loc"] if part != "[key]")
    context: dict[str, object] = dict(error.get("ctx") or {})
    where = dotted(path)
    if kind == "extra_forbidden":
        return (*unknown_key(path), path, True)
    if kind == "missing":
        return "key.missing", {"key": str(path[-1]), "where": dotted(path[:-1])}, path[:-1], False
    if kind in _TYPES:
        return _TYPES[kind], {"where": where, "value": str(error["input"])[:40]}, path, False
    if kind in _BOUNDS:
        bound = next(iter(context.values()))
        shown = f"{bound:f}" if bound == MIN_SPAN else bound
        return "value.bound", {"where": where, "sign": _BOUNDS[kind], "bound": shown}, path, False
    if kind == "literal_error":
        return "value.one_of", {"where": where, "expected": context["expected"]}, path, False
    if kind in ("too_short", "too_long"):
        code = f"list.{kind}"
        return (
            code,
            {"where": where, "limit": context.get("min_length") or context.get("max_length")},
            path,
            False,
        )
    own = ("seconds", "name", "identifier", "text", "raises", "effect_at", "result_backend", "rate")
    if "." in kind or "known" in context or kind in own:
        return _planned_value(kind, {"where": where, **context}, path)
    return "value.bad", {"where": where, "value": str(error["input"])[:40]}, path, False


def _planned_value(kind: str, params: dict[str, object], path: Path) -> tuple[str, dict[str, object], Path, bool]:
    value = str(params.get("value"))
    scheme = "".join(value.partition("://")[:2])
    if not known.PLANNED.get(kind, frozenset()).isdisjoint((value, scheme)):
        return "value.planned", params, path, False
    return kind, params, path, False


def unknown_key(path: Path) -> tuple[str, dict[str, object]]:
    """The problem with a key that is not known here: planned, misplaced, misspelt or simply unknown."""
    key = str(path[-1])
    room = room_of(path[:-1])
    params: dict[str, object] = {"key": key, "where": dotted(path[:-1])}
    if room is None:
        return "key.unknown", params
    name, model = room
    if key in known.PLANNED.get(name, ()) and key not in field_names(model):
        return "key.planned", params
    if key == "beat_schedule":
        return "beat.place", params
    modern = known.modern_setting(key)
    if modern is not None:
        return "key.old", {**params, "modern": modern}
    home = _home(key, name)
    if home is not None:
        return "key.belongs", {**params, "home": home}
    names = {one: one for one in (*field_names(model), *known.PLANNED.get(name, ()))} | _nested(name)
    meant = nearest(key, names)
    return ("key.did_you_mean", {**params, "meant": names[meant]}) if meant else ("key.unknown", params)


_HOMES = {
    "config": "config",
    "broker_transport_options": "config.broker_transport_options",
    "task": "tasks.<name>",
    "worker": "workers.<name>",
    "send": "send",
    "queue": "queues.<name>",
    "scenario": "",
}


def _nested(name: str) -> dict[str, str]:
    """The keys of the sections inside a section, each with its path from there."""
    inside = f"{_HOMES[name]}." if _HOMES.get(name) else ""
    models = dict(_ROOMS.values())
    return (
        {}
        if not inside
        else {
            field: f"{home.removeprefix(inside)}.{field}"
            for room, home in _HOMES.items()
            if home.startswith(inside)
            for field in field_names(models[room])
        }
    )


def _home(key: str, name: str) -> str | None:
    for room, home in _HOMES.items():
        model = next(m for n, m in _ROOMS.values() if n == room)
        if room != name and home and (key in field_names(model) or key in known.PLANNED.get(room, ())):
            return home
    return None


def dotted(path: Path) -> str:
    """A path in the form that people write."""
    return ".".join(str(part) for part in path)
