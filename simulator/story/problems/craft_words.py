"""Messages for the codes of flaws in a lesson; see `problem_words`."""

from __future__ import annotations

from simulator.story.catalog import Words

CRAFT = {
    "lesson.caption_never": Words(
        "{number}번 설명: 이 실행에서는 나타나지 않습니다", "caption {number} is never reached in this run"
    ),
    "lesson.caption_long": Words(
        "{number}번 설명 ({which}): {rows}줄입니다. 80칸 터미널에는 {most}줄까지 들어갑니다",
        "caption {number} ({which}) takes {rows} rows; an 80-column terminal has room for {most}",
    ),
    "lesson.knob_idle": Words(
        'knob "{path}": 어떤 값으로 바꿔도 아무것도 달라지지 않습니다',
        'the knob "{path}" has no effect: every value gives the same run',
    ),
    "lesson.knob_refused": Words(
        'knob "{path}": 쓸 수 없는 값입니다: {value}', 'the knob "{path}" cannot be set to {value}'
    ),
}
"""By code."""
