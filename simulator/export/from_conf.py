"""From the JSON of `celery inspect conf` to a scenario: an engineer's own settings on the stage.

A configuration says how things are handled, not what is sent, how long it takes, or what a command line added (`-c`,
`-Q`). What the scenario assumes in their place, and what it leaves out, is noted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from simulator.export.conf_parts import beat_entry, queue_limits
from simulator.export.scenario_file import Draft, is_writable
from simulator.scenario.checks.known import CELERY_SETTINGS, TASK_OPTIONS, modern_setting
from simulator.scenario.schema import Config, Queue, Task, TransportOptions, WorkerTransportOptions, accepts
from simulator.scenario.transports import transport_like
from simulator.scenario.values.routes import Routes, compile_pattern, routers_in

Settings = dict[str, Any]

ASSUMED_DURATION = 1
ASSUMED_GAP = 2
ASSUMED_UNTIL = 60
"""Assumed seconds: duration of each task, interval between sends, and length of the run."""

LEFT_OUT = {
    "broker_failover_strategy": (),
    "beat_cron_starting_deadline": (),
    "beat_max_loop_interval": (0,),
    "result_chord_join_timeout": (3.0,),
    "task_always_eager": (False,),
    "task_create_missing_queues": (True,),
    "task_retry_on_worker_lost": (False,),
    "worker_autoscaler": ("celery.worker.autoscale:Autoscaler",),
    "worker_consumer": ("celery.worker.consumer:Consumer",),
    "worker_deduplicate_successful_tasks": (False,),
    "worker_direct": (False,),
    "worker_enable_prefetch_count_reduction": (True,),
    "worker_pool_restarts": (False,),
}
"""Settings that matter but are not simulated, with Celery's harmless defaults besides null.
loss. Source: celery.app.defaults."""

_HERE = {
    "broker_url", "broker_transport_options", "result_backend", "task_routes", "task_queues", "task_annotations",
    "beat_schedule",
}  # fmt: skip
_PER_WORKER = {
    "worker_concurrency": "concurrency",
    "worker_pool": "pool",
    "worker_prefetch_multiplier": "prefetch_multiplier",
    "worker_max_tasks_per_child": "max_tasks_per_child",
    "worker_max_memory_per_child": "max_memory_per_child",
}
_ABOUT_FAILURE = {"max_retries", "default_retry_delay", "retry_kwargs", "retry_backoff", "retry_backoff_max",
                  "retry_jitter", "autoretry_for", "dont_autoretry_for"}  # fmt: skip
_QUIET = re.compile(
    r"(accept_content|arangodb|azure|beat_|broker_|cache_|cassandra|control_|cosmosdb|couchbase|database|deprecated|"
    r"dynamodb|elasticsearch|enable_utc|event|gcs_|imports|include|mongodb|override|redis_|result_|rpc_|s3_|security|"
    r"task_|timezone|worker_)"
)
_CONNECTION = re.compile(
    r"(client_name|global_keyprefix|health_check|master_name|max_connections|password|region|retry_on_|sep$|sentinel|"
    r"socket_|ssl|username)"
)
"""Transport options that concern the connection."""
_SILENT = ("conf.quiet", "conf.quiet_count", "conf.unknown", "conf.beat_later")
"""Notes that say nothing of a recorded system: it ran with these settings."""
_POOLS = {"celery.concurrency.prefork:TaskPool": "prefork", "celery.concurrency.solo:TaskPool": "solo"}


class NotAConfiguration(ValueError):
    """Text that is no output of `celery inspect conf`."""


def read_conf(text: str) -> dict[str, Settings]:
    """Settings by worker, from the output of `celery inspect conf`, with or without `--json`.

    Raises:
        NotAConfiguration: it is neither.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = dict(_printed(text))
    if isinstance(found, dict) and any(key in CELERY_SETTINGS for key in found):
        found = {"worker1": found}
    if not isinstance(found, dict) or not found:
        raise NotAConfiguration
    workers = {}
    for name, answer in found.items():
        settings = answer.get("ok", answer) if isinstance(answer, dict) else None
        if not isinstance(settings, dict) or not any(key in CELERY_SETTINGS for key in settings):
            raise NotAConfiguration
        workers[str(name)] = settings
    return workers


def _printed(text: str) -> Iterator[tuple[str, Any]]:
    """Parse `-> worker: OK` lines, each followed by the settings as JSON."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"^->\s+(?P<worker>\S+): OK\s*(?=\{)", text, re.MULTILINE):
        try:
            yield match["worker"], decoder.raw_decode(text, match.end())[0]
        except (ValueError, RecursionError):
            raise NotAConfiguration from None


def scenario_from_conf(text: str) -> Draft:
    """Make a playable scenario and notes on its assumptions and omissions; raises `NotAConfiguration`."""
    workers = read_conf(text)
    names = _short_names(workers)
    return _Maker({names[worker]: _modern(settings) for worker, settings in workers.items()}).make()


def settings_from_conf(workers: dict[str, Settings], tasks: list[str]) -> Draft:
    """Return what a configuration says of the tasks of a recording: config, queues, beat, and options of tasks.

    Its notes say what is left out.
    """
    return _Maker({name: _modern(settings) for name, settings in workers.items()}).settings_for(tasks)


def _short_names(workers: dict[str, Settings]) -> dict[str, str]:
    """`name@host` without the host, if that is unambiguous."""
    short = {worker: worker.partition("@")[0] or worker for worker in workers}
    if len(set(short.values())) == len(short):
        return short
    return {worker: f"worker{number}" for number, worker in enumerate(workers, start=1)}


def _modern(settings: Settings) -> Settings:
    """The settings that are not null, under current names."""
    renamed = {modern_setting(key) or key: value for key, value in settings.items()}
    return {key: value for key, value in renamed.items() if value is not None}


class _Maker:
    """Maker of one scenario from the settings of all workers."""

    def __init__(self, workers: dict[str, Settings]) -> None:
        self.workers = workers
        self.settings: Settings = {}
        for settings in workers.values():
            self.settings = {**settings, **self.settings}
        self.draft = Draft()
        for key in [key for key, value in self.settings.items() if not is_writable(value)]:
            self.draft.note("conf.value", setting=key, value=_shown(self.settings.pop(key)))
        self.config: Settings = {}
        self.tasks: dict[str, Settings] = {}
        self.queues: dict[str, Settings] = {}

    def make(self) -> Draft:
        scheme = self._transport()
        beat = self._beat()
        self._tasks(beat)
        self._routes()
        self._queues()
        self._annotations()
        self._config()
        self._time_limits()
        self._leftovers()
        default = str(self.config.get("task_default_queue", "celery"))
        used: set[str] = {task.get("queue", default) for task in self.tasks.values()}
        self.draft.note("conf.assumed", duration=ASSUMED_DURATION, gap=ASSUMED_GAP)
        sent = [name for name in self.tasks if name not in {entry["task"] for entry in beat.values()}]
        for name in used - set(self.queues) if self.queues else ():
            self.queues[name] = {}
        taken = transport_like(scheme)
        data: dict[str, Any] = {
            "title": {"ko": "설정에서 만든 시나리오", "en": "Made from a configuration"},
            "profile": taken.profile if taken is not None else "celery-rabbitmq",
            "until": ASSUMED_UNTIL,
            "config": self.config,
            "queues": {name: limits or None for name, limits in self.queues.items()},
            "tasks": {name: {"duration": ASSUMED_DURATION, **options} for name, options in self.tasks.items()},
            "workers": self._workers(sorted(used | set(self.queues), key=str)),
            "send": [{"from": 0, "every": {"exponential": ASSUMED_GAP}, "task": name} for name in sent],
            "beat_schedule": beat,
            "knobs": self._knobs(scheme),
        }
        self.draft.data = {key: value for key, value in data.items() if value not in ({}, [])}
        return self.draft

    def settings_for(self, tasks: list[str]) -> Draft:
        """The settings for these tasks, and nothing that is sent or works."""
        scheme = self._transport()
        self.tasks = {name: {} for name in tasks}
        self.routers = [Routes(router) for router in routers_in(self.settings.get("task_routes"))[0]]
        self._routes()
        self._queues()
        self._annotations()
        self._config()
        self._time_limits()
        self._leftovers()
        taken = transport_like(scheme)
        self.draft.data = {
            **({"profile": taken.profile} if taken is not None and "broker_url" in self.settings else {}),
            "config": {key: value for key, value in self.config.items() if key != "worker_concurrency"},
            "queues": {name: limits or None for name, limits in self.queues.items()},
            "tasks": self.tasks,
            "beat_schedule": self._beat(),
        }
        self.draft.notes = [note for note in self.draft.notes if note.code not in _SILENT]
        return self.draft

    def _transport(self) -> str:
        url = self.settings.get("broker_url", "amqp://")
        scheme = str(url).partition("://")[0].partition("+")[0].lower()
        if transport_like(scheme) is None:
            self.draft.note("conf.transport", value=scheme)
        elif scheme == "memory":
            self.config["broker_url"] = "memory://"
        elif scheme == "sentinel":
            self.draft.note("conf.near", value=scheme, taken="redis")
        return scheme

    def _config(self) -> None:
        for key, given in self.settings.items():
            value = _POOLS.get(given, given) if key == "worker_pool" and isinstance(given, str) else given
            if key not in _HERE and key in Config.model_fields:
                if accepts(Config, key, value):
                    self.config[key] = value
                else:
                    self.draft.note("conf.value", setting=key, value=_shown(value))
        self._transport_options()
        backend = str(self.settings.get("result_backend", ""))
        for kept in (backend.partition("://")[0] + "://", "redis://"):
            if "://" in backend and accepts(Config, "result_backend", kept):
                self.config["result_backend"] = kept
                if not backend.startswith(kept):
                    self.draft.note("conf.value", setting="result_backend", value=backend.partition("://")[0])
                break

    def _transport_options(self) -> None:
        given = self.settings.get("broker_transport_options")
        options = {}
        for key, value in given.items() if isinstance(given, dict) else ():
            if accepts(TransportOptions, key, value):
                options[key] = value
            elif not _CONNECTION.match(key):
                self.draft.note("conf.not_simulated", setting=f"broker_transport_options.{key}", value=_shown(value))
        if options:
            self.config["broker_transport_options"] = options

    def _beat(self) -> dict[str, Settings]:
        given = self.settings.get("beat_schedule")
        found = {}
        for name, entry in given.items() if isinstance(given, dict) else ():
            read = beat_entry(entry) if isinstance(entry, dict) else None
            if read is None:
                self.draft.note("conf.beat", name=str(name), value=_shown(entry))
                continue
            found[str(name)] = read
            schedule = read["schedule"]
            if isinstance(schedule, dict) or schedule > ASSUMED_UNTIL:
                self.draft.note("conf.beat_later", name=str(name), until=ASSUMED_UNTIL)
        return found

    def _tasks(self, beat: dict[str, Settings]) -> None:
        """Every task named in a setting; a pattern that matches none of them gets an invented one."""
        named = [entry["task"] for entry in beat.values()]
        patterns: list[str] = []
        annotations = self.settings.get("task_annotations")
        listed = annotations if isinstance(annotations, dict) else {}
        routers, unread = routers_in(self.settings.get("task_routes"))
        self.routers = [Routes(router) for router in routers]
        for router in unread:
            self.draft.note("conf.router", value=_shown(router))
        for key in [name for router in routers for name, _ in router]:
            (patterns if compile_pattern(key) is not None else named).append(key)
        named += [name for name in listed if "*" not in name]
        self.tasks = {name: {} for name in named}
        for pattern in patterns:
            if not any(_fits(pattern, name) for name in self.tasks):
                stand_in = _stand_in(pattern)
                if stand_in is None:
                    self.draft.note("conf.no_stand_in", pattern=pattern)
                    continue
                self.tasks[stand_in] = {}
                self.draft.note("conf.stand_in", pattern=pattern, name=stand_in)
        if not self.tasks:
            self.tasks["task"] = {}
            self.draft.note("conf.no_task", name="task")

    def _routes(self) -> None:
        for name, task in self.tasks.items():
            route: Settings = next(filter(None, (router.find(name) for router in self.routers)), {})
            for key, value in route.items():
                if value is not None and key in ("queue", "priority", "expires") and accepts(Task, key, value):
                    task[key] = value
                elif key not in ("routing_key", "exchange"):
                    self.draft.note("conf.not_simulated", setting=f"task_routes.{name}.{key}", value=_shown(value))
            if "queue" not in task and ("routing_key" in route or "exchange" in route):
                self.draft.note("conf.routing_key", name=name)

    def _queues(self) -> None:
        given = self.settings.get("task_queues")
        for entry in given if isinstance(given, list) else ():
            if not isinstance(entry, dict) or not entry.get("name"):
                self.draft.note("conf.value", setting="task_queues", value=_shown(entry))
                continue
            limits = {}
            for key, value in queue_limits(entry):
                if accepts(Queue, key, value):
                    limits[key] = value
                else:
                    setting = f"task_queues.{entry['name']}.{key}"
                    self.draft.note("conf.not_simulated", setting=setting, value=_shown(value))
            self.queues[str(entry["name"])] = limits

    def _annotations(self) -> None:
        given = self.settings.get("task_annotations")
        if given is not None and not isinstance(given, dict):
            self.draft.note("conf.value", setting="task_annotations", value=_shown(given))
            return
        # `*` comes last and goes over the others (celery.app.annotations: resolve_all).
        ordered = sorted((given or {}).items(), key=lambda item: item[0] == "*")
        for pattern, options in ordered:
            for key, value in options.items() if isinstance(options, dict) else ():
                if key in _ABOUT_FAILURE:
                    self.draft.note("conf.retry", setting=f"task_annotations.{pattern}.{key}")
                elif key in TASK_OPTIONS and accepts(Task, key, value):
                    for name, task in self.tasks.items():
                        if pattern in ("*", name):
                            task[key] = value
                else:
                    setting = f"task_annotations.{pattern}.{key}"
                    self.draft.note("conf.not_simulated", setting=setting, value=_shown(value))

    def _time_limits(self) -> None:
        """Leave out a soft limit above the hard one: Celery does not send such a task."""
        for task in (self.config, *self.tasks.values()):
            own, prefix = (task, "task_") if task is self.config else (task, "")
            hard = own.get(f"{prefix}time_limit") or self.config.get("task_time_limit")
            if not own.get(f"{prefix}soft_time_limit"):
                own, prefix = self.config, "task_"
            soft = own.get(f"{prefix}soft_time_limit")
            if soft and hard and soft > hard:
                del own[f"{prefix}soft_time_limit"]
                self.draft.note("conf.value", setting=f"{prefix}soft_time_limit", value=_shown(soft))

    def _workers(self, queues: list[str]) -> dict[str, Settings]:
        listed = bool(self.queues) or queues != [self.config.get("task_default_queue", "celery")]
        if listed:
            self.draft.note("conf.consumes", queues=", ".join(queues))
        if "worker_concurrency" not in self.config:
            self.draft.note("conf.concurrency")
        made = {}
        for name, settings in self.workers.items():
            own: Settings = {"queues": queues} if listed else {}
            for key in self.settings.keys() - {"deprecated_settings"}:
                if settings.get(key) != self.settings[key] and is_writable(settings.get(key)) and key in settings:
                    if key in _PER_WORKER and accepts(Config, key, settings[key]):
                        own[_PER_WORKER[key]] = settings[key]
                    elif key == "broker_transport_options" and isinstance(settings[key], dict):
                        own[key] = {k: v for k, v in settings[key].items() if accepts(WorkerTransportOptions, k, v)}
                    else:
                        self.draft.note("conf.differs", setting=key)
            made[name] = own
        return made

    def _leftovers(self) -> None:
        quiet, strange = [], []
        for key, value in self.settings.items():
            if key in _HERE or key in Config.model_fields:
                continue
            if key in LEFT_OUT:
                if value not in LEFT_OUT[key]:
                    self.draft.note("conf.not_simulated", setting=key, value=_shown(value))
            elif key in CELERY_SETTINGS or _QUIET.match(key):
                quiet.append(key)
            else:
                strange.append(key)
        if quiet and len(quiet) <= 20:
            self.draft.note("conf.quiet", settings=", ".join(sorted(quiet)))
        elif quiet:
            self.draft.note("conf.quiet_count", count=len(quiet))
        if strange:
            self.draft.note("conf.unknown", settings=", ".join(sorted(strange)))

    def _knobs(self, scheme: str) -> list[Settings]:
        knobs: list[Settings] = [
            {"path": "config.worker_prefetch_multiplier", "values": [1, 2, 4, 8]},
            {"path": "config.worker_concurrency", "range": [1, 16]},
            {"path": "config.task_acks_late", "values": [False, True]},
            {"path": "tasks.*.duration", "range": [0.1, 10]},
        ]
        taken = transport_like(scheme)
        if taken is not None and taken.visibility_timeout is not None:
            knobs.append({"path": "config.broker_transport_options.visibility_timeout", "range": [10, 7200]})
        if "task_time_limit" in self.config:
            knobs.append({"path": "config.task_time_limit", "range": [1, self.config["task_time_limit"]]})
        return knobs


def _fits(key: str, name: str) -> bool:
    pattern = compile_pattern(key)
    return pattern is not None and pattern.match(name) is not None


def _stand_in(pattern: str) -> str | None:
    """An invented task name for a glob; None for a regular expression, which cannot be inverted."""
    name = pattern.replace("*", "task")
    return name if _fits(pattern, name) else None


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
