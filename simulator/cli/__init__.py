"""The command line: parse, call, print. Heavy imports happen inside the commands: `--help` stays quick."""

from simulator.cli import checking, looking, real, running, watching
from simulator.cli.shared import INTERRUPTED, app

__all__ = ["INTERRUPTED", "app", "checking", "looking", "real", "running", "watching"]
