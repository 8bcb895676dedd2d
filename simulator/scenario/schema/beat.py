"""`beat_schedule`: the tasks that beat sends, and their times."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from simulator.scenario.schema.basics import Name, Seconds, Span, Strict, problem
from simulator.scenario.schema.sends import Call
from simulator.scenario.values.crontab import parse_field


def _cron_field(value: Any, info: ValidationInfo) -> int | str:
    try:
        parse_field(str(info.field_name), value)
    except ValueError:
        raise problem("beat.crontab", field=str(info.field_name), value=str(value)[:40]) from None
    return value  # type: ignore[no-any-return]


CronField = Annotated[int | str, AfterValidator(_cron_field)]


class Crontab(Strict):
    """`crontab`: Celery's fields. Time 0 of a run is midnight on Monday, 1 January 2024."""

    minute: CronField = "*"
    hour: CronField = "*"
    day_of_week: CronField = Field(default="*", description="0 to 6 from Sunday on, or mon, tue, ...")
    day_of_month: CronField = "*"
    month_of_year: CronField = "*"


class Schedule(Strict):
    """`schedule`: when beat sends. A number alone is an interval in seconds."""

    interval: Span | None = None
    crontab: Crontab | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.interval is None) == (self.crontab is None):
            raise problem("beat.schedule")
        return self


def _expand_schedule(value: Any) -> Any:
    return {"interval": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


class BeatOptions(Strict):
    """`beat_schedule.<name>.options`: as of `apply_async`."""

    queue: Name | None = None
    countdown: Seconds | None = None
    expires: Seconds | None = None
    priority: Annotated[int, Field(ge=0, le=255)] | None = None


class BeatEntry(Strict):
    """`beat_schedule.<name>`: a task that beat sends again and again."""

    task: Name
    schedule: Annotated[Schedule, BeforeValidator(_expand_schedule, json_schema_input_type=float | Schedule)] = Field(
        description="seconds, or crontab: {minute, hour, day_of_week, ...}; time 0 is a Monday, 00:00"
    )
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    options: BeatOptions = BeatOptions()

    @property
    def call(self) -> Call:
        """The call that each tick sends."""
        options = self.options
        return Call(
            task=self.task,
            args=self.args,
            kwargs=self.kwargs,
            queue=options.queue,
            countdown=options.countdown,
            expires=options.expires,
            priority=options.priority,
        )
