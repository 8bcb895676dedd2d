"""Words of a small study on the panel of knobs."""

from __future__ import annotations

from simulator.story.catalog import Words

TITLE = Words(
    "{name}: 평균 대기(초), 값마다 seed {seeds}개, 95% 신뢰구간",
    "{name}: mean wait (s), {seeds} seeds each, 95% interval",
)
PROGRESS = Words("{done}/{total}번 실행", "{done} of {total} runs")
NOTHING = Words("잴 것이 없음", "nothing to measure")
HOW_SURE = Words("얼마나 확실한가: 값마다 seed 20개로 실행", "how sure? 20 seeds for each value")
HOW_SURE_SHORT = Words("얼마나 확실?", "how sure?")
SEED_VARIES = Words("seed는 어차피 20개로 바꿔 가며 실행합니다", "the seed is what varies here")
"""Answer to the question how sure the seed is."""
