"""The discrete-event model, on SimPy."""

from simulator.engine.simulation import ENGINE_VERSION, Simulation, declared_traits, simulate, simulate_into
from simulator.trace import LimitReached

__all__ = ["ENGINE_VERSION", "LimitReached", "Simulation", "declared_traits", "simulate", "simulate_into"]
