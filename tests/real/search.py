"""`python -m tests.real.search`: random scenarios, each on a real Celery and predicted, and what differs made small.

Each scenario is drawn so that its decisions are apart (`spacing`), and run on every broker, several at a time. What
differs runs again: if it differs each time, everything is left out that does not matter, and what remains is written
as a scenario with its recording. What crashes is counted and named, and the search goes on; the counts so far are in
`counts.txt` beside what was found. Exit status 1 if anything was found.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from random import Random

import yaml

from simulator.measure.agreement import Happening
from simulator.measure.difference import Mismatch
from simulator.real.performing.ensemble import StageError
from simulator.real.performing.limits import Refused
from simulator.real.performing.verdict import Verdict
from simulator.story.report.agreement_words import difference_line
from tests.real.drawing import Data, draw_scenario
from tests.real.perform import perform
from tests.real.spacing import closeness, rehearse, space_out, with_profile
from tests.recordings.performed import BROKERS, Row, judged, write_rows

AGAIN = 2
"""Number of times that a difference has to recur."""
MAX_SHRINKS = 30
"""Performances spent on making one scenario small."""
SHRUNK = 2
"""Number of scenarios of one shape that are made small."""
SLOW = 0.1
"""Seconds that a call may take to publish; a slower machine says nothing about times."""
PHASES_APART = 0.15
"""Seconds between the requests of two workers that wait on Redis, below which either may have asked first: a request is
renewed every second from when its worker was ready, which a busy machine reports late. RabbitMQ serves in turn who has
begun to consume, which each does some time after it has come online."""


def play(data: Data, profile: str) -> tuple[list[Row], Verdict | None]:
    """Perform and judge, in a process of its own; without a verdict where the machine was too slow."""
    rows = perform(data, profile)
    return rows, None if slowest_publish(rows) > SLOW else judged(with_profile(data, profile), rows)


def be_there() -> None:
    """Occupy a process of the pool until all are there."""
    time.sleep(0.2)


def processes(lives: int) -> Executor:
    """A pool whose processes are there."""
    pool = ProcessPoolExecutor(lives, mp_context=get_context("spawn"))
    for future in [pool.submit(be_there) for _ in range(lives)]:
        future.result()
    return pool


@dataclass
class Found:
    """A difference that came back every time."""

    data: Data
    profile: str
    rows: list[Row]
    verdict: Verdict

    @property
    def first(self) -> Mismatch:
        """The first difference."""
        return self.verdict.differences[0]

    @property
    def is_race(self) -> bool:
        """True if another worker may have asked first, or begun to consume, than the recording lets us know."""
        if shape(self.first) not in RACES:
            return False
        online = sorted(times[-1] for times in self.rows[0]["online"].values() if times)
        if self.profile == "celery-redis":
            online = sorted(time % 1.0 for time in online)
            online += [time + 1.0 for time in online[:1] if len(online) > 1]
        return any(b - a < PHASES_APART for a, b in pairwise(online))


@dataclass
class Search:
    """Progress and findings of a search."""

    make_pool: Callable[[], Executor]
    seed: int
    folder: Path
    until: float
    """Unix time."""
    counts: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = 0

    def __post_init__(self) -> None:
        """Begin with a pool of processes."""
        self.pool = self.make_pool()

    def live(self) -> None:
        """Draw, run and judge until the time is over; one of several threads."""
        thread = threading.get_native_id()
        nice = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, min(nice + 10, 19))  # those who perform come first
        while time.time() < self.until:
            with self.lock:
                number, self.number = self.number, self.number + 1
            chance = Random(self.seed * 1_000_003 + number)
            data = space_out(draw_scenario(chance), BROKERS, chance)
            if data is not None:
                for profile in BROKERS:
                    self.try_out(data, profile, f"{self.seed}-{number}")

    def try_out(self, data: Data, profile: str, name: str) -> None:
        """Run a scenario; and again where it differs."""
        found = self.run(data, profile)
        if found is None:
            return
        if found.is_race:
            self.note("requests too close")
            return
        for _ in range(AGAIN):
            again = self.run(data, profile)
            if again is None:
                self.tell(f"{name} {profile}: once only: {said(found.first)}")
                self.note("once only")
                return
        self.note("differ")
        if self.classes[shape(found.first)] < SHRUNK:
            found = self.shrunk(found)
        self.classes[shape(found.first)] += 1
        self.tell(f"{name} {profile}: {said(found.first)}")
        self.write(found, f"{name}_{profile.removeprefix('celery-')}")

    def run(self, data: Data, profile: str) -> Found | None:
        """Perform and judge; None where it agrees, or could not be performed."""
        pool = self.pool
        playing = pool.submit(play, data, profile)
        error = playing.exception()
        if error is not None:
            kind = "not performed" if isinstance(error, StageError | Refused) else f"crashed: {type(error).__name__}"
            self.note(f"{kind}: {error}")
            if kind != "not performed":
                self.tell(f"{kind}: {error}\n{yaml.safe_dump({'profile': profile, **data}, sort_keys=False)}")
            if isinstance(error, BrokenProcessPool):
                self.renew(pool)
            return None
        rows, verdict = playing.result()
        self.note(f"performances on {profile}")
        if verdict is None:
            self.note("too slow a machine")
        return None if verdict is None or verdict.agrees else Found(data, profile, rows, verdict)

    def renew(self, broken: Executor) -> None:
        """Replace a pool of which a process has died, once for all who notice."""
        with self.lock:
            if self.pool is broken:
                self.pool = self.make_pool()

    def shrunk(self, found: Found) -> Found:
        """The same difference with less around it."""
        left = MAX_SHRINKS
        goes_on = True
        while goes_on:
            goes_on = False
            for smaller in smaller_ones(found.data):
                trace = rehearse(smaller, found.profile)
                if trace is None or closeness(smaller, trace):
                    continue
                if not left:
                    return found
                left -= 1
                tried = self.run(smaller, found.profile)
                if tried is not None and shape(tried.first) == shape(found.first) and not tried.is_race:
                    found, goes_on = tried, True
                    break
        return found

    def note(self, what: str) -> None:
        """Count something, and keep the counts."""
        with self.lock:
            self.counts[what] += 1
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "counts.txt").write_text("\n".join([f"seed {self.seed}", *self.summary(), ""]), "utf-8")

    def tell(self, text: str) -> None:
        """Say it at once."""
        with self.lock:
            print(text, flush=True)

    def write(self, found: Found, name: str) -> None:
        """The scenario and its recording."""
        told = f"# {said(found.first)}\n"
        text = yaml.safe_dump({"profile": found.profile, **found.data}, sort_keys=False, width=110)
        (self.folder / f"{name}.yaml").write_text(told + text, encoding="utf-8")
        write_rows(self.folder / f"{name}.jsonl", found.rows)

    def summary(self) -> Iterator[str]:
        """The number of runs, and the classes of findings."""
        yield ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        for name, count in self.classes.most_common():
            yield f"{count:4} {name}"


RACES = ("received: another worker", "order receives")
"""Shapes of differences that another order of waiting workers makes."""


def slowest_publish(rows: list[Row]) -> float:
    """Seconds that the slowest of the stage's own calls took: more than a few milliseconds on a busy machine only."""
    first: dict[str, float] = {}
    for row in rows[1:]:
        if row["type"] == "task-sent" and not row.get("retries"):
            first.setdefault(row["uuid"], row["t"])
    calls = sorted(rows[0]["sent"])
    return max((min((t - at for t in first.values() if t >= at), default=0.0) for at in calls), default=0.0)


def said(difference: Mismatch) -> str:
    """A difference in words."""
    return difference_line(difference).text("en")


def shape(difference: Mismatch) -> str:
    """The kind of a difference, regardless of the tasks and workers concerned."""
    ours, theirs = difference.params.get("predicted"), difference.params.get("recorded")
    if difference.code != "event":
        return f"{difference.code} {difference.params.get('verb', '')}".strip()
    told = [
        f"{h.type.removeprefix('task-')} {h.outcome}".strip() if isinstance(h, Happening) else "-"
        for h in (ours, theirs)
    ]
    if isinstance(ours, Happening) and isinstance(theirs, Happening) and told[0] == told[1]:
        if ours.hostname != theirs.hostname:
            return f"{told[0]}: another worker"
        return f"{told[0]}: {'later' if theirs.t > ours.t else 'earlier'} than predicted"
    return f"{told[0]} predicted, {told[1]} recorded"


def smaller_ones(data: Data) -> Iterator[Data]:
    """The scenario with one thing less, the large things first."""

    def without(key: str, place: object) -> Data:
        copied: Data = json.loads(json.dumps(data))
        del copied[key][place]
        return {name: value for name, value in copied.items() if value or name in ("send", "tasks", "workers")}

    for key in ("faults", "control", "send", "queues", "config"):
        section = data.get(key) or {}
        for place in list(range(len(section)))[::-1] if isinstance(section, list) else list(section):
            yield without(key, place)
    if len(data["workers"]) > 1:
        for name in list(data["workers"])[::-1]:
            yield without("workers", name)
    for key in ("workers", "tasks"):
        for name, spec in data[key].items():
            for option in [option for option in spec if option != "duration"]:
                less = {inner: value for inner, value in spec.items() if inner != option}
                yield {**data, key: {**data[key], name: less}}
    for place, send in enumerate(data["send"]):
        for option in ("countdown", "expires", "priority", "queue"):
            if option in send:
                less = {inner: value for inner, value in send.items() if inner != option}
                yield {**data, "send": [*data["send"][:place], less, *data["send"][place + 1 :]]}


def main(words: list[str]) -> int:
    """Search for so long."""
    parser = argparse.ArgumentParser(prog="python -m tests.real.search", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=Random().randrange(10_000))
    parser.add_argument("--lives", type=int, default=3, help="how many scenarios run at a time")
    parser.add_argument("--into", type=Path, default=Path("found"), help="where what is found is written")
    asked = parser.parse_args(words)
    search = Search(partial(processes, asked.lives), asked.seed, asked.into, time.time() + 60 * asked.minutes)
    print(f"seed {asked.seed}, {asked.minutes:g} minutes", flush=True)
    with ThreadPoolExecutor(asked.lives) as lives:
        ended = [lives.submit(search.live) for _ in range(asked.lives)]
    search.pool.shutdown()
    for life in ended:
        life.result()
    print("\n".join(search.summary()))
    return 1 if search.classes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
