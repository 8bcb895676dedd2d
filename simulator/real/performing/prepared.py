"""Preparation of a performance: the scenario adapted to a broker, its rehearsal, and the plan of its stage."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.measure.agreement import predicted
from simulator.real.performing import limits
from simulator.real.performing.limits import Limit, Refused
from simulator.real.performing.plan import Plan, backend_of, make_plan, transport_of, without_password
from simulator.real.performing.rehearsal import Rehearsal
from simulator.real.performing.reshape import plain_data, rebuilt, scaled
from simulator.scenario import Edit, Scenario, ScenarioError, load_course, load_scenario
from simulator.scenario.transports import TRANSPORTS
from simulator.trace import Trace, as_seconds

STARTUP = 2.5
"""Seconds until the workers are online; an estimate for display."""
AFTERWARDS = 0.6
"""Seconds to keep listening after the last predicted event."""


@dataclass(frozen=True)
class Prepared:
    """A scenario ready to be performed."""

    scenario: Scenario
    """Scaled, with the broker's profile."""
    plan: Plan
    trace: Trace
    """The rehearsal."""
    deviations: list[Limit]

    @property
    def beats(self) -> tuple[str, ...]:
        """The beats, if there are several whose ticks have to be distinguished."""
        names = tuple(name for name, spec in self.plan.workers.items() if spec["beat"])
        return names if len(names) > 1 else ()

    @property
    def seconds(self) -> float:
        """Estimated length of the performance in seconds."""
        return STARTUP + self.plan.end + 1.0


def profile_edits(scenario: Scenario, broker: str) -> list[Edit]:
    """Edits that adapt a scenario to this broker: its profile, and the transport if the scenario names one."""
    transport = transport_of(broker)
    edits = [Edit("profile", TRANSPORTS[transport].profile)]
    if scenario.model.config.broker_url is not None or transport == "memory":
        edits.append(Edit("config.broker_url", f"{transport}://"))
    written = scenario.model.config.written()
    slow = {"child_death": "missed"}
    edits += [
        Edit(f"config.{k}", slow.get(k, "real")) for k, value in limits.SWITCHES.items() if written.get(k) == value
    ]
    return edits


def prepare(
    scenario: Scenario, broker: str, *, scale: float = 1.0, backend: str | None = None, here: bool = True
) -> Prepared:
    """Rehearse a scenario for a broker; raises `Refused` where a real run would not be a run of it.

    `here`: whether it is to be performed on this machine, which may lack the library of a pool.
    """
    transport = transport_of(broker)
    if not transport:
        raise Refused([Limit("broker", {"url": without_password(broker)})])
    backend = backend_of(scenario, broker, backend)
    told = limits.deviations(scenario, scale, backend)
    asked = scenario.edited(*profile_edits(scenario, broker))
    data = scaled(plain_data(asked), scale) if scale != 1 else plain_data(asked)
    ready = rebuilt(data, scenario.name)
    rehearsal = Rehearsal(ready)
    trace = rehearsal.run()
    problems = limits.refused(ready, rehearsal, transport, backend)
    if here:
        problems += limits.lacking(ready)
    if trace.header.stopped == "cap":
        problems.append(Limit("endless"))
    if problems:
        unique = {(p.code, str(p.params)): p for p in problems}.values()
        raise Refused([problem.found_in(scenario.source) for problem in unique])
    end = as_seconds(trace.end)
    if trace.header.stopped != "until":
        end = max((h.t for h in predicted(trace, set())), default=0.0) + AFTERWARDS
        end = max(end, *(fault.at + AFTERWARDS for fault in ready.model.faults), 0.0) if ready.model.faults else end
    return Prepared(ready, make_plan(ready, rehearsal, end, broker, backend), trace, told)


def list_playable(broker: str, most: int = 3, seconds: float = 20.0) -> list[tuple[str, float]]:
    """List the first `most` lessons that this broker can play in so many seconds, each with its length in seconds."""
    found: list[tuple[str, float]] = []
    for name in load_course().lessons:
        try:
            prepared = prepare(load_scenario(name), broker)
        except (Refused, ScenarioError):  # what only another broker has: a lesson for that one
            continue
        if prepared.seconds <= seconds:
            found.append((name, prepared.seconds))
        if len(found) == most:
            break
    return found
