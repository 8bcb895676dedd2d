"""The discrete-event model, on SimPy."""

from simulator.engine.simulation import ENGINE_VERSION, Simulation, simulate
from simulator.trace import LimitReached

__all__ = ["ENGINE_VERSION", "LimitReached", "Simulation", "simulate"]
