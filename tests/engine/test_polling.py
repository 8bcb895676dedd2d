"""Polling: the guide's way, parked or literal."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.engine.literal import play
from tests.strategies import build

GRID = st.integers(0, 20).map(lambda n: n / 4)


@given(
    arrivals=st.lists(GRID, max_size=12).map(sorted),
    services=st.lists(GRID, min_size=12, max_size=12),
    workers=st.lists(st.tuples(GRID, st.integers(1, 3)), min_size=1, max_size=5),
    interval=st.sampled_from([0.25, 0.5, 0.75, 1.0]),
    polls=st.sampled_from(["every", "found"]),
)
def test_the_engine_agrees_with_a_literal_loop(
    arrivals: list[float],
    services: list[float],
    workers: list[tuple[float, int]],
    interval: float,
    polls: str,
) -> None:
    until = 12.0
    trace = simulate(
        build(
            {
                "polls": polls,
                "until": until,
                "config": {"broker_transport_options": {"polling_interval": interval}},
                "tasks": {f"t{n}": services[n] for n in range(len(arrivals))},
                "workers": {f"w{n}": {"phase": p, "concurrency": c} for n, (p, c) in enumerate(workers)},
                "send": [{"at": at, "task": f"t{n}", "id": f"T{n}"} for n, at in enumerate(arrivals)],
            }
        )
    )
    literal = play(
        [to_micros(at) for at in arrivals],
        [to_micros(s) for s in services],
        [to_micros(p) for p, _ in workers],
        [c for _, c in workers],
        to_micros(interval),
        to_micros(until),
    )
    starts = [(int(e.uuid[1:]), int(e.hostname[1:]), e.t) for e in trace if isinstance(e, ev.TaskStarted)]
    assert starts == literal.starts
    asked = Counter(e.hostname for e in trace if isinstance(e, ev.Poll) and not e.found)
    asked.update(trace.header.silent_polls)
    assert [asked[f"w{n}"] for n in range(len(workers))] == literal.in_vain


def test_idle_polls_of_a_thousand_workers_make_no_events() -> None:
    trace = simulate(
        build(
            {
                "polls": "found",
                "until": 3600,
                "workers": 1000,
                "config": {"broker_transport_options": {"polling_interval": 0.1}},
            }
        )
    )
    assert len(trace) == 1001
    assert sum(trace.header.silent_polls.values()) == 1000 * 36_000
