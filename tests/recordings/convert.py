"""From an experiment to a scenario. A key this page does not know is an error, never ignored.

When workers came online and when actions were taken is input: it is read from the recording. What then happened is
predicted.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping
from typing import Any

from simulator.scenario import Scenario, parse_scenario
from tests.recordings.actions import Started, convert_actions
from tests.recordings.experiment import Recording, identifier, worker_of
from tests.recordings.options import queue_limits, worker_options

BROKERS: dict[str, dict[str, Any]] = {
    "redis": {"profile": "celery-redis"},
    "rabbitmq": {"profile": "celery-rabbitmq"},
    "filesystem": {"profile": "celery-filesystem"},
    "memory": {"profile": "celery-filesystem", "config": {"broker_url": "memory://"}},
    "sqs": {"profile": "celery-sqs"},
}
TOP = {"about", "broker", "conf", "transport_options", "task_types", "workers", "send", "actions", "duration"}
TOP |= {"declare", "rabbitmq_eval", "rabbitmq_eval_after"}
ERROR = ("error", "exception", "exc", "raises")
"""Keys under which an experiment names the exception of a failing task; `Transient` without any."""
TASK = {"duration", "fail_on", "retry", "no_exc", "options", "crash", "catch_soft", "reject", "ignore", *ERROR}
OPTIONS = set(
    """acks_late acks_on_failure acks_on_timeout acks_on_failure_or_timeout reject_on_worker_lost
    autoretry_for dont_autoretry_for max_retries default_retry_delay retry_backoff retry_backoff_max retry_jitter
    retry_kwargs time_limit soft_time_limit rate_limit track_started ignore_result expires priority queue""".split()
)
CALL = {"id", "task", "queue", "priority", "countdown", "expires", "args", "kwargs"}
WHEN = {"at", "before_workers", "eta"}
SPAWN_TO_ONLINE = 0.9
"""Seconds a worker needs to come online, for one whose worker-online nobody saw; the recordings' median."""
BROKER_TIMEOUTS = {"consumer_timeout": "consumer_timeout", "channel_tick_interval": "channel_tick_interval"}
"""RabbitMQ's settings an experiment may change by `rabbitmq_eval`, in milliseconds, and ours, in seconds."""


def only(what: Mapping[str, Any], known: set[str], where: str) -> None:
    """Refuse what is not known."""
    if unknown := sorted(set(what) - known):
        raise ValueError(f"{where}: unknown {', '.join(unknown)}")


def as_scenario(recording: Recording) -> Scenario:
    """The scenario of an experiment. Its time begins a little before the first thing on record."""
    return parse_scenario(json.dumps(as_data(recording)), file=f"{recording.name}.yaml")


def started_at(recording: Recording) -> float:
    """The recording's time at a scenario's time 0."""
    return min(0.0, *(float(row["t"]) for row in recording.rows)) - 0.1


def as_data(recording: Recording) -> dict[str, Any]:
    """The scenario of an experiment as it would stand in a file."""
    experiment = recording.experiment
    only(experiment, TOP, recording.name)
    start = started_at(recording)
    conf = dict(experiment.get("conf", {}))
    beats = conf.pop("beat_schedule", {})
    queues = _queues(conf.pop("task_queues", []), experiment.get("declare", []))
    workers, restarts = _workers(recording, list(queues), start)
    faults, control = convert_actions(recording, start, lambda cut: _started(recording, cut))
    if any(action["do"] == "beat" for action in experiment.get("actions", [])):
        workers["beat"] = {"beat": True, "queues": ["nothing"], "starts_at": _beat_start(recording, beats) - start}
    data = {
        **BROKERS[experiment["broker"]],
        "exceptions": {name: "Exception" for name in _errors(experiment) if not hasattr(builtins, name)},
        "config": _config(experiment, conf),
        "tasks": {name: _task(spec, f"task_types.{name}") for name, spec in experiment["task_types"].items()},
        "workers": workers,
        "queues": queues,
        "beat_schedule": beats,
        "send": [_send(recording, send, start) for send in experiment["send"]],
        "faults": sorted([*faults, *restarts], key=lambda fault: fault["at"]),
        "control": control,
        "until": recording.end - start,
    }
    rounded: dict[str, Any] = _round(data)
    return {key: value for key, value in rounded.items() if value or key in ("send", "tasks", "workers")}


def _round(value: Any) -> Any:
    """Times have at most six decimals."""
    if isinstance(value, dict):
        return {key: _round(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_round(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value


def _config(experiment: dict[str, Any], conf: dict[str, Any]) -> dict[str, Any]:
    config = {**BROKERS[experiment["broker"]].get("config", {}), **conf}
    if (both := config.pop("task_acks_on_failure_or_timeout", None)) is not None:
        config |= {"task_acks_on_failure": both, "task_acks_on_timeout": both}
    if "transport_options" in experiment:
        config["broker_transport_options"] = experiment["transport_options"]
    for call in experiment.get("rabbitmq_eval", []):
        for name, value in _set_env(call):
            config[BROKER_TIMEOUTS[name]] = value / 1000
    return config


def _set_env(call: str) -> list[tuple[str, float]]:
    """The settings of `application:set_env(rabbit, NAME, NUMBER), ... .`."""
    found = []
    for part in call.rstrip(". \n").split("application:set_env("):
        if part:
            application, name, value = (word.strip() for word in part.strip(" ,)\n").split(","))
            if application != "rabbit":
                raise ValueError(f"rabbitmq_eval: {call}")
            found.append((name, float(value)))
    return found


def _queues(declared: list[Any], named: list[str]) -> dict[str, Any]:
    specs = [{"name": queue} if isinstance(queue, str) else dict(queue) for queue in declared]
    bound = {(spec.get("exchange"), spec.get("routing_key")): spec["name"] for spec in specs}
    return {**{name: {} for name in named}, **{spec["name"]: queue_limits(spec, bound) for spec in specs}}


def _task(spec: dict[str, Any], where: str) -> dict[str, Any]:
    only(spec, TASK, where)
    options = dict(spec.get("options", {}))
    only(options, OPTIONS, f"{where}.options")
    if (both := options.pop("acks_on_failure_or_timeout", None)) is not None:
        options |= {"acks_on_failure": both, "acks_on_timeout": both}
    task = {"duration": spec["duration"], **options}
    if spec.get("catch_soft"):
        task["catches_soft_limit"] = True
    if "retry" in spec:
        only(spec["retry"], {"countdown", "max_retries"}, f"{where}.retry")
        task["retry"] = {"on": [_error(spec)], "exc": not spec.get("no_exc", False)}
        if "countdown" in spec["retry"]:
            task["retry"]["countdown"] = spec["retry"]["countdown"]
        if "max_retries" in spec["retry"]:
            task["max_retries"] = spec["retry"]["max_retries"]
    return {**task, **_failing(spec, where)}


def _error(spec: dict[str, Any]) -> str:
    return str(next((spec[key] for key in ERROR if key in spec), "Transient"))


def _errors(experiment: dict[str, Any]) -> list[str]:
    """Every exception that is raised, retried or not retried, in order."""
    names = []
    for spec in experiment["task_types"].values():
        options = spec.get("options", {})
        names += [_error(spec), *options.get("autoretry_for", []), *options.get("dont_autoretry_for", [])]
    return list(dict.fromkeys(names))


def _failing(spec: dict[str, Any], where: str) -> dict[str, Any]:
    """The failure of a task. A message delivered again has the same attempt number; only a retry has the next."""
    if "fail_on" not in spec:
        return {}
    always = spec["fail_on"] == "all"
    first = always or 1 in spec["fail_on"]
    if "crash" in spec:
        if spec["crash"] not in ("sigkill", "sigsegv", "sigterm", "exit", "oom"):
            raise ValueError(f"{where}: crash {spec['crash']}")
        return {"kills": "child"} if first else {}
    if "reject" in spec:
        if spec["reject"] not in ("discard", "requeue"):
            raise ValueError(f"{where}: reject {spec['reject']}")
        return {"reject": spec["reject"]} if first else {}
    if spec.get("ignore"):
        return {"ignore": True} if first else {}
    error = _error(spec)
    if always:
        return {"raises": error}
    return {"raises": [error if n in spec["fail_on"] else None for n in range(1, max(spec["fail_on"]) + 1)]}


def _call(spec: dict[str, Any], where: str) -> dict[str, Any]:
    only(spec, CALL | WHEN, where)
    call = {key: value for key, value in spec.items() if key in CALL}
    return {**call, "id": identifier(spec["id"])} if "id" in spec else call


def _canvas(spec: dict[str, Any], where: str) -> dict[str, Any]:
    """A call, or a chain, group or chord of such."""
    if "canvas" not in spec:
        return _call(spec, where)
    kind = spec["canvas"]
    only(spec, WHEN | {"canvas", "parts"} | ({"body"} if kind == "chord" else set()), where)
    parts = [_canvas(part, where) for part in spec["parts"]]
    if kind in ("chain", "group"):
        return {kind: parts}
    if kind == "chord":
        return {"chord": {"header": parts, "body": _canvas(spec["body"], where)}}
    raise ValueError(f"{where}: canvas {kind}")


def _send(recording: Recording, send: dict[str, Any], start: float) -> dict[str, Any]:
    line = _canvas(send, f"send {send.get('id', '')}")
    at = _sent_at(recording, send) if send.get("before_workers") else float(send["at"])
    if "eta" in send:
        line["eta"] = send["eta"] - start
    return {**line, "at": at - start}


def _sent_at(recording: Recording, send: dict[str, Any]) -> float:
    """Time of a send from before there were workers: the harness sent it as soon as it could."""
    first: dict[str, Any] = send
    while "parts" in first:
        first = first["parts"][0]
    for row in recording.rows:
        if row["type"] == "task-sent" and row["uuid"] == first.get("id"):
            return float(row["t"])
    return min(float(row["t"]) for row in recording.rows)


def _workers(recording: Recording, queues: list[str], start: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The workers, and the faults that start them again where the harness did."""
    workers, restarts = {}, []
    for spec in recording.experiment["workers"]:
        name = spec["name"]
        first, *later = _online(recording, name)
        workers[name] = {"starts_at": first - start, **worker_options(spec, queues)}
        restarts += [{"at": t - start, "start": name} for t in later]
    return workers, restarts


def _online(recording: Recording, name: str) -> list[float]:
    """Times at which a worker came online: once for each time it was spawned, so that a reconnection does not count."""
    times: list[float] = []
    spawned: float | None = None
    for row in recording.rows:
        if row["type"] == "worker-spawn" and row["worker"] == name:
            if spawned is not None:
                times.append(spawned + SPAWN_TO_ONLINE)
            spawned = row["t"]
        elif row["type"] == "worker-online" and worker_of(row) == name and (spawned is not None or not times):
            times.append(row["t"])
            spawned = None
    if spawned is not None:
        times.append(spawned + SPAWN_TO_ONLINE)
    if not times:  # the monitor shares the worker's process and began to listen later: the first it said
        times = [h.t for h in recording.happenings if h.hostname == name][:1]
    return times


def _beat_start(recording: Recording, beats: dict[str, Any]) -> float:
    """Start of beat: one interval before its first send."""
    intervals = {entry["task"]: float(entry["schedule"]) for entry in beats.values()}
    for row in recording.rows:
        if row["type"] == "task-sent" and row["uuid"] not in recording.ids and row["name"] in intervals:
            return float(row["t"]) - intervals[row["name"]]
    return next(float(row["t"]) for row in recording.rows if row.get("do") == "beat") + SPAWN_TO_ONLINE


def _started(recording: Recording, cut: float) -> list[Started]:
    """Tasks, with their slots, that a prediction starts which ends at `cut` (recorded time)."""
    from simulator.engine import simulate

    shorter = Recording(
        recording.name,
        {**recording.experiment, "actions": [a for a in recording.experiment.get("actions", []) if a["at"] < cut]},
        [row for row in recording.rows if row["t"] < cut],
    )
    trace = simulate(as_scenario(shorter))
    return [Started(e.uuid, e.hostname, e.slot) for e in trace if e.type == "task-started"]  # type: ignore[attr-defined]
