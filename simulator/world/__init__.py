"""How things stand at a moment: the fold over a prefix of a trace, and seeking in it."""

from simulator.world.inspect import inspect
from simulator.world.seek import Timeline, timeline_of, world_at
from simulator.world.state import HANDLERS, State
from simulator.world.view import Attempt, QueueView, Running, TaskView, WorkerView, World

__all__ = [
    "HANDLERS",
    "Attempt",
    "QueueView",
    "Running",
    "State",
    "TaskView",
    "Timeline",
    "WorkerView",
    "World",
    "inspect",
    "timeline_of",
    "world_at",
]
