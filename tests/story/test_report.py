"""The summary as tables."""

from __future__ import annotations

from simulator.measure import facts_of, summary
from simulator.story.report import report_lines
from tests.story.samples import OUTAGES, OVERFLOW, RETRIES, lesson, run_of


def tasks_of(text: str) -> list[list[str]]:
    """The table of tasks, in words."""
    trace = run_of(text)
    lines = list(report_lines(summary(trace), [], "en", facts_of(trace)))
    start = lines.index("Tasks") + 1
    return [row.split() for row in lines[start : lines.index("", start)]]


def test_what_went_wrong_has_columns_only_where_it_did() -> None:
    plain = ["name", "sent", "succeeded", "failed", "lost", "unfinished", "runs"]
    assert tasks_of(RETRIES)[0] == [*plain, "retried", "dead", "letters"]
    assert tasks_of(RETRIES)[1] == ["send_email", "1", "0", "1", "0", "0", "3", "2", "1"]
    assert tasks_of(OUTAGES)[0] == [*plain, "revoked", "not", "sent"]
    assert tasks_of(OVERFLOW)[0] == [*plain, "dropped", "not", "sent"]
    trace = lesson("three-task-order")
    assert "retried" not in "\n".join(report_lines(summary(trace), [], "en", facts_of(trace)))
