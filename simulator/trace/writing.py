"""Files: written in one step, or under a name that nobody has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def replacing(file: Path) -> Iterator[TextIO]:
    """Write a file as a whole: until the block ends well it is as it was before, whatever ends the program meanwhile.

    A link stays a link; what is no plain file (a pipe, a device) is written as it is.

    Raises:
        OSError: it cannot be written.
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
    """Write a file under a name that nobody has: `stem` + `suffix`, or with -2, -3, ... behind the stem.

    Raises:
        OSError: it cannot be written.
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
