"""A bar on stderr for work that takes a while: how much is done, how fast, how long it will take."""

from __future__ import annotations

import sys
import time

from simulator.cli.shared import is_terminal
from simulator.visible import raw

BAR = 30
"""Width of the bar in characters."""

PAUSE = 0.1
"""Seconds between two drawings."""


class ProgressBar:
    """A bar that is drawn where stderr is a terminal."""

    def __init__(self, lang: str, already: int = 0) -> None:
        """Start now; `already` were done before."""
        self._lang = lang
        self._already = already
        self._begun = time.monotonic()
        self._drawn = 0.0
        self._shows = is_terminal(sys.stderr)

    def show(self, done: int, total: int) -> None:
        """Draw how many of all are done."""
        from simulator.study.sweep_words import PROGRESS

        now = time.monotonic()
        if not self._shows or (now - self._drawn < PAUSE and done < total):
            return
        self._drawn = now
        rate = (done - self._already) / max(now - self._begun, 1e-9)
        left = _clock((total - done) / rate) if rate else "?"
        text = PROGRESS.text(
            "ko" if self._lang == "ko" else "en", done=done, total=total, rate=f"{rate:.3g}", left=left
        )
        filled = BAR * done // max(total, 1)
        print(f"\r\x1b[K[{'#' * filled:.<{BAR}}] {text}", end="", file=raw(sys.stderr), flush=True)

    def end(self) -> None:
        """Take the bar away."""
        if self._shows:
            print("\r\x1b[K", end="", file=raw(sys.stderr), flush=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
