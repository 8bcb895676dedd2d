"""The command line: parse, call, print. Heavy imports happen inside the commands: `--help` stays quick."""

from simulator.cli import (
    advising,
    authoring,
    breaking,
    challenging,
    checking,
    classroom,
    exporting,
    grading_class,
    learning,
    looking,
    planning,
    real,
    recording,
    running,
    serving,
    sweeping,
    watching,
)
from simulator.cli.shared import INTERRUPTED, app

__all__ = [
    "INTERRUPTED",
    "advising",
    "app",
    "authoring",
    "breaking",
    "challenging",
    "checking",
    "classroom",
    "exporting",
    "grading_class",
    "learning",
    "looking",
    "planning",
    "real",
    "recording",
    "running",
    "serving",
    "sweeping",
    "watching",
]
