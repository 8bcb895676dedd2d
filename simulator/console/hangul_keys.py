"""Hangul typed by accident, converted back to Latin keys (Korean two-set keyboard)."""

from __future__ import annotations

HEADS = "r R s e E f a q Q t T d w W c z x v g".split()
VOWELS = "k o i O j p u P h hk ho hl y n nj np nl b m ml l".split()
TAILS = ["", *"r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g".split()]
"""The keys of each part of a syllable, in the order of Unicode."""

JAMO = "r R rt s sw sg e E f fr fa fq ft fx fv fg a q Q qt t T d w W c z x v g".split() + VOWELS
"""The keys of the single letters from U+3131 on."""

FIRST_SYLLABLE, FIRST_JAMO = 0xAC00, 0x3131


def has_hangul(text: str) -> bool:
    """Return True if a text has a Hangul syllable or letter."""
    return any(_keys(char) != char for char in text)


def latin_keys(text: str) -> str:
    """The Latin letters on the keys of a Hangul text; all other characters stay.

    >>> latin_keys("ㅑㅜ넫ㅊㅅ ㅁㅊ샾ㄷ")
    'inspect active'
    """
    return "".join(_keys(char) for char in text)


def _keys(char: str) -> str:
    syllable, jamo = ord(char) - FIRST_SYLLABLE, ord(char) - FIRST_JAMO
    if 0 <= syllable < len(HEADS) * len(VOWELS) * len(TAILS):
        head, rest = divmod(syllable, len(VOWELS) * len(TAILS))
        vowel, tail = divmod(rest, len(TAILS))
        return HEADS[head] + VOWELS[vowel] + TAILS[tail]
    return JAMO[jamo] if 0 <= jamo < len(JAMO) else char
