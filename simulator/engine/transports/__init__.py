"""How a ready message reaches a worker: pushed by the broker, waited for, or asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.engine.transports.asking import Asking
from simulator.engine.transports.protocol import Transport
from simulator.engine.transports.push import Push
from simulator.engine.transports.waiting import Waiting

if TYPE_CHECKING:
    from simulator.engine.simulation import Simulation

__all__ = ["Transport", "transport_of"]


def transport_of(simulation: Simulation) -> Transport:
    """The strategy that the scheme of `broker_url` names."""
    scheme = simulation.settings.transport
    if scheme == "amqp":
        return Push(simulation)
    return Waiting(simulation) if scheme in ("redis", "sqs") else Asking(simulation)
