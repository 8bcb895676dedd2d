"""The terminal's driver: Textual's, for a terminal that is taken away, stopped, or sends what is no text.

A request to end (SIGTERM, SIGHUP, SIGINT, SIGQUIT) ends the application as its own key does: what was said to be kept
is kept, and the terminal gets back its screen, cursor, mouse and modes.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from encodings import utf_8
from typing import Any, TextIO

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

TO_END = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""Signals that ask the application to end."""


class _TypedText(utf_8.IncrementalDecoder):
    """A decoder of what is typed: leaves out what is no text, and raises `EOFError` when the terminal is gone."""

    def __init__(self) -> None:
        super().__init__("ignore")

    def decode(self, input: Any, final: bool = False) -> str:
        if not input and not final:  # there was something to read, and it was the end
            raise EOFError
        return super().decode(input, final)


# Textual names its decoder there, and has no setting for it.
linux_driver.getincrementaldecoder = lambda _: _TypedText  # type: ignore[attr-defined,assignment]


class _Outlet:
    """A terminal to write to; once it is gone, what is written is dropped, after `gone` was called once."""

    def __init__(self, terminal: TextIO, gone: Callable[[], None]) -> None:
        self._terminal = terminal
        self._gone: Callable[[], None] | None = gone

    def _attempt(self, act: Callable[[], object]) -> None:
        if self._gone is None:
            return
        try:
            act()
        except OSError:
            gone, self._gone = self._gone, None
            gone()

    def write(self, text: str) -> None:
        """Write a text."""
        self._attempt(lambda: self._terminal.write(text))

    def flush(self) -> None:
        """Write what is buffered."""
        self._attempt(self._terminal.flush)

    def fileno(self) -> int:
        """The terminal's file descriptor."""
        return self._terminal.fileno()


class TerminalDriver(LinuxDriver):
    """Driver of a terminal on Linux, macOS and other Unixes."""

    def __init__(self, app: Any, **options: Any) -> None:
        """Prepare for a terminal; for the options see Textual's `LinuxDriver`."""
        super().__init__(app, **options)
        self._before: dict[signal.Signals, Any] = {}
        self._rests = False
        """True while it has let go of the terminal to be stopped: the signals stay its own."""
        self._file: Any = _Outlet(self._file, lambda: self._soon(self._end, signal.SIGHUP))

    def start_application_mode(self) -> None:
        """Take over the terminal, and from now on end on a signal."""
        if not self._before:
            self._before = {number: signal.getsignal(number) for number in TO_END}
            for number in TO_END:
                self._loop.add_signal_handler(number, self._end, number)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Let go of the terminal and the signals."""
        super().close()
        if self._rests:
            return
        for number, before in self._before.items():
            self._loop.remove_signal_handler(number)
            signal.signal(number, before)
        self._before = {}

    def _end(self, number: signal.Signals) -> None:
        self._app.exit(128 + number)

    def _soon(self, act: Callable[..., None], *values: Any) -> None:
        """Have the loop do something: a handler of a signal may interrupt whatever holds a lock."""
        try:
            self._loop.call_soon_threadsafe(act, *values)
        except RuntimeError:  # the loop is closed: the application has ended already
            return

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except (OSError, EOFError):  # the terminal is gone
            self._soon(self._end, signal.SIGHUP)

    def _sigtstp_application(self, *_: Any) -> None:
        if self._auto_restart:
            self._soon(self._stop)
        else:  # an editor has the terminal, and the loop waits for it
            os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: Any) -> None:
        if self._auto_restart:
            self._soon(self._go_on)

    def _stop(self) -> None:
        self._let_go()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _let_go(self) -> None:
        """Give the terminal back for as long as this process rests; a signal to end is heard when it goes on."""
        self._rests = True
        self.suspend_application_mode()
        self._must_signal_resume = True

    def _go_on(self) -> None:
        """Take the terminal over again, whose modes a shell may have changed meanwhile."""
        if not self._must_signal_resume:  # stopped by SIGSTOP, without a chance to let go of it
            self._let_go()
        self._rests = False
        self.resume_application_mode()
        self._app.refresh(layout=True)


__all__ = ["TerminalDriver"]
