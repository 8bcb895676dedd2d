"""How it behaves: the model on SimPy."""

from simulator.engine.simulation import ENGINE_VERSION, LimitReached, Simulation, simulate

__all__ = ["ENGINE_VERSION", "LimitReached", "Simulation", "simulate"]
