"""The summary as tables."""

from __future__ import annotations

from simulator.measure import summary
from simulator.story.report.summary import headlines, report_lines, tables
from tests.lessons import played
from tests.story.samples import EXPIRY, OUTAGES, OVERFLOW, RETRIES, run_of


def tasks_of(text: str) -> list[list[str]]:
    """The table of tasks, in words."""
    trace = run_of(text)
    lines = list(report_lines(summary(trace), [], "en"))
    start = lines.index("Tasks") + 1
    return [row.split() for row in lines[start : lines.index("", start)]]


def test_what_went_wrong_has_columns_only_where_it_did() -> None:
    plain = ["name", "sent", "succeeded", "failed", "lost", "unfinished", "runs"]
    assert tasks_of(RETRIES)[0] == [*plain, "retried", "dead", "letters"]
    assert tasks_of(RETRIES)[1] == ["send_email", "1", "0", "1", "0", "0", "3", "2", "1"]
    assert tasks_of(OUTAGES)[0] == [*plain, "dropped", "not", "sent", "duplicates"]
    # Task1 could not be acknowledged while the broker was away, and ran again; one pay expired, one was not sent.
    assert tasks_of(OUTAGES)[1][-3:] == ["1", "1", "1"]
    assert tasks_of(EXPIRY)[0] == [*plain, "revoked"]
    assert tasks_of(OVERFLOW)[0] == [*plain, "dropped", "not", "sent"]
    trace = played("three-task-order")
    assert "retried" not in "\n".join(report_lines(summary(trace), [], "en"))


def test_the_data_has_all_that_the_tables_show() -> None:
    """Each cell of a table is a number of `as_data`, and those are counted by hand in `tests/measure`."""
    trace = run_of(OUTAGES)
    found = summary(trace)
    data = found.as_data()
    shown = {table.title: table.rows for table in tables(found, [], "en")}
    for row, one in zip(shown["Tasks"], data["types"], strict=True):
        names = "sent succeeded failed lost alive runs dropped publish_failed duplicates".split()
        assert row == [one["name"], *(str(one[name]) for name in names)]
    for title, key in (("Wait (sent to first start)", "wait"), ("Response (sent to final state)", "response")):
        for row, one in zip(shown[title], data["types"], strict=True):
            assert row == [one["name"], *(f"{one[key][name]:.2f} s" for name in ("mean", "p50", "p95", "max"))]
    for row, one in zip(shown["Workers"], data["workers"], strict=True):
        names = "polls empty_polls deaths".split()
        times = [f"{one['busy']:.2f} s", f"{one['busy'] / one['online']:.0%}"]
        assert row == [
            one["hostname"],
            str(one["concurrency"]),
            str(one["executions"]),
            *times,
            *(str(one[name]) for name in names),
        ]
    for row, one in zip(shown["Queues"], data["queues"], strict=True):
        assert row == [one["name"], str(one["messages"]), str(one["longest"]), f"{one['mean']:.2f}", str(one["left"])]
    little = data["little"]
    assert little["holds"] is True
    assert headlines(found, "en")[-1] == (
        f"Little's law: L = {little['L']:.2f}, lambda x W = {little['arrival_rate']:.2f}/s x {little['W']:.2f} s"
        f" = {little['product']:.2f} (it holds)"
    )
