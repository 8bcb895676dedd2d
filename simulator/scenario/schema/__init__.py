"""The scenario format as pydantic models, one module a section: the keys that may be written, with their types.

A field's description is what an editor shows (JSON Schema). Times are seconds, as people write them.
"""

from simulator.scenario.schema.basics import LANGUAGES, Text, Worded, accepts
from simulator.scenario.schema.beat import BeatEntry, BeatOptions, Crontab, Schedule
from simulator.scenario.schema.config import Annotation, Config, PublishRetryPolicy, Route, TransportOptions
from simulator.scenario.schema.control import ABOUT_TASKS, Control
from simulator.scenario.schema.course import (
    Ask,
    Budget,
    Challenge,
    Chapter,
    Choice,
    Count,
    Exercise,
    Goal,
    Knob,
    Misconception,
    Moment,
    Say,
    Stop,
    Variant,
)
from simulator.scenario.schema.faults import Fault
from simulator.scenario.schema.file import FORMAT_VERSION, ScenarioFile, json_schema
from simulator.scenario.schema.gets import Gets, Subtask
from simulator.scenario.schema.queues import Breaker, Queue, Service
from simulator.scenario.schema.scale import Scale
from simulator.scenario.schema.sends import Call, Chord, Part, Send
from simulator.scenario.schema.tasks import BodyRetry, Lock, RetryKwargs, Task, expand_task
from simulator.scenario.schema.workers import MAX_WORKERS, Worker, WorkerTransportOptions, expand_workers

__all__ = [
    "ABOUT_TASKS",
    "FORMAT_VERSION",
    "LANGUAGES",
    "MAX_WORKERS",
    "Annotation",
    "Ask",
    "BeatEntry",
    "BeatOptions",
    "BodyRetry",
    "Breaker",
    "Budget",
    "Call",
    "Challenge",
    "Chapter",
    "Choice",
    "Chord",
    "Config",
    "Control",
    "Count",
    "Crontab",
    "Exercise",
    "Fault",
    "Gets",
    "Goal",
    "Knob",
    "Lock",
    "Misconception",
    "Moment",
    "Part",
    "PublishRetryPolicy",
    "Queue",
    "RetryKwargs",
    "Route",
    "Say",
    "Scale",
    "ScenarioFile",
    "Schedule",
    "Send",
    "Service",
    "Stop",
    "Subtask",
    "Task",
    "Text",
    "TransportOptions",
    "Variant",
    "Worded",
    "Worker",
    "WorkerTransportOptions",
    "accepts",
    "expand_task",
    "expand_workers",
    "json_schema",
]
