"""`ackademy` and `python -m simulator`: run a command and turn whatever comes of it into an exit status."""

from __future__ import annotations

import codecs
import gc
import os
import sys
from typing import TextIO

INTERNAL_ERROR = 70

YOUNG = 50_000
"""Objects made before garbage is looked for: with Python's 700, a fifth of the start goes into finding none."""

_INSTEAD = {"→": "->", "←": "<-", "…": "...", "—": "-", "×": "x", "∞": "inf"}
"""ASCII replacements of characters that a console cannot show."""


def main() -> int:
    """Run the command line; returns the exit status. A programmer's error is a message and status 70."""
    gc.set_threshold(YOUNG)
    _prepare_streams()
    from simulator.cli import INTERRUPTED, app, end_of_output, locale_language

    try:
        app(prog_name="ackademy")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("ACKADEMY_TRACEBACK"):
            raise
        # The help is written before there is a command to take care of it.
        ended = end_of_output(error, locale_language()) if isinstance(error, OSError) else None
        if ended is not None:
            return ended
        print(f"ackademy: internal error: {type(error).__name__}: {error}", file=sys.stderr)
        print("Set ACKADEMY_TRACEBACK=1 to see where.", file=sys.stderr)
        return INTERNAL_ERROR
    return 0


def _prepare_streams() -> None:
    """UTF-8 wherever nothing else was asked for; what cannot be shown is replaced, and nothing is obeyed."""
    _open_closed_streams()
    codecs.register_error("instead", _instead)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            _prepare(stream)
    from simulator.visible import showing

    sys.stdout, sys.stderr = showing(sys.stdout), showing(sys.stderr)


def _open_closed_streams() -> None:
    """Read from and write to nowhere where the caller has closed a stream (`>&-`).

    Without this, the next file that is opened takes its place, and what is meant for the screen is written to it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        try:
            os.fstat(number)
        except OSError:
            while os.open(os.devnull, os.O_RDWR) < number:
                pass
        stream = os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _prepare(stream: TextIO) -> None:
    encoding = None if stream.isatty() or os.environ.get("PYTHONIOENCODING") else "utf-8"
    stream.reconfigure(encoding=encoding, errors="instead")  # type: ignore[attr-defined]


def _instead(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_INSTEAD.get(char, "?") for char in text), error.end


if __name__ == "__main__":
    sys.exit(main())
