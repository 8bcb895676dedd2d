"""Quality of a scenario as a lesson: captions appear and fit, knobs have an effect."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from simulator.course.knobs import list_knobs
from simulator.scenario import Edit, Problem, Scenario, ScenarioError
from simulator.scenario.authored import inherits_reason
from simulator.story.reasons import answers_in
from simulator.story.run import Simulate
from simulator.story.stops import Stop
from simulator.story.texts import wrap
from simulator.story.values import flow_text
from simulator.trace import Trace
from simulator.trace.events import Event, QueueDeclared, WorkerOnline
from simulator.trace.time import to_micros

CAPTION_WIDTH = 67
"""Cells left for words in a terminal of 80 columns, beside the time."""

CAPTION_ROWS = 3

EXACTLY, NEAR = 1_000, 50_000
"""Microseconds by which a time that a text names may differ from its event: to be meant, and still to be true."""

LONGEST = 50_000
"""Longest run, in events, whose knobs are tried: each value tried takes another run."""


def caption_flaws(scenario: Scenario, stops: Sequence[Stop]) -> Iterator[Problem]:
    """A warning for each caption that the run never reaches, and for each that does not fit its rows.

    What a variant only has from the scenario itself need not happen in it.

    Args:
        scenario: what was run.
        stops: what `find_stops` says of that run.
    """
    reached = {stop.number for stop in stops if not stop.is_question}
    own = scenario.variant is None or any(
        path.partition(".")[0] == "say" for path in scenario.model.variants[scenario.variant].set
    )
    for number, say in enumerate(scenario.model.say, start=1):
        mark = scenario.source.at(("say", number - 1))
        if own and number not in reached:
            yield scenario.source.problem("lesson.caption_never", mark, number=number)
        for lang, text in say.text.items():
            rows = len(wrap(text, CAPTION_WIDTH))
            if rows > CAPTION_ROWS:
                yield scenario.source.problem(
                    "lesson.caption_long", mark, number=number, which=lang, rows=rows, most=CAPTION_ROWS
                )


def reason_flaws(
    scenario: Scenario, trace: Trace, reasons: Mapping[int, str], base: Trace | None = None
) -> Iterator[Problem]:
    """A warning for each question whose inherited reason a variant makes untrue.

    Untrue it is where the answer is another one, or where the reason names a time at which something happens in the
    author's run, a worker or a task, and in the variant nothing happens then, or there is no such worker or task.

    Args:
        scenario: the variant that was run.
        trace: its run.
        reasons: what `reasons_of` says of it.
        base: the run of the scenario itself, to find the times and names in.
    """
    for number, key in answers_in(scenario, trace).items():
        why = scenario.model.ask[number - 1].why
        if why is None or not inherits_reason(scenario, number):
            continue
        mark = scenario.source.at(("variants", scenario.variant or ""), key=True)
        place = {"question": number, "place": number - 1, "variant": scenario.variant}
        if reasons.get(number, key) != key:
            yield scenario.source.problem("ask.reason_inherited", mark, **place)
        elif base is not None and (gone := _facts(why, base, EXACTLY) - _facts(why, trace, NEAR)):
            yield scenario.source.problem("ask.reason_untrue", mark, **place, facts=", ".join(sorted(gone)))


_TIME = re.compile(r"(\d+(?:\.\d+)?) ?(?:s\b|초)")


def _facts(why: Mapping[str, str], trace: Trace, within: int) -> set[str]:
    """Times (`within` so many microseconds), workers and tasks that a reason names and that a run has."""
    times = [event.t for event in trace]
    names = {name for event in trace for name in (getattr(event, "hostname", ""), getattr(event, "uuid", "")) if name}
    found = set[str]()
    for text in why.values():
        for said in _TIME.findall(text):
            first = bisect_left(times, to_micros(float(said)) - within)
            if first < len(times) and times[first] <= to_micros(float(said)) + within:
                found.add(said)
        found |= set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text)) & names
    return found


def knob_flaws(scenario: Scenario, trace: Trace, simulate: Simulate) -> Iterator[Problem]:
    """A warning for each declared knob that changes nothing, and for each of its values that cannot be used.

    A knob may mean something in a variant only, so that is where it is tried next. What a worker or a queue says of
    itself at its start is no difference: a setting that is only announced does nothing. Long runs are not tried.

    Args:
        scenario: the scenario itself, not a variant of it.
        trace: its run.
        simulate: the engine.
    """
    if len(trace) > LONGEST:
        return
    rooms = [scenario, *(scenario.with_variant(name) for name in scenario.model.variants)]
    runs: dict[int, tuple[list[Event], float]] = {0: _effects(trace)}
    offered = {knob.path: knob for knob in list_knobs(scenario)}
    for place, declared in enumerate(scenario.model.knobs):
        knob, mark = offered[declared.path], scenario.source.at(("knobs", place))
        usable: list[object] = []
        for value in knob.values:
            try:
                scenario.edited(Edit(knob.path, value))
                usable.append(value)
            except ScenarioError:
                if value != knob.current:  # what is not written there need not be a value that can be
                    yield scenario.source.problem("lesson.knob_refused", mark, path=knob.path, value=flow_text(value))
        if not any(_has_effect(rooms, runs, number, knob.path, usable, simulate) for number in range(len(rooms))):
            yield scenario.source.problem("lesson.knob_idle", mark, path=knob.path)


def _has_effect(
    rooms: list[Scenario],
    runs: dict[int, tuple[list[Event], float]],
    number: int,
    path: str,
    values: list[object],
    simulate: Simulate,
) -> bool:
    """Return True if a knob affects the events of scenario or variant `number`; `runs` caches their events."""
    room = rooms[number]
    if number not in runs:
        runs[number] = _effects(simulate(room))
    # The ends of the range first: they differ most.
    for value in sorted(values, key=lambda value: -abs(values.index(value) * 2 - len(values) + 1)):
        try:
            turned = room.edited(Edit(path, value))
        except ScenarioError:
            continue  # it fits the scenario, but not this variant
        if _effects(simulate(turned)) != runs[number]:
            return True
    return False


def _effects(trace: Trace) -> tuple[list[Event], float]:
    """The events that a setting may affect, and how long results are kept, which no event says."""
    events = [event for event in trace if not isinstance(event, WorkerOnline | QueueDeclared)]
    return events, trace.header.result_expires
