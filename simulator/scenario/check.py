"""What the types cannot say: names that must exist, tests that must parse, settings without effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from simulator.scenario import schema
from simulator.scenario.goals import STATES, Expression, GoalSyntaxError, Word, parse_goal, words
from simulator.scenario.paths import PathError, parse_path
from simulator.scenario.problems import Problem, nearest
from simulator.scenario.source import Path, Source
from simulator.trace.events import EVENT_TYPES


def check_scenario(model: schema.ScenarioFile, source: Source) -> tuple[list[Problem], list[Problem]]:
    """Errors and warnings that only the whole shows."""
    checker = _Checker(model, source)
    checker.sends()
    checker.tasks()
    checker.knobs()
    checker.faults()
    checker.stops()
    checker.tests()
    checker.variants()
    return checker.problems, checker.warnings


MOST_NAMED = 6
"""So many names are listed where none is near the one that was written."""

EVENT_PREFIXES = tuple({f"{kind.partition('-')[0]}-" for kind in EVENT_TYPES if "-" in kind})


class _Checker:
    def __init__(self, model: schema.ScenarioFile, source: Source) -> None:
        self.model = model
        self.source = source
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.queues = _queues(model)
        """Every queue that some line names."""
        calls = [call for send in model.send for call in send.calls]
        self.ids = {call.id for call in calls if call.id is not None}
        self.names = {call.task for call in calls} | set(model.tasks)

    def error(self, code: str, path: Path, offset: int = 0, **params: object) -> None:
        self.problems.append(self.source.problem(code, self.source.at(path, offset=offset), **params))

    def warn(self, code: str, path: Path, **params: object) -> None:
        self.warnings.append(self.source.problem(code, self.source.at(path), **params))

    def sends(self) -> None:
        seen: set[str] = set()
        for index, send in enumerate(self.model.send):
            if send.until is not None and send.until <= (send.from_ or 0):
                self.error("send.until", ("send", index, "until"))
            for place, call in enumerate(send.calls):
                path: Path = ("send", index) if send.each is None else ("send", index, "each", place)
                self.call(call, path, seen)

    def call(self, call: schema.Call, path: Path, seen: set[str]) -> None:
        if call.task not in self.model.tasks:
            meant = nearest(call.task, self.model.tasks)
            self.warn("send.unregistered", (*path, "task"), name=call.task, meant=meant)
        if call.id is not None:
            if call.id in seen:
                self.error("send.id_twice", (*path, "id"), id=call.id)
            seen.add(call.id)

    def tasks(self) -> None:
        for name, task in self.model.tasks.items():
            if task.calls is not None and task.calls not in self.model.services:
                known = list(self.model.services)
                self.error(
                    "service.unknown", ("tasks", name, "calls"), name=task.calls, meant=nearest(task.calls, known)
                )
        for name, route in (self.model.config.task_routes or {}).items():
            if route.dead_letter_queue is not None and self.model.profile != "guide":
                self.error("route.dead_letter_queue", ("config", "task_routes", name, "dead_letter_queue"))

    def knobs(self) -> None:
        for key in ("chapters", "knobs"):
            if getattr(self.model, key):
                self.warn("key.no_effect", (key,), key=key)
        for index, knob in enumerate(self.model.knobs):
            try:
                parse_path(knob.path)
            except PathError as error:
                mark = self.source.at(("knobs", index, "path"))
                self.problems.append(self.source.problem(error.code, mark, **error.params))

    def faults(self) -> None:
        for index, fault in enumerate(self.model.faults):
            for action in ("kill", "stop", "start"):
                whom = getattr(fault, action)
                if whom is not None:
                    self.known_worker(whom, ("faults", index, action))
            services = [f"services.{name}" for name in self.model.services]
            if fault.down is not None and fault.down not in ("broker", *services):
                known = ["broker", *services]
                meant = nearest(fault.down, known)
                self.error("fault.down", ("faults", index, "down"), name=fault.down, meant=meant, known=known)

    def known_worker(self, name: str, path: Path) -> None:
        if name not in self.model.workers:
            known = list(self.model.workers)
            self.error("worker.unknown", path, name=name, meant=nearest(name, known), known=known)

    def stops(self) -> None:
        for room in ("say", "ask"):
            for index, stop in enumerate(getattr(self.model, room)):
                for side in ("before", "after"):
                    moment = getattr(stop, side)
                    if moment is not None:
                        self.moment(moment, (room, index, side))

    def moment(self, moment: schema.Moment, path: Path) -> None:
        if moment.event is not None and moment.event not in EVENT_TYPES:
            meant = nearest(moment.event, EVENT_TYPES)
            self.error("event.unknown", (*path, "event"), name=moment.event, meant=meant)
        for key in ("kill", "stop", "start", "hostname"):
            whom = getattr(moment, key)
            if whom is not None:
                self.known_worker(whom, (*path, key))

    def tests(self) -> None:
        for path, text in self._texts():
            self.test(path, text)

    def _texts(self) -> Iterator[tuple[Path, str]]:
        yield from _goals(("goals",), self.model.goals)
        for name, variant in self.model.variants.items():
            if not any(map(self.brings_names, variant.set)):  # else only the variant's own run knows them
                yield from _goals(("variants", name, "goals"), variant.goals)
        for index, ask in enumerate(self.model.ask):
            yield from self._answers(index, ask)

    def brings_names(self, path: str) -> bool:
        """Whether setting this path can bring tasks, workers, queues or services that the base does not have."""
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
                self.error("ask.no_such_choice", (*path, key), key=key, known=keys, meant=nearest(key, keys))
            if test != "else":
                yield (*path, key), test
        if list(ask.answer.values()).count("else") > 1:
            self.error("ask.two_else", path)

    def test(self, path: Path, text: str) -> None:
        try:
            expression = parse_goal(text)
        except GoalSyntaxError:
            return  # `check_tests` has reported it
        self.identifiers(path, expression)

    def identifiers(self, path: Path, expression: Expression) -> None:
        for word in words(expression):
            if word.kind:
                self.argument(path, word)
            elif not word.quoted and not self.is_name(word.value):
                known = [*self.ids, *self.names, *self.model.workers, *self.queues, *STATES]
                meant = nearest(word.value, known)
                self.error("goal.unknown_name", path, word.column, name=word.value, meant=meant)
            elif word.quoted and word.value.startswith(EVENT_PREFIXES) and word.value not in EVENT_TYPES:
                self.unknown("event.unknown", path, word, EVENT_TYPES)

    def argument(self, path: Path, word: Word) -> None:
        """A measure's argument must name what the measure is of."""
        match word.kind:
            case "e" if word.value not in EVENT_TYPES:
                self.unknown("event.unknown", path, word, EVENT_TYPES)
            case "k" if word.value not in self.model.workers:
                self.unknown("goal.unknown_worker", path, word, self.model.workers)
            case "q" if word.value not in self.queues:
                self.unknown("goal.unknown_queue", path, word, self.queues)
            case "v" if word.value not in self.model.services:
                self.unknown("goal.unknown_service", path, word, self.model.services)
            case "i" if not self.is_id(word.value):
                self.unknown("goal.unknown_id", path, word, [*self.ids, *(f"{name}_1" for name in self.names)])
            case "x" if not (self.is_id(word.value) or word.value in self.names or word.value in self.queues):
                self.unknown("goal.unknown_task", path, word, [*self.ids, *self.names, *self.queues])
            case _:
                pass

    def unknown(self, code: str, path: Path, word: Word, known: Iterable[str]) -> None:
        """A name in a test that stands for nothing here."""
        found = sorted(known)
        meant = nearest(word.value, found)
        few = {"known": found} if meant is None and 0 < len(found) <= MOST_NAMED else {}
        self.error(code, path, word.column, name=word.value, meant=meant, **few)

    def is_id(self, word: str) -> bool:
        """Whether a task can have this id: it was given, or is made from a task's name and a number."""
        stem, _, number = word.rpartition("_")
        return word in self.ids or (number.isdecimal() and (stem in self.names or stem in self.ids))

    def is_name(self, word: str) -> bool:
        known = (self.names, self.queues, self.model.workers, STATES)
        return self.is_id(word) or any(word in names for names in known)

    def variants(self) -> None:
        for name, variant in self.model.variants.items():
            if not variant.text and not variant.set:
                self.warn("variant.empty", ("variants", name), name=name)


def _queues(model: schema.ScenarioFile) -> set[str]:
    routes = (model.config.task_routes or {}).values()
    named = [
        *model.queues,
        *(name for worker in model.workers.values() for name in worker.queues or ()),
        *(name for task in model.tasks.values() for name in (task.queue, task.dead_letter_queue)),
        *(call.queue for send in model.send for call in send.calls),
        *(name for route in routes for name in (route.queue, route.dead_letter_queue)),
        model.config.task_default_queue or "celery",
    ]
    return {name for name in named if name is not None}


def check_tests(data: Any, source: Source) -> list[Problem]:
    """Errors in the goals' and answers' grammar, from raw data, so that they show beside errors of any other kind."""
    problems = []
    for path, text in _raw_tests(data):
        try:
            parse_goal(text)
        except GoalSyntaxError as error:
            problems.append(source.problem(error.code, source.at(path, offset=error.column), **error.params))
    return problems


def _raw_tests(data: Any) -> Iterator[tuple[Path, str]]:
    yield from _raw_goals(("goals",), data.get("goals"))
    variants = data.get("variants")
    for name, variant in variants.items() if isinstance(variants, dict) else ():
        if isinstance(variant, dict):
            yield from _raw_goals(("variants", name, "goals"), variant.get("goals"))
    asks = data.get("ask")
    for index, ask in enumerate(asks if isinstance(asks, list) else ()):
        answer = ask.get("answer") if isinstance(ask, dict) else None
        if isinstance(answer, str):
            yield ("ask", index, "answer"), answer
        for key, test in answer.items() if isinstance(answer, dict) else ():
            if isinstance(test, str) and test != "else":
                yield ("ask", index, "answer", key), test


def _raw_goals(path: Path, goals: Any) -> Iterator[tuple[Path, str]]:
    for index, goal in enumerate(goals if isinstance(goals, list) else ()):
        if isinstance(goal, str):
            yield (*path, index), goal
        elif isinstance(goal, dict) and isinstance(goal.get("test"), str):
            yield (*path, index, "test"), goal["test"]


def _goals(path: Path, goals: Iterable[schema.Goal]) -> Iterator[tuple[Path, str]]:
    for index, goal in enumerate(goals):
        yield (*path, index), goal.test
