"""A worker's pool: its slots, and the life cycle of an execution in a slot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush

from simulator.engine.broker import Broker
from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.failures import Retry
from simulator.engine.services import CIRCUIT_OPEN, TIMEOUT, Service
from simulator.engine.state import Delivery, Message
from simulator.engine.tasks import Task
from simulator.engine.worker.application import Application
from simulator.engine.worker.children import Children
from simulator.engine.worker.cores import Cores
from simulator.engine.worker.life import Life
from simulator.engine.worker.outcomes import Outcomes
from simulator.engine.worker.slots import Slots
from simulator.trace.events import NO_CAUSE, Effect, ExitReason, ResultStored, SettingChanged, TaskStarted

REPORT_HOPS = 3
"""Hops from a retry to the parent's report: a child publishes, stores, then reports."""

NOT_STORED = ("Reject", "Ignore")
"""Exceptions for which a child stores no result: Ignore has none, Reject is stored by the parent."""


class Pool(Slots):
    """The slots of one worker: children (prefork), threads, greenlets, or the worker's own loop (solo)."""

    def __init__(
        self,
        context: Context,
        life: Life,
        application: Application,
        broker: Broker,
        freed: Callable[[int], None],
        kill: Callable[[], None],
    ) -> None:
        """Create a pool with all slots free.

        Args:
            context: shared state of the run.
            life: the worker process.
            application: the application it has loaded.
            broker: receives acknowledgements.
            freed: called when a slot becomes free, with the index of the causing event.
            kill: kills the whole worker.
        """
        settings = context.settings
        self.clock = context.clock
        self.at = context.clock.at
        self.note = context.journal.note
        self.results = context.results
        self.locks = application.publisher.locks
        self.copies = context.copies
        self.next_message = context.next_message
        self.life = life
        self.hostname = life.hostname
        self.green = life.green
        self.on_completion = life.on_completion
        self.on_timer = life.on_timer
        self.application = application
        self.tasks = application.tasks
        self.broker = broker
        self.slot_is_free = freed
        self.kill_worker = kill
        self.hop = 0 if life.solo else settings.hop
        self.report = REPORT_HOPS * self.hop
        self.size: int = life.min_slots
        """Target number of slots."""
        self.free = list(range(1, self.size + 1))
        """Idle slots, a heap."""
        self.active: dict[int, Execution] = {}
        """Executions by slot."""
        self.limits: dict[str, tuple[int, int]] = {}
        """Soft and hard time limits set by remote control that it heeds, by task type."""
        self.announced: dict[str, tuple[int, int]] = {}
        """Such limits that it has been told."""
        self.paused = False
        """True if nothing can be handed over for a moment."""
        tasks_grow = any(task.memory or task.leak for task in self.tasks.values())
        self.children = Children(context, life, self, tasks_grow=tasks_grow)
        self.cores = Cores(context.clock, life, self.returned)
        self.outcomes = Outcomes(context, life, application, broker, self)
        self.tell: Callable[[Execution], None] = self.outcomes.reported
        """Handler of a result in the parent."""
        self.speed = life.spec.speed
        self.waits_in_line = (context.transport.waits_in_pool and life.prefork) or life.green
        """True if the consumer itself is blocked in the hand-over until a slot is free. Threads have their own queue.

        Source: billiard.pool: Pool.apply_async (waitforslot), celery.worker.components: Pool.create (putlocks);
        celery.concurrency.thread: TaskPool.on_apply (ThreadPoolExecutor.submit); recording busy_threads_filesystem.
        """
        self.has_queue = life.pool_kind == "threads" and not context.transport.loses_unacked

    @property
    def busy(self) -> list[Execution]:
        """Return running executions, including those in dead children that the parent has not noticed."""
        return [*self.active.values(), *self.children.unnoticed.values()]

    def count_busy(self) -> int:
        """Return the number of busy slots."""
        return len(self.active) + len(self.children.unnoticed)

    def kill(self) -> None:
        """Kill all children along with the parent."""
        for execution in self.active.values():
            self.interrupt(execution)
        self.children.abandon()

    def clear(self) -> None:
        """Remove all executions."""
        for execution in self.busy:
            self.let_go(execution)
        self.active.clear()
        self.children.unnoticed.clear()

    def cancel(self, delivery: Delivery) -> None:
        """Forget a request that has waited in its queue since the connection was lost."""
        delivery.is_running = False
        self.copies.check(delivery, delivery.message.uuid)

    def let_go(self, execution: Execution) -> None:
        """Mark an execution's delivery as no longer running."""
        execution.delivery.is_running = False
        self.copies.check(execution.delivery, execution.delivery.message.uuid)

    def interrupt(self, execution: Execution) -> None:
        """Cancel whatever an execution has scheduled."""
        if execution.call is not None:
            self.clock.cancel(execution.call)
            execution.call = None
        self._stop_limits(execution)
        if execution.computing is not None:
            self.cores.leave(execution.computing)
        if execution.waiting is not None:
            execution.waiting.forget()

    def _stop_limits(self, execution: Execution) -> None:
        """Cancel its time limits and side effect, and end its service call."""
        for call in execution.limits:
            self.clock.cancel(call)
        execution.limits = ()
        if execution.effect is not None:
            self.clock.cancel(execution.effect)
            execution.effect = None
        if execution.calling is not None:
            execution.calling.finish()
            execution.calling = None

    # -- start --------------------------------------------------------------------------------------------------

    def begin(self, delivery: Delivery, cause: int) -> None:
        """Hand a request to the child of a free slot."""
        slot = heappop(self.free)
        delivery.is_running = True
        execution = self.active[slot] = Execution(delivery, slot, self.tasks[delivery.message.name])
        delivery.cause = cause
        if self.hop:
            execution.call = self.at(self.clock.now + self.hop, self.on_completion, self._accepted, execution)
        else:
            self._accepted(execution)

    def _accepted(self, execution: Execution) -> None:
        """Handle acceptance by the child: early acknowledgement, then the body starts.

        Source: celery.worker.request: Request.on_accepted (ack, then the task-started event); with a solo pool, see
        `Outcomes.acks_at_end`.
        """
        if self.green and self._is_asleep(self._accepted, execution):
            return
        delivery, task = execution.delivery, execution.task
        message, now, cause = delivery.message, self.clock.now, delivery.cause
        if not task.acks_late and not self.outcomes.acks_at_end and delivery.is_held:
            cause = self.broker.ack(delivery, cause)
        execution.started_at = now
        self.life.processed += 1
        memory = self.children.raise_memory(execution.slot, task) if self.children.tracks_memory else None
        execution.started = self.note(
            TaskStarted(
                now,
                cause,
                self.hostname,
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
        elif task.takes_only_time and not self.limits and not self.green:
            duration = task.run(message, execution)
            if self.speed != 1.0:
                duration = round(duration / self.speed)
            then = self._succeeded if task.only_succeeds and message.canvas is None else self.returned
            execution.call = self.at(now + duration, self.on_completion, then, execution)
        else:
            self._begin_body(execution, task, message)
        if memory is not None and self.children.memory_limit is not None:
            self._kill_for_memory(memory, execution.started)

    def _kill_for_memory(self, memory: float, cause: int) -> None:
        """Let the kernel kill what takes most memory, if there is more than the box has."""
        if self.life.prefork:
            self.children.kill_largest(cause)
        elif memory > (self.children.memory_limit or 0):
            self.kill_worker()

    def _is_asleep(self, run: Callable[[Execution], None], execution: Execution) -> bool:
        """Return True if another greenlet computes: it never yields, so this one goes on when that has ended.

        Source: gevent.hub: greenlets switch only where they wait; a run of Celery with a body that computes.
        """
        until = self.life.asleep_until
        if self.clock.now >= until:
            return False
        execution.call = self.at(until, self.on_completion, run, execution)
        return True

    def _begin_body(self, execution: Execution, task: Task, message: Message) -> None:
        """Start a body that does more than take time."""
        if task.track_started:
            if self.results.backend_down:  # the error comes before the body
                execution.started_at = self.clock.now
                self.outcomes.unstored(execution, "STARTED")
                return
            self._store_started(execution)
        if task.name in self.locks.by_body and self._is_locked_out(execution, message):
            execution.call = self.at(self.clock.now, self.on_completion, self.returned, execution)
            return
        service = task.service
        duration = task.run(message, execution) if service is None else self._call(service, task, message, execution)
        if self.speed != 1.0:
            duration = round(duration / self.speed)
        if execution.effect_at == 0:
            self._take_effect(execution)
        if task.limited or self.limits:
            self._limit(execution, task, duration)
        if task.gets is not None and (service is None or execution.calling is not None):
            self.application.subtasks.begin(self, execution, task.gets, duration)
        else:
            self.work(execution, duration)

    def _is_locked_out(self, execution: Execution, message: Message) -> bool:
        """Take the lock that the body begins with; if it is held, end the body at once and return True."""
        lock, tag = self.locks.by_body[message.name], execution.delivery.tag
        key = lock.key(message)
        if self.locks.take(key, tag, self.clock.now, lock.lease):
            execution.lock = key
            return False
        if lock.skips:
            execution.result = f"skipped: {key} is locked"
        else:
            execution.failure, execution.exception = "LockError", f"LockError({f'{key} is locked'!r})"
        return True

    def work(self, execution: Execution, duration: int) -> None:
        """Do the body's own work for `duration` microseconds."""
        now, share = self.clock.now, execution.effect_at
        if share is not None and 0 < share < 1:
            when = now + round(duration * share)
            execution.effect = self.at(when, self.on_completion, self._take_effect, execution)
        if execution.task.cpu and self.green:
            self.life.sleep(now + duration)
            execution.call = self.at(now + duration, self.on_completion, self.returned, execution)
        elif execution.task.cpu and not self.cores.plenty:
            self.cores.join(execution, duration)
        else:
            execution.call = self.at(now + duration, self.on_completion, self.returned, execution)

    def _take_effect(self, execution: Execution) -> None:
        """Perform the side effect; an idempotent task has it once, however often it runs."""
        execution.effect = None
        message, effects = execution.delivery.message, self.results.effects
        key = execution.task.effect_key(message)
        if execution.task.idempotent and key in effects:
            return
        effects.add(key)
        tag = execution.delivery.tag
        self.note(Effect(self.clock.now, execution.started, self.hostname, message.uuid, message.id, tag))

    def _store_started(self, execution: Execution) -> None:
        message, now, tag = execution.delivery.message, self.clock.now, execution.delivery.tag
        self.note(ResultStored(now, execution.started, self.hostname, message.uuid, message.id, tag, "STARTED"))

    def _limit(self, execution: Execution, task: Task, duration: int) -> None:
        """Schedule its time limits from now: prefork enforces both, greenlets the hard one, threads and solo none.

        Only limits within reach are scheduled.

        Source: celery.concurrency.asynpool: AsynPool._create_timelimit_handlers; celery.concurrency.gevent.
        """
        if self.green and task.cpu:
            return  # the timer fires only after the body
        soft, hard = self.limits.get(task.name, (task.soft_time_limit, task.time_limit))
        now = self.clock.now
        limits = []
        longer = task.gets is not None or (task.cpu and not self.cores.plenty)
        if soft and self.life.prefork and (longer or soft < duration):
            limits.append(self.at(now + soft, self.on_timer, self._soft_limit, execution))
        execution.hard_limit = hard
        if hard and (self.life.prefork or self.green) and (longer or hard < duration):
            limits.append(self.at(now + hard, self.on_timer, self._time_is_up, execution))
        execution.limits = tuple(limits)

    def _time_is_up(self, execution: Execution) -> None:
        if not self.green or self.clock.now >= self.life.asleep_until:
            self.outcomes.time_is_up(execution)
        else:
            late = self.at(self.life.asleep_until, self.on_timer, self._time_is_up, execution)
            execution.limits = (*execution.limits, late)

    def _soft_limit(self, execution: Execution) -> None:
        """Raise SoftTimeLimitExceeded inside the body, which may catch it."""
        if execution.call is None and execution.computing is None and execution.waiting is None:
            return
        if execution.call is not None:
            self.clock.cancel(execution.call)
        if execution.computing is not None:
            self.cores.leave(execution.computing)
        if execution.waiting is not None:
            execution.waiting.forget()
        if not execution.task.catches_soft_limit:
            execution.failure, execution.exception = "SoftTimeLimitExceeded", "SoftTimeLimitExceeded()"
        else:
            execution.failure = execution.exception = None
        execution.kills = None
        self.returned(execution)

    def _call(self, service: Service, task: Task, message: Message, execution: Execution) -> int:
        """Call the body's service before anything else; a refusal or a timeout becomes the body's exception."""
        now, took = self.clock.now, service.latency
        failure = service.call(now)
        if failure is None:
            execution.calling = service
            if took > service.timeout:
                failure, took = TIMEOUT, service.timeout
        elif failure == CIRCUIT_OPEN:
            took = 0
        if service.breaker is not None and failure != CIRCUIT_OPEN:
            self.at(now + round(took / self.speed), self.on_completion, self._call_ended, (service, failure is None))
        if failure is not None:
            execution.failure, execution.exception = failure, f"{failure}()"
            return took
        return took + task.run(message, execution)

    def _call_ended(self, call: tuple[Service, bool]) -> None:
        """Tell a service's breaker how a call has ended."""
        service, succeeded = call
        if service.breaker is not None:
            state = service.breaker.report(succeeded, self.clock.now)
            if state is not None:
                subject = f"services.{service.name}"
                self.note(SettingChanged(self.clock.now, NO_CAUSE, subject, "breaker", state))

    # -- end ----------------------------------------------------------------------------------------------------

    def returned(self, execution: Execution) -> None:
        """Handle the function's return or exception; a retry is published from here, by the child itself."""
        if self.green and self._is_asleep(self.returned, execution):
            return
        execution.call = None
        if self.broker.down and self._waits_to_publish(execution):
            return
        if execution.failures:
            self.application.publisher.called_at = execution.called_at
        if not execution.task.takes_only_time or execution.limits:
            self._stop_limits(execution)
            if execution.effect_at == 1 and execution.failure is None:
                self._take_effect(execution)
        if execution.kills is not None:
            self._kill_own_process(execution)
            return
        message = execution.delivery.message
        if execution.lock:
            self.locks.release(execution.lock, execution.delivery.tag)
        if execution.failure is not None and execution.failure not in NOT_STORED:
            self._raised(execution, message, execution.failure)
        wait = self.results.latency
        if message.canvas is not None and execution.failure is None:
            place, cause = message.canvas, execution.started
            if self.application.workflow.returned(self.life, message, place, execution, cause):
                wait += self.hop
        if wait:
            execution.call = self.at(self.clock.now + wait, self.on_completion, self._stored, execution)
        else:
            self._stored(execution)

    def _waits_to_publish(self, execution: Execution) -> bool:
        """Block a body that must publish (a retry, the next link) in an outage, as `.delay()` does; True if so."""
        failure, message = execution.failure, execution.delivery.message
        if failure is None:
            publishes = message.canvas is not None
        else:
            policy = execution.task.policy
            publishes = failure not in NOT_STORED and isinstance(
                policy.decide(failure, message.retries, message.identity, message.number), Retry
            )
        wait = self.application.publisher.wait(execution.failures) if publishes and execution.kills is None else None
        if wait is None:
            return False
        if not execution.failures:
            execution.called_at = self.clock.now
        execution.failures += 1
        execution.call = self.at(self.clock.now + wait, self.on_completion, self.returned, execution)
        return True

    def _succeeded(self, execution: Execution) -> None:
        """Handle the return of a task that only ever succeeds: as `returned`, without its checks."""
        if self.results.latency or self.results.backend_down:
            self.returned(execution)
            return
        message, now = execution.delivery.message, self.clock.now
        uuid, tag = message.uuid, execution.delivery.tag
        execution.stored_at = now
        execution.stored = self.note(
            ResultStored(now, execution.started, self.hostname, uuid, message.id, tag, "SUCCESS", execution.result)
        )
        if self.results.awaited:
            self.results.finish(uuid, None, execution.stored)
        else:
            self.results.finished.add(uuid)
        self._report(execution, now)

    def _raised(self, execution: Execution, message: Message, failure: str) -> None:
        """Handle an exception from the function: retry or fail."""
        decision = execution.task.policy.decide(failure, message.retries, message.identity, message.number)
        if isinstance(decision, Retry):
            self._retry(execution, message, decision.delay)
            if decision.bare:
                execution.exception = "None"
        elif decision.exception != failure:
            execution.failure, execution.exception = decision.exception, f"{decision.exception}()"

    def _kill_own_process(self, execution: Execution) -> None:
        """Kill the body's own process or the whole worker; with threads and solo these are the same."""
        if execution.kills == "child" and self.life.prefork:
            self.children.exit(execution.slot, "killed", execution.started)
        else:
            self.kill_worker()

    def _retry(self, execution: Execution, message: Message, delay: int) -> None:
        """Publish the next attempt: a new message of the same task, with the same absolute expiry.

        Source: celery.app.task: Task.retry, signature_from_request.
        """
        execution.delay = delay
        again = Message(
            self.next_message(),
            message.uuid,
            message.name,
            message.args,
            message.kwargs,
            message.identity,
            message.number,
            message.queue,
            eta=self.application.publisher.call_time() + delay if delay else None,
            expires=message.expires,
            priority=message.priority,
            retries=message.retries + 1,
            canvas=message.canvas,
        )
        publish = self.application.publisher.publish
        execution.retried = publish(again, self.hostname, execution.started, self.on_completion)

    def _stored(self, execution: Execution) -> None:
        """Handle the stored result, before the child reports to its parent."""
        delivery, now = execution.delivery, self.clock.now
        message, failure, exception = delivery.message, execution.failure, execution.exception
        execution.stored = execution.started
        execution.stored_at = now
        if failure is None or failure not in NOT_STORED:
            if not execution.task.ignore_result:
                state = "SUCCESS" if exception is None else "RETRY" if execution.retried else "FAILURE"
                if self.results.backend_down:
                    execution.call = self.at(
                        max(now + REPORT_HOPS * self.hop, self.life.asleep_until),
                        self.on_completion,
                        partial(self.outcomes.unstored, state=state),
                        execution,
                    )
                    return
                execution.stored = self.note(
                    ResultStored(
                        now,
                        execution.started if execution.got < 0 else execution.got,
                        self.hostname,
                        message.uuid,
                        message.id,
                        delivery.tag,
                        state,
                        execution.result if exception is None else exception,
                    )
                )
            if not execution.retried:
                if self.locks.by_send:
                    self.locks.finish(message)
                results = self.results
                if results.awaited:
                    results.finish(message.uuid, exception, execution.stored)
                else:
                    results.finished.add(message.uuid)
                if exception is not None or message.canvas is not None:
                    self._follow_up(execution, message, exception)
        self._report(execution, now)

    def _report(self, execution: Execution, now: int) -> None:
        """Let the parent process the report, unless it is blocked."""
        heard = now + self.report
        if heard < self.life.asleep_until:
            heard = self.life.asleep_until
        if heard > now:
            execution.call = self.at(heard, self.on_completion, self._heard, execution)
        else:
            self.tell(execution)

    def _heard(self, execution: Execution) -> None:
        self.tell(execution)

    def reported(self, execution: Execution) -> None:
        """Handle a report of how a task ended."""
        self.outcomes.reported(execution)

    def _follow_up(self, execution: Execution, message: Message, exception: str | None) -> None:
        """Trigger what a final state leads to: a dead letter, the next part of a canvas."""
        if exception is not None:
            dead = self.application.routes.dead_letters_of(message.name)
            if dead is not None:
                publisher = self.application.publisher
                publisher.dead_letter(message, dead, self.hostname, execution.stored, self.on_completion)
        if message.canvas is not None:
            self.application.workflow.stored(self.life, message, message.canvas, execution, execution.stored)

    def reap_children(self) -> None:
        """Find dead children."""
        self.children.reap()

    def lost(self, execution: Execution, cause: int) -> int:
        """Handle the dead child of a running task; return the index of the last event emitted."""
        return self.outcomes.lost(execution, cause)

    def out_of_time(self, execution: Execution) -> None:
        """Report the hard time limit of a task whose child is dead already."""
        execution.over = True
        self.outcomes.out_of_time(execution)

    def end_child(self, execution: Execution, why: ExitReason, cause: int) -> None:
        """Kill the child of an execution that is already reported."""
        execution.over = True
        if self.life.prefork:
            self.children.exit(execution.slot, why, cause)
        else:
            self.leave(execution, cause)

    def leave(self, execution: Execution, cause: int) -> None:
        """Remove a finished execution; its slot becomes free unless its child must be replaced."""
        slot, delivery = execution.slot, execution.delivery
        execution.call = None  # the call refers back to the execution: a reference cycle
        del self.active[slot]
        delivery.is_running = False
        if not (delivery.is_held or delivery.is_leased):
            self.copies.remove(delivery.message.uuid)
        children = self.children
        if children.recycles and children.is_used_up(slot):
            return
        if slot > children.last:
            children.retire(slot)
        else:
            heappush(self.free, slot)
        self.slot_is_free(cause)

    def free_slot(self, slot: int, cause: int) -> None:
        """Make a slot available for requests."""
        if slot > self.children.last:
            self.children.retire(slot)
        else:
            heappush(self.free, slot)
        self.slot_is_free(cause)
