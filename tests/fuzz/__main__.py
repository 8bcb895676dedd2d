"""`python -m tests.fuzz [TARGET...] --count N`: try damaged inputs and print the table of what came of them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.fuzz import NAMES

FINDINGS = Path(__file__).with_name("findings.jsonl")
"""Inputs that showed something once, in their smallest form."""


def main() -> int:
    """Try the targets one after the other; return 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"what to try: {', '.join(NAMES)}")
    parser.add_argument("--count", type=int, default=1_000, help="number of inputs of each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guided", action="store_true", help="let atheris choose what to try next; one target only")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write the inputs that showed something")
    asked = parser.parse_args()
    unknown = [name for name in asked.targets if name not in NAMES]
    if unknown:
        parser.error(f"{unknown[0]} is none of {', '.join(NAMES)}")
    if asked.guided:
        from tests.fuzz.guided import run_guided

        if len(asked.targets) != 1:
            parser.error("--guided takes one target")
        return run_guided(asked.targets[0], asked.count, asked.seed, asked.keep)
    from tests.fuzz.driver import Driver, limit_memory, table  # only now: a guide must see it being imported

    limit_memory()
    found = [json.loads(line) for line in FINDINGS.read_text(encoding="utf-8").splitlines()]
    drivers = []
    for name in asked.targets or NAMES:
        driver = Driver(name, asked.keep)
        for one in found:
            if one["target"] == name:
                driver.give(one["input"])
        driver.damage(asked.seed, asked.count)
        drivers.append(driver)
    sys.stdout.write(f"{table(drivers)}\n")
    return int(any(driver.findings for driver in drivers))


if __name__ == "__main__":
    sys.exit(main())
