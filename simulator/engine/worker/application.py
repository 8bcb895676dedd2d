"""What every worker loads: the registered tasks, and what their code does with the broker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.engine.publisher import Publisher, Routes
from simulator.engine.tasks import Task
from simulator.engine.workflow.canvas import Workflow
from simulator.engine.workflow.subtasks import Subtasks


@dataclass(frozen=True, slots=True)
class Application:
    """The application that all workers of a run share."""

    tasks: Mapping[str, Task]
    publisher: Publisher
    routes: Routes
    workflow: Workflow
    subtasks: Subtasks
