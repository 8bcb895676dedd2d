"""Safe file writing: whole or not at all, never over another's file, one program at a time.

What is meant for a file is written beside it and moved into its place; a full disk or a killed program leaves nothing
that could be taken for it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import TextIO

LONGEST_WAIT = 5.0
"""Seconds that a program waits for another one that is writing."""

DEAD = 60.0
"""Seconds after which what was written beside a file is of a program that was killed."""


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
    aside = _aside(place)
    try:
        with aside.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        aside.replace(place)
        _remove_dead(place)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def create(path: Path, content: bytes) -> None:
    """Write a new file, all of it or nothing.

    Raises:
        FileExistsError: there is one already.
        OSError: it cannot be written.
    """
    if os.path.lexists(path):
        raise FileExistsError(path)
    aside = _aside(path)
    try:
        with aside.open("xb") as stream:
            stream.write(content)
        try:
            os.link(aside, path)  # fails where a file has come meanwhile; a rename would replace it
        except FileExistsError:
            raise
        except (OSError, NotImplementedError, AttributeError):  # a file system without links
            aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    """A name beside a file for what is to become it; short, since names have an end."""
    return path.with_name(f"{path.name[:50]}.{os.getpid()}.part")


def _remove_dead(path: Path) -> None:
    """Remove what killed programs have left beside a file."""
    for left in path.parent.glob(f"{escape(path.name[:50])}.*.part"):
        with suppress(OSError):  # gone meanwhile, or not ours: nobody takes it for the file
            if time.time() - left.stat().st_mtime > DEAD:
                left.unlink()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other programs of ours out of a folder while the block reads a file in it, changes it and writes it back.

    Raises:
        OSError: there is no such folder, or another program has kept it for longer than `LONGEST_WAIT`.
    """
    descriptor = _open_lock(folder)
    until = time.monotonic() + LONGEST_WAIT
    try:
        while not _lock(descriptor):
            if time.monotonic() > until:
                raise TimeoutError(None, "another program is writing")
            time.sleep(0.01)
        try:
            yield
        finally:
            _unlock(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _open_lock(folder: Path) -> int:
        """A file of its own: a folder cannot be opened there."""
        return os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        """Unlock at once: when a closed file is unlocked, the system does not say."""
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import errno
    import fcntl

    def _open_lock(folder: Path) -> int:
        return os.open(folder, os.O_RDONLY)

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL):
                raise  # else a file system without locks: better unlocked than not at all
        return True

    def _unlock(descriptor: int) -> None:
        """Leave it to `os.close`."""


def write_new(folder: Path, stem: str, suffix: str, content: bytes) -> Path:
    """Write a file under an unused name: `stem` + `suffix`, or with -2, -3, ... after the stem; return its path.

    Raises:
        OSError: the file cannot be written.
    """
    number = 1
    while True:
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        try:
            create(path, content)
        except FileExistsError:
            number += 1
        else:
            return path
