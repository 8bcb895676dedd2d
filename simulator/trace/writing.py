"""Safe file writing: atomic replacement, and files under unused names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def replacing(file: Path) -> Iterator[TextIO]:
    """Write a file atomically: it keeps its old content until the block ends without an error.

    Symbolic links are followed; anything but a regular file (a pipe, a device) is written in place.

    Raises:
        OSError: the file cannot be written.
    """
    place = file.resolve()
    if place.exists() and not place.is_file():
        with place.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    aside = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        aside.replace(place)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_new(folder: Path, stem: str, suffix: str, content: bytes) -> Path:
    """Write a file under an unused name: `stem` + `suffix`, or with -2, -3, ... after the stem; return its path.

    Raises:
        OSError: the file cannot be written.
    """
    number = 1
    while True:
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            number += 1
        else:
            return path
