"""Names that a scenario's lines and conditions use: each must be one that the scenario has."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.scenario import schema
from simulator.scenario.conditions.goals import (
    LOAD_VERDICTS,
    STATES,
    Expression,
    GoalSyntaxError,
    Word,
    parse_goal,
    words,
)
from simulator.scenario.problems import MAX_PROBLEMS, Problem, nearest
from simulator.scenario.source import Path, Source
from simulator.trace.events import EVENT_TYPES

PANELS = ("producers", "broker", "queues", "workers", "services", "result_backend", "timeline")
"""Allowed targets of a caption, besides single workers, queues, services and tasks."""

MAX_NAMED = 6
"""Longest list of known names shown when none is close to the one written."""

EVENT_PREFIXES = tuple({f"{kind.partition('-')[0]}-" for kind in EVENT_TYPES if "-" in kind})


class NameChecker:
    """The names of a scenario, and what is found wrong about their use.

    Names are those that the file as written has; a variant may bring more.
    """

    def __init__(self, model: schema.ScenarioFile, source: Source) -> None:
        """Collect them."""
        self.model = model
        self.source = source
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.queues = _queues(model)
        """Queues that any line names."""
        calls = [call for send in model.send for call in send.calls]
        self.ids = {call.id for call in calls if call.id is not None}
        beaten = [entry.task for entry in model.beat_schedule.values()]
        self.names = {*(call.task for call in calls), *beaten, *model.tasks}

    def error(self, code: str, path: Path, offset: int = 0, /, **params: object) -> None:
        """Report an error at a path of the file, `offset` characters into its value."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(self.source.problem(code, self.source.at(path, offset=offset), **params))

    def warn(self, code: str, path: Path, /, **params: object) -> None:
        """Report a warning at a path of the file."""
        if len(self.warnings) < MAX_PROBLEMS:
            self.warnings.append(self.source.problem(code, self.source.at(path), **params))

    def nearest(self, word: str, known: Iterable[str]) -> str | None:
        """The known word closest to a misspelt one; None too once there are more problems than are reported."""
        return nearest(word, known) if max(len(self.problems), len(self.warnings)) < MAX_PROBLEMS else None

    def known_worker(self, name: str, path: Path, is_process: bool = True) -> None:
        """Report a worker that there is not; beat counts as one where processes are meant."""
        if is_process and name == "beat" and self.model.has_own_beat:
            return  # a process that can be killed and started like a worker
        if name not in self.model.workers:
            known = list(self.model.workers)
            self.error("worker.unknown", path, name=name, meant=self.nearest(name, known), known=known)

    def panel(self, name: str, path: Path) -> None:
        """Report a caption's target that is not on the screen."""
        rooms = {
            "workers": set(self.model.workers),
            "queues": self.queues,
            "services": set(self.model.services),
            "tasks": self.ids,
        }
        inside = {inner for names in rooms.values() for inner in names}
        room, _, inner = name.partition(".")
        stem, _, number = name.rpartition("_")
        if (
            name in PANELS
            or name in inside
            or inner in rooms.get(room, ())
            or (number.isdecimal() and stem in self.names)
        ):
            return
        known = [*PANELS, *inside]
        self.error("say.look", path, name=name, meant=self.nearest(name, known), known=known)

    def moment(self, moment: schema.Moment, path: Path) -> None:
        """Report a moment that names an event or a worker that there is not."""
        if moment.event is not None and moment.event not in EVENT_TYPES:
            meant = self.nearest(moment.event, EVENT_TYPES)
            self.error("event.unknown", (*path, "event"), name=moment.event, meant=meant)
        for key in ("kill", "stop", "start", "hostname"):
            whom = getattr(moment, key)
            if whom is not None:
                self.known_worker(whom, (*path, key))

    def test(self, path: Path, text: str) -> None:
        """Report the names in a condition that refer to nothing."""
        try:
            expression = parse_goal(text)
        except GoalSyntaxError:
            return  # `check_tests` has reported it
        self.identifiers(path, expression)

    def identifiers(self, path: Path, expression: Expression) -> None:
        """Report the names in an expression that refer to nothing."""
        for word in words(expression):
            if word.kind:
                self.argument(path, word)
            elif not word.quoted and not self.is_name(word.value):
                known = [*self.ids, *self.names, *self.model.workers, *self.queues, *STATES, *LOAD_VERDICTS]
                meant = self.nearest(word.value, known)
                self.error("goal.unknown_name", path, word.column, name=word.value, meant=meant)
            elif word.quoted and word.value.startswith(EVENT_PREFIXES) and word.value not in EVENT_TYPES:
                self.unknown("event.unknown", path, word, EVENT_TYPES)

    def argument(self, path: Path, word: Word) -> None:
        """Report a measure's argument that is not the kind of name the measure takes."""
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
        """Report a name in a condition that refers to nothing here."""
        found = sorted(known)
        meant = self.nearest(word.value, found)
        few = {"known": found} if meant is None and 0 < len(found) <= MAX_NAMED else {}
        self.error(code, path, word.column, name=word.value, meant=meant, **few)

    def is_id(self, word: str) -> bool:
        """Return True if a task can have this id: it was given, or is a task's name with a number."""
        stem, _, number = word.rpartition("_")
        return word in self.ids or (number.isdecimal() and (stem in self.names or stem in self.ids))

    def is_name(self, word: str) -> bool:
        """Return True if a word is a name of this scenario, of a state or of a verdict on the load."""
        known = (self.names, self.queues, self.model.workers, STATES, LOAD_VERDICTS)
        return self.is_id(word) or any(word in names for names in known)


def _queues(model: schema.ScenarioFile) -> set[str]:
    routes = (model.config.task_routes or {}).values()
    named = [
        *model.queues,
        *(name for worker in model.workers.values() for name in worker.queues or ()),
        *(name for task in model.tasks.values() for name in (task.queue, task.dead_letter_queue)),
        *(call.queue for send in model.send for call in send.calls),
        *(entry.options.queue for entry in model.beat_schedule.values()),
        *(call.queue for task in model.tasks.values() if task.gets is not None for call in task.gets.tasks),
        *(name for route in routes for name in (route.queue, route.dead_letter_queue)),
        model.config.task_default_queue or "celery",
    ]
    return {name for name in named if name is not None}
