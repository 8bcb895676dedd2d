"""A worker: the life of its process, from coming online to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.engine.autoscale import Autoscaler
from simulator.engine.consumer import Consumer
from simulator.engine.pool import Pool
from simulator.trace.events import (
    NO_CAUSE,
    RESTING_MEMORY,
    SettingChanged,
    TaskLost,
    WorkerHeartbeat,
    WorkerLost,
    WorkerOffline,
    WorkerOnline,
)
from simulator.trace.time import as_seconds, to_micros

if TYPE_CHECKING:
    from simulator.engine.parts import Delivery
    from simulator.engine.simulation import Simulation
    from simulator.scenario.schema import Worker as WorkerSpec

HEARTBEAT = to_micros(2.0)
"""Source: celery.worker.heartbeat: Heart."""

WARM_RETURN = to_micros(1.5)
"""How long after its last task a worker that shuts down has closed its connection (recording 35)."""

COLD_RETURN = to_micros(1.0)
"""The same after a cold shutdown (recording 36)."""

RETRY_STEP = to_micros(2.0)
"""Reconnecting: after 2, then 4, then 6 seconds more, ... (celery.worker.consumer.consumer: Consumer.connect)."""

ALIASES = {"processes": "prefork"}


class Worker:
    """One life of a worker process: a restarted one is another object."""

    def __init__(self, simulation: Simulation, hostname: str, index: int, spec: WorkerSpec) -> None:
        settings = simulation.settings
        self.simulation = simulation
        self.clock = simulation.clock
        self.events = simulation.events
        self.spec = spec
        self.hostname = hostname
        self.index = index
        kind = spec.pool or settings.worker_pool
        self.pool_kind: str = ALIASES.get(kind, kind)
        self.most: int
        self.least: int
        self.most, self.least = spec.autoscale or [spec.concurrency or settings.worker_concurrency] * 2
        """The largest and the smallest number of slots."""
        if self.pool_kind == "solo":
            self.most = self.least = 1
        self.alive = True
        """Whether the process is there."""
        self.stopping: int | None = None
        """Index of the event that asked it to shut down, where somebody has."""
        self.said_goodbye = False
        self.asleep_until = 0
        """Until when its parent process hears nothing of its children (a soft shutdown)."""
        """Whether it is offline for all others, and only finishes what runs."""
        self.online = 0
        """Index of its worker-online event."""
        self.online_at: int = 0
        self.processed = 0
        """Executions its pool has accepted (celery.worker.state: all_total_count)."""
        self.consumer = Consumer(self)
        self.pool = Pool(self)
        self.autoscaler = Autoscaler(self, self.most, self.least) if spec.autoscale is not None else None

    @property
    def runs(self) -> bool:
        """Whether it hands requests to its pool."""
        return self.alive and self.stopping is None

    def start(self) -> None:
        """Come online and consume."""
        settings = self.simulation.settings
        self.online = index = len(self.events)
        self.online_at = self.clock.now
        self.events.append(
            WorkerOnline(
                self.clock.now,
                NO_CAUSE,
                self.hostname,
                self.consumer.queue_names,
                self.pool_kind,
                self.pool.size,
                self.consumer.window,
                self._settings(),
            )
        )
        self.simulation.beats.start(self.hostname)
        self._mingle(index)
        if not self.simulation.broker.down:
            self.consumer.connect(index)
        else:
            self._reconnect_later(1, index)
        if self.autoscaler is not None:
            self.autoscaler.start()
        if settings.heartbeats:
            self.clock.at(self.clock.now + HEARTBEAT, self.consumer.on_timer, self._beat, None, True)

    def _mingle(self, cause: int) -> None:
        """Ask the workers that are there which tasks were revoked.

        Source: celery.worker.consumer.mingle: Mingle (amqp and redis only); celery.worker.control: hello.
        """
        if self.simulation.settings.transport not in ("amqp", "redis") or self.simulation.broker.down:
            return
        others = [worker for worker in self.simulation.workers.values() if worker.alive and worker is not self]
        told = sorted({uuid for worker in others for uuid in worker.consumer.revoked})
        if told:
            self.consumer.revoked.update(told)
            value = told if len(told) > 1 else told[0]
            self.events.append(SettingChanged(self.clock.now, cause, self.hostname, "revoke", value))

    def _settings(self) -> dict[str, object]:
        """What of its settings matters to who looks at it."""
        settings, spec = self.simulation.settings, self.spec
        found: dict[str, object] = {"task_acks_late": settings.task_acks_late, "transport": settings.transport}
        if settings.worker_disable_prefetch:
            found["worker_disable_prefetch"] = True
        if settings.transport in ("guide", "memory", "filesystem"):
            found["polling_interval"] = as_seconds(settings.polling_interval)
        if spec.autoscale is not None:
            found["autoscale"] = [self.most, self.least]
        if self.pool.children.max_tasks is not None:
            found["max_tasks_per_child"] = self.pool.children.max_tasks
        if self.pool.children.rest != RESTING_MEMORY:
            found["memory"] = self.pool.children.rest
        return found

    def _beat(self, _: object) -> None:
        """A heartbeat event; a solo worker sends none while it runs a task."""
        if not self.alive or self.said_goodbye:
            return
        if not self.pool.stops_the_loop and self.consumer.connected:
            self.events.append(
                WorkerHeartbeat(self.clock.now, NO_CAUSE, self.hostname, len(self.pool.active), self.processed)
            )
        self.clock.at(self.clock.now + HEARTBEAT, self.consumer.on_timer, self._beat, None, True)

    # -- its end -----------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """SIGKILL: it says nothing; what it had not acknowledged returns, what it ran acknowledged is lost."""
        if not self.alive:
            return
        index = len(self.events)
        self.events.append(WorkerLost(self.clock.now, NO_CAUSE, self.hostname))
        self._end(index, "connection-lost", closed=False)

    def stop(self, how: str) -> None:
        """Shut down: `warm` finishes what runs and gives the rest back, `cold` gives up what runs too.

        `soft` lets it run for `worker_soft_shutdown_timeout` first. The parent sleeps through that time: what children
        have finished meanwhile it hears, reports and acknowledges when it wakes.

        Source: celery.apps.worker: the handlers of SIGTERM and SIGQUIT; WorkController.wait_for_soft_shutdown; held
        against runs of `ackademy verify` on Redis and RabbitMQ.
        """
        index = len(self.events)
        self.events.append(SettingChanged(self.clock.now, NO_CAUSE, self.hostname, "shutdown", how))
        self.shut_down(how, index)

    def shut_down(self, how: str, cause: int) -> None:
        """The same, when somebody has asked for it."""
        self.stopping = cause
        self.consumer.disconnect()
        if how == "cold":
            self._give_up(cause)
        elif how == "soft" and self.pool.active:
            timeout = self.simulation.settings.worker_soft_shutdown_timeout
            if self.pool.prefork:
                self.asleep_until = self.clock.now + timeout
            self.clock.at(self.clock.now + timeout, self.consumer.on_timer, self._give_up, cause)
        elif not self.pool.active:
            self._goodbye(cause)

    def _give_up(self, cause: int) -> None:
        """Cancel what runs, then go."""
        if not self.alive or self.said_goodbye:
            return
        settings = self.simulation.settings
        for execution in list(self.pool.active.values()):
            if execution.started >= 0 and not execution.over:
                self.pool.outcomes.cancel(execution, cause)
        self.pool.children.abandon()
        if settings.shutdown_return and self.pool.active:
            self.clock.at(self.clock.now + COLD_RETURN, self.consumer.on_timer, self._gone, cause)
        else:
            self._gone(cause)

    def _gone(self, cause: int) -> None:
        """Say goodbye and close the connection in one."""
        if self.alive:
            index = len(self.events)
            self.events.append(WorkerOffline(self.clock.now, cause, self.hostname))
            self._end(index, "shutdown", closed=True)

    def _goodbye(self, cause: int) -> None:
        """Nothing runs any more: say goodbye; what is held goes back when the connection is closed."""
        if self.said_goodbye:
            return
        if not self.simulation.settings.shutdown_return or not self.consumer.held:
            self._gone(cause)
            return
        self.said_goodbye = True
        index = len(self.events)
        self.events.append(WorkerOffline(self.clock.now, cause, self.hostname))
        self.clock.at(self.clock.now + WARM_RETURN, self.consumer.on_timer, self._close, index)

    def _close(self, cause: int) -> None:
        if self.alive:
            self._end(cause, "shutdown", closed=True)

    def quit(self, why: str) -> None:
        """RabbitMQ has closed the channel: the worker exits, and lets what runs end first.

        Source: recording 52 (an unrecoverable error; the pool is joined).
        """
        self.stopping = index = len(self.events)
        self.events.append(SettingChanged(self.clock.now, NO_CAUSE, self.hostname, "shutdown", why))
        self.said_goodbye = True
        self.events.append(WorkerOffline(self.clock.now, index, self.hostname))
        self.consumer.lose(index, why, closed=False)
        if not self.pool.active:
            self._end(index, why, closed=False)

    def _end(self, cause: int, why: str, closed: bool) -> None:
        """It is gone: its children too; the broker takes back what was not acknowledged."""
        self.alive = False
        self.simulation.beats.stop(self.hostname)
        running = [execution.delivery for execution in self.pool.busy]
        self.pool.kill()
        lost = [delivery for delivery in running if delivery.tag not in self.consumer.held]
        held = list(self.consumer.held.values())
        self.consumer.lose(cause, why, closed)
        self.pool.active.clear()
        self.pool.children.unnoticed.clear()
        self._tell_lost(lost, cause, "acked")
        self._tell_lost(held, cause, "gone")

    def _tell_lost(self, deliveries: list[Delivery], cause: int, reason: str) -> None:
        """Say of which tasks no copy is left, now that this worker has let these go."""
        for delivery in deliveries:
            message = delivery.message
            if not self.simulation.survives(message.uuid, self):
                self.simulation.finished.add(message.uuid)
                self.events.append(
                    TaskLost(self.clock.now, cause, message.uuid, message.id, delivery.tag, self.hostname, reason)
                )

    # -- the connection ----------------------------------------------------------------------------------------

    def lose_connection(self, cause: int) -> None:
        """The broker is gone: what waits here is forgotten, what runs goes on and cannot be acknowledged.

        Source: celery.worker.consumer.consumer: Consumer.on_connection_error_after_connected.
        """
        if self.said_goodbye:
            return
        if self.simulation.settings.cancels_on_connection_loss:
            for execution in list(self.pool.active.values()):
                if execution.started >= 0 and execution.delivery.tag in self.consumer.held:
                    self.pool.outcomes.cancel(execution, cause)
                    if self.pool.prefork:
                        self.pool.children.exit(execution.slot, "cancelled", cause)
        running = {execution.delivery.message.uuid for execution in self.pool.busy}
        held = [one for one in self.consumer.held.values() if one.message.uuid not in running]
        self.consumer.lose(cause, "connection-lost")
        # A polled transport has nobody to put back what the lost connection had taken out.
        self._tell_lost(held, cause, "gone")
        if self.stopping is None and self.simulation.settings.reconnect:
            self._reconnect_later(1, cause)

    def _reconnect_later(self, attempt: int, cause: int) -> None:
        if not self.simulation.settings.reconnect:
            return  # the broker's return will do it
        time = self.clock.now + attempt * RETRY_STEP
        self.clock.at(time, self.consumer.on_timer, self._try_to_connect, (attempt, cause), True)

    def _try_to_connect(self, attempted: tuple[int, int]) -> None:
        attempt, cause = attempted
        if not self.runs or self.consumer.connected:
            return
        if not self.simulation.broker.down:
            self.consumer.phase = 0
            self.consumer.connect(cause)
        elif attempt < self.simulation.settings.connection_attempts:
            self._reconnect_later(attempt + 1, cause)
        else:
            self._gone(cause)

    def reconnect(self, cause: int) -> None:
        """The broker is back: consume again, and ask at once where one asks."""
        if not self.simulation.settings.reconnect and self.runs and not self.consumer.connected:
            self.consumer.phase = 0
            self.consumer.connect(cause)

    # -- what its parts tell it --------------------------------------------------------------------------------

    def scaled(self, cause: int) -> None:
        """A request is about to be reserved."""
        if self.autoscaler is not None:
            self.autoscaler.received(cause)

    def slot_is_free(self, cause: int) -> None:
        """A slot has become free: the next request, or the end where it was asked to shut down."""
        if self.stopping is None:
            self.consumer.next_request(cause)
            if self.pool.solo or self.pool.stands_in_line or self.simulation.settings.worker_disable_prefetch:
                self.consumer.go_on(cause)
        elif not self.pool.active and self.alive:
            if self.said_goodbye and not self.consumer.held:
                self._end(self.stopping, "shutdown", closed=True)
            else:
                self._goodbye(self.stopping)
