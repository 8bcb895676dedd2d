"""Texts that are held against files; `GOLDEN=write` writes them anew, to be read before they are committed."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def hold(name: str, text: str) -> None:
    """Assert that `text` is what the golden file `name` says."""
    path = FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text + "\n", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text + "\n"
