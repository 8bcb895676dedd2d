"""Repeatable task calls: the message of each one, and the name its random draws go by."""

from __future__ import annotations

from typing import Any

from simulator.engine.context import Context
from simulator.engine.publisher import DefaultRoutes, Publisher
from simulator.engine.state import Message, Place
from simulator.engine.templates import fill, has_braces
from simulator.scenario.checks.size import size_of_arguments
from simulator.scenario.schema import Call, Task
from simulator.trace.events import NO_CAUSE
from simulator.trace.time import to_micros


class Entry:
    """One call: of a line under `send`, of a beat schedule or of a task body."""

    def __init__(
        self,
        context: Context,
        publisher: Publisher,
        routes: DefaultRoutes,
        task: Task | None,
        spec: Call,
        identity: str,
        *,
        single: bool = False,
    ) -> None:
        """Prepare a call without making it.

        Args:
            context: shared state of the run.
            publisher: sends it.
            routes: its queue, unless the call names one.
            task: the task's definition in the scenario, if any.
            spec: the call.
            identity: names its draws: its id, else producer, task and its ordinal among those.
            single: whether it is made only once, so that its id is used unnumbered.
        """
        self.context = context
        self.publisher = publisher
        self.clock = context.clock
        self.task = spec.task
        self.identity = identity
        self.number = 0
        """Number of calls sent."""
        self.queue = publisher.broker.queue(spec.queue or routes.queue_of(spec.task))
        self._id = spec.id
        self._countdown = to_micros(spec.countdown or 0)
        self._eta = to_micros(spec.eta) if spec.eta is not None else None
        expires = spec.expires if spec.expires is not None or task is None else task.expires
        self._expires = to_micros(expires) if expires is not None else None
        self._priority = spec.priority if spec.priority is not None or task is None else task.priority
        self.has_priority = self._priority is not None
        """True if the call or its task says a priority."""
        if self._priority is None:
            self._priority = context.settings.task_default_priority
        self._args: tuple[Any, ...] = tuple(spec.args)
        self._kwargs = spec.kwargs
        self._fills = has_braces(spec.args) or has_braces(spec.kwargs)
        self._size = size_of_arguments(spec)
        self._single = spec.id is not None and single
        self._waits = bool(self._countdown or self._eta is not None or self._expires is not None)
        self._is_plain = not self._fills and not self._waits
        """True if all its messages have the same contents."""
        self._commits: int | None = None
        """Microseconds after a call at which the transaction that it is made in commits."""
        self._next_name = context.names.next
        self._publish = publisher.publish

    def send_in_transaction(self, commits: int) -> None:
        """Make its calls inside transactions that commit `commits` microseconds later."""
        self._commits = commits
        self._is_plain = False

    def send(self, hostname: str, when: int) -> None:
        """Publish the next call as `hostname`; `when` is the priority of its arrival within that instant."""
        number = self.number
        self.number = number + 1
        uuid = self._next_name(self.task) if self._id is None else self.name(number)
        if self._is_plain:
            context = self.context
            context.messages = count = context.messages + 1
            args, kwargs, identity = self._args, self._kwargs, self.identity
            message = Message(
                count, uuid, self.task, args, kwargs, identity, number, self.queue, None, None, self._priority
            )
        else:
            message = self.compose(number, uuid)
        self._publish(message, hostname, NO_CAUSE, when)

    def compose(
        self,
        number: int,
        uuid: str,
        given: tuple[Any, ...] = (),
        canvas: Place | None = None,
        inherited: int | None = None,
    ) -> Message:
        """Return the message of call `number` (from 0); `given` are prepended to its arguments.

        `inherited`: the priority in place of its own, if any.
        """
        args, kwargs = self._args, self._kwargs
        if self._fills:
            values = {"n": number + 1}
            args, kwargs = tuple(fill(args, values)), fill(kwargs, values)
            self.context.arguments += self._size
        eta = expires = None
        if self._waits:
            now = self.publisher.call_time()
            eta = now + self._countdown if self._countdown else self._eta
            if eta is not None and eta <= now:
                eta = None
            expires = now + self._expires if self._expires is not None else None
        if self._commits is not None:
            self.publisher.transactions.send(uuid, self.publisher.call_time() + self._commits)
        context = self.context
        context.messages = message = context.messages + 1
        return Message(
            message,
            uuid,
            self.task,
            given + args if given else args,
            kwargs,
            self.identity,
            number,
            self.queue,
            eta,
            expires,
            self._priority if inherited is None else inherited,
            0,
            canvas,
        )

    def name(self, number: int) -> str:
        """Return the task id of call `number` (from 0)."""
        if self._single:
            return str(self._id)
        if self._id is not None:
            return self.context.names.fresh(f"{self._id}_{number + 1}", self._id)
        return self.context.names.next(self.task)


class CallFactory:
    """Factory of calls."""

    def __init__(self, context: Context, publisher: Publisher, routes: DefaultRoutes, tasks: dict[str, Task]) -> None:
        """Keep what entries need; `tasks` are the scenario's definitions by name."""
        self.specs: dict[str, Call] = {}
        """Calls by identity, as they are written in the scenario."""
        self._context = context
        self._publisher = publisher
        self._routes = routes
        self._tasks = tasks

    def entry(self, spec: Call, identity: str, *, single: bool = False) -> Entry:
        """Return a call named `identity`; `single`: it is made only once, so that its id is used unnumbered."""
        self.specs[identity] = spec
        task = self._tasks.get(spec.task)
        return Entry(self._context, self._publisher, self._routes, task, spec, identity, single=single)
