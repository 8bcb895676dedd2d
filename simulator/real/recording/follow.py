"""Following of a running cluster: a recording in its own thread, whose trace so far is available at any time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import IO

import msgspec

from simulator.real.performing.plan import without_password
from simulator.real.recording.recorder import Recorder
from simulator.trace import MICROS, Header, Trace

LOOK = 0.05
"""Seconds between checks whether the recording has begun."""


class Follower:
    """Traces so far of a recorder in another thread; each trace begins with all events of the previous one."""

    def __init__(self, recorder: Recorder, work: Future[None]) -> None:
        """Follow `recorder` until `work` is done."""
        self.recorder = recorder
        self._work = work
        self._over = False

    def grow(self) -> Trace | None:
        """The trace up to now; None once the recording has ended and all of it was returned."""
        if self._over:
            return None
        self._over = self._work.done()
        return self._trace("recorded" if self._over else "live")

    def _trace(self, stopped: str) -> Trace:
        """All final events, with a header that ends at the recording's current time."""
        recorder = self.recorder
        events = tuple(recorder.events)  # the recorder may add to them meanwhile
        end = max(round(recorder.progress.seconds * MICROS), events[-1].t if events else 0)
        place = without_password(recorder.url)
        title = {"ko": f"실제 Celery, {place}", "en": f"A real Celery at {place}"}
        header = recorder.header or Header()
        return Trace(msgspec.structs.replace(header, end=end, title=title, stopped=stopped), events)


@contextmanager
def following(url: str, stream: IO[str] | None, *, enable: bool, redact: bool) -> Iterator[Follower]:
    """Record in a thread while the block runs; begins when somebody listens.

    Args:
        url: the broker's.
        stream: where the recording is kept; None where it is not.
        enable: have workers send task events meanwhile.
        redact: hide arguments, results and exceptions' messages.

    Raises:
        BrokerSilent: there is no broker at the address.
    """
    recorder = Recorder(url, stream, enable=enable, redact=redact)
    with ThreadPoolExecutor(1, "recorder") as pool:
        work = pool.submit(recorder.run)
        try:
            while recorder.header is None and not work.done():
                wait([work], LOOK, FIRST_COMPLETED)
            if work.done():
                work.result()
            yield Follower(recorder, work)
        finally:
            recorder.stop()
    work.result()
