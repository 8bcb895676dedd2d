"""What each code of a flaw in a lesson says; see `problem_words`."""

from __future__ import annotations

from simulator.story.catalog import Words

CRAFT = {
    "lesson.caption_never": Words(
        "{number}번 설명: 이 실행에서는 나오지 않습니다", "caption {number}: this run never comes to it"
    ),
    "lesson.caption_long": Words(
        "{number}번 설명 ({which}): {rows}줄. 80칸 터미널에는 {most}줄까지 들어갑니다",
        "caption {number} ({which}) takes {rows} rows; a terminal of 80 columns has room for {most}",
    ),
    "lesson.knob_idle": Words(
        'knob "{path}": 어느 값으로 돌려도 달라지는 것이 없습니다',
        'the knob "{path}" does nothing: whatever it is turned to, all happens as before',
    ),
    "lesson.knob_refused": Words(
        'knob "{path}": 쓸 수 없는 값입니다: {value}', 'the knob "{path}" cannot be turned to {value}'
    ),
}
"""By code."""
