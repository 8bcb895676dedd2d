"""A worker: the life cycle of its process, from coming online to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, Protocol

from simulator.engine.broker import Broker, Transport
from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.state import Delivery
from simulator.engine.worker.application import Application
from simulator.engine.worker.autoscale import Autoscaler
from simulator.engine.worker.consumer import Consumer
from simulator.engine.worker.life import Life
from simulator.engine.worker.pool import Pool
from simulator.engine.worker.warm_shutdown import WarmShutdown
from simulator.trace.events import (
    NO_CAUSE,
    RESTING_MEMORY,
    ReleaseReason,
    SettingChanged,
    TaskLossReason,
    TaskLost,
    WorkerHeartbeat,
    WorkerLost,
    WorkerOffline,
    WorkerOnline,
)
from simulator.trace.time import NEVER, as_seconds, to_micros
from simulator.world.timer_thread import HEARTBEAT

WARM_RETURN = to_micros(1.5)
"""Microseconds from the last task to the closed connection on a warm shutdown (measured in a recording)."""

COLD_RETURNS = tuple(map(to_micros, (0.5, 1.0, 1.5)))
"""The same on a cold shutdown: one of these at random, in prefork even if nothing runs, since the pool is stopped first
(measured in recordings and runs of `ackademy verify`; idle, 20 of 24 took the longest, the others 1 s)."""

RETRY_STEP = to_micros(2.0)
"""Reconnect backoff: after 2, then 4, then 6 more seconds, ... (celery.worker.consumer.consumer: Consumer.connect)."""

MINGLE = to_micros(1.0)
"""Time that a reconnected worker waits for other workers' replies before it consumes: `inspect`'s timeout.

Source: celery.worker.consumer.mingle: Mingle.send_hello. On first start this happens before worker-online.
"""


NEVER_DELIVERED = -NEVER
"""Delivery time of a lease that any sweep finds expired."""


class Embedded(Protocol):
    """Beats embedded in workers."""

    def start(self, hostname: str) -> None:
        """Start the beat embedded in `hostname`, if any."""

    def stop(self, hostname: str) -> None:
        """Stop the beat embedded in `hostname`, if any."""


class Worker:
    """One worker process; a restarted worker is a new object."""

    def __init__(
        self,
        context: Context,
        life: Life,
        application: Application,
        broker: Broker,
        transport: Transport,
        beats: Embedded,
        others: Callable[[Worker], Iterable[Worker]],
        saved: set[str],
    ) -> None:
        """Create a process that has not come online yet.

        Args:
            context: shared state of the run.
            life: its identity and state.
            application: the application it loads.
            broker: the broker it connects to.
            transport: delivers its messages.
            beats: started and stopped with it, if it embeds one.
            saved: revoked task ids that its last process has saved.
            others: returns the other running workers.
        """
        self.context = context
        self.settings = context.settings
        self.kind = context.transport
        self.clock = context.clock
        self.note = context.journal.note
        self.results = context.results
        self.copies = context.copies
        self.chances = context.chances
        self.life = life
        self.hostname = life.hostname
        self.broker = broker
        self.beats = beats
        self._others = others
        self._saved = saved
        self.pool = Pool(context, life, application, broker, self.slot_is_free, self.kill)
        self.consumer = Consumer(context, life, application, broker, transport, self.pool, self.quit)
        self.autoscaler: Autoscaler | None = None
        if life.spec.autoscale is not None:
            self.autoscaler = Autoscaler(context, life, self.consumer, self.pool.children)
            self.consumer.requested = self.autoscaler.received
        self.loop = self.consumer.loop
        if life.prefork:
            self.loop.timers.append(self.pool.children.timer)
        self.loop.gossip = self._heartbeats_elsewhere
        self.when_ended: Callable[[], None] | None = None
        """Called once its process has ended, if somebody waits for that."""
        self._after_hand_over: int | None = None
        """Index of a shutdown that waits until its loop has handed over a message, if any."""
        self._warm_shutdown: WarmShutdown | None = None
        """Its warm shutdown, once that has begun."""
        self._request_ends = 0
        """End of the last request to Redis before it stopped to consume, in microseconds."""
        self._early: Execution | None = None
        """A result whose header had been read when the shutdown began."""

    def start(self) -> None:
        """Come online and start consuming."""
        settings, life = self.settings, self.life
        life.online_at = self.clock.now
        life.online = index = self.note(
            WorkerOnline(
                self.clock.now,
                NO_CAUSE,
                self.hostname,
                self.consumer.queue_names,
                life.pool_kind,
                self.pool.size,
                self.consumer.window.size,
                self._settings(),
            )
        )
        self.beats.start(self.hostname)
        self._recall(self._saved, index)
        self._mingle(index)
        if not self.broker.down:
            self.consumer.connect(index)
        else:
            self._reconnect_later(1, index)
        if self.autoscaler is not None:
            self.autoscaler.start()
        if settings.heartbeats:
            self.clock.at(self.clock.now + HEARTBEAT, self.life.on_timer, self._beat, None, True)

    def _recall(self, revoked: set[str], cause: int) -> None:
        """Read the revoked task ids that its last process has saved (`worker_state_db`); `cause`: its worker-online.

        Source: celery.worker.components: StateDB (saved at exit, so not by a killed process); celery.worker.state:
        Persistent.
        """
        self.consumer.revoked.update(revoked)
        told = sorted(revoked)
        if told:
            value = told if len(told) > 1 else told[0]
            self.note(SettingChanged(self.clock.now, cause, self.hostname, "revoke", value))

    def _mingle(self, cause: int) -> None:
        """Copy the revoked task ids of the other running workers.

        Source: celery.worker.consumer.mingle: Mingle (amqp and redis only); celery.worker.control: hello.
        """
        if not self.kind.mingles or self.broker.down or not self.results.revoked:
            return
        elsewhere = set[str]().union(*(other.consumer.revoked for other in self._others(self)))
        told = sorted(elsewhere - self.consumer.revoked)
        if told:
            self.consumer.revoked.update(told)
            value = told if len(told) > 1 else told[0]
            self.note(SettingChanged(self.clock.now, cause, self.hostname, "revoke", value))

    def _heartbeats_elsewhere(self) -> Iterator[tuple[int, int]]:
        """Yield when each other worker came online, and how often it sends the heartbeat that this one hears.

        Those of workers that started at the same time arrive one after the other.

        Source: celery.worker.consumer.gossip: Gossip (compatible_transports: those of mingle; `worker.#`).
        """
        if self.kind.mingles and not (self.life.spec.without_gossip or self.broker.down or self.life.is_cut):
            for other in self._others(self):
                if not other.life.is_closing:
                    yield other.life.online_at + other.life.index, HEARTBEAT

    def _settings(self) -> dict[str, object]:
        """Return the settings to include in worker-online."""
        settings, children = self.settings, self.pool.children
        found: dict[str, object] = {"task_acks_late": settings.task_acks_late, "transport": settings.transport}
        if settings.worker_disable_prefetch:
            found["worker_disable_prefetch"] = True
        if self.broker.has_quorum:
            found["static_window"] = True
        if settings.worker_eta_task_limit:
            found["worker_eta_task_limit"] = settings.worker_eta_task_limit
        if settings.worker_disable_rate_limits:
            found["worker_disable_rate_limits"] = True
        if self.kind.drains and not settings.startup_drain:
            found["startup_drain"] = False
        if self.loop.has_timer_thread:
            found["timer_thread"] = True
        if self.kind.delivers == "polling":
            found["polling_interval"] = as_seconds(settings.polling_interval)
        if self.autoscaler is not None:
            found["autoscale"] = [self.life.max_slots, self.life.min_slots]
        if children.max_tasks is not None:
            found["max_tasks_per_child"] = children.max_tasks
        if children.rest != RESTING_MEMORY:
            found["memory"] = children.rest
        return found

    def _beat(self, _: object) -> None:
        """Emit a heartbeat event; a solo worker sends none while it runs a task."""
        if not self.life.alive or self.life.is_closing:
            return
        if not self.loop.is_busy() and self.consumer.connected:
            active, processed = len(self.pool.active), self.life.processed
            self.note(WorkerHeartbeat(self.clock.now, NO_CAUSE, self.hostname, active, processed))
        self.clock.at(self.clock.now + HEARTBEAT, self.life.on_timer, self._beat, None, True)

    # -- end ----------------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """Kill without notice (SIGKILL): unacknowledged messages return, acknowledged running tasks are lost."""
        if not self.life.alive:
            return
        self.life.was_killed = True
        index = self.note(WorkerLost(self.clock.now, NO_CAUSE, self.hostname))
        self._end(index, "connection-lost", closed=False)

    def kill_in_sweep(self) -> None:
        """Kill it inside its next sweep for expired leases: `unacked_mutex` stays locked behind it (Redis)."""
        self._die_in_sweep(None)

    def _die_in_sweep(self, _: object) -> None:
        if not self.life.alive:
            return
        now, consumer = self.clock.now, self.consumer
        due = consumer.subscription.next_sweep(NEVER_DELIVERED, now) if consumer.connected else now + RETRY_STEP
        if due > now:
            # Asked again then: it may have reconnected meanwhile, and sweep at other times.
            self.clock.at(due, self.life.on_timer, self._die_in_sweep, None, True)
            return
        until, index = consumer.subscription.leave_lock(), len(self.context.journal)
        self.kill()
        if until:
            seconds = as_seconds(until - now)
            self.note(SettingChanged(now, index, self.hostname, "unacked_mutex", seconds))

    def stop(self, how: str) -> None:
        """Shut down: `warm` finishes running tasks and returns the rest, `cold` cancels running tasks too.

        `soft` lets it run for `worker_soft_shutdown_timeout` first. The parent sleeps through that time: what children
        have finished meanwhile it hears, reports and acknowledges when it wakes.

        Source: celery.apps.worker: the handlers of SIGTERM and SIGQUIT; WorkController.wait_for_soft_shutdown; held
        against runs of `ackademy verify` on Redis and RabbitMQ.
        """
        index = self.note(SettingChanged(self.clock.now, NO_CAUSE, self.hostname, "shutdown", how))
        if how == "warm" and self._looks_between_turns:
            self.loop.when_it_turns(self._begin_warm_shutdown, index, keeps=True)
            if self.life.prefork:
                # Any event that could hand over another task would first wake the loop.
                self.life.runs = False
                self.pool.tell = self._take_last_result
        elif how == "warm" and self._hands_over:
            self._after_hand_over = index
        else:
            self.shut_down(how, index)

    @property
    def _hands_over(self) -> bool:
        """Return whether a loop of greenlets is stuck with a message: SIGTERM waits until that has a greenlet too.

        Source: gevent.pool: Pool.spawn blocks in celery.worker.loops: synloop, which asks for a shutdown between two
        turns; recordings warm_shutdown_gevent_redis, warm_shutdown_gevent_rabbitmq.
        """
        return self.settings.shutdown_return and self.life.green and self.consumer.is_blocked()

    @property
    def _looks_between_turns(self) -> bool:
        """Return whether SIGTERM takes effect only at the next turn of the event loop.

        Source: celery.worker.loops: asynloop (state.maybe_shutdown). A signal does not interrupt the poll: Python
        retries it.
        """
        return self.settings.shutdown_return and self.loop.sees_signals_late

    def _take_last_result(self, execution: Execution) -> None:
        """Handle the first result after SIGTERM: it wakes the loop, which then shuts down.

        A result is read in two steps, header and body. If the body has not arrived yet, the shutdown comes first and
        the result is read later.
        """
        self.pool.tell = self.pool.reported
        if self._warm_shutdown is None and self.chances.draw(
            "last_result", self.hostname, self.clock.now, [1, 1], usual=0
        ):
            self._early = execution
        else:
            self.pool.reported(execution)
        self.loop.turn()

    def _begin_warm_shutdown(self, cause: int) -> None:
        """Begin a warm shutdown: stop consuming and emit worker-offline."""
        if self.life.is_closing:
            return
        self.life.shut_down(cause)
        self.life.is_closing = True
        self._stop_consuming()
        prefork = self.life.prefork
        index = self.note(WorkerOffline(self.clock.now, cause, self.hostname, chance=prefork))
        if prefork:
            self._warm_shutdown = WarmShutdown(self.context, self.life, self.pool, self._close)
            if self._early is not None:
                self._warm_shutdown.keep(self._early)
            self._warm_shutdown.begin(index)
        elif not self.pool.active:
            self._leave(index)

    def shut_down(self, how: str, cause: int) -> None:
        """Shut down as `stop` does, on request; `cause` is the index of the requesting event.

        A remote-control command is handled inside the loop, so the shutdown begins at once.
        """
        if how == "warm" and self._looks_between_turns:
            self._begin_warm_shutdown(cause)
            return
        self.life.shut_down(cause)
        self._stop_consuming()
        waits = bool(self.pool.active) or self.settings.soft_shutdown_on_idle
        if how == "cold" or (how == "soft" and not waits):
            self._give_up(cause)
        elif how == "soft":
            timeout = self.settings.worker_soft_shutdown_timeout
            if self.life.prefork:
                self.life.sleep(self.clock.now + timeout)
            self.clock.at(self.clock.now + timeout, self.life.on_timer, self._give_up, cause)
        elif not self.pool.active:
            self._finish_shutdown(cause)

    def _give_up(self, cause: int) -> None:
        """Cancel running tasks, then exit."""
        parts = self._warm_shutdown is not None and not self._warm_shutdown.is_over
        if not self.life.alive or (self.life.is_closing and not parts):
            return
        if self._warm_shutdown is not None:
            self._warm_shutdown.is_over = True
        if self.pool.active and self.life.pool_kind == "threads":
            # Nothing can end a thread (NotImplementedError: kill_job), so the worker waits for what runs.
            self._begin_warm_shutdown(cause)
            return
        had_active = bool(self.pool.active)
        for execution in list(self.pool.active.values()):
            if execution.started >= 0 and not execution.over:
                self.pool.outcomes.cancel(execution, cause)
        self.pool.children.abandon()
        if self.settings.shutdown_return and (had_active or self.life.prefork):
            now = self.clock.now
            usual = 1 if had_active else len(COLD_RETURNS) - 1
            outcome = self.chances.draw("cold_return", self.hostname, now, [1.0] * len(COLD_RETURNS), usual=usual)
            self.clock.at(now + COLD_RETURNS[outcome], self.life.on_timer, self._gone_by_chance, cause)
        else:
            self._gone(cause)

    def _gone(self, cause: int, by_chance: bool = False) -> None:
        """Emit worker-offline, unless a shutdown that is cut short has done so, and close the connection at once.

        Source: celery.worker.heartbeat: Heart.stop (only while events are enabled, so once).
        """
        if not self.life.alive:
            return
        index = cause
        if not self.life.is_closing:
            index = self.note(WorkerOffline(self.clock.now, cause, self.hostname, by_chance))
        self._leave(index)

    def _gone_by_chance(self, cause: int) -> None:
        self._gone(cause, by_chance=True)

    def _finish_shutdown(self, cause: int) -> None:
        """Emit worker-offline once nothing runs; held messages return when the connection closes."""
        if self.life.is_closing:
            return
        if not self.settings.shutdown_return or not self.consumer.held:
            self._gone(cause)
            return
        self.life.is_closing = True
        index = self.note(WorkerOffline(self.clock.now, cause, self.hostname))
        self.clock.at(self.clock.now + WARM_RETURN, self.life.on_timer, self._close, index)

    def _stop_consuming(self) -> None:
        """Open no further request; one that is open stays so until its end."""
        asked, wait = self.loop.pending_request()
        if self.consumer.connected and wait and self.kind.reads_at_close:
            self._request_ends = asked + wait
        self.consumer.disconnect()

    def _leave(self, cause: int) -> None:
        """End the process; what it holds it returns once its last request to Redis has ended.

        Source: kombu.transport.redis: Channel.close (reads the answer of a pending BRPOP, then restores); recording
        eta_returned_redis. A prefork worker needs longer than that to end.
        """
        waits = self.settings.shutdown_return and not self.life.prefork and self.consumer.held
        if waits and self.clock.now < self._request_ends:
            self.life.is_closing = True
            self.clock.at(self._request_ends, self.life.on_timer, self._close, cause)
        else:
            self._end(cause, "shutdown", closed=True)

    def _close(self, cause: int) -> None:
        if self.life.alive:
            self._end(cause, "shutdown", closed=True)

    def quit(self, why: Literal["consumer-timeout"]) -> None:
        """Exit after RabbitMQ has closed the channel, once running tasks have finished.

        With `broker_channel_error_retry` it connects anew instead, as after a lost connection.

        Source: a recording (an unrecoverable error; the pool is joined); celery.worker.consumer.consumer:
        Consumer.start (recoverable_errors).
        """
        if self.settings.broker_channel_error_retry:
            lost = self.note(SettingChanged(self.clock.now, NO_CAUSE, self.hostname, "connection", "lost"))
            self.lose_connection(lost, first_attempt=0, why=why)
            return
        index = self._give_in(NO_CAUSE, why)
        self.consumer.lose(index, why, closed=False)
        if not self.pool.active:
            self._end(index, why, closed=False)

    def _give_in(self, cause: int, why: str) -> int:
        """Meet an unrecoverable error: be offline, and only finish what runs; return the index of its event."""
        index = self.note(SettingChanged(self.clock.now, cause, self.hostname, "shutdown", why))
        self.life.shut_down(index)
        self.life.is_closing = True
        self.note(WorkerOffline(self.clock.now, index, self.hostname))
        return index

    def _end(self, cause: int, why: ReleaseReason, closed: bool) -> None:
        """End the process and its children; the broker takes back unacknowledged messages."""
        self.life.end()
        self.beats.stop(self.hostname)
        self._cancel_queue()
        running = [execution.delivery for execution in self.pool.busy]
        self.pool.kill()
        lost = [delivery for delivery in running if not delivery.is_held]
        held = list(self.consumer.held.values())
        self.consumer.lose(cause, why, closed)
        self.pool.clear()
        self._report_lost(lost, cause, "acked")
        self._report_lost(held, cause, "gone")
        if self.when_ended is not None:
            self.when_ended()

    def _cancel_queue(self) -> None:
        """Cancel what waits in the pool's own queue.

        Source: celery.concurrency.thread: TaskPool.on_stop (`cancel_futures`).
        """
        for delivery in self.consumer.reserved:
            if delivery.is_running:
                self.pool.cancel(delivery)
        self.consumer.reserved.clear()

    def _report_lost(self, deliveries: list[Delivery], cause: int, reason: TaskLossReason) -> None:
        """Emit task-lost for tasks that have no copy left after this worker released `deliveries`."""
        for delivery in deliveries:
            message = delivery.message
            if message.uuid not in self.results.finished and message.uuid not in self.copies:
                self.results.finished.add(message.uuid)
                now, tag = self.clock.now, delivery.tag
                self.note(TaskLost(now, cause, message.uuid, message.id, tag, self.hostname, reason))

    # -- the connection ----------------------------------------------------------------------------------------

    def cut(self, lasts: bool) -> None:
        """Break this worker's connection to a running broker; `lasts`: it cannot reconnect at once.

        RabbitMQ redelivers what the worker held at once. On Redis the worker itself puts it back if it can reach
        the broker again; otherwise the leases run out.

        Source: kombu.transport.redis: QoS.restore_unacked_once, called by Channel.close; measured on Celery 5.7 with
        RabbitMQ 3.10 (close_connection) and Redis 7.0 (CLIENT KILL, and a proxy that was away for 5 s).
        """
        if self.life.is_cut or not self.consumer.connected:
            self.life.is_cut |= lasts
            return
        index = self.note(SettingChanged(self.clock.now, NO_CAUSE, self.hostname, "connection", "lost"))
        self.life.is_cut = lasts
        self.lose_connection(index, gives_back=not lasts, first_attempt=0)

    def restore_link(self) -> None:
        """Make the broker reachable again; the worker notices at its next attempt."""
        if self.life.is_cut:
            self.life.is_cut = False
            if not self.settings.reconnect and not self.broker.down:
                self._connected(NO_CAUSE)

    def lose_connection(
        self,
        cause: int,
        *,
        gives_back: bool = False,
        first_attempt: int = 1,
        why: ReleaseReason = "connection-lost",
    ) -> None:
        """Handle a lost connection: waiting requests are dropped, running tasks go on but cannot be acknowledged.

        Args:
            cause: index of the causing event.
            gives_back: whether it can still put back what it held, where that is the worker's job (Redis).
            first_attempt: 0 if it tries to reconnect at once.
            why: the reason given for what the broker takes back.

        Source: celery.worker.consumer.consumer: Consumer.on_connection_error_after_connected.
        """
        if self.life.is_closing:
            return
        if self.settings.cancels_on_connection_loss:
            for execution in list(self.pool.active.values()):
                if execution.started >= 0 and execution.delivery.is_held:
                    self.pool.outcomes.cancel(execution, cause)
                    if self.life.prefork:
                        self.pool.children.exit(execution.slot, "cancelled", cause)
        self.pool.children.reap()
        running = {execution.delivery.message.uuid for execution in self.pool.busy}
        if self.pool.has_queue:
            running.update(delivery.message.uuid for delivery in self.consumer.reserved)
        held = [one for one in self.consumer.held.values() if one.message.uuid not in running]
        fatal = not gives_back and self._cannot_restore()
        self.consumer.lose(cause, why, closed=gives_back)
        # In a polled transport nothing puts back what the lost connection had taken out.
        self._report_lost(held, cause, "gone")
        if fatal:
            self._cancel_queue()
            index = self._give_in(cause, "outage")
            if not self.pool.active:
                self._end(index, why, closed=False)
        elif self.life.stopping is None and self.settings.reconnect:
            self._reconnect_later(first_attempt, cause)
        elif self.life.stopping is None and not self.life.is_cut and not self.broker.down:
            self._connected(cause)

    def _cannot_restore(self) -> bool:
        """Return True if losing the broker is an unrecoverable error: it holds messages and a BRPOP is pending (Redis).

        When Redis ends, Linux closes its newest connections first. So the worker's first error is that of a
        subscription (remote control, gossip), which it opens after the connection of its BRPOP; the BRPOP's own error
        then keeps the first attempt to close the channel from restoring what it holds, and the second one, which
        Celery 5.7 adds, no longer knows where the broker is. Without a pending BRPOP, because the window is full or
        the body is the loop, the first attempt is the last, and the worker reconnects.

        Source: celery.worker.consumer.consumer: Consumer.on_connection_error_after_connected (collect, then close);
        kombu.transport.redis: Channel.close, _connparams (AttributeError: 'NoneType' object has no attribute
        'hostname'). Measured with prefork, threads and autoscale, Redis ended by SIGTERM or SIGKILL: 50 of 50 calm
        workers, 17 of 18 that took 6 messages a second, 13 of 15 of a busy shop. Not simulated: a worker that is
        handling a message at that moment has no BRPOP pending, or meets its error first, and survives; so does one
        that has no subscription, without remote control and gossip.
        """
        consumer = self.consumer
        waits = consumer.subscription.request_opened_at != NEVER
        return self.settings.outage_crash and waits and bool(consumer.held)

    def _reconnect_later(self, attempt: int, cause: int) -> None:
        if not self.settings.reconnect:
            return  # the broker coming back up reconnects it
        time = self.clock.now + attempt * RETRY_STEP
        self.clock.at(time, self.life.on_timer, self._try_to_connect, (attempt, cause), True)

    def _try_to_connect(self, attempted: tuple[int, int]) -> None:
        attempt, cause = attempted
        if not self.life.runs or self.consumer.connected:
            return
        if not self.broker.down and not self.life.is_cut:
            wait = MINGLE if self.kind.mingles else 0
            self.clock.at(self.clock.now + wait, self.life.on_timer, self._connected, cause, True)
        elif attempt < self.settings.connection_attempts:
            self._reconnect_later(attempt + 1, cause)
        else:
            self._gone(cause)

    def _connected(self, cause: int) -> None:
        """Consume again once reconnected and other workers have replied."""
        if not self.life.runs or self.consumer.connected:
            return
        if self.broker.down or self.life.is_cut:
            self._reconnect_later(1, cause)
            return
        index = self.note(SettingChanged(self.clock.now, cause, self.hostname, "connection", "restored"))
        self.pool.limits = dict(self.pool.announced)
        self.consumer.phase = 0  # polls at once, if the transport polls
        self.consumer.connect(index)

    def reconnect(self, cause: int) -> None:
        """Consume again when the broker is back, if reconnecting takes no time (switch `reconnect`)."""
        if not self.settings.reconnect and not self.life.is_cut:
            self._connected(cause)

    # -- callbacks of its parts ---------------------------------------------------------------------------------

    def slot_is_free(self, cause: int) -> None:
        """Take the next request for a free slot, or finish a pending shutdown."""
        life = self.life
        if life.stopping is None:
            self.consumer.next_request(cause)
            if self._after_hand_over is not None and not self.consumer.is_blocked():
                self.shut_down("warm", self._after_hand_over)
            else:
                self.loop.slot_is_free(cause)
        elif not self.pool.active and life.alive and self._warm_shutdown is None:
            if life.is_closing:
                self._leave(life.stopping)
            else:
                self._finish_shutdown(life.stopping)
