"""The load of a run in words: whether its workers keep up with what is sent."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.measure.load import load_of
from simulator.story.catalog import LANGUAGES, Words
from simulator.trace import Trace

VERDICTS = {
    "stable": Words(
        "부하 {queues}: {offered}. 들어오는 일을 따라잡고 있습니다", "Load of {queues}: {offered}; the workers keep up"
    ),
    "backlogged": Words(
        "부하 {queues}: {offered}. 감당할 수 있는 양이지만 끝났을 때 메시지 {left}개가 기다리고 있습니다",
        "Load of {queues}: {offered}; the workers could keep up, but {left} messages wait at the end",
    ),
    "overloaded": Words(
        "부하 {queues}: {offered}. 과부하입니다. Queue가 1초에 {growth}개씩 길어지며 끝없이 쌓입니다",
        "Load of {queues}: {offered}; overloaded: the backlog grows by {growth} messages a second, without end",
    ),
}
"""By verdict. The load is the work that arrives, in seconds of a slot, for each second of a slot that there is."""


def load_texts(trace: Trace, lang: str) -> Iterator[str]:
    """A line for each group of queues that share workers, in `ko`, `en` or (one after the other) `both`."""
    for one in LANGUAGES if lang == "both" else (lang,):
        for load in load_of(trace):
            yield VERDICTS[load.verdict].text(
                one,
                queues=", ".join(load.queues),
                offered=f"{load.offered:.0%}",
                left=f"{load.left:,}",
                growth=f"{load.growth:.2f}",
            )
