"""The choice of a worker's loop."""

from __future__ import annotations

from simulator.engine.context import Context
from simulator.engine.worker.event_loop import EventLoop
from simulator.engine.worker.green_loop import GreenLoop
from simulator.engine.worker.life import Life
from simulator.engine.worker.loop import Loop, Receiver
from simulator.engine.worker.polled_loop import PolledLoop
from simulator.engine.worker.slots import Slots


def loop_of(context: Context, life: Life, pool: Slots, receiver: Receiver, turns: bool) -> Loop:
    """Create a worker's loop, as the transport and the pool ask for.

    Source: celery.worker.worker: WorkController.should_use_eventloop (not with greenlets, and only where the transport
    is asynchronous); kombu.transport.virtual.base: Transport.drain_events (without it, SQS is polled).
    """
    kind = context.transport
    if not kind.has_loop or (life.green and kind.pauses):
        return PolledLoop(context, life, pool, receiver, turns)
    return (GreenLoop if life.green else EventLoop)(context, life, pool, receiver, turns)
