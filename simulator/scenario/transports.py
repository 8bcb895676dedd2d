"""The simulated transports and their capabilities: one row a scheme of `broker_url`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportTraits:
    """Capabilities of a transport. Rules that depend on the transport ask for one of these, never for its name."""

    delivers: Literal["push", "blocking", "polling"]
    """Delivery of a ready message: the broker pushes it, the worker keeps a poll open, or it polls at intervals."""
    priorities: Literal["steps", "declared", "all"] | None = None
    """Redis keeps one list a step, RabbitMQ's queues declare how many priorities they have, `guide://` has all 256."""
    visibility_timeout: float | None = None
    """Seconds for which a delivery is leased, unless the scenario sets them; None: nothing is leased."""
    leases_by_worker: bool = False
    """True if workers look for expired leases (Redis), at whole intervals of their own; else the broker knows."""
    wait_option: str = ""
    """The key of `broker_transport_options` that sets how long a blocking poll stays open."""
    wait: float = 0.0
    """Its default, in seconds."""
    pauses: bool = False
    """True if a worker pauses after an empty poll, or where it has no room, before it looks again (SQS)."""
    has_ttl: bool = False
    """True if queues have RabbitMQ's arguments: time to live, dead-letter exchange, delivery limit, timeouts."""
    redrives: bool = False
    """True if a queue can have a redrive policy: rejected messages stay leased, and after `maxReceiveCount` deliveries
    the broker moves them to another queue (SQS)."""
    hides_returned: bool = False
    """True if messages that a worker returns stay invisible for the wait time (SQS)."""
    waits_in_pool: bool = False
    """True if the consumer itself, with its loop, waits for a slot (Kombu's polled transports)."""
    timer_thread: bool = False
    """True if a thread fires a worker's timers (celery.utils.timer2: Timer; Kombu's polled transports)."""
    loses_unacked: bool = False
    """True if nobody puts back the messages that a dead worker had taken out (Kombu's polled transports)."""
    orders_queues: bool = False
    """True if `queue_order_strategy` decides which of its queues a worker is served from."""
    queue_order: str = "round_robin"
    """Default of that strategy."""
    keeps_connection: bool = False
    """True if each worker has its own connection to the broker, which can break for it alone."""
    mingles: bool = False
    """True if starting workers learn from the others which ids are revoked (celery.worker.consumer.mingle)."""
    has_loop: bool = False
    """True if workers wait for everything at once in an event loop (celery.worker.loops: asynloop)."""
    reads_at_close: bool = False
    """True if a worker that closes its connection first reads the answer of a pending request (Redis)."""
    wakes: float = 0.0
    """Longest time between two turns of that loop, in seconds, set by a timer of the transport; 0: no timer."""
    drains: bool = False
    """True if a starting worker looks for more messages first (celery.worker.loops: asynloop, _quick_drain)."""
    disables_prefetch: bool = False
    """True if `worker_disable_prefetch` has an effect."""
    is_celerys: bool = True
    """True if Celery has this transport; `guide://` is our own."""
    profile: str = ""
    """The profile whose defaults are those of Celery on this transport."""
    aliases: tuple[str, ...] = ()
    """Further schemes of Kombu that behave almost alike; a scenario may not use them."""

    @property
    def manner(self) -> Literal["push", "wait", "long poll", "poll"]:
        """The way a worker gets its messages, as sentences tell it."""
        if self.delivers == "blocking":
            return "long poll" if self.pauses else "wait"
        return "push" if self.delivers == "push" else "poll"


_KOMBU_POLLED = TransportTraits(
    delivers="polling",
    waits_in_pool=True,
    timer_thread=True,
    loses_unacked=True,
    orders_queues=True,
    profile="celery-filesystem",
)

TRANSPORTS: dict[str, TransportTraits] = {
    "guide": TransportTraits(
        delivers="polling",
        priorities="all",
        orders_queues=True,
        queue_order="priority",
        keeps_connection=True,
        is_celerys=False,
        profile="guide",
    ),
    # kombu.transport.redis: Channel.visibility_timeout, brpop_timeout
    "redis": TransportTraits(
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
        reads_at_close=True,  # Channel.close
        disables_prefetch=True,
        profile="celery-redis",
        aliases=("rediss", "sentinel"),
    ),
    "amqp": TransportTraits(
        delivers="push",
        priorities="declared",
        has_ttl=True,
        keeps_connection=True,
        mingles=True,
        has_loop=True,
        drains=True,
        profile="celery-rabbitmq",
        aliases=("amqps", "pyamqp", "librabbitmq"),
    ),
    "memory": _KOMBU_POLLED,
    "filesystem": _KOMBU_POLLED,
    # kombu.transport.SQS (implements: asynchronous)
    "sqs": TransportTraits(
        delivers="blocking",
        visibility_timeout=1800.0,
        wait_option="wait_time_seconds",
        wait=10.0,
        pauses=True,  # Channel._loop1, _schedule_queue
        has_loop=True,
        wakes=1.0,  # kombu.asynchronous.http.curl: CurlClient, _timeout_check_tref
        redrives=True,  # Channel.basic_reject, _has_redrive_policy
        hides_returned=True,  # Channel._put of a redelivered message: ChangeMessageVisibility
        profile="celery-sqs",
    ),
}
"""Transports by scheme of `broker_url`."""


def transport_named(name: object) -> TransportTraits | None:
    """Capabilities of the transport with that name; None if it is not simulated, as may be in a recording."""
    return TRANSPORTS.get(name) if isinstance(name, str) else None


_LIKE = {alias: traits for traits in TRANSPORTS.values() for alias in traits.aliases}


def transport_like(scheme: str) -> TransportTraits | None:
    """Capabilities of the simulated transport that a scheme of Kombu is, or behaves almost like; None without one."""
    return TRANSPORTS.get(scheme) or _LIKE.get(scheme)
