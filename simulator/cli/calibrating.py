"""`calibrate`: how far a model may be trusted, before anything is asked of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import Common, Trust, catching, command, warn
from simulator.cli.progress import ProgressBar
from simulator.cli.shared import DONE, FAILED, print_json

if TYPE_CHECKING:
    from simulator.measure.calibration import Calibration
    from simulator.scenario import Scenario
    from simulator.trace import Trace


@command()
def calibrate(
    recording: Annotated[
        str, typer.Argument(metavar="RECORDING", help="A recording (.jsonl), or a model that refers to one.")
    ],
    model: Annotated[
        str | None, typer.Argument(metavar="[SCENARIO]", help="Its model; default: the one that new makes of it.")
    ] = None,
    *,
    runs: Annotated[int, typer.Option(metavar="N", min=2, max=10_000, help="Runs of the model.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    trust: Trust = False,
    options: Common,
) -> int:
    """Hold a model against the recording it was made of: what it may be asked, and how far to trust it.

    Exits with 1 if the waits of any task are off.
    """
    from simulator.scenario import load_scenario
    from simulator.story.report.calibration import calibration_texts
    from simulator.story.run import read_run
    from simulator.trace.events import TaskSent

    language = options.language
    with catching(language, recording):
        if not recording.endswith(".jsonl"):
            if model is not None:
                options.refuse("calibrate.not_a_recording", file=recording)
            scenario = load_scenario(recording)
            recorded = recorded_of(scenario)
            if recorded is None:
                options.refuse("calibrate.no_recording", file=recording)
        else:
            recorded = read_run(recording, trust=trust)
            scenario = load_scenario(model) if model is not None else _model_of(recorded, recording)
        if not any(isinstance(event, TaskSent) for event in recorded):
            options.refuse("calibrate.nothing", file=recording)
        if model is not None:
            warn(scenario, language, model)
        found = _played(recorded, scenario, runs, language)
    if as_json:
        print_json(found.as_data())
    else:
        print("\n".join(calibration_texts(found, language)))
    return FAILED if found.off else DONE


def say_calibration(scenario: Scenario, lang: str) -> None:
    """Say on stderr how far a model of a recording may be trusted, before it is asked; nothing of other scenarios.

    Raises:
        ScenarioError: the model cannot be played.
    """
    from simulator.story.report.calibration import calibration_texts

    recorded = recorded_of(scenario)
    if recorded is None:
        return
    found = _played(recorded, scenario.as_written(scenario.variant), 20, lang)
    for text in calibration_texts(found, lang, short=True):
        print(text, file=sys.stderr)


def recorded_of(scenario: Scenario) -> Trace | None:
    """Return the recording that a model's arrivals come from; None if it is no model of one recording."""
    from simulator.scenario.recorded import read_recording, recordings_in

    named = recordings_in(scenario.source.data)
    return read_recording(Path(scenario.file).parent / named[0]) if len(named) == 1 else None


def _played(recorded: Trace, scenario: Scenario, runs: int, lang: str) -> Calibration:
    from simulator.study.calibrating import calibrate_model

    progress = ProgressBar(lang)
    try:
        return calibrate_model(recorded, scenario, runs, lambda done: progress.show(done, runs))
    finally:
        progress.end()


def _model_of(recorded: Trace, file: str) -> Scenario:
    """Make the model of a recording, as `new` does; raises `ScenarioError`."""
    from simulator.export import scenario_from_recording, scenario_text
    from simulator.scenario import Problem, parse_scenario

    path = Path(file)
    text = scenario_text(scenario_from_recording(recorded, path.name), Problem("recording.origin"))
    return parse_scenario(text, file=str(path.with_suffix(".yaml")))
