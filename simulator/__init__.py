"""Ackademy: a flight simulator for Celery.

>>> from simulator import load_scenario, simulate, world_at
>>> trace = simulate(load_scenario("three-task-order"))
>>> world_at(trace, len(trace)).counts["succeeded"]
3
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.engine import simulate
    from simulator.scenario import load_scenario
    from simulator.trace import Trace
    from simulator.world import World, world_at

__version__ = "0.1.0"
__all__ = ["Trace", "World", "__version__", "is_compiled", "load_scenario", "simulate", "world_at"]

_HOMES = {
    "Trace": "simulator.trace",
    "World": "simulator.world",
    "load_scenario": "simulator.scenario",
    "simulate": "simulator.engine",
    "world_at": "simulator.world",
}


def is_compiled() -> bool:
    """Return True if the engine is machine code (`make compiled`), False if Python."""
    from importlib.machinery import EXTENSION_SUFFIXES
    from pathlib import Path

    engine = Path(__file__).parent / "engine"
    return any((engine / f"clock{suffix}").exists() for suffix in EXTENSION_SUFFIXES)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `ackademy --help` must not wait for SimPy."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
