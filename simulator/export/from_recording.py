"""From a trace, recorded or simulated, to a scenario: what was sent, how long it took, how it failed, who worked.

What a recording cannot say is not made up: it is left to the defaults of the scenario format and noted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean, median
from typing import Any

from simulator.export.scenario_file import Draft
from simulator.measure.fit import Fit, fit
from simulator.scenario.profiles import PROFILES
from simulator.scenario.schema import Config, Worker, accepts
from simulator.scenario.transports import transport_named
from simulator.trace import Trace, as_seconds
from simulator.trace import events as ev

EXACT = 500
"""Most arrivals of a kind that are kept one by one; above that, the distribution of their gaps is used."""

EXACT_IN_ALL = 6_000
"""Most such values in one file, whose size is limited."""

UNKNOWN = "?"
"""Name of a queue that nobody reported."""

SAME_DELAY = 0.15
"""Relative difference up to which two delays count as one setting."""


@dataclass(slots=True)
class _Task:
    """The course of one task; times in microseconds."""

    name: str
    sent: int | None = None
    received: int | None = None
    inferred: bool = False
    """True if its sending was not reported."""
    by_worker: bool = False
    queue: str = ""
    priority: int | None = None
    countdown: float = 0.0
    expires: float | None = None
    runs: list[tuple[int, str | None]] = field(default_factory=list)
    """(duration, exception or None) of each completed run, in order."""
    retried: list[int] = field(default_factory=list)
    """Time of each `task-retried`."""
    etas: dict[int, int | None] = field(default_factory=dict)
    """ETA of each attempt, by its number (it may be received before the `task-retried` that led to it)."""
    exhausted: bool = False
    """True if it finally failed."""

    @property
    def delays(self) -> list[float]:
        """Seconds from each `task-retried` to the ETA that followed; 0 if there was none."""
        known = ((number, t) for number, t in enumerate(self.retried, start=1) if number in self.etas)
        return [max(0.0, as_seconds((self.etas[number] or t) - t)) for number, t in known]


def scenario_from_recording(trace: Trace) -> Draft:
    """Make a scenario that plays like the trace, and notes on its accuracy."""
    return _Maker(trace).make()


class _Maker:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.draft = Draft()
        self.hosts = {event.hostname for event in trace if isinstance(event, ev.WorkerOnline)}
        self.tasks: dict[str, _Task] = {}
        self.started: dict[tuple[str, int], int] = {}
        self.begun: set[int] = set()
        self.late: set[str] = set()
        """Tasks with a delivery acknowledged after its start."""
        self.acks_late = False
        """The common setting; tasks that differ set their own."""
        self.left = EXACT_IN_ALL
        for event in trace:
            self._read(event)
        self.types: dict[str, list[_Task]] = defaultdict(list)
        for task in sorted(self.tasks.values(), key=_arrival):
            self.types[task.name].append(task)

    def make(self) -> Draft:
        header, draft = self.trace.header, self.draft
        shown = header.scenario or "trace"
        titles = header.title or {"ko": shown, "en": shown}
        profile, config = self._profile(), self._config()
        self.acks_late = bool(config.get("task_acks_late", PROFILES[profile]["config"]["task_acks_late"]))
        data: dict[str, Any] = {
            "title": {lang: f"{text} ({'기록에서' if lang == 'ko' else 'from a recording'})"
                      for lang, text in titles.items()},
            "profile": profile,
            "config": config,
            "queues": self._queues(),
        }  # fmt: skip
        if header.stopped == "until" and header.end:
            data["until"] = as_seconds(header.end)
        exact = {name: len(self._groups(tasks)) == 1 for name, tasks in self.types.items()}
        data["tasks"] = {name: self._type(name, tasks, exact[name]) for name, tasks in self.types.items()}
        data["workers"] = self._workers()
        data["send"] = self._sends()
        data["faults"] = self._faults()
        knobs: list[dict[str, Any]] = [
            {"path": "config.worker_prefetch_multiplier", "values": [1, 2, 4, 8]},
            {"path": "config.task_acks_late", "values": [False, True]},
        ]
        data["knobs"] = [*knobs, {"path": "workers.*.concurrency", "range": [1, 16]}]
        draft.data = {key: value for key, value in data.items() if value not in ({}, [])}
        self._note_gaps()
        return draft

    # -- reading -----------------------------------------------------------------------------------------------

    def _task(self, uuid: str, name: str = "") -> _Task:
        task = self.tasks.setdefault(uuid, _Task(name))
        task.name = task.name or name
        return task

    def _read(self, event: ev.Event) -> None:
        match event:
            case ev.TaskSent(retries=0):
                task = self._task(event.uuid, event.name)
                if task.sent is None:
                    self._sent(task, event)
            case ev.TaskReceived():
                task = self._task(event.uuid, event.name)
                task.etas[event.retries] = event.eta
                if task.received is None:
                    task.received = event.t
                    if task.sent is None and event.eta is not None:
                        task.countdown = max(0.0, as_seconds(event.eta - event.t))
            case ev.TaskStarted():
                self.started[event.uuid, event.delivery_tag] = event.t
                self.begun.add(event.delivery_tag)
            case ev.MessageAcked() if event.delivery_tag in self.begun:
                self.late.add(event.uuid)
            case ev.TaskSucceeded():
                self._ended(event, event.runtime, None)
            case ev.TaskFailed():
                self._task(event.uuid).exhausted = True
                self._ended(event, event.runtime, event.exception)
            case ev.TaskRetried():
                self._task(event.uuid).retried.append(event.t)
                self._ended(event, event.runtime, event.exception)
            case _:
                pass

    def _sent(self, task: _Task, event: ev.TaskSent) -> None:
        task.sent, task.inferred = event.t, event.inferred
        task.by_worker = event.hostname in self.hosts or event.parent_id is not None
        task.queue, task.priority = event.queue, event.priority
        if event.eta is not None:
            task.countdown = max(0.0, as_seconds(event.eta - event.t))
        if event.expires is not None:
            task.expires = as_seconds(event.expires - event.t)

    def _ended(self, event: Any, runtime: int | None, exception: str | None) -> None:
        began = self.started.pop((event.uuid, event.delivery_tag), None)
        if began is not None:
            took = runtime if runtime else event.t - began
            self._task(event.uuid).runs.append((took, exception and _exception(exception)))

    # -- what it makes of it -----------------------------------------------------------------------------------

    def _profile(self) -> str:
        header = self.trace.header
        if header.profile in PROFILES:
            return header.profile
        transports = [str(event.settings["transport"]) for event in self.trace
                      if isinstance(event, ev.WorkerOnline) and "transport" in event.settings]  # fmt: skip
        kind = transport_named(transports[0]) if transports else None
        if kind is not None:
            return kind.profile
        self.draft.note("recording.profile")
        return "celery-rabbitmq"

    def _config(self) -> dict[str, Any]:
        """Settings reported by workers, as far as a scenario has them."""
        found: dict[str, Any] = {}
        for event in self.trace:
            for key, value in event.settings.items() if isinstance(event, ev.WorkerOnline) else ():
                if key == "polling_interval":
                    found.setdefault("broker_transport_options", {})["polling_interval"] = value
                elif key.startswith(("task_", "worker_")) and accepts(Config, key, value):
                    found.setdefault(key, value)
                    if found[key] != value:
                        self.draft.note("conf.differs", setting=key)
        return found

    def _queues(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self.trace:
            if isinstance(event, ev.QueueDeclared):
                given = event.arguments
                names = {"max_priority": "x-max-priority", "max_length": "x-max-length", "overflow": "x-overflow"}
                limits = {key: given[name] for key, name in names.items() if name in given}
                limits |= {key: given[key] for key in names if key in given}
                if limits:
                    found[event.queue] = limits
        return found

    def _groups(self, tasks: Iterable[_Task]) -> dict[tuple[Any, ...], list[_Task]]:
        """Tasks of a type with equal calls; times to 0.1 s."""
        groups: dict[tuple[Any, ...], list[_Task]] = defaultdict(list)
        for task in tasks:
            expires = None if task.expires is None else round(task.expires, 1)
            groups[task.queue, task.priority, round(task.countdown, 1), expires].append(task)
        return groups

    def _type(self, name: str, tasks: list[_Task], single: bool) -> dict[str, Any]:
        runs = [run for task in tasks for run in task.runs]
        if not runs:
            self.draft.note("recording.never_ended", name=name)
            return {"duration": 0}
        listed = single and all(len(task.runs) == 1 for task in tasks)
        durations = fit([as_seconds(took) for took, _ in runs])
        value = durations.value
        if durations.kind == "listed" and not listed:
            value = {"choice": dict(Counter(value["list"]))}
        self._note_fit("recording.durations", name, durations)
        late = any(uuid in self.late for uuid, task in self.tasks.items() if task.name == name)
        acks: dict[str, Any] = {"acks_late": late} if late != self.acks_late else {}
        return {"duration": value, **acks, **self._failures(name, tasks), **self._declared(name)}

    def _declared(self, name: str) -> dict[str, Any]:
        declared = self.trace.header.tasks.get(name, {})
        return {key: declared[key] for key in ("idempotent", "effect_at") if key in declared}

    def _note_fit(self, code: str, name: str, found: Fit) -> None:
        if found.kind in ("constant", "listed"):
            return
        self.draft.note(code, name=name, kind=found.kind, count=found.count, distance=round(found.distance, 3))

    def _failures(self, name: str, tasks: list[_Task]) -> dict[str, Any]:
        """`raises`, and the retry policy if there were retries."""
        attempts: dict[int, list[str | None]] = defaultdict(list)
        for task in tasks:
            for number, (_, exception) in enumerate(task.runs):
                attempts[number].append(exception)
        ended = Counter(exception for found in attempts.values() for exception in found)
        kinds = [exception for exception in ended if exception is not None]
        if not kinds:
            return {}
        options: dict[str, Any] = {"raises": self._raises(attempts, ended)}
        retried = [task for task in tasks if task.retried]
        if retried:
            options["autoretry_for"] = sorted(set(kinds))
            options |= self._policy(name, retried)
        return options

    @staticmethod
    def _raises(attempts: dict[int, list[str | None]], ended: Counter[str | None]) -> Any:
        """One exception per attempt if all tasks agree, else probabilities."""
        if len(attempts) > 1 and all(len(set(found)) == 1 for found in attempts.values()):
            each = [attempts[number][0] for number in sorted(attempts)]
            return each[0] if len(set(each)) == 1 else each
        total = ended.total()
        return {kind: round(count / total, 4) for kind, count in ended.items() if kind is not None}

    def _policy(self, name: str, retried: list[_Task]) -> dict[str, Any]:
        """`max_retries` and the delays: one countdown, a doubling backoff, or the mean of those seen."""
        most = max(len(task.retried) for task in retried)
        exhausted = any(task.exhausted and len(task.retried) == most for task in retried)
        if not exhausted:
            self.draft.note("recording.max_retries", name=name, most=most)
        by_attempt: dict[int, list[float]] = defaultdict(list)
        for task in retried:
            for number, delay in enumerate(task.delays):
                by_attempt[number].append(delay)
        options: dict[str, Any] = {"max_retries": most if exhausted else max(most, 3)}
        if not by_attempt:
            self.draft.note("recording.no_delay", name=name)
            return options
        middles = [median(by_attempt[number]) for number in sorted(by_attempt)]
        factor = max(1, round(middles[0]))
        if len(middles) > 1 and all(_near(each, factor * 2**n) for n, each in enumerate(middles)):
            return {**options, "retry_backoff": factor, "retry_jitter": False}
        every = [delay for found in by_attempt.values() for delay in found]
        if not all(_near(delay, middles[0]) for delay in every):
            self.draft.note("recording.delays", name=name, low=round(min(every), 2), high=round(max(every), 2))
        options["retry_kwargs"] = {"max_retries": options.pop("max_retries"), "countdown": round(fmean(every), 3)}
        return options

    def _sends(self) -> list[dict[str, Any]]:
        groups = [
            (name, key, tasks) for name, found in self.types.items() for key, tasks in self._groups(found).items()
        ]
        lines = []
        for name, (queue, priority, countdown, expires), tasks in sorted(groups, key=lambda g: _arrival(g[2][0])):
            line = self._line(name, tasks)
            given = {
                "queue": queue if queue not in ("", UNKNOWN) else None,
                "priority": priority,
                "countdown": countdown or None,
                "expires": expires,
            }
            lines.append({**line, "task": name, **{key: value for key, value in given.items() if value is not None}})
        return lines

    def _line(self, name: str, tasks: list[_Task]) -> dict[str, Any]:
        """Arrival times: the recorded moments, or a distribution of the gaps between them."""
        times = [_arrival(task) for task in tasks]
        first = as_seconds(max(0, times[0]))
        if len(times) == 1:
            return {"at": first}
        gaps = [as_seconds(later - earlier) for earlier, later in pairwise(times)]
        if len(times) <= EXACT and len(times) <= self.left:
            self.left -= len(times)
            if set(gaps) == {0.0}:
                return {"at": first, "count": len(times)}
            every: Any = gaps[0] if len(set(gaps)) == 1 else {"list": gaps}
        else:
            found = fit(gaps)
            every = found.value
            self._note_fit("recording.arrivals", name, found)
        return {"from": first, "every": every, "count": len(times)}

    def _workers(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        seen = self._seen_at_once()
        for event in self.trace:
            if not isinstance(event, ev.WorkerOnline) or event.hostname in made:
                continue
            given: dict[str, Any] = {"queues": list(event.queues) or None, "pool": event.pool}
            if event.hostname in seen:
                given["concurrency"] = seen[event.hostname]
                self.draft.note("recording.concurrency", worker=event.hostname, seen=seen[event.hostname])
            else:
                given["concurrency"] = event.concurrency
                told = event.prefetch_count > 0 or "transport" in event.settings  # else 0 is: nobody knows
                if told and event.prefetch_count % event.concurrency == 0:
                    given["prefetch_multiplier"] = event.prefetch_count // event.concurrency
            for key in ("autoscale", "max_tasks_per_child", "memory"):
                given[key] = event.settings.get(key)
            given["starts_at"] = as_seconds(event.t) if event.t > 0 else None
            own = {key: value for key, value in given.items() if value is not None and accepts(Worker, key, value)}
            made[event.hostname] = own
        if not made:
            self.draft.note("recording.no_worker")
        return made

    def _seen_at_once(self) -> dict[str, int]:
        """Largest number of tasks seen running at once, for workers of unknown concurrency."""
        found: dict[str, int] = {}
        for event in self.trace:
            if isinstance(event, ev.PoolResized) and event.inferred:
                found[event.hostname] = max(event.size, found.get(event.hostname, 1))
        return found

    def _faults(self) -> list[dict[str, Any]]:
        """Workers that died, stopped and came back."""
        lines: list[dict[str, Any]] = []
        seen: set[str] = set()
        last = max((event.t for event in self.trace if isinstance(event, _WORK)), default=0)
        for event in self.trace:
            at = as_seconds(event.t)
            match event:
                case ev.WorkerLost():
                    lines.append({"at": at, "kill": event.hostname})
                case ev.WorkerOffline() if event.t <= last:
                    lines.append({"at": at, "stop": event.hostname, "how": "warm"})
                case ev.WorkerOnline():
                    if event.hostname in seen:
                        lines.append({"at": at, "start": event.hostname})
                    seen.add(event.hostname)
                case _:
                    pass
        return lines

    def _note_gaps(self) -> None:
        tasks = self.tasks.values()
        unsent = sum(task.sent is None or task.inferred for task in tasks)
        if unsent:
            self.draft.note("recording.not_sent", count=unsent)
        children = sum(task.by_worker for task in tasks)
        if children:
            self.draft.note("recording.children", count=children)
        lost = {
            event.type for event in self.trace if isinstance(event, ev.BrokerDown | ev.ChildExited | ev.TaskRevoked)
        }
        if lost:
            self.draft.note("recording.left_out", events=", ".join(sorted(lost)))


_WORK = (ev.TaskSent, ev.TaskReceived, ev.TaskStarted, ev.TaskSucceeded, ev.TaskFailed, ev.TaskRetried)


def _arrival(task: _Task) -> int:
    """Time in microseconds at which it was sent or, if that was not reported, received."""
    return next((t for t in (task.sent, task.received) if t is not None), 0)


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= max(0.1, SAME_DELAY * wanted)


def _exception(text: str) -> str:
    """The name of an exception from its repr.

    >>> _exception("ConnectionError('reset by peer')")
    'ConnectionError'
    """
    match = re.match(r"[\w.]+", text)
    name = match[0].rpartition(".")[2] if match else ""
    return name if name.isidentifier() else "Exception"
