"""A stage in one process, for `memory://`: `python -m simulator.real.performing.inside PLAN NAME DESCRIPTOR`.

Worker, producer and monitor share the process because the broker lives in it. The worker has the main thread, the
stage another; what happened is written to `PERFORMANCE` in the plan's folder.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from simulator.real.performing.application import make_app
from simulator.real.performing.ensemble import Ensemble, StageError
from simulator.real.performing.plan import Plan, load_plan
from simulator.real.performing.process import die_with_parent, run_worker
from simulator.real.performing.stage import PERFORMANCE


class Inside(Ensemble):
    """The stage whose only worker is this process."""

    def spawn(self, name: str) -> None:
        """Do nothing: the worker is this process."""

    def is_online(self, name: str) -> bool:
        """Return True if the worker has come online."""
        return bool(self.monitor.online.get(name))


def main(path: str, name: str, descriptor: int) -> None:
    """Run the worker in this thread and the stage in another."""
    die_with_parent(descriptor)
    plan = load_plan(path)
    app = make_app(plan, name)
    threading.Thread(target=_play, args=(plan, path), daemon=True).start()
    run_worker(app, plan, name)


def _play(plan: Plan, path: str) -> None:
    result = Path(path).parent / PERFORMANCE
    try:
        found = asdict(Inside(plan, make_app(plan)).play())
    except StageError as error:
        found = {"code": error.code, "params": error.params}
    part = result.with_suffix(".part")
    part.write_text(json.dumps(found), encoding="utf-8")
    part.rename(result)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
