"""The transports that are simulated, and what each of them can do: one row a scheme of `broker_url`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """What a transport can do. Rules that depend on the transport ask for one of these, never for its name."""

    delivers: Literal["push", "blocking", "polling"]
    """How a ready message reaches a worker: the broker pushes it, the worker has a question open at the broker, or it
    asks and asks again after a while."""
    priorities: Literal["steps", "declared", "all"] | None = None
    """Redis keeps a list for each step; RabbitMQ's queues declare how many they have; in the guide all 256 count."""
    visibility_timeout: float | None = None
    """Seconds for which a delivery is only leased, unless the scenario says otherwise; None: nothing is leased."""
    leases_by_worker: bool = False
    """Whether workers look for leases that are up (Redis), at whole intervals of their own; else the broker knows."""
    wait_option: str = ""
    """The key of `broker_transport_options` that says how long a question is open, where the transport blocks."""
    wait: float = 0.0
    """The same in seconds, where nobody says."""
    pauses: bool = False
    """Whether a worker whose question was in vain pauses before it asks again (SQS)."""
    has_ttl: bool = False
    """Whether queues have RabbitMQ's arguments: time to live, dead-letter exchange, delivery limit, timeouts."""
    waits_in_pool: bool = False
    """Whether the consumer itself waits for a slot, with its loop (Kombu's polled transports)."""
    loses_unacked: bool = False
    """Whether nobody puts back what a dead worker had taken out (the same)."""
    orders_queues: bool = False
    """Whether `queue_order_strategy` decides which of its queues a worker is served from."""
    queue_order: str = "round_robin"
    """That strategy, where nobody says."""
    keeps_connection: bool = False
    """Whether a worker has a connection to the broker that can break for it alone."""
    mingles: bool = False
    """Whether workers that start learn from the others what was revoked (celery.worker.consumer.mingle)."""
    has_loop: bool = False
    """Whether workers wait for everything at once in an event loop (celery.worker.loops: asynloop)."""
    wakes: float = 0.0
    """Seconds between two turns of that loop at most, because of a timer of the transport's own; 0: it has none."""
    drains: bool = False
    """Whether a worker that starts looks for more messages first (celery.worker.loops: asynloop, _quick_drain)."""
    disables_prefetch: bool = False
    """Whether `worker_disable_prefetch` has an effect."""
    is_celerys: bool = True
    """Whether Celery has it; `guide://` is ours."""


_KOMBU_POLLED = Transport(delivers="polling", waits_in_pool=True, loses_unacked=True, orders_queues=True)

TRANSPORTS: dict[str, Transport] = {
    "guide": Transport(
        delivers="polling",
        priorities="all",
        orders_queues=True,
        queue_order="priority",
        keeps_connection=True,
        is_celerys=False,
    ),
    # kombu.transport.redis: Channel.visibility_timeout, brpop_timeout
    "redis": Transport(
        delivers="blocking",
        priorities="steps",
        visibility_timeout=3600.0,
        wait_option="brpop_timeout",
        wait=1.0,
        leases_by_worker=True,
        orders_queues=True,
        keeps_connection=True,
        mingles=True,
        has_loop=True,
        wakes=1.0,  # kombu.transport.redis: Transport.register_with_event_loop, _binding_expiry_tref
        disables_prefetch=True,
    ),
    "amqp": Transport(
        delivers="push",
        priorities="declared",
        has_ttl=True,
        keeps_connection=True,
        mingles=True,
        has_loop=True,
        drains=True,
    ),
    "memory": _KOMBU_POLLED,
    "filesystem": _KOMBU_POLLED,
    # kombu.transport.SQS
    "sqs": Transport(
        delivers="blocking", visibility_timeout=1800.0, wait_option="wait_time_seconds", wait=10.0, pauses=True
    ),
}
"""By the scheme of `broker_url`."""


def transport_named(name: object) -> Transport | None:
    """What a transport of that name can do; None for one that is not simulated, as a recording may have it."""
    return TRANSPORTS.get(name) if isinstance(name, str) else None
