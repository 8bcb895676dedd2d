"""Beat's scheduler in a stage: Celery's own, with task ids that name beat, entry and number."""

from __future__ import annotations

from collections import Counter
from typing import Any

from celery.beat import ScheduleEntry, Scheduler


class Numbered(Scheduler):  # type: ignore[misc]
    """Scheduler that names the n-th task of an entry `beat.<process>.<entry>.<n>`; it saves no state."""

    process = ""
    """The process of this beat: its own, or the worker that embeds it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Set up as Celery does."""
        self._sent: Counter[str] = Counter()
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Set up the application's entries without Celery's own, and connect, so that the first send is not late."""
        self.producer.channel.connection  # noqa: B018
        self.merge_inplace(self.app.conf.beat_schedule)

    def apply_async(self, entry: ScheduleEntry, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        """Send a task under its own id."""
        self._sent[entry.name] += 1
        entry.options = {**entry.options, "task_id": f"beat.{self.process}.{entry.name}.{self._sent[entry.name]}"}
        return super().apply_async(entry, producer, advance, **kwargs)
