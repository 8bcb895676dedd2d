"""A process of a stage, which dies with its starter.

Started as `python -m simulator.real.performing.process PLAN NAME DESCRIPTOR [-P POOL]`.

`DESCRIPTOR` is the read end of a pipe whose other end only the starter has, and never writes to: when it reads an end,
the starter is gone, however it died, and so is this process with all its children.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def die_with_parent(descriptor: int) -> None:
    """Watch the pipe; at its end, kill this process's own group."""

    def watch() -> None:
        while os.read(descriptor, 1):
            pass
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="starter-watch").start()


if __name__ == "__main__":
    # As `celery -P gevent` does, before anything else is imported; but the watch needs a thread of its own.
    die_with_parent(int(sys.argv[3]))
    import celery

    celery.maybe_patch_concurrency(sys.argv)

from celery import Celery  # noqa: E402  (after the patches)

from simulator.real.performing.application import make_app  # noqa: E402
from simulator.real.performing.ensemble import BEAT  # noqa: E402
from simulator.real.performing.plan import Plan, load_plan  # noqa: E402
from simulator.real.performing.scheduler import Numbered  # noqa: E402


def worker_arguments(plan: Plan, name: str) -> list[str]:
    """Arguments of `celery worker`."""
    spec = plan.workers[name]
    words = ["worker", "-n", f"{name}@{plan.run}", "-P", spec["pool"], "-c", str(spec["concurrency"])]
    words += ["-Q", ",".join(plan.prefix + queue for queue in spec["queues"]), "-E", "-l", "WARNING"]
    words.append("--without-mingle")
    if spec["without_gossip"]:
        words.append("--without-gossip")
    if "max_tasks_per_child" in spec:
        words += [f"--max-tasks-per-child={spec['max_tasks_per_child']}"]
    if "autoscale" in spec:
        words += ["--autoscale", ",".join(map(str, spec["autoscale"]))]
    if spec["beat"]:
        words += ["-B", "-s", os.path.join(plan.folder, f"{name}.schedule")]
    return words


def run_worker(app: Celery, plan: Plan, name: str) -> None:
    """Be a worker."""
    if "prefetch_multiplier" in plan.workers[name]:  # the command line takes 0 for nothing said
        app.conf.worker_prefetch_multiplier = plan.workers[name]["prefetch_multiplier"]
    app.worker_main(worker_arguments(plan, name))


def main(path: str, name: str) -> None:
    """Run a worker or beat."""
    plan = load_plan(path)
    Numbered.process = name
    if name == BEAT and name not in plan.workers:
        app = make_app(plan)
        app.Beat(scheduler_cls=app.conf.beat_scheduler, loglevel="WARNING", quiet=True).run()
        return
    app = make_app(plan, name)
    run_worker(app, plan, name)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
