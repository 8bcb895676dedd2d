"""Publishing: an application sends a task, which reaches its queue a hop later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from simulator.engine.broker import Broker
from simulator.engine.context import Context
from simulator.engine.locks import Locks
from simulator.engine.payloads import Payloads
from simulator.engine.state import Message, Node
from simulator.engine.transactions import Transactions
from simulator.scenario.schema import ScenarioFile
from simulator.trace.events import PublishFailed, RefusalReason, TaskSent


class DefaultRoutes:
    """Default routing of tasks to queues."""

    def __init__(self, model: ScenarioFile) -> None:
        """Read the routes of a scenario."""
        self.queue_of = model.queue_of
        self._tasks = model.tasks
        self._find = model.config.routes.find

    def dead_letters_of(self, task: str) -> str | None:
        """Return the queue for the application's copy of a failed task; None if it makes none."""
        registered = self._tasks.get(task)
        if registered is not None and registered.dead_letter_queue is not None:
            return registered.dead_letter_queue
        route = self._find(task)
        return route.dead_letter_queue if route is not None else None


class Observer(Protocol):
    """Whoever is to know what is sent, before it is."""

    def publishes(self, message: Message, hostname: str, cause: int) -> None:
        """Note a message that `hostname` publishes because of the event `cause`."""

    def calls_canvas(self, node: Node, hostname: str) -> None:
        """Note a canvas that a producer calls, frozen to `node`."""


class Publisher:
    """Sends messages to the broker."""

    def __init__(self, context: Context, broker: Broker, observer: Observer | None = None) -> None:
        """Attach to the broker that messages are sent to."""
        self.observer = observer
        self.context = context
        self.broker = broker
        self.clock = context.clock
        self.note = context.journal.note
        self.hop = context.hop
        self.retry = context.settings.publish_retry
        self.locks = Locks({})
        """Locks that sends and bodies take."""
        self.transactions = Transactions(context.clock)
        """Transactions inside which tasks are sent."""
        self.payloads: Payloads | None = None
        """Sizes of the messages, if the broker's memory has a limit."""
        self.called_at: int | None = None
        """Time of the call whose message is about to be published, if it has had to wait for the broker."""

    def call_time(self) -> int:
        """Return the time from which a countdown counts: that of the call, however long publishing takes.

        Source: celery.app.amqp: AMQP.as_task_v2 (before Producer.publish with its retries).
        """
        return self.clock.now if self.called_at is None else self.called_at

    def publish(self, message: Message, hostname: str, cause: int, when: int, dead: bool = False) -> bool:
        """Publish a message; it reaches the broker a hop later, with priority `when` at that instant.

        Args:
            message: the message to publish.
            hostname: the publisher.
            cause: index of the event that led to it.
            when: the priority of its arrival.
            dead: whether it is a copy of a failed task for a dead-letter queue.

        Returns:
            Whether the broker accepts it.
        """
        if self.observer is not None and not dead:
            self.observer.publishes(message, hostname, cause)
        broker, queue = self.broker, message.queue
        self.called_at = None
        refused: RefusalReason | None = None
        if self.locks.by_send and not dead and not self.locks.admits(message, self.clock.now):
            refused = "locked"
        elif broker.down or queue.rejects:
            refused = broker.refuses(queue)
        if refused is None and self.payloads is not None and not self.payloads.fits(message):
            refused = "memory"
        if refused is not None:
            # The message was never published: its id is free again.
            self.context.messages -= 1
            now, name = self.clock.now, queue.name
            self.note(PublishFailed(now, cause, hostname, message.uuid, message.name, name, refused))
            return False
        place, now = message.canvas, self.clock.now
        message.ready_since = self.note(
            TaskSent(
                now,
                cause,
                hostname,
                message.uuid,
                message.name,
                message.id,
                queue.name,
                message.args,
                message.kwargs,
                message.retries,
                message.eta,
                message.expires,
                message.priority,
                place.root_id if place is not None else None,
                place.parent_id if place is not None else None,
            )
        )
        arrive = broker.arrive_dead if dead else broker.arrive
        held_back = broker.delays(message) if message.eta is not None and not dead else 0
        if self.hop or held_back:
            self.clock.at(now + self.hop + held_back, when, arrive, message)
        else:
            arrive(message)
        return True

    def when_reachable(self, call: Callable[[str, int], None], hostname: str, when: int) -> None:
        """Make a call now; during an outage, at the first retry that finds the broker up, else at the last retry.

        Only this call is blocked meanwhile: other calls of the same producer are made by other processes.

        Args:
            call: publishes; called with `hostname` and `when`.
            hostname: the caller.
            when: the priority of the arrival.
        """
        self._try((call, hostname, when, self.clock.now, 0))

    def _try(self, attempt: tuple[Callable[[str, int], None], str, int, int, int]) -> None:
        call, hostname, when, called_at, failures = attempt
        wait = self.wait(failures)
        if wait is None:
            self.called_at = called_at
            call(hostname, when)
            self.called_at = None
        else:
            self.clock.at(self.clock.now + wait, when, self._try, (call, hostname, when, called_at, failures + 1))

    def wait(self, failures: int) -> int | None:
        """Return microseconds to wait after `failures` failed attempts; None to publish now or give up."""
        return self.retry.wait(failures + 1) if self.broker.down and self.retry is not None else None

    def dead_letter(self, message: Message, queue: str, hostname: str, cause: int, when: int) -> None:
        """Publish the application's copy of a task that has failed for good."""
        copy = Message(
            self.context.next_message(),
            message.uuid,
            message.name,
            message.args,
            message.kwargs,
            message.identity,
            message.number,
            self.broker.queue(queue),
            retries=message.retries,
        )
        self.publish(copy, hostname, cause, when, dead=True)
