"""Quantities that may vary: a number, or a one-key mapping that names a distribution.

`{exponential: mean}`, `{uniform: [low, high]}`, `{normal: [mean, sd]}` (cut at 0), `{lognormal: {median, p95}}`,
`{choice: {value: weight}}`, `{list: [first, second, ...]}` (by ordinal, then again from the start). All in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from simulator.scenario.problems import nearest

WIDEST = 1e12
"""Most that a lognormal's p95 may be of its median; with far more, its rare values are no numbers."""

KINDS = ("exponential", "uniform", "normal", "lognormal", "choice", "list")

MAX_SECONDS = 1e9
MIN_SPAN = 1e-6
"""The shortest time that is not none: the clock counts microseconds."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A quantity's distribution. `numbers` are its parameters in seconds, `weights` belong to `choice`."""

    kind: str
    numbers: tuple[float, ...]
    weights: tuple[float, ...] = ()

    def scaled(self, factor: float) -> Distribution:
        """The quantity times a factor: every number is one of seconds."""
        return Distribution(self.kind, tuple(number * factor for number in self.numbers), self.weights)

    def written(self) -> Any:
        """The quantity as a file has it."""
        match self.kind, self.numbers:
            case "constant" | "exponential", (number,):
                return number if self.kind == "constant" else {self.kind: number}
            case "lognormal", (median, p95):
                return {self.kind: {"median": median, "p95": p95}}
            case "choice", numbers:
                return {self.kind: {str(n): weight for n, weight in zip(numbers, self.weights, strict=True)}}
            case kind, numbers:
                return {kind: [*numbers]}


def parse_distribution(value: Any) -> Distribution:
    """Parse a quantity; raises pydantic's custom error with one of our codes."""
    if isinstance(value, Distribution):
        return value
    if _is_number(value):
        return Distribution("constant", (_seconds(value),))
    if not isinstance(value, dict) or len(value) != 1:
        raise _bad("distribution.shape")
    (kind, given), *_ = value.items()
    if kind not in KINDS:
        raise PydanticCustomError(
            "distribution.kind",
            "",
            {"kind": str(kind), "meant": nearest(str(kind), KINDS), "known": list(KINDS)},
        )
    if kind == "exponential":
        return Distribution(kind, (_positive(given, kind),))
    if kind in ("uniform", "normal"):
        return _pair(kind, given)
    if kind == "lognormal":
        return _lognormal(given)
    if kind == "choice":
        return _choice(given)
    if not isinstance(given, list) or not given:
        raise _bad("distribution.list")
    return Distribution(kind, tuple(_seconds(item) for item in given))


def _pair(kind: str, given: Any) -> Distribution:
    if not isinstance(given, list) or len(given) != 2:
        raise _bad(f"distribution.{kind}")
    low, high = (_seconds(item) for item in given)
    if kind == "uniform" and low > high:
        raise _bad("distribution.uniform")
    return Distribution(kind, (low, high))


def _lognormal(given: Any) -> Distribution:
    if not isinstance(given, dict) or set(given) != {"median", "p95"}:
        raise _bad("distribution.lognormal")
    median, p95 = _positive(given["median"], "lognormal"), _positive(given["p95"], "lognormal")
    if not 1 <= p95 / median <= WIDEST:
        raise _bad("distribution.lognormal")
    return Distribution("lognormal", (median, p95))


def _choice(given: Any) -> Distribution:
    if not isinstance(given, dict) or not given:
        raise _bad("distribution.choice")
    try:
        values = tuple(_seconds(float(key)) for key in given)
        weights = tuple(float(weight) for weight in given.values())
    except (TypeError, ValueError):
        raise _bad("distribution.choice") from None
    if any(not 0 <= weight < 1e15 for weight in weights) or sum(weights) <= 0:
        raise _bad("distribution.choice")
    return Distribution("choice", values, weights)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _seconds(value: Any) -> float:
    if not _is_number(value) or not 0 <= value <= MAX_SECONDS:
        raise PydanticCustomError("seconds", "", {"value": str(value)[:40]})
    return float(value)


def _positive(value: Any, kind: str) -> float:
    if not _is_number(value) or not 0 < value <= MAX_SECONDS:
        raise _bad(f"distribution.{kind}")
    return float(value)


def _bad(code: str) -> PydanticCustomError:
    return PydanticCustomError(code, "")


_NUMBER = {"type": "number", "minimum": 0}
_NUMBERS = {"type": "array", "items": _NUMBER}
JSON_SCHEMA: dict[str, Any] = {
    "anyOf": [
        _NUMBER,
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {
                "exponential": {"type": "number", "exclusiveMinimum": 0},
                "uniform": {**_NUMBERS, "minItems": 2, "maxItems": 2},
                "normal": {**_NUMBERS, "minItems": 2, "maxItems": 2},
                "lognormal": {
                    "type": "object",
                    "required": ["median", "p95"],
                    "properties": {"median": _NUMBER, "p95": _NUMBER},
                    "additionalProperties": False,
                },
                "choice": {"type": "object", "additionalProperties": _NUMBER, "minProperties": 1},
                "list": {**_NUMBERS, "minItems": 1},
            },
        },
    ]
}

Quantity = Annotated[Distribution, BeforeValidator(parse_distribution), WithJsonSchema(JSON_SCHEMA)]
"""A field that takes a number of seconds or a distribution."""
