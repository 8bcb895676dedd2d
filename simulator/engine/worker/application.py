"""The application loaded by every worker: registered tasks, publishing and workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.engine.publisher import DefaultRoutes, Publisher
from simulator.engine.tasks import Task
from simulator.engine.workflow.canvas import Workflow
from simulator.engine.workflow.subtasks import Subtasks


@dataclass(frozen=True, slots=True)
class Application:
    """The Celery application that a worker loads: one for all, or a version of its own with other tasks."""

    tasks: Mapping[str, Task]
    publisher: Publisher
    routes: DefaultRoutes
    workflow: Workflow
    subtasks: Subtasks
