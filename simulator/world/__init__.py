"""The state of a run at a moment: the fold over a prefix of a trace, and seeking in it."""

from simulator.world.account import Blocker, Unfinished, account_of
from simulator.world.crew import Crew, Is
from simulator.world.inspect import inspect, query
from simulator.world.parts import OpenDelivery, QueueView, Running, WorkerView
from simulator.world.seek import Timeline, Walk, timeline_of, world_at
from simulator.world.state import HANDLERS, State
from simulator.world.tasks import TaskAttempt, TaskView
from simulator.world.view import World

__all__ = [
    "HANDLERS",
    "Blocker",
    "Crew",
    "Is",
    "OpenDelivery",
    "QueueView",
    "Running",
    "State",
    "TaskAttempt",
    "TaskView",
    "Timeline",
    "Unfinished",
    "Walk",
    "WorkerView",
    "World",
    "account_of",
    "inspect",
    "query",
    "timeline_of",
    "world_at",
]
