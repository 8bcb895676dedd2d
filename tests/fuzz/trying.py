"""What is common to all targets: what came of an input, and the ways in which a run is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from simulator import simulate
from simulator.engine import LimitReached
from simulator.export import scenario_from_recording, scenario_text
from simulator.export.chrome_trace import chrome_trace
from simulator.export.html.page import player_page
from simulator.measure import check_goals, summary
from simulator.scenario import Problem, Scenario, ScenarioError, parse_scenario
from simulator.story.logs.celery_events import celery_events
from simulator.story.problems.errors import format_problems, problems_in
from simulator.story.report.account_words import account_texts
from simulator.story.report.load_words import load_texts
from simulator.story.report.summary import report_lines
from simulator.story.run import Run
from simulator.story.tell import tell
from simulator.trace import TraceFileError
from simulator.trace.check import Checker
from simulator.visible import escaped, visible
from tests.trace.faces import screens

EVENTS = 1_000
"""Events after which a run is long enough to be looked at."""

PAGE = 200
"""Events of the longest run that is made a page: a page has a picture for each of them."""


@dataclass(frozen=True)
class Tried:
    """What came of an input: whether it was taken, and what was said, as it leaves the program."""

    taken: bool
    said: Sequence[str] = ()


@dataclass(frozen=True)
class Target:
    """A kind of input."""

    seeds: Callable[[], Sequence[str]]
    """Valid inputs; kept by whoever asks."""
    damage: Callable[[Random, Sequence[str]], str]
    """Make an input of them."""
    give: Callable[[str], Tried]
    """Give an input to the program. Raises whatever the program lets through."""


def refused(error: Exception) -> Tried:
    """What is said of an input that is refused."""
    problems = problems_in(error, "fuzz") if isinstance(error, TraceFileError) else error.problems  # type: ignore[attr-defined]
    assert problems
    return Tried(False, [visible(format_problems(problems, lang)) for lang in ("ko", "en")])


def faces(run: Run, choice: int) -> Iterator[str]:
    """Show a run in one of the program's ways, or make something of it."""
    lang = ("ko", "en")[choice % 2]
    match choice // 2 % 8:
        case 0:
            yield visible("\n".join(tell(run, lang)))
        case 1:
            yield visible("\n".join(tell(run, "both", log=choice % 3 == 0)))
        case 2:
            goals = check_goals(run.scenario.goals, run.trace) if run.scenario is not None else []
            yield visible("\n".join(report_lines(summary(run.trace), goals, lang)))
            yield visible("\n".join([*load_texts(run.trace, lang), *account_texts(run.trace, lang)]))
        case 3:
            yield escaped("\n".join(json.dumps(row) for row in celery_events(run.trace, 0.0)))
            yield escaped(json.dumps(chrome_trace(run, lang)))
        case 4:
            try:
                draft = scenario_from_recording(run.trace)
            except ScenarioError as error:  # no model that plays can be made of it
                yield from refused(error).said
                return
            text = scenario_text(draft, Problem("recording.origin", {"file": "fuzz"}))
            parse_scenario(text)
            yield text
        case 5 if len(run.trace) <= PAGE:
            yield player_page([run], lang)
        case _:
            for screen in screens(run, 1):
                yield "".join(screen)


def play(scenario: Scenario, choice: int) -> Tried:
    """Play a scenario for a while, check its trace as that of a file, and look at it."""
    said = [visible(format_problems(scenario.warnings, "both", warnings=True))]
    try:
        trace = simulate(scenario, max_events=EVENTS)
    except LimitReached:
        return Tried(True, said)
    rules = Checker().rules
    for event in trace:
        rules[type(event)](event)
    return Tried(True, [*said, *faces(Run(trace, scenario), choice)])
