"""Bilingual text: every message holds both languages side by side, so that neither can be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

LANGUAGES = ("ko", "en")
BOTH = "both"
"""In place of a language: both, Korean first."""


class Words(NamedTuple):
    """A message in both languages. `{name}` is a parameter; no Korean particle directly follows one."""

    ko: str
    en: str

    def text(self, lang: str, **params: object) -> str:
        """The message in one language, with its parameters filled in."""
        template = self.ko if lang == "ko" else self.en
        return template.format(**params) if params else template


class Localized(Protocol):
    """Anything with a text in each language: `Words`, a `Line`, a time."""

    def text(self, lang: str) -> str:
        """The text in one language."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words with their parameters, which may be bilingual themselves (`Words`, `Line`, a time)."""

    words: Words
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """The text in one language, or (`both`) in Korean and, on a line of its own if it differs, English."""
        if lang == BOTH:
            return "\n".join(dict.fromkeys(self.text(one) for one in LANGUAGES))
        return self.words.text(lang, **{name: _said(value, lang) for name, value in self.params.items()})


def line(words: Words, /, **params: object) -> Line:
    """Make a line of these words and parameters."""
    return Line(words, params)


def plain(text: str) -> Line:
    """Make a line that reads the same in both languages."""
    return Line(_PLAIN, {"text": text})


_PLAIN = Words("{text}", "{text}")


def _said(value: object, lang: str) -> object:
    return value.text(lang) if isinstance(value, Words | Line) or hasattr(value, "text") else value


def pick(texts: Mapping[str, str] | None, lang: str) -> str:
    """A scenario's own words in a language (or `both`), or in the other where it has none.

    >>> pick({"en": "One order"}, "ko")
    'One order'
    """
    if not texts:
        return ""
    if lang == BOTH:
        return "\n".join(dict.fromkeys(pick(texts, one) for one in LANGUAGES))
    return texts.get(lang) or next(iter(texts.values()))
