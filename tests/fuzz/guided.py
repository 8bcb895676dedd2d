"""Coverage-guided trials: atheris keeps the inputs that reach new lines, and changes those."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

MOST_BYTES = 20_000
OURS = 3
"""One in so many changes is one of ours, with the format in mind; the others are the library's own."""


def run_guided(name: str, count: int, seed: int, keep: Path | None) -> int:
    """Try `count` inputs on a target, print the table, and leave the process: the library does not return."""
    import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

    with atheris.instrument_imports(include=["simulator"]):
        from tests.fuzz.driver import Driver, table
    driver = Driver(name, keep)
    seeds = driver.target.seeds()

    def end() -> None:
        sys.stdout.write(f"{table([driver])}\n")
        sys.stdout.flush()
        os._exit(int(bool(driver.findings)))

    def give(data: bytes) -> None:
        driver.give(data.decode("utf-8", "surrogateescape"))
        if driver.counts["inputs"] >= count:
            end()

    def mutate(data: bytes, most: int, number: int) -> Any:
        if number % OURS:
            return atheris.Mutate(data, most)
        return driver.target.damage(Random(number), seeds).encode("utf-8", "surrogatepass")[:most]

    with tempfile.TemporaryDirectory() as folder:
        for place, text in enumerate(seeds):
            (Path(folder) / str(place)).write_bytes(text.encode("utf-8", "surrogatepass"))
        options = [
            f"-seed={seed}",
            f"-max_len={MOST_BYTES}",
            "-timeout=60",
            "-rss_limit_mb=3000",
            "-print_final_stats=0",
        ]
        atheris.Setup([sys.argv[0], *options, "-verbosity=0", folder], give, custom_mutator=mutate)
        atheris.Fuzz()
    return 0
