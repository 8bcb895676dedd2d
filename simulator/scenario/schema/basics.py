"""Building blocks of the format: strict models, seconds, names, and words in two languages."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from simulator.scenario.values.distributions import MAX_SECONDS, MIN_SPAN

LANGUAGES = ("ko", "en")


def problem(code: str, **params: Any) -> PydanticCustomError:
    """Error for a validator to raise: a problem's code and parameters (see `convert`)."""
    return PydanticCustomError(code, "", params)


class Strict(BaseModel):
    """Every model here: no unknown keys, no silent conversions, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True, defer_build=True)


def accepts(model: type[Strict], key: str, value: Any) -> bool:
    """Return True if a section of the format accepts this value for this key, whatever its other keys."""
    try:
        model.model_validate({key: value})
    except ValidationError:
        return False
    return True


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_SECONDS:
        raise problem("seconds", value=str(value)[:40])
    return float(value)


Seconds = Annotated[float, BeforeValidator(_seconds, json_schema_input_type=float)]

Span = Annotated[float, Field(ge=MIN_SPAN, le=MAX_SECONDS)]
"""Seconds that must not be none: whatever happens once in each of them would happen without end."""


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > 200 or not value.isprintable():
        raise problem("name", value=str(value)[:40])
    return value


Name = Annotated[str, BeforeValidator(_name, json_schema_input_type=str)]


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or not value.isidentifier():
        raise problem("identifier", value=str(value)[:40])
    return value


Identifier = Annotated[str, BeforeValidator(_identifier, json_schema_input_type=str)]


def _argument(value: Any) -> str:
    name, equals, default = str(value).partition("=")
    if not isinstance(value, str) or not name.isidentifier() or (equals and not default):
        raise problem("identifier", value=str(value)[:40])
    return value


Argument = Annotated[str, BeforeValidator(_argument, json_schema_input_type=str)]
"""An argument's name, or `name=default`."""


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    if not isinstance(value, dict) or not value or set(value) - set(LANGUAGES):
        raise problem("text")
    if not all(isinstance(words, str) for words in value.values()):
        raise problem("text")
    return value


Text = Annotated[dict[str, str], BeforeValidator(_text, json_schema_input_type=str | dict[str, str])]
"""Words by language; a plain string serves all."""


class Worded(Strict):
    """Something with inline `ko:` and `en:` beside its other keys."""

    ko: str | None = None
    en: str | None = None

    @property
    def text(self) -> dict[str, str]:
        """The words by language."""
        return {k: v for k, v in (("ko", self.ko), ("en", self.en)) if v is not None}
