"""What all parts of a scene are: values that can be written as JSON."""

from __future__ import annotations

import msgspec


class ScenePart(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A part of a scene: numbers, texts, identities, and other parts; never anything that can be called."""
