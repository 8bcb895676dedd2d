"""The package's own source, parsed once in a process, for tests that read what is written there."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import simulator

PACKAGE = Path(simulator.__file__).parent


@cache
def modules() -> Mapping[Path, ast.Module]:
    """All modules of the package, by file."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
