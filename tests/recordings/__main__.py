"""`make truth`: what a real Celery did, and whether it was predicted. Exit status 1 if any recording disagrees.

With words as arguments, only the recordings whose name contains one of them, or those of other folders by their path
(`PATH/NAME.yaml`); with `-v` every difference. `--mutations`: who notices a wrong line in the engine.
"""

from __future__ import annotations

import sys

from tests.recordings.experiment import read_recording
from tests.recordings.held import why_not_order
from tests.recordings.mutate import try_out
from tests.recordings.mutations import MUTATIONS
from tests.recordings.performed import SCENARIOS
from tests.recordings.truth import ALL, Verdict, verdict

WIDTH = 84
"""Characters of a difference that the table shows."""
MANUAL = """# Recordings of a real Celery

`data/NAME.yaml` is an experiment, `scenarios/NAME.yaml` a scenario as any other; `NAME.jsonl` beside it is what Celery
5.7.0 (Kombu 5.7.0, Redis 7.0.15, RabbitMQ 3.10.8, Python 3.11) did. `make truth` turns each experiment into a scenario,
predicts it, and prints where the prediction differs. When workers came online and when actions were taken is input and
read from the recording; all else is predicted.

Held by *order*: per task the sequence of events with worker and outcome; per worker the order of received, of started
and of finished; and every time, from the first receive on, within 0.15 s. Never a global interleaving. In either order
may come received(n+1) and retried(n), and what several slots start in one turn of the loop; a hard time limit tells
task-failed twice; the names of workers are interchangeable; each start under a rate limit may be 4 ms later.

What Celery or its broker leaves to chance, such as whether the death of a child is missed at first, is a named draw:
the prediction agrees if it does for any outcome of its draws. The table says how many fell otherwise than is usual.

Held by *invariants*, where a second run of the experiment had another order: each task runs never, exactly once, or
again and again, as recorded; it ends in the same ways; nobody starts what it has not received; the workers' shares are
as recorded, off by one and by what ran more or less often; what is received once more is so after as long; each is
received, started and ended for the first time when it was; and tasks of one queue come in its order.

In both: the states in the result backend and the lengths of queues, where the harness looked.

This page is written by `python -m tests.recordings --manual`.
"""


def summary(verdicts: list[Verdict]) -> str:
    """The count, in words, as the README gives it."""
    agreeing = [v for v in verdicts if v.agrees]
    orders = [v for v in verdicts if v.held == "order"]
    strict = [v for v in agreeing if v.held == "order"]
    return f"{len(agreeing)} of {len(verdicts)} agree: {len(strict)} of {len(orders)} in order and time, " + (
        f"{len(agreeing) - len(strict)} of {len(verdicts) - len(orders)} in what holds in every run"
    )


def table(verdicts: list[Verdict], *, everything: bool = False) -> list[str]:
    """One line per recording, the header first and the count last."""
    lines = [f"{'recording':40} {'worst':>7}  {'held as':10}  {'chances':7}  prediction"]
    for v in verdicts:
        worst = "-" if v.worst is None else f"{v.worst:.3f} s"
        what = "agrees" if v.agrees else v.differences[0]
        lines.append(f"{v.name:40} {worst:>7}  {v.held:10}  {v.told or '-':>7}  {what if everything else what[:WIDTH]}")
        if everything:
            lines += [f"{'':70}{more}" for more in v.differences[1:]]
    return [*lines, summary(verdicts)]


def manual() -> str:
    """The page beside this file: how each recording is held, and why."""
    lines = [MANUAL, "| recording | held as | why not its order |", "|---|---|---|"]
    for name in ALL:
        reason = "" if name in SCENARIOS else why_not_order(read_recording(name))
        lines.append(f"| {name} | {verdict(name).held} | {reason} |")
    return "\n".join(lines) + "\n"


def mutations(words: list[str]) -> int:
    """Print who notices each mutation whose file or meaning contains one of the words (none: all)."""
    wanted = [one for one in MUTATIONS if not words or any(word in f"{one.file} {one.says}" for word in words)]
    missed = 0
    for noticed in try_out(wanted):
        print(f"{noticed.mutation.says:70} {noticed.test or 'NOBODY'}", flush=True)
        missed += noticed.test is None
    print(f"{len(wanted)} mutations, {missed} of them noticed by nobody")
    return 1 if missed else 0


def main(words: list[str]) -> int:
    """Print the table."""
    if "--manual" in words:
        print(manual(), end="")
        return 0
    if "--mutations" in words:
        return mutations([word for word in words if word != "--mutations"])
    wanted = [word for word in words if word != "-v"]
    elsewhere = [word.removesuffix(".yaml") for word in wanted if word.endswith(".yaml")]
    names = [name for name in ALL if not wanted or any(word in name for word in wanted)] + elsewhere
    verdicts = [verdict(name) for name in names]
    for line in table(verdicts, everything="-v" in words):
        print(line)
    return 0 if all(v.agrees for v in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
