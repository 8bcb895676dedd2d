"""Checks beyond types: names that must exist, conditions that must parse, settings that have no effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from simulator.scenario import convert, schema, versions
from simulator.scenario.checks.idle import find_idle
from simulator.scenario.checks.names import NameChecker
from simulator.scenario.checks.scope import RuleScope
from simulator.scenario.conditions.goals import (
    SIGNALS,
    GoalSyntaxError,
    parse_goal,
    reads_signals,
)
from simulator.scenario.problems import MAX_PROBLEMS, Problem, nearest
from simulator.scenario.profiles import PROFILES
from simulator.scenario.running import running_changes
from simulator.scenario.schema.faults import ON_WORKERS
from simulator.scenario.source import Path, Source
from simulator.scenario.transports import TRANSPORTS
from simulator.scenario.values.paths import PathError, parse_path
from simulator.trace.events import RESTING_MEMORY


def check_scenario(model: schema.ScenarioFile, source: Source) -> tuple[list[Problem], list[Problem]]:
    """Errors and warnings that need the whole scenario to be seen."""
    checker = _Checker(model, source)
    checker.sends()
    checker.chords()
    checker.beat()
    checker.tasks()
    checker.registries()
    checker.queue_types()
    checker.versions()
    checker.memory_limits()
    checker.exceptions()
    checker.knobs()
    checker.misconceptions()
    checker.faults()
    checker.scales()
    checker.controls()
    checker.stops()
    checker.tests()
    checker.variants()
    return checker.problems, checker.warnings


PANELS = ("producers", "broker", "queues", "workers", "services", "result_backend", "timeline")
"""Allowed targets of a caption, besides single workers, queues, services and tasks."""

MAX_ANCESTORS = 20
"""Longest chain of base exceptions followed while looking for a loop."""

TOO_WIDE = tuple(map(parse_path, "tasks.*.duration tasks.*.raises config send faults until".split()))
"""Paths that an exercise must not open: changing them wins it without learning what it is about."""


def _covers(parts: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """Return True if permission to change the path `wide` includes `parts`."""
    return all(a == b or "*" in (a, b) for a, b in zip(parts, wide, strict=False))


def check_idle(scope: RuleScope, others: Iterable[RuleScope], source: Source) -> list[Problem]:
    """A warning for each setting that does nothing here; see `idle`."""
    return [
        source.problem(
            code,
            source.at(path, key=True),
            key=str(path[-1]),
            where=convert.dotted(path[:-1]),
            path=convert.dotted(path),
        )
        for code, path in islice(find_idle(scope, others), MAX_PROBLEMS)
    ]


class _Checker(NameChecker):
    def __init__(self, model: schema.ScenarioFile, source: Source) -> None:
        super().__init__(model, source)
        url = model.config.broker_url or PROFILES[model.profile]["config"]["broker_url"]
        self.transport = TRANSPORTS[url.partition("://")[0]]
        sweep = model.config.visibility_sweep or PROFILES[model.profile]["config"]["visibility_sweep"]
        self.sweeps = self.transport.leases_by_worker and sweep == "real"
        """True if workers sweep for expired leases."""

    def sends(self) -> None:
        seen: set[str] = set()
        for index, send in enumerate(self.model.send):
            if send.until is not None and send.until <= (send.from_ or 0):
                self.error("send.until", ("send", index, "until"))
            for path, call in send.placed_calls:
                self.call(call, ("send", index, *path), seen)

    def call(self, call: schema.Call, path: Path, seen: set[str]) -> None:
        if call.task not in self.model.tasks:
            meant = self.nearest(call.task, self.model.tasks)
            self.warn("send.unregistered", (*path, "task"), name=call.task, meant=meant)
        if call.id is not None:
            if call.id in seen:
                self.error("send.id_twice", (*path, "id"), id=call.id)
            seen.add(call.id)

    def chords(self) -> None:
        """Report chords on Celery's rpc backend, which has none; a group followed by more in a chain counts as one."""
        if not (self.model.config.result_backend or "").startswith("rpc://"):
            return
        for index, send in enumerate(self.model.send):
            if _has_chord(send):
                self.error("canvas.rpc", ("send", index))

    def queue_types(self) -> None:
        """RabbitMQ's classic queues have no delivery limit, its quorum queues no priorities."""
        config = self.model.config
        for name, queue in self.model.queues.items() if self.transport.has_ttl else ():
            if queue is None:
                continue
            is_default = name == (config.task_default_queue or "celery")
            default = config.task_default_queue_type if is_default else config.task_create_missing_queue_type
            if queue.queue_type == "classic" and queue.delivery_limit is not None:
                self.error("queue.classic_limit", ("queues", name, "delivery_limit"))
            given = queue.queue_type or ("quorum" if queue.delivery_limit is not None else default)
            if given == "quorum" and queue.max_priority is not None:
                self.error("queue.quorum_priority", ("queues", name, "max_priority"))

    def memory_limits(self) -> None:
        """A box that cannot hold even the idle processes of its worker."""
        default = self.model.config.worker_concurrency or 1
        for name, worker in self.model.workers.items():
            if worker.memory_limit is None:
                continue
            slots = worker.autoscale[0] if worker.autoscale else worker.concurrency or default
            pool = worker.pool or self.model.config.worker_pool or "prefork"
            rest = (RESTING_MEMORY if worker.memory is None else worker.memory) * (slots if pool == "prefork" else 1)
            if worker.memory_limit <= rest:
                self.error(
                    "worker.memory_limit", ("workers", name, "memory_limit"), limit=worker.memory_limit, rest=rest
                )

    def versions(self) -> None:
        """Settings and options that the chosen version of Celery does not have."""
        model, version = self.model, self.model.celery_version
        found: list[tuple[Path, str]] = [(("config", key), key) for key in model.config.written()]
        for name, task in model.tasks.items():
            found += [(("tasks", name, key), key) for key in task.model_fields_set]
        for name, queue in model.queues.items():
            found += [(("queues", name, key), key) for key in (queue.model_fields_set if queue is not None else ())]
        found += [
            (("faults", place, "how"), f"how: {fault.how}") for place, fault in enumerate(model.faults) if fault.how
        ]
        for path, key in found:
            since = versions.lacks(version, key)
            if since is not None:
                self.error("version.lacks", path, key=key, since=since, version=version)
        if versions.is_before(version, "5.4") and self.transport.leases_by_worker:
            self.deaf_workers()

    def deaf_workers(self) -> None:
        """Outages of Redis after which a prefork worker of an old Celery may never consume again; here it always does.

        Seen with Celery 5.3.6, Redis stopped for 1 s: 12 of 16 prefork workers were deaf, and none with threads.
        """
        default = self.model.config.worker_pool or "prefork"
        for place, fault in enumerate(self.model.faults):
            hit = list(self.model.workers) if fault.down == "broker" else [fault.disconnect]
            pools = {self.model.workers[name].pool or default for name in hit if name in self.model.workers}
            if "prefork" in pools:
                key = "down" if fault.down else "disconnect"
                self.warn("version.deaf", ("faults", place, key), version=self.model.celery_version)

    def beat(self) -> None:
        model = self.model
        for name, entry in model.beat_schedule.items():
            if entry.task not in model.tasks:
                meant = nearest(entry.task, model.tasks)
                self.warn("send.unregistered", ("beat_schedule", name, "task"), name=entry.task, meant=meant)
        if model.beat_schedule and model.until is None and not model.send:
            self.error("beat.until", ("beat_schedule",))
        if model.has_own_beat and "beat" in model.workers:
            self.error("beat.name", ("workers", "beat"))
        for name, worker in model.workers.items():
            if worker.beat and not model.beat_schedule:
                self.warn("beat.nothing", ("workers", name, "beat"))

    def tasks(self) -> None:
        for name, task in self.model.tasks.items():
            if task.calls is not None and task.calls not in self.model.services:
                known = list(self.model.services)
                self.error(
                    "service.unknown", ("tasks", name, "calls"), name=task.calls, meant=self.nearest(task.calls, known)
                )
            for place, call in enumerate(task.gets.tasks if task.gets is not None else ()):
                self.call(call, ("tasks", name, "gets", "tasks", place), set())
            self.time_limits(name, task)
        for name, route in (self.model.config.task_routes or {}).items():
            if route.dead_letter_queue is not None and self.model.profile != "guide":
                self.error("route.dead_letter_queue", ("config", "task_routes", name, "dead_letter_queue"))

    def time_limits(self, name: str, task: schema.Task) -> None:
        """A soft limit longer than the hard one, wherever the task has them from: it cannot be sent since 5.5.

        Source: celery.app.task: Task.apply_async, Task.from_config; tried on 5.7.
        """
        if versions.is_before(self.model.celery_version, "5.5"):
            return
        soft, soft_path = self.time_limit(name, task, "soft_time_limit")
        hard, hard_path = self.time_limit(name, task, "time_limit")
        if soft and hard and soft > hard:
            path = hard_path if soft_path == ("config", "task_soft_time_limit") else soft_path
            self.error("task.soft_above_hard", path, name=name, soft=soft, hard=hard)

    def time_limit(self, name: str, task: schema.Task, key: str) -> tuple[float | None, Path]:
        """A limit of a task in seconds, and where it is written: an annotation, the task, or the default of all."""
        config = self.model.config
        value: float | None = getattr(task, key)
        path: Path = ("tasks", name, key)
        for annotated in (name, "*"):
            over = (config.task_annotations or {}).get(annotated)
            if over is not None and getattr(over, key) is not None:
                value, path = getattr(over, key), ("config", "task_annotations", annotated)
        if value is None:
            value, path = getattr(config, f"task_{key}"), ("config", f"task_{key}")
        return value, path

    def registries(self) -> None:
        for worker, spec in self.model.workers.items():
            for name in spec.tasks or ():
                if name not in self.model.tasks:
                    meant = self.nearest(name, self.model.tasks)
                    self.error("worker.task", ("workers", worker, "tasks", name), name=name, meant=meant)

    def exceptions(self) -> None:
        for name in self.model.exceptions:
            line = [name]
            while line[-1] in self.model.exceptions and len(line) < MAX_ANCESTORS:
                line.append(self.model.exceptions[line[-1]])
                if line[-1] == name:
                    self.error("exception.loop", ("exceptions", name), name=name)
                    break

    def knobs(self) -> None:
        for index, knob in enumerate(self.model.knobs):
            self.path(knob.path, ("knobs", index, "path"))
        for index, text in enumerate(self.model.exercise.may_change if self.model.exercise is not None else ()):
            place: Path = ("exercise", "may_change", index)
            parts = self.path(text, place)
            if parts is not None and any(len(parts) == len(w) and _covers(parts, w) for w in TOO_WIDE):
                self.warn("exercise.too_wide", place, path=text)

    def path(self, text: str, place: Path) -> tuple[str, ...] | None:
        """Report a path that leads to no key of the format or to nothing in this scenario."""
        try:
            parts = parse_path(text)
        except PathError as error:
            self.problems.append(self.source.problem(error.code, self.source.at(place), **error.params))
            return None
        names = {key: list(getattr(self.model, key)) for key in ("tasks", "workers", "queues", "services")}
        if len(parts) > 1 and parts[0] in names and parts[1] not in ("*", *names[parts[0]]):
            known = names[parts[0]]
            self.error(
                "path.no_such", place, path=text, part=parts[1], meant=self.nearest(parts[1], known), known=known
            )
            return None
        for end in range(len(parts)):
            room = convert.room_of(parts[:end])
            if room is not None and parts[end] not in ("*", *convert.field_names(room[1])):
                meant = self.nearest(parts[end], convert.field_names(room[1]))
                self.error("path.no_key", place, path=text, part=parts[end], meant=meant)
                return None
        return parts

    def misconceptions(self) -> None:
        """Report what a misconception changes although an exercise forbids it: then it would never be run."""
        exercise = self.model.exercise
        if exercise is None or not exercise.misconceptions:
            return
        for index, one in enumerate(exercise.misconceptions):
            for path in one.set:
                where: Path = ("exercise", "misconceptions", index, "set", path)
                try:
                    allowed = any(_covers(parse_path(path), parse_path(wide)) for wide in exercise.may_change)
                except PathError as error:
                    self.error(error.code, where, **error.params)
                else:
                    if not allowed:
                        self.error("exercise.misconception", where, path=path)

    def faults(self) -> None:
        for index, fault in enumerate(self.model.faults):
            for action in ON_WORKERS:
                whom = getattr(fault, action)
                if whom is not None:
                    self.known_worker(whom, ("faults", index, action), is_process=action in ("kill", "stop", "start"))
            for place, whom in enumerate(fault.rolling or ()):
                self.known_worker(whom, ("faults", index, "rolling", place), is_process=False)
            if fault.during is not None and not self.sweeps:
                self.error("fault.no_sweep", ("faults", index, "during"))
            if fault.disconnect is not None and not self.transport.keeps_connection:
                self.error("fault.no_connection", ("faults", index, "disconnect"))
            for path, value in (fault.set or {}).items():
                try:
                    running_changes(self.model, path, value)
                except PathError as error:
                    self.error(error.code, ("faults", index, "set", path), **error.params)
            services = [f"services.{name}" for name in self.model.services]
            if fault.slow is not None and fault.slow not in services:
                meant = nearest(fault.slow, services)
                self.error("fault.down", ("faults", index, "slow"), name=fault.slow, meant=meant, known=services)
            if fault.down is not None and fault.down not in ("broker", *services):
                known = ["broker", *services]
                meant = self.nearest(fault.down, known)
                self.error("fault.down", ("faults", index, "down"), name=fault.down, meant=meant, known=known)

    def scales(self) -> None:
        taken: set[str] = set()
        for index, scale in enumerate(self.model.scale):
            path: Path = ("scale", index)
            names = [name for name in self.model.workers if scale.takes(name)]
            if not names:
                known = list(self.model.workers)
                meant = self.nearest(scale.workers, known)
                self.error("worker.unknown", (*path, "workers"), name=scale.workers, meant=meant, known=known)
            elif scale.most_of(len(names)) > len(names) or scale.first > len(names):
                self.error("scale.too_few", path, count=len(names), workers=scale.workers)
            if twice := sorted(taken & {*names}):
                self.error("scale.twice", (*path, "workers"), name=twice[0])
            taken.update(names)
            for name in names:
                if self.model.workers[name].starts_at:
                    self.error("scale.starts_at", ("workers", name, "starts_at"), name=name)
            self.signal((*path, "by"), scale.by)

    def signal(self, path: Path, text: str) -> None:
        """Check what a controller reads: numbers that it can know at that moment."""
        try:
            expression = parse_goal(text)
        except GoalSyntaxError:
            return  # `check_tests` has reported it
        if not reads_signals(expression):
            self.error("scale.signal", path, known=sorted(SIGNALS))
        self.identifiers(path, expression)

    def controls(self) -> None:
        for index, line in enumerate(self.model.control):
            whom = getattr(line, line.command)
            path: Path = ("control", index, line.command)
            if line.command in ("rate_limit", "time_limit"):
                if whom not in self.model.tasks:
                    known = list(self.model.tasks)
                    self.error("task.unknown", path, name=whom, meant=nearest(whom, known), known=known)
            elif line.command != "revoke" and whom != "all":
                self.known_worker(whom, path)
            for place, name in enumerate(line.destination or ()):
                self.known_worker(name, ("control", index, "destination", place))

    def stops(self) -> None:
        for room in ("say", "ask"):
            for index, stop in enumerate(getattr(self.model, room)):
                for side in ("before", "after"):
                    moment = getattr(stop, side)
                    if moment is not None:
                        self.moment(moment, (room, index, side))
        for index, say in enumerate(self.model.say):
            for place, panel in enumerate(say.look):
                self.panel(panel, ("say", index, "look", place))

    def tests(self) -> None:
        for path, text in self._texts():
            self.test(path, text)

    def _texts(self) -> Iterator[tuple[Path, str]]:
        yield from _goals(("goals",), self.model.goals)
        for name, variant in self.model.variants.items():
            if not any(map(self.brings_names, variant.set)):  # else only the variant's own run knows them
                yield from _goals(("variants", name, "goals"), variant.goals)
        if self.model.exercise is not None:
            yield from _goals(("exercise", "goals"), self.model.exercise.goals)
        for index, count in enumerate(self.model.challenge.counts if self.model.challenge is not None else ()):
            yield ("challenge", "counts", index, "measure"), f"{count.measure} == 0"
        for index, ask in enumerate(self.model.ask):
            yield from self._answers(index, ask)

    def brings_names(self, path: str) -> bool:
        """Return True if setting this path can add tasks, workers, queues or services that the base does not have."""
        room, *rest = path.split(".")
        if room == "send":
            return len(rest) < 2 or rest[-1] in ("id", "task", "queue", "each")
        if room in ("tasks", "workers", "queues", "services"):
            return not rest or rest[0] not in getattr(self.model, room) or rest[-1] in ("queue", "queues")
        return path.endswith(("task_default_queue", "task_routes"))

    def _answers(self, index: int, ask: schema.Ask) -> Iterator[tuple[Path, str]]:
        path: Path = ("ask", index, "answer")
        if isinstance(ask.answer, str):
            yield path, ask.answer
            return
        keys = [choice.key for choice in ask.choices]
        for key, test in ask.answer.items():
            if key not in keys:
                self.error("ask.no_such_choice", (*path, key), key=key, known=keys, meant=self.nearest(key, keys))
            if test != "else":
                yield (*path, key), test
        if list(ask.answer.values()).count("else") > 1:
            self.error("ask.two_else", path)

    def variants(self) -> None:
        for name, variant in self.model.variants.items():
            if not variant.text and not variant.set:
                self.warn("variant.empty", ("variants", name), name=name)


def _has_chord(part: schema.Part, followed: bool = False) -> bool:
    """Return True if a part is or contains a chord; `followed`: something comes after it in its chain."""
    if part.chord is not None or (part.group is not None and followed):
        return True
    last = len(part.chain) - 1 if part.chain is not None else -1
    return any(
        _has_chord(inner, followed or (part.chain is not None and place < last))
        for place, (_, inner) in enumerate(part.parts)
    )


def _goals(path: Path, goals: Iterable[schema.Goal]) -> Iterator[tuple[Path, str]]:
    for index, goal in enumerate(goals):
        yield (*path, index), goal.test
