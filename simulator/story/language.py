"""The selected languages of a text: `ko`, `en`, or `both`."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.story.catalog import Words, pick

LANGUAGE_ORDER = ("ko", "en", "both")


def first_language(lang: str) -> str:
    """The language of short labels.

    >>> first_language("both"), first_language("en")
    ('ko', 'en')
    """
    return "en" if lang == "en" else "ko"


def languages(lang: str) -> tuple[str, ...]:
    """The languages in which sentences are shown."""
    return ("ko", "en") if lang == "both" else (lang,)


def say(words: Words, lang: str, **params: object) -> str:
    """A label in the first language."""
    return words.text(first_language(lang), **params)


def tell(texts: Mapping[str, str] | None, lang: str) -> list[str]:
    """A scenario's own words, once for each selected language."""
    found = [pick(texts, one) for one in languages(lang)]
    return list(dict.fromkeys(text for text in found if text))
