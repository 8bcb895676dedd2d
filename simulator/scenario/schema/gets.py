"""`tasks.<name>.gets`: a body that sends tasks of its own and waits for their results."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from simulator.scenario.schema.basics import Seconds, Strict, problem
from simulator.scenario.schema.sends import Call


class Subtask(Call):
    """A task that the body sends, as by `apply_async`. Its id is made: the body may run more than once."""

    @model_validator(mode="after")
    def _no_id(self) -> Self:
        if self.id is not None:
            raise problem("gets.id")
        return self


def _expand_subtask(value: Any) -> Any:
    return {"task": value} if isinstance(value, str) else value


def expand_gets(value: Any) -> Any:
    """Expand the short forms: a task's name, or a list of tasks to send."""
    listed = [value] if isinstance(value, str) else value
    return {"tasks": listed} if isinstance(listed, list) else listed


class Gets(Strict):
    """`gets`: the body begins by sending these tasks, and then calls `get()` on their results, one after another."""

    tasks: Annotated[
        list[Annotated[Subtask, BeforeValidator(_expand_subtask, json_schema_input_type=str | Subtask)]],
        Field(min_length=1),
    ]
    timeout: Seconds | None = Field(default=None, description="get(timeout=...): seconds, for each result")
    disable_sync_subtasks: bool = Field(
        default=True, description="as in Celery, get() raises RuntimeError inside a task, unless this is false"
    )
