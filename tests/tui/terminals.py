"""The real program in a real pseudo-terminal; what it shows is read by a terminal emulator."""

from __future__ import annotations

import os
import select
import signal
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyte
import pytest

from tests.tui.prepared import Prepared

fcntl = pytest.importorskip("fcntl")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

PAGE_DOWN, RIGHT = "\x1b[6~", "\x1b[C"
PATIENCE = 30.0
"""Seconds until a screen must have come."""


class Terminal:
    """A pseudo-terminal, at first of 80x24, with the program in it."""

    def __init__(self, *words: str, **environment: str) -> None:
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.written = b""
        self.status: int | None = None
        self.listens = False
        self.end, other = pty.openpty()
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self._size(80, 24)
        self.modes: list[Any] = termios.tcgetattr(other)
        """The terminal's modes before the program was started."""
        self.process = Prepared(words, other, {**inherited, **environment})
        os.close(other)

    def _size(self, width: int, height: int) -> None:
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.resize(height, width)

    def resize(self, width: int, height: int) -> None:
        self._size(width, height)
        self.process.send_signal(signal.SIGWINCH)

    @property
    def lines(self) -> list[str]:
        # A wide character takes two cells; pyte keeps the second one empty.
        return [
            "".join(self.screen.buffer[y][x].data for x in range(self.screen.columns)) for y in range(self.screen.lines)
        ]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def read(self, seconds: float) -> bool:
        """Show what has come; whether there was anything, or the program has ended."""
        ready, _, _ = select.select([self.end], [], [], seconds)
        if not ready:
            return False
        try:
            found = os.read(self.end, 65536)
        except OSError:  # Linux says so when nobody has the other end open
            found = b""
        if not found:
            self.status = self.process.wait()
            return True
        self.written += found
        # pyte 0.8 takes what asks a terminal for its modes for text.
        self.stream.feed(found.replace(b"$p", b"").replace(b"\x1b[>1u", b"").replace(b"\x1b[<u", b""))
        return True

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until something holds."""
        until = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < until, self.text
            assert self.status is None, self.text
            self.read(0.1)

    def shows(self, *parts: str) -> None:
        """Until all of these can be seen."""
        self.wait(lambda: all(part in self.text for part in parts))

    def press(self, keys: str) -> None:
        # What is typed while a program still sets the terminal up is thrown away; then, escape must be long over to be
        # a key of its own.
        while self.read(0.15 if self.listens else 0.3):
            assert self.status is None, self.text
        self.listens = True
        os.write(self.end, keys.encode())

    def ends(self) -> int:
        """Until it has ended; its exit status."""
        until = time.monotonic() + PATIENCE
        while self.status is None:
            assert time.monotonic() < until, self.text
            self.read(0.1)
        return self.status

    def is_restored(self) -> bool:
        """Whether the program has given back the screen, the mouse, the cursor and the modes."""
        pairs = ((b"\x1b[?1049l", b"\x1b[?1049h"), (b"\x1b[?1000l", b"\x1b[?1000h"), (b"\x1b[?25h", b"\x1b[?25l"))
        given = all(self.written.rfind(back) > self.written.rfind(taken) for back, taken in pairs)
        return given and self.modes_now() == self.modes

    def modes_now(self) -> list[Any]:
        """The terminal's modes as they are."""
        found: list[Any] = termios.tcgetattr(self.end)
        return found

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self.end)
        self.end = -1

    def close(self) -> None:
        self.process.close()
        if self.end >= 0:
            os.close(self.end)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for one in opened:
        one.close()


@pytest.fixture
def open_terminal(
    terminals: list[Terminal], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Terminal]:
    """Opens terminals that are closed after the test; what is written lands in the test's folder."""
    monkeypatch.chdir(tmp_path)

    def opened(*words: str, **environment: str) -> Terminal:
        terminals.append(Terminal(*words, **environment))
        return terminals[-1]

    return opened
