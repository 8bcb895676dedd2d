"""The broker and its transports, which push messages or serve blocking reads or polls."""

from collections.abc import Callable

from simulator.engine.broker.blocking import BlockingTransport
from simulator.engine.broker.broker import Broker
from simulator.engine.broker.polling import PollingTransport
from simulator.engine.broker.ports import Subscriber, Subscription, Transport
from simulator.engine.broker.push import PushTransport
from simulator.engine.context import Context

__all__ = ["Broker", "Subscriber", "Subscription", "Transport", "transport_of"]

_WAYS: dict[str, Callable[[Context, Broker], Transport]] = {
    "push": PushTransport,
    "blocking": BlockingTransport,
    "polling": PollingTransport,
}


def transport_of(context: Context, broker: Broker) -> Transport:
    """Create the transport for the scheme of `broker_url` and attach it to the broker."""
    broker.transport = transport = _WAYS[context.transport.delivers](context, broker)
    return transport
