"""The shared state of one worker process. A restarted worker gets a new one."""

from __future__ import annotations

from collections.abc import Callable

from simulator.engine.clock import Rank, priority
from simulator.scenario.profiles import Settings
from simulator.scenario.schema import Worker as WorkerSpec
from simulator.trace.time import to_micros
from simulator.world.intake import GREEN

ALIASES = {"processes": "prefork"}


class Life:
    """A worker process's identity and state: read by its parts, changed by the worker."""

    def __init__(self, hostname: str, index: int, spec: WorkerSpec, settings: Settings) -> None:
        """Create a process that has not come online yet; `index`: its declaration index."""
        self.hostname = hostname
        self.index = index
        self.spec = spec
        own = spec.broker_transport_options
        self.options = settings.options_of(own.model_dump(exclude_none=True) if own is not None else {})
        self.on_completion = priority(Rank.COMPLETION, index)
        self.on_timer = priority(Rank.TIMER, index)
        self.on_delivery = priority(Rank.DELIVERY, index)
        kind = spec.pool or settings.worker_pool
        self.pool_kind: str = ALIASES.get(kind, kind)
        self.solo = self.pool_kind == "solo"
        self.prefork = self.pool_kind == "prefork"
        self.green = self.pool_kind in GREEN
        self.max_slots: int
        self.min_slots: int
        self.max_slots, self.min_slots = spec.autoscale or [spec.concurrency or settings.worker_concurrency] * 2
        """The largest and the smallest number of slots."""
        if self.solo:
            self.max_slots = self.min_slots = 1
        self.phase = to_micros(spec.phase)
        self.alive = True
        """True if the process exists."""
        self.was_killed = False
        """True if it ended without notice."""
        self.stopping: int | None = None
        """Index of the event that requested a shutdown, if any."""
        self.runs = True
        """True if it hands requests to its pool: it is alive and no shutdown is requested."""
        self.is_closing = False
        """True if it is offline for all others, and only finishes running tasks."""
        self.is_cut = False
        """True if its own link to the broker is interrupted, while the broker is up for others."""
        self.asleep_until = 0
        """End of the time in which its parent process is blocked: by starting children, or by a soft shutdown."""
        self.falls_asleep: Callable[[], None] | None = None
        """Called when the parent process becomes blocked."""
        self.online = 0
        """Index of its worker-online event."""
        self.online_at = 0
        self.processed = 0
        """Executions its pool has accepted (celery.worker.state: all_total_count)."""

    def sleep(self, until: int) -> None:
        """Block the event loop until a time."""
        self.asleep_until = max(self.asleep_until, until)
        if self.falls_asleep is not None:
            self.falls_asleep()

    def shut_down(self, cause: int) -> None:
        """Request a shutdown; `cause` is the index of the requesting event."""
        self.stopping = cause
        self.runs = False

    def end(self) -> None:
        """Mark the process as ended."""
        self.alive = self.runs = False
