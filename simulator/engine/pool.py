"""A worker's pool: slots, and the life of an execution in one of them."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simulator.engine import canvas
from simulator.engine.children import Children
from simulator.engine.clock import Rank, priority
from simulator.engine.cores import Cores
from simulator.engine.failures import Retry
from simulator.engine.outcomes import Outcomes
from simulator.engine.parts import Delivery, Execution, Message
from simulator.trace.events import Effect, ResultStored, TaskStarted

if TYPE_CHECKING:
    from simulator.engine.broker import Broker
    from simulator.engine.clock import Clock
    from simulator.engine.services import Service
    from simulator.engine.simulation import Simulation
    from simulator.engine.tasks import Task
    from simulator.engine.worker import Worker
    from simulator.trace.events import Event

REPORT_HOPS = 3
"""A child publishes and stores in sequence and then reports to its parent."""


class Pool:
    """The slots of one worker: children (prefork), threads, greenlets, or the worker's own loop (solo)."""

    def __init__(self, worker: Worker) -> None:
        simulation = worker.simulation
        settings = simulation.settings
        self.worker: Worker = worker
        self.simulation: Simulation = simulation
        self.clock: Clock = simulation.clock
        self.events: list[Event] = simulation.events
        self.broker: Broker = simulation.broker
        self.kind: str = worker.pool_kind
        self.solo: bool = self.kind == "solo"
        self.prefork: bool = self.kind == "prefork"
        self.hop = 0 if self.solo else settings.hop
        self.latency = settings.result_latency
        self.on_completion = priority(Rank.COMPLETION, worker.index)
        self.on_timer: int = priority(Rank.TIMER, worker.index)
        self.size: int = worker.least
        """How many slots there are to be."""
        self.free = list(range(1, self.size + 1))
        """Slots that run nothing."""
        self.active: dict[int, Execution] = {}
        """Executions by slot."""
        self.limits: dict[str, tuple[int, int]] = {}
        """By task, soft and hard time limits that remote control has set."""
        self.paused = False
        """Whether nothing can be handed over for a moment."""
        self.children = Children(self)
        self.cores = Cores(self, worker.spec.cores)
        self.outcomes = Outcomes(self)
        self.speed = worker.spec.speed
        # On polled transports the consumer itself stands in the hand-over until a slot is free.
        self.stands_in_line = settings.transport in ("memory", "filesystem") and not self.solo

    @property
    def stops_the_loop(self) -> bool:
        """Whether a task that runs keeps the worker's loop from doing anything else."""
        return self.solo and bool(self.active)

    @property
    def stands(self) -> bool:
        """Whether the consumer cannot take a message because a hand-over, or a task, holds it up.

        Source: billiard.pool: Pool.apply_async (waitforslot), celery.worker.components: Pool.create (putlocks).
        """
        return (self.stands_in_line and bool(self.worker.consumer.reserved)) or self.stops_the_loop

    def kill(self) -> None:
        """All children die with their parent."""
        for execution in self.active.values():
            self.interrupt(execution)
        self.children.abandon()

    @property
    def busy(self) -> list[Execution]:
        """What runs, and what ran in a child that is dead without the parent's knowing."""
        return [*self.active.values(), *self.children.unnoticed.values()]

    def interrupt(self, execution: Execution) -> None:
        """What an execution was about to do will not happen."""
        if execution.call is not None:
            self.clock.cancel(execution.call)
            execution.call = None
        for call in execution.limits:
            self.clock.cancel(call)
        execution.limits = ()
        if execution.computing is not None:
            self.cores.leave(execution)
        if execution.effect is not None:
            self.clock.cancel(execution.effect)
            execution.effect = None
        if execution.calling is not None:
            execution.calling.finish()
            execution.calling = None
        if execution.waiting is not None:
            self.simulation.subtasks.forget(execution)

    def begin(self, delivery: Delivery, cause: int) -> None:
        """Hand a request to a free slot's child."""
        slot = heappop(self.free)
        execution = self.active[slot] = Execution(delivery, slot)
        if self.hop:
            delivery.cause = cause
            execution.call = self.clock.at(self.clock.now + self.hop, self.on_completion, self._handed_over, execution)
        else:
            self._accepted(execution, cause)

    def _handed_over(self, execution: Execution) -> None:
        self._accepted(execution, execution.delivery.cause)

    def _accepted(self, execution: Execution, cause: int) -> None:
        """The child has it: early acknowledgement now, then it runs.

        Source: celery.worker.request: Request.on_accepted (ack, then the task-started event).
        """
        delivery = execution.delivery
        message, now = delivery.message, self.clock.now
        task = self.simulation.tasks[message.name]
        if not task.acks_late and delivery.tag in self.worker.consumer.held:
            cause = self.broker.ack(delivery, cause)
        events = self.events
        execution.started = len(events)
        execution.started_at = now
        self.worker.processed += 1
        memory = self.children.ran_up(execution.slot, task) if self.children.weighs else None
        events.append(
            TaskStarted(
                now,
                cause,
                self.worker.hostname,
                message.uuid,
                message.id,
                delivery.tag,
                execution.slot,
                memory,
                task.log_line(message) if task.logs else None,
            )
        )
        if execution.terminated is not None:
            self.outcomes.terminate(execution, execution.terminated)
            return
        if task.track_started:
            self._store_started(execution)
        service = task.service
        duration = task.run(message, execution) if service is None else self._call(service, task, message, execution)
        if self.speed != 1.0:
            duration = round(duration / self.speed)
        if execution.effect_at == 0:
            self._take_effect(execution)
        if task.limited or self.limits:
            self._limit(execution, task, duration)
        if task.gets is not None and (service is None or execution.calling is not None):
            self.simulation.subtasks.begin(self, execution, task.gets, duration)
        else:
            self.work(execution, duration)

    def work(self, execution: Execution, duration: int) -> None:
        """The body does its own work, for so long."""
        task, now = self.simulation.tasks[execution.delivery.message.name], self.clock.now
        share = execution.effect_at
        if share is not None and 0 < share < 1:
            when = now + round(duration * share)
            execution.effect = self.clock.at(when, self.on_completion, self._take_effect, execution)
        if task.cpu and not self.cores.plenty:
            self.cores.join(execution, duration)
        else:
            execution.call = self.clock.at(now + duration, self.on_completion, self.returned, execution)

    def _take_effect(self, execution: Execution) -> None:
        """The body has its side effect now: once a task where it is idempotent, however often it runs."""
        execution.effect = None
        message, effects = execution.delivery.message, self.simulation.effects
        if self.simulation.tasks[message.name].idempotent and message.uuid in effects:
            return
        effects.add(message.uuid)
        hostname, tag = self.worker.hostname, execution.delivery.tag
        self.events.append(Effect(self.clock.now, execution.started, hostname, message.uuid, message.id, tag))

    def _store_started(self, execution: Execution) -> None:
        delivery = execution.delivery
        message = delivery.message
        self.events.append(
            ResultStored(
                self.clock.now,
                execution.started,
                self.worker.hostname,
                message.uuid,
                message.id,
                delivery.tag,
                "STARTED",
            )
        )

    def _limit(self, execution: Execution, task: Task, duration: int) -> None:
        """Its time limits, counted from now: prefork keeps both, greenlets the hard one, threads and solo none.

        Source: celery.concurrency.asynpool: AsynPool._create_timelimit_handlers; celery.concurrency.gevent.
        """
        soft, hard = self.limits.get(task.name, (task.soft_time_limit, task.time_limit))
        now, at = self.clock.now, self.clock.at
        limits = []
        longer = task.gets is not None or (task.cpu and not self.cores.plenty)
        if soft and self.prefork and (longer or soft < duration):
            limits.append(at(now + soft, self.on_timer, self._soft_limit, execution))
        execution.hard_limit = hard
        if hard and self.kind in ("prefork", "gevent", "eventlet"):
            limits.append(at(now + hard, self.on_timer, self.outcomes.time_is_up, execution))
        execution.limits = limits

    def _soft_limit(self, execution: Execution) -> None:
        """SoftTimeLimitExceeded is raised inside the body, which may catch it."""
        task = self.simulation.tasks[execution.delivery.message.name]
        if execution.call is None and execution.computing is None and execution.waiting is None:
            return
        if execution.call is not None:
            self.clock.cancel(execution.call)
        if execution.computing is not None:
            self.cores.leave(execution)
        if execution.waiting is not None:
            self.simulation.subtasks.forget(execution)
        if not task.catches_soft_limit:
            execution.failure, execution.exception = "SoftTimeLimitExceeded", "SoftTimeLimitExceeded()"
        else:
            execution.failure = execution.exception = None
        execution.kills = None
        self.returned(execution)

    def _call(self, service: Service, task: Task, message: Message, execution: Execution) -> int:
        """The body calls its service before anything else; a refusal is its exception."""
        refused = service.call(self.clock.now)
        if refused is not None:
            execution.failure, execution.exception = refused, f"{refused}()"
            return service.latency
        execution.calling = service
        return service.latency + task.run(message, execution)

    def returned(self, execution: Execution) -> None:
        """The function has returned or raised: a retry is published from here, by the child itself."""
        execution.call = None
        if execution.calling is not None:
            execution.calling.finish()
            execution.calling = None
        for call in execution.limits:
            self.clock.cancel(call)
        execution.limits = ()
        if execution.effect is not None:  # the soft limit came before it
            self.clock.cancel(execution.effect)
            execution.effect = None
        if execution.effect_at == 1 and execution.failure is None:
            self._take_effect(execution)
        if execution.kills is not None:
            self._commit_murder(execution)
            return
        message = execution.delivery.message
        if execution.failure is not None and execution.failure not in ("Reject", "Ignore"):
            task = self.simulation.tasks[message.name]
            decision = task.policy.decide(execution.failure, message.retries, message.entry.identity, message.number)
            if isinstance(decision, Retry):
                self._retry(execution, message, decision.delay)
                if decision.bare:
                    execution.exception = "None"
            elif decision.exception != execution.failure:
                execution.failure, execution.exception = decision.exception, f"{decision.exception}()"
        wait = self.latency
        if message.canvas is not None and execution.failure is None and canvas.returned(self.worker, execution):
            wait += self.hop
        if wait:
            execution.call = self.clock.at(self.clock.now + wait, self.on_completion, self._stored, execution)
        else:
            self._stored(execution)

    def _commit_murder(self, execution: Execution) -> None:
        """The body ends by killing its process, or the whole worker; threads and solo have only the one."""
        if execution.kills == "child" and self.prefork:
            self.children.exit(execution.slot, "killed", execution.started)
        else:
            self.worker.kill()

    def _retry(self, execution: Execution, message: Message, delay: int) -> None:
        """Publish the next attempt: a new message of the same task, with the same absolute expiry.

        Source: celery.app.task: Task.retry, signature_from_request.
        """
        execution.delay = delay
        execution.retried = self.simulation.publish(
            Message(
                self.simulation.next_message(),
                message.uuid,
                message.name,
                message.args,
                message.kwargs,
                message.entry,
                message.number,
                message.queue,
                eta=self.clock.now + delay if delay else None,
                expires=message.expires,
                priority=message.priority,
                retries=message.retries + 1,
                canvas=message.canvas,
            ),
            self.worker.hostname,
            execution.started,
            self.on_completion,
        )

    def _stored(self, execution: Execution) -> None:
        """The child has stored the result, before it tells its parent.

        What is ignored is not stored, and what is rejected is its parent's to store.
        """
        delivery, now = execution.delivery, self.clock.now
        message, exception = delivery.message, execution.exception
        execution.stored = execution.started
        execution.stored_at = now
        task = self.simulation.tasks[message.name]
        if not task.ignore_result and execution.failure not in ("Reject", "Ignore"):
            state = "SUCCESS" if exception is None else "RETRY" if execution.retried else "FAILURE"
            execution.stored = len(self.events)
            self.events.append(
                ResultStored(
                    now,
                    execution.started if execution.got < 0 else execution.got,
                    self.worker.hostname,
                    message.uuid,
                    message.id,
                    delivery.tag,
                    state,
                    execution.result if exception is None else exception,
                )
            )
        if not execution.retried and execution.failure not in ("Reject", "Ignore"):
            self.simulation.finish(message.uuid, exception, execution.stored)
            dead = self.simulation.dead_letter_queue(message.name) if exception is not None else None
            if dead is not None:
                self.simulation.dead_letter(message, dead, self.worker, execution.stored)
            if message.canvas is not None:
                canvas.stored(self.worker, execution)
        heard = max(now + REPORT_HOPS * self.hop, self.worker.asleep_until)
        if heard > now:
            execution.call = self.clock.at(heard, self.on_completion, self.outcomes.reported, execution)
        else:
            self.outcomes.reported(execution)

    def leave(self, execution: Execution, cause: int) -> None:
        """An execution is over and its slot free, unless its child is to be replaced."""
        slot = execution.slot
        execution.call = None  # the call holds the execution: a circle
        del self.active[slot]
        if self.children.weighs and self.children.is_used_up(slot):
            return
        self.free_slot(slot, cause)

    def free_slot(self, slot: int, cause: int) -> None:
        """A slot can take a request."""
        if slot > self.children.last:
            self.children.retire(slot)
        else:
            heappush(self.free, slot)
        self.worker.slot_is_free(cause)
