"""Driver: gives inputs to a target, and watches the time, the memory and the output of each."""

from __future__ import annotations

import gc
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from random import Random

from tests.fuzz.targets import TARGETS
from tests.fuzz.trying import Tried
from tests.test_hostile_text import OBEYED

SLOWEST = 1.0
"""CPU seconds that an input may take."""
HANGS = 10
"""CPU seconds after which it is given up."""
MOST = 300.0
"""Megabytes that the process may have, all told."""
AT_ALL = 3_000
"""Megabytes that the system gives it, so that one input does not take the machine."""

KINDS = ("inputs", "refused", "taken", "traceback", "slow", "hang", "memory", "leak")
SHOWN = 5
"""Findings of a kind and place that are printed in full."""


class Hang(BaseException):
    """An input took too long. No `Exception`: the program must not catch it."""


class Driver:
    """The trials of one target."""

    def __init__(self, name: str, keep: Path | None = None) -> None:
        """Try nothing yet; `keep`: a folder for what shows something."""
        self.name = name
        self.target = TARGETS[name]
        self.counts: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()
        """How often each finding came up, by kind and place."""
        self._keep = keep

    def damage(self, seed: int, count: int) -> None:
        """Try `count` damaged inputs."""
        seeds = self.target.seeds()
        for text in seeds[:20]:
            self.give(text)
        gc.freeze()
        for number in range(count):
            self.give(self.target.damage(Random(f"{seed} {self.name} {number}"), seeds))

    def give(self, text: str) -> Tried | None:
        """Try one input; None if nothing came of it."""
        self.counts["inputs"] += 1
        begin, tried = time.process_time(), None
        try:
            with _given_up():
                tried = self.target.give(text)
        except Hang:
            self._found("hang", self.name, text)
        except MemoryError:
            self._found("memory", f"more than {AT_ALL} MB", text)
        except Exception as error:  # noqa: BLE001 - whatever it is has been found
            self._found("traceback", _place(error), text)
        seconds = time.process_time() - begin
        if seconds > SLOWEST:
            self._found("slow", f"{seconds:.1f} s", text)
        if _megabytes() > MOST:
            self._found("memory", f"{_megabytes():.0f} MB", text)
            gc.collect()
            _reset_peak()
        if tried is not None:
            self.counts["taken" if tried.taken else "refused"] += 1
            obeyed = OBEYED.intersection(*[set("".join(tried.said))]) - {"\n"}
            if obeyed:
                self._found("leak", " ".join(sorted(f"U+{ord(char):04X}" for char in obeyed)), text)
        return tried

    def _found(self, kind: str, where: str, text: str) -> None:
        self.counts[kind] += 1
        key = f"{kind}: {where}"
        self.findings[key] += 1
        if self.findings[key] <= SHOWN and self._keep is not None:
            self._keep.mkdir(parents=True, exist_ok=True)
            raw = text.encode("utf-8", "surrogatepass")
            (self._keep / f"{self.name}-{kind}-{sha256(raw).hexdigest()[:8]}").write_bytes(raw)


def _place(error: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "simulator" in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {'/'.join(Path(last.filename).parts[-3:])}:{last.lineno}"


@contextmanager
def _given_up() -> Iterator[None]:
    """Raise `Hang` where the block takes too much CPU time."""

    def give_up(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _megabytes() -> float:
    """The most memory that this process had since `_reset_peak`; 0 where the system does not tell."""
    with suppress(OSError), open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1000
    return 0.0


def _reset_peak() -> None:
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def limit_memory() -> None:
    """Let this process have no more than `AT_ALL`."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (AT_ALL << 20, AT_ALL << 20))


def table(drivers: Sequence[Driver]) -> str:
    """The counts of each target, and each finding with how often it came up."""
    rows = [("", *KINDS), *((one.name, *(f"{one.counts[kind]:,}" for kind in KINDS)) for one in drivers)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines += [f"{one.name}: {key} ({count})" for one in drivers for key, count in one.findings.most_common()]
    return "\n".join(lines)
