"""The check of a trace before anything is computed from it: the rules that the events of every run keep.

Every identity is introduced before it is used, and once: a queue declared, a worker online, a message sent, a delivery
made.
A message is in one place at a time, and moves only from where it is. A simulation and a recording of a real Celery keep
these rules alike. In a simulation, each delivery goes through its lifecycle besides (`life`); a recording may report
what that does not have (an execution whose start was lost, a task that fails twice).

Whoever reads a trace that has passed may look up any identity of an event without asking whether it exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from simulator.trace import bounds
from simulator.trace import events as ev
from simulator.trace.bounds import Violation
from simulator.trace.life import Lifecycle

Rule: TypeAlias = Callable[[Any], None]


OF_WORKERS = ("connection", "revoke", "shutdown", "unacked_mutex")
"""Settings that only a worker has."""


class Checker:
    """The state of a trace that its rules depend on; `rules` has the rule of each event type.

    A rule takes the next event and raises `Violation` if it cannot happen now.
    """

    __slots__ = (
        *("_deliveries", "_life", "_lost", "_online", "_ready", "_ready_in", "_sent", "_slots", "_transit", "_unacked"),
        *("_up", "rules"),
    )

    def __init__(self, *, recorded: bool = False) -> None:
        """Start before the first event; `recorded`: of a recording, whose deliveries need not be complete."""
        self._life = None if recorded else Lifecycle()
        self._ready: dict[str, int] = {}
        """Number of ready messages by queue."""
        self._online: dict[str, bool] = {}
        """By worker that has ever been online, whether it is."""
        self._lost: set[str] = set()
        """Workers that were killed since they were last online."""
        self._slots = 0
        self._sent: dict[int, str] = {}
        """The task of each message."""
        self._transit: dict[int, str] = {}
        """The queue of each message on its way to the broker."""
        self._ready_in: dict[int, str] = {}
        """The queue of each ready message."""
        self._unacked: dict[int, str] = {}
        """The queue of each delivered message that is not settled."""
        self._deliveries: dict[int, tuple[int, str, str]] = {}
        """(message, task, worker) of each delivery."""
        self._up = True
        """False while the broker is down."""
        self.rules: Mapping[type[ev.Event], Rule] = {
            ev.QueueDeclared: self._queue_declared,
            ev.WorkerOnline: self._worker_online,
            ev.WorkerOffline: self._worker_offline,
            ev.WorkerLost: self._worker_lost,
            ev.WorkerHeartbeat: self._heartbeat,
            ev.ChildStarted: self._child,
            ev.ChildExited: self._child_exited,
            ev.PoolResized: self._pool_resized,
            ev.TaskSent: self._task_sent,
            ev.MessageQueued: self._message_queued,
            ev.Poll: self._poll,
            ev.MessageDelivered: self._message_delivered,
            ev.MessageAcked: self._message_acked,
            ev.MessageRequeued: self._message_requeued,
            ev.MessageDeadLettered: self._message_dead_lettered,
            ev.MessageDropped: self._message_dropped,
            ev.PublishFailed: self._publish_failed,
            ev.TaskReceived: self._task_received,
            ev.TaskStarted: self._task_started,
            ev.Effect: self._effect,
            ev.ResultStored: self._result_stored,
            ev.TaskSucceeded: self._task_succeeded,
            ev.TaskFailed: self._task_failed,
            ev.TaskRetried: self._task_retried,
            ev.TaskRevoked: self._task_revoked,
            ev.TaskRejected: self._ended,
            ev.TaskCancelled: self._ended,
            ev.ResultLost: self._ended,
            ev.TaskIgnored: self._ended,
            ev.TaskScheduled: self._task_scheduled,
            ev.TaskLost: self._task_lost,
            ev.BrokerDown: self._broker_down,
            ev.BrokerUp: self._broker_up,
            ev.SettingChanged: self._setting_changed,
            ev.CommandUnheard: self._command_unheard,
        }

    # -- queues and workers -------------------------------------------------------------------------------------

    def _queue_declared(self, event: ev.QueueDeclared) -> None:
        if event.queue in self._ready:
            raise Violation("trace.queue_again", queue=event.queue)
        bounds.check_arguments(event.arguments)
        self._ready[event.queue] = 0

    def _worker_online(self, event: ev.WorkerOnline) -> None:
        if self._online.get(event.hostname):
            raise Violation("trace.worker_again", worker=event.hostname)
        self._resize("concurrency", event.concurrency)
        bounds.check_count("prefetch_count", event.prefetch_count)
        bounds.check_settings(event.settings)
        self._online[event.hostname] = True
        self._lost.discard(event.hostname)
        if self._life is not None:
            self._life.begin(event.hostname)

    def _resize(self, field: str, size: int) -> None:
        """Count the slots of all pools, each time one has a new size: each of them is made."""
        bounds.check_size(field, size)
        self._slots += size
        if self._slots > bounds.ALL_SLOTS:
            raise bounds.beyond(field, size)

    def _known(self, hostname: str) -> None:
        if hostname not in self._online:
            raise Violation("trace.unknown_worker", worker=hostname)

    def _running(self, hostname: str) -> None:
        if not self._online.get(hostname):
            self._known(hostname)
            raise Violation("trace.worker_gone", worker=hostname)

    def _worker_offline(self, event: ev.WorkerOffline) -> None:
        self._running(event.hostname)
        self._online[event.hostname] = False

    def _worker_lost(self, event: ev.WorkerLost) -> None:
        self._known(event.hostname)
        # A worker that has reported that it is offline can still be killed while it shuts down.
        if event.hostname in self._lost:
            raise Violation("trace.worker_gone", worker=event.hostname)
        self._lost.add(event.hostname)
        self._online[event.hostname] = False
        if self._life is not None:
            self._life.begin(event.hostname)

    def _heartbeat(self, event: ev.WorkerHeartbeat) -> None:
        self._known(event.hostname)
        bounds.check_count("active", event.active)
        bounds.check_count("processed", event.processed)

    def _child(self, event: ev.ChildStarted | ev.ChildExited) -> None:
        self._known(event.hostname)
        bounds.check_size("slot", event.slot)
        bounds.check_memory(event.memory)

    def _child_exited(self, event: ev.ChildExited) -> None:
        self._child(event)
        if self._life is not None:
            self._life.exit(event)

    def _pool_resized(self, event: ev.PoolResized) -> None:
        self._known(event.hostname)
        self._resize("size", event.size)

    def _poll(self, event: ev.Poll) -> None:
        if event.hostname not in self._online:
            self._known(event.hostname)
        if event.found < 0 or event.found > bounds.MOST:
            bounds.check_count("found", event.found)

    # -- messages -----------------------------------------------------------------------------------------------

    def _task_sent(self, event: ev.TaskSent) -> None:
        message = event.message
        if message in self._sent:
            raise Violation("trace.message_again", message=message)
        if event.queue not in self._ready:
            raise Violation("trace.unknown_queue", queue=event.queue)
        if message < 1 or message > bounds.MOST:
            raise bounds.beyond("message", message)
        bounds.check_call(event)
        if event.priority is not None:
            bounds.check_count("priority", abs(event.priority))
        self._sent[message] = event.uuid
        self._transit[message] = event.queue

    def _about(self, event: Any) -> None:
        """Refuse a message that nobody sent, or not for this task."""
        if self._sent.get(event.message) != event.uuid:
            raise Violation("trace.unknown_message", message=event.message, task=event.uuid)

    def _put(self, event: Any) -> None:
        """Put a message into a queue at its position."""
        count = self._ready.get(event.queue)
        if count is None:
            raise Violation("trace.unknown_queue", queue=event.queue)
        if not 0 <= event.position <= count:
            raise Violation("trace.position", position=event.position, count=count, queue=event.queue)
        self._ready[event.queue] = count + 1
        self._ready_in[event.message] = event.queue

    def _take(self, event: Any, queue: str) -> None:
        """Take a ready message out of a queue."""
        if self._ready_in.pop(event.message, None) != queue:
            self._about(event)
            raise Violation("trace.not_ready", message=event.message, queue=queue)
        self._ready[queue] -= 1

    def _message_queued(self, event: ev.MessageQueued) -> None:
        self._about(event)
        if self._transit.pop(event.message, None) != event.queue:
            raise Violation("trace.not_sent", message=event.message, queue=event.queue)
        self._put(event)

    def _message_delivered(self, event: ev.MessageDelivered) -> None:
        message, tag, hostname = event.message, event.delivery_tag, event.hostname
        self._about(event)
        self._take(event, event.queue)
        if hostname not in self._online:
            self._known(hostname)
        if tag in self._deliveries:
            raise Violation("trace.delivery_again", delivery=tag)
        if tag < 1 or tag > bounds.MOST:
            raise bounds.beyond("delivery_tag", tag)
        self._deliveries[tag] = message, event.uuid, hostname
        self._unacked[message] = event.queue
        if self._life is not None:
            self._life.deliver(tag, hostname)

    def _message_acked(self, event: ev.MessageAcked) -> None:
        self._of_delivery(event)
        if event.queue not in self._ready:
            raise Violation("trace.unknown_queue", queue=event.queue)
        # A delivery may be acknowledged after the broker has taken its message back.
        self._unacked.pop(event.message, None)

    def _settle(self, event: Any, queue: str, *, unaware: bool = False) -> None:
        """Settle a delivery; `unaware`: it may have no worker that knows."""
        if unaware and not event.hostname:
            self._delivery(event)
        else:
            self._of_delivery(event)
        if self._unacked.pop(event.message, None) != queue:
            raise Violation("trace.not_unacked", message=event.message, queue=queue)

    def _message_requeued(self, event: ev.MessageRequeued) -> None:
        self._settle(event, event.queue, unaware=True)
        self._put(event)

    def _message_dead_lettered(self, event: ev.MessageDeadLettered) -> None:
        self._about(event)
        if not event.source:
            if self._transit.pop(event.message, None) is None:
                raise Violation("trace.not_sent", message=event.message, queue=event.queue)
        elif event.delivery_tag:
            self._settle(event, event.source)
        else:
            self._take(event, event.source)
        self._put(event)

    def _message_dropped(self, event: ev.MessageDropped) -> None:
        if event.delivery_tag:
            self._settle(event, event.queue)
        else:
            self._take(event, event.queue)

    def _publish_failed(self, event: ev.PublishFailed) -> None:
        """Allow anything: no message came to be."""

    # -- deliveries ---------------------------------------------------------------------------------------------

    def _delivery(self, event: Any) -> tuple[int, str, str]:
        """Return the delivery of an event; refuse one that nobody made, or not of this message."""
        made = self._deliveries.get(event.delivery_tag)
        if made is None:
            raise Violation("trace.unknown_delivery", delivery=event.delivery_tag)
        if made[0] != event.message or made[1] != event.uuid:
            raise Violation("trace.unknown_message", message=event.message, task=event.uuid)
        return made

    def _of_delivery(self, event: Any) -> None:
        """Refuse a delivery that nobody made, or not of this message to this worker."""
        if self._deliveries.get(event.delivery_tag) != (event.message, event.uuid, event.hostname):
            made = self._delivery(event)
            raise Violation("trace.other_worker", delivery=event.delivery_tag, worker=made[2])

    def _task_received(self, event: ev.TaskReceived) -> None:
        self._of_delivery(event)
        bounds.check_call(event)
        if self._life is not None:
            self._life.receive(event)

    def _task_started(self, event: ev.TaskStarted) -> None:
        self._of_delivery(event)
        if event.slot < 1 or event.slot > bounds.SLOTS:
            raise bounds.beyond("slot", event.slot)
        if event.memory is not None:
            bounds.check_memory(event.memory)
        if self._life is not None:
            self._life.start(event)

    def _effect(self, event: ev.Effect) -> None:
        self._of_delivery(event)
        if self._life is not None:
            self._life.effect(event)

    def _result_stored(self, event: ev.ResultStored) -> None:
        if event.message or event.delivery_tag:
            self._of_delivery(event)
        if event.result is not None:
            bounds.check_value("result", event.result)

    def _ended(self, event: Any) -> None:
        self._of_delivery(event)
        if event.slot < 0 or event.slot > bounds.SLOTS:
            raise bounds.beyond("slot", event.slot)
        if self._life is not None:
            self._life.end(event)

    def _task_scheduled(self, event: ev.TaskScheduled) -> None:
        self._of_delivery(event)
        bounds.check_moment("eta", event.eta)
        if self._life is not None:
            self._life.hold(event)

    def _task_retried(self, event: ev.TaskRetried) -> None:
        self._ended(event)
        bounds.check_moment("runtime", event.runtime)

    def _task_succeeded(self, event: ev.TaskSucceeded) -> None:
        self._ended(event)
        bounds.check_moment("runtime", event.runtime)
        if event.result is not None:
            bounds.check_value("result", event.result)

    def _task_failed(self, event: ev.TaskFailed) -> None:
        self._ended(event)
        if event.runtime is not None:
            bounds.check_moment("runtime", event.runtime)

    def _task_revoked(self, event: ev.TaskRevoked) -> None:
        self._of_delivery(event)
        if event.signum is not None:
            bounds.check_count("signum", event.signum)
        if self._life is not None:
            self._life.revoke(event)

    def _task_lost(self, event: ev.TaskLost) -> None:
        self._about(event)
        if event.delivery_tag:
            self._delivery(event)
        if event.hostname:
            self._known(event.hostname)

    # -- broker, settings, commands -----------------------------------------------------------------------------

    def _broker_down(self, event: ev.BrokerDown) -> None:
        if not self._up:
            raise Violation("trace.broker_again")
        self._up = False

    def _broker_up(self, event: ev.BrokerUp) -> None:
        if self._up:
            raise Violation("trace.broker_again")
        self._up = True

    def _setting_changed(self, event: ev.SettingChanged) -> None:
        if event.setting in OF_WORKERS:
            self._known(event.hostname)
        bounds.check_change(event.setting, event.value)

    def _command_unheard(self, event: ev.CommandUnheard) -> None:
        """Allow anything: no worker heard it."""
