"""From a trace, recorded or simulated, to a scenario: what was sent, how long it took, how it failed, who worked.

What a recording cannot say is not made up: it is left to the defaults of the scenario format and noted. What workers
were asked while it was recorded (settings, routes, registered tasks), or a configuration given with it, says the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

from simulator.export.arrivals import Arrivals, note_fit
from simulator.export.from_conf import settings_from_conf
from simulator.export.recorded_tasks import RecordedTask, RecordedTasks, queues_of
from simulator.export.retries import failures_of
from simulator.export.scenario_file import Draft
from simulator.measure.fit import fit
from simulator.scenario import Problem, ScenarioError
from simulator.scenario.profiles import PROFILES
from simulator.scenario.recorded import alike, call_of
from simulator.scenario.schema import Config, Task, Worker, accepts
from simulator.scenario.transports import transport_named
from simulator.trace import Trace, as_seconds
from simulator.trace import events as ev

USUAL = {
    "max_retries": 3,
    "default_retry_delay": 180,
    "retry_backoff_max": 600,
    "retry_jitter": True,
    "acks_on_failure_or_timeout": True,
    "reject_on_worker_lost": False,
    "ignore_result": False,
}
"""Celery's defaults of what workers report of a task. Source: celery.app.task: Task."""

AS_ASKED = ("rate_limit", "time_limit", "soft_time_limit", "expires", "priority", "acks_on_failure_or_timeout",
            "reject_on_worker_lost", "ignore_result", "default_retry_delay")  # fmt: skip
"""Attributes that a model takes as its workers report them; those of retries only where there were some."""

_SETTING_OF = {"rate_limit": "task_default_rate_limit", "priority": "task_default_priority"}
"""Settings that an attribute comes from where it is not called the same, but for `task_`."""

Confs = Mapping[str, Mapping[str, Any]]
"""Settings by worker, as `celery inspect conf` tells them."""


def scenario_from_recording(
    trace: Trace, file: str | None = None, conf: Confs | None = None, *, unbroken: int | None = None
) -> Draft:
    """Make a scenario that plays like the trace, and notes on its accuracy.

    Args:
        trace: a recorded or simulated run.
        file: where the scenario finds the trace; then its arrivals are taken from there as they are. None: they are
            written into the scenario, or fitted where they are many.
        conf: the settings of the workers, if they are better known than from the recording.
        unbroken: microseconds from which no worker dies, stops or comes back any more.

    Raises:
        ScenarioError: a model of it would not play: nobody consumes the queue of tasks that ran.
    """
    return _Maker(trace, file, conf, unbroken).make()


class _Maker:
    def __init__(self, trace: Trace, file: str | None, conf: Confs | None, unbroken: int | None) -> None:
        self.trace = trace
        self.file = file
        self.unbroken = unbroken
        self.draft = Draft()
        recorded = RecordedTasks(trace)
        self.types, self.late = recorded.types, recorded.late
        asked = trace.header.recorded.get("asked") or {}
        self.asked: Mapping[str, Mapping[str, Any]] = asked.get("tasks") or {}
        self.conf = conf if conf is not None else {
            name: group["settings"] for group in asked.get("conf") or () for name in group["workers"]
        }  # fmt: skip
        self.acks_late = False
        """The common setting; tasks that differ set their own."""
        self.arrivals = Arrivals(self.draft)

    def make(self) -> Draft:
        header, draft = self.trace.header, self.draft
        shown = header.scenario or "trace"
        titles = header.title or {"ko": shown, "en": shown}
        settings = self._settings()
        profile, config = self._profile(settings), {**settings.get("config", {}), **self._config()}
        workers = self._workers(config)
        self.acks_late = bool(config.get("task_acks_late", PROFILES[profile]["config"]["task_acks_late"]))
        self.default = str(config.get("task_default_queue", "celery"))
        options = settings.get("tasks", {})
        queues = self._queue_names(workers, {name: own.pop("queue", self.default) for name, own in options.items()})
        data: dict[str, Any] = {
            "title": {lang: f"{text} ({'기록에서' if lang == 'ko' else 'from a recording'})"
                      for lang, text in titles.items()},
            "profile": profile,
            "config": config,
            "queues": {**settings.get("queues", {}), **self._queues()},
        }  # fmt: skip
        if header.stopped in ("until", "recorded") and header.end:
            data["until"] = as_seconds(header.end)
        data["tasks"] = {
            name: {
                **self._type(name, tasks),
                **options.get(name, {}),
                **self._reported(name, config),
                **({"queue": queues[name]} if queues[name] not in ("", self.default) else {}),
            }
            for name, tasks in self.types.items()
        }
        data["workers"] = workers
        beat = self._beat(settings.get("beat_schedule", {}))
        data["send"] = self._sends(queues, {entry["task"] for entry in beat.values()})
        data["beat_schedule"] = beat
        data["faults"] = self._faults()
        knobs: list[dict[str, Any]] = [
            {"path": "config.worker_prefetch_multiplier", "values": [1, 2, 4, 8]},
            {"path": "config.task_acks_late", "values": [False, True]},
        ]
        data["knobs"] = [*knobs, {"path": "workers.*.concurrency", "range": [1, 16]}]
        draft.data = {key: value for key, value in data.items() if value not in ({}, [])}
        self._note_gaps()
        return draft

    # -- settings ----------------------------------------------------------------------------------------------

    def _settings(self) -> dict[str, Any]:
        """Read the workers' configuration, as far as it is known."""
        if not self.conf:
            return {}
        found = settings_from_conf({name: dict(own) for name, own in self.conf.items()}, list(self.types))
        for note in found.notes:
            self.draft.note(note.code, **note.params)
        return found.data

    def _profile(self, settings: Mapping[str, Any]) -> str:
        header = self.trace.header
        if header.profile in PROFILES:
            return header.profile
        transports = [str(event.settings["transport"]) for event in self.trace
                      if isinstance(event, ev.WorkerOnline) and "transport" in event.settings]  # fmt: skip
        kind = transport_named(transports[0]) if transports else None
        if kind is not None:
            return kind.profile
        if "profile" in settings:
            return str(settings["profile"])
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

    def _reported(self, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """Attributes that the workers report of a task and no setting says already."""
        found = {}
        for key in AS_ASKED:
            value = self.asked.get(name, {}).get(key)
            common = config.get(_SETTING_OF.get(key, f"task_{key}"), USUAL.get(key))
            if value is not None and value != common and accepts(Task, key, value):
                found[key] = value
        if not any(task.retried for task in self.types[name]):
            found.pop("default_retry_delay", None)
        return found

    # -- queues ------------------------------------------------------------------------------------------------

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

    def _queue_names(self, workers: Mapping[str, Mapping[str, Any]], routed: Mapping[str, str]) -> dict[str, str]:
        """The queue of each type; empty if its calls differ in it, or nobody knows.

        Args:
            workers: of the model.
            routed: the queues to which the configuration routes the types; empty: there is none.

        Raises:
            ScenarioError: tasks ran, and yet no worker of the model would consume their queue.
        """
        consumed = {name: list(spec.get("queues") or [self.default]) for name, spec in workers.items()}
        every = {queue for queues in consumed.values() for queue in queues}
        found, problems = {}, []
        for name, tasks in self.types.items():
            told = queues_of(tasks)
            unknown, ran = "" in told, [task for task in tasks if task.runs]
            found[name] = next(iter(told)) if len(told) == 1 else ""
            if unknown:
                found[name] = self._common_queue(tasks, consumed, routed.get(name, ""))
            if not workers or not ran:
                continue
            if unknown and not found[name]:
                problems.append(Problem("recording.no_queue", {"name": name, "queues": ", ".join(sorted(every))}))
            for queue in sorted({task.arrival.queue for task in ran} - every - {""}):
                problems.append(Problem("recording.unconsumed", {"name": name, "queue": queue}))
        if problems:
            raise ScenarioError(problems)
        return found

    def _common_queue(self, tasks: list[RecordedTask], consumed: Mapping[str, list[str]], routed: str) -> str:
        """The one queue that all workers consume which received these tasks; empty if there are several, or none.

        Of several, it is that of other calls of the type, or the `routed` one.
        """
        receivers = {worker for task in tasks for worker in task.workers if worker in consumed}
        common = set.intersection(*(set(consumed[worker]) for worker in receivers)) if receivers else set()
        known = {queue for queue in queues_of(tasks) if queue in common}
        choice = known or common & {routed} or common
        return next(iter(choice)) if len(choice) == 1 else ""

    # -- tasks -------------------------------------------------------------------------------------------------

    def _type(self, name: str, tasks: list[RecordedTask]) -> dict[str, Any]:
        runs = [run for task in tasks for run in task.runs]
        if not runs:
            self.draft.note("recording.never_ended", name=name)
            return {"duration": 0}
        single = len(alike(task.arrival for task in tasks)) == 1
        listed = single and self.file is None and all(len(task.runs) == 1 for task in tasks)
        durations = fit([as_seconds(took) for took, _ in runs])
        value = durations.value
        if durations.kind == "listed" and not listed:
            value = {"choice": dict(Counter(value["list"]))}
        note_fit(self.draft, "recording.durations", name, durations)
        acks: dict[str, Any] = {"acks_late": name in self.late} if (name in self.late) != self.acks_late else {}
        failures = failures_of(name, tasks, self.asked.get(name, {}), self.draft)
        return {"duration": value, **acks, **failures, **self._declared(name)}

    def _declared(self, name: str) -> dict[str, Any]:
        declared = self.trace.header.tasks.get(name, {})
        return {key: declared[key] for key in ("idempotent", "effect_at") if key in declared}

    # -- arrivals ----------------------------------------------------------------------------------------------

    def _beat(self, schedule: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """The entries of beat's schedule whose tasks arrived at their intervals, whatever the load."""
        found = {}
        named = Counter(entry["task"] for entry in schedule.values())
        for name, entry in schedule.items():
            every, times = entry["schedule"], [task.arrival.t for task in self.types.get(entry["task"], ())]
            gaps = [as_seconds(later - earlier) for earlier, later in pairwise(times)]
            regular = [gap for gap in gaps if isinstance(every, int | float) and abs(gap - every) <= 0.1 * every]
            if named[entry["task"]] == 1 and len(gaps) >= 2 and len(regular) >= 0.9 * len(gaps):
                found[name] = {key: value for key, value in entry.items() if key not in ("args", "kwargs")}
        return found

    def _sends(self, queues: Mapping[str, str], by_beat: Collection[str]) -> list[dict[str, Any]]:
        if self.file is not None:
            return [{"recording": self.file, "task": name} for name in self.types if name not in by_beat]
        groups = alike(t.arrival for name, tasks in self.types.items() if name not in by_beat for t in tasks)
        lines = []
        for key, arrivals in sorted(groups.items(), key=lambda group: group[1][0].t):
            call = call_of(key)
            if call.get("queue") == queues[key[0]]:
                del call["queue"]
            lines.append({**self.arrivals.line(key[0], [one.t for one in arrivals]), **call})
        return lines

    # -- workers -----------------------------------------------------------------------------------------------

    def _workers(self, config: dict[str, Any]) -> dict[str, Any]:
        """The workers; a prefetch multiplier that they share goes into `config`, where it can be changed for all."""
        made: dict[str, Any] = {}
        seen = self._seen_at_once()
        for event in self.trace:
            if not isinstance(event, ev.WorkerOnline) or event.hostname in made:
                continue
            given: dict[str, Any] = {"queues": list(event.queues) or None, "pool": event.pool}
            scale = event.settings.get("autoscale")
            slots = scale[0] if scale else event.concurrency
            if event.hostname in seen and not scale:
                given["concurrency"] = seen[event.hostname]
                self.draft.note("recording.concurrency", worker=event.hostname, seen=seen[event.hostname])
            else:
                given["concurrency"] = None if scale else event.concurrency
                told = event.prefetch_count > 0 or "transport" in event.settings  # else 0 is: nobody knows
                if told and event.prefetch_count % slots == 0:
                    given["prefetch_multiplier"] = event.prefetch_count // slots
            for key in ("autoscale", "max_tasks_per_child", "memory"):
                given[key] = event.settings.get(key)
            given["starts_at"] = as_seconds(event.t) if event.t > 0 else None
            own = {key: value for key, value in given.items() if value is not None and accepts(Worker, key, value)}
            made[event.hostname] = own
        common = config.get("worker_prefetch_multiplier")
        if common is not None and {spec.get("prefetch_multiplier") for spec in made.values()} == {common}:
            for spec in made.values():
                del spec["prefetch_multiplier"]
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
        stopped: dict[str, dict[str, Any]] = {}
        ended: dict[str, int] = {}
        """Time of the end of each worker's last run."""
        last = max((event.t for event in self.trace if isinstance(event, _WORK)), default=0)
        for event in self.trace:
            if self.unbroken is not None and event.t >= self.unbroken:
                break
            at = as_seconds(event.t)
            match event:
                case ev.WorkerLost():
                    if event.hostname not in stopped:
                        lines.append({"at": at, "kill": event.hostname})
                        stopped[event.hostname] = {}
                case ev.WorkerOffline() if event.t <= last:
                    stopped[event.hostname] = {"at": at, "stop": event.hostname, "how": "warm"}
                    lines.append(stopped[event.hostname])
                    ended[event.hostname] = event.t
                case ev.TaskSucceeded() | ev.TaskFailed() | ev.TaskRetried():
                    ended[event.hostname] = event.t
                case ev.WorkerOnline() if event.hostname in stopped:
                    line = stopped.pop(event.hostname)
                    if not line:
                        lines.append({"at": at, "start": event.hostname})
                        continue
                    # In the model it may run something longer: its next process starts once it has ended.
                    start_up = as_seconds(max(0, event.t - ended[event.hostname]))
                    del line["stop"], line["how"]
                    line |= {"restart": event.hostname, "start_up": start_up}
                case _:
                    pass
        return lines

    def _note_gaps(self) -> None:
        tasks = [task for found in self.types.values() for task in found]
        unsent = sum(not task.arrival.told for task in tasks)
        if unsent:
            self.draft.note("recording.not_sent", count=unsent)
        children = sum(task.arrival.by_worker for task in tasks)
        if children:
            self.draft.note("recording.children", count=children)
        seen = "priorities" in (self.trace.header.recorded.get("asked") or {})
        if any(task.arrival.priority is not None for task in tasks) and seen:
            self.draft.note("recording.seen_priorities")
        elif self.trace.header.recorded and self._has_priorities() and not seen:
            self.draft.note("recording.priorities")
        lost = {
            event.type for event in self.trace if isinstance(event, ev.BrokerDown | ev.ChildExited | ev.TaskRevoked)
        }
        if lost:
            self.draft.note("recording.left_out", events=", ".join(sorted(lost)))

    def _has_priorities(self) -> bool:
        options = [own.get("broker_transport_options") for own in self.conf.values()]
        return any(
            isinstance(event, ev.QueueDeclared) and "x-max-priority" in event.arguments for event in self.trace
        ) or any(isinstance(one, Mapping) and one.get("queue_order_strategy") == "priority" for one in options)


_WORK = (ev.TaskSent, ev.TaskReceived, ev.TaskStarted, ev.TaskSucceeded, ev.TaskFailed, ev.TaskRetried)
