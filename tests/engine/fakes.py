"""Stand-ins for what a part of the engine needs of its neighbours."""

from __future__ import annotations

from typing import Any

from simulator.engine.broker import Broker, Subscriber, Subscription, Transport
from simulator.engine.broker.ports import Credit
from simulator.engine.calls import CallFactory
from simulator.engine.clock import LAST, Rank, priority
from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.failures import Exceptions
from simulator.engine.publisher import DefaultRoutes, Publisher
from simulator.engine.state import Delivery, Message, Queue
from simulator.engine.tasks import Task
from simulator.engine.worker.application import Application
from simulator.engine.worker.life import Life
from simulator.engine.worker.slots import Slots
from simulator.engine.workflow.canvas import Workflow
from simulator.engine.workflow.subtasks import Subtasks
from simulator.scenario.schema import Worker as WorkerSpec
from simulator.trace.time import NEVER
from simulator.world.intake import PrefetchWindow
from tests.strategies import build


def ground(profile: str = "celery-rabbitmq", **config: Any) -> Context:
    """A context with the settings of a profile, hops of 0."""
    scenario = build({"profile": profile, "config": {"hop": 0, **config}})
    return Context(scenario.settings, seed=1)


def events(context: Context) -> list[str]:
    """The events so far, by type."""
    return [event.type for event in context.journal.events]


def play(context: Context, until: int | None = None) -> None:
    """Let time go on until nothing is left to do, or up to `until`."""
    if until is None:
        context.clock.play(NEVER)
    else:
        context.clock.at(until - 1, LAST, lambda _: None)
        context.clock.play(until)


def message(context: Context, queue: Queue, **given: Any) -> Message:
    """The next message, of the task `work`."""
    number = context.next_message()
    found = Message(number, f"work_{number}", "work", (), {}, "test", number - 1, queue)
    for key, value in given.items():
        setattr(found, key, value)
    return found


class SilentTransport(Transport):
    """Delivers nothing by itself, and remembers what became ready."""

    rejected = "original"
    turns = False

    def __init__(self) -> None:
        self.notified: list[str] = []

    def subscription(self, subscriber: Any) -> SilentSubscription:
        return SilentSubscription()

    def ready(self, queue: Queue) -> None:
        self.notified.append(queue.name)

    def returns(self) -> dict[int, int]:
        return {}


class SilentSubscription(Subscription):
    """Remembers what a consumer tells it."""

    request_opened_at = NEVER
    delivery_in_transit = False

    def __init__(self) -> None:
        self.notified: list[str] = []

    def open(self, cause: int) -> None:
        self.notified.append("open")

    def close(self) -> None:
        self.notified.append("close")

    def settle(self, cause: int) -> None:
        self.notified.append("settle")

    def filled(self) -> None:
        self.notified.append("filled")

    def turned(self, cause: int) -> None:
        self.notified.append("turned")

    def abandon(self, cause: int, why: str, closed: bool) -> None:
        self.notified.append("abandon")

    def silent_polls(self, end: int) -> int:
        return 0


def broker_of(context: Context, queues: dict[str, Any] | None = None) -> tuple[Broker, SilentTransport]:
    """A broker whose transport delivers nothing."""
    model = build({"profile": "celery-rabbitmq", "queues": queues or {}}).model
    broker = Broker(context, model.queues)
    transport = SilentTransport()
    broker.transport = transport
    return broker, transport


class Known(Credit):
    """A prefetch window that the broker knows."""

    def __init__(self, known: int) -> None:
        self.known = known


class Taker(Subscriber):
    """A consumer with `limit` places that keeps what it is given until `done`."""

    def __init__(self, context: Context, queues: list[Queue], name: str, index: int = 0, limit: int = NEVER) -> None:
        self.context = context
        self.hostname = name
        self.index = index
        self.on_delivery = priority(Rank.DELIVERY, index)
        self.on_timer = priority(Rank.TIMER, index)
        self.queues = queues
        self.queue_names = tuple(queue.name for queue in queues)
        self.options = context.settings.worker_options
        self.window = PrefetchWindow(limit, None)
        self.qos = Known(limit)
        self.phase = 0
        self.since = 0
        self.connection = 1
        self.held: dict[int, Delivery] = {}
        self.unacked = 0
        self.got: list[str] = []
        self.quit_for: list[str] = []
        self.subscription: Subscription | None = None

    def has_room(self) -> bool:
        return self.unacked < self.window.limit

    def is_blocked(self) -> bool:
        return False

    def quit(self, why: str) -> None:
        self.quit_for.append(why)

    def expect(self, delivery: Delivery) -> None:
        self.got.append(delivery.message.uuid)
        if self.subscription is not None:
            self.subscription.delivery_in_transit = False
            self.subscription.turned(delivery.cause)

    def release(self, delivery: Delivery) -> None:
        self.unacked -= 1
        if self.subscription is not None:
            self.subscription.settle(delivery.cause)


class Counter(Slots):
    """A pool with so many slots that remembers what it was handed."""

    waits_in_line = False
    paused = False
    has_queue = False

    def __init__(self, slots: int) -> None:
        self.free = list(range(1, slots + 1))
        self.active: dict[int, Execution] = {}
        self.begun: list[str] = []

    def begin(self, delivery: Delivery, cause: int) -> None:
        self.free.pop()
        delivery.is_running = True
        self.begun.append(delivery.message.uuid)

    def count_busy(self) -> int:
        return len(self.begun)


def application(context: Context, broker: Broker, **tasks: Any) -> Application:
    """An application with these tasks, as a scenario writes them."""
    model = build({"tasks": tasks or {"work": 1}}).model
    exceptions = Exceptions({})
    registered = {name: Task(name, spec, context.settings, exceptions, {}, 1) for name, spec in model.tasks.items()}
    publisher, routes = Publisher(context, broker), DefaultRoutes(model)
    calls = CallFactory(context, publisher, routes, model.tasks)
    workflow = Workflow(context, publisher)
    return Application(registered, publisher, routes, workflow, Subtasks(context, publisher, calls, registered))


def life(context: Context, **spec: Any) -> Life:
    """A worker `w`."""
    return Life("w", 0, WorkerSpec(**spec), context.settings)
