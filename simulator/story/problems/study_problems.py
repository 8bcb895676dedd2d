"""Messages by problem code: about runs without a trace, and about many runs."""

from __future__ import annotations

from simulator.story.catalog import Words

STUDYING = {
    "study.no_trace": Words(
        "--no-trace와 --trace는 함께 쓸 수 없습니다. --no-trace는 이벤트를 남기지 않습니다",
        "--no-trace and --trace exclude each other: without a trace there is nothing to write",
    ),
    "study.not_a_scenario": Words(
        "기록된 실행입니다. 여기에는 시나리오가 필요합니다", "this is a recorded run; a scenario is needed here"
    ),
    "study.needs_trace": Words(
        "이벤트를 남겨야 잴 수 있습니다: {test}. --no-trace와 --warm-up 없이 실행하세요",
        "{test} asks for what only a trace tells; leave out --no-trace and --warm-up",
    ),
}
"""By code."""
