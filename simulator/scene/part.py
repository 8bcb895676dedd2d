"""The base of all scene parts: JSON-serialisable values."""

from __future__ import annotations

import msgspec


class ScenePart(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A part of a scene: numbers, texts, identities and other parts; never a callable."""
