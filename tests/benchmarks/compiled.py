"""One row of `make bench` for the installed engine: `python -m tests.benchmarks.compiled LOAD`."""

from __future__ import annotations

import sys

from simulator import is_compiled
from tests.benchmarks.engine import ratio
from tests.benchmarks.mixes import MIXES

COUNT = 20_000

if __name__ == "__main__":
    if not is_compiled():
        raise SystemExit("the installed engine is not compiled")
    middle, low, high = ratio(MIXES[sys.argv[1]](COUNT), COUNT)
    print(f"{middle:.2f}x ({low:.2f}-{high:.2f})")
