"""Beat's clock in a stage: Celery's own, with ids that say which beat sent a task, for which entry, and as which."""

from __future__ import annotations

from collections import Counter
from typing import Any

from celery.beat import ScheduleEntry, Scheduler


class Numbered(Scheduler):  # type: ignore[misc]
    """The n-th task of an entry is `beat.<process>.<entry>.<n>`; nothing outlives the process."""

    process = ""
    """Who this beat is: itself, or the worker that it runs in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Celery's."""
        self._sent: Counter[str] = Counter()
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """The entries of the application, and none of Celery's own; connected, so that the first send is not late."""
        self.producer.channel.connection  # noqa: B018
        self.merge_inplace(self.app.conf.beat_schedule)

    def apply_async(self, entry: ScheduleEntry, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        """Send it under its name."""
        self._sent[entry.name] += 1
        entry.options = {**entry.options, "task_id": f"beat.{self.process}.{entry.name}.{self._sent[entry.name]}"}
        return super().apply_async(entry, producer, advance, **kwargs)
